"""What a model recommends, and what becomes of a request by it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from studio.core.request import GenerateRequest
from studio.library import model_defaults, sidecars
from studio.library.model_defaults import Recommended
from studio.library.sidecars import ModelDefaults


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "模型.safetensors"
    told = {"sampler": "DPM++ 2M", "steps": 20, "cfg_scale": 3.0, "prompt": "red apple", "nonsense": 1}
    metadata = {"studio.defaults": json.dumps(told), "modelspec.resolution": "128x128"}
    save_file({"unet.conv_in.weight": np.zeros((4, 4, 1, 1), "float32")}, path, metadata)
    return path


def test_the_makers_word_is_in_the_file(model: Path) -> None:
    found = model_defaults.read(model)
    assert found.values == ModelDefaults(sampler="DPM++ 2M", steps=20, cfg_scale=3.0, prompt="red apple")
    assert found.native == (128, 128)
    request = found.applied(GenerateRequest())
    assert (request.sampler, request.steps, request.cfg_scale) == ("DPM++ 2M", 20, 3.0)
    assert (request.width, request.height, request.prompt) == (128, 128, "red apple")


def test_the_owners_word_counts_before_it_field_by_field(model: Path) -> None:
    sidecars.save(model, defaults=ModelDefaults(steps=33, width=192, height=64))
    request = model_defaults.read(model).applied(GenerateRequest(prompt="mine"))
    assert (request.steps, request.sampler, request.width, request.height) == (33, "DPM++ 2M", 192, 64)
    assert request.prompt == "mine"
    assert model_defaults.read(model).applied(request, with_prompt=True).prompt == "red apple"


def test_a_size_the_model_can_paint_stays() -> None:
    found = Recommended(native=(1024, 1024))
    portrait = GenerateRequest(width=832, height=1216)
    assert found.applied(portrait) == portrait
    assert found.applied(GenerateRequest(width=512, height=512)).width == 1024


def test_nothing_else_changes_and_a_request_gives_its_defaults_back() -> None:
    before = GenerateRequest(prompt="a cat", steps=20, sampler="Euler", clip_skip=2, vae="None", seed=7)
    after = Recommended(ModelDefaults(steps=33, width=832, cfg_scale=5)).applied(before)
    assert after == before.model_copy(update={"steps": 33, "width": 832, "cfg_scale": 5})
    kept = model_defaults.of_request(before)
    assert (kept.prompt, kept.clip_skip, kept.vae, kept.sampler) == (None, 2, "None", "Euler")
    assert Recommended(kept).applied(GenerateRequest(seed=7, prompt="a cat")) == before


@given(st.dictionaries(st.sampled_from(["studio.defaults", "modelspec.resolution"]), st.text() | st.recursive(
    st.none() | st.integers() | st.floats() | st.text(),
    lambda inner: st.dictionaries(st.sampled_from([*ModelDefaults.model_fields, "x"]), inner),
).map(json.dumps)))  # fmt: skip
def test_any_metadata_are_survived(metadata: dict[str, str]) -> None:
    assert isinstance(model_defaults.of_metadata(metadata).applied(GenerateRequest()), GenerateRequest)


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x08\0\0\0\0\0\0\0{}"])
def test_a_file_that_is_none_recommends_nothing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    assert model_defaults.read(path) == Recommended()
    assert model_defaults.read(tmp_path / "gone.safetensors") == Recommended()
