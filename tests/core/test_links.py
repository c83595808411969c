"""Links are seen as links: symlinks here, Windows junctions and mounts by what the system would say of them."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.core import trash
from studio.core.errors import FileProblem
from studio.core.links import entries, is_link, walk
from studio.core.paths import Places

JUNCTION, CLOUD_FILE = 0xA0000003, 0x9000001A


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "树 tree"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "a.txt").write_text("12345")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "model.safetensors").write_text("precious")
    (root / "to-folder").symlink_to(outside)
    (root / "to-file").symlink_to(outside / "model.safetensors")
    (root / "broken").symlink_to("nowhere")
    (root / "loop").symlink_to(root)
    return root


def pretend(monkeypatch: pytest.MonkeyPatch, changed: Path, **values: int) -> None:
    """os.lstat answers for one path as another system would."""
    lstat = os.lstat

    def fake(path, **arguments):
        found = lstat(path, **arguments)
        if Path(path) != changed:
            return found
        said = {name: getattr(found, name) for name in ("st_mode", "st_dev", "st_size", "st_mtime", "st_ino")}
        return SimpleNamespace(**said | values)

    monkeypatch.setattr(os, "lstat", fake)


def test_a_walk_stays_inside(tree: Path) -> None:
    found = {entry.path.relative_to(tree).as_posix(): entry for entry in walk(tree)}
    assert set(found) == {"folder", "folder/a.txt", "to-folder", "to-file", "broken", "loop"}
    assert {name for name, entry in found.items() if entry.is_link} == {"to-folder", "to-file", "broken", "loop"}
    assert {name for name, entry in found.items() if entry.is_dir} == {"folder"}
    assert sum(entry.size_bytes for entry in found.values()) == 5


def test_junctions_are_links_and_cloud_files_are_not(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, tree / "folder", st_reparse_tag=JUNCTION)
    assert is_link(tree / "folder")
    assert tree / "folder" / "a.txt" not in {entry.path for entry in walk(tree)}
    monkeypatch.undo()
    pretend(monkeypatch, tree / "folder", st_reparse_tag=CLOUD_FILE)
    assert not is_link(tree / "folder")


def test_mounts_are_not_entered_but_files_of_an_overlay_are_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, tree / "folder", st_dev=99)
    assert is_link(tree / "folder")
    monkeypatch.undo()
    pretend(monkeypatch, tree / "folder" / "a.txt", st_dev=99)
    [entry] = entries(tree / "folder")
    assert not entry.is_link
    assert entry.size_bytes == 5


def test_a_folder_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    assert list(walk(tmp_path / "gone")) == []


def test_emptying_the_trash_does_not_enter_junctions(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(tree.parent / "home")
    discarded = trash.discard([tree], places)
    stored = discarded.folder / discarded.items[0].stored / "folder"
    pretend(monkeypatch, stored, st_reparse_tag=JUNCTION)
    with pytest.raises(FileProblem):  # rmdir takes a junction away, but not the full folder that this one is
        trash.empty(places)
    monkeypatch.undo()
    assert (stored / "a.txt").read_text() == "12345"


def test_write_protected_files_can_be_emptied(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(tree.parent / "home")
    (tree / "folder" / "a.txt").chmod(stat.S_IREAD)
    discarded = trash.discard([tree], places)
    unlink = Path.unlink

    def as_on_windows(self: Path, missing_ok: bool = False) -> None:
        if not self.is_symlink() and not self.stat().st_mode & stat.S_IWRITE:
            raise PermissionError(13, "Access is denied")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", as_on_windows)
    trash.empty(places, [discarded])
    assert not discarded.folder.exists()
    assert (tree.parent / "outside" / "model.safetensors").read_text() == "precious"
