"""Words of the sites that models are downloaded from, and what they are called here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HubKind:
    """A kind of model to search for: its row of model_folders, Civitai's types and Hugging Face's tag for it."""

    name: str
    civitai: tuple[str, ...]
    huggingface: str


@dataclass(frozen=True)
class HubBase:
    """A family of models to search for: Civitai's names for it and Hugging Face's tag; `web_ui` is A1111's name."""

    name: str
    label: str
    civitai: tuple[str, ...]
    huggingface: str
    web_ui: str = ""


HUB_KINDS = (
    HubKind("checkpoint", ("Checkpoint",), "text-to-image"),
    HubKind("network", ("LORA", "LoCon", "DoRA"), "lora"),
    HubKind("embedding", ("TextualInversion",), "textual_inversion"),
    HubKind("vae", ("VAE",), "vae"),
    HubKind("control", ("Controlnet",), "controlnet"),
    HubKind("upscaler", ("Upscaler",), "image-to-image"),
    HubKind("hypernetwork", ("Hypernetwork",), "hypernetwork"),
)
HUB_BASES = (
    HubBase("SD1", "SD 1.5", ("SD 1.4", "SD 1.5", "SD 1.5 LCM", "SD 1.5 Hyper"), "stable-diffusion", "SD1"),
    HubBase("SD2", "SD 2.1", ("SD 2.0", "SD 2.0 768", "SD 2.1", "SD 2.1 768"), "stable-diffusion-2", "SD2"),
    HubBase(
        "SDXL",
        "SDXL",
        ("SDXL 1.0", "SDXL 0.9", "SDXL 1.0 LCM", "SDXL Lightning", "SDXL Turbo", "SDXL Hyper"),
        "stable-diffusion-xl",
        "SDXL",
    ),
    HubBase("Pony", "Pony", ("Pony",), "pony", "SDXL"),
    HubBase("Illustrious", "Illustrious", ("Illustrious",), "illustrious", "SDXL"),
    HubBase("NoobAI", "NoobAI", ("NoobAI",), "noobai", "SDXL"),
    HubBase("SD3", "SD 3.5", ("SD 3", "SD 3.5", "SD 3.5 Medium", "SD 3.5 Large"), "stable-diffusion-3"),
    HubBase("Flux", "Flux", ("Flux.1 D", "Flux.1 S"), "flux"),
)
PERIODS = ("AllTime", "Year", "Month", "Week", "Day")
SORTS = ("downloads", "rating", "newest")
PERIOD_DAYS = {"Year": 365, "Month": 30, "Week": 7, "Day": 1}
CIVITAI_SORTS = {"downloads": "Most Downloaded", "rating": "Highest Rated", "newest": "Newest"}
HUGGINGFACE_SORTS = {"downloads": "downloads", "rating": "likes", "newest": "lastModified"}
