"""What is wrong with an installed web UI's environment, as data: each with its cause and the steps that mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from studio.catalog.environment_checks import ENVIRONMENT_CHECKS, EnvironmentCheck
from studio.catalog.webui_sources import WEBUI_SOURCES, WebuiSource
from studio.core.errors import UnknownName
from studio.core.job import JobContext
from studio.core.machine import Machine
from studio.core.settings import Settings
from studio.launcher import packages, pythons, requirements, torch_choice, venv
from studio.launcher.install import Install
from studio.launcher.packages import Package
from studio.launcher.pythons import Python
from studio.launcher.torch_choice import BUILDS, TorchChoice
from studio.launcher.wheelhouse import Wheel

CHECKS = {check.id: check for check in ENVIRONMENT_CHECKS}
SOCKS_PACKAGES = ("pysocks", "socksio")
TORCH_TRIPLE = ("torch", "torchvision", "xformers")


@dataclass(frozen=True)
class Step:
    """One step of a repair; `kind` is a key of catalog.environment_checks.STEPS, `values` fill its text.

    `names` are requirements for install and reinstall, `paths` what is discarded, `python` what an environment is made
    with. `index_url` ("" is the package index) and `dependencies` tell how requirements are installed; `wheels` are the
    kept ones to take, where others of the same name and version would not do.
    """

    kind: str
    names: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    python: Python | None = None
    index_url: str = ""
    dependencies: bool = True
    wheels: tuple[Wheel, ...] = ()

    @property
    def values(self) -> dict[str, object]:
        """What fills the step's text."""
        named = self.names or tuple(path.name for path in self.paths)
        return {"names": ", ".join(named), "python": self.python.title if self.python else ""}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; `check` is its row, `values` fill its texts. Without `steps` the user must mend it."""

    check: EnvironmentCheck
    values: dict[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """Which check it is, and for which package."""
        return ":".join(str(part) for part in (self.check.id, self.values.get("package")) if part)

    @property
    def title(self) -> str:
        """The title in English."""
        return self.check.title.format(**self.values)

    @property
    def cause(self) -> str:
        """The cause in English."""
        return self.check.cause.format(**self.values)


@dataclass(frozen=True)
class Scene:
    """What the checks look at."""

    install: Install
    source: WebuiSource
    settings: Settings
    machine: Machine
    state: venv.VenvState
    found: list[Package]
    pythons: Sequence[Python]
    choice: TorchChoice
    targets: tuple[str, ...] = ()

    @property
    def site(self) -> Path:
        """The environment's site-packages."""
        return packages.site_packages(self.install.venv)

    @property
    def named(self) -> dict[str, Package]:
        """The packages by name."""
        return packages.by_name(self.found)

    @property
    def environment(self) -> dict[str, str]:
        """What markers see in the environment."""
        return requirements.environment(self.state.version)


def findings(
    install: Install,
    settings: Settings,
    machine: Machine,
    *,
    found_pythons: Sequence[Python] | None = None,
    targets: tuple[str, ...] | None = None,
    thorough: bool = False,
    context: JobContext | None = None,
) -> list[Finding]:
    """All that is wrong with an environment, what matters first.

    `found_pythons` are the machine's (looked for if None), `targets` AMD's processors. `thorough` compares every file
    with its recorded hash, which takes minutes for torch. Nothing is changed. Raises Cancelled and UnknownName.
    """
    scene = scene_of(install, settings, machine, found_pythons, targets)
    broken = list(_environment(scene))
    if any(step.kind in ("make", "recreate") for one in broken for step in one.steps) or not scene.state.exists:
        return broken
    return [
        *broken,
        *_records(scene),
        *_torch(scene),
        *_files(scene, context or JobContext(), thorough),
        *_requirements(scene),
        *_socks(scene),
    ]


def scene_of(
    install: Install,
    settings: Settings,
    machine: Machine,
    found: Sequence[Python] | None = None,
    targets: tuple[str, ...] | None = None,
) -> Scene:
    """Look at an environment, for checks and fixes. Raises UnknownName."""
    source = next((row for row in WEBUI_SOURCES if row.key == install.source), None)
    if source is None:
        raise UnknownName("web UI", install.source, [row.key for row in WEBUI_SOURCES])
    state = venv.look(install.venv)
    known = pythons.find(install.folder) if found is None and not state.is_sound else found or ()
    best = pythons.best(known, source)
    version = state.version[:2] or (best.version[:2] if best else source.best_python)
    targets = torch_choice.amd_targets() if targets is None else targets
    choice = torch_choice.choose(install.source, machine, (version[0], version[1]), targets=targets)
    return Scene(
        install=install,
        source=source,
        settings=settings,
        machine=machine,
        state=state,
        found=packages.installed(packages.site_packages(install.venv)),
        pythons=known,
        choice=choice,
        targets=targets,
    )


def _finding(check: str, *steps: Step, **values: object) -> Finding:
    return Finding(CHECKS[check], values, steps)


def _environment(scene: Scene) -> Iterator[Finding]:
    """Whether there is an environment, whose Python runs and suits, with pip."""
    state = scene.state
    if not state.exists:
        yield anew(scene, "no_environment")
    elif not state.is_alive or not state.python:
        yield _python_gone(scene)
    elif not scene.source.pythons[0] <= state.version[:2] <= scene.source.pythons[1]:
        yield anew(scene, "python_unfit", version=_dotted(state.version), **_range(scene.source))
    elif _is_32_bit(scene):
        yield anew(scene, "python_unfit", version=f"{_dotted(state.version)} (32-bit)", **_range(scene.source))
    if state.was:
        yield _finding("moved", Step("rename"), was=state.was)
    if state.exists and not state.pip:
        yield _finding("no_pip", *pip_anew(scene))


def _is_32_bit(scene: Scene) -> bool:
    """Whether the environment's Python is one of those 32-bit ones that only Windows still has; torch has no wheels."""
    return scene.machine.system == "win32" and pythons.probe(venv.program(scene.install.venv)).bits == 32


def pip_anew(scene: Scene) -> list[Step]:
    """pip cannot mend itself: what is left of it goes, and Python's own copy comes."""
    records = [package.record for package in scene.found if package.name == "pip"]
    paths = [path for path in (scene.site / "pip", *records) if path.exists()]
    return [*([Step("discard", paths=tuple(paths))] if paths else []), Step("restore_pip")]


def _range(source: WebuiSource) -> dict[str, object]:
    low, high = source.pythons
    return {"webui": source.title, "low": _dotted(low), "high": _dotted(high), "best": _dotted(source.best_python)}


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def _python_gone(scene: Scene) -> Finding:
    """The same version elsewhere takes over (one in the web UI's own folder first), else all is made anew."""
    same = [p for p in scene.pythons if not p.problem and p.version[:2] == scene.state.version[:2]]
    if not same:
        return anew(scene, "python_gone", home=scene.state.home)
    chosen = max(same, key=lambda p: (p.origin == "embedded", p.version == scene.state.version, p.version))
    return _finding("python_gone", Step("rehome", python=chosen), home=scene.state.home)


def anew(scene: Scene, check: str, **values: object) -> Finding:
    """An environment is made, and everything that the web UI needs put into it."""
    known = scene.pythons or pythons.find(scene.install.folder)
    python = pythons.best(known, scene.source)
    if python is None:
        return _finding("no_python", **_range(scene.source))
    version = (python.version[0], python.version[1])
    made = Step("make" if check == "no_environment" else "recreate", python=python)
    asked = (one for one in requirements.of_webui(scene.install.folder) if one.name not in TORCH_TRIPLE)
    wanted = [one.text for one in asked if requirements.applies_to(one, python.version)]
    kept = scene.named if scene.state.version[:2] == version else {}
    others = [package for name, package in kept.items() if name not in (*TORCH_TRIPLE, "pip", "setuptools")]
    pins = [_exactly(package) for package in others if not package.editable]
    rest = Step("install", names=tuple(pins or wanted))
    return _finding(check, made, *_torch_anew(scene, version, kept), *([rest] if rest.names else []), **values)


def _torch_anew(scene: Scene, version: tuple[int, int], kept: dict[str, Package]) -> list[Step]:
    """The torch that was there where it did its work, else the one that belongs here."""
    torch = kept.get("torch")
    if torch is not None and not torch.problem and _uses_card(scene, tag_of(scene.site, torch)):
        pins = tuple(kept[name].pin for name in TORCH_TRIPLE if name in kept)
        return [Step("install", names=pins, index_url=_index_of(torch))]
    choice = torch_choice.choose(scene.install.source, scene.machine, version, targets=scene.targets)
    return torch_steps(choice, kept)


def torch_steps(choice: TorchChoice, kept: dict[str, Package]) -> list[Step]:
    """The steps that bring the build that belongs here; xFormers only where it is there already."""
    wanted = [pin for pin in choice.requirements if not pin.startswith("xformers") or "xformers" in kept]
    return [Step("install", names=tuple(wanted), index_url=choice.index_url)]


def _records(scene: Scene) -> Iterator[Finding]:
    """Leftovers, records that are broken, packages recorded twice."""
    left = packages.leftovers(scene.site)
    if left:
        yield _finding("leftovers", Step("discard", paths=tuple(left)), names=", ".join(path.name for path in left))
    doubled = packages.duplicates(scene.found)
    for package in scene.found:
        if package.problem and package.name not in doubled and package.name != "pip":
            yield _finding(
                "broken_record",
                Step("discard", paths=(package.record,)),
                exactly_again(package),
                package=package.name,
                file=package.problem,
            )
    for name, several in doubled.items():
        keep = scene.named[name]
        yield _finding(
            "duplicate",
            Step("discard", paths=tuple(one.record for one in several)),
            exactly_again(keep),
            package=name,
            versions=", ".join(one.version or "?" for one in several),
        )


def exactly_again(package: Package) -> Step:
    """Put the same version in again, from where it came."""
    return Step("reinstall", names=(_exactly(package),), dependencies=False, index_url=_index_of(package))


def _exactly(package: Package) -> str:
    """The requirement that brings the same again; what came from a file is looked for by its version."""
    if package.origin and not package.origin.startswith("file:"):
        return f"{package.name} @ {package.origin}"
    return package.pin if _is_version(package.version) else package.name


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def _index_of(package: Package) -> str:
    """torch's own index for its builds, "" for the package index."""
    _, _, tag = package.version.partition("+")
    return f"{torch_choice.INDEX_URL}/{tag}" if package.name in TORCH_TRIPLE and tag in BUILDS else ""


def _files(scene: Scene, context: JobContext, thorough: bool) -> Iterator[Finding]:
    """Files that are missing or were changed."""
    sound = [package for package in scene.named.values() if not package.problem and not package.editable]
    for name, damaged in packages.all_damages(sound, context, thorough=thorough).items():
        missing = [one for one in damaged if one.kind == "missing"]
        shown = missing or damaged
        yield _finding(
            "missing_files" if missing else "altered_files",
            *([exactly_again(scene.named[name])] if name != "pip" else pip_anew(scene)),
            package=name,
            count=len(shown),
            first=shown[0].path.relative_to(scene.site).as_posix(),
        )


def _torch(scene: Scene) -> Iterator[Finding]:
    """Whether torch is there and fits the card, and its companions fit torch."""
    torch = scene.named.get("torch")
    card = scene.machine.cards[0] if scene.machine.cards else None
    name = card.name if card else ", ".join(scene.machine.other_cards)
    fix = torch_steps(scene.choice, scene.named)
    if scene.choice.obstacle == "driver" and card:
        yield _finding("driver_too_old", card=name, driver=card.driver)
    elif scene.choice.obstacle:
        yield _finding("card_unusable", card=name)
    if torch is None:
        yield _finding("no_torch", *fix)
        return
    tag = tag_of(scene.site, torch)
    if tag and not _uses_card(scene, tag):
        yield _finding("cpu_torch" if tag == "cpu" else "wrong_torch", *fix, card=name, version=torch.version)
        return
    yield from _companions(scene, torch)


def _uses_card(scene: Scene, tag: str) -> bool:
    """Whether a build of torch uses one of the cards there are; for the CPU every build does."""
    kind = scene.choice.kind
    if kind not in ("cuda", "rocm", "xpu"):
        return True
    if kind == "cuda" and tag in BUILDS:
        return any(torch_choice.runs(BUILDS[tag], card, scene.machine.system) for card in scene.machine.cards)
    return tag.startswith({"cuda": "cu", "rocm": "rocm", "xpu": "xpu"}[kind])


def tag_of(site: Path, torch: Package) -> str:
    """What an installed torch was built for: "cu121", "rocm6.0", "xpu", "cpu"; "" where nothing says so.

    It is the ending of its version, else what its version file says (the package index's wheels have no ending).
    """
    ending = torch.version.partition("+")[2]
    if ending:
        return ending
    try:
        text = (site / "torch" / "version.py").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    said = dict(torch_choice.VERSION_LINE.findall(text))
    if said.get("cuda"):
        return "cu" + said["cuda"].replace(".", "")
    return "rocm" if said.get("hip") else "xpu" if said.get("xpu") else "cpu"


def _companions(scene: Scene, torch: Package) -> Iterator[Finding]:
    """torchvision and xFormers whose metadata pins another torch."""
    for name in ("torchvision", "xformers"):
        package = scene.named.get(name)
        pin = next((one for one in requirements.needs(package) if one.name == "torch"), None) if package else None
        if package is None or pin is None or requirements.accepts(pin, torch.version):
            continue
        yield _finding(
            f"{name}_mismatch",
            _matching(scene, torch, name),
            version=package.version,
            wanted=str(pin.specifier).removeprefix("=="),
            torch=torch.version,
        )


def _matching(scene: Scene, torch: Package, name: str) -> Step:
    """The companion for the torch that is there, else the set that belongs on this machine."""
    public, _, tag = torch.version.partition("+")
    one = torch_choice.SETS.get(public)
    tag = tag or tag_of(scene.site, torch)
    version = {"torchvision": one.torchvision, "xformers": one.xformers}[name] if one else ""
    if not version or (name == "xformers" and not tag.startswith("cu")):
        return torch_steps(scene.choice, scene.named)[0]
    index = f"{torch_choice.INDEX_URL}/{tag}" if tag in BUILDS else ""
    ending = f"+{tag}" if name == "torchvision" and torch.version.endswith(f"+{tag}") else ""
    return Step("install", names=(f"{name}=={version}{ending}",), index_url=index, dependencies=False)


def _requirements(scene: Scene) -> Iterator[Finding]:
    """What the web UI asks for and is not there, then what packages ask of each other."""
    wanted = [one for one in requirements.of_webui(scene.install.folder) if one.name not in TORCH_TRIPLE]
    told = set()
    for one in requirements.judge(wanted, scene.found, scene.environment):
        if one.status in (requirements.MISSING, requirements.WRONG):
            told.add(one.wanted.name)
            yield _finding(
                "requirement_missing" if one.status == requirements.MISSING else "requirement_wrong",
                Step("install", names=(one.wanted.text,)),
                package=one.wanted.name,
                wanted=one.wanted.text,
                origin=one.wanted.origin,
                version=one.found,
            )
    asked = {one.name: one.text for one in wanted}
    for unmet in requirements.unmet(scene.found, scene.environment):
        name = canonicalize_name(unmet.requirement.name)
        if name in told or name in TORCH_TRIPLE:
            continue
        steps = [] if name in asked else [Step("install", names=(f"{name}{unmet.requirement.specifier}",))]
        yield _finding(
            "dependency_unmet",
            *steps,
            package=unmet.package.name,
            wanted=f"{name}{unmet.requirement.specifier}",
            version=unmet.found or "-",
        )


def _socks(scene: Scene) -> Iterator[Finding]:
    """A SOCKS proxy needs packages that pip cannot fetch through it: the wheel-house or a direct route brings them."""
    is_used = scene.settings.proxy_environment or scene.settings.proxy_pip
    missing = [name for name in SOCKS_PACKAGES if name not in scene.named]
    if scene.settings.proxy.strip().lower().startswith("socks") and is_used and missing:
        yield _finding("socks_support", Step("install", names=tuple(missing)), packages=", ".join(missing))
