"""The packages of another environment, read from its site-packages without running anything there."""

import base64
import csv
import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from packaging.utils import canonicalize_name

from studio.core.job import JobContext

MAX_METADATA_BYTES = 20_000_000
DIST_INFO, EGG_INFO = ".dist-info", ".egg-info"
BLOCK = 1 << 20
NOT_ITS_OWN = re.compile(r"^\.\.|^[^/]+-[^/]+\.data/|\.pyc$|\.dist-info/")  # written by installing, or elsewhere


@dataclass(frozen=True)
class Package:
    """An installed package. `name` is canonical ("typing-extensions"), `record` its .dist-info or .egg-info.

    `requires` are its Requires-Dist lines; `origin` is where it came from if not from an index (PEP 610), `editable`
    whether it is the source folder itself. `problem` is "" or the file that is missing or unreadable.
    """

    name: str
    version: str
    record: Path
    requires: tuple[str, ...] = ()
    origin: str = ""
    editable: bool = False
    problem: str = ""

    @property
    def pin(self) -> str:
        """The requirement that only this version fulfils."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Damage:
    """A file of a package that is not as it was installed: "missing", "size" or "hash"."""

    path: Path
    kind: str


@dataclass(frozen=True)
class Entry:
    """One line of a RECORD: hash as "sha256=..." ("" if none) and size (-1 if none)."""

    name: str
    hash: str
    size: int


def site_packages(venv: Path, system: str = sys.platform) -> Path:
    """The folder an environment's packages lie in; where there are several, that of the version it says it has."""
    if system == "win32":
        return venv / "Lib" / "site-packages"
    version = ".".join(config(venv).get("version", config(venv).get("version_info", "")).split(".")[:2])
    named = venv / "lib" / f"python{version}" / "site-packages"
    found = sorted(venv.glob("lib/python3*/site-packages"))
    return named if named.is_dir() or not found else found[-1]


def config(venv: Path) -> dict[str, str]:
    """What pyvenv.cfg says; {} if it is not there."""
    try:
        lines = (venv / "pyvenv.cfg").read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def installed(site: Path) -> list[Package]:
    """The packages in a site-packages folder by name; broken ones too, with their `problem`."""
    try:
        records = [path for path in site.iterdir() if path.suffix in (DIST_INFO, EGG_INFO) and path.name[0] != "~"]
    except OSError:
        return []
    return sorted((_package(path) for path in records), key=lambda package: (package.name, package.version))


def by_name(packages: Iterable[Package]) -> dict[str, Package]:
    """Packages by canonical name; of duplicates the sound one, else the newer folder name."""
    ordered = sorted(packages, key=lambda package: (not package.problem, package.record.name))
    return {package.name: package for package in ordered}


def leftovers(site: Path) -> list[Path]:
    """What interrupted uninstalls left: entries whose name begins with a tilde."""
    try:
        return sorted(path for path in site.iterdir() if path.name.startswith("~"))
    except OSError:
        return []


def duplicates(packages: Iterable[Package]) -> dict[str, list[Package]]:
    """Packages that are recorded more than once, by name."""
    packages = list(packages)
    counted = Counter(package.name for package in packages)
    return {name: [p for p in packages if p.name == name] for name, count in counted.items() if count > 1}


def _package(record: Path) -> Package:
    stem = record.name.removesuffix(DIST_INFO).removesuffix(EGG_INFO)
    name, _, version = stem.partition("-")
    headers, problem = _headers(record)
    if headers is not None:
        name, version = headers.get("Name") or name, headers.get("Version") or version.split("-py")[0]
    if not problem and record.suffix == DIST_INFO and not (record / "RECORD").is_file():
        problem = "RECORD"
    requires = tuple(str(line) for line in headers.get_all("Requires-Dist") or ()) if headers else ()
    origin, editable = _origin(record)
    return Package(canonicalize_name(name.strip()), version.strip(), record, requires, origin, editable, problem)


def _headers(record: Path) -> tuple[Message | None, str]:
    """The metadata's headers, and the name of the file that is missing or damaged ("" if none)."""
    name = "METADATA" if record.suffix == DIST_INFO else "PKG-INFO"
    path = record / name if record.is_dir() else record
    try:
        with path.open("rb") as file:
            text = file.read(MAX_METADATA_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None, name
    headers = HeaderParser().parsestr(text)
    return headers, "" if headers.get("Name") and headers.get("Version") else name


def _origin(record: Path) -> tuple[str, bool]:
    try:
        said = json.loads((record / "direct_url.json").read_text("utf-8"))
        return _spelt(said), bool(said.get("dir_info", {}).get("editable"))
    except (OSError, ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return "", False


def _spelt(said: dict) -> str:
    """A direct URL as pip takes it."""
    control = said.get("vcs_info")
    return f"{control['vcs']}+{said['url']}@{control['commit_id']}" if control else str(said["url"])


def entries(package: Package) -> list[Entry]:
    """The lines of the package's RECORD; [] without one."""
    try:
        return recorded((package.record / "RECORD").read_text("utf-8", errors="surrogateescape"))
    except OSError:
        return []


def recorded(text: str) -> list[Entry]:
    """The lines of a RECORD; [] where it is none."""
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error:
        return []
    return [Entry(r[0], r[1], int(r[2]) if r[2].isdecimal() else -1) for r in rows if len(r) >= 3 and r[0]]


def fingerprint(package: Package) -> str:
    """A hash over the hashes of a package's files; what installing writes by itself is left out."""
    return fingerprint_of(entries(package))


def fingerprint_of(found: Iterable[Entry]) -> str:
    """As `fingerprint`, from the lines of a RECORD: an installed package's, or the same in its wheel."""
    lines = [f"{entry.name} {entry.hash}" for entry in found if entry.hash and not NOT_ITS_OWN.search(entry.name)]
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def files(package: Package) -> Iterator[tuple[Path, Entry]]:
    """The recorded files inside site-packages, with their entries; lines that lead elsewhere are passed over."""
    site = package.record.parent
    for entry in entries(package):
        relative = os.path.normpath(entry.name)
        is_inside = not relative.startswith("..") and not Path(relative).is_absolute()
        if is_inside and not relative.endswith(".pyc"):  # Python writes those anew as it likes
            yield site / relative, entry


def files_outside(package: Package) -> Iterator[tuple[Path, str]]:
    """The recorded files elsewhere in the environment (shared data, scripts), with their paths in it.

    What pip writes for entry points at installation is left out.
    """
    site = package.record.parent
    venv = next((folder for folder in site.parents if (folder / "pyvenv.cfg").is_file()), None)
    made = set(_entry_points(package))
    for entry in entries(package) if venv else ():
        relative = os.path.normpath(entry.name)
        path = Path(os.path.normpath(site / relative))
        if relative.startswith("..") and entry.hash and path.is_relative_to(venv or site) and path.stem not in made:
            yield path, path.relative_to(venv or site).as_posix()


def _entry_points(package: Package) -> list[str]:
    try:
        text = (package.record / "entry_points.txt").read_text("utf-8", errors="replace")
    except OSError:
        return []
    return [line.partition("=")[0].strip() for line in text.splitlines() if "=" in line]


def damages(package: Package, *, thorough: bool = False) -> list[Damage]:
    """Files of a package that are missing or have another size; `thorough` reads and hashes each as well."""
    return [
        Damage(path, kind)
        for path, entry in files(package)
        if entry.hash and (kind := _damage(path, entry, thorough=thorough))
    ]


def all_damages(packages: Iterable[Package], context: JobContext, *, thorough: bool = False) -> dict[str, list[Damage]]:
    """The damages of every package that has some, by name. Reports each package; raises Cancelled."""
    packages = list(packages)
    found = {}
    for number, package in enumerate(packages):
        context.progress(number, len(packages), "Comparing packages with their records")
        found[package.name] = damages(package, thorough=thorough)
    return {name: damaged for name, damaged in found.items() if damaged}


def _damage(path: Path, entry: Entry, *, thorough: bool) -> str:
    try:
        size = path.stat().st_size
        if entry.size >= 0 and size != entry.size:
            return "size"
        return "hash" if thorough and not _has_hash(path, entry.hash) else ""
    except OSError:
        return "missing"


def _has_hash(path: Path, wanted: str) -> bool:
    """Whether a file has a RECORD's hash; kinds of hash that Python does not know count as yes."""
    kind, _, value = wanted.partition("=")
    if kind not in hashlib.algorithms_guaranteed or kind.startswith("shake"):
        return True
    return file_hash(path, kind) == value


def file_hash(path: Path, kind: str = "sha256") -> str:
    """A file's hash as RECORD writes it: base64 for URLs without padding."""
    digest = hashlib.new(kind)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
