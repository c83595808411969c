"""Networks go into a checkpoint's nets and come out again without a trace, in every mode and plan."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.prompt import extract_networks
from studio.core.settings import Settings
from studio.engine.loading import Checkpoint, load
from studio.engine.memory import Plan, Residence
from studio.engine.networks import Lookup, Patches, Use, layers
from studio.engine.networks.patches import ON_THE_FLY, PATCHED
from studio.engine.unet import UNet
from studio.library import networks
from studio.library.networks import NetworkFile
from tests.engine.webui_cases import FOLDER

TINY = FOLDER / "models/tiny_sd15.safetensors"
NETWORKS = sorted((FOLDER / "lora").iterdir())
CPU = torch.device("cpu")
PLAN = Plan(CPU, torch.float32, "sdpa")
BUDGET = 2**28


@pytest.fixture(scope="module")
def loaded() -> Checkpoint:
    return load(TINY)


@pytest.fixture
def checkpoint(loaded: Checkpoint) -> Checkpoint:
    return copy.deepcopy(loaded)


def use(path: Path, te: float = 0.8, unet: float = 0.6, rank: int | None = None) -> Use:
    return Use(NetworkFile(path, path.stem), networks.stamp(path), te, unet, rank)


def weights(checkpoint: Checkpoint) -> dict[str, Tensor]:
    return {f"{i}.{name}": tensor for i, net in enumerate(checkpoint.nets) for name, tensor in net.state_dict().items()}


def copies(checkpoint: Checkpoint) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in weights(checkpoint).items()}


def bits(tensor: Tensor) -> Tensor:
    return tensor.clone(memory_format=torch.contiguous_format).view(torch.uint8)


def assert_as_before(checkpoint: Checkpoint, before: dict[str, Tensor]) -> None:
    now = weights(checkpoint)
    assert now.keys() == before.keys()
    assert all(torch.equal(bits(tensor), bits(before[name])) for name, tensor in now.items())
    assert not any(
        module._forward_hooks or module._forward_pre_hooks for net in checkpoint.nets for module in net.modules()
    )


@torch.no_grad()
def painted(checkpoint: Checkpoint) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    x, context = torch.randn(1, 4, 8, 8, generator=generator), torch.randn(1, 77, 32, generator=generator)
    return UNet(checkpoint.unet)(x, torch.tensor([500.0]), context)


@torch.no_grad()
def encoded(checkpoint: Checkpoint) -> Tensor:
    return checkpoint.text_encoders[0](torch.arange(77)[None]).last_hidden_state


@pytest.mark.parametrize("mode", [PATCHED, ON_THE_FLY])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_went_in_comes_out_bit_by_bit(checkpoint: Checkpoint, path: Path, mode: str) -> None:
    before, plain = copies(checkpoint), painted(checkpoint)
    patches = Patches(checkpoint, PLAN, BUDGET, mode)
    for _ in range(2):  # the second time from what was kept
        patches.put((use(path),))
        assert (painted(checkpoint) - plain).abs().max() > 1e-3
        patches.put(())
        assert_as_before(checkpoint, before)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_both_modes_compute_the_same(checkpoint: Checkpoint, path: Path) -> None:
    results = []
    for mode in (PATCHED, ON_THE_FLY):
        patches = Patches(checkpoint, PLAN, BUDGET, mode)
        patches.put((use(path), use(NETWORKS[-1], -0.5, 0.4)))
        results.append((painted(checkpoint), encoded(checkpoint)))
        patches.put(())
    for patched, added in zip(*results, strict=True):
        torch.testing.assert_close(patched, added, rtol=1e-4, atol=1e-4)


def test_each_half_follows_its_own_strength(checkpoint: Checkpoint) -> None:
    pictures, texts = painted(checkpoint), encoded(checkpoint)
    patches = Patches(checkpoint, PLAN, BUDGET)
    patches.put((use(NETWORKS[-1], te=0, unet=1),))
    assert torch.equal(encoded(checkpoint), texts)
    assert not torch.equal(painted(checkpoint), pictures)
    patches.put((use(NETWORKS[-1], te=1, unet=0),))
    assert not torch.equal(encoded(checkpoint), texts)
    assert torch.equal(painted(checkpoint), pictures)


def test_the_same_set_is_computed_once(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []
    real = layers.changed_weight
    monkeypatch.setattr(layers, "changed_weight", lambda *args: computed.append(1) or real(*args))
    patches = Patches(checkpoint, PLAN, BUDGET)
    first, second = (use(NETWORKS[0]),), (use(NETWORKS[-1]),)
    for uses in (first, first, (), first, second, first, ()):
        patches.put(uses)
    counts = len(computed)
    assert counts
    for uses in (second, first):
        patches.put(uses)
    assert len(computed) == counts
    patches.put(())
    patches.forget()
    patches.put(first)
    assert len(computed) > counts


def test_what_is_kept_stays_within_its_budget(checkpoint: Checkpoint) -> None:
    patches = Patches(checkpoint, PLAN, 400_000)
    for path in NETWORKS:
        patches.put((use(path),))
        kept = sum(change.size_bytes for changes in patches._kept.values() for change in changes.values())
        assert kept <= 400_000
    nothing = Patches(checkpoint, PLAN, 0)
    nothing.put((use(NETWORKS[0]),))
    nothing.put(())
    assert not nothing._kept


def test_the_u_net_is_told_when_its_weights_change(checkpoint: Checkpoint) -> None:
    told: list[int] = []
    patches = Patches(checkpoint, PLAN, BUDGET, changed=lambda: told.append(1))
    for uses, times in (((use(NETWORKS[-1]),), 1), ((use(NETWORKS[-1]),), 1), ((use(NETWORKS[-1], te=1),), 1), ((), 2)):
        patches.put(uses)
        assert len(told) == times


def test_half_precision_is_computed_in_full_and_rounded_once(checkpoint: Checkpoint) -> None:
    half = load(TINY, dtype=torch.float16)
    uses = tuple(use(path, unet=0.3) for path in NETWORKS)
    for one, dtype in ((checkpoint, torch.float32), (half, torch.float16)):
        Patches(one, Plan(CPU, dtype, "sdpa")).put(uses)
    for name, full in checkpoint.unet.state_dict().items():
        torch.testing.assert_close(half.unet.state_dict()[name], full.half(), rtol=1e-3, atol=1e-4)
        if "attn" in name:
            assert torch.equal(half.unet.state_dict()[name], full.half())


@pytest.mark.parametrize(
    "changes", [{"offload": "model"}, {"offload": "block"}, {"channels_last": True}, {"fp8": True}]
)
def test_every_plan_gives_the_same_picture_and_its_weights_back(checkpoint: Checkpoint, changes: dict) -> None:
    uses = (use(NETWORKS[0]), use(NETWORKS[-1]), use(NETWORKS[2]))
    plan = Plan(CPU, torch.float32, "sdpa", **changes)
    residence = Residence(checkpoint, plan)
    before, plain = copies(checkpoint), painted(checkpoint)
    patches = Patches(checkpoint, plan, BUDGET)
    patches.put(uses)
    residence.bring(checkpoint.unet)
    changed = painted(checkpoint)
    residence.bring(*checkpoint.text_encoders)
    residence.bring(checkpoint.unet)
    assert torch.equal(painted(checkpoint), changed)
    patches.put(())
    now = weights(checkpoint)
    assert all(torch.equal(bits(now[name]), bits(before[name])) for name in before)
    other = load(TINY)
    reference = painted(other)
    Patches(other, PLAN).put(uses)
    wanted, allowed = painted(other) - reference, 0.15 if plan.fp8 else 1e-3  # of fp8 only the base's rounding is left
    assert ((changed - plain) - wanted).norm() <= allowed * wanted.norm()


def test_a_compiled_u_net_follows(checkpoint: Checkpoint) -> None:
    with torch.no_grad():
        plain, patches = painted(checkpoint), Patches(checkpoint, PLAN, BUDGET)
        patches.put((use(NETWORKS[-1]),))
        wanted = painted(checkpoint)
        patches.put(())
        checkpoint.unet.compile(backend="eager")
        torch.testing.assert_close(painted(checkpoint), plain, rtol=1e-4, atol=1e-4)
        patches.put((use(NETWORKS[-1]),))
        torch.testing.assert_close(painted(checkpoint), wanted, rtol=1e-4, atol=1e-4)
        patches.put(())
        torch.testing.assert_close(painted(checkpoint), plain, rtol=1e-4, atol=1e-4)


def test_an_error_on_the_way_leaves_the_nets_as_they_were(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine.networks import patches as module

    before, real, left = copies(checkpoint), module._exchange, [5]

    def failing(*args: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_exchange", failing)
    patches = Patches(checkpoint, PLAN, BUDGET)
    with pytest.raises(torch.OutOfMemoryError):
        patches.put((use(NETWORKS[-1]),))
    assert_as_before(checkpoint, before)


def test_a_block_that_raises_takes_its_networks_out(checkpoint: Checkpoint) -> None:
    before, patches = copies(checkpoint), Patches(checkpoint, PLAN)

    def fail() -> None:
        with patches.removed_afterwards():
            patches.put((use(NETWORKS[0]),))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert_as_before(checkpoint, before)


def test_a_bias_that_was_not_there_goes_again(checkpoint: Checkpoint, tmp_path: Path) -> None:
    name = "down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    path = tmp_path / "bias.safetensors"
    save_file({f"lora_unet_{name}.diff": torch.ones(32, 32), f"lora_unet_{name}.diff_b": torch.ones(32)}, path)
    before, patches = copies(checkpoint), Patches(checkpoint, PLAN, BUDGET)
    layer = checkpoint.unet.get_submodule("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q")
    assert layer.bias is None
    patches.put((use(path, unet=0.5),))
    assert torch.equal(layer.bias, torch.full((32,), 0.5))
    patches.put(())
    assert layer.bias is None
    assert_as_before(checkpoint, before)


@pytest.fixture
def lookup(places: Places, checkpoint: Checkpoint) -> Callable[[str], tuple]:
    folder = places.models / "Lora"
    folder.mkdir(parents=True)
    for path in NETWORKS:
        (folder / path.name).write_bytes(path.read_bytes())

    def look(prompt: str) -> tuple:
        patches = Patches(checkpoint, PLAN)
        found = Lookup(places, Settings(), patches.report, JobContext()).wanted(
            [(10, tuple(extract_networks(prompt)[1]))]
        )
        return found.over_time[0][1], found.hashes, found.notes

    return look


def test_a_prompts_networks_in_the_web_uis_order(lookup: Callable) -> None:
    uses, hashes, notes = lookup("<lora:tiny_lora:0.9:0.2:1> a <lyco:tiny_loha:te=0.5> <lora:tiny_full:1>")
    assert [(one.file.name, one.te, one.unet, one.rank) for one in uses] == [
        ("tiny_lora", 0.9, 0.2, 1), ("tiny_full", 1.0, 1.0, None), ("tiny_loha", 0.5, 0.5, None),
    ]  # fmt: skip
    assert hashes == {"tiny_lora": "aaaaaaaaaaaa", "tiny_full": "866a696f9f23", "tiny_loha": "d95be4890578"}
    assert notes == ()


def test_one_that_is_named_twice_acts_twice_as_in_the_web_ui(lookup: Callable) -> None:
    uses, _, _ = lookup("<lora:tiny_lora:1><lora:tiny_lora:0.25>")
    assert [one.te for one in uses] == [0.25, 0.25]


def test_what_does_not_act_is_said(lookup: Callable, places: Places) -> None:
    tensors = load_file(NETWORKS[-1])
    some = dict(list(tensors.items())[:30])
    odd = {name.replace("encoder_layers", "encoder_strata"): tensor.clone() for name, tensor in some.items()}
    save_file({**tensors, **odd}, places.models / "Lora/mixed.safetensors")
    save_file(odd, places.models / "Lora/odd.safetensors")
    xl = {
        f"lora_te2_text_model_encoder_layers_0_mlp_fc1.{name}": torch.ones(2, 2)
        for name in ("lora_up.weight", "lora_down.weight")
    }
    save_file(xl, places.models / "Lora/xl.safetensors")
    (places.models / "Lora/page.safetensors").write_bytes(b"<html>")
    uses, hashes, notes = lookup(
        "<lora:tiny_loar:1><lora:mixed:1><lora:odd:1><lora:xl:1><lora:page:1><hypernet:h:1><loha:x:1>"
    )
    assert [one.file.name for one in uses] == ["mixed"]
    assert list(hashes) == ["mixed", "odd", "xl"]
    text = "\n".join(notes)
    assert len(notes) == 7
    for words in (
        "tiny_loar was not applied: there is no such file",
        "Did you mean tiny_lora",
        "mixed, 792 of 822 keys",
        "none of its 30 keys",
        "made for SDXL, the model is SD1",
        "web page",
        "hypernetwork h",
        "kind loha",
    ):
        assert words in text
