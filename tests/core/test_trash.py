"""Deleted files can be taken back, whatever happened meanwhile."""

import errno
import os
from pathlib import Path

import pytest

from studio.core import trash
from studio.core.errors import FileProblem
from studio.core.paths import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "我的 pictures" / name for name in ("a.png", "b.png", "same.txt", "sub/same.txt", "noend")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name + path.parent.name)
    return paths


def test_what_is_discarded_comes_back(places: Places, files: list[Path]) -> None:
    before = {path: path.read_bytes() for path in files}
    discarded = trash.discard(files, places)
    assert not any(path.exists() for path in files)
    assert [item.original for item in discarded.items] == files
    assert discarded.size_bytes == sum(map(len, before.values()))
    assert trash.restore(discarded) == files
    assert {path: path.read_bytes() for path in files} == before
    assert list(places.trash.iterdir()) == []


def test_the_trash_is_remembered(places: Places, files: list[Path]) -> None:
    first = trash.discard(files[:2], places)
    second = trash.discard(files[2:], places)
    assert trash.contents(places) == [second, first]
    trash.restore(trash.contents(places)[1])
    assert files[0].exists()
    trash.empty(places)
    assert trash.contents(places) == []
    assert not files[2].exists()
    assert list(places.trash.iterdir()) == []


def test_one_can_be_deleted_for_good(places: Places, files: list[Path]) -> None:
    first, second = trash.discard(files[:1], places), trash.discard(files[1:2], places)
    trash.empty(places, [first])
    assert trash.contents(places) == [second]
    assert trash.restore(first) == []


def test_folders_and_links_are_moved_as_they_are(places: Places, files: list[Path], tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(files[0])
    folder = files[0].parent
    discarded = trash.discard([link, folder], places)
    assert discarded.size_bytes > 0
    assert trash.restore(discarded) == [link, folder]
    assert link.is_symlink()
    assert files[3].read_text() == "same.txtsub"


def test_a_new_file_in_the_old_place_stays(places: Places, files: list[Path]) -> None:
    discarded = trash.discard(files[:1], places)
    files[0].write_text("new")
    assert trash.restore(discarded) == [files[0].with_name("a-1.png")]
    assert files[0].read_text() == "new"


def test_a_lost_folder_is_made_again(places: Places, files: list[Path]) -> None:
    discarded = trash.discard([files[3]], places)
    files[3].parent.rmdir()
    assert trash.restore(discarded) == [files[3]]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_across_file_systems(
    places: Places, files: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    rename = Path.rename

    def other_disk(self: Path, target: Path) -> Path:
        if self.is_relative_to(places.trash) != Path(target).is_relative_to(places.trash):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", other_disk)
    os.utime(files[0], (5, 5))
    paths = files[:1] if kind == "file" else [files[0].parent]
    discarded = trash.discard(paths, places)
    assert not paths[0].exists()
    assert trash.restore(discarded) == paths
    assert files[0].read_text() == "a.png我的 pictures"
    assert files[0].stat().st_mtime == 5


def test_all_or_none(places: Places, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name == "b.png":
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(FileProblem):
        trash.discard(files[:3], places)
    assert all(path.exists() for path in files)
    assert trash.contents(places) == []


def test_what_is_not_there_is_an_error_before_anything_moves(places: Places, files: list[Path]) -> None:
    with pytest.raises(FileProblem, match="does not exist any more"):
        trash.discard([files[0], files[0].with_name("gone.png")], places)
    assert files[0].exists()


def test_a_crash_between_moves_loses_nothing(
    places: Places, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def dies(self: Path, target: Path) -> Path:
        if self.name == "b.png":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dies)
    with pytest.raises(KeyboardInterrupt):
        trash.discard(files[:3], places)
    monkeypatch.undo()
    [left] = trash.contents(places)
    assert [item.original for item in left.items] == files[:1]
    assert trash.restore(left) == files[:1]
    assert all(path.exists() for path in files)


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{", '{"at": 1, "items": [{"original": "/x", "stored": ".."}]}', '{"at": "x", "items": []}', "[" * 9999],
)
def test_broken_lists_are_passed_over(places: Places, manifest: str) -> None:
    folder = places.trash / "broken"
    folder.mkdir(parents=True)
    (folder / trash.MANIFEST).write_text(manifest)
    assert trash.contents(places) == []
    trash.empty(places)
    assert list(places.trash.iterdir()) == []
