"""The stand-in's extensions: which there are, which are enabled, their flags and installers."""

import argparse
import configparser
import importlib.util
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

from modules.errors import report
from modules.paths import BUILTIN, EXTENSIONS, SCRIPT


def settings_file() -> Path:
    if "--ui-settings-file" in sys.argv[:-1]:
        return Path(sys.argv[sys.argv.index("--ui-settings-file") + 1])
    return SCRIPT / "config.json"


def settings() -> dict:
    """The settings as far as they can be read; a broken file is complained of later, by the program proper."""
    try:
        found = json.loads(settings_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def enabled() -> list[Path]:
    found = settings()
    everything, disabled = found.get("disable_all_extensions", "none"), found.get("disabled_extensions", [])
    if "--disable-all-extensions" in sys.argv or everything == "all":
        return []
    only_builtin = "--disable-extra-extensions" in sys.argv or everything == "extra"
    return [path for path in folders(BUILTIN if only_builtin else None) if path.name not in disabled]


def folders(root: Path | None = None) -> list[Path]:
    roots = [root] if root else [BUILTIN, EXTENSIONS]
    return [path for root in roots if root.is_dir() for path in sorted(root.iterdir()) if path.is_dir()]


def preload(parser: argparse.ArgumentParser) -> None:
    for folder in enabled():
        file = folder / "preload.py"
        if file.is_file():
            try:
                load_module(file).preload(parser)
            except Exception:  # noqa: BLE001 - the web UI catches everything here
                report(f"Error running preload() for {file}", traceback.format_exc())


def run_installers() -> None:
    for folder in enabled():
        if (folder / "install.py").is_file():
            run_installer(folder)


def run_installer(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{SCRIPT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, str(folder / "install.py")]
    done = subprocess.run(command, env=environment, cwd=SCRIPT, capture_output=True, check=False)
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    print(out, end="")
    if done.returncode:
        said = f"Command: {' '.join(command)}\nError code: {done.returncode}\nstdout: {out}\nstderr: {err}"
        report(f"Error running install.py for extension {folder}.", said)


def complain_of_requirements(found: list[Path]) -> None:
    """Tell of extensions that ask for others which are not there or not enabled."""
    names = {folder.name.lower() for folder in found}
    installed = {folder.name.lower() for folder in folders()}
    for folder in found:
        metadata = configparser.ConfigParser()
        metadata.read(folder / "metadata.ini", "utf-8")
        for wanted in metadata.get("Extension", "Requires", fallback="").replace(",", " ").split():
            if not set(wanted.lower().split("|")) & names:
                why = "disabled" if wanted.lower() in installed else "not installed"
                report(f'Extension "{folder.name}" requires "{wanted}" which is {why}.')


def load_module(file: Path) -> object:
    spec = importlib.util.spec_from_file_location(file.name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
