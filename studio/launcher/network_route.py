"""One question to a server by one way: direct, through an HTTP proxy or through a SOCKS 5 proxy, and why it failed."""

import base64
import http.client
import socket
import ssl
import struct
import time
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

MAX_BYTES = 1 << 16
AGENT = "sd-studio"
SOCKS = ("socks", "socks4", "socks5", "socks5h")
USUAL = {"http": 80, "https": 443, **dict.fromkeys(SOCKS, 1080)}
# Why a way does not work.
NO_NAME, REFUSED, TIMEOUT, CERTIFICATE, TLS = "no name", "refused", "timeout", "certificate", "tls"
BROKEN, FORBIDDEN, MISSING, SERVER, PROXY_DEAD = "broken", "forbidden", "missing", "server", "proxy dead"
PROXY_LOGIN, PROXY_REFUSES, IS_SOCKS, IS_HTTP, ADDRESS = (
    "proxy login",
    "proxy refuses",
    "proxy is socks",
    "proxy is http",
    "address",
)


class Failed(Exception):
    """A way that does not work; `problem` is one of the kinds above."""

    def __init__(self, problem: str, details: str = "") -> None:
        super().__init__(problem)
        self.problem, self.details = problem, details


@dataclass(frozen=True)
class Answer:
    """What came of a question: `problem` is "" if it was answered, `seconds` the time until the first bytes."""

    seconds: float
    problem: str = ""
    details: str = ""
    status: int = 0


def ask(url: str, proxy: str = "", timeout_s: float = 8.0) -> Answer:
    """Ask a server for `url`, through `proxy` ("" is direct). Nothing is raised."""
    began = time.monotonic()
    try:
        status = _ask(url, proxy, timeout_s)
    except Failed as failed:
        return Answer(time.monotonic() - began, failed.problem, failed.details)
    problem = (
        "" if status < 400 else {404: MISSING, 407: PROXY_LOGIN}.get(status, FORBIDDEN if status < 500 else SERVER)
    )
    return Answer(time.monotonic() - began, problem, f"HTTP {status}" if problem else "", status)


def _ask(url: str, proxy: str, timeout_s: float) -> int:
    target, way = _parts(url), _parts(proxy if "://" in proxy or not proxy else f"http://{proxy}")
    is_plain = bool(proxy) and way.scheme not in SOCKS and target.scheme == "http"
    with closing(_connected(target, way if proxy else None, timeout_s)) as raw:
        sock = _secured(raw, target, timeout_s) if target.scheme == "https" else raw
        path = f"{target.path or '/'}{f'?{target.query}' if target.query else ''}"
        headers = {"Host": target.netloc.rpartition("@")[2], "User-Agent": AGENT, "Connection": "close"}
        if is_plain:
            headers |= _login(way)
        return _request(sock, f"http://{target.netloc}{path}" if is_plain else path, headers, is_proxied=is_plain)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError as error:
        raise Failed(ADDRESS, str(error)) from error
    if url and (parts.scheme.lower() not in USUAL or not parts.hostname):
        raise Failed(ADDRESS, url)
    return parts


def _connected(target: SplitResult, way: SplitResult | None, timeout_s: float) -> socket.socket:
    """A connection that leads to the target's host."""
    if way is None:
        return _opened(target, timeout_s)
    try:
        sock = _opened(way, timeout_s)
    except Failed as failed:
        raise Failed(PROXY_DEAD, failed.details or failed.problem) from failed
    try:
        if way.scheme in SOCKS:
            _through_socks(sock, target, way)
        elif target.scheme == "https":
            _through_http(sock, target, way)
        return sock
    except (OSError, Failed) as error:
        sock.close()
        if isinstance(error, Failed):
            raise
        raise Failed(TIMEOUT if isinstance(error, TimeoutError) else BROKEN, str(error)) from error


def _opened(parts: SplitResult, timeout_s: float) -> socket.socket:
    try:
        return socket.create_connection((parts.hostname or "", _port(parts)), timeout=timeout_s)
    except socket.gaierror as error:
        raise Failed(NO_NAME, str(error)) from error
    except TimeoutError as error:
        raise Failed(TIMEOUT, str(error)) from error
    except OSError as error:
        raise Failed(REFUSED, str(error)) from error


def _port(parts: SplitResult) -> int:
    return parts.port or USUAL[parts.scheme.lower()]


def _secured(sock: socket.socket, target: SplitResult, timeout_s: float) -> socket.socket:
    sock.settimeout(timeout_s)
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=target.hostname)
    except ssl.SSLCertVerificationError as error:
        raise Failed(CERTIFICATE, error.verify_message) from error
    except ssl.SSLError as error:
        raise Failed(TLS, str(error)) from error
    except TimeoutError as error:
        raise Failed(TIMEOUT, str(error)) from error
    except OSError as error:
        raise Failed(BROKEN, str(error)) from error


def _request(sock: socket.socket, path: str, headers: dict[str, str], *, is_proxied: bool) -> int:
    connection = http.client.HTTPConnection("-")
    connection.sock = sock
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read(MAX_BYTES)
        return answer.status
    except TimeoutError as error:
        raise Failed(TIMEOUT, str(error)) from error
    except (http.client.HTTPException, OSError) as error:
        raise Failed(IS_SOCKS if is_proxied and _looks_like_socks(error) else BROKEN, str(error)) from error


def _looks_like_socks(error: Exception) -> bool:
    """A SOCKS server that is asked in HTTP answers in bytes that are none, or hangs up."""
    return isinstance(error, http.client.BadStatusLine) and "HTTP" not in str(error)


def _login(way: SplitResult) -> dict[str, str]:
    if not way.username:
        return {}
    text = f"{unquote(way.username)}:{unquote(way.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def _through_http(sock: socket.socket, target: SplitResult, way: SplitResult) -> None:
    """CONNECT, as RFC 9110 has it."""
    place = f"{target.hostname}:{_port(target)}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *(f"{k}: {v}" for k, v in _login(way).items()), "", ""]
    sock.sendall("\r\n".join(lines).encode("ascii", "ignore"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < MAX_BYTES:
        piece = sock.recv(4096)
        answer += piece
        if not piece or (answer and not b"HTTP/".startswith(answer[:5]) and not answer.startswith(b"HTTP/")):
            break
    if not answer.startswith(b"HTTP/"):
        raise Failed(IS_SOCKS if answer[:1] in (b"\x04", b"\x05", b"\x00", b"") else BROKEN, repr(answer[:20]))
    status = int(answer.split()[1]) if answer.split()[1:2] and answer.split()[1].isdigit() else 0
    if status != 200:
        raise Failed(PROXY_LOGIN if status == 407 else PROXY_REFUSES, f"HTTP {status}")


def _through_socks(sock: socket.socket, target: SplitResult, way: SplitResult) -> None:
    """The greeting, the login and the connect of RFC 1928 and 1929; names are resolved by the proxy."""
    sock.sendall(b"\x05\x02\x00\x02" if way.username else b"\x05\x01\x00")
    greeting = _exactly(sock, 2)
    if greeting[:1] == b"H":
        raise Failed(IS_HTTP)
    if greeting[:1] != b"\x05":
        raise Failed(BROKEN, repr(greeting))
    if greeting[1] == 2:
        name, word = (unquote(text or "").encode()[:255] for text in (way.username, way.password))
        sock.sendall(b"\x01" + bytes([len(name)]) + name + bytes([len(word)]) + word)
        if _exactly(sock, 2)[1]:
            raise Failed(PROXY_LOGIN)
    elif greeting[1]:
        raise Failed(PROXY_LOGIN)
    host = (target.hostname or "").encode("idna")[:255]
    sock.sendall(b"\x05\x01\x00\x03" + bytes([len(host)]) + host + struct.pack(">H", _port(target)))
    answer = _exactly(sock, 4)
    if answer[1]:
        raise Failed(PROXY_REFUSES, f"SOCKS {answer[1]}")
    _exactly(sock, {1: 4, 4: 16}.get(answer[3], 0) or _exactly(sock, 1)[0])
    _exactly(sock, 2)


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise Failed(IS_HTTP if data[:1] == b"H" else BROKEN, "the proxy hung up")
        data += piece
    return data


def speaks(proxy: str, timeout_s: float = 3.0) -> str:
    """What a proxy speaks, whatever its address says: "socks5", "http" or "" where it says nothing."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    for words, marks, kind in (
        (b"\x05\x01\x00", (b"\x05\x00", b"\x05\x02", b"\x05\xff"), "socks5"),
        (b"OPTIONS * HTTP/1.1\r\nHost: -\r\n\r\n", (b"HTTP/",), "http"),
    ):
        try:
            with closing(_opened(parts, timeout_s)) as sock:
                sock.sendall(words)
                if sock.recv(5).startswith(marks):
                    return kind
        except (Failed, OSError, KeyError, ValueError):
            continue
    return ""
