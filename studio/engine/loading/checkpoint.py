"""From a file to nets that can compute: recognise, derive the configuration, check every shape, then read."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn

from studio.core.errors import CheckpointError
from studio.core.job import JobContext
from studio.engine.levels import TRAINED_STEPS, linear_alphas
from studio.engine.loading import facts as known
from studio.engine.loading import nets
from studio.engine.loading.facts import EPSILON, Facts, V
from studio.engine.loading.files import TensorFile, open_folder, open_parts, open_tensors
from studio.engine.loading.nets import TextEncoder
from studio.library import components, headers
from studio.library.components import SD1, SD2, Components
from studio.library.kinds import kind_of
from studio.library.layout import Pieces

LATENT_CHANNELS = 4
INPUT_CHANNELS = (4, 8, 9)  # plain, instruct pix2pix, inpainting
V_TEST_STEP, V_TEST_VALUE, V_TEST_LIMIT = 999, 0.5, -1.0
WHOLE = "Use the whole checkpoint, as .safetensors with text encoder and VAE."


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A whole model, ready to compute.

    `family` is "SD1", "SD2", "SDXL" or "SDXL refiner"; `text_encoders` come in the order in which their results are
    joined (SDXL: CLIP-L, OpenCLIP-G; SD2 without its unused last layer). `alphas_cumprod` is (1000,) float32 as
    trained: where `zero_snr` is true, it still has to be rescaled. `vae_path` is None for the VAE inside the file.
    `sha256` and `vae_sha256` (of that file) are "" unless whoever loaded it computed them.
    """

    path: Path
    name: str
    family: str
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    text_encoders: tuple[TextEncoder, ...]
    facts: Facts
    alphas_cumprod: Tensor
    vae_path: Path | None = None
    sha256: str = ""
    vae_sha256: str = ""

    @property
    def prediction(self) -> str:
        """What the U-Net predicts: "epsilon" or "v"."""
        return self.facts.prediction or EPSILON

    @property
    def zero_snr(self) -> bool:
        """Whether the model was trained with zero terminal SNR."""
        return bool(self.facts.zero_snr)

    @property
    def in_channels(self) -> int:
        """The U-Net's input channels: 4, 9 for inpainting, 8 for instruct pix2pix."""
        return self.unet.config["in_channels"]

    @property
    def scaling_factor(self) -> float:
        """What latents are multiplied with between VAE and U-Net."""
        return self.vae.config["scaling_factor"]

    @property
    def nets(self) -> tuple[nn.Module, ...]:
        """All nets."""
        return (*self.text_encoders, self.unet, self.vae)

    @cached_property
    def size_bytes(self) -> int:
        """How much memory the nets take."""
        return sum(size_bytes(net) for net in self.nets)


def size_bytes(net: nn.Module) -> int:
    """How much memory a net takes."""
    return sum(tensor.numel() * tensor.itemsize for tensor in chain(net.parameters(), net.buffers()))


def load(
    path: Path,
    *,
    vae: Path | None = None,
    dtype: torch.dtype = torch.float32,
    ema: bool = False,
    mapped: bool = False,
    context: JobContext | None = None,
) -> Checkpoint:
    """The checkpoint in a .safetensors or .ckpt file or diffusers folder, on the CPU in `dtype`.

    `vae` is a file to take the VAE from instead. `ema` prefers averaged weights where a file has both. `mapped`
    leaves weights that need no conversion in the mapped file, for a card to fetch them from there.

    Configurations follow the tensors' shapes; what those do not show comes from files beside it (web UI's .yaml),
    metadata, marker tensors, else the family's convention. SD2 files that tell nothing of their prediction are tried,
    as the web UI does. Nothing is read before every shape is checked. Raises CheckpointError, or Cancelled at a
    report.
    """
    context = context or JobContext()
    file, parts, told = _recognised(path, ema)
    family = known.of_family(parts.family)
    facts = known.merged(told, family).model_copy(update={"family": family.family})
    unet = nets.plan(path, file, parts.unet, nets.unet(facts))
    texts = [nets.plan(path, file, pieces, nets.text(facts, index)) for index, pieces in enumerate(parts.texts)]
    own_vae = _planned_vae(vae, facts) if vae else _plan_vae(path, file, parts.vae, facts)
    _check_channels(path, unet.module, vae or path, own_vae.module)
    nets.read(path, [unet, *texts, own_vae], dtype, mapped, context)
    if parts.family == SD2 and told.prediction is None and unet.module.config["in_channels"] == LATENT_CHANNELS:
        facts = facts.model_copy(update={"prediction": V if predicts_v(unet.module) else EPSILON})
    name = path.name if path.is_dir() else path.stem
    modules = unet.module, own_vae.module, tuple(text.module for text in texts)
    return Checkpoint(path, name, parts.family, *modules, facts, _alphas(file, facts), vae)


def load_vae(
    path: Path,
    facts: Facts,
    *,
    dtype: torch.dtype = torch.float32,
    mapped: bool = False,
    context: JobContext | None = None,
) -> AutoencoderKL:
    """The VAE of a file of its own (LDM's or diffusers' names), of a diffusers VAE folder, or of a whole checkpoint.

    `facts` are those of the checkpoint it is for, whose scaling factor counts; the rest is as for load. Raises
    CheckpointError, or Cancelled at a report.
    """
    planned = _planned_vae(path, facts)
    nets.read(path, [planned], dtype, mapped, context or JobContext())
    return planned.module


def predicts_v(unet: UNet2DConditionModel) -> bool:
    """Whether a U-Net predicts v, found out by asking it, as the web UI does with SD2 files.

    At the last timestep a U-Net that predicts noise answers about what it is shown; one that predicts v answers with
    minus the picture, far below.
    """
    x = torch.full((1, LATENT_CHANNELS, 8, 8), V_TEST_VALUE, dtype=unet.dtype)
    context = torch.full((1, 2, unet.config["cross_attention_dim"]), V_TEST_VALUE, dtype=unet.dtype)
    with torch.inference_mode():
        answer = unet(x, V_TEST_STEP, context, return_dict=False)[0]
    return (answer - x).float().mean().item() < V_TEST_LIMIT


def _recognised(path: Path, ema: bool) -> tuple[TensorFile, Components, Facts]:
    """The tensors, what they are, and what is told of them, all from headers. Raises CheckpointError."""
    if path.is_dir():
        file = open_folder(path)
        parts, told = components.from_folder(file.shapes), known.of_folder(path)
    else:
        header = headers.read(path)
        _check_kind(header)
        file = open_tensors(header)
        parts = _sorted(path, file, ema)
        marks = known.of_marks(file.shapes)
        told = known.merged(known.of_sidecars(path), known.of_metadata(path, file.metadata), marks)
    if not parts.unet or not parts.texts:
        missing = "text encoder" if parts.unet else "U-Net"
        raise CheckpointError(path, "{name} has no {missing} inside.", WHOLE, missing=missing)
    return file, parts, told


def _sorted(path: Path, file: TensorFile, ema: bool) -> Components:
    try:
        return components.from_ldm(file.shapes, ema)
    except ValueError as error:
        raise CheckpointError(path, "{name} is not a Stable Diffusion model.", WHOLE, details=str(error)) from error


def _check_kind(header: headers.Header) -> None:
    kind = kind_of(header)
    if kind is None:
        raise CheckpointError(header.path, "{name} is not a Stable Diffusion model.", "Choose a checkpoint.")
    if kind.name == "checkpoint":
        return
    if kind.folder:
        raise CheckpointError(
            header.path, "{name} is {kind}, not a checkpoint.", "Put it into models/{folder} and choose a checkpoint.",
            kind=kind.label, folder=kind.folder,
        )  # fmt: skip
    remedy = WHOLE if kind.name in ("unet", "text_encoder") else "Choose a model of the SD1, SD2 or SDXL family."
    raise CheckpointError(header.path, "{name} is {kind}; that cannot be used here.", remedy, kind=kind.label)


def _planned_vae(path: Path, facts: Facts) -> nets.Planned:
    file = _vae_file(path)
    own = known.merged(known.of_metadata(path, file.metadata), known.of_vae(path), known.of_family(facts.family or SD1))
    try:
        pieces = components.only_vae(file.shapes)
    except ValueError as error:
        raise CheckpointError(path, "{name} is not a VAE.", "Choose another VAE.", details=str(error)) from error
    return _plan_vae(path, file, pieces, facts.model_copy(update={"vae_groups": own.vae_groups}))


def _plan_vae(path: Path, file: TensorFile, pieces: Pieces, facts: Facts) -> nets.Planned:
    if not pieces:
        raise CheckpointError(
            path, "There is no VAE in {name}.", "Put a VAE of its family into models/VAE and choose it."
        )
    return nets.plan(path, file, pieces, nets.vae(facts))


def _vae_file(path: Path) -> TensorFile:
    if not path.is_dir():
        return open_tensors(headers.read(path))
    return open_folder(path) if headers.is_folder(path) else open_parts({"": headers.weights(path)})


def _check_channels(path: Path, unet: UNet2DConditionModel, vae_path: Path, vae: AutoencoderKL) -> None:
    channels, latents = unet.config["in_channels"], unet.config["out_channels"]
    if channels not in INPUT_CHANNELS or latents != LATENT_CHANNELS:
        raise CheckpointError(
            path, "{name} wants {channels} input channels; such models are not supported.",
            "Choose a text to image, inpainting or pix2pix model.", channels=channels,
        )  # fmt: skip
    if vae.config["latent_channels"] != latents:
        raise CheckpointError(vae_path, "The VAE {name} belongs to another model family.", "Choose another VAE.")


def _alphas(file: TensorFile, facts: Facts) -> Tensor:
    """The file's own table if it has one in full precision, else that of the noise schedule's two ends."""
    if file.shapes.get("alphas_cumprod") == (TRAINED_STEPS,):
        table = file.read("alphas_cumprod")
        if table.dtype in (torch.float32, torch.float64) and table.min() > 0 and table.max() < 1:
            return table.float()
    return linear_alphas(facts.first_beta or 0.00085, facts.last_beta or 0.012)
