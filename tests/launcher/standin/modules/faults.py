"""The stand-in fails as it is told: `standin.json` beside launch.py names faults, delays and bad habits.

    {"fault": "clip", "times": 2, "seconds": {"model": 3}, "orphan": "escaped", "ignores_stop": true}

`times` is how many starts fail before the stand-in works (absent: all of them).
"""

import ctypes
import json
import os
import sys
import time

from modules.fault_table import FAULTS, Fault
from modules.paths import SCRIPT, TMP

SECONDS = {"install": 0.05, "model": 0.2, "url_to_ready": 0.1}


def _told() -> dict:
    try:
        return json.loads((SCRIPT / "standin.json").read_text("utf-8"))
    except OSError:
        return {}


def _count_start() -> int:
    """How many starts there were, this one included."""
    file = TMP / "starts"
    TMP.mkdir(exist_ok=True)
    count = int(file.read_text("utf-8")) + 1 if file.exists() else 1
    file.write_text(str(count), "utf-8")
    return count


TOLD = _told()
START = _count_start()


def told(name: str) -> object:
    return TOLD.get(name)


def seconds(name: str) -> float:
    return float(TOLD.get("seconds", {}).get(name, SECONDS.get(name, 0.0)))


def due(stage: str) -> Fault | None:
    """The fault of this stage, if one was asked for and is not over."""
    names = TOLD.get("fault", [])
    if TOLD.get("times", START) < START:
        return None
    chosen = [FAULTS[name] for name in ([names] if isinstance(names, str) else names)]
    return next((fault for fault in chosen if fault.stage == stage), None)


def hit(stage: str) -> None:
    """Called where things can go wrong: waits as told, then fails as told."""
    time.sleep(seconds(stage))
    fault = due(stage)
    if fault is None:
        return
    if fault.does:
        ACTS[fault.does]()
    if fault.raises:
        module, _, name = fault.raises.rpartition(".")
        raise type(name, (Exception,), {"__module__": module or "builtins"})(fault.text)
    print(fault.text, file=sys.stderr, flush=True)
    if fault.code is not None:
        sys.stdout.flush()
        os._exit(fault.code)


def prepare(fault: Fault, run: object) -> None:
    """A fault of a program that the preparation runs: it says its text and ends with its code."""
    script = f"import sys; sys.stderr.buffer.write({fault.text.encode()!r} + b'\\n'); sys.exit({fault.code or 0})"
    run([sys.executable, "-c", script], fault.doing, fault.error or "Error running command", live=not fault.code)


def hang() -> None:
    """Say nothing more and never end."""
    while True:
        time.sleep(3600)


def crash() -> None:
    """Read where there is no memory: a crash that no Python handler sees."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.flush()
    ctypes.string_at(0)


def vanish() -> None:
    """End without a word."""
    os._exit(3)


def import_missing() -> None:
    """A real import of a package that is not there."""
    import insightface_of_the_stand_in  # noqa: F401


def flood() -> None:
    """Say very much at once."""
    for number in range(20_000):
        print(f"line {number} of a flood")


def ask() -> None:
    """Wait for an answer from the keyboard."""
    print("Do you want to continue? [y/n] ", end="", flush=True)
    print(f"You said {sys.stdin.readline().strip()!r}")


def mojibake() -> None:
    """Bytes that are no UTF-8, as tools of another code page print them."""
    sys.stdout.flush()
    os.write(1, "系统找不到指定的路径。\n".encode("gbk"))


ACTS = {act.__name__: act for act in (hang, crash, vanish, import_missing, flood, ask, mojibake)}
