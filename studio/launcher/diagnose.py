"""What went wrong, read from a log: findings of the rule base, root cause first, and unknown tracebacks by name."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache

from studio.catalog.rules import Rule, by_id, literal, rules
from studio.launcher import facts as known
from studio.launcher import log_text, oom
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.facts import Facts
from studio.launcher.ranking import CONTEXT, Extent, Extents, Finding, Hit, ordered
from studio.launcher.tracebacks import TracebackReader

CHUNK = 400  # lines looked through at once
MOST_HITS = 40  # first and last ones kept of each pattern
RUN = re.compile(r"^Python 3\.\d{1,2}\.\d{1,2} ")
NAMES_EXTENSION = re.compile(
    r"(?:for extension|preload\(\) for|extension) +[\"']?(?:\S{0,400}[\\/])?(?P<name>[\w.-]{2,80}?)\.?[\"']?:?\s*$"
)
EXTENSION_PATH = re.compile(r"[\\/](?:extensions|custom_nodes)[\\/](?P<name>[^\\/\"':]{1,100})")
MOST_EXTENTS = 4000
NO_ERRORS = ("crash", "KeyboardInterrupt", "SystemExit", "")
CRASHES = {0xC0000005, 0xC0000006, 0xC000001D, 0xC0000409, 0xC0000374, 0xC00000FD, 134, 135, 136, 139}
STOPPED = {-2, -15, 130, 143, 0xC000013A}  # by the user or the studio
KILLED = {-9, 137}  # by Linux, as a rule for want of memory


@dataclass
class _Hits:
    """The first and the last hits of one pattern."""

    first: list[Hit] = field(default_factory=list)
    last: deque[Hit] = field(default_factory=lambda: deque(maxlen=MOST_HITS))

    def add(self, hit: Hit) -> None:
        if len(self.first) < MOST_HITS:
            self.first.append(hit)
        else:
            self.last.append(hit)

    def __iter__(self) -> Iterator[Hit]:
        yield from self.first
        yield from self.last


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """(pattern, text that must be there, compiled) of every pattern of every rule, once."""
    found = {pattern for rule in rules() for pattern in (*rule.patterns, *rule.near, *rule.unless)}
    return tuple((pattern, literal(pattern), re.compile(pattern)) for pattern in sorted(found))


class Diagnoser:
    """Reads a log as it grows; `diagnoses` may be asked at any time. Time grows with the number of lines only."""

    def __init__(self, facts: Facts | None = None) -> None:
        self._given = facts or Facts()
        self._told = Facts()
        self._hits: dict[str, _Hits] = {pattern: _Hits() for pattern, _, _ in _patterns()}
        self._traces = TracebackReader()
        self._runs: list[int] = []
        self._blocks: deque[Extent] = deque(maxlen=MOST_EXTENTS)
        self._block = Extent(0, 0)
        self._waiting: deque[Hit] = deque(maxlen=64)
        self._extents = Extents([], ())
        self._lines = 0

    @property
    def facts(self) -> Facts:
        """What was given, completed by what the log tells."""
        return self._given.completed_by(self._told)

    def feed(self, lines: Iterable[str]) -> None:
        """Read further lines, with or without their line feeds."""
        chunk: list[str] = []
        for raw in lines:
            chunk.append(log_text.clean(raw))
            if len(chunk) == CHUNK:
                self._read(chunk)
                chunk = []
        if chunk:
            self._read(chunk)

    def _read(self, chunk: list[str]) -> None:
        first = self._lines + 1
        self._lines += len(chunk)
        found = self._search(first, chunk)
        for number, line in enumerate(chunk, first):
            for hit in self._waiting:
                if len(hit.after) < CONTEXT and number > hit.line:
                    hit.after.append(line)
            self._waiting.extend(found.get(number, ()))
            self._traces.feed(number, line)
            self._read_block(number, line)
            self._told = known.read(line, self._told)
            if line.startswith("Python 3") and RUN.match(line):
                self._runs.append(number)

    def _search(self, first: int, chunk: list[str]) -> dict[int, list[Hit]]:
        """The hits of a chunk by line; most patterns are ruled out by one search for their literal text."""
        text = "\n".join(chunk)
        found: dict[int, list[Hit]] = {}
        for pattern, needed, compiled in _patterns():
            if needed not in text:
                continue
            for number, line in enumerate(chunk, first):
                match = compiled.search(line) if needed in line else None
                if match:
                    hit = Hit(number, line, {k: v for k, v in match.groupdict().items() if v is not None})
                    self._hits[pattern].add(hit)
                    found.setdefault(number, []).append(hit)
        return found

    def _read_block(self, number: int, line: str) -> None:
        """The web UI marks its errors by stars and closes them by three dashes."""
        block = self._block
        if line.startswith("***"):
            self._block = Extent(block.first or number, number, block.extension or _extension_in(line))
        elif block.first and (line.strip() == "---" or line[:1].strip()):
            self._blocks.append(Extent(block.first, number, block.extension))
            self._block = Extent(0, 0)

    def ended(self, exit_code: int) -> None:
        """The process is over, with this code."""
        self._told = replace(self._told, exit_code=exit_code)

    def diagnoses(self) -> list[Diagnosis]:
        """The findings so far, the root cause first, what is only told last."""
        self._extents = Extents([*self._blocks, *([self._block] if self._block.first else [])], self._traces.traces)
        found = list(self._findings())
        found += self._bad_end(found, self.facts.exit_code)
        return ordered(found, self._extents)

    def _findings(self) -> Iterator[Finding]:
        facts = self.facts
        for rule in rules():
            fits, is_certain = known.fit(rule.where, facts)
            if fits and rule.patterns:
                yield from self._of_rule(rule, is_certain)
        yield from self._unknown()

    def _of_rule(self, rule: Rule, is_certain: bool) -> Iterator[Finding]:
        """One finding of the rule for each run, and for each extension or thing it names."""
        found: dict[tuple[object, ...], list[Hit]] = {}
        values: dict[tuple[object, ...], dict[str, str]] = {}
        hits = sorted((hit for pattern in rule.patterns for hit in self._hits[pattern]), key=lambda hit: hit.line)
        for hit in hits:
            filled = self._values(rule, hit)
            if filled is not None:
                key = (self._run(hit.line), *(filled.get(place, "") for place in sorted(set(rule.places()))))
                found.setdefault(key, []).append(hit)
                values.setdefault(key, filled)
        for key, group in list(_told_apart(rule, found, values))[-MOST_HITS:]:
            group.sort(key=lambda hit: hit.line)
            extension = values[key].get("extension", "")
            evidence = (group[0], *self._near(rule, group[0]), *group[1:3])
            yield Finding(rule, evidence, values[key], extension, is_certain, self._run(group[0].line))

    def _values(self, rule: Rule, hit: Hit) -> dict[str, str] | None:
        """What fills the rule's texts if the hit stands, else None."""
        near = self._near(rule, hit)
        if len(near) < len(rule.near) or self._is_denied(rule, hit):
            return None
        values = _blank(rule) | {"extension": self._extension_at(hit)}
        for each in (*near, hit):
            values |= each.groups
        if "cuda_number" in values:
            values["cuda"] = _cuda(values["cuda_number"])
        return self._with_memory(rule, hit, values)

    def _near(self, rule: Rule, hit: Hit) -> list[Hit]:
        closest = (
            min(self._hits[pattern], key=lambda other: abs(other.line - hit.line), default=None)
            for pattern in rule.near
        )
        return [other for other in closest if other and abs(other.line - hit.line) <= rule.window]

    def _is_denied(self, rule: Rule, hit: Hit) -> bool:
        return any(
            abs(other.line - hit.line) <= rule.window for pattern in rule.unless for other in self._hits[pattern]
        )

    def _with_memory(self, rule: Rule, hit: Hit, values: dict[str, str]) -> dict[str, str] | None:
        if not rule.oom:
            return values
        numbers = oom.parse(" ".join([hit.text, *hit.after])) or oom.Shortfall()
        if numbers.case != rule.oom:
            return None
        return values | {name: oom.size_text(size) for name, size in asdict(numbers).items()}

    def _extension_at(self, hit: Hit) -> str:
        """The extension that the error around a line belongs to."""
        around = self._extents.around(hit.line)
        return next((extent.extension for extent in around if extent.extension), "") or _extension_in(hit.text)

    def _run(self, line: int) -> int:
        """Which start of the web UI a line belongs to, from 1 on."""
        return max(bisect_right(self._runs, line), 1)

    def _unknown(self) -> Iterator[Finding]:
        """Every traceback as an error that no rule knows; those that one knows are taken out later."""
        told = [trace for trace in self._traces.traces if trace.kind not in NO_ERRORS]
        first = {(self._run(trace.last), trace.fingerprint): trace for trace in reversed(told)}
        for trace in list(first.values())[-MOST_HITS:]:
            root = trace.root
            text = f"{root.kind}: {root.message}" if root.message else root.kind
            values = {"extension": trace.extension, "exception": root.kind, "message": text}
            rule = by_id()["unknown-in-extension" if trace.extension else "unknown-error"]
            hit = Hit(root.last, text, {})
            run = self._run(root.last)
            yield Finding(rule, (hit,), _blank(rule) | values, trace.extension, True, run, trace.fingerprint)

    def _bad_end(self, found: list[Finding], code: int | None) -> Iterator[Finding]:
        """What the exit code of a process tells that said nothing else; one that was asked to stop is left alone."""
        run = self._run(self._lines)
        if not code or code in STOPPED or any(each.run == run and each.rule.kind == "cause" for each in found):
            return
        rule = by_id()["ram-killed" if code in KILLED else "native-crash" if _is_crash(code) else "silent-end"]
        hit = Hit(max(self._lines, 1), f"exit code {code} (0x{code & 0xFFFFFFFF:08X})", {})
        yield Finding(rule, (hit,), _blank(rule), "", False, run)


def _is_crash(code: int) -> bool:
    return code in CRASHES or code < 0


def _told_apart(
    rule: Rule, found: dict[tuple[object, ...], list[Hit]], values: dict[tuple[object, ...], dict[str, str]]
) -> Iterator[tuple[tuple[object, ...], list[Hit]]]:
    """The groups of hits, but one that names nothing joins one of the same run that does."""
    for key, group in found.items():
        is_vague = rule.defaults and all(values[key].get(name) == value for name, value in rule.defaults.items())
        others = [hits for other, hits in found.items() if other[0] == key[0] and other != key]
        if is_vague and others:
            others[0].extend(group)
        else:
            yield key, group


def _blank(rule: Rule) -> dict[str, str]:
    """A value for each place of the rule's texts."""
    return dict.fromkeys(rule.places(), "") | rule.defaults


def _cuda(number: str) -> str:
    """NVIDIA's number of a CUDA version in words: 11070 is 11.7."""
    return f"{int(number) // 1000}.{int(number) % 1000 // 10}"


def _extension_in(text: str) -> str:
    found = EXTENSION_PATH.search(text) or NAMES_EXTENSION.search(text)
    return found["name"].rstrip(".") if found else ""


def diagnose(log: str | Iterable[str], facts: Facts | None = None) -> list[Diagnosis]:
    """What a whole log (a text or its lines) says went wrong; the root cause comes first, [] if nothing is known."""
    reader = Diagnoser(facts)
    reader.feed(log_text.lines_of(log) if isinstance(log, str) else log)
    return reader.diagnoses()


def explain(traceback_text: str) -> Diagnosis | None:
    """What a rule knows of an error of the studio's own; None if it is unknown."""
    found = diagnose(traceback_text)
    return next((each for each in found if each.kind == "cause" and by_id()[each.rule].patterns), None)
