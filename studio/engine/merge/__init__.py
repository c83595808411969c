"""The workshop: checkpoints merged, networks put into them, taken out of them, resized and renamed."""

from studio.engine.merge.make import make

__all__ = ["make"]
