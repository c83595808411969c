"""The network doctor: which ways to Git, pip and the model hub work and how fast, and which settings would be better.

It only measures and proposes; nothing is changed, and the answers are given to child processes only (child_env).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field

from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.launcher import network_route
from studio.launcher.child_env import GITHUB, LOCAL_HOSTS
from studio.launcher.git_errors import redacted
from studio.launcher.network_route import Answer
from studio.launcher.surroundings import system_proxies

TIMEOUT_S = 8.0
SLOWER, SLOWER_BY_S = 3.0, 1.0
GIT, PIP, HUB = "git", "pip", "hub"
DIRECT, SYSTEM, PROXY, MIRROR, MIRROR_PROXY = "direct", "system proxy", "proxy", "mirror", "mirror through proxy"
PROBLEMS = {
    network_route.NO_NAME: "The server's name is not known.",
    network_route.REFUSED: "The server cannot be reached.",
    network_route.TIMEOUT: "No answer in time.",
    network_route.CERTIFICATE: "The certificate is not the server's: a program in between reads the traffic.",
    network_route.TLS: "The connection cannot be secured; something in between speaks another language.",
    network_route.BROKEN: "The connection breaks.",
    network_route.FORBIDDEN: "The server refuses.",
    network_route.MISSING: "The server does not have it; the address of the mirror may be wrong.",
    network_route.SERVER: "The server has an error of its own.",
    network_route.PROXY_DEAD: "The proxy does not answer: its program is off, or the port is another one.",
    network_route.PROXY_LOGIN: "The proxy wants a user name and a password.",
    network_route.PROXY_REFUSES: "The proxy refuses this server.",
    network_route.IS_SOCKS: "The address says http, but this port speaks SOCKS.",
    network_route.IS_HTTP: "The address says SOCKS, but this port speaks http.",
    network_route.ADDRESS: "This is no address.",
}
NO_PROXY_MISSING = (
    "Programs started outside the studio ask the proxy for this computer itself: NO_PROXY lacks localhost."
)


@dataclass(frozen=True)
class Target:
    """A class of traffic: what is asked for, and where a mirror has it ("{mirror}" is its address).

    `setting` names the mirror's field in Settings, `through_proxy` the one that says whether the proxy is used.
    """

    kind: str
    url: str
    mirrored: str
    setting: str
    through_proxy: str


TARGETS = (
    Target(
        GIT, f"{GITHUB}AUTOMATIC1111/stable-diffusion-webui.git/info/refs?service=git-upload-pack",
        "{mirror}/{url}", "git_mirror", "proxy_git",
    ),
    Target(PIP, "https://pypi.org/simple/pip/", "{mirror}/pip/", "pip_mirror", "proxy_pip"),
    Target(
        HUB, "https://huggingface.co/openai/clip-vit-large-patch14/resolve/main/tokenizer_config.json",
        "{mirror}/openai/clip-vit-large-patch14/resolve/main/tokenizer_config.json", "hub_mirror", "proxy_environment",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How a server is reached: `proxy` and `mirror` are addresses, "" for none."""

    name: str
    proxy: str = ""
    mirror: str = ""


@dataclass(frozen=True)
class Measure:
    """One way for one class: `problem` is "" where it works, else a key of PROBLEMS."""

    kind: str
    way: Way
    seconds: float
    problem: str = ""
    details: str = ""
    is_used: bool = False

    @property
    def works(self) -> bool:
        """Whether it was answered."""
        return not self.problem


@dataclass(frozen=True)
class Examination:
    """What was measured. `problems` are English texts, `proposed` fields of Settings with better values."""

    measures: tuple[Measure, ...]
    problems: tuple[str, ...] = ()
    proposed: dict[str, object] = field(default_factory=dict)

    def best(self, kind: str) -> Measure | None:
        """The fastest way that works."""
        working = [one for one in self.measures if one.kind == kind and one.works]
        return min(working, key=lambda one: one.seconds, default=None)

    def as_json(self) -> dict[str, object]:
        """As plain data, without the passwords of addresses."""
        rows = []
        for one in self.measures:
            way = {name: redacted(value) for name, value in asdict(one.way).items()}
            rows.append({**asdict(one), "way": way, "works": one.works})
        proposed = {name: redacted(value) if isinstance(value, str) else value for name, value in self.proposed.items()}
        return {"measures": rows, "problems": list(self.problems), "proposed": proposed}


def measure(
    settings: Settings,
    context: JobContext,
    *,
    base: Mapping[str, str] | None = None,
    targets: Sequence[Target] = TARGETS,
    mirrors: Mapping[str, Sequence[str]] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Examination:
    """Try all ways at once. `base` is the environment whose proxy counts as the system's, `mirrors` more addresses by
    class that the user agreed to try. Raises Cancelled."""
    system = system_proxy(base)
    more = mirrors or {}
    asked = [(one, way) for one in targets for way in ways(one, settings, system, more.get(one.kind, ()))]
    found: dict[tuple[str, Way], Measure] = {}
    pool = ThreadPoolExecutor(max(len(asked), 1))
    try:
        futures = {
            pool.submit(network_route.ask, _url(one, way), way.proxy, timeout_s): (one, way) for one, way in asked
        }
        for number, future in enumerate(as_completed(futures)):
            one, way = futures[future]
            found[one.kind, way] = _measured(one, way, future.result(), settings, system)
            context.progress(number + 1, len(asked), "Measuring ways to the network")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    measures = tuple(found[one.kind, way] for one, way in asked)
    spoken = _spoken(measures, timeout_s)
    return Examination(
        measures, tuple(_problems(measures, spoken, base)), _proposed(measures, targets, settings, spoken, system)
    )


def system_proxy(base: Mapping[str, str] | None = None) -> str:
    """The proxy that variables (`base`, or this process's and the system's own settings) name; "" if none."""
    environ = {**system_proxies(), **os.environ} if base is None else base
    named = {name.upper(): value for name, value in environ.items() if value}
    return next((named[name] for name in ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY") if name in named), "")


def ways(target: Target, settings: Settings, system: str, more: Sequence[str] = ()) -> list[Way]:
    """The ways that are tried for a class: direct, both proxies, the mirrors, and a mirror through the proxy."""
    own = settings.proxy.strip()
    chosen = str(getattr(settings, target.setting)).strip()
    every = [*dict.fromkeys(mirror for mirror in (chosen, *more) if mirror)]
    found = [Way(DIRECT)]
    found += [Way(SYSTEM, system)] if system and system != own else []
    found += [Way(PROXY, own)] if own else []
    found += [Way(MIRROR, "", mirror) for mirror in every]
    return [*found, *(Way(MIRROR_PROXY, own or system, mirror) for mirror in every if own or system)]


def used(target: Target, settings: Settings, system: str) -> Way:
    """The way that the settings lead to."""
    proxy = (settings.proxy.strip() or system) if getattr(settings, target.through_proxy) else ""
    mirror = str(getattr(settings, target.setting)).strip()
    if mirror:
        return Way(MIRROR_PROXY if proxy else MIRROR, proxy, mirror)
    return Way((PROXY if settings.proxy.strip() else SYSTEM) if proxy else DIRECT, proxy)


def _url(target: Target, way: Way) -> str:
    return target.mirrored.format(mirror=way.mirror.rstrip("/"), url=target.url) if way.mirror else target.url


def _measured(target: Target, way: Way, answer: Answer, settings: Settings, system: str) -> Measure:
    is_used = way == used(target, settings, system)
    return Measure(target.kind, way, answer.seconds, answer.problem, redacted(answer.details), is_used)


def _spoken(measures: Sequence[Measure], timeout_s: float) -> dict[str, str]:
    """What those proxies speak that did not work, by their addresses."""
    proxies = {one.way.proxy for one in measures if one.way.proxy and not one.works}
    working = {one.way.proxy for one in measures if one.works}
    return {proxy: network_route.speaks(proxy, min(timeout_s, 3.0)) for proxy in proxies - working}


def _problems(measures: Sequence[Measure], spoken: Mapping[str, str], base: Mapping[str, str] | None) -> Iterator[str]:
    """What is wrong, each thing once: the proxies first."""
    for proxy, kind in spoken.items():
        if kind and _is_mixed_up(proxy, kind):
            wrong = network_route.IS_SOCKS if kind == "socks5" else network_route.IS_HTTP
            yield PROBLEMS[wrong]
    seen = {one.problem for one in measures if one.problem}
    shown = (network_route.PROXY_DEAD, network_route.PROXY_LOGIN, network_route.CERTIFICATE, network_route.TLS)
    yield from (PROBLEMS[problem] for problem in shown if problem in seen)
    environ = os.environ if base is None else base
    named = {name.upper(): value for name, value in environ.items()}
    if system_proxy(base) and not any(host in named.get("NO_PROXY", "") for host in (*LOCAL_HOSTS, "*")):
        yield NO_PROXY_MISSING


def _is_mixed_up(proxy: str, kind: str) -> bool:
    scheme = proxy.partition("://")[0].lower() if "://" in proxy else "http"
    return (scheme in network_route.SOCKS) != (kind == "socks5")


def _proposed(
    measures: Sequence[Measure],
    targets: Sequence[Target],
    settings: Settings,
    spoken: Mapping[str, str],
    system: str,
) -> dict[str, object]:
    """Fields of Settings that lead to ways that work, or are clearly faster."""
    own = settings.proxy.strip()
    kind = spoken.get(own, "")
    if own and kind and _is_mixed_up(own, kind):
        return {"proxy": f"{'socks5' if kind == 'socks5' else 'http'}://{own.rpartition('://')[2]}"}
    proposed: dict[str, object] = {}
    for target in targets:
        mine = [one for one in measures if one.kind == target.kind]
        best = min((one for one in mine if one.works), key=lambda one: one.seconds, default=None)
        now = next((one for one in mine if one.is_used), None)
        if best is not None and (now is None or not now.works or _is_slower(now, best)):
            proposed |= _leading_to(best.way, target, settings, has_proxy=bool(own or system))
    return proposed


def _is_slower(now: Measure, best: Measure) -> bool:
    return now.seconds > best.seconds * SLOWER and now.seconds > best.seconds + SLOWER_BY_S


def _leading_to(way: Way, target: Target, settings: Settings, *, has_proxy: bool) -> dict[str, object]:
    """The fields that differ from a way."""
    wanted: dict[str, object] = {target.setting: way.mirror}
    if has_proxy:
        wanted[target.through_proxy] = bool(way.proxy)
    if way.name == SYSTEM:
        wanted["proxy"] = ""
    return {name: value for name, value in wanted.items() if getattr(settings, name) != value}
