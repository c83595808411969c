"""Kinds of networks (LoRA and its relatives), told by the tensors they have for a layer; the first match counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkKind:
    """One kind: a layer's tensors are of it if one of the sets in `needs` is among them.

    `optional` are further tensors it may have. `function` ("module:function" below engine.networks) makes a layer's
    difference of them.
    """

    name: str
    label: str
    function: str
    needs: tuple[tuple[str, ...], ...]
    optional: tuple[str, ...] = ()

    @property
    def suffixes(self) -> frozenset[str]:
        """Every tensor it may have for a layer."""
        return frozenset(part for needed in self.needs for part in needed) | frozenset(self.optional)


SCALES = ("alpha", "scale", "dora_scale", "lora_magnitude_vector")  # any kind may have them
LOKR_W1 = (("lokr_w1",), ("lokr_w1_a", "lokr_w1_b"))
LOKR_W2 = (("lokr_w2",), ("lokr_w2_a", "lokr_w2_b"))
NETWORK_KINDS = (
    NetworkKind(
        "lora", "LoRA", "lora:difference", (("lora_up.weight", "lora_down.weight"),), ("lora_mid.weight", "diff_b")
    ),
    NetworkKind(
        "loha",
        "LoHa",
        "loha:difference",
        (("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"),),
        ("hada_t1", "hada_t2"),
    ),
    NetworkKind("ia3", "(IA)³", "ia3:difference", (("weight", "on_input"),)),
    NetworkKind(
        "lokr",
        "LoKr",
        "lokr:difference",
        tuple((*w1, *w2) for w1 in LOKR_W1 for w2 in LOKR_W2),
        ("lokr_t2",),
    ),
    NetworkKind("full", "Full difference", "full:difference", (("diff",),), ("diff_b",)),
    NetworkKind("norm", "Norm", "full:norm_difference", (("w_norm",),), ("b_norm",)),
    NetworkKind(
        "glora",
        "GLoRA",
        "glora:difference",
        (("a1.weight", "a2.weight", "b1.weight", "b2.weight"),),
        ("bm.weight",),
    ),
    NetworkKind("oft", "OFT", "oft:difference", (("oft_blocks",), ("oft_diag",)), ("rescale",)),
)
