from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core.errors import CheckpointError, NotANumber
from studio.engine import previews, vae
from studio.engine.loading import load
from studio.engine.loading.facts import of_family

GOLDEN = Path(__file__).parents[1] / "data/golden/e2e_tiny"


@pytest.fixture
def net():
    return load(GOLDEN / "models/tiny_sd15.safetensors").vae.requires_grad_(False)


@pytest.fixture(scope="module")
def latent() -> torch.Tensor:
    return torch.from_numpy(np.load(GOLDEN / "latents.npz")["000/0"])[0]


def test_tiles_give_a_picture_alike(net, latent: torch.Tensor) -> None:
    whole = vae.decode(net, latent)
    with vae.tiled(net, wanted=True, tile=32):
        in_tiles = vae.decode(net, latent)
        assert in_tiles.shape == whole.shape
        assert torch.corrcoef(torch.stack([in_tiles.flatten(), whole.flatten()]))[0, 1] > 0.6
        assert net.use_tiling
    assert not net.use_tiling


def test_a_vae_that_fails_in_half_is_run_in_full(net, latent: torch.Tensor) -> None:
    whole = vae.decode(net, latent)
    net.to(torch.float16)
    net.decoder.conv_in.register_forward_hook(lambda _net, _args, out: out * (1e6 if out.dtype == torch.float16 else 1))
    retried = vae.decode(net, latent)
    assert net.dtype == torch.float32
    assert (retried - whole).abs().max() < 0.02


def test_a_vae_that_only_gives_nan_is_one_clear_sentence(net, latent: torch.Tensor) -> None:
    net.decoder.conv_out.register_forward_hook(lambda _net, _args, out: out * float("nan"))
    with pytest.raises(NotANumber, match="VAE"):
        vae.decode(net, latent)


def test_pixels_survive_the_way_through_tensors() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (16, 24, 3), np.uint8)
    assert np.array_equal(vae.to_pixels(vae.from_pixels(pixels, torch.device("cpu"))), pixels)


def test_the_cheap_preview_is_an_eighth_and_follows_the_latent(latent: torch.Tensor) -> None:
    matrix = torch.tensor(of_family("SD1").latent_rgb)
    small = previews.approximate(latent, matrix)
    assert small.shape == (*latent.shape[1:], 3)
    assert small.dtype == np.uint8
    assert not np.array_equal(small, previews.approximate(-latent, matrix))


def test_the_cheap_preview_can_be_measured(latent: torch.Tensor) -> None:
    latents = torch.randn(3, *latent.shape, generator=torch.Generator().manual_seed(1))
    matrix = torch.tensor(of_family("SDXL").latent_rgb)
    added = torch.tensor([0.1, -0.2, 0.3])
    colours = torch.einsum("nchw,cr->nrhw", latents, matrix) + added.view(3, 1, 1)
    pictures = torch.nn.functional.interpolate(colours, scale_factor=8)
    found = previews.latent_rgb(latents, pictures)
    assert torch.allclose(found, torch.cat([matrix, added[None]]), atol=1e-5)
    shown = previews.approximate(latents[0], found)
    expected = (pictures[0, :, ::8, ::8].permute(1, 2, 0) + 1) * 127.5
    assert np.abs(shown - expected.clamp(0, 255).numpy()).max() <= 1


@pytest.mark.parametrize("width", [64, 24])
def test_taesd_reads_the_files_own_layout(width: int, tmp_path: Path, latent: torch.Tensor) -> None:
    from diffusers.models.autoencoders.vae import DecoderTiny
    from safetensors.torch import save_file

    torch.manual_seed(3)
    decoder = DecoderTiny(4, 3, (3, 3, 3, 1), (width,) * 4, 2, "relu", "nearest").eval()
    theirs = {}
    for key, tensor in decoder.state_dict().items():
        _, number, rest = key.split(".", 2)
        theirs[f"{int(number) + 1}.{rest}"] = tensor.clone()
    assert {name: tensor.shape for name, tensor in previews.in_taesd_layout(decoder).items()} == {
        name: tensor.shape for name, tensor in theirs.items()
    }
    save_file(theirs, tmp_path / "taesd_decoder.safetensors")
    picture = previews.Taesd(tmp_path / "taesd_decoder.safetensors")(latent)
    assert picture.shape == (64, 64, 3)
    with torch.inference_mode():
        expected = ((decoder(latent[None])[0].permute(1, 2, 0) + 1) / 2).clamp(0, 1) * 255
    assert np.array_equal(picture, expected.to(torch.uint8).numpy())


def test_another_file_in_taesds_place_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file({"1.weight": torch.zeros(2, 2)}, tmp_path / "taesd_decoder.safetensors")
    with pytest.raises(CheckpointError, match="not a TAESD decoder"):
        previews.Taesd(tmp_path / "taesd_decoder.safetensors")
