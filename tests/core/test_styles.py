"""Styles: applied and found again as the web UI does, and files in which nothing is lost."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import BadRequest, FileProblem
from studio.core.styles import Style, find_styles, read_styles, remove_style, save_style, styled, without_style

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden" / "styles.json").read_text("utf-8"))
STYLES = {row[0]: Style(*row) for row in GOLDEN["styles"]}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("case", GOLDEN["apply"], ids=lambda c: f"{c['prompt']!r} {c['styles']}")
def test_apply(case: dict) -> None:
    assert styled(case["prompt"], case["prompt"], case["styles"], STYLES) == (case["positive"], case["negative"])


@pytest.mark.parametrize("case", GOLDEN["extract_one"], ids=lambda c: f"{c['style']} {c['prompt']!r}")
def test_extract_one(case: dict) -> None:
    found, *prompts = case["result"]
    rest = without_style(case["prompt"], case["negative"], STYLES[case["style"]])
    assert rest == (tuple(prompts) if found else None)


@pytest.mark.parametrize("case", GOLDEN["extract_all"], ids=lambda c: repr(c["prompt"]))
def test_extract_all(case: dict) -> None:
    assert list(find_styles(case["prompt"], case["negative"], STYLES.values())) == case["result"]


FILE = """\ufeffname,prompt,negative_prompt,colour
# my styles,,,
Quality,"{prompt}, best ""quality""\r\nreally",bad,red

broken
,nameless,,
Ünïcode 猫, leading space kept out,,"x",one,too,many
Quality,again,,
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "我的 styles" / "styles.csv"
    path.parent.mkdir()
    path.write_bytes(FILE.encode() + b"Raw,\xff\xfe bytes,,\n")
    return path


def test_reading(path: Path) -> None:
    styles = read_styles([path])
    assert list(styles) == ["Quality", "broken", "Ünïcode 猫", "Raw"]
    assert styles["Quality"] == Style("Quality", "again")
    assert styles["broken"] == Style("broken")
    assert styles["Ünïcode 猫"].prompt == "leading space kept out"


def test_later_files_win_and_absent_ones_hold_nothing(path: Path) -> None:
    other = path.with_name("other.csv")
    save_style(other, Style("Raw", "other"))
    assert read_styles([path, other, path.with_name("none.csv")])["Raw"].prompt == "other"
    assert other.read_bytes() == "\ufeffname,prompt,negative_prompt\r\nRaw,other,\r\n".encode()


def test_saving_changes_one_row_only(path: Path) -> None:
    before = path.read_bytes()
    save_style(path, Style("Ünïcode 猫", 'a, "b"\nc', " -"))
    row = 'Ünïcode 猫," leading space kept out",,x,one,too,many'
    changed = 'Ünïcode 猫,"a, ""b""\nc"," -",x,one,too,many\r\n'.encode()
    assert row.encode() not in before
    assert path.read_bytes() == before.replace(
        'Ünïcode 猫, leading space kept out,,"x",one,too,many\n'.encode(), changed
    )


def test_adding_and_removing_gives_the_file_back(path: Path) -> None:
    before = path.read_bytes()
    save_style(path, Style("New", "x", "y"))
    assert read_styles([path])["New"] == Style("New", "x", "y")
    remove_style(path, "New")
    remove_style(path, "never there")
    assert path.read_bytes() == before


def test_removing_takes_every_row_of_the_name(path: Path) -> None:
    remove_style(path, "Quality")
    assert "Quality" not in read_styles([path])


def test_a_file_without_its_last_line_break_gets_one(path: Path) -> None:
    path.write_text("name,prompt,negative_prompt\na,b,c", "utf-8")
    save_style(path, Style("d"))
    assert list(read_styles([path])) == ["a", "d"]


def test_old_files_call_the_prompt_text(path: Path) -> None:
    path.write_text("name,text\na,b\n", "utf-8")
    save_style(path, Style("a", "c"))
    assert path.read_text("utf-8-sig") == "name,text\na,c\n"


@pytest.mark.parametrize("name", ["", "  ", "# comment"])
def test_names_that_would_be_lost_are_refused(path: Path, name: str) -> None:
    with pytest.raises(BadRequest):
        save_style(path, Style(name))


def test_a_file_that_is_no_list_of_styles_is_named_and_left_alone(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n,,,")
    with pytest.raises(FileProblem, match="column"):
        read_styles([path])
    with pytest.raises(FileProblem, match="column"):
        save_style(path, Style("a"))
    assert path.read_bytes() == b"\x89PNG\r\n,,,"


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
def test_reads_what_the_csv_module_writes(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    rows = [(f"n{index}{name}", prompt, negative) for index, (name, prompt, negative) in enumerate(rows)]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("name", "prompt", "negative_prompt"), *rows])
    path = tmp_path_factory.mktemp("styles") / "styles.csv"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    assert list(read_styles([path]).values()) == [Style(*row) for row in rows]


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
def test_the_csv_module_reads_what_is_saved(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    styles = [Style(f"n{index}{name}", prompt, negative) for index, (name, prompt, negative) in enumerate(rows)]
    path = tmp_path_factory.mktemp("styles") / "styles.csv"
    for style in styles:
        save_style(path, style)
    with io.StringIO(path.read_bytes().decode("utf-8-sig") if styles else "", newline="") as text:
        read = [
            Style(row["name"], row["prompt"], row["negative_prompt"])
            for row in csv.DictReader(text, skipinitialspace=True)
        ]
    assert read == styles == list(read_styles([path]).values())


PARTS = st.binary(max_size=4) | st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b" ", b"#", b'""', "猫".encode()])


@given(st.text(max_size=50), st.lists(PARTS, max_size=12).map(b"".join))
def test_a_new_style_leaves_the_others_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("styles") / "styles.csv"
    path.write_bytes(b"name,prompt\n" + data)
    before = read_styles([path])
    save_style(path, Style("sure to be new", text))
    after = read_styles([path])
    assert list(after) == [*before, "sure to be new"]
    assert {**after, **before} == after
    assert path.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(b"name,prompt\n" + data)
