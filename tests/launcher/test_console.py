"""The console's lines: what a terminal would show, however the output is cut."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.launcher.console import LONGEST_LINE, PLAIN, Console, Level, Line, Span, Style, level_of, styled

RED = Style(foreground="red")


def shown(text: str) -> list[str]:
    console = Console()
    console.append(text)
    return [line.text for line in console.lines]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("one\ntwo", ["one", "two"]),
        ("one\r\ntwo\r\n", ["one", "two", ""]),
        ("  0%|    |\r 50%|██  |\r100%|████|\n", ["100%|████|", ""]),
        ("a long one\rshort", ["shortg one"]),
        ("a long one\r\x1b[Kshort", ["short"]),
        ("a long one\x1b[2K\rshort", ["short"]),
        ("abcdef\x1b[3D\x1b[1K", ["   def"]),
        ("ab\x08c", ["ac"]),
        ("one\ntwo\x1b[A\rONE", ["ONE", "two"]),
        ("one\ntwo\n\x1b[2Aend\x1b[2Blast", ["end", "two", "   last"]),
        ("\x1b[5Gx", ["    x"]),
        ("\x1b]0;a title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", ["textlink"]),
        ("\x1b[?25l\x1b(Bhidden\x1b[?25h\x00\x07", ["hidden"]),
        ("tab\tstays", ["tab\tstays"]),
        ("", [""]),
        ("绘画 100%\r完成", ["完成 100%"]),
    ],
)
def test_shows_what_a_terminal_shows(written: str, lines: list[str]) -> None:
    assert shown(written) == lines


def test_colours_become_spans() -> None:
    console = Console()
    console.append("a \x1b[31mred\x1b[0m b \x1b[1;32mgreen\x1b[39m bold\x1b[m\n")
    line = console.line(0)
    assert line.text == "a red b green bold"
    assert line.spans == (
        Span(2, 5, RED),
        Span(8, 13, Style(foreground="green", bold=True)),
        Span(13, 18, Style(bold=True)),
    )


def test_a_colour_goes_on_over_lines_until_it_is_reset() -> None:
    console = Console()
    console.append("\x1b[31mone\n")
    console.append("two\x1b[0mthree")
    assert [line.spans for line in console.lines] == [(Span(0, 3, RED),), (Span(0, 3, RED),)]


def test_written_over_characters_lose_their_colour() -> None:
    console = Console()
    console.append("\x1b[31mabcdef\x1b[0m\rXY\x1b[3CZ")
    assert console.line(0) == Line("XYcdeZ", Level.INFO, (Span(2, 5, RED),))


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("1;3;4;9;7;2", Style("", "", True, True, True, True, True, True)),
        ("1;22", PLAIN),
        ("91;102", Style("bright red", "bright green")),
        ("38;5;9", Style("bright red")),
        ("38;5;208", Style("#ff8700")),
        ("38;5;244", Style("#808080")),
        ("48;2;1;2;300", Style("", "#0102ff")),
        ("31;49;39", PLAIN),
        ("999;31", RED),
        ("38", PLAIN),
        ("38;5", PLAIN),
    ],
)
def test_styles(parameters: str, style: Style) -> None:
    assert styled(PLAIN, parameters) == style


PIECES = st.lists(
    st.one_of(
        st.text("abc 绘%|", min_size=1, max_size=6),
        st.sampled_from(
            [
                *("\n", "\r", "\r\n", "\x08", "\x1b[A", "\x1b[2B", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[3G"),
                *("\x1b[2C", "\x1b[D", "\x1b[31m", "\x1b[0m", "\x1b[1;44m", "\x1b[?25l", "\x1b]0;t\x07", "\x00"),
            ]
        ),
    ),
    max_size=40,
)  # fmt: skip


def terminal(pieces: list[str]) -> list[list[tuple[str, Style]]]:
    """A terminal of cells, one character at a time: slow and obvious."""
    rows: list[list[tuple[str, Style]]] = [[]]
    row = column = 0
    style = PLAIN
    for piece in pieces:
        if piece in ("\n", "\r\n"):
            row, column = row + 1, 0
            if row == len(rows):
                rows.append([])
        elif piece == "\r":
            column = 0
        elif piece in ("\x08", "\x1b[D"):
            column = max(0, column - 1)
        elif piece == "\x1b[A":
            row = max(0, row - 1)
        elif piece == "\x1b[2B":
            row = min(len(rows) - 1, row + 2)
        elif piece == "\x1b[3G":
            column = 2
        elif piece == "\x1b[2C":
            column += 2
        elif piece == "\x1b[K":
            del rows[row][column:]
        elif piece == "\x1b[2K":
            rows[row] = []
        elif piece == "\x1b[1K":
            rows[row] = [(" ", PLAIN)] * column + rows[row][column:] if len(rows[row]) > column else []
        elif piece.endswith("m") and piece.startswith("\x1b"):
            style = styled(style, piece[2:-1])
        elif piece[0] >= " ":
            for character in piece:
                rows[row] += [(" ", PLAIN)] * (column + 1 - len(rows[row]))
                rows[row][column] = (character, style)
                column += 1
    return rows


def cells(line: Line) -> list[tuple[str, Style]]:
    found = [(character, PLAIN) for character in line.text]
    for span in line.spans:
        assert 0 <= span.start < span.end <= len(line.text)
        for place in range(span.start, span.end):
            found[place] = (line.text[place], span.style)
    return found


@given(PIECES, st.data())
@settings(max_examples=300, deadline=None)
def test_agrees_with_a_terminal_of_cells_however_it_is_cut(pieces: list[str], data: st.DataObject) -> None:
    written = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(written)), max_size=6)))
    console = Console()
    for start, end in pairwise([0, *cuts, len(written)]):
        console.append(written[start:end])
    console.append("x")  # whatever waited for its end is out now
    assert [cells(line) for line in console.lines] == terminal([*pieces, "x"])
    for line in console.lines:
        assert all(before.end <= after.start for before, after in pairwise(line.spans))


@given(st.text(max_size=200), st.text(max_size=200))
def test_anything_can_be_written(first: str, second: str) -> None:
    console = Console(limit=5)
    for text in (first, second, "\x1b[" + first, "\n"):
        changed = console.append(text)
        assert console.first <= changed + 5
    assert all(character >= " " or character == "\t" for line in console.lines for character in line.text)


@given(PIECES, PIECES)
@settings(deadline=None)
def test_lines_before_the_first_change_are_as_they_were(before: list[str], after: list[str]) -> None:
    console = Console()
    console.append("".join(before))
    kept = [(line.text, line.level, line.spans) for line in console.lines]
    changed = console.append("".join(after))
    assert kept[:changed] == [(line.text, line.level, line.spans) for line in console.lines[: min(changed, len(kept))]]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Loading weights [6ce0161689] from models/it.safetensors", Level.INFO),
        ("Launching Web UI with arguments: --no-download-sd-model", Level.INFO),
        ("An errorless line about exceptional warmth, totally", Level.INFO),
        ("prompt: 100% cotton | a girl", Level.INFO),
        (" 45%|████      | 9/20 [00:00<00:00, 91.20it/s]", Level.PROGRESS),
        ("Total progress:  45%|████      | 9/20", Level.PROGRESS),
        ("     ━━━━━━━━━━━━━━━━ 1.2/2.4 MB 1.1 MB/s", Level.PROGRESS),
        ("*** Error loading script: 5%| of it", Level.ERROR),
        ("*** Error running install.py for extension x.", Level.ERROR),
        ("RuntimeError: Couldn't install clip.", Level.ERROR),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory.", Level.ERROR),
        ("ERROR: No matching distribution found", Level.ERROR),
        ("fatal: not a git repository", Level.ERROR),
        ("2026-01-01 12:00:00 - ControlNet - ERROR - it failed", Level.ERROR),
        ("KeyboardInterrupt", Level.ERROR),
        ("WARNING: Ignoring invalid distribution -orch", Level.WARNING),
        ("/x/y.py:3: FutureWarning: this goes away", Level.WARNING),
        ("WARNING[XFORMERS]: xFormers can't load", Level.WARNING),
    ],
)
def test_levels(text: str, level: Level) -> None:
    assert level_of(text) is level


def test_a_traceback_is_one_error_up_to_its_last_line() -> None:
    text = (
        'fine\nTraceback (most recent call last):\n  File "x.py", line 1, in f\n    call()\n\n  File "y.py", line 2\n'
        "some.odd.Name: what it said\nfine again\n"
    )
    levels = [Level.INFO, *[Level.ERROR] * 3, Level.INFO, *[Level.ERROR] * 2, Level.INFO, Level.INFO]
    for size in (1, 7, 1000):
        console = Console()
        for place in range(0, len(text), size):
            console.append(text[place : place + size])
        assert [line.level for line in console.lines] == levels


def test_search_and_filter() -> None:
    console = Console()
    console.append("Alpha\n*** Error: beta\nalphabet 画\n 10%|█ | 1/9\n")
    assert list(console.matching("ALPHA")) == [0, 2]
    assert list(console.matching("alpha", since=1)) == [2]
    assert list(console.matching(levels={Level.ERROR, Level.PROGRESS})) == [1, 3]
    assert list(console.matching("a", {Level.ERROR})) == [1]
    assert list(console.matching(r"^alpha\w", is_regex=True)) == [2]
    assert list(console.matching("(", is_regex=True)) == []
    assert list(console.matching("画")) == [2]
    assert console.text(1, 3) == "*** Error: beta\nalphabet 画"


def test_memory_is_bounded_and_numbers_stay() -> None:
    console = Console(limit=1000)
    for number in range(5000):
        console.append(f"line {number}\n")
    assert 1000 <= len(console) <= 1101
    assert console.line(4999).text == "line 4999"
    assert next(console.matching("line 4500")) == 4500
    assert console.text(4999) == "line 4999\n"
    with pytest.raises(IndexError):
        console.line(3)


def test_a_line_without_end_is_cut() -> None:
    console = Console()
    console.append("x" * (3 * LONGEST_LINE + 5))
    assert [len(line.text) for line in console.lines] == [LONGEST_LINE] * 3 + [5]


def test_an_escape_that_never_ends_does_not_hold_the_rest() -> None:
    console = Console()
    for _ in range(100):
        console.append("\x1b]0;" + "never ending " * 100 + "\n")
    console.append("end\n")
    assert "end" in console.text()


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Do you want to continue? [y/n] ", "Do you want to continue? [y/n]"),
        ("Proceed (yes/no) ", "Proceed (yes/no)"),
        ("Username for 'https://github.com': ", "Username for 'https://github.com':"),
        ("Loading weights: ", ""),
        ("What is it?\n", ""),
        (" 10%|█ | 1/9 [00:00<?, ?it/s]", ""),
    ],
)
def test_questions(text: str, question: str) -> None:
    console = Console()
    console.append(text)
    assert console.question == question


@pytest.mark.parametrize(
    "line", ["Loading weights [6ce0161689] from models/it", "\x1b[1;31mred\x1b[0m and \x1b[38;5;208morange\x1b[0m text"]
)
def test_very_many_lines_are_quick(line: str) -> None:
    console = Console()
    chunk = f"{line}\n" * 10_000
    begun = time.process_time()
    for _ in range(20):
        console.append(chunk)
    assert (time.process_time() - begun) / 20 < 1.0
    assert len(console) == 200_001


def test_a_bar_rewritten_very_often_is_quick() -> None:
    console = Console()
    begun = time.process_time()
    for number in range(20_000):
        console.append(f"\r{number % 100:3}%|████      | {number}/20000 [00:00<00:00, 91.20it/s]")
    assert time.process_time() - begun < 5
    assert len(console) == 1
