"""The stand-in's server: real HTTP on loopback, the routes the studio speaks to."""

import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from modules import extensions, faults
from modules.paths import TMP
from modules.shared import opts, timer

KEEPS_PORT = "import socket, sys, time; s = socket.socket(fileno=int(sys.argv[1])); time.sleep(300)"


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"


class Server:
    """Listens from the moment it is made; the routes for programs come later, as in the web UI."""

    def __init__(self, args: object) -> None:
        self.args = args
        self.ended = threading.Event()
        self.api_is_mounted = args.nowebui
        host = "0.0.0.0" if args.listen else "127.0.0.1"  # noqa: S104 - what --listen is there for
        self.http = bound(host, args.port, 7861 if args.nowebui else 7860, self.handler())
        self.url = f"http://{host}:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        if faults.told("orphan"):
            leave_child(self.http.socket, faults.told("orphan"))

    def mount_api(self) -> None:
        self.api_is_mounted = True

    def wait(self) -> None:
        """Until a route asked for an end; interrupts end the program by themselves."""
        while not self.ended.wait(0.2):
            pass
        print("Stopping server...")
        self.http.shutdown()
        self.http.server_close()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(server.read(urlsplit(self.path).path))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.answer(server.command(urlsplit(self.path).path))

            def answer(self, found: object) -> None:
                body = json.dumps({"detail": "Not Found"} if found is None else found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                server.after(urlsplit(self.path).path)

            def log_message(self, *args: object) -> None:
                pass

        return Handler

    def read(self, path: str) -> object:
        if path == "/":
            return {"stand-in": True}
        if path.startswith("/internal/") and (faults.told("mute") or not self.api_is_mounted):
            return None
        if path.startswith("/sdapi/") and not (self.args.api and self.api_is_mounted):
            return None
        answers = {
            "/internal/ping": dict,
            "/internal/progress": lambda: {"active": False, "queued": False, "completed": False, "progress": 0},
            "/internal/profile-startup": lambda: {"total": sum(timer.records.values()), "records": timer.records},
            "/sdapi/v1/cmd-flags": lambda: vars(self.args),
            "/sdapi/v1/options": lambda: opts,
            "/sdapi/v1/memory": lambda: {"ram": {"free": 1, "used": 1, "total": 2}, "cuda": {"error": "unavailable"}},
            "/sdapi/v1/extensions": lambda: [{"name": folder.name, "enabled": True} for folder in extensions.enabled()],
        }
        return answers[path]() if path in answers else None

    def command(self, path: str) -> object:
        if path == "/internal/progress":
            return self.read(path)
        known = {f"/sdapi/v1/server-{word}" for word in ("stop", "restart", "kill")}
        return {} if self.args.api_server_stop and self.api_is_mounted and path in known else None

    def after(self, path: str) -> None:
        """What a route does once its answer is out."""
        if faults.told("ignores_stop") or self.command(path) is None or not path.startswith("/sdapi/v1/server-"):
            return
        if path.endswith("restart"):
            restart()
        if path.endswith("kill"):
            os._exit(0)
        self.ended.set()


def restart() -> None:
    """Leave the note that asks for another start, and end."""
    if os.environ.get("SD_WEBUI_RESTART"):
        TMP.mkdir(exist_ok=True)
        (TMP / "restart").touch()
        os._exit(0)


def bound(host: str, port: int | None, first: int, handler: type) -> Quiet:
    """Listen at `port`, or at the first free one from `first` on; a taken one is an error in the web UI's words."""
    ports = [port] if port is not None else range(first, first + 100)
    for number in ports:
        try:
            return Quiet((host, number), handler)
        except OSError:
            continue
    raise OSError(
        f"Cannot find empty port in range: {ports[0]}-{ports[-1]}. You can specify a different port by setting the "
        "GRADIO_SERVER_PORT environment variable or passing the `server_port` parameter to `launch()`."
    )


def leave_child(listening: socket.socket, how: object) -> None:
    """Start a child that holds the port too; "escaped" leaves our session and loses its parent."""
    handle = os.dup(listening.fileno())
    os.set_inheritable(handle, True)
    command = [sys.executable, "-c", KEEPS_PORT, str(handle)]
    if how == "escaped":
        command = [
            sys.executable,
            "-c",
            f"import subprocess; subprocess.Popen({command!r}, start_new_session=True, close_fds=False)",
        ]
        subprocess.run(command, close_fds=False, check=True)
    else:
        child = subprocess.Popen(command, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        Path(TMP).mkdir(exist_ok=True)
        (TMP / "orphan").write_text(str(child.pid), "utf-8")
    os.close(handle)
