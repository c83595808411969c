import json
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.catalog.upscalers import UPSCALERS
from studio.core.errors import UnknownName
from studio.core.request import HiresFix
from studio.engine import hires

GOLDEN = json.loads((Path(__file__).parents[1] / "data/golden/steps_hires.json").read_text("utf-8"))


@pytest.mark.parametrize("row", GOLDEN["hires"], ids=lambda row: f"{row['width']}x{row['height']}")
def test_sizes_are_the_web_uis(row: dict) -> None:
    asked = HiresFix(scale=row["hr_scale"], width=row["hr_resize"][0], height=row["hr_resize"][1])
    size = hires.target_size(row["width"], row["height"], asked)
    assert [row["width"], row["height"], size.width, size.height, size.cut_x, size.cut_y] == row["out"]
    if "final_latent_wh" in row:
        latents = torch.zeros(1, 4, size.height // 8, size.width // 8)
        assert list(hires.cut(latents, size).shape[:1:-1]) == row["final_latent_wh"]


@pytest.mark.parametrize("row", [row for row in UPSCALERS if row.space == "latent"], ids=lambda row: row.label)
def test_latent_upscalers_interpolate_as_listed(row: object) -> None:
    modes = GOLDEN["latent_upscale_modes"]
    assert {"mode": row.mode, "antialias": row.antialias} == modes[row.label]
    enlarged = hires.enlarge_latents(torch.full((2, 4, 6, 8), 3.0), hires.HiresSize(96, 72), row)
    assert enlarged.shape == (2, 4, 9, 12)
    assert torch.allclose(enlarged, torch.tensor(3.0), atol=1e-4)


def test_pixel_upscalers_keep_a_flat_colour() -> None:
    flat = np.full((16, 24, 3), (10, 200, 90), np.uint8)
    for name in ("None", "Lanczos", "Nearest"):
        enlarged = hires.enlarge_pixels(flat, hires.HiresSize(50, 33), hires.upscaler(name))
        assert enlarged.shape == (33, 50, 3)
        assert (enlarged == flat[0, 0]).all()


def test_an_unknown_upscaler_is_an_error() -> None:
    with pytest.raises(UnknownName, match="R-ESRGAN"):
        hires.upscaler("R-ESRGAN 4x+")
