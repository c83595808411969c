"""Which multiplier each tensor of a U-Net gets: one for all, or one for each block.

The order is that of the merge-block-weighted extension of the web UI: IN00-IN11, M00, OUT00-OUT11, and in front, if
there is one more, that of everything else.
"""

import re
from collections.abc import Callable, Sequence

from studio.catalog import find
from studio.catalog.merge_presets import BLOCKS, MERGE_PRESETS
from studio.core.errors import BadRequest
from studio.library.components import REFINER, SDXL
from studio.library.components import UNET as UNET_PREFIX

BLOCK = re.compile(r"(input_blocks|middle_block|output_blocks)\.(\d+)\.")
SDXL_INPUTS = 9  # SDXL's U-Net has IN00-IN08 and OUT00-OUT08
INPUTS = 12


def multipliers(text: str, multiplier: float, family: str) -> Callable[[str], float]:
    """The multiplier of a tensor by its name; `text` is what the user gave as block weights, "" for none.

    Raises BadRequest for what is neither a list of the right length nor a preset.
    """
    if not text.strip():
        return lambda _name: multiplier
    base, blocks = _parsed(text, multiplier, family)
    return lambda name: _of_block(name, blocks, base)


def _parsed(text: str, multiplier: float, family: str) -> tuple[float, tuple[float, ...]]:
    if not re.search(r"[\d,]", text.strip()[:1] + ("," if "," in text else "")):
        preset = find("preset of block weights", MERGE_PRESETS, text.strip())
        return preset.base, preset.weights
    values = _numbers(text)
    count = len(values)
    small = 2 * SDXL_INPUTS + 1
    if family in (SDXL, REFINER, "") and count in (small, small + 1):
        base, *rest = values if count > small else (multiplier, *values)
        return base, _widened(rest)
    if count not in (BLOCKS, BLOCKS + 1):
        raise BadRequest(
            "There are {count} block weights; it takes 25, or 26 with that of everything else in front.",
            "Write IN00 to IN11, M00, OUT00 to OUT11, or a preset's name.", count=count,
        )  # fmt: skip
    base, *rest = values if count > BLOCKS else (multiplier, *values)
    return base, tuple(rest)


def _numbers(text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [float("nan")]
    if any(value != value or abs(value) > 1e6 for value in values):
        raise BadRequest(
            "“{text}” are no block weights.", "Write numbers separated by commas, or a preset's name.", text=text
        )
    return values


def _widened(values: Sequence[float]) -> tuple[float, ...]:
    """SDXL's 19 as 25, with those between that it has not."""
    missing = (0.0,) * (INPUTS - SDXL_INPUTS)
    return (*values[:SDXL_INPUTS], *missing, *values[SDXL_INPUTS:], *missing)


def _of_block(name: str, blocks: Sequence[float], base: float) -> float:
    if not name.startswith(UNET_PREFIX):
        return base
    inner = name.removeprefix(UNET_PREFIX)
    if found := BLOCK.match(inner):
        first = {"input_blocks": 0, "middle_block": INPUTS, "output_blocks": INPUTS + 1}[found[1]]
        place = first + (0 if found[1] == "middle_block" else int(found[2]))
        return blocks[place] if place < len(blocks) else base
    if inner.startswith(("time_embed.", "label_emb.")):
        return blocks[0]
    return blocks[-1] if inner.startswith("out.") else base
