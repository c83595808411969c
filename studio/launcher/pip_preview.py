"""What pip would bring for an extension's wishes, by the metadata of wheels; nothing is installed, built or run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studio.core.job import JobContext
from studio.launcher import pip as pips
from studio.launcher import requirements
from studio.launcher.install import Install
from studio.launcher.pip import PipFailed, Planned

TIMEOUT_S = 180.0
UNREACHABLE = (pips.OFFLINE, pips.CERTIFICATE, pips.SOCKS, pips.GONE, pips.NO_SPACE)


@dataclass(frozen=True)
class Foreseen:
    """What an installation would bring, with all that the wished packages need themselves.

    `unread` are wishes of which that is not known (no wheel, no network, no such package), `log` is what pip wrote
    about the others that it refused.
    """

    planned: tuple[Planned, ...] = ()
    unread: tuple[str, ...] = ()
    log: str = ""


def foresee(
    install: Install, wishes: Sequence[str], env: Mapping[str, str], marks: Mapping[str, str], context: JobContext
) -> Foreseen:
    """Ask pip, in the environment that the installation would have; `marks` is what markers see. Raises Cancelled."""
    plain = [text for text in wishes if _applies(text, marks)]
    asked = [text for text in plain if not requirements.parse(text).url and requirements.parse(text).requirement]
    unread = tuple(text for text in plain if text not in asked)
    if not asked or not install.python.exists():
        return Foreseen(unread=tuple(plain))
    context.progress(0, 0, "Reading what the packages need")
    found, code = _ask(install, asked, env, context)
    if code and code not in UNREACHABLE and len(asked) > 1:  # not all can be had: what can
        each = [_ask(install, [text], env, context)[0] for text in asked]
        planned = {one.name: one for part in each for one in part.planned}
        logs = (part.log for part in (found, *each))
        refused = tuple(text for part in each for text in part.unread)
        found = Foreseen(tuple(planned.values()), refused, "\n".join(filter(None, logs)))
    return replace(found, unread=(*unread, *found.unread))


def _ask(install: Install, asked: Sequence[str], env: Mapping[str, str], context: JobContext) -> tuple[Foreseen, str]:
    """pip's answer, and the kind of its failure if it is one ("" if not)."""
    try:
        return Foreseen(tuple(pips.preview(install.venv, asked, env, context, timeout_s=TIMEOUT_S))), ""
    except PipFailed as failed:
        is_conflict = failed.code == pips.CONFLICT
        answer = Foreseen(log=failed.details) if is_conflict else Foreseen(unread=tuple(asked))
        return answer, failed.code


def _applies(text: str, marks: Mapping[str, str]) -> bool:
    wanted = requirements.parse(text).requirement
    return wanted is None or requirements.applies(wanted, marks)
