"""SD2, SDXL and the refiner: small models of the real classes, against diffusers' own pipelines."""

import gzip
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from diffusers.models.embeddings import get_timestep_embedding
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from studio.core import tokens
from studio.core.errors import BadRequest
from studio.core.paths import RESOURCES
from studio.engine.text import PromptPlan, TextEncoders

PLAN = PromptPlan(steps=20, width=1152, height=896)
PROMPT, NEGATIVE = "a photo of a cat, sitting", "blurry"


def tokenizer(pad: str) -> CLIPTokenizer:
    merges = gzip.decompress((RESOURCES / "clip" / "merges.txt.gz").read_bytes()).decode().splitlines()
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(code) for code in printable] + [chr(256 + number) for number in range(256 - len(printable))]
    symbols = [*letters, *(letter + "</w>" for letter in letters), *(merge.replace(" ", "") for merge in merges)]
    vocabulary = {symbol: number for number, symbol in enumerate([*symbols, *tokens.SPECIAL])}
    pairs: list[Any] = [tuple(merge.split()) for merge in merges]
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, pad_token=pad, model_max_length=77)


def config(width: int, layers: int, activation: str = "quick_gelu") -> CLIPTextConfig:
    return CLIPTextConfig(
        hidden_size=width, intermediate_size=64, num_hidden_layers=layers, num_attention_heads=4, hidden_act=activation,
        projection_dim=24, bos_token_id=tokens.START, eos_token_id=tokens.END, pad_token_id=1, initializer_range=0.1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def clip_l() -> CLIPTextModel:
    torch.manual_seed(1)
    return CLIPTextModel(config(32, 4)).eval()


@pytest.fixture(scope="module")
def clip_g() -> CLIPTextModelWithProjection:
    torch.manual_seed(2)
    return CLIPTextModelWithProjection(config(48, 5, "gelu")).eval()


@pytest.fixture(scope="module")
def pipeline(clip_l: CLIPTextModel, clip_g: CLIPTextModelWithProjection) -> Any:
    nothing: Any = None
    return StableDiffusionXLPipeline(
        nothing, clip_l, clip_g, tokenizer("<|endoftext|>"), tokenizer("!"), nothing, nothing, add_watermarker=False
    )


@pytest.fixture
def sdxl(clip_l: CLIPTextModel, clip_g: CLIPTextModelWithProjection) -> TextEncoders:
    return TextEncoders("SDXL", [clip_l, clip_g])


def sizes(values: list[float]) -> torch.Tensor:
    return get_timestep_embedding(torch.tensor(values), 256, flip_sin_to_cos=True, downscale_freq_shift=0).flatten()


def test_sdxl_reads_both_encoders_as_diffusers_does(sdxl: TextEncoders, pipeline: Any) -> None:
    with torch.no_grad():
        expected, negative, pooled, negative_pooled = pipeline.encode_prompt(PROMPT, negative_prompt=NEGATIVE)
    (one,), (other,) = sdxl.encode([PROMPT], PLAN), sdxl.encode([NEGATIVE], PLAN, negative=True)
    for ours, theirs, vector in ((one, expected, pooled), (other, negative, negative_pooled)):
        torch.testing.assert_close(ours.context, theirs[0], atol=1e-5, rtol=1e-5)
        told = sizes([896, 1152, 0, 0, 896, 1152])
        assert ours.vector is not None
        torch.testing.assert_close(ours.vector, torch.cat([vector[0], told]), atol=1e-5, rtol=1e-5)


def test_an_empty_sdxl_negative_has_zeros_for_its_text(sdxl: TextEncoders) -> None:
    ((entry,), (said,)) = sdxl.negative("", PLAN), sdxl.encode([""], PLAN)
    vector = entry.conditioning.vector
    assert vector is not None
    assert said.vector is not None
    assert not entry.conditioning.context.any()
    assert not vector[:24].any()
    assert torch.equal(vector[24:], said.vector[24:])
    assert said.context.any(), "an empty prompt is text"
    assert sdxl.negative("blurry", PLAN)[0].conditioning.context.any()


def test_pooled_text_is_of_the_first_chunk_and_knows_no_emphasis(sdxl: TextEncoders) -> None:
    vectors = [sdxl.encode([text], PLAN)[0].vector for text in ("a cat", "a cat BREAK a dog", "a (cat:1.4)", "a dog")]
    plain, longer, emphasised, other = (vector for vector in vectors if vector is not None)
    assert torch.equal(plain, longer)
    assert torch.equal(plain, emphasised)
    assert not torch.equal(plain, other)


def test_emphasis_keeps_the_mean_of_each_encoder(sdxl: TextEncoders) -> None:
    plain, weighted = (sdxl.encode([text], PLAN)[0].context for text in ("a red cat", "a (red:1.4) cat"))
    for part in (slice(0, 32), slice(32, 80)):
        torch.testing.assert_close(weighted[:, part].mean(), plain[:, part].mean(), atol=1e-6, rtol=1e-4)


def test_clip_skip_acts_on_clip_l_of_sdxl_only_if_asked(sdxl: TextEncoders, pipeline: Any) -> None:
    plain = sdxl.encode([PROMPT], PLAN)[0].context
    ignored = sdxl.encode([PROMPT], PromptPlan(20, clip_skip=3))[0].context
    asked = sdxl.encode([PROMPT], PromptPlan(20, clip_skip=3, clip_skip_sdxl=True))[0].context
    with torch.no_grad():
        expected = pipeline.encode_prompt(PROMPT, clip_skip=1)[0][0]
    assert torch.equal(plain, ignored)
    torch.testing.assert_close(asked[:, :32], expected[:, :32], atol=1e-5, rtol=1e-5)
    assert torch.equal(asked[:, 32:], plain[:, 32:])
    with pytest.raises(BadRequest):
        sdxl.encode([PROMPT], PromptPlan(20, clip_skip=6, clip_skip_sdxl=True))


def test_sizes_are_part_of_what_is_kept(sdxl: TextEncoders) -> None:
    one, other = sdxl.encode(["a"], PLAN)[0].vector, sdxl.encode(["a"], PromptPlan(20, width=512))[0].vector
    assert one is not None
    assert other is not None
    assert not torch.equal(one, other)


def test_the_refiner_reads_the_second_encoder_and_is_told_a_score(
    clip_g: CLIPTextModelWithProjection, sdxl: TextEncoders
) -> None:
    refiner = TextEncoders("SDXL refiner", [clip_g])
    (base,) = sdxl.encode([PROMPT], PLAN)
    assert base.vector is not None
    for negative, score in ((False, 6.0), (True, 2.5)):
        (one,) = refiner.encode([PROMPT], PLAN, negative)
        assert one.vector is not None
        assert torch.equal(one.context, base.context[:, 32:])
        torch.testing.assert_close(
            one.vector, torch.cat([base.vector[:24], sizes([896, 1152, 0, 0, score])]), atol=1e-5, rtol=1e-5
        )


def test_an_embedding_of_sdxl_has_vectors_for_each_encoder(
    sdxl: TextEncoders, clip_l: CLIPTextModel, clip_g: CLIPTextModelWithProjection
) -> None:
    cat = tokens.encode("cat")
    tables = [getattr(model, "text_model", model).embeddings.token_embedding.weight for model in (clip_l, clip_g)]
    sdxl.embeddings = {"pet": tuple(table[cat].detach().clone() for table in tables)}
    one, other = sdxl.encode(["a pet"], PLAN)[0], sdxl.encode(["a cat"], PLAN)[0]
    torch.testing.assert_close(one.context, other.context)
    torch.testing.assert_close(one.vector, other.vector)


def test_sd2_pads_with_zeros_and_takes_the_last_layer_there_is() -> None:
    torch.manual_seed(3)
    model, nothing = CLIPTextModel(config(32, 3, "gelu")).eval(), None
    components: Any = (nothing, model, tokenizer("!"), nothing, nothing, nothing, nothing)
    pipeline: Any = StableDiffusionPipeline(*components, requires_safety_checker=False)
    with torch.no_grad():
        expected = pipeline.encode_prompt(PROMPT, "cpu", 1, False)[0][0]
    encoders = TextEncoders("SD2", [model])
    (one,) = encoders.encode([PROMPT], PLAN)
    torch.testing.assert_close(one.context, expected, atol=1e-5, rtol=1e-5)
    assert one.vector is None
    assert torch.equal(encoders.encode([PROMPT], PromptPlan(20, clip_skip=2))[0].context, one.context)
