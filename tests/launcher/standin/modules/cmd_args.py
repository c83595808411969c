"""The stand-in's arguments: the web UI's shape and names, in words of its own."""

import argparse
import json

from modules.paths import SCRIPT

settings_default = str(SCRIPT / "config.json")
parser = argparse.ArgumentParser()

parser.add_argument("-f", action="store_true", help=argparse.SUPPRESS)
parser.add_argument("--update-all-extensions", action="store_true", help="fetch every extension before the start")
parser.add_argument("--skip-python-version-check", action="store_true", help="start with whatever Python this is")
parser.add_argument("--skip-torch-cuda-test", action="store_true", help="start even though torch sees no card")
parser.add_argument("--reinstall-xformers", action="store_true", help="install xformers once more")
parser.add_argument("--reinstall-torch", action="store_true", help="install torch once more")
parser.add_argument("--skip-prepare-environment", action="store_true", help="neither look for packages nor for Git")
parser.add_argument("--skip-install", action="store_true", help="install no packages")
parser.add_argument(
    "--loglevel", type=str, help="how much is logged: CRITICAL, ERROR, WARNING, INFO, DEBUG", default=None
)
parser.add_argument("--data-dir", type=str, default=str(SCRIPT), help="where the user's files are kept")
parser.add_argument("--ckpt", type=str, default="models/Stable-diffusion/pocket.safetensors", help="the model to load")
parser.add_argument("--no-half", action="store_true", help="compute in full precision")
parser.add_argument("--medvram", action="store_true", help="one part of the model on the card at a time")
parser.add_argument("--lowvram", action="store_true", help="one layer of the model on the card at a time")
parser.add_argument("--xformers", action="store_true", help="use xformers for attention")
parser.add_argument("--opt-sdp-attention", action="store_true", help="use torch's own attention")
parser.add_argument("--precision", type=str, choices=["full", "half", "autocast"], default="autocast", help="numbers")
parser.add_argument("--listen", action="store_true", help="answer other machines too")
parser.add_argument("--port", type=int, default=None, help="port to answer at; below 1024 needs rights")
parser.add_argument("--share", action="store_true", help="ask for a public address")
parser.add_argument("--gradio-auth", type=str, default=None, help='name and password, "me:secret"')
parser.add_argument("--autolaunch", action="store_true", help="open the browser once ready")
parser.add_argument("--theme", type=str, default=None, help="dark or light")
parser.add_argument("--api", action="store_true", help="answer programs too")
parser.add_argument("--api-auth", type=str, default=None, help="name and password for programs")
parser.add_argument("--api-server-stop", action="store_true", help="let programs stop, restart and kill the server")
parser.add_argument("--nowebui", action="store_true", help="answer programs only")
parser.add_argument("--ui-debug-mode", action="store_true", help="start without a model")
parser.add_argument("--ui-settings-file", type=str, default=settings_default, help="another file of settings")
parser.add_argument("--skip-load-model-at-start", action="store_true", help="load the model when it is first needed")
parser.add_argument("--disable-all-extensions", action="store_true", help="start without any extension")
parser.add_argument("--disable-extra-extensions", action="store_true", help="start with the built-in extensions only")
parser.add_argument("--device-id", type=str, default=None, help="which card")
parser.add_argument("--use-cpu", nargs="+", default=[], type=str.lower, help="what the processor computes")
parser.add_argument("--freeze-settings-in-sections", type=str, default=None, help="sections that cannot be changed")
parser.add_argument("--subpath", type=json.loads, default=None, help="path below the address")
parser.add_argument("--exit", action="store_true", help="end after the preparation")
