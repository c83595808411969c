import base64
import json
import zlib
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin
from safetensors.torch import save_file

from studio.core.chunks import prompt_length
from studio.core.errors import CheckpointError
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.engine.text import embeddings as engine
from studio.library import embeddings, picture_embeddings

GOLDEN = Path(__file__).parents[1] / "data/golden"
TINY = GOLDEN / "e2e_tiny/embeddings"
VECTORS = [[0.5, -0.25, 1.0, 2.0], [1.5, 0.125, -1.0, 0.0]]
RECORD = {
    "string_to_token": {"*": 265},
    "string_to_param": {"*": {"TORCHTENSOR": VECTORS}},
    "name": "inside",
    "step": 3,
}


def with_chunk(path: Path, record: object = RECORD) -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_text("sd-ti-embedding", base64.b64encode(json.dumps(record).encode()).decode())
    Image.new("RGB", (64, 64), (9, 90, 200)).save(path, pnginfo=info)
    return path


def strip(halves: np.ndarray, height: int) -> np.ndarray:
    """Half bytes as pixels below a decorative pattern, masked as the web UI does it, in whole columns."""
    room = -(-halves.size // (height * 3)) * height * 3
    block = np.resize(halves, room).reshape(height, -1, 3)
    mask = np.array(list(islice(picture_embeddings._noise(), block.size))).reshape(block.shape)
    return (block ^ (mask & 15) | 0xA0).astype(np.uint8)


def with_pixels(path: Path) -> Path:
    packed = np.frombuffer(zlib.compress(json.dumps(RECORD).encode(), 9), np.uint8)
    height = 48
    gap = np.zeros((height, 1, 3), np.uint8)
    picture = np.full((height, 60, 3), 201, np.uint8)
    wide = [strip(packed & 15, height), gap, picture, gap, strip(packed >> 4, height)]
    Image.fromarray(np.concatenate(wide, axis=1)).save(path)
    return path


def test_the_tiny_ones_are_read_without_torch(places: Places) -> None:
    places.embeddings.mkdir(parents=True)
    for path in TINY.iterdir():
        (places.embeddings / path.name).write_bytes(path.read_bytes())
    found = embeddings.embeddings(places, Settings())
    assert embeddings.vector_counts(found) == {"tinyemb": 3, "tinyemb2": 2}
    assert embeddings.vector_counts(found, (768,)) == {}
    assert prompt_length("tinyemb x", embeddings=embeddings.vector_counts(found)) == (4, 75)
    assert embeddings.short_hash(found["tinyemb"], places) == "95a266b86049"
    for file in found.values():
        (tensor,) = engine.read(file)
        assert tuple(tensor.shape) == (file.vectors, 32)
        assert tensor.dtype == torch.float32


@pytest.mark.parametrize("make", [with_chunk, with_pixels])
def test_an_embedding_in_a_picture(make, tmp_path: Path) -> None:
    file = embeddings.read(make(tmp_path / "other name.png"))
    assert file is not None
    assert (file.name, file.vectors, file.widths) == ("inside", 2, (4,))
    assert torch.equal(engine.read(file)[0], torch.tensor(VECTORS))


def test_pictures_that_are_none(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    noise[:, [10, 30]] = 0
    for number, pixels in enumerate((noise, np.zeros_like(noise), np.full_like(noise, 255))):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
        assert embeddings.read(tmp_path / f"{number}.png") is None


@pytest.mark.parametrize(
    "record",
    [[], {}, {"string_to_param": 3}, {"string_to_param": {"*": {"TORCHTENSOR": [[1], [1, 2]]}}},
     {"string_to_param": {"*": {"TORCHTENSOR": ["a"]}}}, {"string_to_param": {"*": [[1.0]]}}],
)  # fmt: skip
def test_a_broken_record_is_an_error_and_the_list_goes_on(record: object, tmp_path: Path, places: Places) -> None:
    places.embeddings.mkdir(parents=True)
    path = with_chunk(places.embeddings / "x.png", record)
    if record:
        with pytest.raises(CheckpointError, match="broken"):
            embeddings.read(path)
    with_chunk(places.embeddings / "good.png")
    assert list(embeddings.embeddings(places, Settings())) == ["inside"]


def test_pairs_single_words_and_what_is_no_embedding(tmp_path: Path) -> None:
    def read(**tensors: torch.Tensor) -> embeddings.EmbeddingFile | None:
        save_file(tensors, tmp_path / "word.safetensors")
        embeddings._embedding.cache_clear()
        return embeddings.read(tmp_path / "word.safetensors")

    pair = read(clip_g=torch.ones(2, 1280), clip_l=torch.zeros(2, 768))
    assert pair is not None
    assert (pair.widths, pair.vectors, pair.base) == ((768, 1280), 2, "SDXL")
    assert [tuple(tensor.shape) for tensor in engine.read(pair)] == [(2, 768), (2, 1280)]
    assert float(engine.read(pair)[0].sum()) == 0
    single = read(**{"<word>": torch.ones(768)})
    assert single is not None
    assert (single.widths, single.vectors, single.base) == ((768,), 1, "SD1")
    assert read(a=torch.ones(2, 4), b=torch.ones(2, 4)) is None
    assert read(a=torch.ones(2, 4, 4)) is None


def test_previews_and_broken_files_are_passed_over(places: Places) -> None:
    places.embeddings.mkdir(parents=True)
    with_chunk(places.embeddings / "style.preview.png")
    (places.embeddings / "empty.pt").write_bytes(b"")
    (places.embeddings / "page.pt").write_bytes(b"<html>")
    assert embeddings.embeddings(places, Settings()) == {}


def test_used_ones_come_chunk_by_chunk() -> None:
    counts = {"aa": 2, "bb": 1}
    far = "x " * 80
    assert embeddings.used([f"{far} aa", "bb x"], counts) == ["bb", "aa"]
    assert embeddings.used(["aa bb", "bb aa"], counts) == ["aa", "bb"]
    assert embeddings.used(["nothing"], counts) == []


def test_one_of_another_kind_of_model_is_explained(tmp_path: Path) -> None:
    save_file({"emb_params": torch.ones(2, 1024)}, tmp_path / "deep.safetensors")
    file = embeddings.read(tmp_path / "deep.safetensors")
    assert file is not None
    found = engine.find([["a deep lake"], ["x"]], {"deep": file}, (768,), "SD1")
    assert found.vectors == {}
    assert "made for SD2, the model is SD1" in found.notes[0]
    assert engine.find([["a lake"]], {"deep": file}, (768,), "SD1").notes == ()
