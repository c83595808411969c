"""The one door to Git: every command with an environment the caller gives, stoppable, and never asking questions."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from subprocess import Popen
from threading import Thread
from typing import IO, Any
from urllib.parse import urlsplit

import psutil

from studio.core.job import JobContext
from studio.launcher.child_env import FOREIGN, PROXIES, git_config
from studio.launcher.git_errors import GitError, kind_of

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without Git the import would fail instead of our explaining it

from git.cmd import Git
from git.exc import GitCommandNotFound

LOCAL_S = 300.0
NETWORK_S = 600.0
RETRIES = 2
CHUNK = 1 << 16
KEPT_ERRORS = 1 << 16
SCHEMES = {"https", "http", "ssh", "git", "file"}
SCP = re.compile(r"(?:[\w.-]+@)(?!-)[\w.-]+:(?![:/-])[^\s]+")
PROGRESS = re.compile(r"(?:remote: )?([A-Z][a-z]+ [a-z]+):\s+\d+% \((\d+)/(\d+)\)")
PHASES = {
    "Counting objects": "Git: counting",
    "Enumerating objects": "Git: counting",
    "Compressing objects": "Git: waiting for the server",
    "Receiving objects": "Git: receiving",
    "Resolving deltas": "Git: unpacking",
    "Unpacking objects": "Git: unpacking",
    "Updating files": "Git: writing files",
    "Checking objects": "Git: checking",
    "Checking connectivity": "Git: checking",
}
# What a repository may say in its own configuration, but not to us: programs to run.
GUARDS = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.longpaths", "true"),
    ("core.quotePath", "false"),
    ("protocol.ext.allow", "never"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("advice.detachedHead", "false"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "60"),
)
QUESTIONS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_EDITOR": ":",
    "GIT_PAGER": "cat",
    "LANGUAGE": "C",
    "LC_ALL": "C.UTF-8",
}


def find_git(env: Mapping[str, str], system: str = sys.platform) -> str:
    """The path of Git: the one a variable names, the one on PATH, on Windows one in a usual folder.

    Raises GitError ("absent").
    """
    for name in ("GIT_PYTHON_GIT_EXECUTABLE", "GIT"):
        named = shutil.which(env.get(name) or "\0", path=env.get("PATH"))
        if named:
            return named
    found = shutil.which("git", path=env.get("PATH"))
    if found is None and system == "win32":
        found = next((str(path) for path in _windows_places(env) if path.is_file()), None)
    if found is None:
        raise GitError(kind="absent")
    return found


def _windows_places(env: Mapping[str, str]) -> Iterable[Path]:
    roots = {
        "PROGRAMFILES": "Git",
        "PROGRAMW6432": "Git",
        "PROGRAMFILES(X86)": "Git",
        "LOCALAPPDATA": "Programs/Git",
        "USERPROFILE": "scoop/apps/git/current",
    }
    known = {name.upper(): value for name, value in env.items()}
    return (Path(known[name]) / below / "cmd" / "git.exe" for name, below in roots.items() if known.get(name))


def check_url(url: str) -> str:
    """`url` trimmed, if it is one a repository may be fetched from. Raises GitError ("address")."""
    text = url.strip()
    plain = bool(text) and text.isprintable() and not text.startswith("-")
    if plain and (Path(text).is_absolute() or SCP.fullmatch(text) or _is_url(text)):
        return text
    raise GitError(kind="address", url=text[:200])


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if " " in text or parts.scheme.lower() not in SCHEMES or "://" not in text:
        return False
    return parts.scheme.lower() == "file" or (bool(host) and not host.startswith("-"))


def is_local(url: str) -> bool:
    """Whether an address is a folder of this computer."""
    return url.lower().startswith("file://") or Path(url).is_absolute()


def same_url(one: str, other: str) -> bool:
    """Whether two addresses are of one repository, whatever mirror or way leads to it."""
    return bool(one) and bare_url(one) == bare_url(other)


def bare_url(url: str) -> str:
    """What is the same for all addresses of one repository."""
    text = url.strip().rstrip("/").removesuffix(".git").rstrip("/").casefold()
    text = re.sub(r"^[\w.-]+@([\w.-]+):", r"ssh://\1/", text)
    _, _, mirrored = text.rpartition("/https://")
    text = f"https://{mirrored}" if mirrored and "/https://" in text else text
    return re.sub(r"^\w+://(?:[^/@]*@)?(?:www\.)?", "", text)


def with_mirror(env: Mapping[str, str], mirror: str) -> dict[str, str]:
    """`env` in which Git puts `mirror` before https://github.com/; remotes keep their own addresses."""
    if not mirror.strip():
        return dict(env)
    github = "https://github.com/"
    prefix = check_url(mirror).rstrip("/")
    return dict(env) | git_config([(f"url.{prefix}/{github}.insteadOf", github)], env)


@dataclass(frozen=True)
class Repository:
    """A folder in which Git is asked, and the environment it is asked with.

    `trusted` lets Git work where the folder belongs to another account; only for this folder and this process.
    """

    folder: Path
    env: Mapping[str, str]
    trusted: bool = True

    def read(self, *arguments: str, binary: bool = False) -> str:
        """Git's answer to a question that changes nothing, without the last line end. Raises GitError.

        `binary` keeps bytes that are no UTF-8 (names of files) as surrogates.
        """
        answer = self._call(arguments, JobContext(), LOCAL_S, {"GIT_OPTIONAL_LOCKS": "0"})
        return answer.decode("utf-8", "surrogateescape" if binary else "replace").rstrip("\n")

    def ask(self, *arguments: str) -> str:
        """As `read`, "" where Git has no answer because there is no such thing."""
        try:
            return self.read(*arguments)
        except GitError as error:
            if error.kind in ("absent", "folder", "silent", "dubious"):
                raise
            return ""

    def run(self, *arguments: str, context: JobContext | None = None, silence_s: float = LOCAL_S) -> str:
        """Let Git change something; it is killed when `context` is cancelled or it says nothing for `silence_s`.

        Raises GitError and Cancelled.
        """
        return self._call(arguments, context or JobContext(), silence_s, {}).decode("utf-8", "replace").rstrip("\n")

    def fetch(self, *arguments: str, context: JobContext | None = None) -> str:
        """`git fetch` with `arguments` and progress; a broken connection is tried again with the older HTTP/1.1.

        Raises GitError and Cancelled.
        """
        every = ("fetch", "--progress", "--no-recurse-submodules", *arguments)
        for _ in range(RETRIES):
            try:
                return self.run(*every, context=context, silence_s=NETWORK_S)
            except GitError as error:
                if error.kind != "link":
                    raise
            every = ("-c", "http.version=HTTP/1.1", *every)
        return self.run(*every, context=context, silence_s=NETWORK_S)

    def _call(self, arguments: Iterable[str], context: JobContext, silence_s: float, more: dict[str, str]) -> bytes:
        if not self.folder.is_dir():
            raise GitError(kind="folder", folder=str(self.folder))
        command = [find_git(self.env), *arguments]
        status, output, errors = _execute(command, self.folder, self._environ() | more, context, silence_s)
        if status == 0:
            return output
        answer = (output[-KEPT_ERRORS:] + b"\n" + errors).decode("utf-8", "replace").strip()
        raise GitError(kind=kind_of(answer), details=answer, folder=str(self.folder))

    def _environ(self) -> dict[str, str]:
        trust = [("safe.directory", self.folder.resolve().as_posix())] if self.trusted else []
        environ = dict(self.env) | git_config([*GUARDS, *trust], self.env) | QUESTIONS
        environ.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
        environ.setdefault("GIT_ALLOW_PROTOCOL", ":".join(sorted(SCHEMES)))
        # a folder without a repository of its own must not be taken for a part of the one around it
        environ["GIT_CEILING_DIRECTORIES"] = str(self.folder.resolve().parent)
        hidden = {name: "" for name in os.environ if name.upper() in PROXIES and name not in environ}
        return environ | hidden


def _execute(
    command: list[str], folder: Path, environ: Mapping[str, str], context: JobContext, silence_s: float
) -> tuple[int, bytes, bytes]:
    """Run a command to its end: exit status, output, errors."""
    for name in [name for name in FOREIGN if name.startswith("GIT_")]:
        os.environ.pop(name, None)  # GitPython hands on our own environment, where a Git hook may have set these
    context.check()
    try:
        held: Any = Git(folder).execute(command, env=environ, as_process=True)  # ends the process when it is dropped
    except (GitCommandNotFound, OSError) as error:
        raise GitError(kind="absent", details=str(error)) from error
    process: Popen[bytes] = held.proc
    with process, context.on_cancel(lambda: kill_tree(process.pid)):
        try:
            output, errors = _listen(process, context, silence_s)
        except BaseException:
            kill_tree(process.pid)
            raise
        process.wait()
    context.check()
    return process.returncode, output, errors


def _listen(process: "Popen[bytes]", context: JobContext, silence_s: float) -> tuple[bytes, bytes]:
    heard: Queue[tuple[bool, bytes]] = Queue()
    for is_error, stream in ((False, process.stdout), (True, process.stderr)):
        assert stream is not None  # noqa: S101
        Thread(target=_pump, args=(stream, is_error, heard.put), daemon=True).start()
    output, errors, open_streams = bytearray(), _Errors(context), 2
    while open_streams:
        try:
            is_error, chunk = heard.get(timeout=silence_s)
        except Empty:
            raise GitError(kind="silent", seconds=round(silence_s)) from None
        open_streams -= not chunk
        if is_error:
            errors.add(chunk)
        else:
            output += chunk
    return bytes(output), errors.text


def _pump(stream: IO[bytes], is_error: bool, put: Callable[[tuple[bool, bytes]], None]) -> None:
    read = getattr(stream, "read1", stream.read)
    try:
        while chunk := read(CHUNK):
            put((is_error, chunk))
    except (OSError, ValueError):  # closed under our hands when the process was killed
        pass
    put((is_error, b""))


class _Errors:
    """The error stream: progress goes to the context, the rest is kept."""

    def __init__(self, context: JobContext) -> None:
        self.text = b""
        self._context = context
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        *lines, self._rest = re.split(rb"(?<=[\r\n])", self._rest + chunk) if chunk else (self._rest, b"")
        for line in lines:
            found = PROGRESS.match(line.decode("utf-8", "replace"))
            if found is None:
                self.text = (self.text + line)[-KEPT_ERRORS:]
            elif found[1] in PHASES:
                self._context.progress(int(found[2]), int(found[3]), PHASES[found[1]])


def is_at_work(folder: Path) -> bool:
    """Whether a Git runs in a folder or below it."""
    for process in psutil.process_iter(["name", "cwd"]):
        named, cwd = (process.info["name"] or "").lower(), process.info["cwd"]
        if named.startswith("git") and cwd and Path(cwd).is_relative_to(folder.resolve()):
            return True
    return False


def kill_tree(pid: int) -> None:
    """Kill a process and everything it started."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
