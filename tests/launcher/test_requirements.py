from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from studio.core.errors import FileProblem
from studio.launcher.conflicts import can_be_had, conflicts
from studio.launcher.packages import Package
from studio.launcher.requirements import MET, MISSING, SKIPPED, UNKNOWN, WRONG, environment, judge, parse, read, unmet

ENVIRONMENT = environment((3, 10, 6), {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"})


def package(name: str, version: str, *requires: str) -> Package:
    return Package(name, version, Path(f"{name}-{version}.dist-info"), requires)


def test_a_file_with_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_VERSION", "2.1.2")
    folder = tmp_path / "绘 画"
    (folder / "more").mkdir(parents=True)
    (folder / "requirements.txt").write_text(
        "\ufeff# the first line is a comment\n"
        "--extra-index-url https://example.com/whl\n"
        "--no-binary :all:\n"
        "numpy==1.26.2  # pinned\n"
        "Pillow >= 9, \\\n"
        "    < 10\n"
        "torch==${TORCH_VERSION}\n"
        "-r more/other file.txt\n"
        "-c=constraints.txt\n"
        "-e git+https://x/y.git@v1#egg=y-er[gpu]&subdirectory=z\n"
        "clip @ https://x/clip.zip#sha256=abc\n"
        "https://x/torch-2.1.2%2Bcu121-cp310-cp310-win_amd64.whl ; sys_platform == 'win32'\n"
        "httpx[socks]==0.24.1 --hash=sha256:abc --hash=sha256:def\n"
        "colorama; sys_platform == 'win32'\n"
        "uvloop; sys_platform != 'win32'\n"
        "https://x/unknown.tar.gz\n"
        "./local/folder\n"
        "\n",
        encoding="utf-8",
    )
    (folder / "more" / "other file.txt").write_text("gradio\n-r ../requirements.txt\n")
    (folder / "constraints.txt").write_text("protobuf<4")
    found = read(folder / "requirements.txt")
    assert [(one.name, one.origin) for one in found] == [
        ("numpy", "requirements.txt:4"),
        ("pillow", "requirements.txt:5"),
        ("torch", "requirements.txt:7"),
        ("gradio", "more/other file.txt:1"),
        ("protobuf", "constraints.txt:1"),
        ("y-er", "requirements.txt:10"),
        ("clip", "requirements.txt:11"),
        ("torch", "requirements.txt:12"),
        ("httpx", "requirements.txt:13"),
        ("colorama", "requirements.txt:14"),
        ("uvloop", "requirements.txt:15"),
        ("", "requirements.txt:16"),
        ("", "requirements.txt:17"),
    ]
    assert found[4].constraint
    assert found[5].editable
    assert str(found[2].requirement) == "torch==2.1.2"
    assert str(found[7].requirement) == "torch==2.1.2+cu121"
    assert found[1].requirement is not None
    assert found[1].requirement.specifier == SpecifierSet(">=9,<10")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.txt"
    path.write_text("numpy==1.26.2 # 数\nscipy\n", encoding=encoding)
    assert [one.name for one in read(path)] == ["numpy", "scipy"]


def test_files_that_are_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        read(tmp_path / "none.txt")
    (tmp_path / "large.txt").write_bytes(b"#" * 5_000_001)
    with pytest.raises(FileProblem):
        read(tmp_path / "large.txt")


def test_files_without_end(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt\nnumpy\n")
    with pytest.raises(FileProblem):
        read(tmp_path / "0.txt")


@given(st.text(max_size=60))
def test_no_line_is_too_odd(text: str) -> None:
    assert parse(text).text is not None


def test_what_is_met_missing_wrong_or_unknown() -> None:
    installed = [
        package("numpy", "2.0.0"),
        package("torch", "2.1.2+cu121"),
        package("httpx", "0.24.1", "socksio<2; extra == 'socks'", "certifi"),
        package("odd", "2004d"),
        package("rich", "13.0rc1"),
    ]
    lines = {
        "numpy==1.26.2": WRONG,
        "torch==2.1.2": MET,
        "torch>=2.2": WRONG,
        "httpx": MET,
        "httpx[socks]": MISSING,
        "scipy": MISSING,
        "uvloop; sys_platform=='linux'": SKIPPED,
        "tomli; python_version<'3.11'": MISSING,
        "rich>=12": MET,
        "odd": MET,
        "odd>1": WRONG,
        "git+https://x/y.git": UNKNOWN,
        "git+https://x/y.git#egg=httpx": MET,
    }
    found = judge([parse(line) for line in lines], installed, ENVIRONMENT)
    assert {one.wanted.text: one.status for one in found} == lines
    with_socks = [*installed, package("socksio", "1.0.0")]
    assert judge([parse("httpx[socks]")], with_socks, ENVIRONMENT)[0].status == MET


def test_what_packages_need_from_each_other() -> None:
    installed = [
        package("gradio", "3.41.2", "pydantic<2", "tomli; python_version<'3.11'", "x; extra=='dev'", "???"),
        package("pydantic", "2.5"),
    ]
    found = unmet(installed, ENVIRONMENT)
    assert [(one.package.name, str(one.requirement.name), one.found) for one in found] == [
        ("gradio", "pydantic", "2.5"),
        ("gradio", "tomli", ""),
    ]


def test_conflicts_between_extensions() -> None:
    wants = {
        "tagger": ["protobuf<4", "numpy", "tensorflow; sys_platform=='linux'"],
        "adetailer": ["protobuf>=4.21", "ultralytics", "git+https://x/y.git"],
        "other": ["numpy>=2", "pillow>=9"],
    }
    installed = [package("numpy", "1.26.2"), package("pillow", "9.5"), package("numba", "0.58", "numpy<1.27")]
    found = {(one.package, one.kind): one for one in conflicts(wants, installed, ENVIRONMENT)}
    assert set(found) == {("protobuf", "among"), ("", "unknown"), ("numpy", "change"), ("numpy", "breaks")}
    assert found["protobuf", "among"].wants == (("tagger", "<4"), ("adetailer", ">=4.21"))
    assert found["numpy", "change"].wants == (("other", ">=2"),)
    assert found["numpy", "breaks"].wants == (("other", ">=2"), ("numba", "<1.27"))
    assert found["", "unknown"].wants == (("adetailer", "git+https://x/y.git"),)


@pytest.mark.parametrize(
    ("specifiers", "possible"),
    [
        (["<2", ">=2"], False),
        (["<=2", ">=2"], True),
        (["==1.26.*", ">=1.26.4"], True),
        (["==1.26.*", ">=1.27"], False),
        (["~=1.4.2", ">=1.5"], False),
        (["~=1.4", ">=1.5"], True),
        ([">1.0", "<1.0.1"], True),
        (["!=1.0", ">=1.0", "<1.0.1"], True),
        (["==2.1.2", "==2.1.2+cu121"], True),
        (["===2004d", "===2004d"], True),
        (["===2004d", "===2005"], False),
        (["<1", "<2"], True),
        ([], True),
        (["==1!2.0", "<3"], False),
    ],
)
def test_whether_a_version_can_suit_all(specifiers: list[str], possible: bool) -> None:
    assert can_be_had([SpecifierSet(text) for text in specifiers]) is possible


versions = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
ranges = st.tuples(st.sampled_from([">=", "<=", "<", ">", "==", "!="]), versions).map("".join)


@given(st.lists(ranges, min_size=1, max_size=4))
def test_what_some_version_fulfils_can_be_had(texts: list[str]) -> None:
    specifiers = [SpecifierSet(text) for text in texts]
    grid = (Version(f"{a}.{b}.{c}") for a in range(5) for b in range(5) for c in range(5))
    if any(all(one.contains(version) for one in specifiers) for version in grid):
        assert can_be_had(specifiers)
