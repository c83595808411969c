"""Ports of this machine: whether one is free, who holds it, which is next."""

import socket
import sys
from dataclasses import dataclass

import psutil

from studio.core.errors import StudioError

HIGHEST = 65535


@dataclass(frozen=True)
class PortOwner:
    """The program that listens at a port; 0 and "" where the system does not tell."""

    pid: int = 0
    name: str = ""
    command: str = ""


class PortTaken(StudioError):
    """Another program listens where the web UI should."""

    def __init__(self, port: int, owner: PortOwner, free: int) -> None:
        super().__init__(
            "Port {port} is taken by {owner}." if owner.pid else "Port {port} is taken or reserved by the system.",
            "Start at port {free} instead, or end that program." if free else "Choose another port.",
            port=port,
            owner=f"{owner.name} ({owner.pid})",
            free=free,
        )
        self.port, self.owner, self.free = port, owner, free


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen at `port`: tried for real, so reserved ranges of Windows count as taken."""
    with socket.socket() as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return sys.platform != "darwin" or not _answers(port)  # there, one address can be bound beside all of them


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def next_free(first: int, host: str = "127.0.0.1", tries: int = 200) -> int:
    """The first free port from `first` on, 0 if there is none among `tries`."""
    ports = range(first, min(first + tries, HIGHEST + 1))
    return next((port for port in ports if is_free(port, host)), 0)


def owner(port: int) -> PortOwner | None:
    """Who listens at `port`; None if nobody does, an owner without pid where the system keeps it to itself."""
    pids = [c.pid for c in _connections() if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port]
    pid = next((pid for pid in pids if pid), 0)
    if not pid:
        return PortOwner() if pids or not is_free(port) else None
    try:
        process = psutil.Process(pid)
        return PortOwner(pid, process.name(), " ".join(process.cmdline()))
    except psutil.Error:
        return PortOwner(pid)


def _connections() -> list:
    try:
        return psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS shows each process its own only
        return []


def check(port: int, host: str = "127.0.0.1") -> None:
    """Raise PortTaken, with the next free port, if nobody could listen at `port`."""
    if not is_free(port, host):
        raise PortTaken(port, owner(port) or PortOwner(), next_free(port + 1, host))
