"""What the button of a diagnosis does: each fix of catalog.fixes as a Change, which can be taken back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from studio.catalog.fixes import BY_ID, GUIDES
from studio.catalog.rules import FixCall
from studio.catalog.webui_flags import ANY, SPELLINGS, VRAM_TIERS
from studio.core import trash
from studio.core.errors import BadRequest, FileProblem, UnknownName
from studio.core.files import write_atomically
from studio.core.job import JobContext
from studio.core.nvidia import Card
from studio.launcher import (
    environment_fixes,
    flags,
    install_state,
    installs,
    journal,
    launch_options,
    operations,
    ports,
    snapshots,
    versions,
    webui_config,
    webui_user,
)
from studio.launcher.by_hand import Stash
from studio.launcher.clone import clone
from studio.launcher.command_line import given, join, split
from studio.launcher.diagnosis import Diagnosis, Outcome, outcome
from studio.launcher.findings import Step
from studio.launcher.flags import FlagTable
from studio.launcher.install import Install
from studio.launcher.launch_options import LaunchOptions, Variable
from studio.launcher.probe import TIMEOUT_S, Probed, probe
from studio.launcher.surroundings import Surroundings
from studio.launcher.transactions import Change, Transaction, refuse_running

ASIDE = "SD Studio: put aside"
REPOSITORIES = "repositories"
Alter = Callable[[LaunchOptions, FlagTable], LaunchOptions]


def change(call: FixCall, install: Install, around: Surroundings, *, extension: str = "") -> Change | None:
    """What a fix does to a web UI; None for those that only show the way (care "guides").

    `extension` is the one the diagnosis blames. Raises BadRequest where there is nothing that could be done, and what
    looking at the web UI raises.
    """
    if BY_ID[call.fix].care == GUIDES:
        return None
    if call.fix in DOING:
        return DOING[call.fix](call.arguments, install, around, extension)
    return operations.repair_environment(preview(call, install, around))


def possible(found: Diagnosis, install: Install) -> Diagnosis:
    """A finding without fixes of extensions that are not here (a log may be of elsewhere) or come from nowhere."""
    return replace(found, fixes=tuple(call for call in found.fixes if _is_possible(call, install)))


def _is_possible(call: FixCall, install: Install) -> bool:
    if call.fix not in ("disable_extension", "update_extension"):
        return True
    folder = install.folder / installs.source(install.source).extensions / call.arguments["extension"]
    return (folder / ".git").exists() if call.fix == "update_extension" else folder.is_dir()


def preview(call: FixCall, install: Install, around: Surroundings) -> list[Step]:
    """The steps of a fix that concerns the environment, [] for other fixes.

    Raises BadRequest where there is nothing that could be done, and what looking at the web UI raises.
    """
    if call.fix in DOING or BY_ID[call.fix].care == GUIDES:
        return []
    steps = environment_fixes.steps(
        call.fix, call.arguments, install, around.settings, around.machine, found_pythons=around.pythons
    )
    if steps is None and call.fix == "install_module":
        raise BadRequest(
            "No package is known that brings {module}.",
            "It may be a part of the extension that asks for it: update that extension, or look at its page.",
            module=call.arguments["module"],
        )
    if not steps:
        raise BadRequest("There is nothing that this could mend here.", "Look at the other findings.")
    return steps


def helped(
    before: Sequence[Diagnosis],
    install: Install,
    around: Surroundings,
    context: JobContext,
    *,
    timeout_s: float = TIMEOUT_S,
) -> tuple[Outcome, Probed]:
    """Try a start after a fix, and compare what its log tells with the findings before it.

    What only shows while a picture is made is not seen by this. Raises Busy, AlreadyRunning, Cancelled and what
    forbids a start.
    """
    with journal.locked(around.places, install.key):
        refuse_running(install, around.places)
        probed = probe(install, around, context, timeout_s=timeout_s)
    return outcome(before, probed.diagnoses, probed.is_ready), probed


# how the web UI is started


def _options(kind: str, values: Mapping[str, str], alter: Alter) -> Change:
    def apply(transaction: Transaction) -> LaunchOptions:
        install, places = transaction.install, transaction.around.places
        with transaction.step("switches"):
            options = alter(launch_options.load(places, install.key), flags.read_flags(install))
            launch_options.save(places, install.key, options)
        return options

    return Change(kind, apply, values, probes=False)


def with_option(options: LaunchOptions, table: FlagTable, option: str, card: Card | None = None) -> LaunchOptions:
    """Options in which these arguments are given; one takes the place of the same with another value."""
    there = [(each.name, each.values) for each in given(launch_options.argv(options, table, card), table)]
    wanted = [each for each in given(split(option), table) if (each.name, each.values) not in there]
    for each in wanted:
        options = without_option(options, table, each.name, card)
    words = tuple(word for each in wanted for word in each.arguments)
    said, silent = (webui_user.options_of(webui_user.UserFile(text), table, options) for text in (words, ()))
    fields = set(LaunchOptions.model_fields) - {"flags", "free_text", "environment"}
    changed = {name: value for name in fields if (value := getattr(said, name)) != getattr(silent, name)}
    text = " ".join(part for part in (options.free_text, said.free_text) if part.strip())
    return options.model_copy(update={**changed, "flags": {**options.flags, **said.flags}, "free_text": text})


def without_option(options: LaunchOptions, table: FlagTable, option: str, card: Card | None = None) -> LaunchOptions:
    """Options in which an argument is not given, however it came to be."""
    name = option.split("=")[0].split(" ")[0]
    kept = [each for each in given(split(options.free_text), table) if each.name != name]
    text = join([argument for each in kept for argument in each.arguments])
    single = {flag: value for flag, value in options.flags.items() if flag != name}
    fields = {field: _nothing(field) for field in _saying(options, name, card)}
    return options.model_copy(update={**fields, "flags": single, "free_text": text})


def _saying(options: LaunchOptions, name: str, card: Card | None) -> set[str]:
    """The fields of options that, as they are, are spelt with a flag."""
    values = {**options.model_dump(), "vram": launch_options.tier(options, card)}
    rows = [row for row in SPELLINGS if any(name in way for way in row.ways)]
    return {row.field for row in rows if values[row.field] == row.value or (row.value is ANY and values[row.field])}


def _nothing(field: str) -> object:
    """The value of a field that gives no argument."""
    default = getattr(LaunchOptions(), field)
    return VRAM_TIERS[-1].label if field == "vram" else False if isinstance(default, bool) else default


def _with_variable(options: LaunchOptions, name: str, value: str | None) -> LaunchOptions:
    """Options with a variable set, or (None) without it."""
    rest = tuple(one for one in options.environment if one.name != name)
    added = () if value is None else (Variable(name=name, value=value),)
    return options.model_copy(update={"environment": (*rest, *added)})


def _set_option(values: Mapping[str, str], _: Install, around: Surroundings, __: str) -> Change:
    option, card = values["option"], around.card
    return _options("option", values, lambda options, table: with_option(options, table, option, card))


def _unset_option(values: Mapping[str, str], _: Install, around: Surroundings, __: str) -> Change:
    option, card = values["option"], around.card
    return _options("without_option", values, lambda options, table: without_option(options, table, option, card))


def _set_variable(values: Mapping[str, str], *_: object) -> Change:
    return _options("variable", values, lambda options, _: _with_variable(options, values["name"], values["value"]))


def _unset_variable(values: Mapping[str, str], *_: object) -> Change:
    return _options("without_variable", values, lambda options, _: _with_variable(options, values["name"], None))


def _sparing(_: Mapping[str, str], install: Install, around: Surroundings, __: str) -> Change:
    """The next tier that needs less memory. Raises BadRequest if the most sparing one is chosen."""
    options = launch_options.load(around.places, install.key)
    labels = [tier.label for tier in VRAM_TIERS]
    now = launch_options.tier(options, around.card) or labels[-1]
    place = labels.index(now)
    if place == 0:
        raise BadRequest("The most sparing VRAM tier is chosen already.", "Make smaller pictures.")
    wanted = labels[place - 1]
    return _options("vram", {"tier": wanted}, lambda options, _: options.model_copy(update={"vram": wanted}))


def _free_port(_: Mapping[str, str], install: Install, around: Surroundings, __: str) -> Change:
    usual = installs.source(install.source).port
    now = launch_options.load(around.places, install.key).port or usual
    port = ports.next_free(now + 1)
    return _options("port", {"port": str(port)}, lambda options, _: options.model_copy(update={"port": port}))


def _set_setting(values: Mapping[str, str], install: Install, *_: object) -> Change:
    """A key of config.json; the value is JSON, or a text."""
    try:
        value = json.loads(values["value"])
    except ValueError:
        value = values["value"]
    path = install.folder / installs.source(install.source).settings

    def apply(transaction: Transaction) -> None:
        with transaction.step("switches"):
            webui_config.change(path, lambda settings: settings.update({values["key"]: value}))

    return Change("setting", apply, values, probes=False)


# repositories and extensions


def repository_folder(install: Install, name: str) -> Path:
    """The repository of a name: a folder below repositories/ or of an extension, "" the web UI itself.

    Names as logs tell them differ from the folder's in case and hyphens. Raises UnknownName.
    """
    if name in ("", ".", install.folder.name):
        return install.folder
    plain = _plain(Path(name.replace("\\", "/")).name)
    parents = (install.folder / REPOSITORIES, install.folder / installs.source(install.source).extensions)
    every = [path for parent in parents if parent.is_dir() for path in sorted(parent.iterdir()) if path.is_dir()]
    for path in every:
        if _plain(path.name) == plain:
            return path
    raise UnknownName("repository", name, [path.name for path in every])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _set_remote(values: Mapping[str, str], install: Install, *_: object) -> Change:
    folder = repository_folder(install, values["repository"])

    def apply(transaction: Transaction) -> None:
        with transaction.step("version", folder=folder):
            versions.set_origin(transaction.repository(folder), values["url"], transaction.context)

    return Change("remote", apply, {"name": folder.name, "url": values["url"]}, probes=False)


def _reclone(values: Mapping[str, str], install: Install, *_: object) -> Change:
    """The damaged copy goes to the trash; where its address cannot be read, the web UI fetches it at its next start."""
    folder = repository_folder(install, values["repository"])
    if folder == install.folder:
        return _adopt_git(values, install)

    def apply(transaction: Transaction) -> None:
        config = (folder / ".git" / "config").as_posix()
        remote = transaction.repository().ask("config", "--file", config, "--get", "remote.origin.url")
        with transaction.step("remove"):
            trash.discard([folder], transaction.around.places)
        if remote:
            staging = install.folder / "tmp" / f"studio-{folder.name}"
            with transaction.step("clone"):
                clone(remote, folder, transaction.env, transaction.context, staging=staging)

    return Change("reclone", apply, {"name": folder.name}, probes=False)


def _adopt_git(_: Mapping[str, str], install: Install, *__: object) -> Change:
    def apply(transaction: Transaction) -> object:
        with transaction.step("version"):
            return installs.reconnect(transaction.around.places, install, transaction.env, transaction.context)

    return Change("connect", apply, probes=False)


def _trust(values: Mapping[str, str], install: Install, *_: object) -> Change:
    """A folder of this web UI may belong to another account. Raises BadRequest for folders elsewhere."""
    folder = Path(values["folder"])
    if not folder.is_relative_to(install.folder):
        raise BadRequest("{folder} is no folder of {title}.", folder=str(folder), title=install.title)

    def apply(transaction: Transaction) -> None:
        with transaction.step("switches"):
            installs.trust(transaction.around.places, install.folder)

    return Change("mend", apply, {"name": folder.name}, probes=False)


def _put_aside(_: Mapping[str, str], install: Install, __: Surroundings, extension: str) -> Change:
    folder = repository_folder(install, extension)

    def apply(transaction: Transaction) -> Stash | None:
        with transaction.step("version", folder=folder):
            return versions.put_aside(transaction.repository(folder), ASIDE, transaction.context)

    return Change("aside", apply, probes=False)


def _disable(values: Mapping[str, str], *_: object) -> Change:
    return operations.enable_extensions({values["extension"]: False})


def _update(values: Mapping[str, str], *_: object) -> Change:
    return operations.update_extensions([values["extension"]])


def _rename(values: Mapping[str, str], _: Install, __: Surroundings, extension: str) -> Change:
    return operations.rename_extension(extension, values["name"])


# settings


def _restore_file(values: Mapping[str, str], install: Install, around: Surroundings, _: str) -> Change:
    """The newest kept copy that is whole; without one the file goes to the trash, and the web UI begins anew."""
    name = Path(values["file"].replace("\\", "/")).name
    path = install.folder / name

    def apply(transaction: Transaction) -> None:
        copy = last_good_copy(name, install, around)
        with transaction.step("switches"):
            if copy is not None:
                write_atomically(path, copy.read_bytes())
            elif path.exists():
                trash.discard([path], transaction.around.places)
            else:
                raise FileProblem(path, "{path} is missing.", "Start the web UI; it makes a new one.")

    return Change("settings_file", apply, {"file": name}, probes=False)


def last_good_copy(name: str, install: Install, around: Surroundings) -> Path | None:
    """The newest kept copy of a settings file that can be read; None if there is none."""
    for one in snapshots.snapshots(around.places, install.key):
        copy = install_state.copy_of(one.state.files.get(name) or "-", around.places, install)
        try:
            if isinstance(json.loads(copy.read_text("utf-8-sig")), dict):
                return copy
        except (OSError, ValueError, RecursionError):
            continue
    return None


DOING: dict[str, Callable[[Mapping[str, str], Install, Surroundings, str], Change]] = {
    "set_option": _set_option,
    "unset_option": _unset_option,
    "set_env": _set_variable,
    "unset_env": _unset_variable,
    "set_setting": _set_setting,
    "choose_vram_tier": _sparing,
    "next_free_port": _free_port,
    "set_remote": _set_remote,
    "reclone": _reclone,
    "adopt_git": _adopt_git,
    "trust_folder": _trust,
    "stash_changes": _put_aside,
    "disable_extension": _disable,
    "update_extension": _update,
    "rename_extension": _rename,
    "restore_config": _restore_file,
}
