"""Where the stand-in lies."""

from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1]
EXTENSIONS = SCRIPT / "extensions"
BUILTIN = SCRIPT / "extensions-builtin"
REPOSITORIES = SCRIPT / "repositories"
TMP = SCRIPT / "tmp"
