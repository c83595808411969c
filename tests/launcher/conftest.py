"""What the launcher's tests share: one real environment, made once."""

from pathlib import Path

import pytest
from wheel_world import make_venv


@pytest.fixture(scope="session")
def base_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pip, to be copied only (wheel_world.copy_venv)."""
    return make_venv(tmp_path_factory.mktemp("base") / "venv")
