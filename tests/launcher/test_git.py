"""The door to Git: found or explained, addresses checked, nothing foreign gets in, and it can be stopped."""

import os
import threading
import time
from pathlib import Path

import psutil
import pytest
from git_world import ENV, Upstream, cloned, git
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.launcher.git import Repository, check_url, find_git, is_local, same_url, with_mirror
from studio.launcher.git_errors import MESSAGES, PATTERNS, REMEDIES, GitError, kind_of, redacted


def test_git_is_found_or_its_absence_explained(tmp_path: Path) -> None:
    assert Path(find_git(ENV)).name.startswith("git")
    own = tmp_path / "my git"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert find_git({"PATH": "", "GIT_PYTHON_GIT_EXECUTABLE": str(own)}) == str(own)
    with pytest.raises(GitError, match="Install Git from") as caught:
        find_git({"PATH": str(tmp_path / "empty")})
    assert caught.value.kind == "absent"


def test_on_windows_usual_folders_are_looked_into(tmp_path: Path) -> None:
    there = tmp_path / "Programs" / "Git" / "cmd" / "git.exe"
    there.parent.mkdir(parents=True)
    there.touch()
    assert find_git({"PATH": "", "LocalAppData": str(tmp_path)}, system="win32") == str(there)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/a/b.git",
        " https://github.com/a/b ",
        "ssh://git@example.org:2222/a/b",
        "git@github.com:a/b.git",
        "file:///srv/绘画.git",
        "git://example.org/a",
        "/srv/some where/repo.git",
        "http://127.0.0.1:8000/https://github.com/a/b",
    ],
)
def test_addresses_of_repositories(url: str) -> None:
    assert check_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "-u",
        "--upload-pack=touch /tmp/x",
        "ext::sh -c touch% /tmp/x",
        "fd::17/foo",
        "javascript:alert(1)",
        "ssh://-oProxyCommand=touch/x",
        "git@-oProxyCommand=x:a/b",
        "ftp://example.org/a",
        "https://",
        "https://exa mple.org/x",
        "https://example.org/\x00",
        "https://example.org/a\nb",
        "relative/path",
        "a::b",
        "https://[::1",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(GitError) as caught:
        check_url(url)
    assert caught.value.kind == "address"


@given(st.text())
def test_whatever_is_written_no_address_begins_an_option(text: str) -> None:
    try:
        checked = check_url(text)
    except GitError:
        return
    assert not checked.startswith("-")
    assert "::" not in checked.split("/")[0]


def test_one_repository_has_many_addresses() -> None:
    one = "https://github.com/Some/Thing.git"
    others = (
        "https://github.com/some/thing/",
        "git@github.com:Some/Thing.git",
        "https://mirror.example/https://github.com/Some/Thing",
        "ssh://git@github.com/Some/Thing",
        "https://user:secret@github.com/Some/Thing",
    )
    assert all(same_url(one, other) for other in others)
    assert not same_url(one, "https://github.com/some/thing2")
    assert not same_url("", "")
    assert [is_local(url) for url in ("file:///x", "/x", one)] == [True, True, False]


def test_a_mirror_serves_without_changing_the_remote(tmp_path: Path) -> None:
    there = Upstream(tmp_path / "mirror" / "https:" / "github.com" / "a")
    there.commit("One", a_py="1")
    env = with_mirror(ENV, (tmp_path / "mirror").as_uri())
    there.bare.rename(there.bare.parent / "b.git")
    repository = Repository(tmp_path, env)
    assert "refs/heads/master" in repository.read("ls-remote", "https://github.com/a/b.git")
    assert with_mirror(ENV, " ") == ENV


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    upstream = Upstream(tmp_path / "there")
    upstream.commit("One", a_py="1")
    return cloned(upstream, tmp_path / "绘画 ui")


def test_a_folder_inside_a_repository_is_none_itself(repository: Repository) -> None:
    inner = repository.folder / "extensions" / "mine"
    inner.mkdir(parents=True)
    with pytest.raises(GitError) as caught:
        Repository(inner, ENV).read("rev-parse", "HEAD")
    assert caught.value.kind == "no_repository"


def test_a_folder_that_is_gone_is_not_the_current_one(tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        Repository(tmp_path / "gone", ENV).read("status")
    assert caught.value.kind == "folder"


def test_variables_of_a_hook_do_not_lead_astray(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Upstream(tmp_path / "other")
    other.commit("Other", other_py="1")
    monkeypatch.setenv("GIT_DIR", str(other.work / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    assert repository.read("log", "-1", "--format=%s") == "One"
    assert repository.read("status", "--porcelain") == ""


def test_programs_named_by_the_repository_itself_do_not_run(repository: Repository, tmp_path: Path) -> None:
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'ran'}'\n")
    evil.chmod(0o755)
    hooks = repository.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-merge", "pre-commit", "reference-transaction"):
        (hooks / name).write_text(evil.read_text())
        (hooks / name).chmod(0o755)
    git(repository.folder, "config", "core.fsmonitor", str(evil))
    git(repository.folder, "config", "core.hooksPath", str(hooks))
    (tmp_path / "ran").unlink(missing_ok=True)
    repository.read("status")
    repository.run("checkout", "-b", "other")
    assert not (tmp_path / "ran").exists()


def test_no_question_is_asked(repository: Repository) -> None:
    started = time.monotonic()
    with pytest.raises(GitError):
        repository.run("credential", "fill")
    assert time.monotonic() - started < 20


def test_cancelling_kills_git_and_all_it_started(repository: Repository) -> None:
    context = JobContext()
    threading.Timer(0.5, context.cancel).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        repository.run("-c", "alias.wait=!sleep 61.7", "wait", context=context)
    assert time.monotonic() - started < 20
    time.sleep(0.1)
    assert not [process for process in psutil.process_iter(["cmdline"]) if "61.7" in (process.info["cmdline"] or ())]


def test_a_broken_connection_is_tried_again(repository: Repository, tmp_path: Path) -> None:
    """A Git that breaks off twice, then goes on."""
    breaking = tmp_path / "git-that-breaks"
    breaking.write_text(
        f"""#!/bin/sh
case "$*" in *fetch*) echo "$*" >> '{tmp_path}/asked'
  if [ "$(wc -l < '{tmp_path}/asked')" -le "$BREAKS" ]; then echo 'fatal: early EOF' >&2; exit 128; fi ;; esac
exec '{find_git(ENV)}' "$@"
"""
    )
    breaking.chmod(0o755)
    env = {**ENV, "GIT_PYTHON_GIT_EXECUTABLE": str(breaking)}
    Repository(repository.folder, env | {"BREAKS": "2"}).fetch("origin")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert ["HTTP/1.1" in line for line in asked] == [False, True, True]
    with pytest.raises(GitError) as caught:
        Repository(repository.folder, env | {"BREAKS": "9"}).fetch("origin")
    assert caught.value.kind == "link"


def test_silence_has_an_end(repository: Repository) -> None:
    with pytest.raises(GitError) as caught:
        repository.run("-c", "alias.wait=!sleep 30", "wait", silence_s=0.3)
    assert caught.value.kind == "silent"


def test_a_cancelled_job_starts_nothing(repository: Repository) -> None:
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        repository.run("tag", "never", context=context)
    assert git(repository.folder, "tag") == ""


def test_every_kind_says_what_happened_and_what_to_do() -> None:
    assert set(MESSAGES) == set(REMEDIES)
    assert set(PATTERNS) < set(MESSAGES)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("fatal: repository 'https://github.com/Stability-AI/stablediffusion.git/' not found", "gone"),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "gone"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "offline"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", "limit"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self signed", "certificate"),
        ("error: RPC failed; curl 92 HTTP/2 stream 0 was not closed cleanly", "link"),
        ("fatal: early EOF\nfatal: fetch-pack: invalid index-pack output", "link"),
        ("fatal: detected dubious ownership in repository at 'E:/ui'", "dubious"),
        ("error: Your local changes to the following files would be overwritten by merge:\n\ta.py", "dirty"),
        ("fatal: Unable to create 'x/.git/index.lock': File exists.", "locked"),
        ("fatal: Not possible to fast-forward, aborting.", "diverged"),
        ("fatal: refusing to merge unrelated histories", "unrelated"),
        ("fatal: bad object HEAD", "broken"),
        ("fatal: ambiguous argument 'HEAD': unknown revision or path not in the working tree.", "broken"),
        ("fatal: not a git repository (or any of the parent directories): .git", "no_repository"),
        ("error: unable to create file a: File name too long", "long_path"),
        ("fatal: write error: No space left on device", "full"),
        ("something never seen", "other"),
    ],
)
def test_gits_words_are_understood(answer: str, kind: str) -> None:
    assert kind_of(answer) == kind


def test_passwords_are_not_shown() -> None:
    assert redacted("at https://me:secret@example.org/x") == "at https://***@example.org/x"
    assert "secret" not in GitError(kind="other", folder="x", details="https://me:secret@example.org").details


def test_the_environment_is_the_callers(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    env = {name: value for name, value in ENV.items() if name.lower() != "https_proxy"}
    asked = Repository(repository.folder, env | {"ONLY_HERE": "是"})
    said = asked.run("-c", 'alias.say=!echo "[$https_proxy][$ONLY_HERE]"', "say")
    assert said == "[][是]"
    assert os.environ["https_proxy"] == "http://127.0.0.1:1"
