"""Processes that train one net together: each takes a share of the batch, and all take the same step.

On a CPU two processes of one thread do half as much again as one process of two.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

PATIENCE = timedelta(days=1)  # one may be paused meanwhile; the death of one is noticed at once


class Team:
    """One of `count` processes, number `rank`."""

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that reports and saves."""
        return self.rank == 0

    def agree(self, values: Sequence[float]) -> list[float]:
        """The first process's numbers, in all of them."""
        told = torch.tensor(values, dtype=torch.float64)
        if self.count > 1:
            dist.broadcast(told, 0)
        return told.tolist()

    def share_gradients(self, parameters: Sequence[nn.Parameter]) -> Tensor:
        """Give all processes the mean of their gradients, as one flat tensor and in the parameters' views of it."""
        flat = torch.cat([_gradient(parameter).flatten() for parameter in parameters])
        if self.count > 1:
            dist.all_reduce(flat)
            flat /= self.count
        parts = flat.split([parameter.numel() for parameter in parameters])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.grad = part.view_as(parameter)
        return flat


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


@contextmanager
def gathered(count: int, work: Callable[..., object], *arguments: Any) -> Iterator[Team]:
    """This process as the first of `count`; the others call `work(team, *arguments)`, and end with the block."""
    with tempfile.TemporaryDirectory(prefix="studio-team-") as folder:
        meeting = (Path(folder) / "meeting").resolve().as_uri()
        context = multiprocessing.get_context("spawn")
        others = [
            context.Process(target=_join, args=(rank, count, meeting, work, arguments), daemon=True)
            for rank in range(1, count)
        ]
        for other in others:
            other.start()
        try:
            yield from _meet(0, count, meeting)
        finally:
            for other in others:
                other.terminate()
                other.join()


def _join(rank: int, count: int, meeting: str, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    for team in _meet(rank, count, meeting):
        work(team, *arguments)


def _end_with_parent() -> None:
    """Nobody else would end this process while it waits for a first one that was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _meet(rank: int, count: int, meeting: str) -> Iterator[Team]:
    if count == 1:
        yield Team()
        return
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=count, timeout=PATIENCE)
    try:
        yield Team(rank, count)
    finally:
        dist.destroy_process_group()
