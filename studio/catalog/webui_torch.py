"""The builds of torch, torchvision and xFormers that web UIs run on.

Beside catalog.torch_builds, which is what the studio itself runs on: web UIs are made for particular, mostly older
versions. xFormers' wheels pin one torch each; torchvision's do as well.
"""

from dataclasses import dataclass

INFINITY = float("inf")


@dataclass(frozen=True)
class WebuiBuild:
    """For which cards a build of torch is. `tag` is its folder below torch_builds.INDEX_URL ("" is the registry's).

    `kind` is cuda, rocm, xpu, directml, mps or cpu. For cuda: the lowest drivers as (major, minor) and the lowest and
    highest compute capability. For rocm: the processors ("gfx1030") it has code for.
    """

    tag: str
    kind: str
    windows_driver: tuple[int, int] = (0, 0)
    linux_driver: tuple[int, int] = (0, 0)
    capability: tuple[float, float] = (0, INFINITY)
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class TorchSet:
    """Versions that belong together. `xformers` is "" where no wheel was made for that torch.

    `pythons` are the lowest and highest (major, minor) there are wheels for; `tags` the builds, best first.
    """

    torch: str
    torchvision: str
    xformers: str
    pythons: tuple[tuple[int, int], tuple[int, int]]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class WebuiTorch:
    """What a web UI (by its key in webui_sources) is made for: versions of torch, best first, and kinds of card."""

    source: str
    versions: tuple[str, ...]
    kinds: tuple[str, ...] = ("cuda", "rocm", "mps", "cpu")


VEGA_TO_NAVI2 = ("gfx900", "gfx906", "gfx908", "gfx90a", "gfx1030")
TO_NAVI3 = (*VEGA_TO_NAVI2, "gfx942", "gfx1100")
TO_NAVI4 = (*TO_NAVI3, "gfx1101", "gfx1102", "gfx1200", "gfx1201")

WEBUI_BUILDS = (
    WebuiBuild("cu130", "cuda", (580, 0), (580, 65), (7.5, INFINITY)),
    WebuiBuild("cu128", "cuda", (570, 65), (570, 26), (7.5, 12.1)),
    WebuiBuild("cu126", "cuda", (528, 33), (525, 60), (5.0, 9.0)),
    WebuiBuild("cu124", "cuda", (528, 33), (525, 60), (5.0, 9.0)),
    WebuiBuild("cu121", "cuda", (528, 33), (525, 60), (5.0, 9.0)),
    WebuiBuild("cu118", "cuda", (452, 39), (450, 80), (5.0, 9.0)),
    WebuiBuild("rocm6.4", "rocm", targets=TO_NAVI4),
    WebuiBuild("rocm6.3", "rocm", targets=TO_NAVI4),
    WebuiBuild("rocm6.2.4", "rocm", targets=TO_NAVI3),
    WebuiBuild("rocm6.0", "rocm", targets=TO_NAVI3),
    WebuiBuild("rocm5.6", "rocm", targets=VEGA_TO_NAVI2),
    WebuiBuild("xpu", "xpu"),
    WebuiBuild("cpu", "cpu"),
)

TORCH_SETS = (
    TorchSet("2.1.2", "0.16.2", "0.0.23.post1", ((3, 8), (3, 11)), ("cu121", "cu118", "rocm5.6", "cpu")),
    TorchSet("2.3.1", "0.18.1", "0.0.27", ((3, 8), (3, 12)), ("cu121", "cu118", "rocm6.0", "cpu")),
    TorchSet("2.6.0", "0.21.0", "0.0.29.post3", ((3, 9), (3, 13)), ("cu126", "cu124", "cu118", "rocm6.2.4", "cpu")),
    TorchSet("2.7.0", "0.22.0", "0.0.30", ((3, 9), (3, 13)), ("cu128", "cu126", "cu118", "rocm6.3", "xpu", "cpu")),
    TorchSet(
        "2.9.1", "0.24.1", "0.0.33.post2", ((3, 10), (3, 14)), ("cu130", "cu128", "cu126", "rocm6.4", "xpu", "cpu")
    ),
)

WEBUI_TORCH = (
    WebuiTorch("a1111", ("2.1.2", "2.3.1", "2.7.0")),
    WebuiTorch("forge", ("2.3.1", "2.7.0"), ("cuda", "rocm", "directml", "mps", "cpu")),
    WebuiTorch("reforge", ("2.3.1", "2.7.0"), ("cuda", "rocm", "directml", "mps", "cpu")),
    WebuiTorch("forge-classic", ("2.7.0", "2.6.0")),
    WebuiTorch("forge-neo", ("2.9.1", "2.7.0")),
    WebuiTorch("sdnext", ("2.9.1", "2.7.0"), ("cuda", "rocm", "xpu", "directml", "mps", "cpu")),
    WebuiTorch("comfyui", ("2.9.1", "2.7.0"), ("cuda", "rocm", "xpu", "directml", "mps", "cpu")),
)

DIRECTML_PACKAGE = "torch-directml==0.2.5.dev240914"
DIRECTML_SET = TorchSet("2.4.1", "0.19.1", "", ((3, 8), (3, 12)), ("",))

HSA_OVERRIDES = {"gfx103": "10.3.0", "gfx110": "11.0.0"}
"""HSA_OVERRIDE_GFX_VERSION for processors no build names, by the beginning of their name: they run a sibling's code."""
