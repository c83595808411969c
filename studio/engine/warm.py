"""Importing torch and the model classes beside a window that must not stand still.

An import holds Python's lock (the GIL) while a shared library is opened, and the garbage collector holds it while it
looks through the hundred thousands of objects that imports make: either stops the window for tenths of a second. So
the libraries are opened beforehand by a foreign call, which holds no lock, and the collector rests until all is there.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from studio.core.job import JobContext

LIBRARIES = ("libtorch_global_deps", "libtorch_cpu", "libtorch_cuda", "libtorch_python")
MODULES = (
    "torch",
    "transformers.models.clip.modeling_clip",
    "diffusers.models.unets.unet_2d_condition",
    "diffusers.models.autoencoders.autoencoder_kl",
    "studio.engine.generate",
)


def warm(context: JobContext) -> None:
    """Import everything that `studio.engine.generate` needs. Raises Cancelled between two modules."""
    if "studio.engine.generate" in sys.modules:
        return
    with collector_resting():
        open_libraries()
        wake_driver()
        for done, module in enumerate(MODULES):
            context.progress(done, len(MODULES))
            import_module(module)


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let no garbage be collected inside; what was made there is never looked at again."""
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*thresholds)


def open_libraries() -> None:
    """Open torch's shared libraries without holding the GIL; what cannot be opened is left to the import.

    On Windows torch itself opens them by foreign calls.
    """
    spec = find_spec("torch")
    if sys.platform == "win32" or spec is None or not spec.origin:
        return
    open_library = ctypes.CDLL(None).dlopen
    open_library.restype, open_library.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    for name in LIBRARIES:
        path = Path(spec.origin).parent / "lib" / (name + suffix)
        if path.exists():
            open_library(os.fsencode(path), os.RTLD_NOW | (os.RTLD_GLOBAL if name == LIBRARIES[0] else 0))


def wake_driver() -> None:
    """Start NVIDIA's driver, where there is one, without holding the GIL; torch would start it holding it."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return
    driver.cuInit(0)
