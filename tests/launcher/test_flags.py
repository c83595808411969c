"""Flags read from source: the web UI's shape, Forge's, broken files, extensions' preload.py."""

import argparse
import ast
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin_world import add_extension, make_standin

from studio.launcher.flags import Flag, FlagTable, Reader, read_file, read_flags
from studio.launcher.install import Install
from studio.launcher.plain_values import Unknown

DATA = Path(__file__).parents[1] / "data" / "launcher"


@pytest.fixture(scope="module")
def a1111() -> FlagTable:
    return read_file(DATA, "a1111_cmd_args.py")


@pytest.fixture(scope="module")
def forge() -> FlagTable:
    return read_file(DATA, "forge_args.py")


def flag(table: FlagTable, name: str) -> Flag:
    found = table.find(name)
    assert found is not None
    return found


def test_every_flag_is_found_in_order(a1111: FlagTable) -> None:
    calls = [line for line in (DATA / "a1111_cmd_args.py").read_text("utf-8").splitlines() if "add_argument(" in line]
    assert len(calls) > 110
    assert len(a1111.flags) == len(calls)
    assert [each.line for each in a1111.flags] == sorted(each.line for each in a1111.flags)
    assert all(each.help for each in a1111.flags if not each.is_hidden)
    assert a1111.notes == ()


def test_what_a_flag_takes(a1111: FlagTable) -> None:
    port = flag(a1111, "--port")
    assert (port.type, port.default, port.action, port.takes_value, port.needs_value) == (
        "int",
        None,
        "store",
        True,
        True,
    )
    assert flag(a1111, "--precision").choices == ("full", "half", "autocast")
    assert flag(a1111, "--precision").default == "autocast"
    medvram = flag(a1111, "--medvram")
    assert (medvram.action, medvram.default, medvram.takes_value) == ("store_true", False, False)
    assert flag(a1111, "--gradio-queue").default is True
    assert flag(a1111, "--disable-tls-verify").action == "store_false"
    cpu = flag(a1111, "--use-cpu")
    assert (cpu.type, cpu.default, cpu.nargs, cpu.takes_many) == ("str.lower", [], "+", True)
    assert flag(a1111, "--styles-file").action == "append"
    assert flag(a1111, "-f").is_hidden
    assert flag(a1111, "--subpath").help == "path below the address, for a reverse proxy"


def test_help_and_defaults_that_are_put_together(a1111: FlagTable) -> None:
    hiding = flag(a1111, "--no-progressbar-hiding")
    assert hiding.help.endswith("since it slows down machines whose browser draws by card)")
    assert flag(a1111, "--config").default == "configs/v1-inference.yaml"
    assert flag(a1111, "--ckpt").default == "{models_path}/Stable-diffusion/model.ckpt"
    assert flag(a1111, "--gfpgan-dir").default == "./GFPGAN"
    assert flag(a1111, "--sub-quad-chunk-threshold").help.endswith("in %; by default None")
    assert isinstance(flag(a1111, "--ngrok-options").default, Unknown)


def test_groups_that_exclude_and_loops(forge: FlagTable) -> None:
    split, quad, off = (flag(forge, name) for name in ("--attention-split", "--attention-quad", "--disable-xformers"))
    assert split.exclusive == quad.exclusive != ""
    assert off.exclusive == ""
    assert {split.group, quad.group, off.group} == {"Attention"}
    assert flag(forge, "--all-in-fp16").help == "everything in fp16; cannot be combined with others of its kind"
    assert flag(forge, "--unet-in-fp8-e4m3fn").exclusive not in ("", split.exclusive)
    assert flag(forge, "--always-low-vram").action == "store_true"


def test_unusual_kinds(forge: FlagTable) -> None:
    directml = flag(forge, "--directml")
    assert (directml.nargs, directml.const, directml.needs_value, directml.metavar) == (
        "?",
        -1,
        False,
        "DIRECTML_DEVICE",
    )
    assert flag(forge, "--gpu-device-id").metavar == "DEVICE_ID"
    assert flag(forge, "--no-pin-memory") is flag(forge, "--pin-memory")
    assert flag(forge, "-v").name == "--verbosity"
    assert (flag(forge, "--preview").choices, flag(forge, "--preview").default) == (("none", "fast"), "none")
    assert not flag(forge, "-v").takes_value
    assert flag(forge, "--inside-a-function").default == "ab"
    assert flag(forge, "--inside-a-function").help == "in two pieces: %d%"


def test_names_that_only_running_would_tell_are_noted(forge: FlagTable) -> None:
    (note,) = forge.notes
    assert "the name of a flag cannot be read" in note


def test_a_broken_file_gives_what_can_be_read() -> None:
    table = read_file(DATA, "broken_args.py")
    assert [each.name for each in table.flags] == ["--first", "--ours", "--theirs", "--last"]
    assert [each.line for each in table.flags] == [3, 5, 7, 12]
    assert flag(table, "--theirs").help == "over lines)"
    assert len(table.notes) == 2
    assert "broken_args.py" in table.notes[0]


def test_agrees_with_argparse(a1111: FlagTable) -> None:
    """argparse itself, run on the same file, has the same names, choices and plain defaults."""
    source = (DATA / "a1111_cmd_args.py").read_text("utf-8").replace("from modules.paths_internal import", "# ")
    names = dict.fromkeys(("models_path", "script_path", "data_path"), "P")
    scope = {**names, "normalized_filepath": str, "__file__": __file__}
    exec(compile(source, "args", "exec"), scope)  # noqa: S102 - the tests' own file
    parser: argparse.ArgumentParser = scope["parser"]  # type: ignore[assignment]
    actions = [action for action in parser._actions if "--help" not in action.option_strings]
    assert [each.names for each in a1111.flags] == [tuple(action.option_strings) for action in actions]
    for each, action in zip(a1111.flags, actions, strict=True):
        assert list(each.choices) == list(action.choices or [])
        assert each.takes_value == (action.nargs != 0)
        if (
            not isinstance(each.default, Unknown)
            and "{" not in str(each.default)
            and each.name != "--gradio-allowed-path"
        ):
            assert each.default == action.default, each.name


def test_beginnings_and_search(a1111: FlagTable) -> None:
    assert a1111.find("--precis") is a1111.find("--precision")
    assert a1111.find("--opt-s") is None  # several begin so
    assert a1111.find("--nothing") is None
    assert "--medvram" in a1111
    assert "--medv" not in a1111
    assert [each.name for each in a1111.search("repeats TORCH attention")] == ["--opt-sdp-no-mem-attention"]
    assert a1111.search("repeats torch picture") == []
    assert len(a1111.search("")) == len(a1111.flags)


def test_an_install_has_the_flags_of_its_extensions(tmp_path: Path) -> None:
    install = make_standin(tmp_path / "w")
    add_extension(install, "one", preload="def preload(parser):\n    parser.add_argument('--one-dir', default='x')\n")
    add_extension(
        install, "two", preload="def preload(p):\n    p.add_argument('--two'\n    p.add_argument('--three')\n"
    )
    table = read_flags(install)
    assert flag(table, "--pocket-networks-dir").extension == "pocket-networks"
    assert flag(table, "--one-dir").source == "extensions/one/preload.py"
    assert "--three" in table
    assert any("extensions/two/preload.py" in note for note in table.notes)
    assert "--one-dir" not in read_flags(install, extensions=["pocket-networks"])


def test_what_is_no_file_of_arguments(tmp_path: Path) -> None:
    assert read_flags(Install("x", tmp_path, "a1111", "x")) == FlagTable()
    (tmp_path / "huge.py").write_bytes(b"#" * (5 << 20))
    assert read_file(tmp_path, "huge.py").notes != ()
    (tmp_path / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000 + "\nparser.add_argument('--a')\n", "utf-8")
    assert [each.name for each in read_file(tmp_path, "deep.py").flags] == ["--a"]
    (tmp_path / "long.py").write_text("parser.add_argument('--a', default=" + "+".join(["1"] * 9000) + ")\n", "utf-8")
    read_file(tmp_path, "long.py")
    (tmp_path / "nul.py").write_bytes(b"parser.add_argument('--a')\0\n\xff\xfe")
    assert read_file(tmp_path, "nul.py").notes != ()
    (tmp_path / "gbk.py").write_bytes("# -*- coding: gbk -*-\nparser.add_argument('--a', help='画')\n".encode("gbk"))
    assert read_file(tmp_path, "gbk.py").flags[0].help == "画"


def test_flags_in_any_kind_of_statement(tmp_path: Path) -> None:
    text = """
def preload(parser):
    with parser as p:
        p.add_argument('--with')
    match kind:
        case 1:
            parser.add_argument('--case')
    try:
        parser.add_argument('--try')
    except OSError:
        parser.add_argument('--except')
    finally:
        parser.add_argument('--finally')
    return parser.add_argument('--return')
"""
    (tmp_path / "preload.py").write_text(text, "utf-8")
    names = [each.name for each in read_file(tmp_path, "preload.py").flags]
    assert names == ["--with", "--case", "--try", "--except", "--finally", "--return"]


LOOPS = "".join("    " * depth + f"for a{depth} in {list(range(200))}:\n" for depth in range(1, 5))


@pytest.mark.parametrize(
    "body",
    [
        LOOPS + "    " * 5 + "parser.add_argument('--y')\n",
        LOOPS + "    " * 5 + "pass\n",
        "    x = 'a' * 9\n    x = 'abc'\n" + "    x = x + x\n" * 60,
        "    x = 'abc'\n" + "    x = f'{x}{x}'\n" * 60,
        "    x = 'abc'\n" + "    x = os.path.join(x, x)\n" * 60,
        "    x = [1]\n" + "    x = x + x\n" * 60,
        "    x = [1]\n" + "    x = [x, x]\n" * 60,
    ],
    ids=["loops with flags", "empty loops", "sums", "formats", "paths", "lists", "lists of lists"],
)
def test_a_file_that_grows_while_it_is_read_costs_little(tmp_path: Path, body: str) -> None:
    text = f"def preload(parser):\n    parser.add_argument('--first')\n{body}"
    text += "    parser.add_argument('--x', default=x, choices=x, help=x)\n"
    (tmp_path / "preload.py").write_text(text, "utf-8")
    begun = time.process_time()
    table = read_file(tmp_path, "preload.py")
    assert time.process_time() - begun < 10
    assert table.flags[0].name == "--first"
    assert all(len(str(each)) < 200_000 for each in table.flags)


@given(st.text(max_size=120))
def test_any_text_can_be_rescued(text: str) -> None:
    reader = Reader("x.py", "")
    reader.rescue("parser.add_argument(" + text)
    assert len(reader.flags) + len(reader.notes) <= 1 + text.count("add_argument") + reader.notes.count("x")


@given(st.dictionaries(st.sampled_from(["help", "default", "metavar"]), st.text(max_size=40), max_size=3))
def test_plain_values_come_through(words: dict[str, str]) -> None:
    call = "p.add_argument('--a'" + "".join(f", {name}={value!r}" for name, value in words.items()) + ")"
    reader = Reader("x.py", "")
    reader.walk(ast.parse(call).body)
    assert reader.flags[0].default == words.get("default")
    assert reader.flags[0].metavar == words.get("metavar", "")
