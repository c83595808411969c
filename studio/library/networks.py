"""Network files on disk: found by the names that prompts use, known by their hashes, compared with a checkpoint."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.prompt import NetworkTag
from studio.core.settings import Settings
from studio.library import hashes, headers, network_facts, network_keys
from studio.library.folders import NETWORKS, folders, natural, walk
from studio.library.headers import Header
from studio.library.network_keys import Match, Place, Shape

ENDS = (".safetensors", ".pt", ".ckpt")
KINDS = ("lora", "lyco")  # what the web UI's Lora extension answers to
SHORT = 12
NO_ALIAS = ("none",)
STRONG = 1.2
Stamp = tuple[str, int, int]  # path, size, mtime in ns
TAG_START = re.compile(r"<(lora|lyco):([^:>]+)")


@dataclass(frozen=True)
class NetworkFile:
    """A network file; `name` is what prompts call it, `folder` where it lies below the models folder."""

    path: Path
    name: str
    folder: str = ""

    @property
    def long_name(self) -> str:
        """The name with its folder, which tells files of the same name apart."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


@dataclass(frozen=True)
class Named:
    """A network as a prompt names it: its file, None if there is none, and names that may have been meant then.

    `report` tells how it fits the checkpoint, None if there is no file or it cannot be read (`problem` says why then).
    """

    tag: NetworkTag
    file: NetworkFile | None
    close: tuple[str, ...] = ()
    report: "Report | None" = None
    problem: StudioError | None = None

    @property
    def is_strong(self) -> bool:
        """Whether a strength is beyond what most networks bear. Raises BadRequest for one that is no number."""
        return max(abs(self.tag.te), abs(self.tag.unet)) > STRONG


@dataclass(frozen=True)
class Report:
    """What can be said of a network before it is used with a checkpoint.

    `fits` is False if it would not be applied. `base` is the family it was made for, "" if it does not tell, `family`
    the checkpoint's; `kinds` are the labels of what is inside.
    """

    matched: int
    total: int
    base: str
    family: str
    kinds: tuple[str, ...]
    strangers: tuple[str, ...] = ()
    bundled: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it has an effect and was not made for another family."""
        wrong = bool(self.base) and self.base != self.family and self.matched < self.total
        return bool(self.matched or self.bundled) and not wrong


def network_files(places: Places, settings: Settings) -> list[NetworkFile]:
    """All network files in the order in which the web UI goes through them; no file is opened."""
    found: dict[Path, NetworkFile] = {}
    for folder in folders(places, settings, NETWORKS):
        for where, _, names in sorted(walk(folder), key=lambda one: natural(str(one[0]))):
            for name in sorted(names, key=natural):
                if name.lower().endswith(ENDS) and not name.startswith("."):
                    inside = where.relative_to(folder).as_posix()
                    file = NetworkFile(where / name, Path(name).stem, "" if inside == "." else inside)
                    found.setdefault(file.path, file)
    return list(found.values())


def find(name: str, files: Iterable[NetworkFile]) -> NetworkFile | None:
    """The file that a prompt means: by its name, else by the name its maker gave it where only one file has that.

    As in the web UI letter case counts, of several files of one name the last counts, and an alias that another name
    or alias already is means nothing. Besides, "folder/name" tells such files apart.
    """
    files = list(files)
    named = [file for file in files if file.name == name] or [file for file in files if file.long_name == name]
    if named:
        return named[-1]
    return _by_alias(name, files)


def close_names(name: str, files: Iterable[NetworkFile]) -> list[str]:
    """Names of files that a mistyped name may have meant."""
    names = {file.name.casefold(): file.name for file in files}
    return [names[text] for text in get_close_matches(name.casefold(), list(names), n=3, cutoff=0.5)]


def alias(file: NetworkFile) -> str:
    """The name that a network's maker gave it, else its file's."""
    return _metadata(file.path).get("ss_output_name", file.name)


def tags(tags: Iterable[NetworkTag]) -> list[NetworkTag]:
    """The tags of networks in the order in which the web UI applies them: kind by kind, as kinds first appear."""
    tags = [tag for tag in tags if tag.kind in KINDS and tag.name]
    kinds = list(dict.fromkeys(tag.kind for tag in tags))
    return sorted(tags, key=lambda tag: kinds.index(tag.kind))


def short_hash(path: Path, places: Places, context: JobContext | None = None) -> str:
    """The 12 digits that infotexts call a network by: what its maker wrote in it, else that of its tensors.

    Of a pickled file it is the sha256 of the whole file. Raises FileProblem, or Cancelled at a report.
    """
    header = read(path)
    if text := header.metadata.get("sshs_model_hash"):
        return text[:SHORT]
    if header.is_pickled:
        return hashes.sha256(path, places, context)[:SHORT]
    return hashes.tensors_sha256(path, places, context)[:SHORT]


def hashes_text(found: Mapping[str, str]) -> str:
    """The infotext entry `Lora hashes` of names as prompts have them -> short hashes; "" if there are none."""
    return ", ".join(f"{re.sub('[:,]', '', name)}: {digits}" for name, digits in found.items() if digits)


def read_hashes(text: str) -> dict[str, str]:
    """The names and short hashes that an infotext's `Lora hashes` or `TI hashes` lists."""
    pairs = (pair.partition(":") for pair in text.split(","))
    return {name.strip(): digits.strip() for name, _, digits in pairs if digits.strip()}


def with_local_names(
    prompt: str, known: Mapping[str, str], places: Places, settings: Settings, context: JobContext | None = None
) -> str:
    """`prompt` of a picture whose infotext `known` hashes are from, with networks called as their files are here.

    A network that is here under its name and with its hash stays; one that is here under another name is renamed; one
    that is not here stays. Raises Cancelled at a report.
    """
    files = network_files(places, settings)

    def replaced(tag: re.Match[str]) -> str:
        kind, name = tag.groups()
        digits = known.get(re.sub("[:,]", "", name))
        if not digits or _has_hash(find(name, files), digits, places, context):
            return tag[0]
        local = next((file for file in files if _has_hash(file, digits, places, context)), None)
        return f"<{kind}:{local.name}" if local else tag[0]

    return TAG_START.sub(replaced, prompt)


def named(tags_: Iterable[NetworkTag], checkpoint: Path | None, files: Sequence[NetworkFile]) -> list[Named]:
    """What becomes of a prompt's networks with a checkpoint, before anything is loaded; each once."""
    return [_named(tag, checkpoint, files) for tag in dict.fromkeys(tags(tags_))]


def report(path: Path, checkpoint: Path) -> Report:
    """How a network fits a checkpoint, from both headers. Raises CheckpointError for a file that cannot be read."""
    family, layers, names = _model(stamp(checkpoint))
    header = read(path)
    shapes = shapes_of(header)
    return reported(network_keys.match(shapes, layers, names), shapes, header.metadata, family)


def reported(match: Match, shapes: Mapping[str, Shape], metadata: Mapping[str, str], family: str) -> Report:
    """The report of a match."""
    kinds = tuple(dict.fromkeys(part.kind.label for part in match.parts.values()))
    base = network_facts.base_of(shapes, metadata)
    return Report(match.matched, match.total, base, family, kinds, match.strangers, tuple(match.bundled))


def shapes_of(header: Header) -> dict[str, Shape]:
    """The tensors of a network as its header describes them."""
    return {name: info.shape for name, info in header.tensors.items()}


def read(path: Path) -> Header:
    """The header of a network file, read once. Raises CheckpointError."""
    return _header(stamp(path))


def _named(tag: NetworkTag, checkpoint: Path | None, files: Sequence[NetworkFile]) -> Named:
    file = find(tag.name, files)
    if file is None:
        return Named(tag, None, tuple(close_names(tag.name, files)))
    try:
        return Named(tag, file, report=report(file.path, checkpoint) if checkpoint else None)
    except StudioError as error:
        return Named(tag, file, problem=error)


def _by_alias(name: str, files: list[NetworkFile]) -> NetworkFile | None:
    known: dict[str, NetworkFile] = {}
    taken: set[str] = set(NO_ALIAS)
    for file in files:
        called = alias(file)
        if called in known:
            taken.add(called.lower())
        known[file.name] = known[called] = file
    return None if name.lower() in taken else known.get(name)


def _has_hash(file: NetworkFile | None, digits: str, places: Places, context: JobContext | None) -> bool:
    try:
        return file is not None and short_hash(file.path, places, context) == digits
    except StudioError:
        return False


def _metadata(path: Path) -> Mapping[str, str]:
    try:
        header = read(path)
    except StudioError:
        return {}
    return {} if header.is_pickled else header.metadata


def stamp(path: Path) -> Stamp:
    """What changes when a file does; it need not exist."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_size, found.st_mtime_ns


def path_of(stamp: Stamp) -> Path:
    """The file that a stamp is of."""
    return Path(stamp[0])


@lru_cache(maxsize=4096)
def _header(of: Stamp) -> Header:
    return headers.read(Path(of[0]))


@lru_cache(maxsize=4)
def _model(of: Stamp) -> tuple[str, dict[Place, Shape], dict[str, Place]]:
    family, layers = network_keys.layers_of(_checkpoint_shapes(Path(of[0])))
    return family, layers, network_keys.names_of(family, layers)


def _checkpoint_shapes(path: Path) -> dict[str, Shape]:
    if not headers.is_folder(path):
        return shapes_of(headers.read(path))
    parts = ((name, headers.read(file)) for name, files in headers.parts(path).items() for file in files)
    return {f"{name}.{key}": info.shape for name, header in parts for key, info in header.tensors.items()}
