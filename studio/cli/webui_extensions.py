"""`webui extensions`: listed, examined, installed, updated, switched on and off, uninstalled."""

import argparse
from typing import Any

from studio.cli.terminal import INTERRUPTED
from studio.cli.webui_change import PROBE
from studio.cli.webui_common import JSON, Act, argument, install_of, make, problem, show, surroundings, work
from studio.core.errors import BadRequest, Cancelled
from studio.launcher import conflicts, extension_index, extension_preview, extensions, operations, shield
from studio.launcher.conflicts import Conflict
from studio.launcher.extensions import Extension
from studio.launcher.shield import Shield, ShieldBlocked
from studio.launcher.transactions import Finished

ACTS_OF = ("list", "preview", "install", "update", "switch", "enable", "disable", "allow", "uninstall", "search")

CONFLICTS = {
    conflicts.AMONG: "no version suits all",
    conflicts.CHANGE: "would be replaced",
    conflicts.BREAKS: "would break others",
    conflicts.UNKNOWN: "cannot be told",
}


def run(given: argparse.Namespace) -> int:
    """Do one act with extensions."""
    wanted = {"preview": 1, "install": 1, "switch": 2, "uninstall": 1}.get(given.act)
    if wanted is not None and len(given.names) != wanted:
        raise BadRequest(
            "“{act}” wants {count} names.", "See: python main.py webui extensions --help", act=given.act, count=wanted
        )
    if given.act in ("enable", "disable", "allow") and not given.names:
        raise BadRequest("Name the extensions.", "See: python main.py webui extensions")
    names: list[str] = given.names
    if given.act == "list":
        return _list(given)
    if given.act == "search":
        return _search(given)
    if given.act == "preview":
        return _preview(given)
    if given.act == "allow":
        return _allow(given)
    changes = {
        "install": lambda: operations.install_extension(names[0], name=given.name, branch=given.branch),
        "update": lambda: operations.update_extensions(names),
        "switch": lambda: operations.switch_extension(*names),
        "enable": lambda: operations.enable_extensions(dict.fromkeys(names, True)),
        "disable": lambda: operations.enable_extensions(dict.fromkeys(names, False)),
        "uninstall": lambda: operations.uninstall_extension(names[0]),
    }
    return make(given, lambda *_: changes[given.act](), _told)


def _told(done: Finished) -> tuple[JSON, list[str]]:
    if not isinstance(done.value, list):
        return {}, []
    rows: list[dict[str, Any]] = []
    for one in done.value:
        moved = {"from": one.change.before, "to": one.change.after} if one.change else {}
        rows.append({"name": one.name, **moved, "error": problem(one.error) if one.error else None})
    lines = [
        f"{row['name']}: {row['error']['message'] if row['error'] else row['from'][:8] + ' -> ' + row['to'][:8]}"
        for row in rows
    ]
    return {"extensions": rows}, lines


def _list(given: argparse.Namespace) -> int:
    around = surroundings()
    install = install_of(given, around.places)
    env = around.git_env(install)
    try:
        with work() as context:
            found = extensions.extensions(install, env, context)
            if given.refresh:
                extensions.check(found, env, context)
                found = extensions.extensions(install, env, context)
    except Cancelled:
        return INTERRUPTED
    said = {
        "extensions": [_row(one) for one in found],
        "duplicates": [[one.name for one in group] for group in extensions.duplicates(found)],
        "unmet": [vars(one) for one in extensions.unmet(found)],
    }
    lines = [
        f"{'on ' if one.is_enabled else 'off'} {one.name:40} {one.commit[:8]:8} {one.behind or 'nothing'} new"
        for one in found
        if not one.is_builtin or given.all
    ]
    lines += [f"! {one.extension} needs {' or '.join(one.alternatives)}" for one in extensions.unmet(found)]
    return show(given, said, lines or ["No extensions."])


def _row(one: Extension) -> JSON:
    return {**vars(one), "folder": str(one.folder)}


def _search(given: argparse.Namespace) -> int:
    """Print extensions of the public list that hold all words."""
    around = surroundings()
    install = install_of(given, around.places)
    try:
        with work() as context:
            index = extension_index.load(around.places, around.git_env(install), context)
    except Cancelled:
        return INTERRUPTED
    found = extension_index.search(index, " ".join(given.names))[: given.limit]
    lines = [f"{one.stars:6} {one.name}\n       {one.url}\n       {one.description[:100]}" for one in found]
    said = {"is_offline": index.is_offline, "extensions": [{**vars(one), "tags": list(one.tags)} for one in found]}
    return show(given, said, lines or ["Nothing was found."])


def _preview(given: argparse.Namespace) -> int:
    """Print what an extension would bring, before anything of it is installed."""
    around = surroundings()
    install = install_of(given, around.places)
    try:
        with work() as context:
            found = extension_preview.preview(install, around, given.names[0], context, branch=given.branch)
    except Cancelled:
        return INTERRUPTED
    unknown = [*found.wanted.unknown, *found.unread]
    said = {
        "name": found.name,
        "commit": found.commit,
        "size_bytes": found.size_bytes,
        "wants": [vars(one) for one in found.wanted.wishes],
        "would_bring": [vars(one) for one in found.planned],
        "conflicts": [vars(one) for one in found.conflicts],
        "protected": [vars(one) for one in found.blocked],
        "requires": list(found.missing),
        "unknown": unknown,
    }
    lines = [
        f"{found.name} {found.commit[:8]}  {found.title}",
        *(f"wants {one.text}  ({one.origin})" for one in found.wanted.wishes),
        *(f"would bring {one.text}" for one in found.planned),
        *(f"! {CONFLICTS[one.kind]}: {one.package} {one.installed}  {_wants(one)}" for one in found.conflicts),
        *(f"! {ShieldBlocked(one)}" for one in found.blocked),
        *(f"! requires the extension {' or '.join(names)}, which is not on" for names in found.missing),
        *(f"? not known before it is installed: {one}" for one in unknown),
    ]
    return show(given, said, lines)


def _allow(given: argparse.Namespace) -> int:
    """Let an extension change protected packages; without packages it may change none any more."""
    around = surroundings()
    folder = shield.record_folder(install_of(given, around.places), around.places)
    name, *wished = given.names
    record = Shield.load(folder).allow(name, wished)
    record.save(folder)
    allowed = record.allowed.get(name, ())
    return show(
        given, {"extension": name, "allowed": list(allowed)}, [f"{name} may change: {', '.join(allowed) or '-'}"]
    )


def _wants(one: Conflict) -> str:
    return ", ".join(f"{who}: {what}" for who, what in one.wants)


ACTS = (
    Act(
        "extensions",
        "list, preview, install, update, switch, enable, disable, allow, uninstall, search",
        run,
        (
            argument("act", nargs="?", default="list", choices=ACTS_OF),
            argument(
                "names",
                nargs="*",
                help="folders of extensions; preview, install: an address; allow: one, then packages; search: words",
            ),
            argument("--name", default="", help="install: another name for its folder"),
            argument("--branch", default="", help="preview, install: another branch"),
            argument("--refresh", action="store_true", help="list: ask their servers what is new"),
            argument("--all", action="store_true", help="list: the built-in ones too"),
            argument("--limit", type=int, default=30, help="search: how many"),
            PROBE,
        ),
    ),
)
