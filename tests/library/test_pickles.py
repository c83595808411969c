"""Pickles: looked through, never run, whatever was put into them."""

import builtins
import os
import pickle
import pickletools
import struct
import time
import zipfile
from collections import OrderedDict
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import CheckpointError
from studio.library import headers
from studio.library.pickles import Pickled, PickledTensor, Verdict, scan

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MARKER = "was run"


# A list that holds its forerunner twice, forty times over.
DOUBLED = b"".join(b"](h" + bytes([number]) + b"h" + bytes([number]) + b"e\x94" for number in range(40))


class Act:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def bare(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def zipped(path: Path, *records: tuple[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in records:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("dtype", ["float16", "float32", "bfloat16", "float64", "int64", "uint8", "bool"])
def test_tensors_have_their_shapes_and_types(tmp_path: Path, is_zip: bool, dtype: str) -> None:
    tensor = torch.zeros(3, 5, 2, dtype=getattr(torch, dtype))
    inner = OrderedDict(a=tensor, b=OrderedDict(c=torch.nn.Parameter(torch.zeros(4)), d=tensor[0].T))
    torch.save({"state_dict": inner, "epoch": 3, "names": ["x"], "步": "値"}, tmp_path / "a.pt",
               _use_new_zipfile_serialization=is_zip)  # fmt: skip
    found = scan(tmp_path / "a.pt")
    kind = found.tensors["a"].dtype
    assert kind in headers.BITS
    assert found.tensors == {
        "a": PickledTensor(kind, (3, 5, 2)), "b.c": PickledTensor("F32", (4,)), "b.d": PickledTensor(kind, (2, 5)),
    }  # fmt: skip
    assert found.values == {"epoch": "3", "步": "値"}
    assert (found.verdict, found.strangers, found.extras) == (Verdict.SAFE, (), ())


def test_names_agree_with_what_torch_loads(tmp_path: Path) -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8))
    torch.save({"params_ema": net.state_dict()}, tmp_path / "a.pth")
    loaded = torch.load(tmp_path / "a.pth", weights_only=True)["params_ema"]
    wanted = {f"params_ema.{name}": tuple(tensor.shape) for name, tensor in loaded.items()}
    assert {name: tensor.shape for name, tensor in scan(tmp_path / "a.pth").tensors.items()} == wanted


ACTS = [
    (os.system, f"echo {MARKER}"), (exec, "1/0"), (eval, "1/0"), (__import__, "os"), (getattr, 1, "real"),
    (os.popen, "x"), (pickle.loads, b"x"), (print, "x"), (open, "x"), (compile, "1", "x", "eval"), (time.sleep, 0),
    (torch.hub.load, "x"), (torch.load, "x"),
]  # fmt: skip


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0].__name__)
def test_code_is_named_in_every_protocol_and_container(
    tmp_path: Path, act: tuple[Any, ...], protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if act[0].__name__ == "__import__":
        monkeypatch.setattr(builtins, "__import__", act[0])  # PySide6 puts its own there
    data = pickle.dumps({"state_dict": {"a": Act(*act)}}, protocol)
    (tmp_path / "bare.pt").write_bytes(data)
    paths = [zipped(tmp_path / "a.ckpt", ("archive/data.pkl", data)), tmp_path / "bare.pt"]
    for path in paths:
        found = scan(path)
        assert found.verdict in (Verdict.SUSPICIOUS, Verdict.UNKNOWN)
        assert found.verdict is Verdict.SUSPICIOUS or act[0] in (time.sleep,)
        assert found.strangers
        with pytest.raises(CheckpointError, match="wants to run code"):
            headers.read(path)


def test_code_in_an_old_file_is_found_wherever_it_is(tmp_path: Path) -> None:
    stream = BytesIO()
    torch.save({"a": torch.zeros(2)}, stream, _use_new_zipfile_serialization=False)
    whole = stream.getvalue()
    parts, reader = [], BytesIO(whole)
    for _ in range(5):
        begin = reader.tell()
        for _opcode in pickletools.genops(reader):
            pass
        parts.append(whole[begin : reader.tell()])
    rest = whole[sum(map(len, parts)) :]
    bad = pickle.dumps(Act(os.system, "x"), 2)
    for place in range(1, 5):
        path = tmp_path / f"{place}.pt"
        path.write_bytes(b"".join([*parts[:place], bad, *parts[place + 1 :], rest]))
        assert "system" in scan(path).strangers[0]
    path.write_bytes(bad + whole)
    assert "system" in scan(path).strangers[0]


def test_code_before_a_broken_end_is_found(tmp_path: Path) -> None:
    """The real unpickler would have run it by then."""
    data = pickle.dumps(Act(os.system, "x"), 2)[:-1]
    for end in (b"", b"\xff", b"0" * 50, b"(l"):
        (tmp_path / "a.pt").write_bytes(data + end)
        assert scan(tmp_path / "a.pt").verdict is Verdict.SUSPICIOUS
        with pytest.raises(CheckpointError, match="wants to run code"):
            headers.read(zipped(tmp_path / "b.pt", ("x/data.pkl", data + end)))


def test_whole_networks_are_unknown_code(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), tmp_path / "a.pt")
    assert scan(tmp_path / "a.pt").strangers == ("torch.nn.modules.linear Linear",)
    assert scan(tmp_path / "a.pt").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("name", ["archive/evil.pkl", "other.pkl", "../../x.pkl", "archive/code/x.pkl"])
def test_a_second_pickle_in_the_archive_is_looked_through(tmp_path: Path, name: str) -> None:
    torch.save({"a": torch.zeros(2)}, tmp_path / "a.pt")
    with zipfile.ZipFile(tmp_path / "a.pt", "a") as archive:
        archive.writestr(name, pickle.dumps(Act(os.system, "x")))
    found = scan(tmp_path / "a.pt")
    assert found.verdict is Verdict.SUSPICIOUS
    assert not (tmp_path.parent.parent / "x.pkl").exists()


def test_what_torch_does_not_write_is_told(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(2)}, tmp_path / "a.pt")
    with zipfile.ZipFile(tmp_path / "a.pt", "a") as archive:
        archive.writestr("../../../etc/x", b"1")
        archive.writestr("archive/inner.zip", b"PK\3\4")
    found = scan(tmp_path / "a.pt")
    assert (found.verdict, found.extras) == (Verdict.UNKNOWN, ("../../../etc/x", "archive/inner.zip"))


def test_two_descriptions_are_refused(tmp_path: Path) -> None:
    """Which of them a program takes would be its own affair."""
    good, bad = pickle.dumps({}), pickle.dumps(Act(os.system, "x"))
    with pytest.raises(CheckpointError, match="is an archive"):
        scan(zipped(tmp_path / "a.pt", ("archive/data.pkl", good), ("b/data.pkl", bad)))


def test_bombs_are_refused_at_once(tmp_path: Path) -> None:
    begin = time.monotonic()
    bomb = pickle.dumps({"a": 1}) + b"\0" * (70 * 2**20)
    with pytest.raises(CheckpointError, match="broken"):
        scan(zipped(tmp_path / "a.pt", ("a/data.pkl", bomb), packing=zipfile.ZIP_DEFLATED))
    with pytest.raises(CheckpointError, match="broken"):
        scan(zipped(tmp_path / "b.pt", ("a/data.pkl", b"x"), packing=zipfile.ZIP_LZMA))
    lists: Any = []
    for _ in range(200):
        lists = [lists, lists]
    with pytest.raises(CheckpointError, match="broken"):
        scan(zipped(tmp_path / "c.pt", ("a/data.pkl", pickle.dumps(lists))))
    (tmp_path / "d.pt").write_bytes(
        b"PK\3\4" + bytes(50) + b"PK\5\6" + bytes(8) + struct.pack("<II", 2**31, 0) + bytes(2)
    )
    with pytest.raises(CheckpointError, match="broken"):
        scan(tmp_path / "d.pt")
    with pytest.raises(CheckpointError, match="broken"):  # a name as long as the memory
        scan(bare(tmp_path / "e.pt", b"\x80\x04]\x94" + DOUBLED + b"\x8c\x01x\x93."))
    with pytest.raises(CheckpointError, match="broken"):
        scan(bare(tmp_path / "f.pt", b"\x80\x04" + b"N0" * 30_000_000 + b"N."))
    many = [(f"a/{number}.pkl", b"N." + bytes(60 * 2**20)) for number in range(3)]
    with pytest.raises(CheckpointError, match="broken"):
        scan(zipped(tmp_path / "g.pt", ("a/data.pkl", b"N."), *many, packing=zipfile.ZIP_DEFLATED))
    assert time.monotonic() - begin < 60


def test_numbers_and_shapes_beyond_sense_are_no_tensors(tmp_path: Path) -> None:
    storage = Act(torch._utils._rebuild_tensor_v2, None, 0, (2**60, 2), (1, 1), False, OrderedDict())
    many = Act(torch._utils._rebuild_tensor_v2, None, 0, (1,) * 70, (1,) * 70, False, OrderedDict())
    data = pickle.dumps({"a": storage, "b": many, "c": 10**5000, 10**400: 1}, 2)
    found = scan(zipped(tmp_path / "a.pt", ("a/data.pkl", data)))
    assert found.tensors == {}
    with pytest.raises(CheckpointError, match="no tensors"):
        headers.read(tmp_path / "a.pt")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@FUZZ
@given(VALUES, st.integers(3, 5))
def test_plain_data_is_safe(tmp_path: Path, value: object, protocol: int) -> None:
    path = zipped(tmp_path / "a.pt", ("a/data.pkl", pickle.dumps(value, protocol)))
    found = scan(path)
    assert found.verdict is Verdict.SAFE
    if isinstance(value, dict) and len({str(key) for key in value}) == len(value) < 200:
        texts = {str(key): item for key, item in value.items() if isinstance(item, str)}
        assert {key: found.values[key] for key in texts} == texts


@FUZZ
@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_make_it_fail_otherwise(tmp_path: Path, data: bytes, is_bare: bool) -> None:
    path = tmp_path / "a.pt"
    if is_bare:
        path.write_bytes(data)
    else:
        zipped(path, ("a/data.pkl", data))
    with suppress(CheckpointError):
        assert isinstance(scan(path), Pickled)
