"""The wheel-house: packages of known-good environments, kept so that repairs need no network.

Content-addressed: `wheels/<sha256>/<file name>.whl`. What is handed to pip is a folder of hard links, so nothing is
stored twice. Wheels come from pip, or are packed from what is installed (exactly the files its RECORD lists).
"""

import csv
import hashlib
import io
import os
import re
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from studio.core.errors import FileProblem
from studio.core.files import problem
from studio.core.job import JobContext
from studio.launcher.packages import (
    Package,
    damages,
    file_hash,
    files,
    files_outside,
    fingerprint,
    fingerprint_of,
    recorded,
)
from studio.launcher.requirements import accepts

DEFAULT_LIMIT_BYTES = 20_000_000_000
ORIGIN_FILE = "direct_url.json"
LOCAL_FILES = ("RECORD", "INSTALLER", "REQUESTED", ORIGIN_FILE)
SCRATCH = (".pack-*", ".links-*")
STALE_S = 86_400
BLOCK = 1 << 20


@dataclass(frozen=True)
class Wheel:
    """A kept wheel; `name` is canonical, `used` when it was last put in or handed out (seconds since 1970)."""

    path: Path
    name: str
    version: str
    size_bytes: int
    used: float

    @property
    def fingerprint(self) -> str:
        """The packages.fingerprint of what it installs; "" if it cannot be read."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
                text = archive.read(record).decode("utf-8", "surrogateescape")
        except (OSError, zipfile.BadZipFile, StopIteration):
            return ""
        return fingerprint_of(recorded(text))


@dataclass(frozen=True)
class WheelHouse:
    """The wheels in `folder`, at most `limit_bytes` of them: those not used for longest go first."""

    folder: Path
    limit_bytes: int = DEFAULT_LIMIT_BYTES

    def wheels(self) -> list[Wheel]:
        """The wheels there are, by name; what cannot be read is passed over."""
        found = [wheel for path in self.folder.glob("*/*.whl") if (wheel := _wheel(path))]
        return sorted(found, key=lambda wheel: (wheel.name, wheel.version, wheel.path))

    @property
    def size_bytes(self) -> int:
        """What it takes on disk."""
        return sum(wheel.size_bytes for wheel in self.wheels())

    def find(self, requirement: str) -> list[Wheel]:
        """The wheels that fulfil a requirement."""
        wanted = Requirement(requirement)
        name = canonicalize_name(wanted.name)
        return [wheel for wheel in self.wheels() if wheel.name == name and accepts(wanted, wheel.version)]

    def exact(self, name: str, version: str, fingerprint: str) -> Wheel | None:
        """The wheel of this name and version whose content has this packages.fingerprint."""
        named = (wheel for wheel in self.wheels() if wheel.name == name and is_same_version(wheel.version, version))
        return next((wheel for wheel in named if fingerprint and wheel.fingerprint == fingerprint), None)

    def add(self, path: Path) -> Path:
        """Take a wheel in, by hard link where possible; where it is kept. Raises FileProblem or DiskFull."""
        check(path)
        kept = self.folder / sha256(path) / path.name
        if not kept.exists():
            try:
                kept.parent.mkdir(parents=True, exist_ok=True)
                _link(path, kept)
            except OSError as error:
                raise problem(kept, error) from error
        os.utime(kept)
        self.trim(keep=kept)
        return kept

    def add_installed(self, package: Package) -> Path:
        """Pack an installed package and take it in. Raises FileProblem (damaged or editable packages too)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder, prefix=".pack-") as scratch:
            return self.add(pack(package, Path(scratch)))

    def fill(self, packages: Iterable[Package], context: JobContext) -> list[Package]:
        """Pack all packages that are not kept yet; those that could not be packed. Raises Cancelled or DiskFull."""
        packages, left = list(packages), []
        for number, package in enumerate(packages):
            context.progress(number, len(packages), "Keeping packages for repairs")
            try:
                if self.exact(package.name, package.version, fingerprint(package)) is None:
                    self.add_installed(package)
            except FileProblem:
                left.append(package)
        return left

    @contextmanager
    def links(self, chosen: Iterable[Wheel] = ()) -> Iterator[Path]:
        """A folder for --find-links with all wheels; of the packages of the `chosen` ones, with these only."""
        chosen = list(chosen)
        names = {wheel.name for wheel in chosen}
        wanted = [*chosen, *(wheel for wheel in self.wheels() if wheel.name not in names)]
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder, prefix=".links-") as scratch:
            for wheel in wanted:
                target = Path(scratch) / wheel.path.name
                if not target.exists():
                    os.utime(wheel.path)
                    _link(wheel.path, target)
            yield Path(scratch)

    def trim(self, keep: Path | None = None) -> list[Wheel]:
        """Delete the wheels not used for longest until the limit holds, never `keep`; those deleted."""
        self._sweep()
        wheels = sorted(self.wheels(), key=lambda wheel: wheel.used)
        size = sum(wheel.size_bytes for wheel in wheels)
        gone = []
        for wheel in wheels:
            if size <= self.limit_bytes or wheel.path == keep:
                continue
            shutil.rmtree(wheel.path.parent, ignore_errors=True)
            size -= wheel.size_bytes
            gone.append(wheel)
        return gone

    def _sweep(self) -> None:
        """Delete what was being put together when the studio was ended by force."""
        for path in (path for pattern in SCRATCH for path in self.folder.glob(pattern)):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - STALE_S:
                    shutil.rmtree(path)

    def verify(self) -> list[Path]:
        """Kept wheels whose content is not what their folder says; they are deleted."""
        wrong = [path for path in self.folder.glob("*/*.whl") if sha256(path) != path.parent.name]
        for path in wrong:
            shutil.rmtree(path.parent, ignore_errors=True)
        return wrong


def is_same_version(one: str, other: str) -> bool:
    """Whether two versions are the same, however they are written."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _wheel(path: Path) -> Wheel | None:
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
        told = path.stat()
    except (InvalidWheelFilename, InvalidVersion, OSError):
        return None
    return Wheel(path, name, str(version), told.st_size, told.st_mtime)


def _link(path: Path, target: Path) -> None:
    """A hard link, a copy where there cannot be one."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(path, part)
    except OSError:
        shutil.copyfile(path, part)
    part.replace(target)


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check(path: Path) -> None:
    """Raise FileProblem unless a file is a whole wheel: its name fits, every file in it has the hash it should."""
    try:
        parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (InvalidWheelFilename, InvalidVersion, zipfile.BadZipFile, OSError, EOFError) as error:
        raise FileProblem(path, "{name} is not a whole wheel.", "Download it again.", details=str(error)) from error
    if broken:
        raise FileProblem(path, "{name} is not a whole wheel.", "Download it again.", details=broken)


def pack(package: Package, folder: Path) -> Path:
    """Write an installed package as a wheel again, from exactly the files its RECORD lists.

    Scripts made at installation are left to the next installation. Raises FileProblem for packages that are damaged,
    editable or whose records are not complete, and DiskFull.
    """
    if package.problem or package.editable or package.record.suffix != ".dist-info" or damages(package, thorough=True):
        raise FileProblem(package.record, "{name} is not complete and cannot be kept.", "Repair the package first.")
    tags = re.findall(r"^Tag:\s*(\S+)\s*$", _text(package.record / "WHEEL"), re.M)
    if not tags:
        raise FileProblem(package.record, "{name} is not complete and cannot be kept.", "Repair the package first.")
    path = folder / f"{_escaped(package)}-{compressed(tags)}.whl"
    try:
        _write(path, package)
    except OSError as error:
        raise problem(path, error) from error
    return path


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _escaped(package: Package) -> str:
    return f"{re.sub(r'[-.]+', '_', package.name)}-{package.version.replace('-', '_')}"


def compressed(tags: Iterable[str]) -> str:
    """Tags as a file name has them: py2.py3-none-any for py2-none-any and py3-none-any."""
    columns = zip(*(tag.split("-", 2) for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(column)) for column in columns)


def _write(path: Path, package: Package) -> None:
    record = f"{package.record.name}/RECORD"
    shared = f"{package.record.name.removesuffix('.dist-info')}.data/data"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        lines = [_store(archive, source, inner) for source, inner in _contents(package)]
        lines += [_store(archive, source, f"{shared}/{inner}") for source, inner in files_outside(package)]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*lines, (record, "", "")])
        with archive.open(record, "w") as target:
            target.write(text.getvalue().encode("utf-8", "surrogateescape"))


def _contents(package: Package) -> Iterator[tuple[Path, str]]:
    """The files a wheel of this package had, without what an installation writes; where it came from stays known."""
    local = {f"{package.record.name}/{name}" for name in LOCAL_FILES}
    if package.origin and not package.origin.startswith("file:"):
        local.remove(f"{package.record.name}/{ORIGIN_FILE}")
    for source, entry in files(package):
        inner = source.relative_to(package.record.parent).as_posix()
        if entry.hash and inner not in local:
            yield source, inner


def _store(archive: zipfile.ZipFile, source: Path, inner: str) -> tuple[str, str, int]:
    """Put a file into a wheel; its line of RECORD."""
    told = source.stat()
    with source.open("rb") as data, archive.open(inner, "w", force_zip64=True) as target:
        shutil.copyfileobj(data, target, BLOCK)
    archive.getinfo(inner).external_attr = (told.st_mode & 0xFFFF) << 16
    return inner, f"sha256={file_hash(source)}", told.st_size
