import shutil
from pathlib import Path

import pytest
from wheel_world import wheel

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.launcher import packages


def unpack(site: Path, path: Path) -> None:
    shutil.unpack_archive(path, site, "zip")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "绘 画 venv" / "lib" / "python3.10" / "site-packages"
    folder.mkdir(parents=True)
    (tmp_path / "绘 画 venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.10.6\n")
    for path in (
        wheel(tmp_path / "w", "numpy", "1.26.2"),
        wheel(tmp_path / "w", "Typing.Extensions", "4.9.0", ["numpy>=1; python_version<'4'"]),
    ):
        unpack(folder, path)
    return folder


def test_packages_are_read_without_running_anything(site: Path) -> None:
    found = packages.installed(site)
    assert [package.pin for package in found] == ["numpy==1.26.2", "typing-extensions==4.9.0"]
    assert found[1].requires == ("numpy>=1; python_version<'4'",)
    assert not any(package.problem for package in found)


def test_site_packages_of_the_version_the_environment_names(site: Path) -> None:
    venv = site.parents[2]
    (venv / "lib" / "python3.9" / "site-packages").mkdir(parents=True)
    assert packages.site_packages(venv, "linux") == site
    assert packages.site_packages(venv, "win32") == venv / "Lib" / "site-packages"
    assert packages.config(venv)["home"] == "/usr/bin"


@pytest.mark.parametrize("file", ["METADATA", "RECORD"])
def test_a_record_without_its_file_is_broken(site: Path, file: str) -> None:
    (site / "numpy-1.26.2.dist-info" / file).unlink()
    (broken,) = [package for package in packages.installed(site) if package.problem]
    assert (broken.name, broken.version, broken.problem) == ("numpy", "1.26.2", file)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00" * 20, b"Name: numpy\n", b"\0" * 300])
def test_damaged_metadata_is_broken(site: Path, data: bytes) -> None:
    (site / "numpy-1.26.2.dist-info" / "METADATA").write_bytes(data)
    assert [p.problem for p in packages.installed(site) if p.name == "numpy"] == ["METADATA"]


def test_leftovers_and_duplicates(site: Path, tmp_path: Path) -> None:
    (site / "~umpy").mkdir()
    (site / "~orch-2.1.2.dist-info").mkdir()
    unpack(site, wheel(tmp_path / "w", "numpy", "2.0.0"))
    assert [path.name for path in packages.leftovers(site)] == ["~orch-2.1.2.dist-info", "~umpy"]
    found = packages.installed(site)
    assert {name: [p.version for p in several] for name, several in packages.duplicates(found).items()} == {
        "numpy": ["1.26.2", "2.0.0"]
    }
    (site / "numpy-2.0.0.dist-info" / "METADATA").unlink()
    assert packages.by_name(packages.installed(site))["numpy"].version == "1.26.2"


def test_damages_by_size_hash_and_absence(site: Path) -> None:
    module = site / "numpy" / "__init__.py"
    (package,) = [package for package in packages.installed(site) if package.name == "numpy"]
    assert packages.damages(package, thorough=True) == []
    text = module.read_text()
    module.write_text(text.replace("1", "7"))
    assert packages.damages(package) == []
    assert packages.damages(package, thorough=True) == [packages.Damage(module, "hash")]
    module.write_text(text + "#")
    assert packages.damages(package) == [packages.Damage(module, "size")]
    module.unlink()
    assert packages.damages(package) == [packages.Damage(module, "missing")]


def test_records_that_lead_elsewhere_are_not_followed(site: Path, tmp_path: Path) -> None:
    record = site / "numpy-1.26.2.dist-info" / "RECORD"
    record.write_text(
        f"../../../../../secret,sha256=x,3\n/etc/passwd,sha256=x,3\n{tmp_path}/x,sha256=x,1\n"
        'broken\n"a,b.py",md7=xyz,0\nempty,,\nnumpy/__pycache__/x.pyc,sha256=x,9\n'
    )
    (site / "a,b.py").write_bytes(b"")
    (package,) = [package for package in packages.installed(site) if package.name == "numpy"]
    assert packages.damages(package, thorough=True) == []
    assert [path for path, _ in packages.files(package)] == [site / "a,b.py", site / "empty"]
    assert list(packages.files_outside(package)) == []


def test_looking_at_all_can_be_stopped(site: Path) -> None:
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        packages.all_damages(packages.installed(site), context)


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    assert packages.installed(tmp_path / "no") == packages.leftovers(tmp_path / "no") == []
    assert packages.config(tmp_path) == {}


def test_origin_and_editable(site: Path) -> None:
    said = site / "numpy-1.26.2.dist-info" / "direct_url.json"
    said.write_text('{"url": "https://x/y.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}')
    assert packages.installed(site)[0].origin == "git+https://x/y.git@abc"
    said.write_text('{"url": "file:///src", "dir_info": {"editable": true}}')
    assert packages.installed(site)[0].editable
    for text in ("[]", "{", '{"url": 1, "dir_info": 3}', "[" * 100_000, '{"vcs_info": {}, "url": ""}'):
        said.write_text(text)
        assert not packages.installed(site)[0].editable
