"""How fast a model is hashed, beside the system's sha256sum on the same file; prints JSON."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.paths import Places
from studio.library import hashes


def rate(act: Callable[[], object], mib: int, times: int = 3) -> float:
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        found.append(time.perf_counter() - begin)
    return round(mib / min(found))


def forget(path: Path) -> None:
    """Drop the file from the system's cache, so that the disk is read."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--folder", help="on which disk; default: the temporary one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as home:
        path = Path(home) / "model.safetensors"
        with path.open("wb") as file:
            for _ in range(given.mib):
                file.write(os.urandom(2**20))

        def ours() -> None:
            shutil.rmtree(Path(home) / "studio", ignore_errors=True)
            hashes.sha256(path, Places(Path(home) / "studio"))

        def cold(act: Callable[[], object]) -> Callable[[], object]:
            return lambda: (forget(path), act())

        figures: dict[str, object] = {"mib": given.mib, "ours_mib_s": rate(ours, given.mib)}
        figures["ours_from_disk_mib_s"] = rate(cold(ours), given.mib)
        if program := shutil.which("sha256sum"):
            theirs = lambda: subprocess.run([program, str(path)], check=True, stdout=subprocess.DEVNULL)  # noqa: E731
            figures |= {"sha256sum_mib_s": rate(theirs, given.mib)}
            figures |= {"sha256sum_from_disk_mib_s": rate(cold(theirs), given.mib)}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
