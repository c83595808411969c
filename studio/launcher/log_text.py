"""Lines of a log as they were meant: without colours, overwritten progress, launchers' hints and wrong encodings."""

import re
from collections.abc import Iterator
from pathlib import Path

from studio.core.files import problem

LONGEST = 4000
LARGEST = 64 << 20  # bytes of a file that are read
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
HINT = "提示：Python 运行时抛出了一个异常。请检查疑难解答页面。"  # 绘世 adds it below tracebacks
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]_P^X][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
LOST_ESCAPE = re.compile(r"\[(?:\d{1,3}(?:;\d{1,3}){0,8})?m")  # what a paste leaves of a colour
CONTROL = {code: None for code in range(32) if code not in (9,)} | {127: None, 0xFEFF: None}
PROGRESS = re.compile(r"^[^|]{0,80}?\d{1,3}%\|[^|]{0,400}\|[^\[]{0,80}\[[^\]]{0,80}\]")
QUOTE = re.compile(r"^(?:> ?){1,4}")
STAMP = re.compile(r"^(?:[\w.-]{1,40}\s{1,8}\|\s|\[\d{4}-\d\d-\d\d[ T][\d:.,]{5,16}\]\s(?:\[\w{1,10}\]\s{1,2})?)")
BOX = re.compile(r"^[│┃]\s?|\s*[│┃]$")


def read(path: Path) -> str:
    """The text of a log file, of a very long one its last 64 MB. Raises FileProblem."""
    try:
        with path.open("rb") as file:
            mark = file.read(2)
            file.seek(max(path.stat().st_size - LARGEST, 0) // 2 * 2)
            data = file.read(LARGEST)
    except OSError as error:
        raise problem(path, error) from error
    return decode(data if data.startswith(mark) or mark not in MARKS else mark + data)


def decode(data: bytes) -> str:
    """The text of a log file: UTF-8 or UTF-16 by its mark, else each line as UTF-8 or, failing that, as GBK."""
    if data[:2] in MARKS:
        return data.decode("utf-16", "replace")
    return "\n".join(_decode_line(line) for line in data.split(b"\n")).removeprefix("\ufeff")


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")


def lines_of(text: str) -> Iterator[str]:
    """The raw lines of a text; one without line feeds is cut at its carriage returns."""
    return iter(text.split("\n" if "\n" in text else "\r"))


def clean(raw: str) -> str:
    """One line as a person sees it: at most LONGEST characters, head and tail of a longer one."""
    line = raw.rstrip("\r\n")
    if len(line) > LONGEST:
        line = line[: LONGEST // 2] + " … " + line[-LONGEST // 2 :]
    if "\x1b" in line:
        line = ESCAPE.sub("", line)
    if "\r" in line:
        line = _folded(line)
    if not line.isprintable():
        line = line.translate(CONTROL)
    return _without_frames(line)


def _folded(line: str) -> str:
    """What remains of a line that was written over; a message is kept even if a progress bar covers it."""
    parts = [part for part in line.split("\r") if part.strip()]
    messages = [part for part in parts if not PROGRESS.match(part)]
    return (messages or parts or [""])[-1]


def _without_frames(line: str) -> str:
    """The line without what surrounds it: quote marks, time stamps, boxes, a finished progress bar, a hint."""
    if "m" in line and "[" in line:
        line = LOST_ESCAPE.sub("", line)
    if line.startswith(">"):
        line = QUOTE.sub("", line)
    if line[:1] in "│┃" and line:
        line = BOX.sub("", line)
    if "%|" in line:
        line = PROGRESS.sub("", line) or line
    if " | " in line[:60] or line.startswith("[2"):
        line = STAMP.sub("", line)
    return line.replace(HINT, "") if HINT[:3] in line else line
