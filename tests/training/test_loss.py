import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.levels import Levels, linear_alphas
from studio.training.loss import balanced_steps, idle_channels, noised, picture_distance, target


@pytest.mark.parametrize("prediction", ["epsilon", "v"])
@pytest.mark.parametrize("step", [0, 400, 999])
def test_a_net_that_answers_the_target_denoises_perfectly(prediction: str, step: int) -> None:
    alphas = linear_alphas()
    clean, noise = torch.randn(2, 3, 4, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    level = alphas[step].double().repeat(3)
    answer = target(prediction, clean, noise, level)
    levels = Levels(alphas.double(), prediction)
    sigma = levels.sigmas[step]
    x = clean + sigma * noise
    torch.testing.assert_close(levels.scaled_in(x, sigma), noised(clean, noise, level))
    torch.testing.assert_close(levels.denoised(x, answer, sigma), clean)


@given(count=st.integers(1, 64), seed=st.integers(0, 2**31))
def test_timesteps_are_many_valid_and_spread(count: int, seed: int) -> None:
    steps = balanced_steps(count, torch.Generator().manual_seed(seed))
    assert len(steps) == count
    assert steps.min() >= 0
    assert steps.max() < 1000
    even = count - count // 2
    assert [int(step * even // 1000) for step in steps[:even]] == pytest.approx(range(even), abs=1)


def test_half_of_the_timesteps_are_near_400() -> None:
    steps = balanced_steps(4000, torch.Generator().manual_seed(0)).float()
    assert steps[2000:].mean() == pytest.approx(400, abs=20)
    assert steps[:2000].mean() == pytest.approx(500, abs=5)


def test_equal_pictures_are_at_no_distance_and_a_wrong_colour_costs_more_than_a_wrong_brightness() -> None:
    picture = torch.zeros(1, 3, 8, 8)
    assert picture_distance(picture, picture) == 0
    brighter, redder = picture + 0.2, picture.clone()
    redder[:, 0] += 0.6  # as much in sum
    assert picture_distance(redder, picture) > picture_distance(brighter, picture)


def test_channels_that_repeat_others_or_hardly_vary_cost() -> None:
    free = torch.randn(4, 4, 32, 32, generator=torch.Generator().manual_seed(0)) * 2
    assert idle_channels(free) < 0.01
    repeated, still = free.clone(), free.clone()
    repeated[:, 1] = -repeated[:, 0]
    still[:, 2] *= 0.1
    assert idle_channels(repeated) == pytest.approx(2 / 12, abs=0.01)
    assert idle_channels(still) == pytest.approx(0.2, abs=0.01)
    still[:, 2] = 0
    assert idle_channels(still).isfinite()
