"""Looks over a web UI's command line, and explains it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from studio.catalog import flag_lint
from studio.catalog.flag_lint import FLAG_LINT, LintRow
from studio.catalog.webui_flags import KNOWN_FLAGS, KnownFlag
from studio.core.nvidia import Card
from studio.launcher import launch_options
from studio.launcher.command_line import Given, given
from studio.launcher.flags import Flag, FlagTable
from studio.launcher.launch_options import LaunchOptions

KNOWN = {known.name: known for known in KNOWN_FLAGS}
UNREAD = FlagTable()
IDLE = re.compile(r"\bdoes(?:n['’]t| not) do anything\b|\bdoes nothing\b", re.IGNORECASE)
SEVERITIES = (flag_lint.DANGER, flag_lint.WARNING, flag_lint.NOTE)


@dataclass(frozen=True)
class Finding:
    """One thing to say: template texts with `{name}` places, filled by `values`; `flags` are those it is about."""

    key: str
    severity: str
    text: str
    remedy: str
    flags: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}".format(**self.values)


@dataclass(frozen=True)
class Explained:
    """What an argument means: its title and help in our words, else the version's own; "" where nobody tells."""

    arguments: tuple[str, ...]
    title: str
    help: str
    source: str = ""
    extension: str = ""


def lint(
    arguments: Sequence[str],
    table: FlagTable = UNREAD,
    options: LaunchOptions | None = None,
    card: Card | None = None,
    has_nvidia: bool = True,
) -> list[Finding]:
    """What is dangerous, contradictory or in vain in a command line, the worst first.

    `table` are the version's flags (empty: unknown, then only what is known of them is said), `options` those the
    command line was made of, `card` the card that is used.
    """
    found = list(given(arguments, table))
    machine = {
        "": True,
        "no_nvidia": not has_nvidia,
        "exceeds": bool(options and launch_options.exceeds(options, card)),
    }
    findings = [finding for row in FLAG_LINT if machine[row.machine] and (finding := _apply(row, found))]
    findings += _singles(found, table)
    findings += _of_options(options, table, card) if options else []
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _apply(row: LintRow, found: Sequence[Given]) -> Finding | None:
    if any(_is(each, wanted) for each in found for wanted in row.without):
        return None
    hits = [[each for each in found if any(_is(each, wanted) for wanted in wanteds)] for wanteds in row.given]
    if not all(hits):
        return None
    among = list({each.name: each for each in found if each.name in row.among}.values())
    if row.among and len(among) < 2:
        return None
    return _finding((row.key, row.severity, row.text, row.remedy), [*(each for hit in hits for each in hit), *among])


def _is(each: Given, wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    return each.name == name and (not equals or value in each.values)


def _finding(row: tuple[str, str, str, str], found: Iterable[Given], **values: str) -> Finding:
    key, severity, text, remedy = row
    names = tuple(dict.fromkeys(each.name for each in found))
    return Finding(key, severity, text, remedy, names, {"flags": ", ".join(names), **values})


def _singles(found: Sequence[Given], table: FlagTable) -> Iterator[Finding]:
    for each in found:
        yield from _of_one(each, table)
    yield from _repeated(found)
    groups: dict[str, list[Given]] = {}
    for each in found:
        if each.flag and each.flag.exclusive:
            groups.setdefault(each.flag.exclusive, []).append(each)
    for group in groups.values():
        if len({each.name for each in group}) > 1:
            yield _finding(flag_lint.EXCLUSIVE, group)


def _of_one(each: Given, table: FlagTable) -> Iterator[Finding]:
    if _is_no_op(each):
        yield _finding(flag_lint.NO_OP, [each])
    if each.name == "--port" and each.values and each.values[0].isdecimal() and 0 < int(each.values[0]) < 1024:
        yield _finding(flag_lint.PORT, [each])
    if not each.written.startswith("-") or each.written == "-":
        yield _finding(flag_lint.STRAY, [each])
    elif each.flag is None and table.flags:
        close = get_close_matches(each.written, [name for flag in table.flags for name in flag.names], n=2)
        row = flag_lint.UNKNOWN if close else (*flag_lint.UNKNOWN[:3], flag_lint.NO_OP[3])
        yield _finding(row, [each], close=", ".join(close))
    elif each.flag is not None:
        yield from _of_value(each, each.flag)


def _is_no_op(each: Given) -> bool:
    """Whether it does nothing: the version's own help knows best, since older ones used what later ones ignore."""
    if each.flag is not None and each.flag.help:
        return IDLE.search(each.flag.help) is not None
    known = KNOWN.get(each.name)
    return known is not None and known.is_no_op


def _of_value(each: Given, flag: Flag) -> Iterator[Finding]:
    if flag.needs_value and not each.values:
        yield _finding(flag_lint.NO_VALUE, [each])
    choices = [str(choice) for choice in flag.choices]
    if choices and any(value not in choices for value in each.values):
        yield _finding(flag_lint.NOT_A_CHOICE, [each], choices=", ".join(choices))
    if flag.type in ("int", "float") and not all(_is_number(value, flag.type) for value in each.values):
        yield _finding(flag_lint.NOT_A_NUMBER, [each])


def _is_number(value: str, kind: str) -> bool:
    try:
        int(value) if kind == "int" else float(value)
    except ValueError:
        return False
    return True


def _repeated(found: Sequence[Given]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for each in found:
        seen[each.name] = seen.get(each.name, 0) + 1
    for each in {each.name: each for each in found if each.written.startswith("-")}.values():
        adds_up = each.flag is not None and each.flag.action in ("append", "extend", "count")
        if seen[each.name] > 1 and not adds_up:
            yield _finding(flag_lint.TWICE, [each])


def _of_options(options: LaunchOptions, table: FlagTable, card: Card | None) -> list[Finding]:
    titles = {name: str(info.title) for name, info in LaunchOptions.model_fields.items()}
    names = launch_options.unsupported(options, table, card)
    explicit = [name for name in names if name != "vram" or options.vram != "auto"]
    return [_finding(flag_lint.NO_FLAG, [], option=titles[name]) for name in explicit]


def explain(arguments: Sequence[str], table: FlagTable = UNREAD) -> list[Explained]:
    """What each argument of a command line means, in order."""
    return [_explained(each) for each in given(arguments, table)]


def _explained(each: Given) -> Explained:
    known: KnownFlag | None = KNOWN.get(each.name)
    known = None if known and known.is_no_op and not _is_no_op(each) else known
    title = known.title if known else ""
    text = known.help if known else each.flag.help if each.flag else ""
    source, extension = (each.flag.source, each.flag.extension) if each.flag else ("", "")
    return Explained(each.arguments, title, text, source, extension)
