"""Reads the stand-in's settings; a broken file ends the start, as it does in the web UI."""

import json

from modules import extensions


def load() -> dict:
    file = extensions.settings_file()
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as opened:
        return json.load(opened)
