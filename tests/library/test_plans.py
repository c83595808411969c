"""Plans: shown first, done whole or not at all, undone."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core import trash
from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.library import hashes, plans
from studio.library.plans import Act


def put(path: Path, data: bytes = b"data") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: contents, and where links lead."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def test_a_model_moves_with_what_is_its_own_and_back(places: Places, tmp_path: Path) -> None:
    model = put(tmp_path / "m" / "我 a.safetensors", b"12345")
    for end in (".json", ".preview.png", ".civitai.info"):
        put(model.with_name("我 a" + end))
    put(model.with_name("我 ab.json"))
    before = tree(tmp_path / "m")
    plan = plans.moving([model], tmp_path / "m" / "Lora" / "new")
    assert (plan.count, plan.size_bytes, plan.collisions, plan.links) == (4, 5 + 12, (), ())
    hashes.sha256(model, places)
    done = plans.apply(plan, places)
    target = tmp_path / "m" / "Lora" / "new" / "我 a.safetensors"
    assert set(tree(tmp_path / "m")) == {"我 ab.json", *(f"Lora/new/{step.path.name}" for step in plan.steps)}
    assert target in hashes.known([target], places)
    assert plans.history(places) == [done]
    assert done.is_finished
    plans.undo(done, places)
    assert tree(tmp_path / "m") == before
    assert plans.history(places) == []


def test_nothing_is_overwritten(places: Places, tmp_path: Path) -> None:
    model, there = put(tmp_path / "a.pt", b"1"), put(tmp_path / "b" / "a.pt", b"2")
    plan = plans.moving([model], tmp_path / "b")
    assert plan.collisions == (there,)
    with pytest.raises(FileProblem, match="there already"):
        plans.apply(plan, places)
    twice = plans.moving([put(tmp_path / "c" / "x.pt"), put(tmp_path / "d" / "x.pt")], tmp_path / "e")
    assert twice.collisions == (tmp_path / "e" / "x.pt",)
    assert (model.read_bytes(), there.read_bytes()) == (b"1", b"2")
    assert plans.history(places) == []


def test_deleting_goes_to_the_trash_and_back(places: Places, tmp_path: Path) -> None:
    paths = [put(tmp_path / "m" / name) for name in ("a.pt", "a.json", "b.safetensors", "a.preview.png")]
    before = tree(tmp_path / "m")
    done = plans.apply(plans.deleting([paths[0], paths[2]]), places)
    assert tree(tmp_path / "m") == {}
    assert len(trash.contents(places)) == 1
    plans.undo(done, places)
    assert tree(tmp_path / "m") == before
    assert trash.contents(places) == []


def test_links_are_moved_as_links_and_seen(places: Places, tmp_path: Path) -> None:
    real = put(tmp_path / "other disk" / "big.pt", b"x" * 100)
    (tmp_path / "m").mkdir()
    link = tmp_path / "m" / "big.pt"
    link.symlink_to(real)
    (tmp_path / "seen").symlink_to(tmp_path / "other disk", target_is_directory=True)
    plan = plans.deleting([link, tmp_path / "seen" / "big.pt"])
    assert plan.links == (link, tmp_path / "seen")
    done = plans.apply(plans.deleting([link]), places)
    assert real.read_bytes() == b"x" * 100
    assert not link.is_symlink()
    plans.undo(done, places)
    assert link.readlink() == real
    assert plans.deleting([link]).size_bytes == 0


def test_copies_become_one_file_and_two_again(places: Places, tmp_path: Path) -> None:
    kept, copy = put(tmp_path / "m" / "a.pt", b"same"), put(tmp_path / "m" / "b.pt", b"same")
    plan = plans.linking(kept, [copy])
    assert plan.freed_bytes == 4
    done = plans.apply(plan, places)
    assert kept.samefile(copy)
    assert kept in hashes.known([kept], places)
    plans.undo(done, places)
    assert not kept.samefile(copy)
    assert tree(tmp_path / "m") == {"a.pt": b"same", "b.pt": b"same"}


def test_what_is_no_copy_any_more_is_not_linked(places: Places, tmp_path: Path) -> None:
    kept, copy = put(tmp_path / "a.pt", b"same"), put(tmp_path / "b.pt", b"same")
    plan = plans.linking(kept, [copy])
    copy.write_bytes(b"more")
    with pytest.raises(FileProblem, match="not a copy"):
        plans.apply(plan, places)
    copy.unlink()
    copy.symlink_to(kept)
    with pytest.raises(FileProblem, match="not a copy"):
        plans.apply(plan, places)
    assert copy.is_symlink()


def test_an_error_on_the_way_takes_everything_back(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [put(tmp_path / "m" / f"{n}.pt", b"%d" % n) for n in range(4)]
    before = tree(tmp_path / "m")
    moved = trash.move

    def failing(source: Path, target: Path, check: Callable[[], object] = bool) -> None:
        if source.name == "2.pt" and source.parent == tmp_path / "m":
            raise OSError(5, "broken disk")
        moved(source, target, check)

    monkeypatch.setattr(trash, "move", failing)
    for plan in (plans.moving(models, tmp_path / "m" / "to"), plans.deleting(models)):
        with pytest.raises(FileProblem):
            plans.apply(plan, places)
        assert tree(tmp_path / "m") == before
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        plans.apply(plans.moving(models, tmp_path / "m" / "to"), places, context)
    assert tree(tmp_path / "m") == before
    assert plans.history(places) == []


def test_what_came_in_its_place_stays_when_a_move_is_undone(places: Places, tmp_path: Path) -> None:
    model = put(tmp_path / "a.pt", b"old")
    done = plans.apply(plans.moving([model], tmp_path / "b"), places)
    put(model, b"new")
    plans.undo(done, places)
    assert tree(tmp_path) == {"a.pt": b"new", "a-1.pt": b"old"}


def test_what_cannot_be_undone_any_more_is_not_offered(places: Places, tmp_path: Path) -> None:
    model = put(tmp_path / "m" / "a.pt")
    plans.apply(plans.deleting([model]), places)
    assert len(plans.history(places)) == 1
    trash.empty(places)
    assert plans.history(places) == []
    plans.apply(plans.moving([put(model)], tmp_path / "to"), places)
    assert len(plans.history(places)) == 1
    (tmp_path / "to" / "a.pt").unlink()
    assert plans.history(places) == []


@pytest.mark.parametrize("act", ["move", "delete"])
def test_a_way_to_another_disk_can_be_stopped(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """What is copied is on the disk before its source goes, and half a copy leaves nothing."""
    models = [put(tmp_path / "m" / f"{name}.pt", b"1" * 100) for name in "ab"]
    before, rename, settled = tree(tmp_path / "m"), Path.rename, []

    def other_disk(self: Path, target: Path) -> Path:
        if self.is_relative_to(tmp_path / "m") != Path(target).is_relative_to(tmp_path / "m"):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    class Stopped(JobContext):
        def check(self) -> None:
            if not (tmp_path / "m" / "a.pt").exists():
                raise Cancelled

    def settles(handle: int) -> None:
        settled.append(handle)
        fsync(handle)

    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", settles)
    monkeypatch.setattr(Path, "rename", other_disk)
    plan = plans.deleting(models) if act == "delete" else plans.moving(models, tmp_path / "to")
    with pytest.raises(Cancelled):
        plans.apply(plan, places, Stopped())
    assert tree(tmp_path / "m") == before
    assert trash.contents(places) == []
    assert not (tmp_path / "to").exists() or not list((tmp_path / "to").iterdir())
    settled.clear()
    plans.apply(plan, places)
    assert len(settled) >= 2 * len(models)
    assert tree(tmp_path / "m") == {}


@pytest.mark.parametrize("stop", range(6))
def test_a_power_cut_at_any_step_can_be_undone(places: Places, tmp_path: Path, stop: int) -> None:
    """A process that dies: nothing after the step happens, not even the taking back."""
    models = [put(tmp_path / "m" / f"{n}.pt", b"same") for n in range(4)]
    before = tree(tmp_path / "m")
    steps = (
        *plans.moving(models[:2], tmp_path / "m" / "to").steps,
        *plans.deleting(models[2:3]).steps,
        *plans.linking(models[1].parent / "0.pt", models[3:]).steps,
    )
    pid = os.fork() if hasattr(os, "fork") else -1
    if pid < 0:
        pytest.skip("needs fork")
    if pid == 0:
        left = [stop]

        def counted(source: Path, target: Path, check: Callable[[], object] = bool) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(0)
            moved(source, target, check)

        moved, trash.move = trash.move, counted
        plans.apply(plans.Plan(steps[:3]), places)
        os._exit(0)
    os.waitpid(pid, 0)
    begun = plans.history(places)
    assert [done.is_finished for done in begun] == ([stop >= 3] if stop else [])
    for done in begun:
        plans.undo(done, places)
    assert tree(tmp_path / "m") == before
    assert plans.history(places) == []
    assert trash.contents(places) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": "x", "steps": []}', '{"at": 1, "steps": [{"act": "eat"}]}'])
def test_a_broken_journal_is_passed_over(places: Places, text: str) -> None:
    put(places.data / "plans" / "a.json", text.encode())
    assert plans.history(places) == []


NAMES = st.sampled_from(["a", "b", "c d", "画"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.tuples(NAMES, NAMES), st.sampled_from([b"1", b"2", "link"]), min_size=1), st.data())
def test_undoing_gives_back_any_tree(
    tmp_path_factory: pytest.TempPathFactory, files: dict[tuple[str, str], bytes | str], data: st.DataObject
) -> None:
    home = tmp_path_factory.mktemp("tree")
    places, root = Places(home / "studio"), home / "m"
    outside = put(home / "outside" / "x.pt", b"o")
    for (folder, name), content in files.items():
        path = root / folder / f"{name}.pt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(outside) if isinstance(content, str) else path.write_bytes(content)
    paths = [root / folder / f"{name}.pt" for folder, name in files]
    chosen = data.draw(st.lists(st.sampled_from(paths), min_size=1, unique=True))
    plan = plans.deleting(chosen) if data.draw(st.booleans()) else plans.moving(chosen, root / "to")
    before = tree(home / "m"), tree(home / "outside")
    if plan.collisions:
        with pytest.raises(FileProblem):
            plans.apply(plan, places)
    else:
        done = plans.apply(plan, places)
        assert not any(os.path.lexists(path) for path in chosen)
        assert all(step.act in (Act.MOVE, Act.TRASH) for step in done.steps)
        plans.undo(done, places)
    assert (tree(home / "m"), tree(home / "outside")) == before
