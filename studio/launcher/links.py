"""Plans of what a deletion takes away: seen before it happens, never behind a link, never a model or a picture."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.core import trash
from studio.core.errors import BadRequest
from studio.core.links import Entry, entries, seen
from studio.core.paths import Places

MODEL_SUFFIXES = {".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx", ".pkl", ".vae"}
# Folders of programs, where such names are not models: a virtual environment (by its mark) and Git's own files.
ENVIRONMENT_MARK, GIT_FOLDER = "pyvenv.cfg", ".git"


@dataclass(frozen=True)
class Kept:
    """What stays: `reason` is model, kept (a folder of models or pictures), mount or unreadable."""

    path: Path
    reason: str


@dataclass(frozen=True)
class DeletePlan:
    """What goes to the trash: `items` are whole files, folders and links at or below `root`.

    `files` and `size_bytes` count what lies in them; `links` go as links, what they lead to is not touched.
    """

    root: Path
    items: tuple[Path, ...]
    files: int
    size_bytes: int
    links: tuple[Path, ...]
    kept: tuple[Kept, ...]
    keep: tuple[Path, ...] = ()


def plan(root: Path, keep: Iterable[Path] = ()) -> DeletePlan:
    """What deleting `root` takes away; `keep` are folders of models and pictures. Raises BadRequest if it is gone."""
    root = Path(os.path.abspath(root))  # noqa: PTH100  resolve() would follow links
    if not os.path.lexists(root):
        raise BadRequest("{path} does not exist any more.", "Reload the list.", path=str(root))
    keep = tuple(keep)
    walk = _Walk(_named(root, keep))
    whole = walk.goes(seen(root, os.lstat(root).st_dev), in_program=False)
    items = (root,) if whole else tuple(walk.items)
    return DeletePlan(root, items, walk.files, walk.size_bytes, tuple(walk.links), tuple(walk.kept), keep)


def discard(made: DeletePlan, places: Places) -> trash.Discarded:
    """Move what a plan names to the trash, from where it can come back.

    Raises BadRequest where the folder holds something else by now (a new model), FileProblem and DiskFull.
    """
    now = plan(made.root, made.keep)
    if now.items != made.items:
        raise BadRequest("{path} changed meanwhile.", "Look at the list of what goes again.", path=str(made.root))
    return trash.discard(now.items, places)


def _named(root: Path, keep: Iterable[Path]) -> set[str]:
    """The kept folders as texts that compare equal however they are spelt."""
    found = set()
    for path in keep:
        for one in (root / path, (root / path).resolve()):
            found.add(_key(Path(os.path.normpath(one))))
    return found


def _key(path: Path) -> str:
    return str(path).casefold()


class _Walk:
    """One look over a tree, gathering what goes and what stays."""

    def __init__(self, keep: set[str]) -> None:
        self.items: list[Path] = []
        self.links: list[Path] = []
        self.kept: list[Kept] = []
        self.files = self.size_bytes = 0
        self._keep = keep

    def goes(self, entry: Entry, *, in_program: bool) -> bool:
        """Whether an entry goes as a whole; of one that does not, the parts that go are gathered in `items`."""
        path = entry.path
        if self._is_kept(entry):
            return self._stays(path, "kept")
        if entry.is_link:
            if os.path.ismount(path):
                return self._stays(path, "mount")
            self.links.append(path)
            return True
        if entry.is_dir:
            return self._folder_goes(path, in_program)
        if path.suffix.lower() in MODEL_SUFFIXES and not in_program:
            return self._stays(path, "model")
        self.files += 1
        self.size_bytes += entry.size_bytes
        return True

    def _folder_goes(self, folder: Path, in_program: bool) -> bool:
        try:
            found = entries(folder)
        except OSError:
            return self._stays(folder, "unreadable")
        names = {entry.path.name for entry in found}
        inside = in_program or ENVIRONMENT_MARK in names or folder.name == GIT_FOLDER
        going = [entry.path for entry in found if self.goes(entry, in_program=inside)]
        if len(going) == len(found):
            return True
        self.items += going
        return False

    def _is_kept(self, entry: Entry) -> bool:
        if {_key(entry.path), _key(_resolved(entry.path))}.isdisjoint(self._keep):
            return False
        return entry.is_link or not entry.is_dir or _holds_files(entry.path)

    def _stays(self, path: Path, reason: str) -> bool:
        self.kept.append(Kept(path, reason))
        return False


def _resolved(path: Path) -> Path:
    return path.parent.resolve() / path.name


def _holds_files(folder: Path) -> bool:
    try:
        return any(not entry.is_dir or _holds_files(entry.path) for entry in entries(folder))
    except OSError:
        return True
