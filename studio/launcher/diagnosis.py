"""What a diagnosis is, and what one tells beside another: whether a fix helped."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from studio.catalog.rules import FixCall, Text, by_id

SEEN_BY_A_START = ("ready", "torch", "install", "extension", "none")
"""What rules may name as their verification, and a start that gets ready tells."""


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


@dataclass(frozen=True)
class Outcome:
    """What a fix changed: rules that are gone, that stayed and that are new; `helped` is None if nobody can say."""

    helped: bool | None
    gone: tuple[str, ...]
    stayed: tuple[str, ...]
    new: tuple[str, ...]


def outcome(before: Sequence[Diagnosis], after: Sequence[Diagnosis], is_ready: bool | None = None) -> Outcome:
    """Compare the findings before a fix with those of the start after it; `is_ready` is whether that start got ready.

    A fix helped if the first finding before it is gone, even if another error now shows behind it. Where only a
    picture, a model or a download would show the fault again, a start without it proves nothing.
    """
    old = {_key(each): each for each in before if each.kind != "info"}
    new = {_key(each): each for each in after if each.kind != "info"}
    first = next(iter(old), None)
    helped = is_ready if first is None else first not in new
    if helped and ((is_ready is False and not new) or (first and not _is_seen_by_a_start(old[first]))):
        helped = None
    return Outcome(
        helped,
        tuple(each.rule for key, each in old.items() if key not in new),
        tuple(each.rule for key, each in old.items() if key in new),
        tuple(each.rule for key, each in new.items() if key not in old),
    )


def _is_seen_by_a_start(diagnosis: Diagnosis) -> bool:
    return by_id()[diagnosis.rule].verify in SEEN_BY_A_START


def _key(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What makes two findings the same one in different logs."""
    if diagnosis.rule.startswith("unknown"):
        return diagnosis.rule, diagnosis.fingerprint
    return diagnosis.rule, diagnosis.extension, diagnosis.cause.en
