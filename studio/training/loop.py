"""One training: batch, loss, step, average, again, with a checkpoint every few minutes."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from studio.core.job import JobContext
from studio.training import checkpoints
from studio.training.ema import Average
from studio.training.team import Team

Loss = Callable[[nn.Module, torch.Generator], Tensor]

NOTE_EVERY, SMOOTHING = 50, 0.98


@dataclass(frozen=True)
class Plan:
    """How long and how fast: until `steps` are done, counted over all runs, or `seconds` of this run are over.

    The learning rate rises over `warmup` steps of each run and falls in the last `fall` of it, to `floor` of itself.
    """

    rate: float
    steps: float = math.inf
    seconds: float = math.inf
    warmup: int = 50
    fall: float = 0.3
    floor: float = 0.03
    decay: float = 0.999
    weight_decay: float = 1e-3
    most_gradient: float = 1.0
    save_every_s: float = 180.0

    def rate_at(self, step: int, done: float) -> float:
        """The learning rate at step `step` of this run, when the share `done` (0 to 1) of its length is over."""
        return self.rate * min(1.0, (step + 1) / self.warmup) * max(self.floor, min(1.0, (1 - done) / self.fall))


class Training:
    """A net in training, and its state in `path`; in a team every process has one."""

    def __init__(self, module: nn.Module, plan: Plan, path: Path) -> None:
        self.module, self.plan, self.path = module, plan, path
        self.parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        betas = (0.9, 0.99)
        self.optimizer = torch.optim.AdamW(
            self.parameters, plan.rate, betas, weight_decay=plan.weight_decay, fused=True
        )
        self.average = Average(module, plan.decay)
        self.step = 0
        if path.is_file():
            self._restore()

    def _restore(self) -> None:
        state = checkpoints.load(self.path)
        self.module.load_state_dict(state["module"])
        self.average.module.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]

    def save(self) -> None:
        """Write the state, from which the next run goes on."""
        state = {"step": self.step, "module": self.module.state_dict(), "average": self.average.module.state_dict()}
        checkpoints.save(self.path, {**state, "optimizer": self.optimizer.state_dict()})

    def run(self, loss: Loss, team: Team, context: JobContext) -> None:
        """Train until the plan is fulfilled; saved at the end and when cancelled. Raises Cancelled."""
        first, began, saved, mean = self.step, time.monotonic(), time.monotonic(), math.nan
        try:
            while (done := self._done(began, team)) < 1:
                value = self._take_step(loss, team, self.plan.rate_at(self.step - first, done))
                mean = value if math.isnan(mean) else SMOOTHING * mean + (1 - SMOOTHING) * value
                if team.is_first:
                    speed = (self.step - first) / (time.monotonic() - began)
                    text = f"{self.path.stem}: loss {mean:.4f}, {speed:.2f} steps/s"
                    context.progress(round(done * 1000), 1000, text, rate=speed)
                    if self.step % NOTE_EVERY == 0:
                        context.note(f"step {self.step}, {text}")
                    if time.monotonic() - saved > self.plan.save_every_s:
                        self.save()
                        saved = time.monotonic()
        finally:
            if team.is_first and self.step > first:
                self.save()

    def _done(self, began: float, team: Team) -> float:
        shares = self.step / self.plan.steps, (time.monotonic() - began) / self.plan.seconds
        return team.agree([max(shares)])[0]

    def _take_step(self, loss: Loss, team: Team, rate: float) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        generator = torch.Generator().manual_seed(self.step * team.count + team.rank)
        self.optimizer.zero_grad()
        value = loss(self.module, generator)
        value.backward()
        flat = team.share_gradients(self.parameters)
        flat *= min(1.0, self.plan.most_gradient / (float(flat.norm()) + 1e-6))
        self.optimizer.step()
        self.average.follow(self.module, self.step)
        self.step += 1
        return value.item()
