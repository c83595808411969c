"""Which networks a prompt wants, looked up and compared with the checkpoint: what acts, what does not and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.errors import StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.prompt import NetworkTag
from studio.core.sentence import Sentence
from studio.core.settings import Settings
from studio.library import networks
from studio.library.networks import NetworkFile, Report, Stamp

Timeline = Sequence[tuple[int, tuple[NetworkTag, ...]]]
HYPERNETWORK = "hypernet"


@dataclass(frozen=True)
class Use:
    """A network file as a prompt uses it: its strengths, and to how many dimensions a LoRA is cut (None = none).

    `stamp` is the file's when it was looked up: a file that changed is another.
    """

    file: NetworkFile
    stamp: Stamp
    te: float = 1.0
    unet: float = 1.0
    rank: int | None = None


Uses = tuple[Use, ...]
OverTime = tuple[tuple[int, Uses], ...]  # each set with the last model call it acts at


@dataclass(frozen=True)
class Wanted:
    """What becomes of the networks of a prompt.

    `over_time` are the sets that act. `hashes` are for the infotext, by the names in the prompt; `notes` tell what is
    not done as asked.
    """

    over_time: OverTime
    hashes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Lookup:
    """Looks up what prompts name; `report` tells how a file fits the checkpoint."""

    def __init__(
        self, places: Places, settings: Settings, report: Callable[[NetworkFile], Report], context: JobContext
    ) -> None:
        self.places, self.report, self.context = places, report, context
        self.files = networks.network_files(places, settings)
        self._hashes: dict[str, str] = {}
        self._notes: dict[str, None] = {}

    def wanted(self, timeline: Timeline) -> Wanted:
        """What the networks of a timeline come to. Raises BadRequest for a weight that is no number."""
        over_time = [(until, self._uses(tags)) for until, tags in timeline]
        return Wanted(tuple(over_time), self._hashes, tuple(self._notes))

    def _uses(self, tags: Iterable[NetworkTag]) -> Uses:
        """As in the web UI a network that is named twice acts twice, with the strengths that were given last."""
        self._notes.update({_unknown(tag): None for tag in tags if tag.kind not in networks.KINDS})
        named = [(tag.name, self._use(tag)) for tag in networks.tags(tags)]
        last = dict(named)
        return tuple(use for name, _ in named if (use := last[name]))

    def _use(self, tag: NetworkTag) -> Use | None:
        strengths = tag.te, tag.unet, tag.dyn
        file = networks.find(tag.name, self.files)
        if file is None:
            return self._without(missing(tag.name, networks.close_names(tag.name, self.files)))
        try:
            report = self.report(file)
            self._hashes[tag.name] = networks.short_hash(file.path, self.places, self.context)
        except StudioError as error:
            return self._without(Sentence("The network {name} was not applied: {error}", name=tag.name, error=error))
        if text := misfit(tag.name, report):
            self._notes[text] = None
        return Use(file, networks.stamp(file.path), *strengths) if report.fits else None

    def _without(self, note: Sentence) -> None:
        self._notes[note] = None


def acting(over_time: OverTime, call: int) -> Uses:
    """The set that acts at model call `call` (from 0), by the rule of conditioning.active."""
    return next((uses for until, uses in over_time if call <= until), over_time[0][1])


def missing(name: str, close: Sequence[str]) -> Sentence:
    """What to say of a network whose file is not there."""
    if close:
        return Sentence(
            "The network {name} was not applied: there is no such file in models/Lora. Did you mean {close}?",
            name=name, close=" / ".join(close),
        )  # fmt: skip
    return Sentence("The network {name} was not applied: there is no such file in models/Lora.", name=name)


def misfit(name: str, report: Report) -> Sentence | None:
    """What to say of a network that does not fit the checkpoint wholly, None of one that does."""
    if not report.fits:
        if report.base and report.base != report.family:
            return Sentence(
                "The network {name} was not applied: it was made for {base}, the model is {family}.",
                name=name, base=report.base, family=report.family,
            )  # fmt: skip
        return Sentence(
            "The network {name} was not applied: none of its {total} keys fit this model.", name=name,
            total=report.total,
        )  # fmt: skip
    if report.matched < report.total:
        return Sentence(
            "Of the network {name}, {matched} of {total} keys fit this model; only those act.",
            name=name, matched=report.matched, total=report.total,
        )  # fmt: skip
    return None


def _unknown(tag: NetworkTag) -> Sentence:
    if tag.kind == HYPERNETWORK:
        return Sentence("The hypernetwork {name} was not applied: hypernetworks are not supported.", name=tag.name)
    return Sentence("{tag} was left out: there are no networks of the kind {kind}.", tag=str(tag), kind=tag.kind)
