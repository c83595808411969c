"""A listener that keeps what a run told, and waits for things to be told."""

import time

from studio.launcher.process import Entered, Event, Output, Served, State, WebUI


class Heard:
    """All events of a run, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Output))

    @property
    def states(self) -> list[State]:
        return [event.state for event in self.events if isinstance(event, Entered)]

    @property
    def urls(self) -> list[str]:
        return [event.url for event in self.events if isinstance(event, Served)]


def until(condition: object, timeout_s: float = 20) -> None:
    """Wait until `condition()` holds; fail if it never does."""
    ends = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.02)


def until_ready(webui: WebUI, timeout_s: float = 20) -> None:
    until(lambda: webui.state in (State.READY, State.ENDED), timeout_s)
    assert webui.state is State.READY
