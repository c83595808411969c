"""What holds for every test: no network, no window, few threads, nothing of the user's touched."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from studio.core.paths import Places

settings.register_profile("any machine", deadline=None)  # a busy one takes long over what is quick
settings.load_profile("any machine")

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The studio's home is a folder of the test's own, and sockets reach this machine only."""
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:  # type: ignore[index]
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A studio of the test's own, the one that STUDIO_HOME names."""
    return Places((tmp_path / "home").resolve())
