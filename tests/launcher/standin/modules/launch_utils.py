"""Preparation of the stand-in: Python, Git, packages, repositories, the installers of extensions."""

import importlib.util
import os
import re
import subprocess
import sys

from modules import cmd_args, extensions, faults
from modules.paths import REPOSITORIES, SCRIPT
from modules.shared import timer

faults.hit("interpreter")
extensions.preload(cmd_args.parser)
args, _ = cmd_args.parser.parse_known_args()
LIVE = os.environ.get("WEBUI_LAUNCH_LIVE_OUTPUT") == "1"


def run(command: list[str], description: str = "", error: str = "Error running command", live: bool = LIVE) -> str:
    """Run a program; a failure is told with its code and everything it said."""
    if description:
        print(description)
    done = subprocess.run(
        command, stdout=None if live else subprocess.PIPE, stderr=None if live else subprocess.PIPE, check=False
    )
    if done.returncode:
        said = [f"{error}.", f"Command: {' '.join(command)}", f"Error code: {done.returncode}"]
        said += [f"{n}: {text.decode(errors='ignore')}" for n in ("stdout", "stderr") if (text := getattr(done, n))]
        raise RuntimeError("\n".join(said))
    return (done.stdout or b"").decode(errors="ignore")


def commit_hash() -> str:
    git = ["git", "-C", str(SCRIPT), "rev-parse", "HEAD"]
    try:
        return subprocess.check_output(git, stderr=subprocess.DEVNULL, text=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return "<none>"


def prepare_environment() -> None:
    print(f"Python {sys.version}")
    print("Version: v1.10.1")
    print(f"Commit hash: {commit_hash()}")
    timer.record("checks")
    fault = faults.due("prepare")
    if fault is not None:
        faults.prepare(fault, run)
    if not args.skip_install and (args.reinstall_torch or not REPOSITORIES.exists()):
        pretend("Installing torch and torchvision")
        pretend("Installing clip")
    for name in ("pocket-assets", "pocket-diffusion"):
        clone(name)
    if not args.skip_install:
        requirements()
        extensions.run_installers()
    timer.record("prepare environment")
    if args.exit:
        print("Exiting because of --exit argument")
        sys.exit(0)


def pretend(what: str) -> None:
    run([sys.executable, "-c", f"import time; time.sleep({faults.seconds('install')})"], what)


def clone(name: str) -> None:
    folder = REPOSITORIES / name
    if not folder.exists():
        print(f"Cloning {name} into {folder}...")
        folder.mkdir(parents=True)
        (folder / "README.md").write_text(f"{name} of the stand-in\n", "utf-8")


def requirements() -> None:
    """Install what the requirements file names and the environment lacks, with pip."""
    file = SCRIPT / "requirements_versions.txt"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    names = [re.split(r"[=<>!~\[; ]", line)[0].replace("-", "_") for line in lines if line.strip()]
    missing = [name for name in names if not name.startswith("#") and importlib.util.find_spec(name) is None]
    if missing:
        pip = [sys.executable, "-m", "pip", "install", "-r", str(file)]
        run(pip, "Installing requirements", "Couldn't install requirements")


def start() -> None:
    kind = "API server" if args.nowebui else "Web UI"
    print(f"Launching {kind} with arguments: {' '.join(sys.argv[1:])}")
    import webui

    webui.webui(args)
