"""Extensions of a web UI: listed, switched, updated side by side, installed, uninstalled to the trash."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from git_world import ENV, Upstream, cloned, git

from studio.core import trash
from studio.core.errors import BadRequest, Cancelled, FileProblem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import extension_metadata, extensions, webui_config
from studio.launcher.extensions import Extension
from studio.launcher.git_errors import GitError
from studio.launcher.install import Install

CONTEXT = JobContext()


@pytest.fixture
def ui(tmp_path: Path) -> Install:
    folder = tmp_path / "绘画 ui"
    (folder / "extensions").mkdir(parents=True)
    (folder / "extensions-builtin" / "Lora").mkdir(parents=True)
    (folder / "extensions-builtin" / "Lora" / "lora.py").write_text("12345")
    git(folder, "init", "--quiet")
    return Install("a1111", folder, "a1111", "AUTOMATIC1111")


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream(tmp_path / "there" / "sd-webui-thing")
    made.commit("Begin", install_py="pass\n", scripts__thing_py="1\n")
    made.commit("Second", scripts__thing_py="2\n")
    return made


def put(ui: Install, name: str, metadata: str = "", settings: dict | None = None) -> Path:
    folder = ui.folder / "extensions" / name
    folder.mkdir(parents=True)
    if metadata:
        (folder / "metadata.ini").write_text(metadata, "utf-8")
    return folder


def configure(ui: Install, **values: object) -> Path:
    path = ui.folder / "config.json"
    path.write_text(json.dumps(values), "utf-8")
    return path


def by_name(ui: Install) -> dict[str, Extension]:
    return {one.name: one for one in extensions.extensions(ui, ENV)}


def test_what_is_there(ui: Install, upstream: Upstream) -> None:
    cloned(upstream, ui.folder / "extensions" / "thing")
    put(ui, "无 git")
    put(ui, "Off")
    (ui.folder / "extensions" / "note.txt").touch()
    (ui.folder / "extensions" / ".hidden").mkdir()
    configure(ui, disabled_extensions=["Off", 5, "gone"])
    found = extensions.extensions(ui, ENV)
    assert [(one.name, one.is_builtin, one.is_enabled) for one in found] == [
        ("Lora", True, True),
        ("Off", False, False),
        ("thing", False, True),
        ("无 git", False, True),
    ]
    thing, lora = found[2], found[0]
    assert thing.remote == upstream.url
    assert (thing.title, thing.branch, thing.behind, thing.problem) == ("Second", "master", 0, "")
    assert thing.date == 1704067200 + 86400 * 2
    assert lora.size_bytes == 5
    assert (lora.remote, lora.commit) == ("", "")


@pytest.mark.parametrize(("every", "on"), [("none", {"Lora", "mine"}), ("extra", {"Lora"}), ("all", set())])
def test_all_off_at_once(ui: Install, every: str, on: set[str]) -> None:
    put(ui, "mine")
    configure(ui, disable_all_extensions=every)
    assert {one.name for one in extensions.extensions(ui, ENV) if one.is_enabled} == on


def test_switching_keeps_the_rest_of_the_settings(ui: Install) -> None:
    for name in ("a", "b", "c"):
        put(ui, name)
    values = {"sd_model": "绘画.safetensors", "disabled_extensions": ["b", "gone"], "new key": [1.0, None, {"x": True}]}
    path = configure(ui, **values)
    extensions.set_enabled(ui, {"a": False, "b": True, "Lora": False})
    now = json.loads(path.read_text("utf-8"))
    assert now == values | {"disabled_extensions": ["gone", "a", "Lora"]}
    assert list(now) == list(values)
    assert {one.name for one in extensions.extensions(ui, ENV) if one.is_enabled} == {"b", "c"}
    with pytest.raises(BadRequest):
        extensions.set_enabled(ui, {"nothing": False})


def test_without_a_config_one_is_made_only_when_needed(ui: Install) -> None:
    put(ui, "a")
    extensions.set_enabled(ui, {"a": True})
    assert not (ui.folder / "config.json").exists()
    extensions.set_enabled(ui, {"a": False})
    assert json.loads((ui.folder / "config.json").read_text()) == {"disabled_extensions": ["a"]}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}{', "\x00\x00\x00", "[" * 100_000])
def test_a_damaged_config_is_not_destroyed(ui: Install, text: str) -> None:
    put(ui, "a")
    path = ui.folder / "config.json"
    path.write_text(text)
    with pytest.raises(FileProblem, match="damaged"):
        extensions.set_enabled(ui, {"a": False})
    assert path.read_text() == text


def test_what_a_web_ui_wrote_with_a_byte_order_mark(ui: Install) -> None:
    path = ui.folder / "config.json"
    path.write_bytes(
        b"\xef\xbb\xbf" + '{"x": "\ud800"}'.encode("utf-8", "surrogatepass").replace(b"\xed\xa0\x80", b"\\ud800")
    )
    webui_config.change(path, lambda values: values.update(y=1))
    assert webui_config.read(path)["y"] == 1


def test_what_is_new_and_updates_of_many(ui: Install, tmp_path: Path) -> None:
    there = []
    for number in range(5):
        made = Upstream(tmp_path / "many" / str(number))
        made.commit("Begin", a_py="1\n")
        cloned(made, ui.folder / "extensions" / f"e{number}")
        made.commit("Newer", a_py="2\n")
        made.commit("Newest", a_py="3\n")
        there.append(made)
    put(ui, "no git")
    (ui.folder / "extensions" / "e2" / "a.py").write_text("mine\n")
    there[3].bare.rename(tmp_path / "gone")
    reports = []
    context = JobContext(lambda _, value: reports.append((value.done, value.total)))
    checked = extensions.check(extensions.extensions(ui, ENV), ENV, context)
    assert [one.name for one in checked] == [f"e{number}" for number in range(5)]
    assert [one.change is not None and one.change.is_change for one in checked] == [True, True, True, False, True]
    assert reports[-1] == (5, 5)
    assert [one.behind for one in by_name(ui).values() if one.remote] == [2, 2, 2, 0, 2]
    updated = {one.name: one for one in extensions.update(extensions.extensions(ui, ENV), ENV, CONTEXT)}
    assert isinstance(updated["e3"].error, GitError)
    assert updated["e3"].error.kind == "gone"
    assert isinstance(updated["e2"].error, GitError)
    assert updated["e2"].error.kind == "dirty"
    texts = [(ui.folder / "extensions" / f"e{number}" / "a.py").read_text() for number in range(5)]
    assert texts == ["3\n", "3\n", "mine\n", "1\n", "3\n"]
    assert by_name(ui)["e2"].is_dirty


def test_updates_can_be_cancelled(ui: Install, upstream: Upstream) -> None:
    for number in range(3):
        cloned(upstream, ui.folder / "extensions" / f"e{number}")
    context = JobContext(lambda *_: context.cancel())
    with pytest.raises(Cancelled):
        extensions.update(extensions.extensions(ui, ENV), ENV, context)


def test_another_commit(ui: Install, upstream: Upstream) -> None:
    cloned(upstream, ui.folder / "extensions" / "thing")
    old = git(upstream.work, "rev-parse", "HEAD~1")
    change = extensions.switch(by_name(ui)["thing"], old, ENV, CONTEXT)
    assert change.after == old
    assert by_name(ui)["thing"].branch == ""
    assert by_name(ui)["thing"].behind == 1
    with pytest.raises(GitError):
        extensions.switch(by_name(ui)["Lora"], old, ENV, CONTEXT)


def test_installing(ui: Install, upstream: Upstream, tmp_path: Path) -> None:
    folder = extensions.add(ui, upstream.url, ENV, CONTEXT)
    assert folder == ui.folder / "extensions" / "upstream"
    assert (folder / "scripts" / "thing.py").read_text() == "2\n"
    assert list((ui.folder / "tmp").iterdir()) == []
    with pytest.raises(BadRequest, match="installed already"):
        extensions.add(ui, upstream.url.removesuffix(".git"), ENV, CONTEXT, name="other")
    other = Upstream(tmp_path / "other")
    other.commit("Begin", a_py="1\n")
    with pytest.raises(BadRequest, match="in a folder named"):
        extensions.add(ui, other.url, ENV, CONTEXT, name="Upstream")
    assert extensions.add(ui, other.url, ENV, CONTEXT, name="第二").name == "第二"
    assert set(by_name(ui)) == {"Lora", "upstream", "第二"}


def test_an_interrupted_installation_shows_no_half_extension(ui: Install, upstream: Upstream) -> None:
    context = JobContext(lambda _, value: context.cancel() if "Checking" in getattr(value, "text", "") else None)
    with pytest.raises(Cancelled):
        extensions.add(ui, upstream.url, ENV, context)
    assert set(by_name(ui)) == {"Lora"}
    extensions.add(ui, upstream.url, ENV, CONTEXT)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/Mikubill/sd-webui-controlnet.git", "sd-webui-controlnet"),
        ("https://github.com/Mikubill/sd-webui-controlnet/", "sd-webui-controlnet"),
        ("git@github.com:a/b.git", "b"),
        ("https://mirror.example/https://github.com/a/some.thing", "some.thing"),
    ],
)
def test_folder_names(url: str, name: str) -> None:
    assert extensions.folder_name(url) == name


@pytest.mark.parametrize(
    "name", ["..", ".", "", " ", "a/b", "a\\b", ".git", "con", "NUL.txt", "a:b", "x.", "x ", "a\n", "x" * 101]
)
def test_names_that_no_folder_may_have(name: str) -> None:
    with pytest.raises(BadRequest):
        extensions.check_name(name)


def test_addresses_that_lead_out_of_the_folder(ui: Install) -> None:
    for url in ("https://example.org/a/..", "https://example.org/a/.git", "https://example.org/", "ext::sh -c x"):
        with pytest.raises((BadRequest, GitError)):
            extensions.add(ui, url, ENV, CONTEXT)
    assert set(by_name(ui)) == {"Lora"}


def test_uninstalling_can_be_undone_and_keeps_models(ui: Install, upstream: Upstream, tmp_path: Path) -> None:
    folder = cloned(upstream, ui.folder / "extensions" / "thing").folder
    (folder / "models").mkdir()
    (folder / "models" / "control.pth").write_text("big")
    thing, lora = by_name(ui)["thing"], by_name(ui)["Lora"]
    discarded = extensions.uninstall(ui, thing, extensions.removal(thing), Places(tmp_path / "home"))
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["control.pth"]
    trash.restore(discarded)
    assert git(folder, "status", "--porcelain", "--untracked-files=no") == ""
    with pytest.raises(BadRequest, match="belongs to the web UI"):
        extensions.removal(lora)
    outside = replace(thing, folder=tmp_path)
    with pytest.raises(BadRequest, match="no extension of"):
        extensions.uninstall(ui, outside, extensions.removal(thing), Places(tmp_path / "home"))


def test_a_linked_extension_goes_as_a_link(ui: Install, tmp_path: Path) -> None:
    mine = tmp_path / "my work"
    mine.mkdir()
    (mine / "precious.py").write_text("mine")
    (ui.folder / "extensions" / "linked").symlink_to(mine)
    linked = by_name(ui)["linked"]
    extensions.uninstall(ui, linked, extensions.removal(linked), Places(tmp_path / "home"))
    assert (mine / "precious.py").read_text() == "mine"
    assert "linked" not in by_name(ui)


def test_duplicates_and_missing_requirements(ui: Install, upstream: Upstream) -> None:
    put(ui, "a", "[Extension]\nName = Shared\nRequires = lora, missing, b|c, OFF\n")
    put(ui, "b", "[Extension]\nName=shared\n")
    put(ui, "off", "[Extension]\nRequires = nothing-at-all\n")
    put(ui, "alternatives", "[Extension]\nRequires = no-1 | Lora no-2|no-3\n")
    cloned(upstream, ui.folder / "extensions" / "one")
    cloned(upstream, ui.folder / "extensions" / "two")
    configure(ui, disabled_extensions=["off"])
    found = extensions.extensions(ui, ENV)
    assert [[one.name for one in group] for group in extensions.duplicates(found)] == [["a", "b"], ["one", "two"]]
    assert [(one.extension, one.alternatives, one.disabled) for one in extensions.unmet(found)] == [
        ("a", ("missing",), ()),
        ("a", ("b", "c"), ()),
        ("a", ("off",), ("off",)),
        ("alternatives", ("no-2", "no-3"), ()),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"[Extension", b"no section = 1", b"[Extension]\nName", b"[a]\n[a]\n"]
)
def test_broken_metadata_is_a_folder_name(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "Some Thing"
    folder.mkdir()
    (folder / "metadata.ini").write_bytes(data)
    assert extension_metadata.read(folder) == extension_metadata.Metadata("some thing")


def test_a_damaged_repository_does_not_hide_the_others(ui: Install, upstream: Upstream) -> None:
    folder = cloned(upstream, ui.folder / "extensions" / "thing").folder
    (folder / ".git" / "HEAD").unlink()
    cloned(upstream, ui.folder / "extensions" / "well")
    found = by_name(ui)
    assert found["thing"].problem == "no_repository"
    assert found["well"].problem == ""


def test_comfyui_switches_by_folder_name(tmp_path: Path) -> None:
    comfy = Install("comfyui", tmp_path / "ComfyUI", "comfyui", "ComfyUI")
    (comfy.folder / "custom_nodes" / "manager").mkdir(parents=True)
    extensions.set_enabled(comfy, {"manager": False})
    [found] = extensions.extensions(comfy, ENV)
    assert (found.name, found.canonical, found.is_enabled) == ("manager.disabled", "manager", False)
    extensions.set_enabled(comfy, {"manager.disabled": True})
    assert (comfy.folder / "custom_nodes" / "manager").is_dir()
