"""Collecting cyclic garbage: at once as a rule, and in the window's thread where there is a window.

A widget that dies in another thread takes the program with it, and the collector lets objects die in whatever thread
it happens to run in. So whoever wants memory back asks here instead of calling gc.collect.
"""

import gc
from collections.abc import Callable

_collect: Callable[[], object] = gc.collect


def collect() -> None:
    """Collect all garbage before this returns (with a window: as soon as it has time, or after a second at most)."""
    _collect()


def collect_by(collector: Callable[[], object]) -> None:
    """Let `collector` do it from now on."""
    global _collect
    _collect = collector
