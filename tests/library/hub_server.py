"""A server for downloads that can do everything wrong: stall, cut, lie about lengths, ignore ranges."""

import gzip
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class File:
    """One file and how it is served. `cuts` are places, in bytes, at each of which one answer breaks off."""

    data: bytes = b""
    type: str = "application/octet-stream"
    etag: str | None = ""  # "" is made from the content, None is none
    modified: str = ""
    cuts: list[int] = field(default_factory=list)
    stalls: list[int] = field(default_factory=list)
    stall_s: float = 30.0
    length: int | None = None  # what Content-Length says instead of the truth; 0 leaves it out
    with_ranges: bool = True
    with_condition: bool = True  # obeys If-Range
    gzipped: bool = False
    statuses: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # given first, one an answer
    redirect: str = ""
    token: str = ""  # wanted
    name: str = ""  # in Content-Disposition
    piece: int = 65536
    pause_s: float = 0.0  # after each piece
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    jsons: list[Any] = field(default_factory=list)  # given before that, one an answer

    @property
    def mark(self) -> str:
        return f'"{hashlib.sha256(self.data).hexdigest()[:16]}"' if self.etag == "" else self.etag or ""


@dataclass
class Hub:
    """A running server; `seen` are the requests: path, query, headers."""

    files: dict[str, File] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)
    sent: int = 0
    port: int = 0
    host: str = "127.0.0.1"
    most_at_once: int = 0
    at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"

    def ranges(self, path: str) -> list[str]:
        return [headers.get("Range", "") for seen, _, headers in self.seen if seen == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.hub.lock:
            self.hub.seen.append((parts.path, parse_qs(parts.query), dict(self.headers)))
        file = self.hub.files.get(parts.path)
        if file is None:
            self.answer(404, {"Content-Length": "0"})
            return
        with self.hub.lock:
            self.hub.at_once += 1
            self.hub.most_at_once = max(self.hub.most_at_once, self.hub.at_once)
        try:
            self.serve(file)
        except (BrokenPipeError, ConnectionError):
            self.close_connection = True
        finally:
            with self.hub.lock:
                self.hub.at_once -= 1

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def serve(self, file: File) -> None:
        if file.statuses:
            status, headers = file.statuses.pop(0)
            self.answer(status, {"Content-Length": "0", **headers})
            return
        if file.token and self.headers.get("Authorization") != f"Bearer {file.token}":
            self.answer(401, {"Content-Length": "0"})
            return
        if file.redirect:
            self.answer(302, {"Location": file.redirect, "Content-Length": "0", **file.headers})
            return
        if file.json is not None:
            data = json.dumps(file.jsons.pop(0) if file.jsons else file.json).encode()
            self.answer(200, {"Content-Type": "application/json", "Content-Length": str(len(data)), **file.headers})
            self.wfile.write(data)
            return
        self.serve_bytes(file)

    def serve_bytes(self, file: File) -> None:
        headers = {"Content-Type": file.type, **file.headers}
        if file.mark:
            headers["ETag"] = file.mark
        if file.modified:
            headers["Last-Modified"] = file.modified
        if file.name:
            headers["Content-Disposition"] = file.name
        if file.gzipped:
            data = gzip.compress(file.data)
            self.answer(200, {**headers, "Content-Encoding": "gzip", "Content-Length": str(len(data))})
            self.wfile.write(data)
            return
        begin = self.wanted_begin(file)
        if begin is not None and begin >= len(file.data):
            self.answer(416, {"Content-Range": f"bytes */{len(file.data)}", "Content-Length": "0"})
            return
        body = file.data[begin or 0 :]
        told = len(body) if file.length is None else max(file.length - (begin or 0), 0) if file.length else None
        if told is None:
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(told)
        if begin is not None:
            headers["Content-Range"] = f"bytes {begin}-{len(file.data) - 1}/{file.length or len(file.data)}"
        self.answer(206 if begin is not None else 200, headers)
        self.send_body(file, begin or 0)
        if file.length is not None:
            self.close_connection = True

    def wanted_begin(self, file: File) -> int | None:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not found or not file.with_ranges:
            return None
        condition = self.headers.get("If-Range", "")
        if condition and file.with_condition and condition not in (file.mark, file.modified):
            return None
        return int(found[1])

    def send_body(self, file: File, begin: int) -> None:
        place = begin
        while place < len(file.data):
            end = min([place + file.piece, len(file.data), *(cut for cut in (*file.cuts, *file.stalls) if cut > place)])
            self.wfile.write(file.data[place:end])
            self.wfile.flush()
            with self.hub.lock:
                self.hub.sent += end - place
            place = end
            if place in file.stalls:
                file.stalls.remove(place)
                time.sleep(file.stall_s)
            if place in file.cuts and place < len(file.data):
                file.cuts.remove(place)
                self.close_connection = True
                self.connection.shutdown(2)
                return
            if file.pause_s:
                time.sleep(file.pause_s)


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Hub]:
    """A server on a free port of this machine."""
    hub = Hub(host=host)
    handler = type("Bound", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
