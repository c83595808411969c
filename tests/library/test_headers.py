"""Headers of model files: what is right is read, everything else is one clear error."""

import json
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import CheckpointError
from studio.library import headers
from studio.library.kinds import kind_of

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
TINY = GOLDEN / "e2e_tiny" / "models" / "tiny_sd15.safetensors"
FILES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def safetensors(entries: object, data: bytes = b"", text: bytes | None = None) -> bytes:
    header = json.dumps(entries).encode() if text is None else text
    return len(header).to_bytes(8, "little") + header + data


def entry(dtype: str = "F32", shape: object = (2,), offsets: object = (0, 8)) -> dict[str, object]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}  # type: ignore[call-overload]


def put(folder: Path, data: bytes, name: str = "model.safetensors") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_reads_a_checkpoint() -> None:
    header = headers.read(TINY)
    info = header.tensors["model.diffusion_model.input_blocks.0.0.weight"]
    assert (info.dtype, info.shape, info.end - info.start) == ("F16", (32, 4, 3, 3), 2 * 32 * 4 * 9)
    assert header.metadata == {"format": "pt"}
    assert len(header.names) == 1127
    assert not header.is_pickled
    kind = kind_of(header)
    assert kind is not None
    assert kind.name == "checkpoint"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        (b"\n <html lang=en>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 4\n", "Git LFS pointer"),
        (b'{"error": "Repository not found"}', "server's answer"),
        (b"GGUF\x03\0\0\0", "GGUF"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"abc", "not a model file"),
        (b"\0" * 64, "not a model file"),
        (b"\xff" * 64, "not a model file"),
        (safetensors({"a": entry()}, b"12345678")[:40], "cut short"),
        (safetensors({"a": entry()}, b"1234"), "cut short"),
        (safetensors({"a": entry()}, b"123456789"), "contradicts itself"),
        (safetensors({"a": entry(shape=(3,))}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(shape=(-2,))}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(shape=(2.0,))}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(shape=(True, 2))}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(dtype="F33")}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(offsets=(8, 16))}, b"0" * 16), "contradicts itself"),
        (safetensors({"a": entry(), "b": entry()}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(offsets=(8, 0))}, b"12345678"), "contradicts itself"),
        (safetensors({"a": 5}, b""), "contradicts itself"),
        (safetensors({"a": entry(), "__metadata__": {"a": 1}}, b"12345678"), "contradicts itself"),
        (safetensors({"a": entry(), "__metadata__": []}, b"12345678"), "contradicts itself"),
        (safetensors(0, b"12345678", text=b'{"a":' + b"[" * 9000), "contradicts itself"),
        (safetensors(0, b"", text=b'{"a":1' + b"0" * 9000 + b"}"), "contradicts itself"),
        (safetensors({}), "no tensors"),
        (safetensors({"a": entry(), "__metadata__": {"a": "\ud800"}}, b"12345678"), "contradicts itself"),
        (safetensors({"\udfff": entry()}, b"12345678"), "contradicts itself"),
        (safetensors(0, b"12345678", text=json.dumps({"a": entry()}).encode("utf-16-le")), "contradicts itself"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        headers.read(put(tmp_path, data))
    assert words in str(caught.value)
    assert caught.value.remedy


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    one = json.dumps(entry())
    text = f'{{"a": {one}, "a": {one}}}'.encode()
    with pytest.raises(CheckpointError, match="contradicts itself"):
        headers.read(put(tmp_path, safetensors(0, b"12345678", text)))


def test_a_header_length_like_a_brace_is_no_text(tmp_path: Path) -> None:
    text = json.dumps({"a": entry()}).encode()
    text += b" " * (ord("{") - len(text) % 256)
    assert (len(text) % 256, len(text) < 512) == (ord("{"), True)
    assert headers.read(put(tmp_path, safetensors(0, b"12345678", text))).names == ("a",)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "no such file.safetensors", tmp_path):
        with pytest.raises(CheckpointError, match="cannot be read"):
            headers.read(path)


@FILES
@given(cut=st.integers(0, 3000), changes=st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 255)), max_size=8))
def test_damage_is_an_error_or_harmless(tmp_path: Path, cut: int, changes: list[tuple[int, int]]) -> None:
    lora = bytearray((GOLDEN / "hash_files" / "tiny_lora.safetensors").read_bytes())
    for place, value in changes:
        lora[place] = value
    try:
        header = headers.read(put(tmp_path, bytes(lora[: len(lora) - cut])))
    except CheckpointError:
        return
    assert cut == 0
    assert max(info.end for info in header.tensors.values()) == len(lora)


class Exploit:
    def __reduce__(self) -> tuple[object, ...]:
        return eval, ("1/0",)


def torch_zip(path: Path, pickled: bytes, prefix: str = "archive") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{prefix}/data.pkl", pickled)
    return path


def test_pickles_are_looked_through_but_never_run(tmp_path: Path) -> None:
    name = "model.diffusion_model.input_blocks.0.0.weight"
    torch.save({"state_dict": {name: torch.zeros(2, 3).half()}, "step": 7}, tmp_path / "a.ckpt")
    header = headers.read(tmp_path / "a.ckpt")
    assert header.is_pickled
    assert header.tensors == {name: headers.TensorInfo("F16", (2, 3))}
    assert header.metadata == {"step": "7"}
    with pytest.raises(CheckpointError, match="wants to run code"):
        headers.read(torch_zip(tmp_path / "b.ckpt", pickle.dumps({"a": Exploit()}, protocol=2)))


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_torn_pickle_is_broken(tmp_path: Path, keep: float) -> None:
    whole = torch_zip(tmp_path / "a.ckpt", pickle.dumps({"a": "b" * 500}, protocol=2)).read_bytes()
    with pytest.raises(CheckpointError, match="broken or cut short"):
        headers.read(put(tmp_path, whole[: int(len(whole) * keep)], "b.ckpt"))


def test_a_zip_of_something_else_is_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        archive.writestr("model.safetensors", b"123")
    with pytest.raises(CheckpointError, match="archive"):
        headers.read(tmp_path / "model.zip")


@FILES
@given(st.binary(max_size=300))
def test_no_pickle_makes_the_reader_fail_otherwise(tmp_path: Path, data: bytes) -> None:
    path = torch_zip(tmp_path / "fuzz.ckpt", data)
    with suppress(CheckpointError):
        assert headers.read(path).is_pickled


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["lora_unet_down_blocks_0.lora_down.weight"], "network"),
        (["transformer.blocks.0.attn.lora_A.weight"], "network"),
        (["lora_unet_x.hada_w1_a"], "network"),
        (["emb_params"], "embedding"),
        (["clip_g", "clip_l"], "embedding"),
        (["string_to_param.*"], "embedding"),
        (["<猫>"], "embedding"),
        (["768.0.linear.0.weight"], "hypernetwork"),
        (["params_ema.stylegan_decoder.x.weight"], "restorer"),
        (["1.weight", "3.conv.0.weight"], "preview"),
        (["lora_unet_x.a1.weight"], "network"),
        (["lllite_unet_x.down.0.weight"], "control"),
        (["control_model.input_blocks.0.0.weight"], "control"),
        (["controlnet_cond_embedding.conv_in.weight", "down_blocks.0.resnets.0.norm1.weight"], "control"),
        (["first_stage_model.decoder.conv_in.weight"], "vae"),
        (["decoder.mid_block.attentions.0.to_q.weight", "encoder.down_blocks.0.resnets.0.norm1.weight"], "vae"),
        (["down_blocks.0.resnets.0.norm1.weight"], "unet"),
        (["model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight"], "sd3"),
        (["model.diffusion_model.double_blocks.0.img_attn.qkv.weight"], "flux"),
        (["params_ema.conv_first.weight"], "upscaler"),
        (["model.0.weight", "model.1.sub.0.RDB1.conv1.0.weight"], "upscaler"),
        (["text_model.embeddings.token_embedding.weight"], "text_encoder"),
        (["model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.decoder.conv_in.weight"], "checkpoint"),
        (["model_ema.diffusion_modelinput_blocks00weight"], "checkpoint"),
        (["something.else"], None),
    ],
)
def test_kinds(names: list[str], kind: str | None) -> None:
    found = kind_of(headers.Header(Path("x"), 0, dict.fromkeys(names, headers.TensorInfo("F16", (1,)))))
    assert (found and found.name) == kind


def test_parts_of_a_folder(tmp_path: Path) -> None:
    for place in (
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.bin",
        "vae/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
        "text_encoder/model-00002-of-00002.safetensors",
        "text_encoder/model-00001-of-00002.safetensors",
        "safety_checker/model.safetensors",
    ):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "model_index.json").write_text('{"unet": 1, "vae": 1, "text_encoder": 1, "safety_checker": 1}')
    parts = {name: [file.name for file in files] for name, files in headers.parts(tmp_path).items()}
    assert parts == {
        "unet": ["diffusion_pytorch_model.fp16.safetensors"],
        "vae": ["diffusion_pytorch_model.safetensors"],
        "text_encoder": ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
    }
    (tmp_path / "model_index.json").write_text("[" * 5000)
    with pytest.raises(CheckpointError, match="cannot be read"):
        headers.parts(tmp_path)
