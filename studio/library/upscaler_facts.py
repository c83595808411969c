"""Which network an upscaler or face restorer is and how much it enlarges, from its tensors."""

import math
import re
from collections.abc import Mapping

Shape = tuple[int, ...]

# The first row whose mark a name has counts.
ARCHITECTURES = (
    ("CodeFormer", r"(^|\.)idx_pred_layer\."),
    ("GFPGAN", r"(^|\.)stylegan_decoder"),
    ("RestoreFormer", r"(^|\.)decoder\.mid\.attn_1\.norm2\."),
    ("LDSR", r"^first_stage_model\.quantize\."),
    ("HAT", r"\.overlap_attn\."),
    ("DAT", r"layers\.0\.blocks\.0\.attn\.(attns\.0|aggregation|dwconv)|layers\.0\.blocks\.0\.ffn\.sg\."),
    ("DRCT", r"layers\.0\.swin1\."),
    ("Swin2SR", r"residual_group\.blocks\.0\.attn\.logit_scale$"),
    ("SwinIR", r"residual_group\.blocks\.0\.(attn|norm1)\."),
    ("ScuNET", r"(^|\.)m_head\.0\.weight$"),
    ("SPAN", r"(^|\.)conv_1\.sk\.weight$"),
    ("PLKSR", r"(^|\.)feats\.0\.weight$"),
    ("ESRGAN", r"RDB1\.conv1\.0\.weight$|RRDB_trunk\.0\."),
    ("RealESRGAN", r"(^|\.)body\.0\.rdb1\.conv1\.weight$"),
    ("RealESRGAN compact", r"^(params(_ema)?\.)?body\.0\.weight$"),
)
SHUFFLED = re.compile(r"^upsample\.\d+\.weight$")
KEPT = ("CodeFormer", "GFPGAN", "RestoreFormer", "ScuNET")  # restore at the size they are given
MOST = 16


def upscaler_facts(shapes: Mapping[str, Shape]) -> tuple[str, int | None]:
    """The architecture, "" if unknown, and the scale, None where it is not visible."""
    names = "\n".join(shapes)
    found = next((name for name, mark in ARCHITECTURES if re.search(mark, names, re.MULTILINE)), "")
    plain = {re.sub(r"^params(_ema)?\.", "", name): shape for name, shape in shapes.items()}
    scale = 1 if found in KEPT else 4 if found == "LDSR" else _scale(found, plain)
    return found, scale if scale and 1 <= scale <= MOST else None


def _scale(architecture: str, shapes: Mapping[str, Shape]) -> int | None:
    if architecture == "ESRGAN":
        return _of_old_esrgan(shapes)
    if architecture == "RealESRGAN":
        return _doublings(shapes, "conv_up") // math.isqrt(max(_inputs(shapes, "conv_first.weight") // 3, 1))
    if architecture in ("RealESRGAN compact", "PLKSR"):
        layers = [int(found[1]) for name in shapes if (found := re.fullmatch(r"(?:body|feats)\.(\d+)\.weight", name))]
        last = "body" if architecture == "RealESRGAN compact" else "feats"
        return _by_root(shapes.get(f"{last}.{max(layers, default=0)}.weight"))
    shuffled = [shape for name, shape in shapes.items() if SHUFFLED.match(name) and len(shape) == 4]
    if len(shuffled) == 1 and shuffled[0][0] % 3 == 0 and shuffled[0][0] < shuffled[0][1]:
        return _by_root(shuffled[0])
    if shuffled:
        return math.prod(math.isqrt(max(shape[0] // max(shape[1], 1), 1)) for shape in shuffled)
    return _doublings(shapes, "conv_up") if "conv_up1.weight" in shapes else None


def _of_old_esrgan(shapes: Mapping[str, Shape]) -> int | None:
    """Every doubling puts three layers between the trunk and the last two convolutions."""
    if any(name.startswith("RRDB_trunk.") for name in shapes):
        return _doublings(shapes, "upconv")
    places = [int(found[1]) for name in shapes if (found := re.fullmatch(r"model\.(\d+)\.weight", name))]
    doublings = (max(places, default=4) - 4) // 3
    return 2**doublings if 0 <= doublings < 5 else None


def _doublings(shapes: Mapping[str, Shape], stem: str) -> int:
    return 2 ** sum(f"{stem}{number}.weight" in shapes for number in range(1, 5))


def _inputs(shapes: Mapping[str, Shape], name: str) -> int:
    shape = shapes.get(name, ())
    return shape[1] if len(shape) == 4 else 3


def _by_root(shape: Shape | None) -> int | None:
    """Three colours times the scale squared are the last layer's outputs."""
    return math.isqrt(shape[0] // 3) if shape and len(shape) == 4 else None
