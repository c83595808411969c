"""Servers on loopback that stand for the network: a site, proxies of both kinds, slow and broken ones."""

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from standin_world import free_port

HTTP_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Server:
    """Accepts connections and hands each to `serve`."""

    def __init__(self, serve: Callable[[socket.socket, "Server"], None], delay_s: float = 0.0) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.asked: list[str] = []
        self.ended = threading.Event()
        self._serve, self._delay_s = serve, delay_s
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with closing(connection):
            if not self.ended.wait(self._delay_s) or not self._delay_s:
                try:
                    self._serve(connection, self)
                except (OSError, IndexError):
                    return

    def close(self) -> None:
        self.ended.set()
        self.listener.close()


def site(connection: socket.socket, server: Server, answer: bytes = HTTP_OK) -> None:
    """A plain web server; what it was asked for is kept."""
    head = _head(connection)
    server.asked.append(head.split(b"\r\n")[0].decode("latin-1"))
    if head.startswith((b"GET", b"OPTIONS")):
        connection.sendall(answer)
    else:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def answering(status: str) -> Callable[[socket.socket, Server], None]:
    """A web server that gives every question one status."""
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    return lambda connection, server: site(connection, server, answer)


def socks(connection: socket.socket, server: Server) -> None:
    """A SOCKS 5 proxy without login that leads to where it is asked to, or hangs up on anything else."""
    greeting = connection.recv(2)
    if greeting[:1] != b"\x05":
        connection.sendall(b"\x05\xff")
        return
    connection.recv(greeting[1])
    connection.sendall(b"\x05\x00")
    connection.recv(4)
    host = connection.recv(connection.recv(1)[0]).decode()
    port = struct.unpack(">H", connection.recv(2))[0]
    server.asked.append(f"{host}:{port}")
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as other:
        connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
        _pump(connection, other)


def refusing(connection: socket.socket, server: Server) -> None:
    """An HTTP proxy that wants a login."""
    _head(connection)
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


def hangs_up(connection: socket.socket, server: Server) -> None:
    """A server that says nothing and goes."""
    connection.recv(10)


def _head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and data[:1] != b"\x16":  # TLS says hello so
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data


def _pump(one: socket.socket, other: socket.socket) -> None:
    request = one.recv(65536)
    other.sendall(request)
    while piece := other.recv(65536):
        one.sendall(piece)


def intercepting(folder: Path) -> Callable[[socket.socket, Server], None]:
    """A server whose certificate nobody signed, as programs use that look into the traffic."""
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"))
    subprocess.run(["openssl", *made, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    def serve(connection: socket.socket, server: Server) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            site(secured, server)

    return serve


class Net:
    """Servers that end with the test."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def serve(self, how: Callable[[socket.socket, Server], None] = site, delay_s: float = 0.0) -> Server:
        """Another server."""
        server = Server(how, delay_s)
        self._stack.callback(server.close)
        return server

    def dead(self) -> int:
        """A port nobody listens at."""
        return free_port()
