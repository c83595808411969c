"""Out-of-memory messages of all kinds are read to the byte and told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.launcher import oom

GIB, MIB = 2**30, 2**20
OLD = (
    "CUDA out of memory. Tried to allocate {0} (GPU 0; {1} total capacity; {2} already allocated; {3} free; "
    "{4} reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb"
)


@pytest.mark.parametrize(
    ("sizes", "case"),
    [
        (("512.00 MiB", "8.00 GiB", "6.90 GiB", "0 bytes", "7.10 GiB"), oom.SHORTAGE),
        (("1.28 GiB", "23.99 GiB", "5.12 GiB", "16.10 GiB", "5.60 GiB"), oom.FRAGMENTED),
        (("256.00 MiB", "8.00 GiB", "5.00 GiB", "0 bytes", "6.90 GiB"), oom.FRAGMENTED),
        (("20.00 MiB", "12.00 GiB", "2.10 GiB", "0 bytes", "2.20 GiB"), oom.OTHER),
        (("31.64 GiB", "8.00 GiB", "3.50 GiB", "2.90 GiB", "4.00 GiB"), oom.HUGE),
        (("4.50 GiB", "8.00 GiB", "2.00 GiB", "3.00 GiB", "2.40 GiB"), oom.HUGE),
    ],
)
def test_the_cases_of_old_messages(sizes: tuple[str, ...], case: str) -> None:
    found = oom.parse(OLD.format(*sizes))
    assert found is not None
    assert found.case == case


def test_numbers_of_old_messages() -> None:
    found = oom.parse(OLD.format("512.00 MiB", "8.00 GiB", "6.50 GiB", "0 bytes", "7.00 GiB"))
    assert found == oom.Shortfall(512 * MIB, 8 * GIB, round(6.5 * GIB), 0, 7 * GIB, 1 * GIB - oom.CONTEXT)


def test_numbers_of_new_messages() -> None:
    found = oom.parse(
        "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 8.00 GiB of which 10.00 MiB is "
        "free. Process 12 has 3.00 GiB memory in use. Process 13 has 1.00 GiB memory in use. Including non-PyTorch "
        "memory, this process has 3.50 GiB memory in use. Of the allocated memory 3.00 GiB is allocated by PyTorch, "
        "and 100.00 MiB is reserved by PyTorch but unallocated."
    )
    assert found == oom.Shortfall(20 * MIB, 8 * GIB, 3 * GIB, 10 * MIB, 3 * GIB + 100 * MIB, 4 * GIB)
    assert found.case == oom.OTHER


def test_a_misspelt_word_and_missing_parts_are_read() -> None:
    found = oom.parse("Tried to allocate 2.00 GiB. GPU 0 has a total capacty of 24.00 GiB of which 3.00 GiB is free.")
    assert found is not None
    assert (found.requested, found.total, found.free, found.reserved) == (2 * GIB, 24 * GIB, 3 * GIB, None)
    assert found.case == oom.FRAGMENTED


def test_the_asynchronous_allocator() -> None:
    text = (
        "Allocation on device 0 would exceed allowed memory. (out of memory)\nCurrently allocated     : 15.16 GiB\n"
        "Requested               : 512.00 KiB\nDevice limit            : 15.99 GiB\nFree (according to CUDA): 0 bytes\n"
        "PyTorch limit (set by user-supplied memory fraction)\n                        : 17179869184.00 GiB"
    )
    found = oom.parse(text)
    assert found is not None
    assert (found.requested, found.total, found.free) == (512 * 1024, round(15.99 * GIB), 0)
    assert found.case == oom.SHORTAGE


def test_apples_message() -> None:
    found = oom.parse(
        "MPS backend out of memory (MPS allocated: 17.05 GB, other allocations: 1.05 GB, max allowed: 18.13 GB). "
        "Tried to allocate 1024.00 MB on private pool."
    )
    assert found is not None
    assert (found.requested, found.allocated) == (GIB, round(17.05 * GIB))


def test_without_numbers_there_is_nothing() -> None:
    assert oom.parse("CUDA error: out of memory") is None
    assert oom.Shortfall().case == oom.UNKNOWN


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    oom.parse("Tried to allocate " + text)


@given(*[st.integers(0, 80 * GIB)] * 5)
def test_every_message_has_a_case(requested: int, total: int, allocated: int, free: int, reserved: int) -> None:
    sizes = (f"{size / MIB:.2f} MiB" for size in (requested, total, allocated, free, reserved))
    found = oom.parse(OLD.format(*sizes))
    assert found is not None
    assert found.case in (oom.SHORTAGE, oom.FRAGMENTED, oom.OTHER, oom.HUGE)


@pytest.mark.parametrize(
    ("size", "text"), [(None, "?"), (0, "0 MiB"), (512 * MIB, "512 MiB"), (3 * GIB // 2, "1.5 GiB")]
)
def test_sizes_in_words(size: int | None, text: str) -> None:
    assert oom.size_text(size) == text
