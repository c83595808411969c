"""A clone arrives whole or not at all, wherever it was interrupted."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from git_world import ENV, Upstream, git

from studio.core.errors import BadRequest, Cancelled
from studio.core.job import JobContext, Progress
from studio.launcher.clone import STAGING, clone, is_shallow, staging_of
from studio.launcher.git_errors import GitError

LONG = "长 name " + "x" * 60


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream(tmp_path / "there")
    for number in range(5):
        made.commit(f"Commit {number}", webui_py=f"print({number})\n", modules__shared_py="x = 1\n")
    made.tag("v1.0")
    made.commit("On dev", branch="dev", dev_py="pass\n")
    made.commit("Last", branch="master", webui_py="print('last')\n")
    return made


def cancelled_at(text: str) -> JobContext:
    """A context whose user presses Cancel once it says `text`."""
    context = JobContext(lambda _, value: context.cancel() if getattr(value, "text", "") == text else None)
    return context


def test_everything_arrives(upstream: Upstream, tmp_path: Path) -> None:
    target = tmp_path / LONG / LONG / LONG / "绘画 web ui"
    assert len(str(target)) > 200
    reports: list[Progress] = []
    context = JobContext(lambda _, value: reports.append(value) if isinstance(value, Progress) else None)
    repository = clone(upstream.url, target, ENV, context)
    assert (target / "webui.py").read_text() == "print('last')\n"
    assert repository.read("rev-parse", "--abbrev-ref", "@{upstream}") == "origin/master"
    assert not is_shallow(repository)
    assert repository.read("tag") == "v1.0"
    assert repository.read("rev-list", "--count", "HEAD") == "6"
    assert repository.read("remote", "get-url", "origin") == upstream.url
    assert git(target, "status", "--porcelain") == ""
    assert not (target.parent / STAGING).exists()
    assert {"Git: counting", "Checking what arrived"} <= {report.text for report in reports}


@pytest.mark.parametrize(("name", "file"), [("dev", "dev.py"), ("v1.0", "webui.py")])
def test_a_branch_or_tag(upstream: Upstream, tmp_path: Path, name: str, file: str) -> None:
    clone(upstream.url, tmp_path / "ui", ENV, JobContext(), branch=name)
    assert (tmp_path / "ui" / file).exists()
    assert git(tmp_path / "ui", "rev-parse", "HEAD") == git(upstream.work, "rev-parse", f"{name}^{{commit}}")


def test_what_is_there_is_not_touched(upstream: Upstream, tmp_path: Path) -> None:
    target = tmp_path / "ui"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(BadRequest, match="exists already"):
        clone(upstream.url, target, ENV, JobContext())
    assert (target / "mine.txt").read_text() == "mine"
    (target / "mine.txt").unlink()
    clone(upstream.url, target, ENV, JobContext())


@pytest.mark.parametrize(
    "text", ["Asking the repository", "Git: receiving", "Git: writing files", "Checking what arrived"]
)
def test_cancelled_and_taken_up_again(upstream: Upstream, tmp_path: Path, text: str) -> None:
    if text in ("Git: receiving", "Git: writing files"):  # Git only tells of many
        for number in range(400):
            (upstream.work / f"{number}.txt").write_text(str(number) * 99)
        upstream.save("Many files")
    target = tmp_path / "ui"
    context = cancelled_at(text)
    try:
        clone(upstream.url, target, ENV, context)
    except Cancelled:
        assert not target.exists()
        assert staging_of(target).is_dir()
        clone(upstream.url, target, ENV, JobContext())
    else:
        assert text == "Git: writing files"  # written faster than Git's second before it reports
    assert git(target, "fsck") == ""
    assert git(target, "status", "--porcelain") == ""


def test_killed_and_taken_up_again(upstream: Upstream, tmp_path: Path) -> None:
    """The whole program dies at any moment; the next call ends with a whole repository."""
    for number in range(15):
        (upstream.work / "big.bin").write_bytes(os.urandom(300_000))
        upstream.save(f"Big {number}")
    target = tmp_path / "ui"
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path[:0] = {[str(Path(__file__).parents[2]), str(Path(__file__).parent)]!r}
        from pathlib import Path
        from git_world import ENV
        from studio.core.job import JobContext
        from studio.launcher.clone import clone
        print("ready", flush=True)
        clone({upstream.url!r}, Path({str(target)!r}), ENV, JobContext())
        """)
    )
    for wait_s in (0.1, 0.3):
        process = subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if target.exists():
            break
    if not target.exists():
        clone(upstream.url, target, ENV, JobContext())
    assert git(target, "rev-list", "--count", "HEAD") == git(upstream.work, "rev-list", "--count", "HEAD")
    assert git(target, "fsck") == ""
    assert git(target, "status", "--porcelain") == ""


def test_a_damaged_staging_folder_is_begun_anew(upstream: Upstream, tmp_path: Path) -> None:
    target = tmp_path / "ui"
    staging = staging_of(target)
    context = cancelled_at("Checking what arrived")
    with pytest.raises(Cancelled):
        clone(upstream.url, target, ENV, context)
    for path in [*(staging / ".git" / "objects").rglob("*.pack"), *(staging / ".git" / "objects").glob("??/*")]:
        path.chmod(0o600)
        path.write_bytes(b"")
    clone(upstream.url, target, ENV, JobContext())
    assert git(target, "fsck") == ""


def test_another_repository_does_not_go_on_in_the_staging_of_the_first(upstream: Upstream, tmp_path: Path) -> None:
    other = Upstream(tmp_path / "other")
    other.commit("Other", other_py="pass\n")
    target = tmp_path / "ui"
    context = cancelled_at("Checking what arrived")
    with pytest.raises(Cancelled):
        clone(other.url, target, ENV, context)
    clone(upstream.url, target, ENV, JobContext())
    assert not (target / "other.py").exists()


def test_gone_and_wrong_addresses(upstream: Upstream, tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        clone((tmp_path / "nowhere.git").as_uri(), tmp_path / "ui", ENV, JobContext())
    assert caught.value.kind == "gone"
    with pytest.raises(GitError) as caught:
        clone(upstream.url, tmp_path / "ui", ENV, JobContext(), branch="no-such")
    assert caught.value.kind == "no_branch"
    assert not (tmp_path / "ui").exists()


def test_hooks_and_filters_of_a_clone_do_not_run(upstream: Upstream, tmp_path: Path) -> None:
    """Hooks come neither with the repository nor from the user's template folder."""
    template = tmp_path / "template" / "hooks"
    template.mkdir(parents=True)
    hook = template / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'ran'}'\n")
    hook.chmod(0o755)
    clone(upstream.url, tmp_path / "ui", ENV | {"GIT_TEMPLATE_DIR": str(template.parent)}, JobContext())
    assert not (tmp_path / "ran").exists()


def test_submodules_come_too(upstream: Upstream, tmp_path: Path) -> None:
    part = Upstream(tmp_path / "part")
    part.commit("Part", part_py="pass\n")
    git(upstream.work, "submodule", "--quiet", "add", part.url, "repositories/part")
    upstream.save("With a part")
    clone(upstream.url, tmp_path / "ui", ENV, JobContext())
    assert (tmp_path / "ui" / "repositories" / "part" / "part.py").exists()
