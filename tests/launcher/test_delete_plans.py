"""No plan of a deletion names anything outside its root, behind a link, a model or a picture."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core import trash
from studio.core.errors import BadRequest
from studio.core.links import walk
from studio.core.paths import Places
from studio.launcher.links import MODEL_SUFFIXES, DeletePlan, discard, plan

KEEP = ("models", "outputs", "log/images")
names = st.sampled_from(
    ["models", "Models", "outputs", "log", "images", "模型", "venv", ".git", "a b", "sub", "x" * 60]
)
files = st.sampled_from(["a.py", "b.safetensors", "C.CKPT", "d.png", "pyvenv.cfg", "e.pt", "笔记.txt", "f"])
steps = st.lists(
    st.tuples(
        st.lists(names, max_size=4).map(tuple),
        st.one_of(files, st.just("folder"), st.sampled_from(["inside", "outside", "up", "loop", "broken"])),
    ),
    max_size=25,
)


def build(base: Path, steps: list[tuple[tuple[str, ...], str]]) -> tuple[Path, Path]:
    """A tree with files and links as told; beside it lies what must stay."""
    root, outside = base / "ui", base / "outside"
    root.mkdir(parents=True)
    outside.mkdir()
    (outside / "precious.safetensors").write_text("precious")
    (outside / "letter.txt").write_text("mine")
    targets = {"inside": root, "outside": outside, "up": Path(".."), "loop": Path(), "broken": Path("nowhere")}
    for number, (folders, name) in enumerate(steps):
        folder = root.joinpath(*folders)
        if any(part.is_symlink() for part in (folder, *folder.parents)):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        if name in targets:
            (folder / f"link{number}").symlink_to(targets[name])
        elif name != "folder":
            (folder / name).write_text("x" * number)
    return root, outside


def reached(made: DeletePlan) -> list[Path]:
    """Every path that goes: the items and what lies in them, links not followed."""
    inside = [[item, *(entry.path for entry in walk(item))] if not item.is_symlink() else [item] for item in made.items]
    return [path for paths in inside for path in paths]


def is_in_program(path: Path, root: Path) -> bool:
    between = [parent for parent in path.parents if parent.is_relative_to(root)]
    return any(parent.name == ".git" or (parent / "pyvenv.cfg").exists() for parent in between)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_what_a_plan_never_holds(tmp_path_factory: pytest.TempPathFactory, steps: list) -> None:
    base = tmp_path_factory.mktemp("树 plan")
    root, outside = build(base, steps)
    everything = {entry.path: entry for entry in walk(root)}
    made = plan(root, [root / name for name in KEEP])
    going = reached(made)
    assert len(going) == len(set(going)), "nothing goes twice"
    kept = {(root / name).as_posix().casefold() for name in KEEP}
    for path in going:
        assert path == root or path in everything, "outside its root or behind a link"
        entry = everything.get(path)
        is_file = entry is not None and not entry.is_dir and not entry.is_link
        if is_file:
            assert path.suffix.lower() not in MODEL_SUFFIXES or is_in_program(path, root)
            assert not any(parent.as_posix().casefold() in kept for parent in (path, *path.parents))
    gone = [everything[path] for path in going if path in everything]
    assert (
        made.files
        == sum(not entry.is_dir and not entry.is_link for entry in gone)
        == len([entry for entry in gone if not entry.is_dir and not entry.is_link])
    )
    assert made.size_bytes == sum(entry.size_bytes for entry in gone)
    assert set(made.links) == {entry.path for entry in gone if entry.is_link}
    staying = {entry.path for entry in everything.values() if not entry.is_dir} - set(going)
    places = Places(base / "home")
    if made.items:
        discarded = discard(made, places)
        assert all(os.path.lexists(path) for path in staying)
        assert not any(os.path.lexists(item) for item in made.items)
        trash.restore(discarded)
    assert {entry.path for entry in walk(root)} == set(everything)
    assert {path.name for path in outside.iterdir()} == {"precious.safetensors", "letter.txt"}


def test_everything_goes_where_nothing_is_to_be_kept(tmp_path: Path) -> None:
    root, _ = build(
        tmp_path, [(("sub",), "a.py"), (("models",), "folder"), (("venv",), "pyvenv.cfg"), (("venv",), "e.pt")]
    )
    made = plan(root, [root / "models"])
    assert made.items == (root,)
    assert made.kept == ()


def test_models_stay_wherever_they_lie(tmp_path: Path) -> None:
    steps = [(("models",), "b.safetensors"), (("sub",), "C.CKPT"), (("sub",), "a.py"), (("log", "images"), "d.png")]
    root, _ = build(tmp_path, [*steps, (("log",), "f")])
    made = plan(root, [root / name for name in KEEP])
    assert set(made.items) == {root / "sub" / "a.py", root / "log" / "f"}
    assert {(one.path.relative_to(root).as_posix(), one.reason) for one in made.kept} == {
        ("models", "kept"),
        ("sub/C.CKPT", "model"),
        ("log/images", "kept"),
    }


def test_a_kept_folder_that_is_a_link_stays(tmp_path: Path) -> None:
    root, outside = build(tmp_path, [(("sub",), "a.py")])
    (root / "models").symlink_to(outside)
    made = plan(root, [root / "models"])
    assert made.items == (root / "sub",)
    assert (root / "models").is_symlink()


def test_a_kept_folder_may_be_spelt_in_other_ways(tmp_path: Path) -> None:
    root, _ = build(tmp_path, [(("sub",), "d.png"), (("a b",), "a.py")])
    (tmp_path / "way").symlink_to(root)
    for spelt in (root / "a b" / ".." / "sub", tmp_path / "way" / "sub", root / "SUB"):
        assert plan(root, [spelt]).items == (root / "a b",)


def test_a_root_that_is_a_link_goes_as_a_link(tmp_path: Path) -> None:
    _, outside = build(tmp_path, [])
    link = tmp_path / "link"
    link.symlink_to(outside)
    made = plan(link)
    assert made.items == (link,)
    assert made.files == 0
    discard(made, Places(tmp_path / "home"))
    assert (outside / "letter.txt").read_text() == "mine"


def test_what_came_meanwhile_is_not_taken_along(tmp_path: Path) -> None:
    root, _ = build(tmp_path, [(("sub",), "a.py")])
    made = plan(root)
    (root / "sub" / "new.safetensors").write_text("downloaded just now")
    with pytest.raises(BadRequest, match="changed meanwhile"):
        discard(made, Places(tmp_path / "home"))
    assert (root / "sub" / "a.py").exists()


def test_what_is_gone(tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        plan(tmp_path / "gone")


def test_mounts_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, _ = build(tmp_path, [(("sub",), "a.py"), (("a b",), "f")])
    lstat = os.lstat

    def fake(path, **arguments):
        found = lstat(path, **arguments)
        mounted = Path(path) == root / "sub"
        return os.stat_result([*found[:2], found.st_dev + mounted, *found[3:10]]) if mounted else found

    monkeypatch.setattr(os, "lstat", fake)
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == root / "sub")
    made = plan(root)
    assert made.items == (root / "a b",)
    assert [(one.path.name, one.reason) for one in made.kept] == [("sub", "mount")]
