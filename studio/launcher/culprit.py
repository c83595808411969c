"""Find the extensions that keep a web UI from working: by evidence first, then by few probe starts (delta debugging).

The search follows delta debugging (Zeller, "Yesterday, my program worked. Today, it does not. Why?", 1999), where
one start with many extensions tells of all of its parts: what is part of a working set works.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import FileProblem
from studio.core.files import problem, write_atomically
from studio.core.job import JobContext
from studio.launcher.diagnosis import Diagnosis

Probe = Callable[[frozenset[str]], bool]
"""Start the web UI with just these extensions enabled; True if it works."""

FAULTY, NONE_NEEDED, NOT_EXTENSIONS, UNSTEADY = "found", "nothing", "not-extensions", "unsteady"


@dataclass(frozen=True)
class Suspects:
    """What the search found. `result` is "found", "nothing" (it works now), "not-extensions" (it fails without any)
    or "unsteady" (the same start gave different results).

    `culprits` fail together and not without one of them; `probes` is how many starts it took.
    """

    result: str
    culprits: tuple[str, ...] = ()
    probes: int = 0


def by_evidence(found: Iterable[Diagnosis], changed: Sequence[str] = ()) -> list[str]:
    """Extensions to suspect first: those that findings name, then those `changed` last, the latest first."""
    named = [each.extension for each in found if each.extension and each.kind != "info"]
    return list(dict.fromkeys([*named, *changed]))


@dataclass
class _Search:
    """Probes with a memory; sets are of enabled extensions."""

    probe: Probe
    context: JobContext
    most: int
    known: dict[frozenset[str], bool] = field(default_factory=dict)
    count: int = 0

    def works(self, enabled: Iterable[str]) -> bool:
        """Whether the web UI works with these; a known answer is not asked for again, nor what follows from one."""
        wanted = frozenset(enabled)
        if wanted in self.known:
            return self.known[wanted]
        if any(works and wanted <= other for other, works in self.known.items()):
            return True
        if any(not works and wanted >= other for other, works in self.known.items()):
            return False
        self.known[wanted] = self.ask(wanted)
        return self.known[wanted]

    def ask(self, wanted: frozenset[str]) -> bool:
        """Start it, whatever is known."""
        self.context.progress(self.count, max(self.most, self.count + 1), "Trying a start with some extensions")
        self.count += 1
        return self.probe(wanted)


def find_culprit(
    extensions: Sequence[str],
    probe: Probe,
    suspects: Sequence[str] = (),
    context: JobContext | None = None,
    confirm: bool = True,
) -> Suspects:
    """The smallest set of extensions with which the web UI fails; single ones and those that fail only together.

    `suspects` are tried first. With `confirm` the answer is tried again and doubtful answers are asked once more, so
    that one probe that went wrong by accident does no harm. Raises Cancelled between probes if `context` says so.
    """
    everything = tuple(dict.fromkeys(extensions))
    search = _Search(probe, context or JobContext(), _most(len(everything)))
    first = [name for name in dict.fromkeys(suspects) if name in everything]
    quick = _quickly(search, everything, first)
    if quick:
        return Suspects(FAULTY, quick, search.count)
    if search.works(everything) and not (confirm and not _again(search, everything)):
        return Suspects(NONE_NEEDED, (), search.count)
    if not search.works(()) and not (confirm and _again(search, ())):
        return Suspects(NOT_EXTENSIONS, (), search.count)
    for _ in range(3 if confirm else 1):
        guilty = _minimal(search, [*first, *(name for name in everything if name not in first)])
        if not confirm or _is_confirmed(search, guilty):
            return Suspects(FAULTY, tuple(name for name in everything if name in guilty), search.count)
        search.known = {frozenset(everything): False, frozenset(): True}
    return Suspects(UNSTEADY, (), search.count)


def _most(number: int) -> int:
    """About how many probes a pair needs."""
    return 4 * max(number - 1, 1).bit_length() + 6


def _quickly(search: _Search, everything: Sequence[str], suspects: Sequence[str]) -> tuple[str, ...]:
    """The first suspect, if it fails alone and all others work without it: two probes."""
    if not suspects or len(everything) < 2:
        return ()
    rest = [name for name in everything if name != suspects[0]]
    return (suspects[0],) if search.works(rest) and not search.works([suspects[0]]) else ()


def _again(search: _Search, enabled: Iterable[str]) -> bool:
    """Ask once more and keep the new answer."""
    wanted = frozenset(enabled)
    search.known[wanted] = search.ask(wanted)
    return search.known[wanted]


def _is_confirmed(search: _Search, guilty: Sequence[str]) -> bool:
    """Whether they fail once more, and do not without any one of them."""
    if _again(search, guilty):
        return False
    if len(guilty) == 1:
        return True
    return all(_again(search, [name for name in guilty if name != left_out]) for left_out in guilty)


def _minimal(search: _Search, failing: list[str]) -> list[str]:
    """A smallest part of `failing` that still fails; removing any one of it makes it work."""
    while len(failing) > 1:
        left, right = _split(failing)
        if not search.works(left):
            failing = left
        elif not search.works(right):
            failing = right
        else:
            kept = _least(search, left, right)
            return [*kept, *_least(search, right, kept)]
    return failing


def _least(search: _Search, part: list[str], beside: list[str]) -> list[str]:
    """The least of `part` that fails beside `beside`; about log2 probes if it is one."""
    if not search.works(beside):
        return []
    if len(part) == 1:
        return part
    first, second = _split(part)
    if not search.works([*first, *beside]):
        return _least(search, first, beside)
    if not search.works([*second, *beside]):
        return _least(search, second, beside)
    kept = _least(search, first, [*second, *beside])
    return [*kept, *_least(search, second, [*kept, *beside])]


def _split(names: list[str]) -> tuple[list[str], list[str]]:
    middle = len(names) // 2
    return names[:middle], names[middle:]


def probe_settings(config: Path, enabled: Iterable[str], target: Path, installed: Iterable[str] | None = None) -> Path:
    """Write a copy of the settings `config` to `target` in which of the extensions only `enabled` are on.

    `installed` are their names, by default the folders of extensions/ beside `config`. The user's file is only read;
    a missing one counts as empty. Raises FileProblem for one that is not JSON, or if `target` is the user's own file.
    """
    if target.resolve() == config.resolve():
        raise FileProblem(target, "{path} is the web UI's own settings file and stays as it is.")
    values = _settings(config)
    old = values.get("disabled_extensions")
    disabled = {name for name in old if isinstance(name, str)} if isinstance(old, list) else set()
    known = disabled | set(_installed(config) if installed is None else installed)
    values["disabled_extensions"] = sorted(known - set(enabled))
    values["disable_all_extensions"] = "none"
    write_atomically(target, json.dumps(values, indent=4, ensure_ascii=False).encode())
    return target


def _installed(config: Path) -> list[str]:
    folder = config.parent / "extensions"
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _settings(config: Path) -> dict[str, object]:
    try:
        values = json.loads(config.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise problem(config, error) from error
    except ValueError as error:
        raise FileProblem(
            config, "{name} cannot be read.", "Restore its last good copy.", details=str(error)
        ) from error
    if not isinstance(values, dict):
        raise FileProblem(config, "{name} cannot be read.", "Restore its last good copy.")
    return values


def probe_argv(arguments: Sequence[str], settings: Path, port: int) -> list[str]:
    """The arguments of a probe start: the user's, but its own settings and port, no model, no installing, no window."""
    kept = without_options(
        arguments, ("--ui-settings-file", "--port"), ("--autolaunch", "--share", "--listen", "--exit")
    )
    return [
        *kept, "--ui-settings-file", str(settings), "--port", str(port),
        "--ui-debug-mode", "--skip-install", "--skip-version-check", "--skip-python-version-check",
    ]  # fmt: skip


def without_options(arguments: Sequence[str], valued: Sequence[str], flags: Sequence[str]) -> list[str]:
    """`arguments` without these options; `valued` ones take their value along, as `--port 1` or `--port=1`."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in valued:
            skip = True
        elif argument not in flags and argument.partition("=")[0] not in valued:
            kept.append(argument)
    return kept
