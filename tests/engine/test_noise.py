"""Noise equals the web UI's for every source, and does not depend on company."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from analytic import load
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import UnknownName
from studio.engine.noise import Brownian, ImageNoise, Philox, Stream, randn, slerp

ARRAYS, INDEX = load("rng")
SOURCES = ("CPU", "NV", "GPU")
RANDN = [key for key in ARRAYS if key.startswith("randn/")]


def check(source: str, drawn: torch.Tensor, expected: np.ndarray) -> None:
    if source == "NV":
        np.testing.assert_allclose(drawn.numpy(), expected, atol=1e-6)
    else:
        np.testing.assert_array_equal(drawn.numpy(), expected)


@pytest.mark.parametrize("key", RANDN)
def test_first_draws_are_the_web_uis(key: str) -> None:
    _, source, seed, size = key.split("/")
    drawn = randn(source, int(seed), [int(side) for side in size.split("x")])
    check(source, drawn[:, ::9, ::9] if size == "4x64x64" else drawn, ARRAYS[key])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("seed", [0, 42])
def test_later_draws_are_the_web_uis(source: str, seed: int) -> None:
    stream = Stream(source, seed)
    check(source, torch.stack([stream.randn((4, 4, 4)) for _ in range(5)]), ARRAYS[f"sequence/{source}/{seed}"])


def test_philox_is_nvidias() -> None:
    philox = Philox(42)
    drawn = np.concatenate([philox.randn((5,)) for _ in range(4)])
    np.testing.assert_allclose(drawn, ARRAYS["philox/42/seq"], atol=1e-6)


@pytest.mark.parametrize("case", INDEX["imagerng"], ids=lambda case: case["key"])
def test_image_noise_is_the_web_uis(case: dict) -> None:
    source = case["key"].split("/")[1]
    noise = ImageNoise(
        source,
        case["shape"],
        case["seeds"],
        case.get("subseeds") or (),
        case.get("subseed_strength", 0.0),
        (case.get("seed_resize_from_h", 0), case.get("seed_resize_from_w", 0)),
        case.get("eta_noise_seed_delta", 0),
    )
    check(source, torch.stack([noise.next() for _ in range(3)]), ARRAYS[case["key"]])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0, 1.5])
def test_slerp_is_the_web_uis(share: float) -> None:
    low, high = (torch.from_numpy(ARRAYS[f"randn/CPU/{seed}/4x8x8"]) for seed in (1, 42))
    np.testing.assert_allclose(slerp(share, low, high).numpy(), ARRAYS[f"slerp/{share}"], atol=1e-6)


def test_nearly_equal_noise_is_mixed_with_the_web_uis_shares() -> None:
    low = randn("CPU", 1, (4, 8, 8))
    high = low * 1.5
    torch.testing.assert_close(slerp(0.3, low, high), low * 0.3 + high * 0.7)


@pytest.mark.parametrize("source", ["CPU", "NV"])
def test_brownian_noise_is_the_web_uis(source: str) -> None:
    sigmas = ARRAYS["brownian/sigmas"]
    path = Brownian(source, (4, 8, 8), [1, 2], sigmas.min(), sigmas.max())
    drawn = torch.stack([path(sigma, sigma_next) for sigma, sigma_next in pairwise(sigmas)])
    np.testing.assert_allclose(drawn.numpy(), ARRAYS[f"brownian/{source}"], atol=3e-6)


@given(cut=st.floats(0.05, 14.5))
@settings(max_examples=30, deadline=None)
def test_a_brownian_path_does_not_depend_on_how_it_is_cut(cut: float) -> None:
    path = Brownian("CPU", (1, 4, 4), [7], 0.03, 14.6)
    whole = path(14.6, 0.03) * math.sqrt(14.57)
    parts = path(14.6, cut) * math.sqrt(14.6 - cut) + path(cut, 0.03) * math.sqrt(cut - 0.03)
    torch.testing.assert_close(parts, whole, atol=2e-3, rtol=0)


def test_brownian_steps_are_unit_noise_and_independent() -> None:
    path = Brownian("CPU", (4, 64, 64), [3], 0.03, 14.6)
    first, second = path(10.0, 5.0), path(5.0, 1.0)
    assert float(first.std()) == pytest.approx(1, abs=0.02)
    assert abs(float((first * second).mean())) < 0.03


@pytest.mark.parametrize("source", SOURCES)
def test_an_image_is_the_same_alone_and_in_a_batch(source: str) -> None:
    together = ImageNoise(source, (4, 8, 8), [5, 6, 7], [1, 2, 3], 0.2, ensd=31337)
    alone = ImageNoise(source, (4, 8, 8), [6], [2], 0.2, ensd=31337)
    for _ in range(3):
        assert torch.equal(together.next()[1], alone.next()[0])
    paths = [Brownian(source, (4, 8, 8), seeds, 0.03, 14.6) for seeds in ([5, 6, 7], [6])]
    assert torch.equal(paths[0](3.0, 2.0)[1], paths[1](3.0, 2.0)[0])


@given(st.integers(0, 2**64 - 1), st.sampled_from(SOURCES))
@settings(max_examples=30, deadline=None)
def test_every_seed_is_drawn_from(seed: int, source: str) -> None:
    noise = ImageNoise(source, (1, 2, 2), [seed], ensd=2**53)
    assert all(noise.next().isfinite().all() for _ in range(2))


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(UnknownName, match="TPU"):
        randn("TPU", 1, (4,))
