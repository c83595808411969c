import json
import os
import time
import zipfile
from pathlib import Path

import pytest
import wheel_world
from wheel_world import copy_venv, pip, wheel

from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext
from studio.launcher import packages
from studio.launcher.wheelhouse import WheelHouse, compressed, pack, sha256


@pytest.fixture
def house(tmp_path: Path) -> WheelHouse:
    return WheelHouse(tmp_path / "轮 house")


def test_wheels_are_kept_once_by_content_without_taking_room(house: WheelHouse, tmp_path: Path) -> None:
    path = wheel(tmp_path / "w", "demo", "1.0")
    kept = house.add(path)
    assert kept == house.add(path)
    assert kept.parent.name == sha256(path)
    assert kept.samefile(path)
    assert [(one.name, one.version) for one in house.wheels()] == [("demo", "1.0")]
    assert house.size_bytes == path.stat().st_size
    assert len(house.find("Demo>=1")) == 1
    assert house.find("demo>1") == house.find("other") == []


def test_files_are_copied_where_links_cannot_be(
    house: WheelHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*args: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    path = wheel(tmp_path / "w", "demo", "1.0")
    assert not house.add(path).samefile(path)
    with house.links() as folder:
        assert (folder / path.name).read_bytes() == path.read_bytes()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["demo-1.0-py3-none-any.whl", "notes.whl"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04half", b"<html>"])
def test_what_is_no_wheel_is_refused(house: WheelHouse, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileProblem):
        house.add(tmp_path / name)
    assert house.wheels() == []


def test_a_changed_byte_is_noticed(house: WheelHouse, tmp_path: Path) -> None:
    path = wheel(tmp_path / "w", "demo", "1.0", files={"demo/__init__.py": "text = 'a long enough text'\n" * 9})
    data = bytearray(path.read_bytes())
    data[80] ^= 1
    damaged = tmp_path / path.name
    damaged.write_bytes(data)
    with pytest.raises(FileProblem):
        house.add(damaged)
    kept = house.add(path)
    kept.unlink()
    kept.write_bytes(data)
    assert house.verify() == [kept]
    assert house.wheels() == []


def test_the_longest_unused_go_when_it_is_full(tmp_path: Path) -> None:
    wheels = [wheel(tmp_path / "w", "demo", f"{number}.0") for number in range(4)]
    size = wheels[0].stat().st_size
    house = WheelHouse(tmp_path / "house", limit_bytes=3 * size + size // 2)
    for path in wheels[:3]:
        kept = house.add(path)
        old = time.time() - 1000 + wheels.index(path)
        os.utime(kept, (old, old))
    with house.links(house.find("demo==0.0")) as folder:
        assert [path.name for path in folder.iterdir()] == [wheels[0].name]
    house.add(wheels[3])
    assert [one.version for one in house.wheels()] == ["0.0", "2.0", "3.0"]


def test_an_installed_package_is_packed_as_it_was(base_venv: Path, tmp_path: Path, house: WheelHouse) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    files = {
        "demo_kit/__init__.py": "name = '绘'\n",
        "demo_kit/data/a,b.txt": "x",
        "demo_kit-1.0.data/data/share/demo/info.txt": "shared",
        "demo_kit-1.0.data/scripts/demo-tool": "#!python\nprint('tool')\n",
    }
    path = wheel(tmp_path / "w", "demo-kit", "1.0", ["pip"], files, scripts={"demo-run": "demo_kit:print"})
    pip(venv, "install", str(path))
    site = packages.site_packages(venv)
    package = packages.by_name(packages.installed(site))["demo-kit"]
    (venv / "bin" / "demo-tool").chmod(0o755)
    made = pack(package, tmp_path)
    assert made.name == "demo_kit-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made) as archive:
        inner = set(archive.namelist())
    assert {"demo_kit/__init__.py", "demo_kit/data/a,b.txt", "demo_kit-1.0.data/data/share/demo/info.txt"} <= inner
    assert not any(name.endswith((".pyc", "INSTALLER", "demo-run", "REQUESTED", "direct_url.json")) for name in inner)
    pip(venv, "uninstall", "-y", "demo-kit")
    assert not (venv / "share" / "demo" / "info.txt").exists()
    pip(venv, "install", "--no-index", str(made))
    assert (site / "demo_kit" / "__init__.py").read_text("utf-8") == "name = '绘'\n"
    assert (venv / "share" / "demo" / "info.txt").read_text() == "shared"
    assert (venv / "bin" / "demo-run").is_file()
    assert os.access(venv / "bin" / "demo-tool", os.X_OK)
    assert packages.damages(packages.by_name(packages.installed(site))["demo-kit"], thorough=True) == []


def test_what_is_damaged_is_not_packed(base_venv: Path, tmp_path: Path, house: WheelHouse) -> None:
    venv = copy_venv(base_venv, tmp_path / "venv")
    pip(venv, "install", str(wheel(tmp_path / "w", "demo", "1.0")))
    site = packages.site_packages(venv)
    (site / "demo" / "__init__.py").write_text("changed")
    found = packages.installed(site)
    context = JobContext()
    left = house.fill(found, context)
    assert [one.name for one in left] == ["demo"]
    assert {one.name for one in house.wheels()} == {one.name for one in found} - {"demo"}
    assert house.fill([one for one in found if one.name != "demo"], context) == []
    context.cancel()
    with pytest.raises(Cancelled):
        house.fill(found, context)
    assert not list(house.folder.glob(".*"))


def test_packing_twice_gives_the_same_and_what_was_broken_off_goes(
    base_venv: Path, tmp_path: Path, house: WheelHouse
) -> None:
    found = packages.installed(packages.site_packages(base_venv))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = (pack(found[0], tmp_path / name) for name in ("a", "b"))
    assert sha256(one) == sha256(two)
    old = house.folder / ".pack-old"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    (house.folder / ".links-now").mkdir()
    house.add(one)
    assert [path.name for path in house.folder.glob(".*")] == [".links-now"]


def test_tags_are_put_together() -> None:
    assert compressed(["py2-none-any", "py3-none-any"]) == "py2.py3-none-any"
    assert compressed(["cp310-cp310-manylinux_2_17_x86_64", "cp310-cp310-manylinux2014_x86_64"]) == (
        "cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64"
    )


def test_one_version_with_different_content_is_kept_twice(base_venv: Path, tmp_path: Path, house: WheelHouse) -> None:
    """From two commits, or for two Pythons: each comes back as itself."""
    venv, context = copy_venv(base_venv, tmp_path / "venv"), JobContext()
    site = packages.site_packages(venv)
    prints = []
    for number, tag in enumerate(("py3-none-any", "py3-none-any", "py2.py3-none-any")):
        made = wheel(tmp_path / str(number), "demo", "1.0", files={"demo.py": f"content = {number}\n"}, tag=tag)
        pip(venv, "install", "--force-reinstall", "--no-deps", str(made))
        demo = packages.by_name(packages.installed(site))["demo"]
        for _ in range(2):
            assert house.fill([demo], context) == []
        assert len(house.wheels()) == number + 1
        prints.append(packages.fingerprint(demo))
    found = [house.exact("demo", "1.0.0", one) for one in prints]
    assert len({one.path for one in found if one}) == 3
    assert house.exact("demo", "1.0", "") is None
    for number, one in enumerate(found):
        assert one is not None
        with house.links([one]) as folder:
            pip(venv, "install", "--force-reinstall", "--no-index", "--find-links", str(folder), "demo")
        assert (site / "demo.py").read_text() == f"content = {number}\n"


def test_a_package_from_an_address_still_says_so(base_venv: Path, tmp_path: Path, house: WheelHouse) -> None:
    """Else a later repair would fetch another package of that name from the index."""
    venv = copy_venv(base_venv, tmp_path / "venv")
    made = wheel(tmp_path / "w", "clip", "1.0")
    pip(venv, "install", "--no-index", "--find-links", str(made.parent), "clip")
    site = packages.site_packages(venv)
    info = site / "clip-1.0.dist-info"
    said = json.dumps({"url": "https://example.org/clip", "vcs_info": {"vcs": "git", "commit_id": "abc"}})
    (info / "direct_url.json").write_text(said, "utf-8")  # as pip does for an address
    with (info / "RECORD").open("a", encoding="utf-8") as record:
        record.write(f"{info.name}/direct_url.json,sha256={wheel_world.hashed(said)},{len(said)}\n")
    before = packages.by_name(packages.installed(site))["clip"]
    assert before.origin == "git+https://example.org/clip@abc"
    assert house.fill([before], JobContext()) == []
    pip(venv, "uninstall", "-y", "clip")
    with house.links() as folder:
        pip(venv, "install", "--no-index", "--find-links", str(folder), "clip")
    after = packages.by_name(packages.installed(site))["clip"]
    assert (after.origin, packages.fingerprint(after)) == (before.origin, packages.fingerprint(before))
    assert packages.damages(after, thorough=True) == []
