from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext, Progress
from studio.training import checkpoints
from studio.training.ema import Average
from studio.training.loop import Plan, Training
from studio.training.team import Team

STEADY = Plan(rate=0.01, steps=20, warmup=1, fall=1e-9)


def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def loss(module: nn.Module, generator: torch.Generator) -> Tensor:
    x = torch.randn(8, 3, generator=generator)
    return (module(x) - x.sum(1, keepdim=True)).square().mean()


def run(path: Path, plan: Plan = STEADY, context: JobContext | None = None) -> Training:
    training = Training(net(), plan, path)
    training.run(loss, Team(), context or JobContext())
    return training


def stopped_after(steps: int) -> JobContext:
    def report(name: str, value: object) -> None:
        nonlocal steps
        if isinstance(value, Progress):
            steps -= 1
            if not steps:
                context.cancel()

    context = JobContext(report)
    return context


def test_a_net_learns(tmp_path: Path) -> None:
    before = loss(net(), torch.Generator().manual_seed(1))
    assert loss(run(tmp_path / "a.pt").module, torch.Generator().manual_seed(1)) < before


def test_a_stopped_training_ends_as_one_that_was_not_stopped(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run(tmp_path / "a.pt", context=stopped_after(7))
    assert checkpoints.load(tmp_path / "a.pt")["step"] == 8
    resumed, whole = run(tmp_path / "a.pt"), run(tmp_path / "b.pt")
    assert resumed.step == whole.step == 20
    for ours, theirs in ((resumed.module, whole.module), (resumed.average.module, whole.average.module)):
        for name, tensor in ours.state_dict().items():
            assert torch.equal(tensor, theirs.state_dict()[name])


def test_nothing_is_done_when_the_plan_is_fulfilled(tmp_path: Path) -> None:
    run(tmp_path / "a.pt")
    written = (tmp_path / "a.pt").stat().st_mtime_ns
    assert run(tmp_path / "a.pt").step == 20
    assert (tmp_path / "a.pt").stat().st_mtime_ns == written


def test_time_ends_a_run_too(tmp_path: Path) -> None:
    assert 0 < run(tmp_path / "a.pt", replace(STEADY, steps=10**9, seconds=0.3)).step < 10**6


def test_the_rate_rises_and_falls() -> None:
    plan = Plan(rate=1.0, warmup=10, fall=0.5, floor=0.1)
    assert [plan.rate_at(step, 0) for step in (0, 4, 9, 50)] == pytest.approx([0.1, 0.5, 1, 1])
    assert [plan.rate_at(50, done) for done in (0.5, 0.75, 1)] == pytest.approx([1, 0.5, 0.1])


def test_a_state_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"not a state")
    with pytest.raises(FileProblem, match=r"a\.pt is not a training's state"):
        run(tmp_path / "a.pt")


def test_a_state_that_was_cut_short_is_named(tmp_path: Path) -> None:
    run(tmp_path / "a.pt")
    whole = (tmp_path / "a.pt").read_bytes()
    (tmp_path / "a.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileProblem):
        run(tmp_path / "a.pt")


def test_the_average_follows_slowly() -> None:
    module = net()
    average = Average(module, decay=0.9)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(1)
    start = average.module.state_dict()["weight"].clone()
    average.follow(module, step=1000)
    torch.testing.assert_close(average.module.state_dict()["weight"], start + 0.1)
    average.follow(module, step=0)
    torch.testing.assert_close(average.module.state_dict()["weight"], start + 0.91)
