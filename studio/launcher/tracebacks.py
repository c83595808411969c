"""Python's tracebacks in a log, read line by line: indented, boxed, starred and chained ones."""

import re
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256

HEAD = "Traceback (most recent call last)"
FATAL = "Current thread 0x"  # what faulthandler writes when a process dies
CRASH = "(most recent call first)"
CHAINS = ("During handling of the above exception", "The above exception was the direct cause")
FRAME = re.compile(
    r'^(?P<indent>\s*)File "(?P<path>[^"]{1,1000})", line (?P<line>\d{1,9})(?:,? in (?P<function>.{1,200}))?'
)
RICH = re.compile(r"^\s*(?P<path>\S.{0,400}\.py):(?P<line>\d{1,9}) in (?P<function>[\w<>.]{1,200})\s*$")
ERROR = re.compile(
    r"^\s*(?P<kind>[A-Za-z_][\w.]{0,200}?(?:Error|Exception|Exit|Interrupt|Warning|Iteration|Timeout|Failure|Fault))"
    r"(?::\s?(?P<message>.*))?$"
)
ANY_ERROR = re.compile(r"^\s*(?P<kind>[A-Za-z_][\w.]{0,200})(?::\s?(?P<message>.*))?$")
TITLE = re.compile(r"^(?:Error |loading .{1,60}: \w+$|creating .{1,60}: \w+$)")
STARS = re.compile(r"^\s*\*\*\* ?")
EXTENSION = re.compile(r"(?:^|[\\/])(?:extensions|custom_nodes)[\\/](?P<name>[^\\/\"]+)(?=[\\/])")
# Where a path starts to be the same on every machine.
ROOTS = re.compile(
    r"(?:^|[\\/])((?:extensions|extensions-builtin|custom_nodes|site-packages|repositories|modules|backend|scripts)[\\/].+)$"
)
MOST_FRAMES, MOST_LINES, MOST_TRACES = 200, 3000, 4000


@dataclass(frozen=True)
class Frame:
    """One call: file, line number, function ("" where it is not told)."""

    path: str
    line: int
    function: str

    @property
    def extension(self) -> str:
        """The extension whose file it is; "" for any other, and for those that come with the web UI.

        Those (Lora above all) stand in the way of every picture, so that their frames are in nearly every traceback.
        """
        found = EXTENSION.search(self.path)
        return found["name"] if found else ""

    @property
    def place(self) -> str:
        """File and function as they are called on every machine and system."""
        found = ROOTS.search(self.path)
        path = found[1] if found else re.split(r"[\\/]", self.path)[-1]
        return path.replace("\\", "/").lower() + ":" + self.function


@dataclass(frozen=True)
class Trace:
    """A traceback in lines `first` to `last` of a log, innermost frame last; `before` is the error it followed on."""

    first: int
    last: int
    frames: tuple[Frame, ...]
    kind: str
    message: str
    before: "Trace | None" = None

    @property
    def root(self) -> "Trace":
        """The first error of the chain."""
        trace = self
        while trace.before:
            trace = trace.before
        return trace

    @property
    def extension(self) -> str:
        """The extension that is nearest to the error, "" if none is in the traceback."""
        frames = [*self.frames, *(self.root.frames if self.before else ())]
        return next((frame.extension for frame in reversed(frames) if frame.extension), "")

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that are the same for the same error on any machine, folder and line number."""
        places = [frame.place for frame in self.root.frames][-8:]
        return sha256("\n".join([self.root.kind, *places]).encode("utf-8", "replace")).hexdigest()[:12]


@dataclass
class _Open:
    """A traceback that is still being read."""

    first: int
    indent: int
    frames: deque[Frame] = field(default_factory=lambda: deque(maxlen=MOST_FRAMES))
    source_next: bool = False
    is_indented: bool = False
    before: Trace | None = None
    kind: str = ""  # of a crash, whose error comes before its frames


@dataclass
class TracebackReader:
    """Finds tracebacks in lines that are fed in order; `traces` holds the last error of each chain."""

    traces: deque[Trace] = field(default_factory=lambda: deque(maxlen=MOST_TRACES))
    _open: _Open | None = None
    _chained: bool = False
    _title_from: int = 0
    _title_to: int = 0

    def feed(self, number: int, line: str) -> None:
        """Read one clean line."""
        if line.lstrip().startswith("***"):
            self._title(number)
            line = STARS.sub("", line)
        elif TITLE.match(line):
            self._title(number)
        if self._open is None:
            self._idle(number, line)
        else:
            self._reading(self._open, number, line)

    def _title(self, number: int) -> None:
        """Remember a line that belongs to the traceback which may follow it."""
        follows = self._title_from and number == self._title_to + 1
        self._title_from = self._title_from if follows else number
        self._title_to = number

    def _idle(self, number: int, line: str) -> None:
        if HEAD in line:
            self._begin(number, line.index(HEAD))
        elif CRASH in line:
            self._begin(number, 0)
            assert self._open is not None  # noqa: S101 - just begun
            self._open.kind = "crash"
        elif line.lstrip().startswith(CHAINS):
            self._chained = True
        elif line.strip() and self._chained:
            self._chained = False

    def _begin(self, number: int, indent: int) -> None:
        first = self._title_from if self._title_from and self._title_to in (number - 1, number) else number
        before = self.traces.pop() if self._chained and self.traces else None
        self._chained = False
        self._open = _Open(before.first if before else first, indent, before=before)

    def _reading(self, trace: _Open, number: int, line: str) -> None:
        found = FRAME.match(line) or RICH.match(line)
        if found:
            indent = len(line) - len(line.lstrip())
            trace.is_indented = trace.is_indented or indent > trace.indent
            trace.frames.append(Frame(found["path"], int(found["line"]), found["function"] or ""))
            trace.source_next = True
        elif HEAD in line:  # another one within: that one is nearer to the cause
            self._open = None
            self._idle(number, line)
        elif number - trace.first > MOST_LINES or trace.kind:
            self._end(trace, number, trace.kind, "")
        elif line.strip(" ─╭╮╰╯┌┐└┘│^~"):
            self._text(trace, number, line)

    def _text(self, trace: _Open, number: int, line: str) -> None:
        indent = len(line) - len(line.lstrip())
        if trace.is_indented:
            error = ERROR.match(line) or ANY_ERROR.match(line)
            if indent <= trace.indent:
                self._end(trace, number, error["kind"] if error else "", (error["message"] or "") if error else line)
            return
        error = ERROR.match(line)
        if error:
            self._end(trace, number, error["kind"], error["message"] or "")
        elif not trace.source_next and trace.frames:
            self._end(trace, number, "", line)
        trace.source_next = False

    def _end(self, trace: _Open, number: int, kind: str, message: str) -> None:
        self._open = None
        if trace.frames or kind:
            self.traces.append(
                Trace(trace.first, number, tuple(trace.frames), kind, message.strip()[:1000], trace.before)
            )
        elif trace.before:
            self.traces.append(trace.before)
