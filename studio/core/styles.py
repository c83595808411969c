"""Saved pieces of prompt in the web UI's styles.csv: reading, writing, applying, and finding them again in a prompt.

A file is kept as the text it is: what is not changed stays letter for letter, also rows and columns we do not know.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import BadRequest, FileProblem
from studio.core.files import problem, write_atomically

PLACE = "{prompt}"
COLUMNS = ("name", "prompt", "negative_prompt")

_MARK = "\ufeff"
_CELL = re.compile(r' *(?:"([^"]*(?:""[^"]*)*)("?)([^,\r\n]*)|([^,\r\n]*))(,|\r\n|\r|\n|\Z)')
_HALF_LETTERS = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # those between stand for bytes that are no UTF-8
_SPACES = re.compile(r"  +")


@dataclass(frozen=True)
class Style:
    """A piece of prompt under a name; {prompt} in it stands for the user's own text."""

    name: str
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True)
class _Record:
    """One row of a file: its own letters, the cells they mean, and whether its last quote was never closed."""

    text: str
    cells: tuple[str, ...]
    is_open: bool = False

    def ended(self) -> "_Record":
        """The row so that another can follow."""
        text = f'{self.text}"' if self.is_open else self.text
        return _Record(text if text.endswith(("\r", "\n")) else f"{text}\r\n", self.cells)


@dataclass
class _Table:
    """The rows of a file; those before and with the row of column names are not styles."""

    path: Path
    records: list[_Record]
    columns: tuple[str, ...] = ()
    first: int = 0

    def __post_init__(self) -> None:
        """Find the columns. Raises FileProblem."""
        for place, record in enumerate(self.records):
            if any(record.cells) and not record.cells[0].startswith("#"):
                self.columns, self.first = tuple(cell.strip() for cell in record.cells), place + 1
                break
        if self.columns and "name" not in self.columns:
            raise FileProblem(
                self.path,
                "{name} is no list of styles: its first row has no column “name”.",
                "Move the file away, or write name,prompt,negative_prompt into its first row.",
            )

    def styles(self) -> list[tuple[int, Style]]:
        """Each style and the place of its row."""
        rows = ((place, self._style(self.records[place].cells)) for place in range(self.first, len(self.records)))
        return [(place, style) for place, style in rows if style]

    def places(self, name: str) -> list[int]:
        """Where rows of this name are; the last one counts."""
        return [place for place, style in self.styles() if style.name == name]

    def filled(self, old: Sequence[str], style: Style) -> list[str]:
        """The cells of a row with the style in them; those of other columns stay."""
        values = {"name": style.name, self._prompt_column: style.prompt, "negative_prompt": style.negative_prompt}
        cells = [*old, *[""] * (len(self.columns) - len(old))]
        known = [values.get(column, cell) for column, cell in zip(self.columns, cells, strict=False)]
        return known + cells[len(known) :]

    @property
    def _prompt_column(self) -> str:
        return "prompt" if "prompt" in self.columns else "text"  # as very old web UIs called it

    def _style(self, cells: Sequence[str]) -> Style | None:
        row = dict(zip(self.columns, cells, strict=False))
        name = row.get("name", "")
        if not name or name.startswith("#"):
            return None
        return Style(name, row.get(self._prompt_column, ""), row.get("negative_prompt", ""))


def read_styles(paths: Iterable[Path]) -> dict[str, Style]:
    """The styles of all files by name, later files winning. A file that is not there holds none.

    Rows that begin with # and rows without a name are passed over. Raises FileProblem for what is no such file.
    """
    return {style.name: style for path in paths for _, style in _read(path).styles()}


def save_style(path: Path, style: Style) -> None:
    """Write a style in place of the one of its name, or at the end. Raises BadRequest, FileProblem or DiskFull."""
    if not style.name.strip() or style.name.startswith("#"):
        raise BadRequest(
            "“{name}” cannot be a style's name.", "Choose one that does not begin with #.", name=style.name
        )
    table = _read(path)
    if not table.columns:
        table = _Table(path, [*(record.ended() for record in table.records), _Record(_row(COLUMNS), COLUMNS)])
    if places := table.places(style.name):
        table.records[places[-1]] = _Record(_row(table.filled(table.records[places[-1]].cells, style)), ())
    else:
        table.records[-1:] = [table.records[-1].ended(), _Record(_row(table.filled((), style)), ())]
    _write(table)


def remove_style(path: Path, name: str) -> None:
    """Take a style out of a file, if it is there. Raises FileProblem or DiskFull."""
    table = _read(path)
    places = table.places(name)
    if places:
        table.records = [record for place, record in enumerate(table.records) if place not in places]
        _write(table)


def _read(path: Path) -> _Table:
    return _Table(path, _records(_text(path)))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape").removeprefix(_MARK)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise problem(path, error) from error


def _write(table: _Table) -> None:
    text = _MARK + "".join(record.text for record in table.records)
    write_atomically(table.path, text.encode("utf-8", errors="surrogateescape"))


def _records(text: str) -> list[_Record]:
    """The rows of a CSV text. Total: a quote that is never closed reaches to the end."""
    records: list[_Record] = []
    start, cells = 0, []
    for cell in _CELL.finditer(text):
        quoted, quote, tail, plain, end = cell.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"') + tail)
        if end == ",":
            continue
        if cell.end() > start:
            records.append(_Record(text[start : cell.end()], tuple(cells), quote == ""))
        start, cells = cell.end(), []
    return records


def _row(cells: Iterable[str]) -> str:
    return ",".join(map(_cell, cells)) + "\r\n"


def _cell(text: str) -> str:
    text = _HALF_LETTERS.sub("\ufffd", text)
    needs_quotes = text.startswith(" ") or any(sign in text for sign in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if needs_quotes else text


def apply_styles(prompt: str, pieces: Iterable[str]) -> str:
    """The prompt with each piece put around it or behind it."""
    for piece in pieces:
        prompt = _merged(piece, prompt)
    return prompt


def _merged(piece: str, prompt: str) -> str:
    if PLACE in piece:
        return piece.replace(PLACE, prompt)
    return ", ".join(part for part in (prompt.strip(), piece.strip()) if part)


def styled(prompt: str, negative_prompt: str, names: Iterable[str], styles: Mapping[str, Style]) -> tuple[str, str]:
    """Both prompts with the named styles; a name that is not among the styles adds nothing, as in the web UI."""
    chosen = [styles.get(name, Style(name)) for name in names]
    positive = apply_styles(prompt, [style.prompt for style in chosen])
    return positive, apply_styles(negative_prompt, [style.negative_prompt for style in chosen])


def without_style(prompt: str, negative_prompt: str, style: Style) -> tuple[str, str] | None:
    """Both prompts as they were before the style, None if it is not in both."""
    if not style.prompt and not style.negative_prompt:
        return None
    positive, negative = _unmerged(style.prompt, prompt), _unmerged(style.negative_prompt, negative_prompt)
    return None if positive is None or negative is None else (positive, negative)


def _unmerged(piece: str, prompt: str) -> str | None:
    """What was there before the piece; None if the piece is not in it. Runs of spaces count as one."""
    before, place, behind = _SPACES.sub(" ", piece.strip()).partition(PLACE)
    text = _SPACES.sub(" ", prompt.strip())
    if place:
        fits = text.startswith(before) and text.endswith(behind)
        return text[len(before) : len(text) - len(behind)] if fits else None
    return text[: len(text) - len(before)].removesuffix(", ") if text.endswith(before) else None


def find_styles(prompt: str, negative_prompt: str, styles: Iterable[Style]) -> tuple[list[str], str, str]:
    """The styles that are in both prompts, in the order they were applied, and the prompts without them."""
    left = list(styles)
    names: list[str] = []
    while match := next(
        ((style, rest) for style in left if (rest := without_style(prompt, negative_prompt, style))), None
    ):
        style, (prompt, negative_prompt) = match
        left.remove(style)
        names.insert(0, style.name)
    return names, prompt, negative_prompt
