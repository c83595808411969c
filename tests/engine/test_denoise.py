"""Guidance: which texts run when, and what is made of them."""

import pytest
import torch
from analytic import LEVELS, MixtureUNet, conditioning
from torch import Tensor

from studio.engine.conditioning import ComposedPrompt, Conditioning, Scheduled
from studio.engine.denoise import Guidance, Guided, Steered, Switch
from studio.engine.levels import Levels, linear_alphas

SIGMA = torch.tensor(2.0)


def text(name: str, chunks: int = 1, vector: Tensor | None = None) -> Conditioning:
    return Conditioning(conditioning(name).context.repeat(chunks, 1), vector)


def always(known: Conditioning) -> tuple[Scheduled, ...]:
    return (Scheduled(100, known),)


def plain(*names: str, chunks: int = 1) -> list[ComposedPrompt]:
    return [ComposedPrompt(((always(text(name, chunks)), 1.0),)) for name in names]


def steered(unet: object, prompts: list[ComposedPrompt], empty: Tensor | None = None, chunks: int = 1) -> Steered:
    negatives = [always(text("bad", chunks)) for _ in prompts]
    return Steered(unet, LEVELS, prompts, negatives, empty)


def alone(name: str, x: Tensor) -> Tensor:
    """What one text makes of x without guidance."""
    return Guided(steered(MixtureUNet(), plain(*[name] * len(x))), Guidance(scale=1.0))(x, SIGMA)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0)) * 2


def test_guidance_leads_from_the_negative_prompt_over_the_prompt(x: Tensor) -> None:
    guided = Guided(steered(MixtureUNet(), plain("cat", "dog")), Guidance(scale=7.0))
    uncond = alone("bad", x)
    cond = torch.cat([alone("cat", x[:1]), alone("dog", x[1:])])
    torch.testing.assert_close(guided(x, SIGMA), uncond + (cond - uncond) * 7, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(guided.uncond, uncond)


def test_parts_joined_by_and_add_up_by_their_weights(x: Tensor) -> None:
    parts = ComposedPrompt(((always(text("cat")), 1.1), (always(text("dog")), -0.5)))
    guided = Guided(steered(MixtureUNet(), [parts, *plain("hat")]), Guidance(scale=5.0))
    uncond, cat, dog, hat = (alone(name, x) for name in ("bad", "cat", "dog", "hat"))
    both = uncond + (cat - uncond) * 5.5 + (dog - uncond) * -2.5
    expected = torch.cat([both[:1], (uncond + (hat - uncond) * 5)[1:]])
    torch.testing.assert_close(guided(x, SIGMA), expected, rtol=1e-4, atol=1e-4)


def test_scale_1_leaves_the_negative_prompt_out_where_that_changes_nothing(x: Tensor) -> None:
    unet = MixtureUNet()
    Guided(steered(unet, plain("cat", "dog")), Guidance(scale=1.0))(x, SIGMA)
    assert unet.rows == [2]
    weighted = [ComposedPrompt(((always(text("cat")), 1.1),))] * 2
    Guided(steered(unet, weighted), Guidance(scale=1.0))(x, SIGMA)
    Guided(steered(unet, plain("cat", "dog")), Guidance(scale=1.0, keeps_uncond=True))(x, SIGMA)
    assert unet.rows == [2, 4, 4]


def rows_of(guidance: Guidance, x: Tensor, calls: int = 6) -> list[int]:
    unet = MixtureUNet()
    guided = Guided(steered(unet, plain("cat", "dog")), guidance)
    for _ in range(calls):
        guided(x, SIGMA)
    return unet.rows


def test_the_negative_prompt_rests_below_ngms(x: Tensor) -> None:
    assert rows_of(Guidance(ngms=3.0), x) == [4, 2, 4, 2, 4, 2]
    assert rows_of(Guidance(ngms=3.0, ngms_all_steps=True), x) == [2] * 6
    assert rows_of(Guidance(ngms=2.0), x) == [4] * 6


def test_early_steps_go_without_guidance(x: Tensor) -> None:
    assert rows_of(Guidance(skip_early=0.3, calls=10), x) == [2, 2, 2, 2, 4, 4]
    skipped = Guided(steered(MixtureUNet(), plain("cat", "cat")), Guidance(skip_early=0.3, calls=10))
    torch.testing.assert_close(skipped(x, SIGMA), alone("cat", x))
    torch.testing.assert_close(skipped.uncond, alone("cat", x))


def test_texts_of_different_length_run_apart_unless_padded(x: Tensor) -> None:
    unet = MixtureUNet()
    long = plain("cat", "dog", chunks=2)
    Guided(steered(unet, long), Guidance())(x, SIGMA)
    assert [context.shape[1] for context in unet.contexts] == [154, 77]
    unet.contexts.clear()
    Guided(steered(unet, long, empty=text("").context), Guidance())(x, SIGMA)
    assert [tuple(context.shape) for context in unet.contexts] == [(4, 154, 4)]
    torch.testing.assert_close(unet.contexts[0][2, 77:], text("").context)
    Guided(steered(unet, plain("cat", "dog"), empty=text("").context, chunks=3), Guidance())(x, SIGMA)
    torch.testing.assert_close(unet.contexts[1][0], torch.cat([text("cat").context, text("", 2).context]))


def test_a_padded_prompt_stays_padded_where_the_negative_prompt_rests(x: Tensor) -> None:
    unet = MixtureUNet()
    negatives = [always(text("bad", chunks=2))] * 2
    model = Steered(unet, LEVELS, plain("cat", "dog"), negatives, empty=text("").context)
    Guided(model, Guidance(ngms=3.0, ngms_all_steps=True))(x, SIGMA)
    assert [tuple(context.shape) for context in unet.contexts] == [(2, 154, 4)]


def test_parts_of_one_picture_of_different_length_repeat_their_last_vector(x: Tensor) -> None:
    unet = MixtureUNet()
    both = ComposedPrompt(((always(text("cat")), 1.0), (always(text("dog", chunks=2)), 0.5)))
    Guided(steered(unet, [both]), Guidance())(x[:1], SIGMA)
    assert [tuple(context.shape) for context in unet.contexts] == [(2, 154, 4), (1, 77, 4)]
    torch.testing.assert_close(unet.contexts[0][0], text("cat", 2).context)


class TellingUNet:
    """Sees how long a text is, which the mixture's network does not."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, x: Tensor, t: Tensor, context: Tensor, vector: Tensor | None) -> Tensor:
        self.shapes.append(tuple(context.shape[:2]))
        return x * (context.sum((1, 2)) + context.shape[1])[:, None, None, None]


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("together", [False, True])
def test_a_picture_is_the_same_beside_longer_prompts(x: Tensor, padded: bool, together: bool) -> None:
    x, empty = torch.cat([x, x[:1] + 1]), text("").context if padded else None
    both = ComposedPrompt(((always(text("cat")), 1.0), (always(text("dog", chunks=2)), 0.5)))
    prompts = [*plain("owl"), both, *plain("hat", chunks=3)]
    negatives = [always(text("bad", chunks)) for chunks in (1, 1, 2)]
    unet = TellingUNet()
    batch = Guided(Steered(unet, LEVELS, prompts, negatives, empty), Guidance(), together=together)(x, SIGMA)
    for i in range(3):
        model = Steered(TellingUNet(), LEVELS, prompts[i : i + 1], negatives[i : i + 1], empty)
        assert torch.equal(Guided(model, Guidance())(x[i : i + 1], SIGMA)[0], batch[i])
    tokens = [(2, 77), (3, 154), (2, 231)] if padded else [(3, 77), (3, 154), (1, 231)]
    assert not together or unet.shapes == tokens


def test_split_batches_change_nothing_but_their_number(x: Tensor) -> None:
    whole, split = MixtureUNet(), MixtureUNet()
    prompts = [ComposedPrompt(((always(text("cat")), 1.0), (always(text("dog")), 0.5))), *plain("hat")]
    results = [
        Guided(steered(unet, prompts), Guidance(), together=together)(x, SIGMA)
        for unet, together in ((whole, True), (split, False))
    ]
    assert (whole.rows, split.rows) == ([5], [2, 2, 1])
    torch.testing.assert_close(*results)


def test_a_prompt_changes_after_its_step_is_passed(x: Tensor) -> None:
    unet = MixtureUNet()
    edited = (Scheduled(2, text("cat")), Scheduled(4, text("dog")))
    guided = Guided(Steered(unet, LEVELS, [ComposedPrompt(((edited, 1.0),))], [always(text("bad"))]), Guidance())
    for _ in range(6):
        guided(x[:1], SIGMA)
    shown = [float(context[0, 0, 0]) for context in unet.contexts]
    cat, dog = (float(text(name).context[0, 0]) for name in ("cat", "dog"))
    assert shown == [cat, cat, cat, dog, dog, cat]  # past its end it begins anew, as in the web UI
    assert len({id(context) for context in unet.contexts}) == 2


def test_sdxl_vectors_go_with_their_rows(x: Tensor) -> None:
    seen = []

    def unet(x: Tensor, t: Tensor, context: Tensor, vector: Tensor | None) -> Tensor:
        seen.append(vector)
        return torch.zeros_like(x)

    prompt = ComposedPrompt(((always(text("cat", vector=torch.tensor([1.0]))), 1.0),))
    negative = always(text("bad", chunks=2, vector=torch.tensor([2.0])))
    Guided(Steered(unet, LEVELS, [prompt], [negative]), Guidance())(x[:1], SIGMA)
    assert [vector.tolist() for vector in seen] == [[[1.0]], [[2.0]]]


@pytest.mark.parametrize("prediction", ["epsilon", "v"])
def test_rescaling_draws_the_contrast_of_the_prediction_back(x: Tensor, prediction: str) -> None:
    levels = Levels(linear_alphas(), prediction)
    model = Steered(MixtureUNet(), levels, plain("cat", "dog"), [always(text("bad"))] * 2)
    contrasts = []
    for guidance in (Guidance(scale=1.0), Guidance(scale=9.0), Guidance(scale=9.0, rescale=1.0)):
        output = levels.output(x, Guided(model, guidance)(x, SIGMA), SIGMA)
        contrasts.append(output.std(dim=(1, 2, 3)))
    assert ((contrasts[1] - contrasts[0]).abs() > 0.004).all()
    torch.testing.assert_close(contrasts[2], contrasts[0], rtol=1e-3, atol=1e-3)


def test_a_refiner_takes_over_by_timestep(x: Tensor) -> None:
    base, refiner, loads = MixtureUNet(), MixtureUNet(), []

    def load() -> Steered:
        loads.append(1)
        return steered(refiner, plain("owl", "owl"))

    guided = Guided(steered(base, plain("cat", "cat")), Guidance(), Switch(0.8, load))
    for t in (999.0, 200.0, 199.0, 50.0):
        guided(x, LEVELS.t_to_sigma(torch.tensor(t)))
    assert [round(t) for t in base.timesteps] == [999, 200]
    assert [round(t) for t in refiner.timesteps] == [199, 50]
    assert len(loads) == 1
    assert float(refiner.contexts[0][0, 0, 0]) == float(text("owl").context[0, 0])


def test_timesteps_reach_the_network_as_numbers_between_those_trained(x: Tensor) -> None:
    unet = MixtureUNet()
    guided = Guided(steered(unet, plain("cat", "dog")), Guidance())
    guided(x, LEVELS.t_to_sigma(torch.tensor(500.5)))
    assert unet.timesteps[0] == pytest.approx(500.5, abs=1e-2)
