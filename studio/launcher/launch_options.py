"""How an install is started: options at three levels, kept per install, turned into arguments and environment."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue, ValidationInfo, field_validator

from studio.catalog.webui_flags import (
    ADVANCED,
    ALLOCATORS,
    ANY,
    DEVICE,
    EXPERT,
    MEMORY,
    NETWORK,
    PAGE,
    PRECISION,
    PROGRAMS,
    SIMPLE,
    SPELLINGS,
    START,
    VRAM_TIERS,
    Spelling,
)
from studio.core.errors import BadRequest, FileProblem
from studio.core.files import write_atomically
from studio.core.nvidia import Card
from studio.core.option import Record, option
from studio.core.option import options as options_of
from studio.core.paths import Places
from studio.core.settings import lenient
from studio.launcher.command_line import split
from studio.launcher.flags import Flag, FlagTable

CHOSEN = ("vram", "attention", "allocator", "precision", "theme", "extensions")
ATTENTIONS = tuple(row.value for row in SPELLINGS if row.field == "attention")


class Variable(Record):
    """One environment variable of a web UI, which can be switched off without being lost."""

    name: str
    value: str = ""
    is_enabled: bool = True


class LaunchOptions(Record):
    """Everything that is chosen about how one web UI is started."""

    vram: str = option(
        "auto",
        "Graphics memory",
        "How sparingly the card's memory is used; auto goes by its size.",
        section=MEMORY,
        choices=("auto", *(tier.label for tier in VRAM_TIERS)),
    )
    attention: str = option(
        "auto",
        "Attention",
        "Which way attention is computed; auto leaves it to the web UI.",
        section=MEMORY,
        choices=("auto", *map(str, ATTENTIONS)),
    )
    allocator: str = option(
        "auto",
        "Memory allocator",
        "How torch shares out the card's memory; helps where there is enough of it, but in pieces.",
        section=MEMORY,
        choices=("auto", *ALLOCATORS),
    )
    precision: str = option(
        "auto",
        "Precision",
        "half is the smallest, full needs twice the memory and helps cards that paint black.",
        section=PRECISION,
        choices=("auto", "half", "full"),
    )
    no_half_vae: bool = option(
        False, "VAE in full precision", "Helps against pictures that turn black at the end.", section=PRECISION
    )
    upcast_sampling: bool = option(
        False, "Upcast sampling", "Samples in full precision: mends some cards at a low price.", section=PRECISION
    )
    device_id: str = option(
        "", "Number of the card", "Which card is used, counted from 0; empty is the first.", section=DEVICE
    )
    use_cpu: bool = option(
        False, "Use the processor", "Pictures are made without the card, in minutes each.", section=DEVICE
    )
    port: int = option(
        0, "Port", "The number behind the colon in its address; 0 is its usual one.", ge=0, le=65535, section=NETWORK
    )
    listen: bool = option(
        False, "Open to the local network", "Other machines can use the web UI; set a password.", section=NETWORK
    )
    share: bool = option(False, "Public link", "Makes a link for the whole internet; set a password.", section=NETWORK)
    password: str = option("", "User and password", "As name:password; several with commas between.", section=NETWORK)
    api: bool = option(
        True, "API", "Other programs can use it; the studio needs it to stop the web UI gently.", section=PROGRAMS
    )
    api_password: str = option(
        "", "User and password of the API", "As name:password; several with commas between.", section=PROGRAMS
    )
    theme: str = option(
        "auto", "Theme", "Dark or light; auto follows the system.", section=PAGE, choices=("auto", "dark", "light")
    )
    open_browser: bool = option(True, "Open the browser", "Once the web UI is ready.", section=PAGE)
    browser: str = option("", "Browser", "The program that opens the page; empty is the system's own.", section=PAGE)
    extensions: str = option(
        "all",
        "Extensions to load",
        "Without extensions the web UI starts safely, which shows whether one of them is to blame.",
        section=START,
        choices=("all", "built-in only", "no extension"),
    )
    restart_after_crash: bool = option(
        False, "Start again after a crash", "Up to three times, with growing pauses.", section=START
    )
    skip_install: bool = option(
        False, "Install nothing", "Starts faster; packages that are missing stay missing.", section=START
    )
    no_hashing: bool = option(
        False, "No hashes of models", "Loads new models faster; pictures then do not tell their model.", section=START
    )
    models_folder: str = option(
        "", "Folder of all models", "Its folders are named as in the web UI; empty is its own.", section=START
    )
    environment: tuple[Variable, ...] = option(
        (), "Environment variables", "Set for the web UI only.", section=START, hidden=True
    )
    flags: dict[str, JsonValue] = option(
        {}, "Further flags", "Any flag of this version by its name.", section=START, hidden=True
    )
    free_text: str = option(
        "",
        "Further arguments",
        "Written as on a command line; quotes hold words together.",
        section=START,
        multiline=True,
    )

    @field_validator(*CHOSEN)
    @classmethod
    def _is_offered(cls, value: str, info: ValidationInfo) -> str:
        if value not in next(row.choices for row in options_of(cls) if row.name == info.field_name):
            raise ValueError(f"{value!r} is not offered")
        return value


LEVELS = {
    **dict.fromkeys(LaunchOptions.model_fields, ADVANCED),
    **dict.fromkeys(
        ("vram", "attention", "no_half_vae", "port", "listen", "password", "theme", "open_browser", "extensions"),
        SIMPLE,
    ),
    **dict.fromkeys(("allocator", "environment", "flags", "free_text", "use_cpu", "models_folder"), EXPERT),
}
ORDER = (SIMPLE, ADVANCED, EXPERT)


def names_at(level: str) -> list[str]:
    """The options shown at a level; each level shows those before it as well."""
    shown = ORDER[: ORDER.index(level) + 1]
    return [name for name in LaunchOptions.model_fields if LEVELS[name] in shown]


def path(places: Places, key: str) -> Path:
    """Where the options of an install are kept."""
    return places.data / "launcher" / f"{key}.json"


def load(places: Places, key: str) -> LaunchOptions:
    """The options of an install: defaults where there are none, and for what is unreadable."""
    try:
        values = json.loads(path(places, key).read_text("utf-8"))
    except (OSError, ValueError):
        return LaunchOptions()
    return lenient(LaunchOptions, values if isinstance(values, dict) else {})


def save(places: Places, key: str, options: LaunchOptions) -> None:
    """Keep the options of an install. Raises FileProblem or DiskFull."""
    write_atomically(path(places, key), options.model_dump_json(indent=1).encode())


def reset(options: LaunchOptions, *names: str) -> LaunchOptions:
    """Options with the defaults of those named; of all, if none is."""
    default = LaunchOptions()
    return options.model_copy(update={name: getattr(default, name) for name in names}) if names else default


def tier_of(memory_mib: int) -> str:
    """The tier of a card with that much memory."""
    return [tier.label for tier in VRAM_TIERS if tier.from_mib <= memory_mib][-1]


def tier(options: LaunchOptions, card: Card | None) -> str:
    """The tier that is used: the chosen one or, for auto, the card's; "" without a card."""
    if options.vram != "auto":
        return options.vram
    return tier_of(card.memory_mib) if card is not None else ""


def exceeds(options: LaunchOptions, card: Card | None) -> bool:
    """Whether the chosen tier is made for more memory than the card has."""
    if card is None or options.vram == "auto":
        return False
    labels = [row.label for row in VRAM_TIERS]
    return labels.index(options.vram) > labels.index(tier_of(card.memory_mib))


def argv(options: LaunchOptions, table: FlagTable, card: Card | None = None) -> list[str]:
    """The arguments of a start: what the options say in the words this version knows, single flags, free text.

    Options that the version has no flag for are left out (`unsupported` names them). An empty `table` stands for one
    that could not be read: then everything is said as the web UI itself has it. Raises BadRequest on an open quote.
    """
    found: list[str] = []
    for row, value in _chosen(options, card):
        found += [text.replace("{}", str(value)) for text in _way(row, table) or ()]
    return [*found, *_single(options.flags, table), *split(options.free_text)]


def unsupported(options: LaunchOptions, table: FlagTable, card: Card | None = None) -> list[str]:
    """Names of the options that are chosen and that this version has no flag for."""
    return [row.field for row, _ in _chosen(options, card) if _way(row, table) is None]


def _chosen(options: LaunchOptions, card: Card | None) -> Iterator[tuple[Spelling, object]]:
    values = {**options.model_dump(), "vram": tier(options, card)}
    for row in SPELLINGS:
        value = values[row.field]
        if value == row.value or (row.value is ANY and value):
            yield row, value


def _way(row: Spelling, table: FlagTable) -> tuple[str, ...] | None:
    if not table.flags:
        return row.ways[0]
    return next((way for way in row.ways if all(_knows(table, text, way) for text in way)), None)


def _knows(table: FlagTable, text: str, way: tuple[str, ...]) -> bool:
    """Whether a version has a flag, and takes the value that stands behind it."""
    if not text.startswith("--"):
        return True
    flag = table.find(text) if text in table else None
    if flag is None or flag.is_hidden:  # hidden ones are taken for old times' sake and do nothing
        return False
    value = next(iter(way[way.index(text) + 1 :]), "--")
    return not (flag.choices and not value.startswith(("--", "{"))) or value in flag.choices


def _single(values: Mapping[str, JsonValue], table: FlagTable) -> Iterator[str]:
    """Flags that were chosen one by one; the studio opens the browser, so that the web UI never does."""
    for name, value in values.items():
        if name == "--autolaunch" or value is None or value is False:
            continue
        yield from _written(name, value, table.find(name))


def _written(name: str, value: JsonValue, flag: Flag | None) -> list[str]:
    if value is True:
        return [name]
    if isinstance(value, list):
        repeats = flag is not None and flag.action in ("append", "extend")
        texts = [str(item) for item in value]
        return [text for item in texts for text in (name, item)] if repeats else [name, *texts]
    text = str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{name}={text}"] if text.startswith("-") else [name, text]


def environment(options: LaunchOptions, card: Card | None = None) -> dict[str, str]:
    """The variables that the options set: those that are enabled, and the allocator's."""
    found = {}
    allocator = ALLOCATORS.get(options.allocator, "")
    if not allocator and options.allocator == "auto" and tier(options, card) == VRAM_TIERS[1].label:
        allocator = ALLOCATORS["less fragmentation"]
    if allocator:
        found["PYTORCH_CUDA_ALLOC_CONF"] = allocator
    return found | {
        variable.name: variable.value for variable in options.environment if variable.is_enabled and variable.name
    }


def check(options: LaunchOptions) -> None:
    """Raise what a start with these options would raise: an open quote, a variable's or a browser's wrong name."""
    split(options.free_text)
    wrong = next((one.name for one in options.environment if one.is_enabled and "=" in one.name), None)
    if wrong is not None:
        raise BadRequest("“{name}” is no name of a variable.", "What stands behind = is its value.", name=wrong)
    if options.browser and not Path(options.browser).is_file():
        raise FileProblem(options.browser, "The browser {path} is not there.", "Choose another, or none.")
