"""Every kind of network, against LyCORIS' and PEFT's own layers with random numbers.

Both compute in float32; results of about 1 agree within 2e-5. LyCORIS' layers are asked for what they compute in
training: its merging lets a LoHa's and LoKr's scale count twice.
"""

import copy
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from lycoris.modules.boft import ButterflyOFTModule
from lycoris.modules.diag_oft import DiagOFTModule
from lycoris.modules.full import FullModule
from lycoris.modules.glora import GLoRAModule
from lycoris.modules.ia3 import IA3Module
from lycoris.modules.locon import LoConModule
from lycoris.modules.loha import LohaModule
from lycoris.modules.lokr import LokrModule
from lycoris.modules.norms import NormModule
from peft import LoHaConfig, LoKrConfig, LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor, nn

from studio.engine.loading.files import open_tensors
from studio.engine.networks.layers import Contribution, changed_bias, changed_weight
from studio.library import headers
from studio.library.network_keys import Part, Place, kind_of, match, split
from studio.library.network_shapes import fits

CPU = torch.device("cpu")
CLOSE = {"rtol": 2e-5, "atol": 2e-5}
LAYERS: Mapping[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(24, 32),
    "convolution": lambda: nn.Conv2d(16, 32, 3, padding=1),
    "pointwise": lambda: nn.Conv2d(16, 32, 1),
}
HALF = {"lora_dim": 4, "alpha": 2}
ALGORITHMS = {
    "lora": (LoConModule, HALF),
    "lora with a core": (LoConModule, {**HALF, "use_tucker": True}),
    "rank-stabilised": (LoConModule, {**HALF, "rs_lora": True}),
    "dora": (LoConModule, {**HALF, "weight_decompose": True}),
    "dora by columns": (LoConModule, {**HALF, "weight_decompose": True, "wd_on_out": False}),
    "loha": (LohaModule, HALF),
    "loha with cores": (LohaModule, {**HALF, "use_tucker": True}),
    "loha with dora": (LohaModule, {**HALF, "weight_decompose": True}),
    "lokr": (LokrModule, {"lora_dim": 2, "alpha": 1}),
    "lokr with a core": (LokrModule, {"lora_dim": 2, "alpha": 1, "use_tucker": True}),
    "lokr of two low ranks": (LokrModule, {"lora_dim": 1, "alpha": 0.5, "decompose_both": True}),
    "lokr of whole matrices": (LokrModule, {"lora_dim": 100, "alpha": 1}),
    "lokr in halves with dora": (LokrModule, {"lora_dim": 2, "alpha": 1, "factor": 2, "weight_decompose": True}),
    "glora": (GLoRAModule, HALF),
    "ia3": (IA3Module, {}),
    "ia3 on inputs": (IA3Module, {"train_on_input": True}),
    "oft": (DiagOFTModule, {"lora_dim": 4}),
    "oft, limited and rescaled": (DiagOFTModule, {"lora_dim": 4, "constraint": 0.01, "rescaled": True}),
    "boft": (ButterflyOFTModule, {"lora_dim": 4}),
    "boft, rescaled": (ButterflyOFTModule, {"lora_dim": 4, "rescaled": True}),
    "full": (FullModule, {}),
}


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("LyCORIS").setLevel(logging.ERROR)


def inputs(layer: nn.Module) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    if isinstance(layer, nn.Conv2d):
        return torch.randn(2, layer.in_channels, 8, 8, generator=generator)
    return torch.randn(2, layer.weight.shape[-1], generator=generator)


def theirs(layer: nn.Module, x: Tensor, cls: type, options: dict) -> tuple[dict[str, Tensor], Tensor]:
    """What LyCORIS saves for a layer, and what it computes."""
    torch.manual_seed(0)
    module = cls("x", layer, multiplier=1.0, **options).eval()
    for name, parameter in module.named_parameters():
        if "dora" in name:
            parameter.data.mul_(torch.rand_like(parameter) + 0.5)
        else:
            parameter.data.normal_(0, 0.3)
    module.apply_to()
    saved = {
        name: tensor.detach().clone() for name, tensor in (module.custom_state_dict() or module.state_dict()).items()
    }
    with torch.no_grad():
        return saved, layer(x)


def contribution(
    path: Path, saved: Mapping[str, Tensor], strength: float = 1.0, rank: int | None = None
) -> Contribution:
    save_file({name: tensor.contiguous() for name, tensor in saved.items()}, path)
    kind = kind_of(saved)
    assert kind is not None
    return Contribution(Part(kind, {name: name for name in saved}), open_tensors(headers.read(path)), strength, rank)


def changed(layer: nn.Module, *contributions: Contribution) -> nn.Module:
    made = copy.deepcopy(layer)
    bias = changed_bias(made.bias, made.weight, contributions)
    made.weight.data = changed_weight(layer.weight, contributions, CPU, torch.float32)
    if bias is not None:
        made.bias.data = bias
    return made


@pytest.mark.parametrize("of", LAYERS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_layers_compute_what_lycoris_trains(tmp_path: Path, algorithm: str, of: str) -> None:
    layer = LAYERS[of]()
    plain, x = copy.deepcopy(layer), inputs(layer)
    saved, wanted = theirs(layer, x, *ALGORITHMS[algorithm])
    assert fits(kind_of(saved), {name: tuple(one.shape) for name, one in saved.items()}, tuple(plain.weight.shape))
    with torch.no_grad():
        torch.testing.assert_close(changed(plain, contribution(tmp_path / "n.safetensors", saved))(x), wanted, **CLOSE)
        assert (plain(x) - wanted).abs().max() > 1e-3


def test_normalisations_too(tmp_path: Path) -> None:
    layer = nn.LayerNorm(24)
    plain, x = copy.deepcopy(layer), inputs(layer)
    saved, wanted = theirs(layer, x, NormModule, {})
    with torch.no_grad():
        torch.testing.assert_close(changed(plain, contribution(tmp_path / "n.safetensors", saved))(x), wanted, **CLOSE)


PEFT = {
    "lora": LoraConfig(r=4, lora_alpha=4, target_modules=["inner"]),
    "dora": LoraConfig(r=4, lora_alpha=4, target_modules=["inner"], use_dora=True),
    "loha": LoHaConfig(r=4, alpha=4, target_modules=["inner"]),
    "loha with cores": LoHaConfig(r=4, alpha=4, target_modules=["inner"], use_effective_conv2d=True),
    "lokr": LoKrConfig(r=2, alpha=2, target_modules=["inner"]),
    "lokr with a core": LoKrConfig(r=2, alpha=2, target_modules=["inner"], use_effective_conv2d=True),
    "lokr of two low ranks": LoKrConfig(r=1, alpha=1, target_modules=["inner"], decompose_both=True),
}


class Outer(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


@pytest.mark.parametrize("of", LAYERS)
@pytest.mark.parametrize("algorithm", PEFT)
def test_layers_compute_what_peft_trains(tmp_path: Path, algorithm: str, of: str) -> None:
    torch.manual_seed(0)
    layer = LAYERS[of]()
    plain, x = copy.deepcopy(layer), inputs(layer)
    model = get_peft_model(Outer(layer), PEFT[algorithm]).eval()  # type: ignore[arg-type]
    for name, parameter in model.named_parameters():
        if "magnitude" in name:
            parameter.data.mul_(torch.rand_like(parameter) + 0.5)
        elif any(mark in name for mark in ("lora_", "hada_", "lokr_")):
            parameter.data.normal_(0, 0.3)
    saved = {name: tensor.detach().contiguous() for name, tensor in get_peft_model_state_dict(model).items()}
    place = Place("unet", "inner")
    shapes = {name: tuple(tensor.shape) for name, tensor in saved.items()}
    matched = match(shapes, {place: tuple(plain.weight.shape)}, {"base_model.model.inner": place})
    assert (matched.matched, matched.strangers) == (len(saved), ())
    save_file(saved, tmp_path / "n.safetensors")
    ours = Contribution(matched.parts[place], open_tensors(headers.read(tmp_path / "n.safetensors")), 1.0)
    with torch.no_grad():
        torch.testing.assert_close(changed(plain, ours)(x), model(x), **CLOSE)


def test_strength_scales_the_difference_and_may_be_negative(tmp_path: Path) -> None:
    layer = nn.Linear(24, 32)
    saved = {"lora_up.weight": torch.randn(32, 4), "lora_down.weight": torch.randn(4, 24), "alpha": torch.tensor(2.0)}
    for strength in (0.3, -1.5):
        made = changed(layer, contribution(tmp_path / "n.safetensors", saved, strength))
        wanted = layer.weight + strength * 0.5 * saved["lora_up.weight"] @ saved["lora_down.weight"]
        torch.testing.assert_close(made.weight, wanted, **CLOSE)


def test_a_file_without_alpha_or_with_none_is_used_as_it_is(tmp_path: Path) -> None:
    layer = nn.Linear(24, 32)
    saved = {"lora_up.weight": torch.randn(32, 4), "lora_down.weight": torch.randn(4, 24)}
    for more in ({}, {"alpha": torch.tensor(0.0)}, {"alpha": torch.tensor(4.0)}):
        made = changed(layer, contribution(tmp_path / "n.safetensors", {**saved, **more}))
        torch.testing.assert_close(
            made.weight, layer.weight + saved["lora_up.weight"] @ saved["lora_down.weight"], **CLOSE
        )


def test_dyn_uses_the_first_dimensions_with_the_scale_of_all(tmp_path: Path) -> None:
    layer = nn.Linear(24, 32)
    up, down = torch.randn(32, 4), torch.randn(4, 24)
    saved = {"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(2.0)}
    made = changed(layer, contribution(tmp_path / "n.safetensors", saved, rank=1))
    torch.testing.assert_close(made.weight, layer.weight + 0.5 * up[:, :1] @ down[:1], **CLOSE)


def test_several_networks_follow_each_other(tmp_path: Path) -> None:
    """Those that only add come to the same in any order; OFT turns what is there by then."""
    layer = nn.Linear(24, 32)
    lora = {"lora_up.weight": torch.randn(32, 4), "lora_down.weight": torch.randn(4, 24)}
    other = {"lora_up.weight": torch.randn(32, 2), "lora_down.weight": torch.randn(2, 24)}
    turn = {"oft_blocks": torch.randn(8, 4, 4) * 0.3}
    first, second, last = (
        contribution(tmp_path / f"{number}.safetensors", saved) for number, saved in enumerate((lora, other, turn))
    )
    added = layer.weight + sum(one["lora_up.weight"] @ one["lora_down.weight"] for one in (lora, other))
    torch.testing.assert_close(changed(layer, first, second).weight, added, rtol=1e-4, atol=1e-4)
    both = changed(changed(layer, first), last)
    torch.testing.assert_close(changed(layer, first, last).weight, both.weight, **CLOSE)
    assert not torch.allclose(changed(layer, last, first).weight, both.weight, atol=1e-2)


def test_an_old_oft_file_stores_rotations(tmp_path: Path) -> None:
    layer = nn.Linear(24, 32)
    turns = torch.linalg.qr(torch.randn(8, 4, 4))[0]
    made = changed(layer, contribution(tmp_path / "n.safetensors", {"oft_diag": turns}))
    wanted = torch.einsum("knm,knj->kmj", turns, layer.weight.detach().view(8, 4, 24)).reshape(32, 24)
    torch.testing.assert_close(made.weight.detach(), wanted, **CLOSE)


def test_old_glora_files_number_their_matrices_the_other_way_round(tmp_path: Path) -> None:
    layer = nn.Linear(24, 32)
    a1, a2, b1, b2 = torch.randn(24, 4), torch.randn(4, 24), torch.randn(32, 4), torch.randn(4, 24)
    new = {"a1.weight": a1, "a2.weight": a2, "b1.weight": b1, "b2.weight": b2}
    old = {"a1.weight": a2, "a2.weight": a1, "b1.weight": b2, "b2.weight": b1}
    made = [changed(layer, contribution(tmp_path / f"{len(s)}{i}.safetensors", s)) for i, s in enumerate((new, old))]
    torch.testing.assert_close(made[0].weight, made[1].weight)


def test_a_lokr_leaves_the_inputs_that_only_inpainting_models_have(tmp_path: Path) -> None:
    layer = nn.Conv2d(9, 32, 3)
    saved = {"lokr_w1": torch.randn(4, 2), "lokr_w2": torch.randn(8, 2 * 9)}
    made = changed(layer, contribution(tmp_path / "n.safetensors", saved))
    torch.testing.assert_close(made.weight[:, 4:], layer.weight[:, 4:], rtol=0, atol=0)
    wanted = torch.kron(saved["lokr_w1"][..., None, None], saved["lokr_w2"].view(8, 2, 3, 3))
    torch.testing.assert_close(made.weight[:, :4], layer.weight[:, :4] + wanted, **CLOSE)


@pytest.mark.parametrize("shape", [(16, 24), (24, 16)])
def test_an_ia3_whose_switch_is_wrong_goes_where_it_fits(tmp_path: Path, shape: tuple[int, int]) -> None:
    layer = nn.Linear(*shape)
    by = torch.randn(16)
    for switch in (True, False):
        made = changed(
            layer, contribution(tmp_path / "n.safetensors", {"weight": by, "on_input": torch.tensor(switch)})
        )
        rows = by[None] if shape[0] == 16 else by[:, None]
        torch.testing.assert_close(made.weight, layer.weight * (1 + rows), **CLOSE)


def test_an_inpainting_models_first_layer_keeps_what_the_network_does_not_know(tmp_path: Path) -> None:
    layer = nn.Conv2d(9, 32, 3)
    saved = {"lora_up.weight": torch.randn(32, 2, 1, 1), "lora_down.weight": torch.randn(2, 4, 3, 3)}
    made = changed(layer, contribution(tmp_path / "n.safetensors", saved))
    torch.testing.assert_close(made.weight[:, 4:], layer.weight[:, 4:], rtol=0, atol=0)
    assert not torch.allclose(made.weight[:, :4], layer.weight[:, :4], atol=1e-2)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("lora_unet_mid_block_attentions_0_proj_in.lora_up.weight", "lora_up.weight"),
        ("unet.mid_block.attentions.0.proj_in.lora_A.weight", "lora_down.weight"),
        ("unet.mid_block.attentions.0.proj_in.lora.up.weight", "lora_up.weight"),
        ("unet.mid_block.attentions.0.proj_in.lora_linear_layer.down.weight", "lora_down.weight"),
        ("base_model.model.x.lora_B.default.weight", "lora_up.weight"),
        ("x.lora_magnitude_vector.default.weight", "lora_magnitude_vector"),
        ("lora_te_x.alpha", "alpha"),
        ("lora_te_x.weight", "weight"),
        ("x.y.unheard_of", ""),
    ],
)
def test_names_end_in_many_ways(name: str, wanted: str) -> None:
    assert split(name)[1] == wanted


def test_attention_processors_of_old_diffusers() -> None:
    assert split("unet.a.attn1.processor.to_out_lora.up.weight") == ("unet.a.attn1.to_out.0", "lora_up.weight")
    assert split("a.attn1.processor.to_q_lora.down.weight") == ("a.attn1.to_q", "lora_down.weight")
