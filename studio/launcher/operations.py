"""What can be done with an installed web UI, each as a Change for transactions.run."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from studio.core.errors import BadRequest, StudioError, UnknownName
from studio.core.job import JobContext
from studio.core.trash import Discarded
from studio.launcher import (
    environment_fixes,
    extension_wants,
    extensions,
    git_problems,
    installs,
    journal,
    links,
    packages,
    repair,
    running,
    shield,
    snapshots,
    versions,
)
from studio.launcher import pip as pips
from studio.launcher.extensions import OFF, Extension, Updated
from studio.launcher.findings import Step
from studio.launcher.git_problems import Problem
from studio.launcher.install import Install
from studio.launcher.shield import Blocked, Shield, ShieldBlocked
from studio.launcher.snapshots import Snapshot
from studio.launcher.state_restore import PARTS, Restoring, Undo, discarded_since
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change, Transaction, held

SCRIPT_TIMEOUT_S = 3600.0


class ScriptFailed(StudioError):
    """The install script of an extension that ended with an error."""


# versions of the web UI


def update() -> Change:
    """The newest commit of the web UI's branch, and what it needs. The change gives a versions.Change."""

    def apply(transaction: Transaction) -> versions.Change:
        with transaction.step("version", folder=transaction.install.folder):
            change = versions.update(transaction.repository(), transaction.context)
        _meet_requirements(transaction, change)
        return change

    return Change("update", apply)


def switch(version: str) -> Change:
    """Another branch, tag or commit of the web UI, and what it needs."""

    def apply(transaction: Transaction) -> versions.Change:
        with transaction.step("version", folder=transaction.install.folder, target=version):
            change = versions.switch(transaction.repository(), version, transaction.context)
        _meet_requirements(transaction, change)
        return change

    return Change("switch", apply, {"version": version})


def go_back(commit: str) -> Change:
    """An earlier commit of the branch the web UI is on, and what it needs."""

    def apply(transaction: Transaction) -> versions.Change:
        with transaction.step("version", folder=transaction.install.folder, target=commit):
            change = versions.go_back(transaction.repository(), commit, transaction.context)
        _meet_requirements(transaction, change)
        return change

    return Change("go_back", apply, {"version": commit[:12]})


def _meet_requirements(transaction: Transaction, change: versions.Change) -> None:
    """Install what the new version asks for and the environment lacks; only that."""
    install, around = transaction.install, transaction.around
    if not change.is_change or not install.python.exists():
        return
    steps = environment_fixes.steps(
        "reinstall_requirements", {}, install, around.settings, around.machine, found_pythons=around.pythons
    )
    if steps:
        transaction.keep_packages(_names(steps))
        with transaction.step("requirements"):
            _mend(transaction, steps)


def _names(steps: Iterable[Step]) -> list[str]:
    return [repair._name(text) for step in steps for text in step.names]


def _mend(transaction: Transaction, steps: Sequence[Step]) -> repair.Repaired:
    install, around = transaction.install, transaction.around
    return repair.run(
        steps,
        install,
        around.settings,
        transaction.context,
        around.places,
        house=around.house,
        base=around.child_base,
        line=transaction.log,
    )


def mend_repository(problem: Problem) -> Change:
    """Mend what git_problems found in a repository of the web UI."""

    def apply(transaction: Transaction) -> None:
        address = installs.source(transaction.install.source).url
        url = address if problem.folder == transaction.install.folder else ""
        with transaction.step("version", folder=problem.folder):
            git_problems.mend(
                transaction.repository(problem.folder),
                problem,
                transaction.around.places,
                transaction.context,
                url="" if problem.values.get("url") else url,
            )

    return Change("mend", apply, {"name": problem.folder.name}, probes=False)


# extensions


def install_extension(url: str, *, name: str = "", branch: str = "") -> Change:
    """An extension from its address; what it needs is installed behind the shield. The change gives its folder."""
    title = name or extensions.folder_name(url)

    def apply(transaction: Transaction) -> Path:
        with transaction.step("clone"):
            folder = extensions.add(
                transaction.install, url, transaction.env, transaction.context, name=name, branch=branch
            )
        _install_requirements(transaction, folder)
        return folder

    return Change("extension_install", apply, {"name": title})


def update_extensions(names: Sequence[str] = ()) -> Change:
    """Extensions by their folders' names (none: all that have a repository). The change gives a list of Updated."""

    def apply(transaction: Transaction) -> list[Updated]:
        chosen = [one for one in found(transaction, names) if one.remote and not one.is_builtin]
        for one in chosen:
            transaction.plan(one.folder)
        with transaction.step("version"):
            updated = extensions.update(chosen, transaction.env, transaction.context)
        return [
            _with_needs(transaction, one.folder, result, len(updated) == 1)
            for one, result in zip(chosen, updated, strict=True)
        ]

    return Change("extension_update", apply, {"names": ", ".join(names) or "*"})


def _with_needs(transaction: Transaction, folder: Path, updated: Updated, is_alone: bool) -> Updated:
    """Install what an updated extension needs; one of several that fails at it goes back, so that the others stay."""
    if updated.change is None or not updated.change.is_change:
        return updated
    try:
        _install_requirements(transaction, folder)
    except (ScriptFailed, ShieldBlocked, pips.PipFailed) as error:
        if is_alone:
            raise
        versions.go_back(transaction.repository(folder), updated.change.before, transaction.context)
        return Updated(updated.name, None, error)
    return updated


def switch_extension(name: str, version: str) -> Change:
    """An extension to another commit, tag or branch; what it needs is installed behind the shield."""

    def apply(transaction: Transaction) -> versions.Change:
        one = found(transaction, [name])[0]
        with transaction.step("version", folder=one.folder, target=version):
            change = extensions.switch(one, version, transaction.env, transaction.context)
        _install_requirements(transaction, one.folder)
        return change

    return Change("extension_switch", apply, {"name": name, "version": version})


def uninstall_extension(name: str, plan: links.DeletePlan | None = None) -> Change:
    """An extension to the trash; `plan` is the list that the user saw. The change gives what was Discarded."""

    def apply(transaction: Transaction) -> Discarded:
        one = found(transaction, [name])[0]
        with transaction.step("remove"):
            made = plan or extensions.removal(one)
            return extensions.uninstall(transaction.install, one, made, transaction.around.places)

    return Change("extension_uninstall", apply, {"name": name}, probes=False)


def enable_extensions(switched: Mapping[str, bool]) -> Change:
    """Extensions on (True) and off, by their folders' names."""

    def apply(transaction: Transaction) -> None:
        with transaction.step("switches"):
            extensions.set_enabled(transaction.install, switched)

    kind = "extension_enable" if all(switched.values()) else "extension_disable"
    return Change(kind, apply, {"names": ", ".join(switched)}, probes=False)


def rename_extension(name: str, new: str) -> Change:
    """The folder of an extension gets another name."""

    def apply(transaction: Transaction) -> None:
        one = found(transaction, [name])[0]
        target = one.folder.with_name(extensions.check_name(new))
        if target.exists():
            raise BadRequest("There is an extension in a folder named {name} already.", "Uninstall it first.", name=new)
        with transaction.step("switches"):
            one.folder.rename(target)

    return Change("extension_rename", apply, {"name": name, "new": new}, probes=False)


def found(transaction: Transaction, names: Sequence[str]) -> list[Extension]:
    """The extensions of these folders, in that order; none: all. Raises UnknownName."""
    every = {one.name: one for one in extensions.extensions(transaction.install, transaction.env, transaction.context)}
    for name in names:
        if name not in every and f"{name}{OFF}" not in every:
            raise UnknownName("extension", name, every)
    return [every.get(name) or every[f"{name}{OFF}"] for name in names] if names else list(every.values())


def _install_requirements(transaction: Transaction, folder: Path) -> None:
    """Run an extension's install script, or install its requirements where it has none, behind the shield.

    Raises ShieldBlocked where it wants what is held, ScriptFailed and PipFailed.
    """
    install, around = transaction.install, transaction.around
    script = folder / extension_wants.INSTALLER
    wanted = [] if script.is_file() else extension_wants.wanted(folder).requirements
    if not install.python.exists() or not (script.is_file() or wanted):
        return
    transaction.keep_packages()
    env = shield.guarded_env(
        install,
        around.settings,
        around.places,
        base=around.child_base,
        extensions=[folder.name],
        extra={"PYTHONPATH": str(install.folder)},
    )
    with transaction.step("install_script", name=folder.name):
        if wanted:
            try:
                pips.install(install.venv, wanted, env, transaction.context, line=transaction.log)
            except pips.PipFailed as failed:
                _raise_blocked(transaction, folder.name, failed.details)
                raise
        else:
            _run_script(transaction, script, env)


def _run_script(transaction: Transaction, script: Path, env: Mapping[str, str]) -> None:
    install, name = transaction.install, script.parent.name
    done = running.run(
        [str(install.python), str(script)],
        env,
        transaction.context,
        folder=install.folder,
        timeout_s=SCRIPT_TIMEOUT_S,
        line=transaction.log,
    )
    _raise_blocked(transaction, name, done.output)
    if done.code:
        raise ScriptFailed(
            "The install script of {name} failed.", "The details are its own words.", details=done.output, name=name
        )


def _raise_blocked(transaction: Transaction, name: str, log: str) -> None:
    blocked = blocked_by_shield(transaction.install, transaction.around, name, log)
    if blocked:
        first = blocked[0]
        raise ShieldBlocked(Blocked(first.package, first.wanted, first.held, first.who, name), log)


def blocked_by_shield(install: Install, around: Surroundings, extension: str, log: str) -> list[Blocked]:
    """What an extension wanted to change and might not, by what its installation wrote."""
    folder = shield.record_folder(install, around.places)
    held = Shield.load(folder).held([extension])
    pins = shield.constraints(packages.installed(packages.site_packages(install.venv)), held)
    return shield.blocked(log, pins)


# environment


def repair_environment(steps: Sequence[Step]) -> Change:
    """The steps of a repair plan (repair.plan, environment_fixes.steps). The change gives what was Repaired.

    No start is tried unless that is wished: what was broken before need not start after one thing is mended.
    """

    def apply(transaction: Transaction) -> repair.Repaired:
        transaction.keep_packages(_names(steps))
        with transaction.step("repair"):
            return _mend(transaction, steps)

    return Change("repair", apply, probes=False)


def reinstall_packages(names: Sequence[str]) -> Change:
    """Packages put in again, by name or requirement."""
    change = repair_environment([Step("reinstall", names=tuple(names), dependencies=False)])
    return Change("packages", change.apply, {"names": ", ".join(names)}, probes=False)


def uninstall_packages(names: Sequence[str]) -> Change:
    """Packages taken out of the environment."""

    def apply(transaction: Transaction) -> str:
        transaction.keep_packages(names)
        env = shield.guarded_env(
            transaction.install, transaction.around.settings, transaction.around.places,
            base=transaction.around.child_base,
        )  # fmt: skip
        with transaction.step("repair"):
            return pips.uninstall(transaction.install.venv, names, env, transaction.context)

    return Change("packages", apply, {"names": ", ".join(names)}, probes=False)


# going back


def take_snapshot(install: Install, around: Surroundings, context: JobContext, title: str = "") -> Snapshot:
    """Write down how a web UI stands, and keep its packages for the way back (those that the shield holds excepted).

    Raises FileProblem, DiskFull and Cancelled.
    """
    found = packages.by_name(packages.installed(packages.site_packages(install.venv)))
    protected = held(install, around)
    around.house.fill([one for name, one in found.items() if name not in protected], context)
    return snapshots.take(install, around.places, around.git_env(install), title)


def restore(snapshot: Snapshot, parts: Sequence[str] = PARTS) -> Change:
    """All of a snapshot, or these parts: versions, extensions, enabled, settings, packages.

    Extensions that are gone are fetched again; those that the snapshot does not know are switched off with "enabled".
    """
    return Change(
        "restore", lambda transaction: _restore(transaction, snapshot, parts), {"name": snapshot.text}, probes=False
    )


def _restore(transaction: Transaction, snapshot: Snapshot, parts: Sequence[str], undo: Undo | None = None) -> None:
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise UnknownName("part of a snapshot", unknown[0], PARTS)
    install = transaction.install
    if "packages" in parts and snapshot.state.packages is not None:
        transaction.keep_packages()
    if "versions" in parts:
        for head in snapshot.state.heads:
            transaction.plan(install.folder / head.folder, head.commit)
    with transaction.step("restore"):
        Restoring(snapshot.state, install, transaction.around, transaction.context, undo).run(parts)


def rollback(install: Install, around: Surroundings, entry: str = "") -> Change:
    """Back to how it was before a change of the journal; "" is the last one that was not taken back.

    What was uninstalled since then comes out of the trash, extensions that came since then go there.
    Raises BadRequest if there is none, UnknownName.
    """
    chosen = find_entry(install, around, entry)
    before = snapshots.find(around.places, install.key, chosen.before)
    undo = Undo(discarded=discarded_since(around.places, chosen.at))
    return Change(
        "rollback",
        lambda transaction: _restore(transaction, before, PARTS, undo),
        {"name": chosen.text},
        probes=False,
        reverts=chosen.id,
    )


def find_entry(install: Install, around: Surroundings, name: str = "") -> journal.Entry:
    """The change of an id; "" is the last one that can be taken back. Raises BadRequest or UnknownName."""
    every = journal.entries(around.places, install.key)
    if name:
        named = next((one for one in every if one.id == name), None)
        if named is None:
            raise UnknownName("change", name, [one.id for one in every])
        return named
    last = next((one for one in every if one.status == journal.DONE and one.kind != "rollback"), None)
    if last is None:
        raise BadRequest("There is no change that could be taken back.")
    return last
