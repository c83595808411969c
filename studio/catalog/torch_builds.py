"""The builds of torch for NVIDIA cards, newest CUDA first.

A CUDA release needs its driver (NVIDIA's release notes; any 12.x runs from the first 12.x driver on) and supports a
range of compute capabilities: CUDA 13 ends below Turing (7.5), builds for 12.6 end at Hopper (9.0).
"""

from dataclasses import dataclass

INDEX_URL = "https://download.pytorch.org/whl"


@dataclass(frozen=True)
class TorchBuild:
    """`tag` is its folder below INDEX_URL and its version's ending; `torch` the versions that exist of it.

    Drivers are (major, minor) as nvidia-smi shows them, `capability` is the lowest and highest compute capability.
    """

    tag: str
    torch: str
    windows_driver: tuple[int, int]
    linux_driver: tuple[int, int]
    capability: tuple[float, float]

    def fits(self, capability: float, driver: tuple[int, int], system: str) -> bool:
        """Whether a card runs it; `system` is sys.platform, a capability of 0 is unknown and left out of account."""
        low, high = self.capability
        needed = self.windows_driver if system == "win32" else self.linux_driver
        return driver >= needed and (capability == 0 or low <= capability <= high)


TORCH_BUILDS = (
    TorchBuild("cu132", ">=2.12,<2.15", (595, 0), (595, 45), (7.5, float("inf"))),
    TorchBuild("cu130", ">=2.10,<2.15", (580, 0), (580, 65), (7.5, float("inf"))),
    TorchBuild("cu128", ">=2.10,<2.12", (570, 65), (570, 26), (7.5, 12.1)),
    TorchBuild("cu126", ">=2.10,<2.15", (528, 33), (525, 60), (5.0, 9.0)),
)

REGISTRY_TAG = {"linux": "cu130"}
"""What the package registry's own torch is built for, by sys.platform; on others it runs on the CPU."""
