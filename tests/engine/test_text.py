"""Text conditioning: equal to the web UI's on its own checkpoint, and the rules no file of it shows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

from studio.core.errors import BadRequest, UnknownName
from studio.engine.conditioning import Conditioning
from studio.engine.text import PromptPlan, TextEncoders, chunk
from studio.engine.text.emphasis import emphasised

TINY = Path(__file__).parents[1] / "data" / "golden" / "e2e_tiny"
PROMPTS = json.loads((TINY / "cases.json").read_text("utf-8"))["components_prompts"]
PLAN = PromptPlan(steps=20)
RESTORED_MEAN = 5e-5  # emphasis divides two means near zero: how processors round moves all values together by so much


@pytest.fixture(scope="module")
def model() -> CLIPTextModel:
    """The tiny checkpoint's text encoder."""
    config = json.loads((TINY / "models" / "tiny_sd15.text_config.json").read_text())
    model = CLIPTextModel(CLIPTextConfig(**config)).eval()
    prefix = "cond_stage_model.transformer.text_model."
    weights = load_file(TINY / "models" / "tiny_sd15.safetensors")
    flat = hasattr(model, "encoder")
    ours = {name.replace(prefix, "" if flat else "text_model."): weight for name, weight in weights.items()}
    missing, _ = model.load_state_dict(ours, strict=False)
    assert not [name for name in missing if "position_ids" not in name]
    return model.float()


@pytest.fixture
def encoders(model: CLIPTextModel) -> TextEncoders:
    encoders = TextEncoders("SD1", [model])
    encoders.embeddings = {"tinyemb": (load_file(TINY / "embeddings" / "tinyemb.safetensors")["emb_params"].float(),)}
    return encoders


@pytest.mark.parametrize("clip_skip", [1, 2])
@pytest.mark.parametrize("number", range(len(PROMPTS)))
def test_conditionings_equal_the_web_uis(encoders: TextEncoders, number: int, clip_skip: int) -> None:
    expected = np.load(TINY / "components.npz")[f"{number}/clip{clip_skip}"][0]
    (conditioning,) = encoders.encode([PROMPTS[number]], PromptPlan(20, clip_skip=clip_skip))
    assert conditioning.context.shape == expected.shape
    assert conditioning.vector is None
    scale = conditioning.context.numpy().std() / expected.std()
    assert scale == pytest.approx(1, rel=RESTORED_MEAN)
    np.testing.assert_allclose(conditioning.context.numpy() / scale, expected, atol=1e-5, rtol=0)


def context(encoders: TextEncoders, text: str, **settings: Any) -> Tensor:
    return encoders.encode([text], PromptPlan(20, **settings))[0].context


def test_clip_skip_leaves_out_layers_but_not_the_norm(encoders: TextEncoders, model: CLIPTextModel) -> None:
    (one,) = chunk("a cat")
    with torch.no_grad():
        states = model(torch.tensor([one.tokens]), output_hidden_states=True).hidden_states
        core = getattr(model, "text_model", model)
        expected = core.final_layer_norm(states[-7])[0]
    torch.testing.assert_close(context(encoders, "a cat", clip_skip=7), expected)
    with pytest.raises(BadRequest, match="Clip skip 14"):
        context(encoders, "a cat", clip_skip=14)


def test_emphasis_modes(encoders: TextEncoders) -> None:
    plain, weighted = "a red cat", "a (red:1.3) cat"
    weights = torch.tensor(chunk(weighted)[0].multipliers)[:, None]
    raw = context(encoders, plain)
    torch.testing.assert_close(context(encoders, weighted, emphasis="Ignore"), raw)
    torch.testing.assert_close(context(encoders, weighted, emphasis="No norm"), raw * weights)
    original = context(encoders, weighted)
    torch.testing.assert_close(original.mean(), raw.mean())
    torch.testing.assert_close(original, raw * weights * (raw.mean() / (raw * weights).mean()))
    assert not torch.equal(context(encoders, weighted, emphasis="None"), raw), "brackets are text then"
    with pytest.raises(UnknownName):
        context(encoders, weighted, emphasis="original?")


def test_original_keeps_the_mean_over_all_texts_of_a_schedule() -> None:
    generator = torch.Generator().manual_seed(1)
    hidden = torch.rand(2, 77, 8, generator=generator)
    weights = torch.ones(2, 77)
    weights[1, 3] = 1.5
    # the first text occurs twice: as if three texts had been encoded
    result = emphasised("Original", hidden, weights, torch.tensor([2 / 3, 1 / 3]))
    thrice = torch.stack([hidden[0], hidden[0], hidden[1] * weights[1, :, None]])
    expected = thrice * (torch.stack([hidden[0], hidden[0], hidden[1]]).mean() / thrice.mean())
    torch.testing.assert_close(result, expected[1:])


def test_a_weight_beyond_all_numbers_is_an_error(encoders: TextEncoders) -> None:
    with pytest.raises(BadRequest, match="too large"):
        context(encoders, f"a (cat:{'9' * 400})")


def test_texts_of_a_schedule_have_one_length_and_the_shorter_is_filled_with_an_empty_chunk(
    encoders: TextEncoders,
) -> None:
    short, long = encoders.encode(["a cat", "a cat BREAK a dog"], PLAN)
    assert short.context.shape == long.context.shape == (154, 32)
    torch.testing.assert_close(short.context[77:], context(encoders, ""))
    assert torch.equal(short.context[:77], context(encoders, "a cat"))


def test_a_prompt_is_the_same_whatever_was_encoded_before_or_with_it(encoders: TextEncoders) -> None:
    alone = context(encoders, "a (red:1.3) cat").clone()
    encoders.forget()
    context(encoders, "a dog")
    encoders.encode(["a dog", "a bird"], PLAN)
    assert torch.equal(context(encoders, "a (red:1.3) cat"), alone)


def test_and_and_prompt_editing(encoders: TextEncoders) -> None:
    prompt = encoders.positive("a [cat:dog:0.5] AND a bird:0.4", PLAN)
    (edited, first_weight), (second, second_weight) = prompt.parts
    assert (first_weight, second_weight) == (1.0, 0.4)
    assert [entry.until for entry in edited] == [10, 20]
    assert [entry.until for entry in second] == [20]
    torch.testing.assert_close(edited[0].conditioning.context, context(encoders, "a cat"))
    torch.testing.assert_close(edited[1].conditioning.context, context(encoders, "a dog"))


def test_the_negative_prompt_is_not_split(encoders: TextEncoders) -> None:
    (entry,) = encoders.negative("a cat AND a dog", PLAN)
    torch.testing.assert_close(entry.conditioning.context, context(encoders, "a cat AND a dog"))


def test_alternation_encodes_each_text_once(encoders: TextEncoders, model: CLIPTextModel) -> None:
    calls = counted(model)
    ((schedule, _),) = encoders.positive("a [cat|dog]", PLAN).parts
    calls[1].remove()
    assert len(schedule) == 20
    assert calls[0] == [1, 1]
    assert schedule[0].conditioning is schedule[2].conditioning


def counted(model: CLIPTextModel) -> tuple[list[int], Any]:
    """Batch sizes of the encoder's calls from now on, and what ends the counting."""
    calls: list[int] = []
    layer = getattr(model, "text_model", model).final_layer_norm
    return calls, layer.register_forward_hook(lambda _module, _args, result: calls.append(len(result)))


def test_a_prompt_is_encoded_once_until_weights_or_embeddings_change(model: CLIPTextModel) -> None:
    brought: list[str] = []
    encoders = TextEncoders("SD1", [model], before=lambda: brought.append("encoders"))
    first = encoders.negative("blurry", PLAN)
    again = encoders.negative("blurry", PromptPlan(30, hires_steps=5, width=1024))
    assert first[0].conditioning is again[0].conditioning
    encoders.negative("blurry", PromptPlan(20, clip_skip=2))
    assert len(brought) == 2
    encoders.forget()
    encoders.negative("blurry", PLAN)
    encoders.embeddings = {"blurry": (torch.zeros(2, 32),)}
    changed = encoders.negative("blurry", PLAN)
    encoders.embeddings = dict(encoders.embeddings)
    encoders.negative("blurry", PLAN)
    assert len(brought) == 4
    assert not torch.equal(changed[0].conditioning.context, first[0].conditioning.context)


def test_only_so_many_prompts_are_kept(encoders: TextEncoders) -> None:
    first: Conditioning = encoders.encode(["number 0"], PLAN)[0]
    for number in range(1, 40):
        encoders.encode([f"number {number}"], PLAN)
    later = encoders.encode(["number 0"], PLAN)[0]
    assert later is not first
    assert torch.equal(later.context, first.context)


def test_embeddings_take_the_place_of_tokens(encoders: TextEncoders, model: CLIPTextModel) -> None:
    table = getattr(model, "text_model", model).embeddings.token_embedding.weight
    encoders.embeddings = {"pet": (table[[1125, 2368]].detach().clone(),)}
    torch.testing.assert_close(context(encoders, "a pet"), context(encoders, "a photo cat"))
    torch.testing.assert_close(context(encoders, "pet pet"), context(encoders, "photo cat photo cat"))


def test_an_embedding_that_cannot_be_used_is_an_error(encoders: TextEncoders) -> None:
    encoders.embeddings = {"huge": (torch.zeros(80, 32),), "wide": (torch.zeros(1, 48),)}
    with pytest.raises(BadRequest, match=r"huge.* 80 vectors"):
        context(encoders, "a huge cat")
    with pytest.raises(BadRequest, match="another kind of model"):
        context(encoders, "a wide cat")


def test_an_unknown_family_is_an_error(model: CLIPTextModel) -> None:
    with pytest.raises(UnknownName, match="SDXL"):
        TextEncoders("SDX", [model])
