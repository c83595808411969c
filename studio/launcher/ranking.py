"""Findings in the order of their depth: the root cause first, consequences behind it, what is only told last."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from studio.catalog.rules import FixCall, Rule, verifications
from studio.launcher.diagnosis import Diagnosis, Evidence
from studio.launcher.tracebacks import Trace

CONTEXT = 8  # lines after an error that may still belong to it
KINDS = {"cause": 0, "consequence": 1, "info": 2}
GENERIC = 4  # level of what only tells that something failed


@dataclass
class Hit:
    """A place where a pattern was found; `after` are the lines below it."""

    line: int
    text: str
    groups: dict[str, str]
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Extent:
    """Lines that belong to one error, and what is known of it."""

    first: int
    last: int
    extension: str = ""
    fingerprint: str = ""


class Extents:
    """The errors of a log by their lines."""

    def __init__(self, blocks: list[Extent], traces: Iterable[Trace]) -> None:
        traces = list(traces)
        nexts = [trace.first - 1 for trace in traces[1:]] + [trace.last + CONTEXT for trace in traces[-1:]]
        found = [
            Extent(t.first, max(min(t.last + CONTEXT, end), t.last), t.extension, t.fingerprint)
            for t, end in zip(traces, nexts, strict=True)
        ]
        self._all = sorted([*blocks, *found], key=lambda extent: extent.first)
        self._firsts = [extent.first for extent in self._all]

    def around(self, line: int) -> list[Extent]:
        """The errors that a line belongs to; of many that overlap, the nearest."""
        place = bisect_right(self._firsts, line)
        return [extent for extent in reversed(self._all[max(place - 8, 0) : place]) if extent.last >= line]


@dataclass(frozen=True)
class Finding:
    """A rule with its first hit in one run, before it is put in order."""

    rule: Rule
    hits: tuple[Hit, ...]
    values: dict[str, str]
    extension: str
    is_certain: bool
    run: int
    fingerprint: str = ""

    @property
    def line(self) -> int:
        """The line of its first evidence."""
        return self.hits[0].line


def ordered(findings: list[Finding], extents: Extents) -> list[Diagnosis]:
    """Findings without what a better one says, each with its cause, in the order of their depth."""
    findings = [each for each in findings if not _is_covered(each, findings, extents)]
    because = {id(each): _because(each, findings) for each in findings}
    kept = [each for each in findings if not _is_same(each, because[id(each)])]
    kept.sort(key=lambda each: _depth(each, because[id(each)], kept))
    return [_diagnosis(each, because[id(each)], extents) for each in kept]


def _depth(finding: Finding, because: Finding | None, kept: list[Finding]) -> tuple[int, ...]:
    kind = KINDS["consequence"] if because and finding.rule.kind == "cause" else KINDS[finding.rule.kind]
    explained = [other.rule.level for other in kept if other.rule.id in finding.rule.explains]
    level = min([finding.rule.level, *explained])
    return (kind == KINDS["info"], -finding.run, kind, level, finding.line)


def _is_covered(finding: Finding, findings: list[Finding], extents: Extents) -> bool:
    """Whether a finding that only tells of a failure lies in the same error as one that says why."""
    if finding.rule.level < GENERIC:
        return False
    around = extents.around(finding.line) or [Extent(finding.line, finding.line)]
    same_run = [other for other in findings if other.run == finding.run]
    better = [other for other in same_run if other.rule.level < finding.rule.level or _says_more(other, finding)]
    return any(_tells_of(other, finding, around) for other in better)


def _tells_of(other: Finding, finding: Finding, around: list[Extent]) -> bool:
    """Whether `other` is about the same error: a cause anywhere in it, a consequence or information on its line."""
    lines = [hit.line for hit in other.hits]
    if other.rule.kind == "cause" or finding.rule.id in other.rule.explains:
        return any(extent.first <= line <= extent.last for line in lines for extent in around)
    return finding.line in lines


def _says_more(other: Finding, finding: Finding) -> bool:
    """Among findings that only tell of a failure, those of a rule that names it say more than an unknown traceback."""
    return other.rule.level == GENERIC and bool(other.rule.patterns) and not finding.rule.patterns


def _because(finding: Finding, findings: list[Finding]) -> Finding | None:
    """The finding that this one follows from."""
    rule = finding.rule
    same_run = [o for o in findings if o.run == finding.run and o is not finding and o.rule.kind == "cause"]
    explaining = [other for other in same_run if rule.id in other.rule.explains]
    if not explaining and rule.kind == "consequence":
        explaining = [other for other in same_run if other.line < finding.line]
    return min(explaining, key=lambda other: (other.rule.level, other.line), default=None)


def _is_same(finding: Finding, because: Finding | None) -> bool:
    """Whether the finding says nothing but what the one it follows from says of the same lines."""
    if because is None:
        return False
    lines = {hit.line for hit in because.hits}
    return all(hit.line in lines for hit in finding.hits)


def _diagnosis(finding: Finding, because: Finding | None, extents: Extents) -> Diagnosis:
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
