"""Windows' ways to hold and end a program, on stand-ins for its calls."""

import ctypes
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from standin_world import free_port

from studio.launcher import ports, process_group
from studio.launcher.process_group import ExtendedLimits, Job, job_for


class Kernel:
    """Records kernel32's calls; `refuses` names those that fail."""

    def __init__(self, refuses: str = "") -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.refuses = refuses

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.calls.append((name, *arguments))
            return 0 if name == self.refuses else 77

        return call

    @property
    def names(self) -> list[str]:
        return [call[0] for call in self.calls]


def test_job_ends_what_is_in_it_when_it_is_closed() -> None:
    kernel = Kernel()
    job = Job(kernel)
    name, handle, kind, pointer, size = kernel.calls[1]
    limits = pointer._obj
    assert (name, handle, kind) == ("SetInformationJobObject", 77, 9)
    assert isinstance(limits, ExtendedLimits)
    assert limits.basic.flags == 0x2000
    assert size == ctypes.sizeof(limits)
    assert job.add(5)
    job.end()
    job.end()
    assert kernel.names[2:] == ["AssignProcessToJobObject", "TerminateJobObject", "CloseHandle"]


def test_structure_has_windows_size() -> None:
    assert ctypes.sizeof(ExtendedLimits) == 144  # on 64 bits, as winnt.h lays it out


@pytest.mark.parametrize("refused", ["CreateJobObjectW", "AssignProcessToJobObject"])
def test_a_refused_job_is_no_error(refused: str) -> None:
    kernel = Kernel(refused)
    job = Job(kernel)
    assert not job.add(5)
    job.end()
    assert ("TerminateJobObject" in kernel.names) is (refused != "CreateJobObjectW")


def test_job_only_on_windows() -> None:
    process: Any = SimpleNamespace(_handle=5)
    kernel = Kernel()
    assert job_for(process, "linux", kernel) is None
    assert job_for(process, "win32", kernel) is not None
    assert kernel.calls[-1] == ("AssignProcessToJobObject", 77, 5)


def test_creation_flags() -> None:
    assert process_group.creation_flags("win32") == 0x08000200
    assert process_group.creation_flags("linux") == 0


def test_interrupt_on_windows_asks_a_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(command))
    process_group.interrupt(4321, "win32")
    assert commands == [[sys.executable, "-c", process_group.SEND_BREAK, "4321"]]
    compile(process_group.SEND_BREAK, "helper", "exec")


def test_interrupt_of_one_that_is_gone(tmp_path: Path) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    done.wait()
    process_group.interrupt(done.pid)


def test_other_programs_are_no_members() -> None:
    """A number that another program has by now: without the mark, it is left alone."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"]) as other:
        assert process_group.members(other.pid, "0" * 32) == []
        assert process_group.kill(other.pid, "0" * 32) == []
        assert other.poll() is None
        other.kill()


def test_free_ports() -> None:
    port = free_port()
    assert ports.is_free(port)
    assert ports.owner(port) is None
    assert ports.next_free(port) == port
    assert ports.next_free(70000) == 0
    ports.check(port)
