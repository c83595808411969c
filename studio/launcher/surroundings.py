"""What every change of a web UI happens in: the studio's folders, its settings, this machine."""

import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.core import machine
from studio.core.machine import Machine
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import installs, process_group
from studio.launcher.child_env import child_env, git_config
from studio.launcher.install import Install
from studio.launcher.pythons import Python
from studio.launcher.wheelhouse import WheelHouse


@dataclass(frozen=True)
class Surroundings:
    """`base` is what the environment of children grows from (None: this process's own and the system's proxy).

    `mark` is carried by every process that is started, so that those of an interrupted change can be found. `pythons`
    are the machine's, looked for where they are needed if None.
    """

    places: Places
    settings: Settings = field(repr=False)  # a proxy's address may hold a password, and what fails is logged
    machine: Machine
    base: Mapping[str, str] | None = field(default=None, repr=False)
    mark: str = ""
    pythons: Sequence[Python] | None = None

    @property
    def house(self) -> WheelHouse:
        """The packages that are kept for repairs."""
        limit_bytes = round(self.settings.wheel_house_gb * 1e9)
        return WheelHouse(self.places.data / "launcher" / "wheels", limit_bytes)

    @property
    def card(self) -> Card | None:
        """The graphics card that web UIs use."""
        return next(iter(self.machine.cards), None)

    @property
    def child_base(self) -> Mapping[str, str] | None:
        """What children's environments grow from, with the mark if there is one."""
        if not self.mark:
            return self.base
        base = {**system_proxies(), **os.environ} if self.base is None else self.base
        return {**base, process_group.MARK: self.mark}

    def marked(self, mark: str) -> "Surroundings":
        """These surroundings, with a mark for what is started in them."""
        return replace(self, mark=mark)

    def git_env(self, install: Install) -> dict[str, str]:
        """The environment of Git for a web UI, which may trust its folders."""
        env = child_env(self.settings, base=self.child_base)
        return env | git_config(installs.trusted(self.places, install), env)


def here(places: Places) -> Surroundings:
    """The surroundings of this studio on this machine. Takes up to a second."""
    return Surroundings(places, Settings.load(places.settings), machine.look(places.home))


def system_proxies(system: str = sys.platform) -> dict[str, str]:
    """The proxies that the system's own settings name, as variables."""
    if system not in ("win32", "darwin"):
        return {}
    found = urllib.request.getproxies()
    return {f"{scheme.upper()}_PROXY": found[scheme] for scheme in ("http", "https") if found.get(scheme)}
