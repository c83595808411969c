"""Files that are no checkpoint, or no whole one: one clear error, and no tensor read for it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.engine.loading import files, load, load_vae
from studio.engine.loading.export import to_ldm
from studio.engine.loading.facts import of_family
from tests.engine import checkpoints as make

E2E = Path(__file__).parents[1] / "data" / "golden" / "e2e_tiny"
UNET = "model.diffusion_model."


@pytest.fixture
def state() -> dict[str, Tensor]:
    return to_ldm(make.checkpoint("SD1"))


@pytest.fixture
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Tensor:
        raise AssertionError("a tensor was read")

    monkeypatch.setattr(files.SafetensorsFile, "read", refuse)
    monkeypatch.setattr(files.PickledFile, "read", refuse)


def error_of(path: Path, **options: object) -> str:
    with pytest.raises(CheckpointError) as caught:
        load(path, **options)  # type: ignore[arg-type]
    assert caught.value.path == path
    assert caught.value.remedy
    assert "{" not in str(caught.value)
    return str(caught.value)


def write(path: Path, state: dict[str, Tensor], metadata: dict[str, str] | None = None) -> Path:
    save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, path, metadata)
    return path


def bare(*names: str) -> dict[str, Tensor]:
    return {name: torch.zeros(2, 2) for name in names}


@pytest.mark.usefixtures("nothing_is_read")
class TestFromTheHeaderAlone:
    """Wrong kinds, broken and incomplete files."""

    @pytest.mark.parametrize(
        ("names", "words"),
        [
            (["lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight"], "is a LoRA, not a checkpoint"),
            (["emb_params"], "is an embedding, not a checkpoint"),
            (["control_model.input_hint_block.0.weight"], "is a ControlNet, not a checkpoint"),
            (["decoder.conv_in.weight", "encoder.norm_out.weight"], "is a VAE, not a checkpoint"),
            (["params_ema.conv_first.weight"], "is an upscaler, not a checkpoint"),
            (["model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"], "is a Stable Diffusion 3 model"),
            (["double_blocks.0.img_attn.qkv.weight"], "is a Flux model"),
            (["down_blocks.0.resnets.0.norm1.weight", "conv_in.weight"], "is a U-Net alone"),
            (["model.diffusion_model.x_embedder.weight"], "is a model of another family"),
            ([UNET + "input_blocks.0.0.weight", "noise_augmentor.betas"], "is an unCLIP model"),
            (["anything.weight"], "is not a Stable Diffusion model"),
        ],
    )
    def test_wrong_kind(self, tmp_path: Path, names: list[str], words: str) -> None:
        assert words in error_of(write(tmp_path / "a.safetensors", bare(*names)))

    @pytest.mark.parametrize(
        "name", ["lora/tiny_lora.safetensors", "embeddings/tinyemb.safetensors", "embeddings/tinyemb2.pt"]
    )
    def test_real_files_in_the_wrong_slot(self, name: str) -> None:
        assert "not a checkpoint" in error_of(E2E / name)

    @pytest.mark.parametrize("data", [b"", b"<html>", b"version https://git-lfs.github.com/spec/v1", b"\0" * 100])
    def test_no_model_at_all(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "a {name}.safetensors"
        path.write_bytes(data)
        with pytest.raises(CheckpointError, match=r"a \{name\}"):
            load(path)

    def test_cut_short(self, tmp_path: Path) -> None:
        path = make.write(tmp_path)
        os.truncate(path, path.stat().st_size // 2)
        assert "is cut short" in error_of(path)

    def test_a_tensor_is_missing(self, tmp_path: Path, state: dict[str, Tensor]) -> None:
        del state[UNET + "middle_block.0.in_layers.2.weight"]
        assert "mid_block.resnets.0.conv1.weight is missing" in error_of(write(tmp_path / "a.safetensors", state))

    def test_a_tensor_has_another_shape(self, tmp_path: Path, state: dict[str, Tensor]) -> None:
        state[UNET + "middle_block.0.in_layers.2.weight"] = torch.zeros(3, 5)
        assert "do not fit together" in error_of(write(tmp_path / "a.safetensors", state))

    @pytest.mark.parametrize("part", ["cond_stage_model.", UNET, "first_stage_model."])
    def test_a_whole_part_is_missing(self, tmp_path: Path, state: dict[str, Tensor], part: str) -> None:
        rest = {name: tensor for name, tensor in state.items() if not name.startswith(part)}
        message = error_of(write(tmp_path / "a.safetensors", rest))
        assert message.startswith(
            {
                "cond_stage_model.": "a.safetensors has no text encoder inside",
                UNET: "a.safetensors is a VAE, not a checkpoint",
                "first_stage_model.": "There is no VAE in a.safetensors",
            }[part]
        )

    @pytest.mark.parametrize("channels", [3, 5, 7, 16])
    def test_other_inputs(self, tmp_path: Path, channels: int) -> None:
        path = make.write(tmp_path, in_channels=channels)
        assert f"wants {channels} input channels" in error_of(path)

    def test_groups_that_nobody_told(self, tmp_path: Path) -> None:
        made = make.checkpoint("SD1", channels=(24, 48, 48, 48), groups=8)
        assert "do not fit together" in error_of(make.save(tmp_path / "a.safetensors", made))

    def test_numbers_that_never_end(self, tmp_path: Path) -> None:
        names = [UNET + "input_blocks.0.0.weight", UNET + "input_blocks.987654321.0.op.weight"]
        assert "not a Stable Diffusion model" in error_of(write(tmp_path / "a.safetensors", bare(*names)))

    def test_only_names_are_right(self, tmp_path: Path, state: dict[str, Tensor]) -> None:
        flat = {name: torch.zeros(1) for name in state}
        assert "do not fit together" in error_of(write(tmp_path / "a.safetensors", flat))

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.yaml", "model: [unclosed"),
            ("a.yaml", "model: {params: {unet_config: {params: {num_heads: many}}}}"),
            ("a.yaml", "- a list"),
            ("a.text_config.json", "{"),
            ("a.text_config.json", '{"num_attention_heads": -4}'),
        ],
    )
    def test_a_sidecar_without_sense(self, tmp_path: Path, name: str, text: str) -> None:
        make.write(tmp_path, "a.safetensors")
        (tmp_path / name).write_text(text)
        with pytest.raises(CheckpointError, match=rf"What {name} says about the model makes no sense"):
            load(tmp_path / "a.safetensors")

    @pytest.mark.parametrize("config", ["{", "[]", '{"vae_groups": 0}', '{"family": "../../etc"}', '{"unknown": 1}'])
    def test_metadata_without_sense(self, tmp_path: Path, state: dict[str, Tensor], config: str) -> None:
        path = write(tmp_path / "a.safetensors", state, {"studio.config": config})
        assert "makes no sense" in error_of(path)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_damaged_models_never_fail_otherwise(
        self, tmp_path: Path, state: dict[str, Tensor], data: st.DataObject
    ) -> None:
        names = sorted(state)
        damaged = dict(state)
        for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
            shape = data.draw(st.none() | st.lists(st.integers(0, 4), max_size=4))
            del damaged[name]
            if shape is not None:
                damaged[name] = torch.zeros(shape)
        path = write(tmp_path / "a.safetensors", damaged)
        try:
            load(path)
        except CheckpointError as error:
            assert error.remedy  # noqa: PT017 - which of the two errors comes depends on what was damaged
        except AssertionError as error:
            assert str(error) == "a tensor was read"  # noqa: PT017 - nothing that matters was damaged

    def test_more_layers_than_any_model_has(self, tmp_path: Path, state: dict[str, Tensor]) -> None:
        layer = "cond_stage_model.transformer.text_model.encoder.layers."
        state |= {f"{layer}{number}.x.weight": torch.zeros(1) for number in range(3, 3000)}
        assert "do not fit together" in error_of(write(tmp_path / "a.safetensors", state))

    def test_a_folder_without_parts(self, tmp_path: Path) -> None:
        (tmp_path / "model_index.json").write_text(json.dumps({"unet": ["diffusers", "UNet2DConditionModel"]}))
        assert "has no U-Net inside" in error_of(tmp_path)

    def test_not_a_vae(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.safetensors", bare("some.weight"))
        with pytest.raises(CheckpointError, match=r"There is no VAE in v\.safetensors"):
            load_vae(path, of_family("SD1"))
        strange = bare("encoder.norm_out.weight", *(f"encoder.down.{level}.x" for level in range(99)))
        with pytest.raises(CheckpointError, match="is not a VAE"):
            load_vae(write(tmp_path / "w.safetensors", strange), of_family("SD1"))
        with pytest.raises(CheckpointError, match="There is no VAE"):
            load_vae(tmp_path, of_family("SD1"))

    def test_a_vae_of_another_family(self, tmp_path: Path) -> None:
        model = make.write(tmp_path)
        from diffusers import AutoencoderKL

        AutoencoderKL(latent_channels=16, norm_num_groups=32, block_out_channels=(32,)).save_pretrained(
            tmp_path / "vae"
        )
        with pytest.raises(CheckpointError, match="belongs to another model family"):
            load(model, vae=tmp_path / "vae")


class Exploit:
    """Would leave a file if it were unpickled."""

    def __init__(self, command: str, code: Callable[[str], object] = os.system) -> None:
        self.command = command
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        return self.code, (self.command,)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol 4")
@pytest.mark.parametrize(("protocol", "legacy"), [(2, True), (2, False), (4, False)])
def test_pickled_code_is_not_run(tmp_path: Path, state: dict[str, Tensor], protocol: int, legacy: bool) -> None:
    proof = tmp_path / "proof"
    path = tmp_path / "a.ckpt"
    hostile = {"state_dict": state, "callbacks": Exploit(f"touch '{proof}'")}
    torch.save(hostile, path, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    assert "wants to run code" in error_of(path)
    assert not proof.exists()


def test_a_tensor_that_claims_more_than_it_holds(tmp_path: Path, state: dict[str, Tensor]) -> None:
    state[UNET + "input_blocks.0.0.weight"] = torch.zeros(1).expand(10**6, 10**6)
    torch.save(state, tmp_path / "a.ckpt")
    assert "claims more than it holds" in error_of(tmp_path / "a.ckpt")


def test_harmless_leftovers_in_old_pickles(
    tmp_path: Path, state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    from types import ModuleType

    import numpy as np

    name = "pytorch_lightning.callbacks.model_checkpoint"
    for part in ("pytorch_lightning", "pytorch_lightning.callbacks", name):
        monkeypatch.setitem(sys.modules, part, ModuleType(part))
    kind = type("ModelCheckpoint", (), {"__module__": name})
    sys.modules[name].ModelCheckpoint = kind  # type: ignore[attr-defined]
    best = kind()
    best.score = 0.5
    torch.save({"state_dict": state, "callbacks": {kind: best}, "loss": np.float32(2)}, tmp_path / "a.ckpt")
    monkeypatch.undo()
    found = load(tmp_path / "a.ckpt")
    assert torch.equal(found.unet.conv_in.weight, state[UNET + "input_blocks.0.0.weight"])


def test_cut_pickle(tmp_path: Path, state: dict[str, Tensor]) -> None:
    torch.save(state, tmp_path / "a.ckpt")
    os.truncate(tmp_path / "a.ckpt", 100_000)
    assert "broken or cut short" in error_of(tmp_path / "a.ckpt")


def test_a_small_file_as_a_table_of_tensors(tmp_path: Path) -> None:
    wanted = load_file(E2E / "embeddings" / "tinyemb.safetensors")
    found = files.read_tensors(E2E / "embeddings" / "tinyemb.safetensors")
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    nested = {"params_ema": {"conv.weight": torch.ones(2)}, "step": 3, "empty": torch.zeros(0, 4)}
    torch.save(nested, tmp_path / "a.pth")
    assert {name: tensor.shape for name, tensor in files.read_tensors(tmp_path / "a.pth").items()} == {
        "params_ema.conv.weight": (2,),
        "empty": (0, 4),
    }
