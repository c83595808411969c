"""What went wrong, read from a log: findings of the rule base, root cause first, and unknown tracebacks by name."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache

from studio.catalog.rules import FixCall, Rule, Text, by_id, literal, rules, verifications
from studio.launcher import facts as known
from studio.launcher import log_text, oom
from studio.launcher.facts import Facts
from studio.launcher.tracebacks import Trace, TracebackReader

CHUNK = 400  # lines looked through at once
MOST_HITS = 40  # first and last ones kept of each pattern
CONTEXT = 8  # lines after an out-of-memory message that may hold its numbers
RUN = re.compile(r"^Python 3\.\d{1,2}\.\d{1,2} ")
NAMES_EXTENSION = re.compile(
    r"(?:for extension|preload\(\) for|extension) +[\"']?(?:\S{0,400}[\\/])?(?P<name>[\w.-]{2,80}?)\.?[\"']?:?\s*$"
)
EXTENSION_PATH = re.compile(r"[\\/](?:extensions|custom_nodes)[\\/](?P<name>[^\\/\"':]{1,100})")
KINDS = {"cause": 0, "consequence": 1, "info": 2}
MOST_EXTENTS = 4000
NO_ERRORS = ("crash", "KeyboardInterrupt", "SystemExit", "")
CRASHES = {0xC0000005, 0xC0000006, 0xC000001D, 0xC0000409, 0xC0000374, 0xC00000FD, 134, 135, 136, 139}
STOPPED = {-2, -15, 130, 143, 0xC000013A}  # by the user or the studio
KILLED = {-9, 137}  # by Linux, as a rule for want of memory
GENERIC = 4  # level of what only tells that something failed


@dataclass(frozen=True)
class Evidence:
    """A line of the log: its number (the first is 1) and its text."""

    line: int
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """One finding. `confidence` is between 0 and 1, `because` the rule whose finding this one follows from.

    `extension` is the one that is to blame or "", `fingerprint` names an unknown error. `run` counts the starts in
    the log. Fields whose texts are in two languages are `Text`s with all places filled in.
    """

    rule: str
    kind: str
    cause: Text
    todo: Text
    avoid: Text
    verify: Text
    evidence: tuple[Evidence, ...]
    fixes: tuple[FixCall, ...] = ()
    confidence: float = 0.9
    because: str = ""
    extension: str = ""
    fingerprint: str = ""
    cite: tuple[str, ...] = ()
    run: int = 1

    def as_json(self) -> dict[str, object]:
        """The finding as plain data for json.dumps."""
        texts = {name: getattr(self, name).model_dump() for name in ("cause", "todo", "avoid", "verify")}
        plain = {
            name: getattr(self, name)
            for name in ("rule", "kind", "confidence", "because", "extension", "fingerprint", "run")
        }
        return {
            **plain,
            **texts,
            "evidence": [asdict(each) for each in self.evidence],
            "fixes": [call.model_dump() for call in self.fixes],
            "cite": list(self.cite),
        }


@dataclass
class _Hit:
    """A place where a pattern was found; `after` are the lines below it."""

    line: int
    text: str
    groups: dict[str, str]
    after: list[str] = field(default_factory=list)


@dataclass
class _Hits:
    """The first and the last hits of one pattern."""

    first: list[_Hit] = field(default_factory=list)
    last: deque[_Hit] = field(default_factory=lambda: deque(maxlen=MOST_HITS))

    def add(self, hit: _Hit) -> None:
        if len(self.first) < MOST_HITS:
            self.first.append(hit)
        else:
            self.last.append(hit)

    def __iter__(self) -> Iterator[_Hit]:
        yield from self.first
        yield from self.last


@dataclass(frozen=True)
class _Extent:
    """Lines that belong to one error, and what is known of it."""

    first: int
    last: int
    extension: str = ""
    fingerprint: str = ""


class _Extents:
    """The errors of a log by their lines."""

    def __init__(self, blocks: list[_Extent], traces: Iterable[Trace]) -> None:
        traces = list(traces)
        nexts = [trace.first - 1 for trace in traces[1:]] + [trace.last + CONTEXT for trace in traces[-1:]]
        found = [
            _Extent(t.first, max(min(t.last + CONTEXT, end), t.last), t.extension, t.fingerprint)
            for t, end in zip(traces, nexts, strict=True)
        ]
        self._all = sorted([*blocks, *found], key=lambda extent: extent.first)
        self._firsts = [extent.first for extent in self._all]

    def around(self, line: int) -> list[_Extent]:
        """The errors that a line belongs to; of many that overlap, the nearest."""
        place = bisect_right(self._firsts, line)
        return [extent for extent in reversed(self._all[max(place - 8, 0) : place]) if extent.last >= line]


@dataclass(frozen=True)
class _Finding:
    """A rule with its first hit in one run, before it is put in order."""

    rule: Rule
    hits: tuple[_Hit, ...]
    values: dict[str, str]
    extension: str
    is_certain: bool
    run: int
    fingerprint: str = ""

    @property
    def line(self) -> int:
        return self.hits[0].line


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
        self._blocks: deque[_Extent] = deque(maxlen=MOST_EXTENTS)
        self._block = _Extent(0, 0)
        self._waiting: deque[_Hit] = deque(maxlen=64)
        self._extents = _Extents([], ())
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

    def _search(self, first: int, chunk: list[str]) -> dict[int, list[_Hit]]:
        """The hits of a chunk by line; most patterns are ruled out by one search for their literal text."""
        text = "\n".join(chunk)
        found: dict[int, list[_Hit]] = {}
        for pattern, needed, compiled in _patterns():
            if needed not in text:
                continue
            for number, line in enumerate(chunk, first):
                match = compiled.search(line) if needed in line else None
                if match:
                    hit = _Hit(number, line, {k: v for k, v in match.groupdict().items() if v is not None})
                    self._hits[pattern].add(hit)
                    found.setdefault(number, []).append(hit)
        return found

    def _read_block(self, number: int, line: str) -> None:
        """The web UI marks its errors by stars and closes them by three dashes."""
        block = self._block
        if line.startswith("***"):
            self._block = _Extent(block.first or number, number, block.extension or _extension_in(line))
        elif block.first and (line.strip() == "---" or line[:1].strip()):
            self._blocks.append(_Extent(block.first, number, block.extension))
            self._block = _Extent(0, 0)

    def diagnoses(self) -> list[Diagnosis]:
        """The findings so far, the root cause first, what is only told last."""
        self._extents = _Extents([*self._blocks, *([self._block] if self._block.first else [])], self._traces.traces)
        found = list(self._findings())
        found += self._bad_end(found, self.facts.exit_code)
        return _ordered(found, self._extents)

    def _findings(self) -> Iterator[_Finding]:
        facts = self.facts
        for rule in rules():
            fits, is_certain = known.fit(rule.where, facts)
            if fits and rule.patterns:
                yield from self._of_rule(rule, is_certain)
        yield from self._unknown()

    def _of_rule(self, rule: Rule, is_certain: bool) -> Iterator[_Finding]:
        """One finding of the rule for each run, and for each extension or thing it names."""
        found: dict[tuple[object, ...], list[_Hit]] = {}
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
            yield _Finding(rule, evidence, values[key], extension, is_certain, self._run(group[0].line))

    def _values(self, rule: Rule, hit: _Hit) -> dict[str, str] | None:
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

    def _near(self, rule: Rule, hit: _Hit) -> list[_Hit]:
        closest = (
            min(self._hits[pattern], key=lambda other: abs(other.line - hit.line), default=None)
            for pattern in rule.near
        )
        return [other for other in closest if other and abs(other.line - hit.line) <= rule.window]

    def _is_denied(self, rule: Rule, hit: _Hit) -> bool:
        return any(
            abs(other.line - hit.line) <= rule.window for pattern in rule.unless for other in self._hits[pattern]
        )

    def _with_memory(self, rule: Rule, hit: _Hit, values: dict[str, str]) -> dict[str, str] | None:
        if not rule.oom:
            return values
        numbers = oom.parse(" ".join([hit.text, *hit.after])) or oom.Shortfall()
        if numbers.case != rule.oom:
            return None
        return values | {name: oom.size_text(size) for name, size in asdict(numbers).items()}

    def _extension_at(self, hit: _Hit) -> str:
        """The extension that the error around a line belongs to."""
        around = self._extents.around(hit.line)
        return next((extent.extension for extent in around if extent.extension), "") or _extension_in(hit.text)

    def _run(self, line: int) -> int:
        """Which start of the web UI a line belongs to, from 1 on."""
        return max(bisect_right(self._runs, line), 1)

    def _unknown(self) -> Iterator[_Finding]:
        """Every traceback as an error that no rule knows; those that one knows are taken out later."""
        told = [trace for trace in self._traces.traces if trace.kind not in NO_ERRORS]
        first = {(self._run(trace.last), trace.fingerprint): trace for trace in reversed(told)}
        for trace in list(first.values())[-MOST_HITS:]:
            root = trace.root
            text = f"{root.kind}: {root.message}" if root.message else root.kind
            values = {"extension": trace.extension, "exception": root.kind, "message": text}
            rule = by_id()["unknown-in-extension" if trace.extension else "unknown-error"]
            hit = _Hit(root.last, text, {})
            run = self._run(root.last)
            yield _Finding(rule, (hit,), _blank(rule) | values, trace.extension, True, run, trace.fingerprint)

    def _bad_end(self, found: list[_Finding], code: int | None) -> Iterator[_Finding]:
        """What the exit code of a process tells that said nothing else; one that was asked to stop is left alone."""
        run = self._run(self._lines)
        if not code or code in STOPPED or any(each.run == run and each.rule.kind == "cause" for each in found):
            return
        rule = by_id()["ram-killed" if code in KILLED else "native-crash" if _is_crash(code) else "silent-end"]
        hit = _Hit(max(self._lines, 1), f"exit code {code} (0x{code & 0xFFFFFFFF:08X})", {})
        yield _Finding(rule, (hit,), _blank(rule), "", False, run)


def _is_crash(code: int) -> bool:
    return code in CRASHES or code < 0


def _told_apart(
    rule: Rule, found: dict[tuple[object, ...], list[_Hit]], values: dict[tuple[object, ...], dict[str, str]]
) -> Iterator[tuple[tuple[object, ...], list[_Hit]]]:
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


def _ordered(findings: list[_Finding], extents: _Extents) -> list[Diagnosis]:
    """Findings without what a better one says, each with its cause, in the order of their depth."""
    findings = [each for each in findings if not _is_covered(each, findings, extents)]
    because = {id(each): _because(each, findings) for each in findings}
    kept = [each for each in findings if not _is_same(each, because[id(each)])]
    kept.sort(key=lambda each: _depth(each, because[id(each)], kept))
    return [_diagnosis(each, because[id(each)], extents) for each in kept]


def _depth(finding: _Finding, because: _Finding | None, kept: list[_Finding]) -> tuple[int, ...]:
    kind = KINDS["consequence"] if because and finding.rule.kind == "cause" else KINDS[finding.rule.kind]
    explained = [other.rule.level for other in kept if other.rule.id in finding.rule.explains]
    level = min([finding.rule.level, *explained])
    return (kind == KINDS["info"], -finding.run, kind, level, finding.line)


def _is_covered(finding: _Finding, findings: list[_Finding], extents: _Extents) -> bool:
    """Whether a finding that only tells of a failure lies in the same error as one that says why."""
    if finding.rule.level < GENERIC:
        return False
    around = extents.around(finding.line) or [_Extent(finding.line, finding.line)]
    same_run = [other for other in findings if other.run == finding.run]
    better = [other for other in same_run if other.rule.level < finding.rule.level or _says_more(other, finding)]
    return any(_tells_of(other, finding, around) for other in better)


def _tells_of(other: _Finding, finding: _Finding, around: list[_Extent]) -> bool:
    """Whether `other` is about the same error: a cause anywhere in it, a consequence or information on its line."""
    lines = [hit.line for hit in other.hits]
    if other.rule.kind == "cause" or finding.rule.id in other.rule.explains:
        return any(extent.first <= line <= extent.last for line in lines for extent in around)
    return finding.line in lines


def _says_more(other: _Finding, finding: _Finding) -> bool:
    """Among findings that only tell of a failure, those of a rule that names it say more than an unknown traceback."""
    return other.rule.level == GENERIC and bool(other.rule.patterns) and not finding.rule.patterns


def _because(finding: _Finding, findings: list[_Finding]) -> _Finding | None:
    """The finding that this one follows from."""
    rule = finding.rule
    same_run = [o for o in findings if o.run == finding.run and o is not finding and o.rule.kind == "cause"]
    explaining = [other for other in same_run if rule.id in other.rule.explains]
    if not explaining and rule.kind == "consequence":
        explaining = [other for other in same_run if other.line < finding.line]
    return min(explaining, key=lambda other: (other.rule.level, other.line), default=None)


def _is_same(finding: _Finding, because: _Finding | None) -> bool:
    """Whether the finding says nothing but what the one it follows from says of the same lines."""
    if because is None:
        return False
    lines = {hit.line for hit in because.hits}
    return all(hit.line in lines for hit in finding.hits)


def _diagnosis(finding: _Finding, because: _Finding | None, extents: _Extents) -> Diagnosis:
    rule, values = finding.rule, finding.values
    kind = "consequence" if because and rule.kind == "cause" else rule.kind
    hits = sorted({hit.line: hit for hit in finding.hits}.values(), key=lambda hit: hit.line)
    prints = (extent.fingerprint for extent in extents.around(finding.line) if extent.fingerprint)
    return Diagnosis(
        rule=rule.id,
        kind=kind,
        cause=rule.cause.filled(values),
        todo=rule.todo.filled(values),
        avoid=rule.avoid.filled(values),
        verify=verifications()[rule.verify],
        evidence=tuple(Evidence(hit.line, hit.text.strip()) for hit in hits),
        fixes=tuple(_fixes(rule.fixes, values)),
        confidence=round(rule.confidence * (1 if finding.is_certain else 0.8), 2),
        because=because.rule.id if because else "",
        extension=finding.extension,
        fingerprint=finding.fingerprint or next(prints, ""),
        cite=rule.cite,
        run=finding.run,
    )


def _fixes(calls: Sequence[FixCall], values: dict[str, str]) -> Iterator[FixCall]:
    """The calls that can be made: one whose argument nobody knows is left out."""
    for call in calls:
        filled = call.filled(values)
        if all(filled.arguments.values()):
            yield filled


def diagnose(log: str | Iterable[str], facts: Facts | None = None) -> list[Diagnosis]:
    """What a whole log (a text or its lines) says went wrong; the root cause comes first, [] if nothing is known."""
    reader = Diagnoser(facts)
    reader.feed(log_text.lines_of(log) if isinstance(log, str) else log)
    return reader.diagnoses()


def explain(traceback_text: str) -> Diagnosis | None:
    """What a rule knows of an error of the studio's own; None if it is unknown."""
    found = diagnose(traceback_text)
    return next((each for each in found if each.kind == "cause" and by_id()[each.rule].patterns), None)


@dataclass(frozen=True)
class Outcome:
    """What a fix changed: rules that are gone, that stayed and that are new; `helped` is None if nobody can say."""

    helped: bool | None
    gone: tuple[str, ...]
    stayed: tuple[str, ...]
    new: tuple[str, ...]


def outcome(before: Sequence[Diagnosis], after: Sequence[Diagnosis], is_ready: bool | None = None) -> Outcome:
    """Compare the findings before a fix with those of the start after it; `is_ready` is whether that start got ready.

    A fix helped if the first finding before it is gone, even if another error now shows behind it.
    """
    old = {_key(each): each for each in before if each.kind != "info"}
    new = {_key(each): each for each in after if each.kind != "info"}
    first = next(iter(old), None)
    helped = is_ready if first is None else first not in new
    if helped and is_ready is False and not new:
        helped = None
    return Outcome(
        helped,
        tuple(each.rule for key, each in old.items() if key not in new),
        tuple(each.rule for key, each in old.items() if key in new),
        tuple(each.rule for key, each in new.items() if key not in old),
    )


def _key(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What makes two findings the same one in different logs."""
    if diagnosis.rule.startswith("unknown"):
        return diagnosis.rule, diagnosis.fingerprint
    return diagnosis.rule, diagnosis.extension, diagnosis.cause.en
