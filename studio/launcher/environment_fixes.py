"""The steps behind those fixes of a diagnosis that concern the environment (catalog.fixes names them)."""

from collections.abc import Mapping, Sequence

from packaging.utils import canonicalize_name

from studio.catalog.module_packages import MODULE_PACKAGES
from studio.core.machine import Machine
from studio.core.settings import Settings
from studio.launcher import extension_wants, packages, requirements
from studio.launcher.child_env import ARCHIVES
from studio.launcher.findings import Scene, Step, anew, exactly_again, findings, pip_anew, scene_of, torch_steps
from studio.launcher.install import Install
from studio.launcher.pythons import Python
from studio.launcher.repair import ordered

FINDINGS = {
    "reinstall_requirements": ("requirement_missing", "requirement_wrong", "dependency_unmet"),
    "delete_leftovers": ("leftovers", "broken_record", "duplicate"),
    "relocate_venv": ("python_gone", "moved"),
}
"""Fixes that do what the checks of that kind found."""


def steps(
    fix: str,
    arguments: Mapping[str, str],
    install: Install,
    settings: Settings,
    machine: Machine,
    *,
    found_pythons: Sequence[Python] | None = None,
) -> list[Step] | None:
    """The steps of a fix by its id, to be shown and given to repair.run; [] if there is nothing to do.

    None for fixes that do not concern the environment, or a module that no package brings.
    """
    if fix in FINDINGS:
        found = findings(install, settings, machine, found_pythons=found_pythons)
        return ordered(step for one in found if one.check.id in FINDINGS[fix] for step in one.steps)
    scene = scene_of(install, settings, machine, found_pythons)
    if fix in ("reinstall_torch", "reinstall_pair"):
        return torch_steps(scene.choice, scene.named)
    if fix in ("rebuild_venv", "install_python"):
        return list(anew(scene, "python_gone" if scene.state.exists else "no_environment").steps)
    if fix == "install_pip":
        return pip_anew(scene)
    if fix == "install_clip":
        mirror = f"{settings.git_mirror.rstrip('/')}/" if settings.git_mirror else ""
        return [Step("install", names=(f"clip @ {mirror}{ARCHIVES['CLIP_PACKAGE']}",))]
    if fix in ("reinstall_package", "clear_package_cache"):
        return _again(arguments.get("package", ""), scene.named)
    if fix == "install_package":
        return [Step("install", names=(arguments["requirement"],))] if arguments.get("requirement") else None
    if fix == "install_module":
        return _module(arguments.get("module", ""), scene)
    return None


def _again(name: str, named: Mapping[str, packages.Package]) -> list[Step] | None:
    """A package put in again; one that is not there, put in."""
    package = named.get(requirements.parse(name).name or canonicalize_name(name))
    if package is None:
        return [Step("install", names=(name,))] if name else None
    return [exactly_again(package)]


def _module(module: str, scene: Scene) -> list[Step] | None:
    """The package that brings a module; if it is there already, it is damaged and put in again.

    One that nobody names is never guessed: what the package index has under a module's name may be a stranger's.
    """
    parts = module.split(".")
    known = next((MODULE_PACKAGES[key] for key in (".".join(parts[:2]), parts[0]) if key in MODULE_PACKAGES), None)
    wanted = _asked_for(parts[0], scene) if known is None else known
    if not wanted or requirements.parse(wanted).requirement is None:
        return None
    there = scene.named.get(requirements.parse(wanted).name)
    return [exactly_again(there)] if there else [Step("install", names=(wanted,))]


def _asked_for(module: str, scene: Scene) -> str:
    """What is installed under this name, or asked for by the web UI or one of its extensions; "" if neither."""
    name = canonicalize_name(module)
    folder = scene.install.folder / scene.source.extensions
    every = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    texts = [one.text for one in requirements.of_webui(scene.install.folder)]
    texts += [text for path in every for text in extension_wants.wanted(path).requirements]
    asked = (text for text in texts if requirements.parse(text).name == name)
    return name if name in scene.named else next(asked, "")
