"""What a network file says of its layers is believed only as far as its matrices go together."""

import pytest

from studio.library.network_keys import kind_of
from studio.library.network_shapes import fits

LINEAR, CONVOLUTION, NORM = (32, 24), (32, 16, 3, 3), (32,)
LORA = {"lora_up.weight": (32, 4), "lora_down.weight": (4, 24)}
CORE = {"lora_up.weight": (32, 4, 1, 1), "lora_down.weight": (4, 16, 1, 1), "lora_mid.weight": (4, 4, 3, 3)}
LOHA = {"hada_w1_a": (32, 4), "hada_w1_b": (4, 24), "hada_w2_a": (32, 4), "hada_w2_b": (4, 24)}
CORES = {"hada_w1_a": (4, 32), "hada_w1_b": (4, 16), "hada_w2_a": (4, 32), "hada_w2_b": (4, 16),
         "hada_t1": (4, 4, 3, 3), "hada_t2": (4, 4, 3, 3)}  # fmt: skip
LOKR = {"lokr_w1": (4, 4), "lokr_w2_a": (8, 2), "lokr_w2_b": (2, 6)}
LOKR_CORE = {"lokr_w1": (4, 4), "lokr_w2_a": (2, 8), "lokr_w2_b": (2, 4), "lokr_t2": (2, 2, 3, 3)}
GLORA = {"a1.weight": (24, 4), "a2.weight": (4, 24), "b1.weight": (32, 4), "b2.weight": (4, 24)}
IA3 = {"weight": (24,), "on_input": ()}
Shapes = dict[str, tuple[int, ...]]


def has_place(shapes: Shapes, layer: tuple[int, ...]) -> bool:
    kind = kind_of(shapes)
    assert kind is not None
    return fits(kind, shapes, layer)


@pytest.mark.parametrize(
    ("shapes", "layer"),
    [
        (LORA | {"alpha": ()}, LINEAR),
        (LORA | {"alpha": (1,), "dora_scale": (32, 1)}, LINEAR),
        (LORA | {"dora_scale": (1, 24)}, LINEAR),
        (LORA | {"lora_magnitude_vector": (32,)}, LINEAR),
        (LORA | {"diff_b": (32,)}, LINEAR),
        ({"lora_up.weight": (32, 4, 1, 1), "lora_down.weight": (4, 24, 1, 1)}, LINEAR),
        ({"lora_up.weight": (32, 4, 1, 1), "lora_down.weight": (4, 16, 3, 3), "dora_scale": (1, 16)}, CONVOLUTION),
        (CORE | {"dora_scale": (1, 16, 1, 1)}, CONVOLUTION),
        (CORE, CONVOLUTION),
        (LOHA, LINEAR),
        (CORES, CONVOLUTION),
        (LOKR, LINEAR),
        (LOKR_CORE, CONVOLUTION),
        (GLORA, LINEAR),
        (IA3, LINEAR),
        ({"oft_blocks": (8, 4, 4), "alpha": (), "rescale": (32, 1)}, LINEAR),
        ({"oft_blocks": (3, 8, 4, 4)}, LINEAR),
        ({"oft_diag": (8, 4, 4)}, CONVOLUTION),
        ({"diff": (32, 24), "diff_b": (32,)}, LINEAR),
        ({"w_norm": (32,), "b_norm": (32,)}, NORM),
        ({"lora_up.weight": (320, 4, 1, 1), "lora_down.weight": (4, 4, 3, 3)}, (320, 9, 3, 3)),
    ],
)  # fmt: skip
def test_what_goes_together_fits(shapes: Shapes, layer: tuple[int, ...]) -> None:
    assert has_place(shapes, layer)


@pytest.mark.parametrize(
    ("shapes", "layer"),
    [
        ({"lora_up.weight": (24, 4), "lora_down.weight": (4, 32)}, LINEAR),  # as many numbers, but lying on its side
        (LORA | {"alpha": (2,)}, LINEAR),
        (LORA | {"alpha": (0,)}, LINEAR),
        (LORA | {"dora_scale": (24, 1)}, LINEAR),
        (LORA | {"dora_scale": (32, 2)}, LINEAR),
        (LORA | {"dora_scale": (32,)}, LINEAR),
        (LORA | {"lora_magnitude_vector": (24,)}, LINEAR),
        (LORA | {"diff_b": (24,)}, LINEAR),
        ({"lora_up.weight": (32, 4), "lora_down.weight": (5, 24)}, LINEAR),
        ({"lora_up.weight": (), "lora_down.weight": ()}, LINEAR),
        (CORE | {"lora_mid.weight": (4, 5, 3, 3)}, CONVOLUTION),
        (LOHA | {"hada_w2_a": (24, 4), "hada_w2_b": (4, 32)}, LINEAR),
        (LOHA | {"hada_w2_b": (5, 24)}, LINEAR),
        (CORES | {"hada_t2": (4, 4, 1, 1)}, CONVOLUTION),
        (LOKR | {"lokr_w2_a": (8, 3)}, LINEAR),
        (LOKR | {"lokr_w1": (8, 4), "lokr_w2_a": (4, 2)} | {"lokr_w2_b": (3, 6)}, LINEAR),
        ({"lokr_w1": (4, 9), "lokr_w2": (8, 16)}, CONVOLUTION),  # the kernel cannot be told from the inputs
        (LOKR_CORE | {"lokr_t2": (2, 3, 3, 3)}, CONVOLUTION),
        (GLORA | {"b2.weight": (5, 24)}, LINEAR),
        (GLORA | {"a2.weight": (5, 24)}, LINEAR),
        (IA3 | {"weight": (25,)}, LINEAR),
        (IA3 | {"on_input": (2,)}, LINEAR),
        (IA3, NORM),
        ({"oft_blocks": (7, 4, 4)}, LINEAR),
        ({"oft_blocks": (4, 4, 8)}, LINEAR),
        ({"oft_blocks": (32, 32)}, LINEAR),
        ({"oft_blocks": (5, 8, 4, 4)}, LINEAR),
        ({"oft_blocks": (10**12, 8, 4, 4)}, LINEAR),
        ({"oft_blocks": (2, 3, 8, 4, 4)}, LINEAR),
        ({"oft_blocks": (8, 4, 4), "rescale": (24, 1)}, LINEAR),
        ({"oft_diag": (7, 4, 4)}, LINEAR),
        ({"diff": (24, 32)}, LINEAR),
        ({"diff": (32, 24), "diff_b": (24,)}, LINEAR),
        ({"w_norm": (32,), "b_norm": (24,)}, NORM),
        ({"lora_up.weight": (320, 4), "lora_down.weight": (4, 5 * 9)}, (320, 9, 3, 3)),
    ],
)  # fmt: skip
def test_what_does_not_go_together_has_no_place(shapes: Shapes, layer: tuple[int, ...]) -> None:
    assert not has_place(shapes, layer)
