"""Noise levels and schedules equal the web UI's."""

import numpy as np
import pytest
import torch
from analytic import LEVELS, load
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import find
from studio.catalog.samplers import SAMPLERS
from studio.catalog.schedules import SCHEDULES
from studio.core.errors import BadRequest, UnknownName
from studio.core.request import GenerateRequest
from studio.engine.levels import Levels, consistency, linear_alphas, zero_terminal_snr
from studio.engine.sigmas import schedule, schedule_for, timesteps, unipc_sigmas

ARRAYS, INDEX = load("sigmas")
LAST_BITS = 3e-7  # processors round roots of float32 differently
SCHEDULE_KINDS = ("scheduler", "scheduler_sdxl", "rho")


def made(entry: dict) -> torch.Tensor:
    if entry["kind"] == "timesteps":
        return timesteps(entry["n"])
    if entry["kind"] in SCHEDULE_KINDS:
        sdxl = entry["kind"] == "scheduler_sdxl"
        return schedule(entry["scheduler"], entry["n"], LEVELS.sigmas, rho=entry.get("rho", 0), sdxl=sdxl)
    name, value = entry.get("option", ("steps", entry["n"]))
    options = {"sigma_min": 0.1, "sigma_max": 10} if name == "use_old_karras_scheduler_sigmas" else {name: value}
    discard = entry["kind"] == "always_discard"
    request = GenerateRequest(schedule=entry.get("scheduler", "Automatic"), discard_penultimate=discard, **options)
    return schedule_for(find("sampler", SAMPLERS, entry["sampler"]), request, entry["n"], LEVELS)


@pytest.mark.parametrize("entry", INDEX["entries"], ids=lambda entry: entry["key"])
def test_schedules_are_the_web_uis(entry: dict) -> None:
    expected, sigmas = ARRAYS[entry["key"]], made(entry).numpy()
    assert sigmas.dtype == expected.dtype
    np.testing.assert_allclose(sigmas, expected, rtol=1e-5)


def test_levels_are_the_web_uis() -> None:
    np.testing.assert_allclose(LEVELS.alphas_cumprod.numpy(), ARRAYS["alphas_cumprod_f32"], rtol=LAST_BITS)
    np.testing.assert_allclose(LEVELS.sigmas.numpy(), ARRAYS["model_sigmas_f32"], rtol=LAST_BITS)


def test_timesteps_and_sigmas_translate() -> None:
    sigmas, times = torch.from_numpy(ARRAYS["sigma_to_t/sigma"]), torch.from_numpy(ARRAYS["t_to_sigma/t"])
    np.testing.assert_allclose(LEVELS.t_to_sigma(times).numpy(), ARRAYS["t_to_sigma/sigma"], rtol=1e-6)
    np.testing.assert_allclose(LEVELS.sigma_to_t(sigmas).numpy(), ARRAYS["sigma_to_t/t"], atol=1e-3)
    rounded = Levels(linear_alphas(), quantize=True).sigma_to_t(sigmas)
    np.testing.assert_array_equal(rounded.numpy(), ARRAYS["sigma_to_t/t_quantized"])


@given(st.integers(0, 999))
def test_each_trained_timestep_is_found_again(t: int) -> None:
    sigma = LEVELS.t_to_sigma(torch.tensor(t))
    assert float(LEVELS.sigma_to_t(sigma)) == pytest.approx(t, abs=2e-3)
    assert LEVELS.nearest(sigma) == t


@pytest.mark.parametrize("levels", [LEVELS, consistency(LEVELS), Levels(linear_alphas(), "v")], ids=["eps", "lcm", "v"])
def test_what_the_network_predicts_and_means_translate(levels: Levels) -> None:
    x, output, sigma = torch.randn(2, 4, 8, 8), torch.randn(2, 4, 8, 8), torch.tensor(3.0)
    clean = levels.denoised(x, output, sigma)
    torch.testing.assert_close(levels.output(x, clean, sigma), output, rtol=1e-4, atol=1e-4)


def test_a_perfect_prediction_gives_the_clean_latent_back() -> None:
    clean, noise, sigma = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 8, 8), torch.tensor(2.0)
    x, angle = clean + sigma * noise, sigma.atan()
    velocity = angle.cos() * noise - angle.sin() * clean
    torch.testing.assert_close(Levels(linear_alphas()).denoised(x, noise, sigma), clean)
    torch.testing.assert_close(Levels(linear_alphas(), "v").denoised(x, velocity, sigma), clean)


def test_a_consistency_model_keeps_its_input_where_there_is_little_noise() -> None:
    levels, x = consistency(LEVELS), torch.randn(1, 4, 8, 8)
    clean = levels.denoised(x, torch.randn_like(x), torch.tensor(levels.sigma_min))
    blend = 190 / (190**2 + 0.25) ** 0.5
    assert levels.sigmas.shape == (50,)
    assert levels.sigma_to_t(torch.tensor([levels.sigma_min, levels.sigma_max])).tolist() == [19, 999]
    assert float((clean - x).abs().max()) < 2 * levels.sigma_min * blend * 5


def test_zero_terminal_snr_ends_in_pure_noise_and_keeps_the_first_level() -> None:
    rescaled = zero_terminal_snr(linear_alphas())
    assert float(rescaled[0]) == pytest.approx(float(linear_alphas()[0]))
    assert Levels(rescaled).sigma_max > 4000
    assert (rescaled.diff() < 0).all()


@pytest.mark.parametrize("row", SCHEDULES, ids=lambda row: row.name)
@pytest.mark.parametrize("steps", [1, 2, 7, 50, 1000])
def test_every_schedule_falls_to_its_end(row: object, steps: int) -> None:
    sigmas = schedule(row.label, steps, LEVELS.sigmas)
    assert (sigmas.diff() < 0).all()
    assert sigmas.dtype == torch.float32
    if row.name not in ("ddim", "kl_optimal"):
        assert len(sigmas) == steps + 1
        assert sigmas[-1] == 0


@pytest.mark.parametrize("skip_type", ["time_uniform", "time_quadratic", "logSNR"])
def test_unipc_spaces_from_the_highest_to_the_lowest_level(skip_type: str) -> None:
    sigmas = unipc_sigmas(LEVELS, 999, 10, skip_type)
    assert len(sigmas) == 11
    assert (sigmas.diff() < 0).all()
    np.testing.assert_allclose(sigmas[[0, -1]].numpy(), [LEVELS.sigma_max, LEVELS.sigma_min], rtol=1e-5)


def test_what_cannot_be_spaced_is_refused() -> None:
    with pytest.raises(UnknownName, match="Karras"):
        schedule("Karas", 20, LEVELS.sigmas)
    with pytest.raises(BadRequest):
        schedule("Karras", 0, LEVELS.sigmas)
    with pytest.raises(BadRequest):
        timesteps(1001)
    with pytest.raises(UnknownName):
        unipc_sigmas(LEVELS, 999, 10, "even")
