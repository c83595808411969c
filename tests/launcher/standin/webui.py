"""The stand-in web UI itself: settings, scripts, model, server, and the loop that waits for an end."""

import os
import signal
import sys
import threading
import time

from modules import extensions, faults, model, scripts, server, settings
from modules.shared import opts, timer


def initialize() -> None:
    faults.hit("import")
    timer.record("import torch", at_least=2.5)
    opts.update(settings.load())
    timer.record("initialize shared")
    signal.signal(signal.SIGINT, interrupted)
    if faults.told("ignores_interrupt"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    faults.hit("extensions")
    scripts.load(extensions.enabled())
    timer.record("load scripts")


def interrupted(number: int, frame: object) -> None:
    print(f"Interrupted with signal {number} in {frame}")
    os._exit(0)


def webui(args: object) -> None:
    initialize()
    if not args.ui_debug_mode and not args.skip_load_model_at_start:
        threading.Thread(target=model.load, args=(args,), daemon=True).start()
        time.sleep(0.05)
    faults.hit("bind")
    served = server.Server(args)
    timer.record("create ui")
    if args.nowebui:
        print(f"Startup time: {timer.summary()}.")
        print(f"INFO:     Uvicorn running on {served.url} (Press CTRL+C to quit)", file=sys.stderr)
    else:
        announce(args, served)
    faults.hit("ready")
    served.wait()


def announce(args: object, served: server.Server) -> None:
    print(f"Running on local URL:  {served.url}")
    if args.share:
        print("Running on public URL: https://0123456789abcdef.gradio.live")
    else:
        print("\nTo create a public link, set `share=True` in `launch()`.")
    time.sleep(faults.seconds("url_to_ready"))
    served.mount_api()
    timer.record("add APIs")
    print(f"Startup time: {timer.summary()}.")
