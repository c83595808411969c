"""A world of real Git repositories for tests, without any network."""

import os
import subprocess
from pathlib import Path

from studio.launcher.git import Repository

IDENTITY = {
    "GIT_AUTHOR_NAME": "绘画 Painter",
    "GIT_AUTHOR_EMAIL": "painter@example.org",
    "GIT_COMMITTER_NAME": "绘画 Painter",
    "GIT_COMMITTER_EMAIL": "painter@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
ENV = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | IDENTITY


def git(folder: Path, *arguments: str, **env: str) -> str:
    """Run Git as a person at a terminal would."""
    command = ["git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=master", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENV | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


class Upstream:
    """A repository that others clone: a working folder and the bare one it is pushed to."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.bare = folder / "upstream.git"
        self.work.mkdir(parents=True)
        git(self.work, "init", "--quiet")
        git(folder, "init", "--quiet", "--bare", str(self.bare))
        git(self.work, "remote", "add", "origin", str(self.bare))
        self._day = 0

    @property
    def url(self) -> str:
        """The address the others use."""
        return self.bare.as_uri()

    def commit(self, message: str, branch: str = "", **files: str) -> str:
        """Write `files` (a.py -> a_py, folders by __), commit and push; the commit's hash."""
        if branch and branch != self.branch():
            git(self.work, "checkout", "--quiet", *([] if self._has(branch) else ["-b"]), branch)
        for name, text in files.items():
            path = self.work / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        return self.save(message)

    def save(self, message: str) -> str:
        """Commit and push what is in the working folder."""
        self._day += 1
        date = f"{1704067200 + 86400 * self._day} +0000"
        git(self.work, "add", "--all")
        args = ("commit", "--quiet", "--allow-empty", "-m", message)
        git(self.work, *args, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
        self.push()
        return git(self.work, "rev-parse", "HEAD")

    def push(self) -> None:
        git(self.work, "push", "--quiet", "--force", "--tags", "origin", self.branch())

    def tag(self, name: str) -> None:
        git(self.work, "tag", "-a", name, "-m", f"Version {name}")
        self.push()

    def branch(self) -> str:
        return git(self.work, "symbolic-ref", "--short", "HEAD")

    def rewrite(self, message: str, **files: str) -> str:
        """Replace the last commit by another one and push it over the old."""
        git(self.work, "reset", "--quiet", "--hard", "HEAD~1")
        return self.commit(message, **files)

    def _has(self, branch: str) -> bool:
        return branch in git(self.work, "branch", "--format=%(refname:short)").split()


def cloned(upstream: Upstream, folder: Path, *arguments: str) -> Repository:
    """A clone as a person makes it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    git(folder.parent, "clone", "--quiet", *arguments, upstream.url, str(folder))
    return Repository(folder, ENV)
