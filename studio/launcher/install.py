"""What one installed web UI is: where it lies and which program it is."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Install:
    """A web UI on disk. `key` names it in commands and files, `source` is the key of its row in webui_sources."""

    key: str
    folder: Path
    source: str
    title: str

    @property
    def venv(self) -> Path:
        """The environment that the web UI's own scripts make and use."""
        return self.folder / "venv"

    @property
    def python(self) -> Path:
        """The environment's Python; it need not exist."""
        return self.venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
