"""A program and everything it starts, held together so that nothing of it stays behind.

POSIX has sessions and signals. Windows has job objects (everything in one ends when its last handle is closed, so also
when the studio is killed) and Ctrl+Break, which only reaches programs of the same console: a helper process joins it.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from ctypes import wintypes
from typing import Any

import psutil

MARK = "SD_STUDIO_RUN"
NEW_GROUP, NO_WINDOW = 0x200, 0x08000000
EXTENDED_LIMITS, KILL_ON_CLOSE = 9, 0x2000
SEND_BREAK = """
import ctypes, sys
kernel32 = ctypes.windll.kernel32
kernel32.FreeConsole()
kernel32.AttachConsole(int(sys.argv[1])) or sys.exit(1)
kernel32.SetConsoleCtrlHandler(None, True)
kernel32.GenerateConsoleCtrlEvent(1, int(sys.argv[1])) or sys.exit(2)
"""


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("process_count", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def creation_flags(system: str = sys.platform) -> int:
    """What Popen needs on Windows so that the program leads a group of its own; elsewhere a new session does it."""
    return NEW_GROUP | NO_WINDOW if system == "win32" else 0


def kernel() -> Any:
    """Windows' kernel32 with the types that handles need on 64 bits."""
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    kernel32.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel32.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    return kernel32


class Job:
    """A Windows job object that ends what is in it when it is closed."""

    def __init__(self, kernel32: Any) -> None:
        self._kernel32 = kernel32
        self._handle = kernel32.CreateJobObjectW(None, None)
        limits = ExtendedLimits()
        limits.basic.flags = KILL_ON_CLOSE
        if self._handle:
            kernel32.SetInformationJobObject(self._handle, EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))

    def add(self, process_handle: int) -> bool:
        """Put a process in; False where Windows refuses (the tree kill then does its work alone)."""
        return bool(self._handle and self._kernel32.AssignProcessToJobObject(self._handle, process_handle))

    def release(self) -> None:
        """Let what is in it go on after the handle is closed."""
        if self._handle:
            limits = ExtendedLimits()
            self._kernel32.SetInformationJobObject(
                self._handle, EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
            )

    def end(self) -> None:
        """End everything that is in it."""
        if self._handle:
            self._kernel32.TerminateJobObject(self._handle, 1)
            self._kernel32.CloseHandle(self._handle)
            self._handle = None


def job_for(process: "subprocess.Popen[bytes]", system: str = sys.platform, kernel32: Any = None) -> Job | None:
    """A job with `process` in it on Windows, None elsewhere."""
    if system != "win32":
        return None
    job = Job(kernel32 or kernel())
    job.add(int(process._handle))  # type: ignore[attr-defined]
    return job


def interrupt(pid: int, system: str = sys.platform) -> None:
    """What Ctrl+C (Ctrl+Break on Windows) does to the group that `pid` leads; nothing if it is gone."""
    if system == "win32":
        command = [sys.executable, "-c", SEND_BREAK, str(pid)]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):  # force comes next
            subprocess.run(command, check=False, timeout=10, capture_output=True, creationflags=NO_WINDOW)
        return
    try:
        os.killpg(pid, signal.SIGINT)
    except ProcessLookupError:
        return


def members(pid: int, mark: str) -> list[psutil.Process]:
    """The process, its descendants, and whatever carries its mark though it left the tree."""
    found: dict[int, psutil.Process] = {}
    try:
        leader = psutil.Process(pid)
        if _carries(leader, mark):  # the number may have gone to another program since
            found = {process.pid: process for process in (leader, *leader.children(recursive=True))}
    except psutil.Error:
        pass
    found |= {process.pid: process for process in marked(mark)}
    return [process for process in found.values() if process.pid != os.getpid()]


def marked(mark: str) -> Iterator[psutil.Process]:
    """Processes whose environment holds the mark of a run."""
    return (process for process in psutil.process_iter() if _carries(process, mark))


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def kill(pid: int, mark: str, job: Job | None = None, timeout_s: float = 5) -> list[psutil.Process]:
    """End the group by force, again if it grows meanwhile; what still lives after `timeout_s` is returned."""
    if job is not None:
        job.end()
    alive: list[psutil.Process] = []
    for _ in range(3):
        found = members(pid, mark)
        if not found:
            break
        for process in found:
            _end(process)
        alive = psutil.wait_procs(found, timeout=timeout_s)[1]
    return alive


def _end(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return
