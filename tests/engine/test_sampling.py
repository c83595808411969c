"""Where runs begin, and how requests reach the samplers."""

import json

import pytest
import torch
from analytic import GOLDEN, LEVELS, MixtureUNet, conditioning

from studio.catalog.samplers import SAMPLERS
from studio.core.errors import BadRequest, Cancelled
from studio.core.request import GenerateRequest
from studio.engine.conditioning import ComposedPrompt, Scheduled
from studio.engine.denoise import Steered, Switch
from studio.engine.noise import ImageNoise
from studio.engine.sampling import img2img_steps, run

STEPS = json.loads((GOLDEN / "steps_hires.json").read_text("utf-8"))["setup_img2img_steps"]
INIT = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(3))


def model(unet: MixtureUNet | None = None, count: int = 1) -> Steered:
    prompt = ComposedPrompt((((Scheduled(1000, conditioning("cat")),), 1.0),))
    negative = (Scheduled(1000, conditioning("bad")),)
    return Steered(unet or MixtureUNet(), LEVELS, [prompt] * count, [negative] * count)


def noise(*seeds: int) -> ImageNoise:
    return ImageNoise("CPU", (4, 8, 8), seeds or [1])


def asked(**values: object) -> GenerateRequest:
    return GenerateRequest(**{"steps": 6, **values})


def test_img2img_steps_are_the_web_uis() -> None:
    assert len(STEPS["rows"]) > 1000
    for fixed, steps, strength, argument, total, entry in STEPS["rows"]:
        exact = fixed or argument is not None
        assert img2img_steps(argument or steps, strength, exact) == (total, entry)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_a_picture_is_the_same_alone_and_in_a_batch(row: object) -> None:
    if row.name == "dpm_adaptive":
        pytest.skip("its steps follow the error of the whole batch, as in the web UI")
    together = run(asked(sampler=row.label), model(count=2), noise(1, 2))
    alone = run(asked(sampler=row.label), model(), noise(2))
    torch.testing.assert_close(together[1:], alone, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_a_replay_is_equal_in_every_bit(row: object) -> None:
    first, second = (run(asked(sampler=row.label), model(), noise()) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_strength_0_of_exact_steps_keeps_the_picture(row: object) -> None:
    unet = MixtureUNet()
    kept = run(asked(sampler=row.label), model(unet), noise(), init=INIT, denoising_strength=0, exact_steps=True)
    assert torch.equal(kept, INIT)
    assert not unet.timesteps


def test_old_names_bring_their_schedule() -> None:
    named = run(asked(sampler="LMS Karras"), model(), noise())
    assert torch.equal(named, run(asked(sampler="LMS", schedule="Karras"), model(), noise()))
    assert not torch.equal(named, run(asked(sampler="LMS"), model(), noise()))


@pytest.mark.parametrize(
    ("sampler", "options"),
    [
        ("Euler a", {"eta": 0.4}),
        ("Euler", {"s_churn": 5.0}),
        ("Euler", {"s_churn": 5.0, "s_tmin": 1.0}),
        ("Euler", {"s_churn": 5.0, "s_tmax": 3.0}),
        ("Heun", {"s_churn": 5.0, "s_noise": 0.9}),
        ("DPM++ SDE", {"s_noise": 0.9}),
        ("DDIM", {"eta_ddim": 0.5}),
        ("UniPC", {"uni_pc_variant": "bh2"}),
        ("UniPC", {"uni_pc_variant": "vary_coeff"}),
        ("UniPC", {"uni_pc_order": 2}),
        ("UniPC", {"uni_pc_lower_order_final": False}),
        ("UniPC", {"uni_pc_skip_type": "logSNR"}),
        ("Euler", {"schedule": "Beta", "beta_alpha": 0.8}),
        ("Euler", {"schedule": "Karras", "rho": 5.0}),
        ("Euler", {"schedule": "Exponential", "sigma_max": 9.0}),
        ("Euler", {"cfg_rescale": 0.5}),
        ("Euler", {"ngms": 5.0}),
        ("Euler", {"skip_early_cfg": 0.5}),
        ("Euler", {"sgm_noise_multiplier": True}),
        ("DDIM", {"discard_penultimate": True}),
    ],
)
def test_every_option_reaches_the_run(sampler: str, options: dict) -> None:
    changed = run(asked(sampler=sampler, **options), model(), noise())
    defaults = {"s_churn": options["s_churn"]} if "s_churn" in options and len(options) > 1 else {}
    usual = run(asked(sampler=sampler, **defaults), model(), noise())
    assert changed.isfinite().all()
    assert not torch.equal(changed, usual)


def test_a_refiner_works_at_the_samplers_own_levels() -> None:
    refiner = MixtureUNet()
    later = Switch(0.5, lambda: model(refiner))
    run(asked(sampler="LCM"), model(), noise(), switch=later)
    assert refiner.timesteps
    assert all(t % 20 == 19 and t < 500 for t in refiner.timesteps)


def test_steps_are_told_and_can_stop_a_run() -> None:
    told = []

    def step(i: int, *_: object) -> None:
        told.append(i)
        if i == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(asked(), model(), noise(), step=step)
    assert told == [0, 1]


def test_too_few_steps_for_unipc_are_refused() -> None:
    with pytest.raises(BadRequest, match="UniPC looks back"):
        run(asked(sampler="UniPC", steps=20), model(), noise(), init=INIT, denoising_strength=0.1)
