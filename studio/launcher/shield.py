"""The shield: what extensions install may not replace the packages the web UI stands on.

Every pip and uv that runs below a child process takes these files by environment variables (see child_env), so that
install.py of extensions is held too.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from studio.core.errors import StudioError
from studio.core.files import write_atomically
from studio.core.option import Record, option
from studio.core.paths import Places
from studio.core.settings import Settings, lenient
from studio.launcher import installs, packages, requirements, venv
from studio.launcher.child_env import child_env, git_config
from studio.launcher.conflicts import can_be_had
from studio.launcher.install import Install
from studio.launcher.packages import Package, by_name

HELD = (
    *("torch", "torchvision", "xformers", "numpy", "protobuf", "gradio", "pydantic", "httpx", "transformers"),
    *("setuptools", "pip"),  # pip from 25.3 on refuses to build without isolation beside build constraints
)
BUILD = ("setuptools<82",)  # later ones have no pkg_resources, which older packages' build scripts import
RUNTIME_FILE, BUILD_FILE, RECORD_FILE = "constraints.txt", "build-constraints.txt", "shield.json"


class Shield(Record):
    """What of an installed web UI's environment is held. `allowed` are package names by extension."""

    on: bool = option(True, "Protect the environment", "Extensions cannot replace torch, numpy and the like.")
    allowed: dict[str, tuple[str, ...]] = option({}, "Exceptions", "What single extensions may change nevertheless.")

    @staticmethod
    def load(folder: Path) -> "Shield":
        """Read the record; a missing or unreadable one is the default, which protects."""
        try:
            return Shield.model_validate_json((folder / RECORD_FILE).read_bytes())
        except (OSError, ValueError):
            return lenient(Shield, {})

    def save(self, folder: Path) -> None:
        """Write the record atomically. Raises FileProblem or DiskFull."""
        write_atomically(folder / RECORD_FILE, self.model_dump_json(indent=1).encode())

    def allow(self, extension: str, names: Iterable[str]) -> "Shield":
        """The shield with packages that an extension may change; no names take its exceptions back."""
        rest = {who: what for who, what in self.allowed.items() if who != extension}
        wanted = tuple(dict.fromkeys(canonicalize_name(name) for name in names))
        return self.model_copy(update={"allowed": rest | ({extension: wanted} if wanted else {})})

    def held(self, extensions: Iterable[str] | None = None) -> tuple[str, ...]:
        """The packages held while the install scripts of these extensions run (None: of all that there are)."""
        if not self.on:
            return ()
        whose = self.allowed if extensions is None else extensions
        free = {name for who in whose for name in self.allowed.get(who, ())}
        return tuple(name for name in HELD if name not in free)


def guarded_env(
    install: Install,
    settings: Settings,
    places: Places,
    *,
    base: Mapping[str, str] | None = None,
    extensions: Iterable[str] | None = None,
    free: Iterable[str] = (),
    extra: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The environment to start an installed web UI, or one extension's install script, in: behind its shield.

    The constraint files are written anew for what is installed now. `free` are packages that the web UI itself was
    told to replace (--reinstall-torch). Git trusts the web UI's repositories if the user does. See child_env and
    Shield.held for the rest. Raises FileProblem or DiskFull.
    """
    folder = record_folder(install, places)
    found = packages.installed(packages.site_packages(install.venv))
    names = [name for name in Shield.load(folder).held(extensions) if name not in set(free)]
    runtime, build = write(folder, found, names, _own_wishes(install))
    environ = child_env(
        settings, base=base, constraints=runtime, build_constraints=build, extra=extra, venv=install.venv
    )
    return environ | git_config(installs.trusted(places, install), environ)


def _own_wishes(install: Install) -> list[Requirement]:
    """What the web UI asks for itself, in its environment's Python."""
    env = requirements.environment(venv.look(install.venv).version or sys.version_info[:3])
    wanted = (one.requirement for one in requirements.of_webui(install.folder) if not one.url)
    return [one for one in wanted if one is not None and requirements.applies(one, env)]


def record_folder(install: Install, places: Places) -> Path:
    """Where the shield of an installed web UI keeps its record and its files."""
    return places.data / "launcher" / f"{install.key}.shield"


@dataclass(frozen=True)
class Blocked:
    """A change the shield prevented: `who` wanted `wanted` of `package`, which is held at `held`.

    `who` is a package with its version, or "" for the command itself; `extension` the extension whose install script
    it was, "" where the log does not say.
    """

    package: str
    wanted: str
    held: str
    who: str = ""
    extension: str = ""


def constraints(found: Iterable[Package], names: Iterable[str] = HELD, own: Iterable[Requirement] = ()) -> list[str]:
    """Lines of a constraint file that hold `names` at what is installed.

    Where that is not (or not yet) what the web UI asks for in `own`, its wish is held instead, so that an updated web
    UI gets what it needs. What is neither installed nor asked for is left free.
    """
    named, wishes = by_name(found), list(own)
    return [line for name in names for line in _lines_for(name, named.get(name), wishes)]


def _lines_for(name: str, package: Package | None, own: Iterable[Requirement]) -> list[str]:
    asked = [one for one in own if canonicalize_name(one.name) == name and one.specifier]
    is_usable = package is not None and not package.problem and _is_version(package.version)
    if package is not None and is_usable and all(requirements.accepts(one, package.version) for one in asked):
        return [package.pin]
    return [f"{name}{one.specifier}" for one in asked]


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def write(
    folder: Path, found: Iterable[Package], names: Iterable[str] = HELD, own: Iterable[Requirement] = ()
) -> tuple[Path, Path]:
    """Write the runtime and the build constraint file. Raises FileProblem or DiskFull."""
    runtime, build = folder / RUNTIME_FILE, folder / BUILD_FILE
    write_atomically(runtime, "".join(f"{line}\n" for line in constraints(found, names, own)).encode())
    write_atomically(build, "".join(f"{line}\n" for line in BUILD).encode())
    return runtime, build


def blocked(log: str, pins: Iterable[str]) -> list[Blocked]:
    """What the shield prevented, from what pip and uv wrote (the web UI's log, a pip failure's details).

    `pins` are the lines of the constraint file that was in force.
    """
    held = {one.name: one.specifier for one in map(Requirement, pins)}
    found: dict[Blocked, None] = {}
    extension = ""
    for line in _lines(log):
        named = re.search(r"install\.py for extension \"?(.+?)\"?\.?\s*$", line)
        extension = Path(named[1].replace("\\", "/")).name if named else extension
        found |= {Blocked(*one, extension): None for one in _wants(line, held)}
    return list(found)


def _lines(log: str) -> Iterator[str]:
    """Lines of a log; uv's explanation, which goes over several, as one."""
    whole = ""
    for line in log.splitlines():
        if whole and line[:1].isspace():
            whole = f"{whole} {line.strip()}"
            continue
        if whole:
            yield whole
        whole = line if "Because " in line else ""
        if not whole:
            yield line
    if whole:
        yield whole


PIP_SIDE = re.compile(
    r"^(?:\*{3} )?\s*(?:The user requested|(?P<who>[\w.-]+ [\w.+!-]+) depends on) (?P<wanted>[^(].*)$"
)
UV_SIDE = re.compile(
    r"(?:(?P<who>[\w.-]+(?:==[\w.+!-]+)?) depends? on )?(?P<wanted>\b[\w.-]+(?:===?|~=|!=|[<>]=?)[\w.*+!,<>=~-]+)"
)


def _wants(line: str, held: Mapping[str, SpecifierSet]) -> Iterator[tuple[str, str, str, str]]:
    """(package, wanted, held, who) of a line that tells a side of a conflict."""
    pip_side = PIP_SIDE.match(line)
    sides = [pip_side] if pip_side else UV_SIDE.finditer(line) if "Because " in line else ()
    for side in sides:
        try:
            requirement = Requirement(side["wanted"].strip().rstrip(","))
        except InvalidRequirement:
            continue
        name = canonicalize_name(requirement.name)
        if name in held and not can_be_had([requirement.specifier, held[name]]):
            yield name, str(requirement.specifier), str(held[name]).removeprefix("=="), side["who"] or ""


class ShieldBlocked(StudioError):
    """An installation that the shield stopped."""

    def __init__(self, found: Blocked, details: str = "") -> None:
        super().__init__(
            "{who} wants {package} {wanted}, but {held} is protected.",
            "Allow it for this extension, or leave it out.",
            details=details,
            who=found.extension or found.who or "pip",
            package=found.package,
            wanted=found.wanted,
            held=found.held,
        )
