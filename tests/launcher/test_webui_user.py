"""webui-user.bat and .sh: read as the shells read them, written so that they are read back."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import trash
from studio.core.errors import BadRequest, FileProblem
from studio.core.paths import Places
from studio.launcher import webui_user
from studio.launcher.flags import read_file
from studio.launcher.launch_options import LaunchOptions, argv
from studio.launcher.webui_user import bat, options_of, parse_bat, parse_sh, read, sh

A1111 = read_file(Path(__file__).parents[1] / "data" / "launcher", "a1111_cmd_args.py")


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("set COMMANDLINE_ARGS=--xformers --medvram", ["--xformers", "--medvram"]),
        ("  SET commandline_args=--api  ", ["--api"]),
        ("@set COMMANDLINE_ARGS=--api", ["--api"]),
        ('set "COMMANDLINE_ARGS=--api --listen"', ["--api", "--listen"]),
        ("set COMMANDLINE_ARGS=--api && call other.bat", ["--api"]),
        ("set COMMANDLINE_ARGS=--auth a^&b", ["--auth", "a&b"]),
        ('set COMMANDLINE_ARGS=--gradio-auth "a&b:c^d"', ["--gradio-auth", "a&b:c^d"]),
        ("set COMMANDLINE_ARGS=--api ^\n --listen", ["--api", "--listen"]),
        ("set COMMANDLINE_ARGS=--api\nset COMMANDLINE_ARGS=%COMMANDLINE_ARGS% --listen", ["--api", "--listen"]),
        ("set DIR=D:\\models\nset COMMANDLINE_ARGS=--ckpt-dir %dir%\\sd", ["--ckpt-dir", "D:\\models\\sd"]),
        ("set COMMANDLINE_ARGS=--filenames 100%%", ["--filenames", "100%"]),
        ("set COMMANDLINE_ARGS=--ckpt-dir D:\\models", ["--ckpt-dir", "D:\\models"]),
        ('set COMMANDLINE_ARGS=--ckpt-dir "D:\\\\my models"', ["--ckpt-dir", "D:\\my models"]),
        ("set COMMANDLINE_ARGS=--ckpt-dir \\\\server\\share", ["--ckpt-dir", "\\\\server\\share"]),
        ("set COMMANDLINE_ARGS=--a 'b c'", ["--a", "b c"]),
        ("rem set COMMANDLINE_ARGS=--xformers\n:: set COMMANDLINE_ARGS=--medvram", []),
        ("@REM set COMMANDLINE_ARGS=--xformers", []),
        ("set COMMANDLINE_ARGS=", []),
        ("echo set COMMANDLINE_ARGS=--api", []),
        ("set COMMANDLINE_ARGS=--dir D:\\绘画", ["--dir", "D:\\绘画"]),
    ],
)
def test_batch_files(line: str, arguments: list[str]) -> None:
    assert list(parse_bat(f"@echo off\r\n{line}\r\ncall webui.bat\r\n").arguments) == arguments


def test_other_variables_and_what_could_not_be_read() -> None:
    file = parse_bat(
        '@echo off\nset PYTHON="C:\\Python310\\python.exe"\nset GIT=\nset VENV_DIR=D:\\my venv\n'
        "set TORCH_COMMAND=pip install torch==2.1.2 --index-url https://x/y\nset HOME_DIR=%USERPROFILE%\\sd\n"
        "if exist x set COMMANDLINE_ARGS=--api\n"
    )
    assert file.python == "C:\\Python310\\python.exe"
    assert file.venv == "D:\\my venv"
    assert file.variables["TORCH_COMMAND"] == "pip install torch==2.1.2 --index-url https://x/y"
    assert file.variables["HOME_DIR"] == "%USERPROFILE%\\sd"
    assert "GIT" not in file.variables
    assert file.arguments == ()
    assert len(file.notes) == 2


@pytest.mark.parametrize(
    "line",
    [
        'export COMMANDLINE_ARGS="--xformers --medvram"',
        "export COMMANDLINE_ARGS='--gradio-auth \"me:a b\" --api'",
        'export COMMANDLINE_ARGS="--ckpt-dir \\"/a b/c\\""',
        'export COMMANDLINE_ARGS="--api"  # with a comment',
        '#export COMMANDLINE_ARGS="--no"\nexport COMMANDLINE_ARGS=--api',
        'DIR=/data\nexport COMMANDLINE_ARGS="--ckpt-dir $DIR/x --vae-dir ${DIR}/y"',
        'export COMMANDLINE_ARGS="--api \\\n --listen"',
        'export COMMANDLINE_ARGS=--api\nexport COMMANDLINE_ARGS="$COMMANDLINE_ARGS --listen"',
        "export COMMANDLINE_ARGS=--a\\ b",
        "export COMMANDLINE_ARGS='--a'\"'\"'b'\"'\"",
        "COMMANDLINE_ARGS=--api\nCOMMANDLINE_ARGS+=' --listen'",
        "export A=1; export B=2",
        'export COMMANDLINE_ARGS="--path /绘画"',
    ],
)
def test_shell_scripts_agree_with_a_shell(line: str, tmp_path: Path) -> None:
    script = tmp_path / "webui-user.sh"
    script.write_text(line + "\n", "utf-8")
    command = ["bash", "-c", '. "$1"; printf %s "$COMMANDLINE_ARGS"', "x", str(script)]
    done = subprocess.run(command, capture_output=True, check=True, env={"PATH": os.environ["PATH"]})
    assert list(read(script).arguments) == shlex.split(done.stdout.decode())


def test_variables_of_shell_scripts() -> None:
    file = parse_sh(
        'python_cmd="/usr/bin/python3.10"\nvenv_dir=my_venv\nexport GRADIO_ANALYTICS_ENABLED=0\nX=$(date)\n'
    )
    assert (file.python, file.venv) == ("/usr/bin/python3.10", "my_venv")
    assert file.variables["GRADIO_ANALYTICS_ENABLED"] == "0"
    assert len(file.notes) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "webui-user.bat"
    file.write_bytes("@echo off\r\nset COMMANDLINE_ARGS=--ckpt-dir D:\\模型\\绘画\r\n".encode(encoding))
    assert read(file).arguments == ("--ckpt-dir", "D:\\模型\\绘画")


def test_what_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        read(tmp_path / "webui-user.bat")
    (tmp_path / "webui-user.bat").write_bytes(b"x" * (2 << 20))
    with pytest.raises(FileProblem):
        read(tmp_path / "webui-user.bat")
    (tmp_path / "webui-user.sh").write_bytes(os.urandom(4000))
    read(tmp_path / "webui-user.sh")


ARGUMENTS = st.lists(st.text(st.sampled_from(list("ab-=:/\\ \"'%^&|<>$`!画")), min_size=1, max_size=12), max_size=5)


@given(ARGUMENTS)
@settings(max_examples=300)
def test_written_batch_files_are_read_back(arguments: list[str]) -> None:
    file = parse_bat(bat(arguments, {"TORCH_COMMAND": "pip install 100% & <x>"}))
    assert list(file.arguments) == arguments
    assert file.variables == {"TORCH_COMMAND": "pip install 100% & <x>"}
    assert file.notes == ()


@given(ARGUMENTS)
@settings(max_examples=300)
def test_written_shell_scripts_are_read_back(arguments: list[str]) -> None:
    file = parse_sh(sh(arguments, {"PYTHON": "/a b/python", "X": "it's $HOME"}))
    assert list(file.arguments) == arguments
    assert file.variables == {"PYTHON": "/a b/python", "X": "it's $HOME"}


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    parse_bat(text)
    parse_sh(text)


def test_real_shell_reads_what_is_written(tmp_path: Path) -> None:
    arguments = ["--ckpt-dir", "/a b/it's", "--gradio-auth", 'me:"x" $HOME `y` \\z', "--api"]
    script = tmp_path / "webui-user.sh"
    webui_user.write(script, arguments, {}, Places(tmp_path / "home"))
    done = subprocess.run(
        ["bash", "-c", f'. "{script}"; printf %s "$COMMANDLINE_ARGS"'], capture_output=True, check=True
    )
    assert shlex.split(done.stdout.decode()) == arguments


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("webui-user.bat", "@echo off\r\nset PYTHON=D:\\py 3.10\\python.exe\r\nset VENV_DIR=E:\\venv\r\nset X=1\r\n"),
        ("webui-user.sh", "python_cmd='D:\\py 3.10\\python.exe'\nvenv_dir='E:\\venv'\nexport X=1\n"),
    ],
)
def test_what_a_file_said_of_python_stays_and_the_file_can_come_back(tmp_path: Path, name: str, text: str) -> None:
    file, places = tmp_path / name, Places(tmp_path / "home")
    file.write_text(text, "utf-8", newline="")
    webui_user.write(file, ["--api"], {"Y": "2"}, places)
    written = read(file)
    assert (written.python, written.venv, written.arguments) == ("D:\\py 3.10\\python.exe", "E:\\venv", ("--api",))
    assert written.variables.keys() == {"PYTHON", "VENV_DIR", "Y"}
    (thrown,) = trash.contents(places)
    assert (thrown.folder / thrown.items[0].stored).read_bytes() == text.encode()


def test_lines_cannot_be_written_into_a_batch_file() -> None:
    with pytest.raises(BadRequest):
        bat([], {"X": "a\nb"})


def test_an_imported_file_starts_the_same() -> None:
    file = parse_bat(
        "set COMMANDLINE_ARGS=--medvram-sdxl --xformers --port 7900 --listen --gradio-auth me:x --api --theme dark"
        " --no-half-vae --loglevel DEBUG --autolaunch --styles-file a --styles-file b --strange thing\n"
        "set TORCH_COMMAND=pip install torch\nset PYTHON=python\n"
    )
    options = options_of(file, A1111, LaunchOptions(browser="b"))
    assert (options.vram, options.attention, options.port, options.listen) == ("8-12 GB", "xformers", 7900, True)
    assert (options.password, options.api, options.theme, options.open_browser) == ("me:x", True, "dark", True)
    assert options.flags == {"--loglevel": "DEBUG"}
    assert options.free_text == "--styles-file a --styles-file b --strange thing"
    assert [(v.name, v.value) for v in options.environment] == [("TORCH_COMMAND", "pip install torch")]
    assert options.browser == "b"
    given, again = set(file.arguments), set(argv(options, A1111))
    assert given - {"--autolaunch"} == again - {"--api-server-stop"}


def test_an_imported_file_keeps_its_memory_whatever_the_card() -> None:
    from studio.core.nvidia import Card

    options = options_of(parse_bat("set COMMANDLINE_ARGS=--xformers"), A1111)
    assert argv(options, A1111, Card("x", 4096, 7.5, "551")) == ["--xformers"]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("--precision full --no-half", {"precision": "full"}),
        ("--no-half", {"flags": {"--no-half": True}}),
        ("--precision autocast", {"flags": {"--precision": "autocast"}}),
        ("--use-cpu all --no-half --precision full --skip-torch-cuda-test", {"use_cpu": True}),
        ("--medvram", {"vram": "4-6 GB"}),
        ("--port abc", {"port": 0, "flags": {"--port": "abc"}}),
    ],
)
def test_spellings_are_recognised(text: str, changes: dict[str, object]) -> None:
    options = options_of(parse_bat(f"set COMMANDLINE_ARGS={text}"), A1111)
    assert options.model_dump() | changes == options.model_dump()
