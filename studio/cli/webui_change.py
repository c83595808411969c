"""`webui install`, `adopt`, `update`, `switch`, `aside`, `rollback`, `snapshot`, `restore`: changes of a web UI."""

import argparse
from pathlib import Path

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.cli.terminal import INTERRUPTED
from studio.cli.webui_common import JSON, Act, argument, install_of, make, moment, show, surroundings, work
from studio.core.errors import BadRequest, Cancelled, UnknownName
from studio.core.job import JobContext
from studio.launcher import (
    by_hand,
    fixes,
    install_state,
    installs,
    new_environment,
    operations,
    removal,
    snapshots,
    state_restore,
    transactions,
    versions,
)
from studio.launcher.by_hand import Stash
from studio.launcher.child_env import child_env
from studio.launcher.git import Repository
from studio.launcher.git_problems import ASIDE
from studio.launcher.install import Install
from studio.launcher.snapshots import Snapshot
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Finished
from studio.launcher.versions import Change as Moved

PROBE = argument(
    "--probe",
    action=argparse.BooleanOptionalAction,
    default=None,
    help="whether a start is tried afterwards; if it fails, all is put back",
)


def install(given: argparse.Namespace) -> int:
    """Clone a web UI and make its environment."""
    around = surroundings()
    mirror = given.mirror or around.settings.git_mirror
    env = child_env(around.settings.model_copy(update={"git_mirror": ""}), base=around.base)
    folder = Path(given.folder or around.places.home / "webuis" / given.kind)
    try:
        with work() as context:
            made = installs.install(
                around.places, folder, given.kind, env, context,
                url=given.url, branch=given.branch, mirror=mirror, title=given.title,
            )  # fmt: skip
            _show_models(made, around)
            if given.environment:
                transactions.run(made, new_environment.change(made, around), around, context)
    except Cancelled:
        return INTERRUPTED
    return show(given, _installed(made), [f"Installed as {made.key} in {made.folder}."])


def adopt(given: argparse.Namespace) -> int:
    """Take a folder that holds a web UI already into the list."""
    around = surroundings()
    env = child_env(around.settings, base=around.base)
    try:
        with work() as context:
            made = installs.adopt(around.places, given.folder, env, context, title=given.title, key=given.kind)
            _show_models(made, around)
    except Cancelled:
        return INTERRUPTED
    return show(given, _installed(made), [f"{made.folder} is in the list, as {made.key}."])


def _show_models(made: Install, around: Surroundings) -> None:
    """Its models are found with the studio's own from now on."""
    around.settings.with_models_of(made.folder).save(around.places.settings)


def _installed(made: Install) -> JSON:
    return {"key": made.key, "title": made.title, "source": made.source, "folder": str(made.folder)}


def remove(given: argparse.Namespace) -> int:
    """Move a web UI to the trash without its models and pictures; --forget only takes it off the list."""
    around = surroundings()
    gone = installs.find(around.places, given.key)
    if given.forget:
        installs.forget(around.places, gone.key)
        return show(given, {"key": gone.key, "forgotten": True}, [f"{gone.folder} is not in the list any more."])
    made = removal.plan(around.places, gone)
    said = {
        "key": gone.key,
        "files": made.files,
        "size_bytes": made.size_bytes,
        "kept": [str(k.path) for k in made.kept],
    }
    if given.yes:
        said["trash"] = str(removal.remove(around.places, gone, made).folder)
    verb = "Moved to the trash" if given.yes else "Would move to the trash (say --yes)"
    lines = [f"{verb}: {made.files} files of {gone.folder}.", *(f"stays: {kept.path}" for kept in made.kept)]
    return show(given, said, lines)


def update(given: argparse.Namespace) -> int:
    """Update the web UI; if it does not start afterwards, all is put back."""
    return make(given, lambda *_: operations.update(), _moved)


def switch(given: argparse.Namespace) -> int:
    """Switch to another branch, tag or commit."""
    return make(given, lambda *_: operations.switch(given.version), _moved)


def _moved(done: Finished) -> tuple[JSON, list[str]]:
    if not isinstance(done.value, Moved):
        return {}, []
    moved = {"from": done.value.before, "to": done.value.after}
    text = f"{done.value.before[:8]} -> {done.value.after[:8]}" if done.value.is_change else "It was there already."
    return moved, [text]


def aside(given: argparse.Namespace) -> int:
    """Put aside what was changed by hand and keeps updates out, list it, or take it back."""
    around = surroundings()
    install = install_of(given, around.places)
    repository = Repository(fixes.repository_folder(install, given.extension), around.git_env(install))
    name = " ".join(given.names)
    try:
        with work() as context:
            return show(given, *{"list": _kept_aside, "put": _put, "back": _back}[given.act](repository, name, context))
    except Cancelled:
        return INTERRUPTED


def _put(repository: Repository, name: str, context: JobContext) -> tuple[JSON, list[str]]:
    made = versions.put_aside(repository, name or ASIDE, context)
    return {"stash": _stash(made) if made else None}, [f"Put aside: {made.name}" if made else "Nothing was changed."]


def _back(repository: Repository, name: str, context: JobContext) -> tuple[JSON, list[str]]:
    """The one of that name, else the newest."""
    kept = by_hand.stashes(repository)
    chosen = next((one for one in kept if name in ("", one.name, one.commit)), None)
    if chosen is None:
        raise UnknownName("stash", name, [one.name for one in kept])
    by_hand.take_back(repository, chosen, context)
    return {"stash": _stash(chosen)}, [f"Applied again: {chosen.name}"]


def _kept_aside(repository: Repository, _name: str, _context: JobContext) -> tuple[JSON, list[str]]:
    kept = by_hand.stashes(repository)
    lines = [f"{one.commit[:8]}  {moment(one.date)}  {one.name}" for one in kept]
    return {"stashes": [_stash(one) for one in kept]}, lines or ["Nothing is put aside."]


def _stash(one: Stash) -> JSON:
    return {"commit": one.commit, "name": one.name, "at": one.date, "folder": str(one.folder)}


def rollback(given: argparse.Namespace) -> int:
    """Take back the last change, or a chosen one with all that came after it."""
    return make(given, lambda install, around, _: operations.rollback(install, around, given.change))


def restore(given: argparse.Namespace) -> int:
    """Restore a snapshot, or parts of it."""
    parts = given.part or state_restore.PARTS

    def choose(install: Install, around: Surroundings, _: object) -> operations.Change:
        return operations.restore(snapshots.find(around.places, install.key, given.snapshot), parts)

    return make(given, choose)


def snapshot(given: argparse.Namespace) -> int:
    """Take, list, compare, import or delete snapshots."""
    around = surroundings()
    install = install_of(given, around.places)
    return {"take": _take, "list": _list, "compare": _compare, "import": _import, "delete": _delete}[given.act](
        given, install, around
    )


def _take(given: argparse.Namespace, install: Install, around: Surroundings) -> int:
    try:
        with work() as context:
            made = operations.take_snapshot(install, around, context, " ".join(given.names))
    except Cancelled:
        return INTERRUPTED
    return show(given, _row(made), [f"Taken: {made.id}  {made.text}"])


def _list(given: argparse.Namespace, install: Install, around: Surroundings) -> int:
    found = snapshots.snapshots(around.places, install.key)
    lines = [f"{one.id}  {moment(one.at)}  {one.kind:15} {one.text}" for one in found]
    return show(given, {"snapshots": [_row(one) for one in found]}, lines or ["No snapshot yet."])


def _row(one: Snapshot) -> JSON:
    return {
        "id": one.id,
        "at": one.at,
        "title": one.text,
        "kind": one.kind,
        "commit": one.state.by_folder[""].commit if "" in one.state.by_folder else "",
        "extensions": one.state.extensions,
        "packages": None if one.state.packages is None else len(one.state.packages),
    }


def _compare(given: argparse.Namespace, install: Install, around: Surroundings) -> int:
    """Two snapshots, or one and how it is now."""
    if not 1 <= len(given.names) <= 2:
        raise BadRequest("Name one snapshot or two.", "See: python main.py webui snapshot list")
    before, *rest = [snapshots.find(around.places, install.key, name).state for name in given.names]
    after = rest[0] if rest else install_state.look(install, around.places, around.git_env(install))
    found = snapshots.compare(before, after, around.places, install)
    lines = [f"{one.part:10} {one.name or install.title}: {one.before or '-'} -> {one.after or '-'}" for one in found]
    return show(given, {"differences": [vars(one) for one in found]}, lines or ["There is no difference."])


def _import(given: argparse.Namespace, install: Install, around: Surroundings) -> int:
    if len(given.names) != 1:
        raise BadRequest("Name the file that the web UI wrote to its folder config_states.")
    made = snapshots.import_config_state(Path(given.names[0]), install, around.places)
    return show(given, _row(made), [f"Imported: {made.id}  {made.text}"])


def _delete(given: argparse.Namespace, install: Install, around: Surroundings) -> int:
    gone = [snapshots.find(around.places, install.key, name) for name in given.names]
    for one in gone:
        snapshots.forget(around.places, install.key, one.id)
    return show(given, {"deleted": [one.id for one in gone]}, [f"Deleted: {one.id}" for one in gone])


KINDS = ", ".join(row.key for row in reversed(WEBUI_SOURCES))
ACTS = (
    Act(
        "install",
        "install one from its repository",
        install,
        (
            argument("kind", metavar="KIND", help=f"one of {KINDS}"),
            argument("folder", nargs="?", default="", help="where to; it must not exist"),
            argument("--url", default="", help="another address, a fork's"),
            argument("--branch", default="", help="another branch or tag"),
            argument("--mirror", default="", help="is put before https://github.com/; else the settings' mirror is"),
            argument("--title", default="", help="its name in lists"),
            argument(
                "--environment",
                action=argparse.BooleanOptionalAction,
                default=True,
                help="also make its Python environment (several GB)",
            ),
        ),
        is_of_install=False,
    ),
    Act(
        "adopt",
        "take a folder that holds a web UI already into the list",
        adopt,
        (
            argument("folder", type=Path),
            argument("--kind", default="", metavar="KIND", help=f"one of {KINDS}, where it should not be guessed"),
            argument("--title", default="", help="its name in lists"),
        ),
        is_of_install=False,
    ),
    Act(
        "remove",
        "move one to the trash, without its models and pictures",
        remove,
        (
            argument("key", metavar="KEY"),
            argument("--yes", action="store_true", help="do it; else it is only shown"),
            argument("--forget", action="store_true", help="only take it off the list"),
        ),
        is_of_install=False,
    ),
    Act("update", "update one; put back if it does not start", update, (PROBE,)),
    Act("switch", "another branch, tag or commit", switch, (argument("version"), PROBE)),
    Act(
        "aside",
        "put changes made by hand aside, list them, or apply them again",
        aside,
        (
            argument("act", nargs="?", default="list", choices=("list", "put", "back")),
            argument("names", nargs="*", metavar="NAME", help="what it is called; back: the newest without one"),
            argument("--extension", default="", metavar="NAME", help="in an extension's folder"),
        ),
    ),
    Act(
        "rollback",
        "take the last change back",
        rollback,
        (argument("change", nargs="?", default="", help="a change of `webui journal`; all after it goes too"), PROBE),
    ),
    Act(
        "snapshot",
        "take, list, compare, import or delete snapshots",
        snapshot,
        (
            argument("act", nargs="?", default="take", choices=("take", "list", "compare", "import", "delete")),
            argument("names", nargs="*", help="a title, ids, or a file of config_states"),
        ),
    ),
    Act(
        "restore",
        "restore a snapshot",
        restore,
        (
            argument("snapshot", help="its id or title"),
            argument("--part", action="append", choices=state_restore.PARTS, help="only this part; may be repeated"),
            PROBE,
        ),
    ),
)
