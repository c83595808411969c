import math
from pathlib import Path

import pytest
import torch

from studio.core.errors import UnknownName
from studio.core.settings import Settings
from studio.engine import attention, memory
from studio.engine.loading import load
from studio.engine.memory import Plan, Residence
from studio.engine.unet import UNet, tiling

TINY = Path(__file__).parents[1] / "data/golden/e2e_tiny/models/tiny_sd15.safetensors"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return (
        torch.randn(2, 4, 8, 8, generator=generator),
        torch.tensor([3.0, 500.5]),
        torch.randn(2, 77, 32, generator=generator),
    )


@torch.inference_mode()
def prediction(plan: Plan, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
    checkpoint = load(TINY)
    residence = Residence(checkpoint, plan)
    residence.bring(checkpoint.unet)
    return UNet(checkpoint.unet)(*inputs)


@pytest.mark.parametrize(
    ("gib", "label"),
    [(4.0, "4 GB or less"), (6.0, "4-6 GB"), (8.0, "6-8 GB"), (11.9, "8-12 GB"), (24.0, "12 GB or more")],
)
def test_the_preset_goes_by_the_cards_memory(gib: float, label: str) -> None:
    assert memory.choose_preset("auto", gib).label == label


def test_a_chosen_preset_wins_and_an_unknown_one_is_an_error() -> None:
    assert memory.choose_preset("4-6 GB", math.inf).label == "4-6 GB"
    with pytest.raises(UnknownName):
        memory.choose_preset("2 GB", 8)


def test_every_rung_down_is_thriftier_and_there_is_a_last() -> None:
    plan: Plan | None = Plan(CPU, torch.float32, "auto")
    seen = []
    while plan and (lower := plan.step_down()):
        plan, note = lower
        seen.append(note)
    assert len(seen) == len(set(seen)) == 6
    assert plan == Plan(CPU, torch.float32, "auto", "block", True, False, True, at_once=1)


def test_offloading_and_slicing_do_not_change_the_prediction(inputs: tuple[torch.Tensor, ...]) -> None:
    plain = prediction(Plan(CPU, torch.float32, "sdpa"), inputs)
    for plan in (
        Plan(CPU, torch.float32, "sdpa", offload="model"),
        Plan(CPU, torch.float32, "sdpa", offload="block"),
        Plan(CPU, torch.float32, "sub-quadratic"),
    ):
        assert torch.equal(prediction(plan, inputs), plain), plan


def test_fp8_storage_halves_linear_weights_and_stays_close(inputs: tuple[torch.Tensor, ...]) -> None:
    checkpoint = load(TINY)
    before = UNet(checkpoint.unet)(*inputs).detach()
    Residence(checkpoint, Plan(CPU, torch.float32, "sdpa", fp8=True))
    stored = [layer.weight for layer in checkpoint.unet.modules() if isinstance(layer, torch.nn.Linear)]
    assert stored
    assert all(weight.dtype == torch.float8_e4m3fn for weight in stored)
    after = UNet(checkpoint.unet)(*inputs).detach()
    assert 0 < (after - before).norm() / before.norm() < 0.2


def test_a_prompts_keys_and_values_are_computed_once_and_bit_equal(inputs: tuple[torch.Tensor, ...]) -> None:
    checkpoint = load(TINY)
    attention.install(checkpoint.unet, attention.sdpa)
    calls = []
    layer = next(module for name, module in checkpoint.unet.named_modules() if name.endswith("attn2.to_k"))
    layer.register_forward_hook(lambda *_: calls.append(1))
    unet = UNet(checkpoint.unet)
    with torch.inference_mode():
        first, again = unet(*inputs), unet(*inputs)
        assert len(calls) == 1
        assert torch.equal(first, again)
        unet.forget()
        unet(*inputs)
        other = inputs[2].clone()
        unet(inputs[0], inputs[1], other)
        assert len(calls) == 3


def test_sliced_attention_is_exact_for_many_tokens() -> None:
    generator = torch.Generator().manual_seed(2)
    query, key, value = (torch.randn(1, 2, 2500, 16, generator=generator) for _ in range(3))
    assert torch.allclose(attention.sub_quadratic(query, key, value), attention.sdpa(query, key, value), atol=1e-5)


def test_xformers_without_a_card_is_one_clear_sentence() -> None:
    from studio.core.errors import BadRequest

    with pytest.raises(BadRequest, match="xFormers cannot be used"):
        attention.kernel("xformers", CPU)


def test_tiling_wraps_edges_and_is_put_back(inputs: tuple[torch.Tensor, ...]) -> None:
    checkpoint = load(TINY)
    attention.install(checkpoint.unet, attention.sdpa)
    unet = UNet(checkpoint.unet)
    x, t, context = inputs
    with torch.inference_mode():
        plain = unet(x, t, context)
        with tiling(checkpoint.unet, checkpoint.vae, wanted=True):
            wrapped = unet(x, t, context)
        assert not torch.equal(wrapped, plain)
        assert torch.equal(unet(x, t, context), plain)


def test_the_settings_reach_the_plan() -> None:
    plan = memory.plan(Settings(vram_preset="6-8 GB", precision="bfloat16", attention="sub-quadratic"), CPU)
    assert (plan.tiled_vae, plan.dtype, plan.attention) == (True, torch.bfloat16, "sub-quadratic")
    assert plan.offload == "none"  # there is nowhere to offload to
