"""Which pictures a model made."""

from pathlib import Path

import pytest
from PIL import Image

from studio.core.infotext_pictures import encode
from studio.library.gallery import Gallery

TEXTS = {
    "one": "a cat <lora:猫 a:0.8>, my-emb style\nNegative prompt: bad\nSteps: 20, Seed: 1, Size: 8x8, Model: any_v3",
    "two": "dog <lora:猫 ab:1> <lyco:other>\nNegative prompt: my-emb2\nSteps: 9, Seed: 1, Size: 8x8, Model: any_v3.5",
    "three": "50% <lora:猫 a>\nNegative prompt: my-emb\nSteps: 20, Seed: 1, Size: 8x8, Model: ANY_V3",
}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    folder = tmp_path_factory.mktemp("pictures")
    for name, text in TEXTS.items():
        (folder / f"{name}.png").write_bytes(encode(Image.new("RGB", (8, 8)), ".png", text))
    gallery = Gallery(folder / "data" / "gallery.sqlite")
    gallery.scan([folder])
    return gallery


@pytest.mark.parametrize(
    ("use", "names", "wanted"),
    [
        ("checkpoint", ["any_v3"], {"one", "three"}),
        ("checkpoint", ["any"], set()),
        ("checkpoint", ["x", "any_v3.5"], {"two"}),
        ("network", ["猫 a"], {"one", "three"}),
        ("network", ["猫 ab", "other"], {"two"}),
        ("network", ["%"], set()),
        ("embedding", ["my-emb"], {"one", "three"}),
        ("embedding", ["!!"], set()),
        ("embedding", ['x" OR "a'], set()),
        ("vae", ["any_v3"], set()),
        ("network", [], set()),
    ],
)
def test_pictures_of_a_model(gallery: Gallery, use: str, names: list[str], wanted: set[str]) -> None:
    found = gallery.pictures(gallery.made_with(use, names))
    assert {Path(picture.path).stem for picture in found} == wanted
