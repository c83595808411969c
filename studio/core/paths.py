"""Where things live: one folder that the user can move, back up or share with a web UI."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"


@dataclass(frozen=True)
class Places:
    """The folders of one studio below `home`; nothing here creates them."""

    home: Path

    @property
    def models(self) -> Path:
        """The user's models, in the web UI's folder names."""
        return self.home / "models"

    @property
    def embeddings(self) -> Path:
        """Textual inversion embeddings."""
        return self.models / "embeddings"

    @property
    def outputs(self) -> Path:
        """Pictures, where the settings name no other folder."""
        return self.home / "outputs"

    @property
    def data(self) -> Path:
        """The studio's own state: settings, queue, index, caches."""
        return self.home / "data"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.data / "settings.json"

    @property
    def gallery(self) -> Path:
        """The index of all pictures."""
        return self.data / "gallery.db"

    @property
    def trash(self) -> Path:
        """What was deleted and can be taken back."""
        return self.data / "trash"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.data / "logs"

    @property
    def styles(self) -> Path:
        """The user's saved styles."""
        return self.data / "styles.csv"

    @property
    def wildcards(self) -> Path:
        """Text files whose lines `__name__` draws from."""
        return self.data / "wildcards"


def places() -> Places:
    """The places of this studio: below STUDIO_HOME if that is set, else beside the program."""
    return Places(Path(os.environ.get("STUDIO_HOME") or ROOT).resolve())
