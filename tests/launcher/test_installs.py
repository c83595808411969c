"""The list of web UIs: installing, adopting with and without .git, forgetting."""

from dataclasses import replace
from pathlib import Path

import pytest
from git_world import ENV, Upstream, cloned, git

from studio.catalog import webui_sources
from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.core.errors import BadRequest, Cancelled, FileProblem, StudioError, UnknownName
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import installs, shield, versions
from studio.launcher.clone import staging_of
from studio.launcher.git_problems import problems

CONTEXT = JobContext()
FILES = {"launch_py": "print('launch')\n", "webui_py": "print('ui')\n", "modules__shared_py": "x = 1\n"}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home")


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """A web UI of the kind a1111, whose row leads to a repository of this test."""
    made = Upstream(tmp_path / "there")
    made.commit("Begin", **FILES, _gitignore="models/\noutputs/\nvenv/\n")
    (made.work / ".gitignore").write_text("models/\noutputs/\nvenv/\nconfig.json\n")
    made.save("Ignore")
    made.commit("Newest", webui_py="print('new')\n")
    made.commit("Dev", branch="dev", webui_py="print('dev')\n")
    git(made.work, "checkout", "--quiet", "master")
    rows = tuple(replace(row, url=made.url) if row.key == "a1111" else row for row in WEBUI_SOURCES)
    monkeypatch.setattr(webui_sources, "WEBUI_SOURCES", rows)
    monkeypatch.setattr(installs, "WEBUI_SOURCES", rows)
    return made


def test_several_side_by_side(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    first = installs.install(places, tmp_path / "绘画 ui", "a1111", ENV, CONTEXT)
    second = installs.install(places, tmp_path / "ui 2", "a1111", ENV, CONTEXT, branch="dev")
    third = installs.install(places, tmp_path / "fork", "forge", ENV, CONTEXT, url=upstream.url, title="我的 fork")
    assert installs.installs(places) == [first, second, third]
    assert [one.key for one in (first, second, third)] == ["a1111", "a1111-2", "forge"]
    assert [one.title for one in (first, second, third)] == ["AUTOMATIC1111", "AUTOMATIC1111 2", "我的 fork"]
    assert (second.folder / "webui.py").read_text() == "print('dev')\n"
    assert installs.find(places, "a1111-2") == second
    with pytest.raises(UnknownName, match="a1111"):
        installs.find(places, "a111")
    with pytest.raises(BadRequest):
        installs.install(places, first.folder, "a1111", ENV, CONTEXT)


def test_an_interrupted_installation_is_in_no_list_and_goes_on(
    upstream: Upstream, places: Places, tmp_path: Path
) -> None:
    context = JobContext(lambda _, value: context.cancel() if "Checking" in getattr(value, "text", "") else None)
    with pytest.raises(Cancelled):
        installs.install(places, tmp_path / "ui", "a1111", ENV, context)
    assert installs.installs(places) == []
    assert staging_of(tmp_path / "ui").is_dir()
    installs.install(places, tmp_path / "ui", "a1111", ENV, CONTEXT)
    assert not staging_of(tmp_path / "ui").parent.exists()


def test_a_mirror_serves_the_row(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror" / "https:" / "github.com" / "lllyasviel"
    mirror.mkdir(parents=True)
    git(upstream.work, "push", "--quiet", "origin", "master:main")
    upstream.bare.rename(mirror / "stable-diffusion-webui-forge.git")
    made = installs.install(places, tmp_path / "ui", "forge", ENV, CONTEXT, mirror=(tmp_path / "mirror").as_uri())
    remote = installs.repository(made, ENV).read("config", "remote.origin.url")
    assert remote == "https://github.com/lllyasviel/stable-diffusion-webui-forge.git"


def test_adopting_a_clone(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    cloned(upstream, tmp_path / "mine")
    adopted = installs.adopt(places, tmp_path / "mine", ENV, CONTEXT)
    assert (adopted.key, adopted.source) == ("a1111", "a1111")
    with pytest.raises(BadRequest, match="in the list already"):
        installs.adopt(places, tmp_path / "other" / ".." / "mine", ENV, CONTEXT)


def test_adopting_a_zip(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "stable-diffusion-webui-master"
    cloned(upstream, folder)
    git(folder, "checkout", "--quiet", "HEAD~1")
    (folder / ".git").rename(tmp_path / "away")
    (folder / "models").mkdir()
    (folder / "models" / "mine.safetensors").write_text("precious")
    adopted = installs.adopt(places, folder, ENV, CONTEXT)
    repository = installs.repository(adopted, ENV)
    assert problems(repository, url=upstream.url) == []
    assert [one.title for one in versions.news(repository)] == ["Newest"]
    versions.update(repository, CONTEXT)
    assert (folder / "models" / "mine.safetensors").read_text() == "precious"


def test_a_zip_without_network_is_in_the_list(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "zip"
    cloned(upstream, folder)
    (folder / ".git").rename(tmp_path / "away")
    upstream.bare.rename(tmp_path / "offline")
    with pytest.raises(StudioError):
        installs.adopt(places, folder, ENV, CONTEXT)
    [adopted] = installs.installs(places)
    (tmp_path / "offline").rename(upstream.bare)
    match = installs.reconnect(places, adopted, ENV, CONTEXT)
    assert match.differing == 0


def test_a_package_that_holds_a_web_ui(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    package = tmp_path / "webui_forge_cu121"
    (package / "system" / "python").mkdir(parents=True)
    (package / "run.bat").touch()
    cloned(upstream, package / "webui")
    assert installs.adopt(places, package, ENV, CONTEXT).folder == package / "webui"
    cloned(upstream, package / "another")
    with pytest.raises(BadRequest, match="No web UI"):
        installs.adopt(places, package, ENV, CONTEXT)


def test_what_is_no_web_ui(places: Places, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="No web UI"):
        installs.adopt(places, tmp_path, ENV, CONTEXT)
    with pytest.raises(BadRequest):
        installs.adopt(places, tmp_path / "gone", ENV, CONTEXT)


@pytest.mark.parametrize("row", WEBUI_SOURCES, ids=lambda row: row.key)
def test_every_kind_is_recognised_by_its_files(row, tmp_path: Path) -> None:
    for mark in row.marks:
        (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / mark).touch()
    found = installs.recognise(tmp_path, ENV)
    assert found is not None
    assert found.key == row.key


def test_a_fork_of_the_same_files_is_told_by_its_address(tmp_path: Path) -> None:
    reforge = installs.source("reforge")
    for mark in installs.source("forge-classic").marks:
        (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / mark).touch()
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:panchovix/stable-diffusion-webui-reforge")
    assert installs.recognise(tmp_path, ENV) == reforge


def test_forgetting_touches_no_file(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    made = installs.install(places, tmp_path / "ui", "a1111", ENV, CONTEXT)
    installs.forget(places, made.key)
    assert installs.installs(places) == []
    assert (made.folder / "webui.py").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"installs": [{"key": 1}]}', '{"installs": 3}', "[" * 9999, "\xff"])
def test_a_broken_list_is_not_written_over(places: Places, tmp_path: Path, upstream: Upstream, text: str) -> None:
    path = places.data / "launcher" / "installs.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, "latin-1")
    with pytest.raises(FileProblem, match="cannot be read"):
        installs.installs(places)
    with pytest.raises(FileProblem):
        installs.install(places, tmp_path / "ui", "a1111", ENV, CONTEXT)
    assert path.read_text("latin-1") == text


def test_trusted_folders(upstream: Upstream, places: Places, tmp_path: Path) -> None:
    made = installs.install(places, tmp_path / "ui", "a1111", ENV, CONTEXT)
    part = Upstream(tmp_path / "part")
    part.commit("Part", part_py="1\n")
    cloned(part, made.folder / "repositories" / "BLIP")
    assert installs.trusted(places, made) == []
    installs.trust(places, made.folder)
    installs.trust(places, made.folder)
    assert installs.trusted(places, made) == [
        ("safe.directory", made.folder.as_posix()),
        ("safe.directory", (made.folder / "repositories" / "BLIP").as_posix()),
    ]
    assert installs.installs(places) == [made]
    environ = shield.guarded_env(made, Settings(), places, base=ENV)  # what each child of the web UI gets
    keys = {name.rpartition("_")[2] for name, value in environ.items() if value == "safe.directory"}
    assert {environ[f"GIT_CONFIG_VALUE_{key}"] for key in keys} >= {made.folder.as_posix()}
