"""The pip of an installed web UI's environment: run with what is said exactly, progress told, failures explained."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from studio.core.errors import StudioError
from studio.core.job import JobContext, Progress
from studio.launcher import packages
from studio.launcher.running import run
from studio.launcher.venv import program

RAW_BAR_FROM = Version("24.1")
MIB = 1 << 20
NO_SPACE, OFFLINE, CERTIFICATE, CONFLICT, ABSENT, BUSY, SOCKS, HASHES, DAMAGED, COMPILER, GONE, OTHER = (
    *("no space", "offline", "certificate", "conflict", "absent", "busy", "socks", "hashes", "damaged"),
    *("compiler", "no pip", "other"),
)
WHY = (
    (r"No space left on device|Errno 28|WinError 112", NO_SPACE),
    (r"No module named '?pip\b", GONE),
    (r"Missing dependencies for SOCKS support", SOCKS),
    (r"CERTIFICATE_VERIFY_FAILED|SSLError", CERTIFICATE),
    (r"DO NOT MATCH THE HASHES", HASHES),
    (r"BadZipFile|Wheel '.*' located at .* is invalid|has an invalid wheel", DAMAGED),
    (r"ResolutionImpossible", CONFLICT),
    (
        r"Retrying \(Retry|ConnectionError|NewConnectionError|Max retries exceeded|getaddrinfo|ProxyError"
        r"|ReadTimeoutError|Connection (?:refused|reset)|Network is unreachable|name resolution",
        OFFLINE,
    ),
    (r"Microsoft Visual C\+\+ 14\.0 or greater is required|unable to execute '(?:gcc|cc|x86_64)", COMPILER),
    (r"Permission denied|WinError 5\b|WinError 32\b", BUSY),
    (r"No matching distribution found for", ABSENT),
)
MESSAGES = {
    NO_SPACE: "The disk is full; pip could not finish.",
    GONE: "The environment has no pip.",
    SOCKS: "pip cannot use a SOCKS proxy in this environment.",
    CERTIFICATE: "The package index's certificate was not accepted.",
    HASHES: "A downloaded package is not the one that was expected.",
    DAMAGED: "A package file is damaged.",
    CONFLICT: "The wanted packages cannot be had together.",
    OFFLINE: "The package index cannot be reached.",
    COMPILER: "A package has to be compiled, and no compiler is here.",
    BUSY: "A file of the environment may not be written.",
    ABSENT: "There is no package that fits: {package}.",
    OTHER: "pip failed.",
}
REMEDIES = {
    NO_SPACE: "Free some space and try again.",
    GONE: "Repair the environment.",
    SOCKS: "Set an http:// proxy, or let the repair install PySocks.",
    CERTIFICATE: "Check the clock and the proxy.",
    HASHES: "Try again; if it stays so, choose another package index.",
    DAMAGED: "Try again; it will be downloaded anew.",
    CONFLICT: "The details say who wants what; allow the change for the extension, or leave it out.",
    OFFLINE: "Check the connection, the proxy and the package index in the settings.",
    COMPILER: "Look for an older or newer version of the package that comes ready made.",
    BUSY: "Stop the web UI and close other programs that use its folder, then try again.",
    ABSENT: "Check the name, the Python version and the package index.",
    OTHER: "The details are pip's own words.",
}


class PipFailed(StudioError):
    """pip did not do what it was asked; `code` is one of the kinds above, `details` pip's words."""

    def __init__(self, code: str, output: str, package: str = "") -> None:
        super().__init__(MESSAGES[code], REMEDIES[code], details=output, package=package)
        self.code = code


@dataclass(frozen=True)
class Outdated:
    """A package and the newest version its index has."""

    name: str
    version: str
    latest: str


@dataclass(frozen=True)
class Planned:
    """A package an installation would bring: its version `before` ("" if it is new) and `after`, and from where."""

    name: str
    before: str
    after: str
    url: str

    @property
    def text(self) -> str:
        """As people read it: "numpy 1.26.4 → 2.0.0", "einops 0.8.0"."""
        return f"{self.name} {self.before} → {self.after}" if self.before else f"{self.name} {self.after}"


def pip(
    venv: Path,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    context: JobContext,
    *,
    line: Callable[[str], None] | None = None,
    timeout_s: float | None = None,
) -> str:
    """Run the environment's pip; returns what it wrote.

    `environ` is child_env's; `line` gets each line as it comes. Raises PipFailed, NotRunnable or Cancelled; what
    pip has begun to install it installs to the end first: interrupted, it does not put back what it was replacing.
    """
    bar = ["--progress-bar", "raw" if _has_raw_bar(venv) else "off"] if arguments[0] in ("install", "download") else []
    command = [str(program(venv)), "-m", "pip", arguments[0], *bar, *arguments[1:]]
    told = Telling(context)

    def both(text: str) -> None:
        told.line(text)
        if line is not None:
            line(text)

    done = run(command, environ, context, line=both, timeout_s=timeout_s, is_busy=lambda: told.is_installing)
    context.check()
    if done.code:
        raise why(done.output)
    return done.output


def _has_raw_bar(venv: Path) -> bool:
    found = packages.by_name(packages.installed(packages.site_packages(venv))).get("pip")
    try:
        return found is not None and Version(found.version) >= RAW_BAR_FROM
    except InvalidVersion:
        return False


def why(output: str) -> PipFailed:
    """The error for what pip wrote."""
    code = next((code for pattern, code in WHY if re.search(pattern, output)), OTHER)
    wanted = re.search(r"No matching distribution found for (.+?)(?: \(from .*)?$", output, re.M)
    return PipFailed(code, output, wanted[1] if wanted else "")


class Telling:
    """Turns pip's lines into progress: bytes while it downloads where pip says them, else which stage it is at."""

    def __init__(self, context: JobContext) -> None:
        self.context = context
        self.is_installing = False

    def line(self, text: str) -> None:
        """Report what a line says, if anything. Raises Cancelled, unless packages are being installed."""
        self.is_installing |= text.startswith("Installing collected packages:")
        if self.is_installing:
            self.context.report("progress", Progress(0, 0, "Installing packages"))
            return
        bar = re.fullmatch(r"\s*Progress (\d+) of (\d+)", text)
        if bar:
            done, total = (int(number) // MIB for number in bar.groups())
            self.context.progress(min(done, total), max(total, 1), "Downloading packages")
        elif re.match(r"(Collecting|Processing|Looking in|Obtaining) ", text):
            self.context.progress(0, 0, "Looking for packages")
        elif re.match(r"\s+(Downloading|Using cached) ", text):
            self.context.progress(0, 0, "Downloading packages")
        elif re.match(r"(Building|\s+(Preparing metadata|Building|Installing build dependencies))", text):
            self.context.progress(0, 0, "Building packages")
        elif re.match(r"\s*(Found existing installation|Uninstalling)", text):
            self.context.progress(0, 0, "Removing packages")


def preview(
    venv: Path,
    requirements: Iterable[str],
    environ: Mapping[str, str],
    context: JobContext,
    *,
    index_url: str = "",
    timeout_s: float | None = None,
) -> list[Planned]:
    """What an installation would change, as pip itself works it out; nothing is installed. Needs pip 22.2 or newer.

    Only the metadata of wheels is asked for: nothing foreign is built, as that would run it. Raises PipFailed (which is
    how conflicts show), NotRunnable or Cancelled.
    """
    site = packages.site_packages(venv)
    there = {name: package.version for name, package in packages.by_name(packages.installed(site)).items()}
    with TemporaryDirectory(prefix="preview-") as scratch:
        report = Path(scratch, "report.json")
        index = ["--index-url", index_url] if index_url else []
        options = ["--dry-run", "--only-binary", ":all:", "--report", str(report), *index, "--"]
        pip(venv, ["install", *options, *requirements], environ, context, timeout_s=timeout_s)
        said = json.loads(report.read_text("utf-8"))
    return [_planned(row, there) for row in said["install"]]


def _planned(row: Mapping[str, Any], there: Mapping[str, str]) -> Planned:
    name = canonicalize_name(row["metadata"]["name"])
    return Planned(name, there.get(name, ""), row["metadata"]["version"], row.get("download_info", {}).get("url", ""))


def outdated(venv: Path, environ: Mapping[str, str], context: JobContext) -> list[Outdated]:
    """The packages a newer version exists of. Raises PipFailed, NotRunnable or Cancelled."""
    output = pip(venv, ["list", "--outdated", "--format", "json"], environ, context)
    for text in output.splitlines():
        if text.startswith("["):
            return [Outdated(row["name"], row["version"], row["latest_version"]) for row in json.loads(text)]
    return []


def install(
    venv: Path,
    requirements: Iterable[str],
    environ: Mapping[str, str],
    context: JobContext,
    *,
    index_url: str = "",
    find_links: Path | None = None,
    offline: bool = False,
    dependencies: bool = True,
    anew: bool = False,
    line: Callable[[str], None] | None = None,
) -> str:
    """Install packages; `anew` puts them in again even where they are, `offline` takes `find_links` only.

    Raises PipFailed, NotRunnable or Cancelled.
    """
    options = [
        *(["--no-index"] if offline else ["--index-url", index_url] if index_url else []),
        *(["--find-links", str(find_links)] if find_links else []),
        *([] if dependencies else ["--no-deps"]),
        *(["--force-reinstall"] if anew else []),
    ]
    return pip(venv, ["install", *options, "--", *requirements], environ, context, line=line)


def uninstall(venv: Path, names: Iterable[str], environ: Mapping[str, str], context: JobContext) -> str:
    """Remove packages; what depends on them is not asked. Raises PipFailed, NotRunnable or Cancelled."""
    return pip(venv, ["uninstall", "--yes", "--", *names], environ, context)


def download(
    venv: Path,
    requirements: Iterable[str],
    folder: Path,
    environ: Mapping[str, str],
    context: JobContext,
    *,
    index_url: str = "",
) -> list[Path]:
    """Fetch wheels of exactly these requirements into a folder; what is there afterwards.

    Raises PipFailed, NotRunnable or Cancelled.
    """
    index = ["--index-url", index_url] if index_url else []
    pip(venv, ["download", "--no-deps", "--dest", str(folder), *index, "--", *requirements], environ, context)
    return sorted(folder.glob("*.whl"))
