"""Which picture a card shows: beside the model, inside it, made with it."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from studio.core.infotext_pictures import encode
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import index, model_covers, sidecars
from studio.library.gallery import Gallery
from studio.library.index import ModelIndex

LORA = "lora_te_text_model_encoder_layers_0_mlp_fc1"


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def gallery(places: Places) -> Gallery:
    text = "x <lora:hair:1>\nNegative prompt: y\nSteps: 2, Seed: {}, Size: 8x8"
    places.outputs.mkdir(parents=True)
    for number, colour in enumerate(("#00ff00", "#ffff00")):
        path = places.outputs / f"{number}.png"
        path.write_bytes(encode(Image.new("RGB", (40, 40), colour), ".png", text.format(number)))
    made = Gallery(places.gallery)
    made.scan([places.outputs])
    return made


def colour(places: Places, gallery: Gallery | None, **metadata: str) -> str | None:
    path = places.models / "Lora" / "hair.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or metadata:
        names = (f"{LORA}.lora_up.weight", f"{LORA}.lora_down.weight")
        save_file({name: np.zeros((2, 768), "float32") for name in names}, path, metadata or None)
    found = ModelIndex(places.data / "models.sqlite")
    found.scan(places, Settings())
    (model,) = found.models(found.find(index.Query(kind="network")))
    found.close()
    file = model_covers.thumbnail(model_covers.key(model), gallery, places)
    if file is None:
        return None
    with Image.open(file) as image:
        red, green, blue = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        return f"{round(red / 255)}{round(green / 255)}{round(blue / 255)}"


def test_the_order_of_sources(places: Places, gallery: Gallery) -> None:
    model = places.models / "Lora" / "hair.safetensors"
    assert colour(places, None) is None
    assert colour(places, gallery) == "010"  # the first of the two that were made with it
    cover = "data:image/png;base64," + base64.b64encode(png("#0000ff")).decode()
    assert colour(places, gallery, **{"modelspec.thumbnail": cover}) == "001"
    sidecars.set_preview(model, png("#ff0000"))
    assert colour(places, gallery) == "100"
    sidecars.beside(model, ".preview.png").write_bytes(b"no picture")
    assert colour(places, gallery) == "001"


@pytest.mark.parametrize("text", ["data:image/png;base64,AAAA", "%%%", "data:image/png;base64," + "A" * 4000])
def test_a_broken_cover_gives_way(places: Places, gallery: Gallery, text: str) -> None:
    assert colour(places, gallery, **{"modelspec.thumbnail": text}) == "010"


def test_a_model_without_any(places: Places, tmp_path: Path) -> None:
    empty = Gallery(tmp_path / "g.sqlite")
    assert colour(places, empty) is None
