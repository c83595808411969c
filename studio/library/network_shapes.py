"""Whether a network's tensors make a difference for a layer, from their shapes alone; without torch.

What a file says of itself is not believed: matrices that do not go together, or that would come out turned on their
side, belong to no layer.
"""

import math
from collections.abc import Callable, Mapping

from studio.catalog.network_kinds import NetworkKind

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]
Size = tuple[int, int]  # outputs, and inputs times the kernel's pixels

PLAIN, WIDENED = 4, (8, 9)  # inputs of a U-Net's first convolution, and those that inpainting and pix2pix models have
SINGLE = ("alpha", "scale", "on_input")
BIASES = ("diff_b", "b_norm", "rescale")
LENGTHS, LENGTHS_OF_ROWS = "dora_scale", "lora_magnitude_vector"
MOST_STAGES = 32


def fits(kind: NetworkKind, shapes: Shapes, layer: Shape) -> bool:
    """Whether tensors of these shapes, by suffix, make a difference for a weight of the shape `layer`."""
    try:
        made = MADE[kind.name](shapes, layer)
        return made in (_size(layer), _narrow(layer)) and _has_fitting_rest(shapes, layer)
    except (KeyError, IndexError, _Misfit):
        return False


class _Misfit(Exception):
    """Two tensors that do not go together."""


def _size(shape: Shape) -> Size:
    return shape[0], math.prod(shape[1:])


def _narrow(layer: Shape) -> Size:
    """What a network for plain models knows of the first convolution of an inpainting or pix2pix model."""
    is_widened = len(layer) == 4 and layer[1] in WIDENED
    return _size((layer[0], PLAIN, *layer[2:]) if is_widened else layer)


def _has_fitting_rest(shapes: Shapes, layer: Shape) -> bool:
    """Whether scales are single numbers, biases have one for each output, and DoRA's lengths one for each row or
    column."""
    rows = layer[0]
    single = all(math.prod(shapes[name]) == 1 for name in SINGLE if name in shapes)
    biases = all(math.prod(shapes[name]) == rows for name in BIASES if name in shapes)
    lengths = shapes.get(LENGTHS, (rows, 1))
    columns = layer[1] if len(layer) > 1 else 1
    is_known = lengths[:2] in ((rows, 1), (1, columns)) and math.prod(lengths[2:]) == 1
    return single and biases and is_known and math.prod(shapes.get(LENGTHS_OF_ROWS, (rows,))) == rows


def _product(left: Shape, right: Shape) -> Size:
    (rows, inner), (other, columns) = _size(left), _size(right)
    if inner != other:
        raise _Misfit
    return rows, columns


def _with_core(core: Shape, left: Size, right: Size) -> Size:
    """What a core (r, s, kh, kw) makes of a matrix (out, r) and one (s, in)."""
    if (left[1], right[0]) != core[:2]:
        raise _Misfit
    return left[0], right[1] * math.prod(core[2:])


def _turned(size: Size) -> Size:
    return size[1], size[0]


def _made_by_lora(shapes: Shapes, _layer: Shape) -> Size:
    up, down = shapes["lora_up.weight"], shapes["lora_down.weight"]
    core = shapes.get("lora_mid.weight")
    return _product(up, down) if core is None else _with_core(core, _size(up), _size(down))


def _made_by_loha(shapes: Shapes, _layer: Shape) -> Size:
    first, second = (_half(shapes, number) for number in (1, 2))
    if first != second:
        raise _Misfit
    return first


def _half(shapes: Shapes, number: int) -> Size:
    a, b = shapes[f"hada_w{number}_a"], shapes[f"hada_w{number}_b"]
    core = shapes.get(f"hada_t{number}")
    return _product(a, b) if core is None else _with_core(core, _turned(_size(a)), _size(b))


def _made_by_lokr(shapes: Shapes, layer: Shape) -> Size:
    small, large = _factor(shapes, "lokr_w1"), _factor(shapes, "lokr_w2")
    if large[1] % math.prod(layer[2:]):
        raise _Misfit
    return small[0] * large[0], small[1] * large[1]


def _factor(shapes: Shapes, name: str) -> Size:
    if name in shapes:
        return _size(shapes[name])
    a, b = shapes[f"{name}_a"], shapes[f"{name}_b"]
    core = shapes.get("lokr_t2") if name == "lokr_w2" else None
    return _product(a, b) if core is None else _with_core(core, _turned(_size(a)), _size(b))


def _made_by_ia3(shapes: Shapes, layer: Shape) -> Size:
    if math.prod(shapes["weight"]) not in layer[:2]:
        raise _Misfit
    return _size(layer)


def _made_by_full(name: str) -> Callable[[Shapes, Shape], Size]:
    return lambda shapes, _layer: _size(shapes[name])


def _made_by_glora(shapes: Shapes, layer: Shape) -> Size:
    a1, a2, b1, b2 = (shapes[f"{name}.weight"] for name in ("a1", "a2", "b1", "b2"))
    if a1[0] != layer[1]:
        a1, a2, b1, b2 = a2, a1, b2, b1
    if _product(a1, a2) != (layer[1], layer[1]):
        raise _Misfit
    core = shapes.get("bm.weight")
    return _product(b1, b2) if core is None else _with_core(core, _size(b1), _size(b2))


def _made_by_oft(shapes: Shapes, layer: Shape) -> Size:
    if len(shapes.get("oft_blocks") or shapes["oft_diag"]) < 3:
        raise _Misfit
    *stages, blocks, size, other = shapes.get("oft_blocks") or shapes["oft_diag"]
    if size != other or (stages and not _is_butterfly(stages, size, layer[0])):
        raise _Misfit
    return blocks * size, _size(layer)[1]


def _is_butterfly(stages: list[int], size: int, rows: int) -> bool:
    """Whether the last of so many stages still finds rows to mix."""
    if len(stages) > 1 or stages[0] > MOST_STAGES or size % 2 or not size:
        return False
    return rows % (2 ** stages[0] * (size // 2)) == 0


MADE: Mapping[str, Callable[[Shapes, Shape], Size]] = {
    "lora": _made_by_lora,
    "loha": _made_by_loha,
    "lokr": _made_by_lokr,
    "ia3": _made_by_ia3,
    "full": _made_by_full("diff"),
    "norm": _made_by_full("w_norm"),
    "glora": _made_by_glora,
    "oft": _made_by_oft,
}
