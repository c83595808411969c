"""A zip becomes a repository again: its version is found by its files, and none of them is written."""

import tarfile
from pathlib import Path

import pytest
from git_world import ENV, Upstream, cloned, git
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher.connect import closest, connect
from studio.launcher.git import Repository
from studio.launcher.git_errors import GitError


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Upstream:
    made = Upstream(tmp_path_factory.mktemp("connect") / "there")
    for number in range(12):
        files = {"webui_py": f"{number}\n", f"modules__file{number % 4}_py": f"{number}\nmore\n"}
        made.commit(f"Commit {number}", **files)
    (made.work / "modules" / "file1.py").unlink()
    made.save("Without 1")
    made.commit("Last", 说明_md="最后\n")
    return made


def unpacked(upstream: Upstream, version: str, folder: Path) -> Path:
    """The files of a version, as a zip holds them."""
    folder.mkdir(parents=True)
    git(upstream.work, "archive", "--format=tar", f"--output={folder}.tar", version)
    with tarfile.open(f"{folder}.tar") as archive:
        archive.extractall(folder)  # noqa: S202
    return folder


@pytest.mark.parametrize("back", range(14))
def test_the_version_is_found(upstream: Upstream, tmp_path: Path, back: int) -> None:
    folder = unpacked(upstream, f"HEAD~{back}", tmp_path / "解压 ui")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    match = connect(folder, upstream.url, ENV, Places(tmp_path / "home"), JobContext())
    assert match.commit == git(upstream.work, "rev-parse", f"HEAD~{back}")
    assert match.differing == 0
    assert git(folder, "status", "--porcelain", "--branch").splitlines()[1:] == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert not (tmp_path / ".staging").exists()


def test_changed_and_missing_files_are_seen_as_such(upstream: Upstream, tmp_path: Path) -> None:
    folder = unpacked(upstream, "HEAD~5", tmp_path / "ui")
    (folder / "webui.py").write_text("mine\n")
    (folder / "models").mkdir()
    (folder / "models" / "mine.safetensors").write_text("precious")
    match = connect(folder, upstream.url, ENV, Places(tmp_path / "home"), JobContext())
    assert match.commit == git(upstream.work, "rev-parse", "HEAD~5")
    assert match.differing == 1
    assert git(folder, "status", "--porcelain").split("\n") == ["M webui.py", "?? models/"]
    assert (folder / "models" / "mine.safetensors").read_text() == "precious"


def test_line_ends_do_not_hide_the_version(upstream: Upstream, tmp_path: Path) -> None:
    folder = unpacked(upstream, "HEAD~3", tmp_path / "ui")
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    match = connect(folder, upstream.url, ENV, Places(tmp_path / "home"), JobContext())
    assert match.commit == git(upstream.work, "rev-parse", "HEAD~3")


def test_without_the_repository_nothing_happens(upstream: Upstream, tmp_path: Path) -> None:
    folder = unpacked(upstream, "HEAD", tmp_path / "ui")
    with pytest.raises(GitError):
        connect(folder, (tmp_path / "nowhere").as_uri(), ENV, Places(tmp_path / "home"), JobContext())
    assert not (folder / ".git").exists()
    context = JobContext()
    context.report = lambda _, value: context.cancel() if "Looking" in getattr(value, "text", "") else None
    with pytest.raises(Cancelled):
        connect(folder, upstream.url, ENV, Places(tmp_path / "home"), context)
    assert not (folder / ".git").exists()
    connect(folder, upstream.url, ENV, Places(tmp_path / "home"), JobContext())
    assert git(folder, "status", "--porcelain") == ""


@pytest.fixture(scope="module")
def history(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return cloned(upstream, tmp_path_factory.mktemp("history") / "ui")


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(["webui.py", *(f"modules/file{n}.py" for n in range(4))]), st.integers(0, 11)))
def test_the_fewest_differences_win(
    history: Repository, tmp_path_factory: pytest.TempPathFactory, files: dict[str, int]
) -> None:
    """Against counting anew for every commit."""
    folder = tmp_path_factory.mktemp("mixed")
    for name, number in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{number}\n" if name == "webui.py" else f"{number}\nmore\n", newline="\n")
    counted = []
    known = set(git(history.folder, "log", "--name-only", "--format=").split("\n")) - {""}
    for commit in history.read("rev-list", "HEAD").split():
        lines = (line.split("\t") for line in history.read("ls-tree", "-r", commit).splitlines())
        tree = {path: about.split(" ")[2] for about, path in lines}
        there = {name: git(folder, "hash-object", name) for name in tree if (folder / name).exists()}
        extra = sum(name not in tree and (folder / name).exists() for name in known)
        counted.append((extra + sum(there.get(path) != blob for path, blob in tree.items()), commit))
    fewest = min(count for count, _ in counted)
    match = closest(history, "HEAD", folder)
    assert match.differing == fewest
    assert match.commit == next(commit for count, commit in counted if count == fewest)
