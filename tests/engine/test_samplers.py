"""Each sampler against the reference's latents in double precision."""

import math

import numpy as np
import pytest
import torch
from analytic import cross, gauss, gmm, load
from torch import Tensor

from studio.catalog.samplers import SAMPLERS
from studio.core.errors import BadRequest, Cancelled, UnknownName
from studio.engine.levels import Levels
from studio.engine.samplers import sample
from studio.engine.sigmas import timesteps

ARRAYS, INDEX = load("samplers_f64")
SIGMAS, _ = load("sigmas")
DENOISERS = {"gauss": gauss, "gmm": gmm, "cross": cross}
LEVELS = Levels(torch.from_numpy(ARRAYS["alphas_cumprod_f64"]))
# "DPM adaptive" chooses its steps by sums of float32, which processors round differently.
TOLERANCES = {"LMS": 1e-4, "UniPC": 1e-4, "DPM adaptive": 1e-4}
# The web UI's own program cannot do these; ours can or says why not.
ABLE = [case for case in INDEX["cases"] if "error" not in case]


class Watched:
    """A denoiser that notes its sigmas; without a prompt it sees 0.97 of the noise."""

    def __init__(self, name: str) -> None:
        self.denoise, self.calls = DENOISERS[name], []

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        self.calls.append(float(sigma))
        denoised = self.denoise(x, sigma)
        self.uncond = x - 0.97 * (x - denoised)
        return denoised


class Draws:
    """The reference's noise, draw after draw."""

    def __init__(self, batch: int) -> None:
        self.noise, self.count = torch.from_numpy(ARRAYS["noise"])[:, :batch], 0

    def __call__(self) -> Tensor:
        self.count += 1
        return self.noise[self.count - 1]


def t_to_sigma(t: Tensor) -> Tensor:
    low, share, logs = t.floor().long(), t.frac(), LEVELS.sigmas.log()
    return ((1 - share) * logs[low] + share * logs[t.ceil().long()]).exp()


def sigmas_of(case: dict) -> Tensor:
    if case["sampler"] == "UniPC":
        times = torch.linspace(1.0, 0.001, len(timesteps(case["steps"])) + 1)
        return t_to_sigma(((times - 0.001) * 1000).clamp(0, 999).double())
    if "steps" in case:
        return t_to_sigma(timesteps(case["steps"]).flip(0).double())
    if case["sigmas_key"]:
        return torch.from_numpy({**ARRAYS, **SIGMAS}[case["sigmas_key"]]).double()
    asked = case["kwargs"]
    way = torch.linspace(asked["sigma_max"], asked["sigma_min"], asked.get("n", 20) + 1, dtype=torch.float64)
    way[0], way[-1] = asked["sigma_max"], asked["sigma_min"]
    return way


def options_of(case: dict) -> dict:
    ours = {key: value for key, value in case["kwargs"].items() if not key.startswith(("sigma_", "n", "return_"))}
    return ours | {key.removeprefix("uni_pc_"): value for key, value in case.get("opts", {}).items()}


@pytest.mark.parametrize("case", ABLE, ids=lambda case: f"{case['key']}-{case['sampler']}")
def test_latents_and_calls_are_the_references(case: dict) -> None:
    batch = case.get("batch", 2)
    model, draws, sigmas = Watched(case["denoiser"]), Draws(batch), sigmas_of(case)
    x0, timed = torch.from_numpy(ARRAYS["x0"])[:batch], "steps" in case
    result = sample(case["sampler"], model, x0 if timed else x0 * sigmas[0], sigmas, draws, **options_of(case))
    expected = torch.from_numpy(ARRAYS[case["key"]])
    assert float((result - expected).norm() / expected.norm()) < TOLERANCES.get(case["sampler"], 1e-6)
    assert draws.count == case["noises_drawn"]
    assert len(model.calls) == case["nfe"]
    called = t_to_sigma(torch.tensor(case["model_calls"]).double()).tolist() if timed else case["model_calls"]
    np.testing.assert_allclose(model.calls, called, rtol=1e-3 if case["sampler"] == "DPM adaptive" else 1e-6)


def karras_like(steps: int = 8) -> Tensor:
    return torch.cat([torch.linspace(math.log(14.6), math.log(0.03), steps).exp(), torch.zeros(1)])


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_steps_are_told_in_order_and_can_stop(row: object) -> None:
    told = []

    def step(i: int, x: Tensor, sigma: Tensor, denoised: Tensor) -> None:
        assert x.shape == denoised.shape == (1, 4, 8, 8)
        told.append((i, float(sigma)))
        if i == 2:
            raise Cancelled

    x = torch.randn(1, 4, 8, 8)
    with pytest.raises(Cancelled):
        sample(row.label, Watched("gauss"), x, karras_like(), lambda: torch.zeros_like(x), step=step)
    assert [i for i, _ in told] == [0, 1, 2]
    assert [sigma for _, sigma in told] == sorted((sigma for _, sigma in told), reverse=True)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_the_same_input_gives_the_same_bits_and_is_left_as_it_was(row: object) -> None:
    x = torch.randn(2, 4, 8, 8)
    before, results = x.clone(), []
    for _ in range(2):
        generator = torch.Generator().manual_seed(1)
        noise = lambda generator=generator: torch.randn(x.shape, generator=generator)  # noqa: E731
        sigmas = karras_like()[:-1] if row.kind == "timestep" else karras_like()
        results.append(sample(row.name, Watched("gmm"), x, sigmas, noise))
    assert torch.equal(*results)
    assert torch.equal(x, before)
    assert results[0].dtype == torch.float32


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
@pytest.mark.parametrize("sigmas", [torch.zeros(0), torch.zeros(1), torch.ones(1)], ids=["none", "zero", "one"])
def test_no_way_to_go_is_no_step(row: object, sigmas: Tensor) -> None:
    x = torch.randn(1, 4, 8, 8)
    model = Watched("gauss")
    assert sample(row.name, model, x, sigmas, lambda: x) is x
    assert not model.calls


@pytest.mark.parametrize("old", ["DPM++ 2M Karras", "k_dpmpp_2m", "dpm++ 2m"])
def test_old_names_are_understood(old: str) -> None:
    x, sigmas = torch.randn(1, 4, 8, 8), karras_like()
    results = [sample(name, Watched("gmm"), x, sigmas, lambda: x) for name in ("DPM++ 2M", old)]
    assert torch.equal(*results)


def test_brownian_samplers_take_the_path_where_there_is_one() -> None:
    x, asked = torch.zeros(1, 4, 8, 8), []

    def path(sigma: Tensor, sigma_next: Tensor) -> Tensor:
        asked.append((float(sigma), float(sigma_next)))
        return torch.zeros_like(x)

    sample("DPM++ 2M SDE", Watched("gauss"), x, karras_like(3), lambda: pytest.fail("no path"), brownian=path)
    np.testing.assert_allclose(asked, [(14.6, 0.6618), (0.6618, 0.03)], rtol=1e-3)


def test_vary_coeff_does_not_mix_pictures() -> None:
    sigmas = t_to_sigma(timesteps(10).flip(0).double())
    x = torch.from_numpy(ARRAYS["x0"])
    options = {"variant": "vary_coeff", "order": 3}
    together, alone = (sample("UniPC", Watched("gmm"), part, sigmas, lambda: x, **options) for part in (x, x[:1]))
    exact = sample("UniPC", Watched("gmm"), x, t_to_sigma(timesteps(500).flip(0).double()), lambda: x)
    torch.testing.assert_close(together[:1], alone)
    assert float((together - exact).norm() / exact.norm()) < 0.5


def test_what_a_sampler_cannot_do_is_refused() -> None:
    x = torch.zeros(1, 4, 8, 8)
    with pytest.raises(BadRequest, match="looks back 3 steps"):
        sample("UniPC", Watched("gauss"), x, torch.tensor([3.0, 1.0, 0.1]), lambda: x)
    with pytest.raises(UnknownName, match="vary_coeff"):
        sample("UniPC", Watched("gauss"), x, karras_like()[:-1], lambda: x, variant="vary_coef")
    with pytest.raises(BadRequest):
        sample("DPM adaptive", Watched("gauss"), x, karras_like(), lambda: x, order=4)
    with pytest.raises(UnknownName, match="Euler"):
        sample("Eulr", Watched("gauss"), x, karras_like(), lambda: x)
