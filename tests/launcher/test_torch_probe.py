from pathlib import Path

import pytest
from wheel_world import copy_venv, environ, pip, wheel

from studio.core.job import JobContext
from studio.launcher.torch_probe import TorchAnswer, ask, has_xformers

# A torch that answers as the real one does, as far as it is asked.
TORCH = """
print("a warning on the way")
__version__ = "2.1.2+cu121"
float16 = "half"
class backends:
    mps = None
class cuda:
    is_available = staticmethod(lambda: {available})
    get_device_name = staticmethod(lambda: "NVIDIA GeForce 绘画")
class Sum:
    def __mul__(self, by):
        return self
    def sum(self):
        return self
    def item(self):
        {item}
def ones(*shape, **options):
    return Sum()
"""


@pytest.fixture
def venv(base_venv: Path, tmp_path: Path) -> Path:
    return copy_venv(base_venv, tmp_path / "venv")


def put(venv: Path, folder: Path, name: str, files: dict[str, str]) -> None:
    pip(venv, "install", "--force-reinstall", str(wheel(folder, name, "1.0", files=files)))


def test_what_torch_says(venv: Path, tmp_path: Path) -> None:
    def answer(text: str) -> TorchAnswer:
        put(venv, tmp_path, "torch", {"torch/__init__.py": text})
        return ask(venv, environ(), JobContext())

    assert ask(venv, environ(), JobContext()).error == "ModuleNotFoundError: No module named 'torch'"
    assert answer(TORCH.format(available=True, item="return 16")) == TorchAnswer(
        "2.1.2+cu121", "cuda", "NVIDIA GeForce 绘画"
    )
    assert answer(TORCH.format(available=False, item="return 16")).device == "cpu"
    kernel = "raise RuntimeError('CUDA error: no kernel image is available for execution on the device')"
    assert "no kernel image" in answer(TORCH.format(available=True, item=kernel)).error
    assert answer("import os\nprint('dying')\nos._exit(3)\n").error == "dying"


def test_what_xformers_says(venv: Path, tmp_path: Path) -> None:
    assert not has_xformers(venv, environ(), JobContext())
    lines = "xFormers 0.0.23.post1\nmemory_efficient_attention.cutlassF:               {}\n"
    for state in ("available", "unavailable"):
        text = f"print({lines.format(state)!r})"
        put(venv, tmp_path, "xformers", {"xformers/__init__.py": "", "xformers/info.py": text})
        assert has_xformers(venv, environ(), JobContext()) is (state == "available")
