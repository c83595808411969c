"""What an extension wants of the environment, told from its files without running them."""

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.launcher.extension_wants import Wanted, Wish, wanted


def put(folder: Path, **files: str) -> Wanted:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(dedent(text), "utf-8")
    return wanted(folder)


def test_nothing(tmp_path: Path) -> None:
    assert wanted(tmp_path) == Wanted()


def test_requirement_files(tmp_path: Path) -> None:
    found = put(
        tmp_path, requirements_txt="# packages\ninsightface==0.7.3\n\nonnx>=1.14 ; python_version<'3.12' # no\n"
    )
    assert found.wishes == (
        Wish("insightface==0.7.3", "requirements.txt:2"),
        Wish("onnx>=1.14 ; python_version<'3.12'", "requirements.txt:4"),
    )
    assert not found.is_unknown


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('launch.run_pip("install segment-anything", "SAM")', ["segment-anything"]),
        ("launch.run_pip('install \"numpy<2\" scipy==1.11', 'x')", ["numpy<2", "scipy==1.11"]),
        (
            "run_pip(f'install {PACKAGE}=={VERSION}', 'x')\nPACKAGE = 'protobuf'\nVERSION: str = '3.20.3'",
            ["protobuf==3.20.3"],
        ),
        ('run_pip("install -U --prefer-binary -i https://example.org/simple one", "x")', ["one"]),
        ('run_pip("install --extra-index-url=https://e.org two" + " three")', ["two", "three"]),
        ('subprocess.check_call([sys.executable, "-m", "pip", "install", "four", "five>1"])', ["four", "five>1"]),
        ('subprocess.run([python, "-m", "pip", "install"] + ["six", "seven"], check=True)', ["six", "seven"]),
        ('subprocess.run([python, "-m", "pip", "install", *NAMES])\nNAMES = ["eight"]', ["eight"]),
        ('command = [sys.executable, "-m", "pip", "install", "nine"]\nsubprocess.Popen(command)', ["nine"]),
        ('os.system("pip install ten")', ["ten"]),
        ('os.system("C:\\\\py\\\\Scripts\\\\pip.exe install eleven")', ["eleven"]),
        ("launch.run(f'\"{python}\" -m pip install twelve')", ["twelve"]),
        ('pip.main(["install", "thirteen"])', ["thirteen"]),
        ('run_pip("install git+https://github.com/a/b.git@v1", "b")', ["git+https://github.com/a/b.git@v1"]),
        ('if not launch.is_installed("x"):\n    launch.run_pip("install x==1", desc="x")', ["x==1"]),
        ('def f():\n    try:\n        run_pip("install y")\n    except Exception: pass', ["y"]),
        ('subprocess.run(["uv", "pip", "install", "z"])', ["z"]),
    ],
)
def test_calls_of_pip(tmp_path: Path, code: str, expected: list[str]) -> None:
    found = put(tmp_path, install_py=code)
    assert found.requirements == expected
    assert not found.is_unknown
    assert all(wish.origin.startswith("install.py:") for wish in found.wishes)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("\nrun_pip(f'install {choose()}')", 2),
        ("run_pip(command)", 1),
        ("def install(name):\n    run_pip(f'install {name}')", 2),
        ("name = 'a'\nname = 'b'\nrun_pip('install ' + name)", 3),
        ("for name in names():\n    run_pip('install ' + name)", 2),
        ('subprocess.run([python, "-m", "pip", "install", name])', 1),
        ('run_pip("install -e .")', 1),
        ("run_pip('install %s' % name)", 1),
        ("run_pip('install \"half')", 1),
    ],
)
def test_what_only_running_tells_is_unknown(tmp_path: Path, code: str, line: int) -> None:
    found = put(tmp_path, install_py=code)
    assert found.unknown == (f"install.py:{line}",)


def test_a_loop_over_a_file_wishes_what_the_file_says(tmp_path: Path) -> None:
    found = put(
        tmp_path,
        requirements_txt="one\n",
        req_extra_txt="",
        install_py="""
            import os, launch
            req_file = os.path.join(os.path.dirname(os.path.realpath(__file__)), "requirements.txt")
            with open(req_file) as file:
                for lib in file:
                    lib = lib.strip()
                    if not launch.is_installed(lib):
                        launch.run_pip(f"install {lib}", f"thing requirement: {lib}")
            """,
    )
    assert found == Wanted((Wish("one", "requirements.txt:1"),))


def test_files_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "requirements-gpu.txt").write_text("onnxruntime-gpu\n")
    found = put(
        tmp_path, install_py='run_pip("install -r requirements-gpu.txt")\nrun_pip(f"install -r {folder}/req_no.txt")'
    )
    assert found.requirements == ["onnxruntime-gpu"]
    assert found.unknown == ("install.py: req_no.txt",)


@pytest.mark.parametrize(
    "code",
    [
        'run_pip("uninstall -y torch")',
        'subprocess.run(["git", "install", "a"])',
        'print("pip install nothing")',
        'subprocess.run(["echo", "hello"])',
        "main()",
        "run()",
        "'''pip install documented'''",
    ],
)
def test_what_installs_nothing(tmp_path: Path, code: str) -> None:
    assert put(tmp_path, install_py=code) == Wanted()


@pytest.mark.parametrize("data", [b"def (", b"\xff\xfe", b"(" * 5000, b"x\0y", b"#" * 3_000_000, b"-" * 100_000 + b"1"])
def test_an_installer_that_cannot_be_read_is_unknown(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "install.py").write_bytes(data)
    assert wanted(tmp_path) == Wanted(unknown=("install.py",))


def test_links_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password\n")
    folder = tmp_path / "extension"
    folder.mkdir()
    (folder / "requirements.txt").symlink_to(secret)
    (folder / "install.py").symlink_to(secret)
    assert wanted(folder) == Wanted(unknown=("install.py",))


@given(
    st.lists(
        st.sampled_from(["a", "b-c", "d_e", "f.g"]).flatmap(
            lambda name: st.sampled_from(["", "==1", ">=2,<3", "[x]"]).map(lambda end: name + end)
        ),
        max_size=6,
    )
)
def test_both_ways_to_call_pip_agree(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("both")
    text = f"run_pip('install {' '.join(names)}')\nsubprocess.run(['pip', 'install', *{names!r}])"
    found = put(folder, install_py=text)
    assert found.requirements == list(dict.fromkeys(names))
    assert [wish.text for wish in found.wishes if wish.origin == "install.py:1"] == list(dict.fromkeys(names))
