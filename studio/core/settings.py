"""The user's settings: a frozen record, kept as one JSON file."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from studio.core.files import write_atomically
from studio.core.option import Record, option

AnyRecord = TypeVar("AnyRecord", bound=Record)

APPEARANCE, SAVING, MEMORY, PREVIEW = "appearance", "saving", "memory", "preview"
MODELS, NETWORK = "models", "network"


class Settings(Record):
    """Everything that is the same for every picture; what changes a picture belongs to its request."""

    language: str = option(
        "auto",
        "Language",
        "The language of the window; auto follows the system.",
        section=APPEARANCE,
        choices=("auto", "en", "zh_CN"),
    )
    theme: str = option(
        "auto",
        "Theme",
        "Dark or light; auto follows the system.",
        section=APPEARANCE,
        choices=("auto", "dark", "light"),
    )
    output_folder: str = option(
        "", "Output folder", "Where pictures are saved; empty is outputs beside the program.", section=SAVING
    )
    gallery_folders: tuple[str, ...] = option(
        (),
        "Further picture folders",
        "Other folders whose pictures the gallery shows; they are only read.",
        section=SAVING,
    )
    directory_pattern: str = option(
        "[date]",
        "Folder pattern",
        "How pictures are sorted into folders, in the web UI's pattern language.",
        section=SAVING,
    )
    filename_pattern: str = option(
        "", "File name pattern", "The web UI's pattern language; empty is [seed].", section=SAVING
    )
    add_number: bool = option(True, "Number file names", "Begins each file name with a running number.", section=SAVING)
    image_format: str = option(
        "png",
        "File format",
        "png keeps every pixel; the others are smaller.",
        section=SAVING,
        choices=("png", "jpg", "webp"),
    )
    jpeg_quality: int = option(
        80, "JPEG and WebP quality", "Higher is larger and closer to the picture.", ge=1, le=100, section=SAVING
    )
    vram_preset: str = option(
        "auto",
        "VRAM preset",
        "How sparingly the card's memory is used; auto goes by its size.",
        section=MEMORY,
        choices=("auto", "4 GB or less", "4-6 GB", "6-8 GB", "8-12 GB", "12 GB or more"),
    )
    attention: str = option(
        "auto",
        "Attention",
        "How attention is computed; auto takes the fastest that works here.",
        section=MEMORY,
        choices=("auto", "sdpa", "xformers", "sub-quadratic"),
    )
    precision: str = option(
        "auto",
        "Precision",
        "The numbers the model computes with: half is faster and smaller, full is for cards that paint black.",
        section=MEMORY,
        choices=("auto", "half", "bfloat16", "full"),
    )
    fp8_storage: bool = option(
        False, "Store weights in fp8", "Halves the model's memory; the picture changes slightly.", section=MEMORY
    )
    channels_last: bool = option(
        False, "Channels last", "Another order of pixels in memory; faster on some cards.", section=MEMORY
    )
    compile: bool = option(
        False,
        "Compile the model",
        "Makes steps faster after a first run that takes a minute or more; each new size compiles again.",
        section=MEMORY,
    )
    model_cache_gib: float = option(
        4.0,
        "Models kept in memory",
        "How many GiB of recently used models stay in RAM, so that switching back is instant.",
        ge=0,
        le=256,
        step=0.5,
        slider=(0, 64),
        section=MEMORY,
    )
    network_cache_gib: float = option(
        2.0,
        "Networks kept in memory",
        "How many GiB of weights that LoRAs changed stay in RAM, so that the same ones cost nothing the next time.",
        ge=0,
        le=256,
        step=0.5,
        slider=(0, 16),
        section=MEMORY,
    )
    network_mode: str = option(
        "auto",
        "How networks act",
        "patched changes the weights once and is fastest; on the fly needs less memory and rounds nothing, but each"
        " step takes longer.",
        section=MEMORY,
        choices=("auto", "patched", "on the fly"),
    )
    preview_every: int = option(
        3,
        "Live preview every n steps",
        "How often the picture so far is shown; 0 turns it off.",
        ge=0,
        le=100,
        slider=(0, 20),
        section=PREVIEW,
    )
    preview_method: str = option(
        "approximate",
        "Live preview method",
        "approximate costs nothing, TAESD is sharper and needs its file in models/VAE-approx.",
        section=PREVIEW,
        choices=("approximate", "TAESD"),
    )
    model_folders: tuple[str, ...] = option(
        (),
        "Further model folders",
        "Other folders laid out like models (a web UI's, a shared drive's).",
        section=MODELS,
    )
    downloads_at_once: int = option(
        2,
        "Downloads at once",
        "How many models are downloaded at the same time; more is seldom faster.",
        ge=1,
        le=8,
        section=MODELS,
    )
    adult_previews: bool = option(
        False,
        "Previews for adults",
        "Shows, and saves with models, preview pictures that their site marks as being for adults.",
        section=MODELS,
    )
    proxy: str = option(
        "",
        "Proxy",
        "Address of a proxy, like http://127.0.0.1:7890 or socks5://127.0.0.1:1080; empty follows the system.",
        section=NETWORK,
    )
    proxy_git: bool = option(True, "Proxy for Git", "Versions and extensions come through the proxy.", section=NETWORK)
    proxy_pip: bool = option(True, "Proxy for pip", "Python packages come through the proxy.", section=NETWORK)
    proxy_environment: bool = option(
        True, "Proxy for the web UI", "What the web UI itself loads comes through the proxy.", section=NETWORK
    )
    proxy_downloads: bool = option(
        True, "Proxy for downloads", "Models that the studio downloads come through the proxy.", section=NETWORK
    )
    git_mirror: str = option(
        "",
        "Git mirror",
        "Put before https://github.com/ when versions and extensions are fetched; empty fetches directly.",
        section=NETWORK,
    )
    pip_mirror: str = option(
        "", "Package index", "Where pip finds Python packages; empty is its own setting.", section=NETWORK
    )
    hub_mirror: str = option(
        "", "Hugging Face mirror", "Stands for https://huggingface.co; empty asks that directly.", section=NETWORK
    )
    wheel_house_gb: float = option(
        20.0,
        "Packages kept for repairs",
        "How many GB of Python packages are kept, so that repairs of a web UI need no network; the oldest go first.",
        ge=0,
        le=1000,
        step=1,
        slider=(0, 100),
        section=NETWORK,
    )
    index_mirror: str = option(
        "",
        "Extension list",
        "Address of the list of extensions; empty is the web UI's own.",
        section=NETWORK,
    )

    @staticmethod
    def load(path: Path) -> "Settings":
        """Read settings; a missing file or an unreadable value gives the defaults, unknown keys are dropped."""
        try:
            values = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return Settings()
        return lenient(Settings, values if isinstance(values, dict) else {})

    def with_models_of(self, folder: Path) -> "Settings":
        """These settings, the models in a web UI's folder being found with the studio's own."""
        return self.model_copy(update={"model_folders": tuple(dict.fromkeys((*self.model_folders, str(folder))))})

    def save(self, path: Path) -> None:
        """Write settings atomically."""
        write_atomically(path, self.model_dump_json(indent=1).encode())


def lenient(record: type[AnyRecord], values: dict[str, object]) -> AnyRecord:
    """Make a Record of what is valid in `values`, with defaults for the rest (files of older and newer versions)."""
    known = {name: value for name, value in values.items() if name in record.model_fields}
    try:
        return record(**known)
    except ValidationError as error:
        wrong = {str(e["loc"][0]) for e in error.errors()}
        return record(**{name: value for name, value in known.items() if name not in wrong})
