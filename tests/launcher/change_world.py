"""A stand-in web UI that lives in Git repositories, and everything that is needed to change it."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from git_world import ENV, Upstream, cloned
from standin_world import LEFT_OUT, STANDIN, shared_venv
from wheel_world import copy_venv, environ

from studio.core.job import JobContext
from studio.core.machine import Machine
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.launcher import installs
from studio.launcher.install import Install
from studio.launcher.surroundings import Surroundings

IGNORED = "\n".join(
    ("venv", "/extensions", "/repositories", "tmp", "config.json", "ui-config.json", "styles.csv", "__pycache__")
)
FAST = {"model": 0.0, "url_to_ready": 0.0, "install": 0.0}
MACHINE = Machine("linux", "3.11.7", None, (), (), (), 32 << 30, 1 << 40, "2.39", None)


class ChangeWorld:
    """An installed stand-in at its first version; `upstream` is where its next ones come from."""

    def __init__(self, folder: Path, places: Places, base_venv: Path | None = None, **told: object) -> None:
        self.folder, self.places = folder, places
        self.wheels = folder / "wheels"
        self.wheels.mkdir(parents=True, exist_ok=True)
        self.upstream = Upstream(folder / "upstream")
        shutil.copytree(STANDIN, self.upstream.work, ignore=LEFT_OUT, dirs_exist_ok=True)
        for name in ("config.json", "ui-config.json", "requirements_versions.txt"):
            (self.upstream.work / name).unlink()
        (self.upstream.work / ".gitignore").write_text(IGNORED + "\n", "utf-8")
        self.tell(**told)
        self.first = self.upstream.save("First version")
        root = folder / "我的 web ui"
        cloned(self.upstream, root)
        self.around = Surroundings(places, Settings(), MACHINE, base=self.base(), pythons=())
        (root / "config.json").write_text(json.dumps({"outdir_samples": "", "own": "值"}, indent=4), "utf-8")
        (root / "ui-config.json").write_text("{}", "utf-8")
        (root / "extensions").mkdir()
        if base_venv is None:
            (root / "venv").symlink_to(shared_venv(), target_is_directory=True)
        else:
            copy_venv(base_venv, root / "venv")
        self.install: Install = installs.adopt(places, root, self.around.base or {}, JobContext())

    def base(self) -> Mapping[str, str]:
        """What children grow from: Git without the user's settings, pip without any index but the tests' folder."""
        return {**environ(), **ENV, "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PIP_NO_COMPILE": "1",
                "PIP_FIND_LINKS": self.wheels.as_uri(), "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip

    def tell(self, **told: object) -> None:
        """How the next version behaves."""
        (self.upstream.work / "standin.json").write_text(json.dumps({"seconds": FAST, **told}), "utf-8")

    def publish(self, message: str = "Second version", **told: object) -> str:
        """Another version of the web UI; its commit."""
        self.tell(**told)
        (self.upstream.work / "modules" / "new_in_this.py").write_text(f"# {message}\n", "utf-8")
        return self.upstream.save(message)

    def extension(self, name: str, install_py: str = "", requirements: str = "", script: str = "") -> Upstream:
        """The repository of an extension."""
        made = Upstream(self.folder / "extension repositories" / name)
        (made.work / "scripts").mkdir()
        (made.work / "scripts" / f"{name}.py").write_text(script or "print('script of', __name__)\n", "utf-8")
        for file, text in (("install.py", install_py), ("requirements.txt", requirements)):
            if text:
                (made.work / file).write_text(text, "utf-8")
        made.save("First version")
        return made

    def settings(self) -> dict[str, object]:
        """The web UI's config.json."""
        return json.loads((self.install.folder / "config.json").read_text("utf-8"))

    def starts(self, timeout_s: float = 90) -> bool:
        """Whether the web UI really starts as it is now, and answers."""
        from studio.launcher.probe import probe

        return probe(self.install, self.around, JobContext(), timeout_s=timeout_s).is_ready
