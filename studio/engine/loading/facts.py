"""What the shapes of a model's tensors cannot tell, and who can: sidecar files, metadata, marks, the family."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from studio.core.errors import CheckpointError
from studio.core.option import Record
from studio.core.paths import RESOURCES

METADATA = "studio.config"  # the safetensors metadata entry that holds Facts as JSON
EPSILON, V = "epsilon", "v"
PREDICTIONS = {
    "epsilon": EPSILON, "eps": EPSILON, "noise": EPSILON,
    "v": V, "v_prediction": V, "v-prediction": V, "v-pred": V, "velocity": V,
}  # fmt: skip
MAX_SIDECAR = 2**20
ALTERNATIVES = (("unet_heads", "unet_head_width"), ("text_heads", "text_head_width"))
Count = Annotated[int, Field(ge=1, le=4096)]
Share = Annotated[float, Field(ge=-100, le=100)]


class Facts(Record):
    """Facts about a model that its tensors do not show; None (or empty) is unknown.

    `unet_heads` counts attention heads (one number, or one per level), else each has `unet_head_width` channels;
    text encoders likewise, one entry each. Groups are group norm's. `first_beta` and `last_beta` are the ends of
    the noise schedule. `sample_size` is the picture size in pixels that the model was trained for. `latent_rgb` is how
    much red, green and blue (-1 to 1) each of the four channels of a latent means, roughly; a fifth row is added.
    """

    family: Literal["SD1", "SD2", "SDXL", "SDXL refiner"] | None = None
    unet_heads: tuple[Count, ...] = ()
    unet_head_width: Count | None = None
    unet_groups: Count | None = None
    vae_groups: Count | None = None
    text_heads: tuple[Count, ...] = ()
    text_head_width: Count | None = None
    text_activations: tuple[str, ...] = ()
    scaling_factor: Annotated[float, Field(gt=0, le=1000)] | None = None
    prediction: Literal["epsilon", "v"] | None = None
    zero_snr: bool | None = None
    first_beta: Annotated[float, Field(gt=0, lt=1)] | None = None
    last_beta: Annotated[float, Field(gt=0, lt=1)] | None = None
    sample_size: Annotated[int, Field(ge=8, le=16384)] | None = None
    latent_rgb: Annotated[tuple[tuple[Share, Share, Share], ...], Field(max_length=5)] = ()

    def metadata(self) -> dict[str, str]:
        """These facts as safetensors metadata, so that a saved model can be read without a sidecar."""
        known = {name: value for name, value in self.model_dump().items() if value not in (None, ())}
        return {METADATA: json.dumps(known), "modelspec.prediction_type": self.prediction or EPSILON}


def merged(*sources: Facts) -> Facts:
    """For each fact the first source that knows it; heads and their width are one fact told in two ways."""
    found: dict[str, Any] = {}
    for source in sources:
        new = {name: value for name, value in source if value not in (None, ()) and name not in found}
        taken = {name for pair in ALTERNATIVES for name in pair if not found.keys().isdisjoint(pair)}
        found |= {name: value for name, value in new.items() if name not in taken}
    return Facts(**found)


@cache
def of_family(family: str) -> Facts:
    """The conventions of "SD1", "SD2", "SDXL" or "SDXL refiner"."""
    path = RESOURCES / "families" / f"{family.lower().replace(' ', '-')}.json"
    return Facts(**json.loads(path.read_text("utf-8")))


def of_metadata(path: Path, metadata: Mapping[str, str]) -> Facts:
    """What safetensors metadata tell: our own entry, then ModelSpec's and the trainers'. Raises CheckpointError."""
    told: dict[str, Any] = {}
    if prediction := PREDICTIONS.get(metadata.get("modelspec.prediction_type", "").lower()):
        told["prediction"] = prediction
    if metadata.get("ss_zero_terminal_snr") == "True":
        told["zero_snr"] = True
    own = _parsed(path, metadata[METADATA]) if METADATA in metadata else {}
    return merged(_facts(path, own), _facts(path, told))


def of_marks(names: Mapping[str, Any]) -> Facts:
    """What empty marker tensors tell, as ComfyUI and Forge read them."""
    zero_snr = True if "ztsnr" in names else None
    return Facts(prediction=V if "v_pred" in names else None, zero_snr=zero_snr)


def of_sidecars(path: Path) -> Facts:
    """What the web UI's files beside a checkpoint tell: name.yaml (LDM's or SGM's), name.text_config.json (CLIP's).

    Raises CheckpointError for one that makes no sense: nobody would know which picture it was meant to change.
    """
    config, text = path.with_suffix(".yaml"), path.with_suffix(".text_config.json")
    return merged(_facts(config, _of_yaml(_read(config))), _facts(text, _of_clip([_read(text)])))


def of_folder(folder: Path) -> Facts:
    """What the configurations in a diffusers folder tell. Raises CheckpointError."""
    unet, vae = _read(folder / "unet/config.json"), _read(folder / "vae/config.json")
    scheduler = _read(folder / "scheduler/scheduler_config.json")
    texts = [_read(folder / name / "config.json") for name in ("text_encoder", "text_encoder_2")]
    told = {
        "unet_heads": _many(unet.get("num_attention_heads") or unet.get("attention_head_dim")),
        "unet_groups": unet.get("norm_num_groups"),
        "vae_groups": vae.get("norm_num_groups"),
        "scaling_factor": vae.get("scaling_factor"),
        "prediction": PREDICTIONS.get(str(scheduler.get("prediction_type"))),
        "zero_snr": scheduler.get("rescale_betas_zero_snr"),
        "first_beta": scheduler.get("beta_start"),
        "last_beta": scheduler.get("beta_end"),
    }
    return _facts(folder, told | _of_clip(texts))


def of_vae(path: Path) -> Facts:
    """What the config.json of a VAE, in its folder or beside its file, tells. Raises CheckpointError."""
    places = (path / "config.json", path / "vae/config.json") if path.is_dir() else (path.parent / "config.json",)
    config = next((config for place in places if (config := _read(place)) and "block_out_channels" in config), {})
    return _facts(path, {"vae_groups": config.get("norm_num_groups")})


def _of_clip(configs: list[dict[str, Any]]) -> dict[str, Any]:
    told = [config for config in configs if config]
    return {
        "text_heads": [config["num_attention_heads"] for config in told if "num_attention_heads" in config],
        "text_activations": [config["hidden_act"] for config in told if "hidden_act" in config],
    }


def _of_yaml(config: dict[str, Any]) -> dict[str, Any]:
    model = _at(config, "model", "params")
    unet = _at(model, "unet_config", "params") or _at(model, "network_config", "params")
    scaling = str(_at(model, "denoiser_config", "params", "scaling_config").get("target", ""))
    heads, width = unet.get("num_heads"), unet.get("num_head_channels")
    velocity = model.get("parameterization") == "v" or scaling.endswith("VScaling")
    return {
        "unet_heads": _many(heads) if heads != -1 else None,
        "unet_head_width": width if width != -1 else None,
        "scaling_factor": model.get("scale_factor"),
        "prediction": (V if velocity else EPSILON) if unet else None,
        "first_beta": model.get("linear_start"),
        "last_beta": model.get("linear_end"),
    }


def _many(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _at(value: Any, *path: str) -> dict[str, Any]:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _facts(path: Path, told: Mapping[str, Any]) -> Facts:
    try:
        return Facts(**{name: value for name, value in told.items() if value is not None})
    except ValidationError as error:
        raise _nonsense(path, str(error)) from error


def _read(path: Path) -> dict[str, Any]:
    """A sidecar in YAML or JSON; {} if there is none."""
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > MAX_SIDECAR:
            raise _nonsense(path, "too large")
        return _parsed(path, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _nonsense(path, str(error)) from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        value = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _nonsense(path, str(error)) from error
    if not isinstance(value, dict):
        raise _nonsense(path, "no table of values")
    return value


def _nonsense(path: Path, details: str) -> CheckpointError:
    return CheckpointError(path, "What {name} says about the model makes no sense.", "Mend it or take it away.",
        details=details,
    )  # fmt: skip
