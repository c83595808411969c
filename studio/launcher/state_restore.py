"""Bringing a web UI back to a state: every step may be interrupted and done again."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.core import trash
from studio.core.errors import FileProblem, StudioError
from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher import by_hand, extensions, install_state, installs, packages, repair, versions
from studio.launcher import pip as pips
from studio.launcher.child_env import child_env
from studio.launcher.clone import clone, update_submodules
from studio.launcher.findings import Step
from studio.launcher.git import Repository, is_at_work
from studio.launcher.git_errors import GitError
from studio.launcher.install import Install
from studio.launcher.install_state import OFF, Head, InstallState, PackageState
from studio.launcher.repository_state import LOCKS, git_folder, missing_submodules, state, unfinished
from studio.launcher.surroundings import Surroundings

VERSIONS, EXTENSIONS, ENABLED, SETTINGS, PACKAGES = "versions", "extensions", "enabled", "settings", "packages"
PARTS = (VERSIONS, EXTENSIONS, ENABLED, SETTINGS, PACKAGES)
SAVED = "SD Studio: before going back"
ASIDE = "What was changed by hand since then was put aside; it can be applied again."
IN_TRASH = "Files of yours where others had to come back were moved to the trash."


class NotRestored(StudioError):
    """Parts of a state could not be brought back."""


@dataclass(frozen=True)
class Undo:
    """What is known of the change that is taken back.

    `targets` are the repositories' folders and the versions they were moved to; `discarded` names what it (and whatever
    came after it) threw away, by folders in the trash.
    """

    targets: tuple[tuple[str, str], ...] = ()
    discarded: tuple[str, ...] = ()


@dataclass
class Restoring:
    """One restoration. With `undo` the state is the one before an interrupted change: what came since then goes."""

    wanted: InstallState
    install: Install
    around: Surroundings
    context: JobContext
    undo: Undo | None = None

    def __post_init__(self) -> None:
        self.env = self.around.git_env(self.install)
        self.problems: list[StudioError] = []

    def run(self, parts: Sequence[str] = PARTS) -> None:
        """Bring these parts back. Raises NotRestored, once everything that can be brought back is, and Cancelled."""
        steps: dict[str, Callable[[], None]] = {
            EXTENSIONS: self.extensions,
            VERSIONS: self.versions,
            SETTINGS: self.settings,
            ENABLED: self.enabled,
            PACKAGES: self.packages,
        }
        if self.undo is not None:
            self.attempt(self.take_out_of_trash)
        for number, (name, step) in enumerate(steps.items()):
            if name in parts:
                self.context.progress(number, len(steps), "Bringing back how it was")
                self.attempt(step)
        if self.problems:
            first = self.problems[0]
            raise NotRestored(
                "Not everything could be brought back: {problem}",
                "Look into the details, then restore the snapshot again.",
                details="\n".join(f"{one}\n{one.details}" for one in self.problems),
                problem=str(first),
            )

    def attempt(self, step: Callable[..., None], *arguments: object) -> None:
        """Do one step; a failure is kept for later, so that the others are done."""
        try:
            step(*arguments)
        except StudioError as error:
            self.problems.append(error)

    # what was removed comes back

    def take_out_of_trash(self) -> None:
        """Move back what the change threw away: extensions, repositories, parts of the environment."""
        listed = self.undo.discarded if self.undo else ()
        for discarded in reversed([one for one in trash.contents(self.around.places) if one.folder.name in listed]):
            for item in discarded.items:
                if self.belongs(item.original):
                    self.attempt(self.take_back, discarded.folder / item.stored, item.original)

    def belongs(self, path: Path) -> bool:
        """Whether a discarded file or folder is part of the wanted state."""
        if path.is_relative_to(self.install.venv):
            return True
        if not path.is_relative_to(self.install.folder):
            return False
        inside = path.relative_to(self.install.folder).as_posix()
        known = [folder for folder in self.wanted.by_folder if folder] + [
            f"{self.extension_folder}/{name}" for name in self.wanted.extensions
        ]
        return inside.split("/")[0] == ".git" or any(inside == one or inside.startswith(f"{one}/") for one in known)

    def take_back(self, stored: Path, original: Path) -> None:
        """Move one thing back; an environment half made makes way, anything else that is there by now stays."""
        try:
            if original == self.install.venv.absolute() and os.path.lexists(original) and os.path.lexists(stored):
                trash.discard([original], self.around.places)
            if os.path.lexists(stored) and not os.path.lexists(original):
                original.parent.mkdir(parents=True, exist_ok=True)
                trash.move(stored, original)
        except OSError as error:
            raise FileProblem(original, "{path} could not be brought back.", details=str(error)) from error

    # extensions

    @property
    def extension_folder(self) -> str:
        """Where the extensions of this web UI lie, relative to its folder."""
        return installs.source(self.install.source).extensions

    def extensions(self) -> None:
        """Those that are missing come back, those that came with what is undone go to the trash."""
        parent = self.install.folder / self.extension_folder
        self.spell_names()
        now = install_state.switches(self.install)
        for name in [name for name in self.wanted.extensions if name not in now]:
            found = self.wanted.by_folder.get(f"{self.extension_folder}/{name}")
            self.attempt(self.fetch, parent / name, found)
        for name in self.surplus(now) if self.undo is not None else ():
            trash.discard([parent / name], self.around.places)

    def surplus(self, now: Mapping[str, bool]) -> list[str]:
        """The extensions that the wanted state does not know."""
        parent = self.install.folder / self.extension_folder
        return [name for name in now if name not in self.wanted.extensions and (parent / name).exists()]

    def spell_names(self) -> None:
        """Folders that are switched on and off by their names get the names they had."""
        parent = self.install.folder / self.extension_folder
        for name in self.wanted.extensions if self.install.source == "comfyui" else ():
            other = parent / (name.removesuffix(OFF) if name.endswith(OFF) else name + OFF)
            if other.is_dir() and not (parent / name).exists():
                other.rename(parent / name)

    def fetch(self, folder: Path, head: Head | None) -> None:
        """Clone an extension that is gone; its version is set with the others'."""
        if head is None or not head.remote:
            raise FileProblem(folder, "{name} is gone, and where it came from is not known.")
        staging = self.install.folder / "tmp" / f"studio-{folder.name}"
        clone(head.remote, folder, self.env, self.context, branch=head.branch, staging=staging)

    # versions

    def versions(self) -> None:
        """Every repository to its commit and branch, with the changes by hand that it had."""
        targets: dict[str, list[str]] = {}
        for folder, target in self.undo.targets if self.undo else ():
            targets.setdefault(folder, []).append(target)
        for head in self.wanted.heads:
            folder = self.install.folder / head.folder
            if head.commit and (folder / ".git").exists():
                repository = Repository(folder, self.env)
                self.attempt(self.head, repository, head, targets.get(head.folder, []))

    def head(self, repository: Repository, head: Head, targets: list[str]) -> None:
        """One repository. What was changed by hand since then is kept beside (git stash list)."""
        _unlock(repository)
        if stands(repository, head):
            return
        self.fetch_commit(repository, head)
        if head.remote:
            repository.run("config", "remote.origin.url", head.remote)
        if not _moves(repository, head):
            self.force(repository, head, _known(repository, targets))
        if missing_submodules(repository):
            update_submodules(repository, self.context)

    def force(self, repository: Repository, head: Head, targets: list[str]) -> None:
        """Write over whatever is in the way: of what is the user's own, there is a stash, or it lies in the trash.

        `targets` are commits that a killed Git may have written half of.
        """
        kept = [head.kept] if repository.ask("cat-file", "-t", head.kept) == "commit" else []
        if _keep_what_is_changed(repository, [*targets, *kept]):
            self.context.note(ASIDE)
        with self.links_away(repository):
            for commit in targets:  # files that a killed Git wrote become the version's, and go with it
                self.check_out(repository, commit)
            self.check_out(repository, head.commit, head.branch)
            for commit in kept:
                repository.run("stash", "apply", commit)

    def check_out(self, repository: Repository, commit: str, branch: str = "") -> None:
        """Check a commit out by force; files of the user's own in its way go to the trash."""
        own = by_hand.in_the_way(repository, commit)
        if own:
            trash.discard(own, self.around.places)
            self.context.note(IN_TRASH)
        _force(repository, commit, branch)

    @contextmanager
    def links_away(self, repository: Repository) -> Iterator[None]:
        """Keep the user's links (models on another disk) from Git, which would make folders of them."""
        try:
            links = by_hand.links(repository)
        except GitError:
            links = []  # with a damaged index nothing is known of them
        away = trash.discard(links, self.around.places) if links else None
        try:
            yield
        finally:
            written = [link for link in links if os.path.lexists(link)]
            if written:
                trash.discard(written, self.around.places)
            if away is not None:
                trash.restore(away)

    def fetch_commit(self, repository: Repository, head: Head) -> None:
        """Ask the origin for a commit that is not here."""
        if repository.ask("cat-file", "-t", head.commit) == "commit":
            return
        if head.remote:
            repository.run("config", "remote.origin.url", head.remote)
        try:
            repository.fetch("--tags", "--force", "origin", context=self.context)
            versions.resolve(repository, head.commit)
        except StudioError:
            repository.fetch("origin", head.commit, context=self.context)

    # settings

    def settings(self) -> None:
        """The files of settings as they were; one that was not there goes to the trash."""
        for name, path in install_state.files(self.install, self.around.places).items():
            digest = self.wanted.files.get(name)
            if digest is None or digest == install_state.kept(path, self.around.places, self.install, keep=False):
                continue
            if digest:
                self.attempt(self.put_file, path, install_state.copy_of(digest, self.around.places, self.install))
            elif self.undo is not None:
                trash.discard([path], self.around.places)

    def put_file(self, path: Path, copy: Path) -> None:
        """Write the kept copy of a file."""
        try:
            data = copy.read_bytes()
        except OSError as error:
            raise FileProblem(path, "The kept copy of {name} is gone.", details=str(error)) from error
        write_atomically(path, data)

    def enabled(self) -> None:
        """Switch extensions as they were, and those off that the wanted state does not know."""
        now = install_state.switches(self.install)
        wanted = {**dict.fromkeys(self.surplus(now), False), **self.wanted.extensions}
        other = {name: on for name, on in wanted.items() if name in now and now[name] != on}
        if other:
            extensions.set_enabled(self.install, other)

    # packages

    def packages(self) -> None:
        """The packages that were installed, in their versions: from the wheel-house first."""
        wanted = {one.name: one for one in self.wanted.packages or ()}
        site = packages.site_packages(self.install.venv)
        if self.wanted.packages is None or not self.install.python.exists() or not (wanted or self.undo):
            return
        found = packages.installed(site)
        wrong = [wanted[name] for name in wrong_packages(wanted, found, thorough=self.undo is not None)]
        surplus = sorted({one.name for one in found if not one.problem} - set(wanted) - {"pip", "setuptools"})
        if not self.has_pip(wrong, surplus):
            self.mend(Step("restore_pip"))
        if surplus:
            env = child_env(self.around.settings, base=self.around.child_base)
            pips.uninstall(self.install.venv, surplus, env, self.context)
        was_broken = {name for name, one in wanted.items() if not one.files} | {"pip"}
        broken = [one.record for one in packages.installed(site) if one.problem and one.name not in was_broken]
        waste = (*packages.leftovers(site), *broken)
        if waste:
            self.attempt(self.mend, Step("discard", paths=waste))
        for one in wrong:
            if one.name != "pip" and not one.is_editable:
                self.attempt(self.mend, self.again(one))
        waste = self.strange(site)
        if waste:
            self.attempt(self.mend, Step("discard", paths=waste))

    def again(self, one: PackageState) -> Step:
        """The step that brings a package back: the very same from the wheel-house, if it is there."""
        kept = self.around.house.exact(one.name, one.version, one.files)
        wheels = () if kept is None else (kept,)
        return Step("reinstall", names=(one.requirement,), dependencies=False, wheels=wheels)

    def strange(self, site: Path) -> tuple[Path, ...]:
        """What a pip that was killed left: it was not there before, and belongs to no package."""
        if self.undo is None or not self.wanted.site:
            return ()
        sound = [one for one in packages.installed(site) if not one.problem]
        owned = {entry.name.split("/")[0] for one in sound for entry in packages.entries(one)}
        known = {*self.wanted.site, *owned, *(one.record.name for one in sound), "__pycache__"}
        return tuple(path for path in sorted(site.iterdir()) if path.name not in known)

    def has_pip(self, wrong: Sequence[PackageState], surplus: Sequence[str]) -> bool:
        """Whether pip is there, or is not needed."""
        return not (wrong or surplus) or packages_have_pip(self.install)

    def mend(self, step: Step) -> None:
        """Do one step of a repair."""
        around = self.around
        repair.run(
            [step], self.install, around.settings, self.context, around.places, house=around.house,
            base=around.child_base,
        )  # fmt: skip


def discarded_since(places: Places, at: float) -> tuple[str, ...]:
    """What went to the trash since a time, by folders in it."""
    return tuple(one.folder.name for one in trash.contents(places) if one.at >= at - 1)


def packages_have_pip(install: Install) -> bool:
    """Whether the environment has a pip that is whole."""
    pip = packages.by_name(packages.installed(packages.site_packages(install.venv))).get("pip")
    return pip is not None and not pip.problem and not packages.damages(pip)


def wrong_packages(
    wanted: Mapping[str, PackageState], found: Sequence[packages.Package], *, thorough: bool
) -> list[str]:
    """The names of those that are missing or are not the same; `thorough` looks at their files too."""
    named = packages.by_name(found)
    doubled = packages.duplicates(found)
    return [
        name
        for name, one in wanted.items()
        if name not in named
        or name in doubled
        or named[name].version != one.version
        or (one.files and one.files != packages.fingerprint(named[name]))
        or bool(named[name].problem and one.files)
        or (thorough and not one.is_editable and packages.damages(named[name]))
    ]


def stands(repository: Repository, head: Head) -> bool:
    """Whether a repository is exactly as it was. Raises GitError where Git cannot tell at all."""
    try:
        now = state(repository)
        if (now.commit, now.branch, now.remote) != (head.commit, head.branch, head.remote):
            return False
        if now.unfinished != head.unfinished or {one.path for one in now.changed if one.kind == "new"} - set(head.new):
            return False
        changed = by_hand.keep(repository) if now.dirty else ""
    except GitError as error:
        if error.kind in ("absent", "folder"):
            raise
        return False
    return _tree(repository, changed) == _tree(repository, head.kept)


def _moves(repository: Repository, head: Head) -> bool:
    """Whether Git goes there by itself, so that nothing that was changed by hand is touched."""
    try:
        versions.move(repository, head.commit, head.branch)
    except GitError:
        return False
    return stands(repository, head)


def _tree(repository: Repository, commit: str) -> str:
    return repository.ask("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}") if commit else ""


def _unlock(repository: Repository) -> None:
    """Remove the locks of a Git that was killed. Raises GitError ("locked") where one is at work."""
    own = git_folder(repository)
    locks = [own / name for name in LOCKS if (own / name).exists()]
    if locks and is_at_work(repository.folder):
        raise GitError(kind="locked", folder=str(repository.folder))
    for path in locks:
        path.unlink(missing_ok=True)


def _keep_what_is_changed(repository: Repository, known: Sequence[str]) -> bool:
    """Before files are overwritten: what is in none of the `known` commits is put aside; whether that was needed."""
    try:
        commit = by_hand.keep(repository)
        is_new = bool(commit) and not by_hand.is_known(repository, commit, known)
    except GitError:
        return False  # where nothing can be read there is nothing that could be kept
    if is_new:
        repository.run("stash", "store", "--message", SAVED, commit)
    return is_new


def _known(repository: Repository, targets: Sequence[str]) -> list[str]:
    """The commits that a change was on its way to, as far as they arrived."""
    commits = []
    for name in targets:
        try:
            commits.append(versions.resolve(repository, name) if name else versions.tip(repository))
        except StudioError:
            continue
    return [commit for commit in commits if commit]


def _force(repository: Repository, commit: str, branch: str) -> None:
    """Check out whatever stands in the way; a damaged index is made anew."""
    begun = unfinished(git_folder(repository))
    if begun:
        repository.run(begun, "--quit")
    where = ("-B", branch, "--no-track", commit) if branch else ("--detach", commit)
    try:
        repository.run("checkout", "--force", *where)
    except GitError as error:
        if error.kind != "broken":
            raise
        (git_folder(repository) / "index").unlink(missing_ok=True)
        repository.run("reset", "--hard", commit)
        repository.run("checkout", "--force", *where)
