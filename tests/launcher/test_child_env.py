import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.settings import Settings
from studio.launcher.child_env import STABLE_DIFFUSION_REPO, child_env, constraint_variables, git_config

PROXY = "http://127.0.0.1:7890"
LOCAL = "localhost,127.0.0.1,::1"


def test_what_leads_astray_is_dropped_and_the_rest_is_kept() -> None:
    base = {
        "PYTHONHOME": "/x",
        "PYTHONPATH": "/y",
        "VIRTUAL_ENV": "/studio/.venv",
        "CONDA_PREFIX": "/conda",
        "CONDA_DEFAULT_ENV": "base",
        "GIT_DIR": "/elsewhere/.git",
        "PIP_TARGET": "/z",
        "HOME": "/home/me",
        "PATH": os.pathsep.join(("/studio/.venv/bin", "/conda/bin", "/usr/bin")),
    }
    environ = child_env(Settings(), base=base)
    assert not {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "GIT_DIR"} & set(
        environ
    )
    assert "PIP_TARGET" not in environ
    assert environ["HOME"] == "/home/me"
    assert environ["PATH"] == "/usr/bin"
    assert environ["PYTHONUTF8"] == environ["PYTHONUNBUFFERED"] == "1"
    assert environ["GIT_TERMINAL_PROMPT"] == "0"
    assert environ["SD_WEBUI_RESTART"] == "tmp/restart"


def test_without_settings_there_is_no_proxy_but_localhost_is_exempt() -> None:
    environ = child_env(Settings(), base={}, system="linux")
    assert environ["NO_PROXY"] == environ["no_proxy"] == LOCAL
    assert not {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_PROXY", "GIT_CONFIG_COUNT"} & set(environ)


def test_the_systems_proxy_is_followed_and_each_switch_turns_it_off() -> None:
    base = {"https_proxy": PROXY, "NO_PROXY": "intern.example"}
    environ = child_env(Settings(), base=base, system="linux")
    assert environ["HTTPS_PROXY"] == environ["http_proxy"] == environ["PIP_PROXY"] == PROXY
    assert environ["GIT_CONFIG_KEY_0"] == "http.proxy"
    assert environ["GIT_CONFIG_VALUE_0"] == PROXY
    assert environ["NO_PROXY"] == f"intern.example,{LOCAL}"
    off = child_env(Settings(proxy_environment=False, proxy_pip=False, proxy_git=False), base=base, system="linux")
    assert not {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "PIP_PROXY"} & set(off)
    assert off["GIT_CONFIG_VALUE_0"] == ""


def test_pip_is_kept_from_the_environments_proxy_by_its_hosts() -> None:
    settings = Settings(proxy=PROXY, proxy_pip=False, pip_mirror="https://mirror.example/simple")
    environ = child_env(settings, base={}, system="linux")
    assert environ["HTTPS_PROXY"] == PROXY
    assert "PIP_PROXY" not in environ
    assert {"pypi.org", "files.pythonhosted.org", "mirror.example"} <= set(environ["NO_PROXY"].split(","))


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "socks5h://127.0.0.1:1080", "socks://127.0.0.1:1080"])
def test_socks_is_spelt_as_each_reader_knows_it(address: str) -> None:
    environ = child_env(Settings(proxy=address), base={}, system="linux")
    assert environ["ALL_PROXY"] == "socks5://127.0.0.1:1080"
    assert environ["PIP_PROXY"] == environ["GIT_CONFIG_VALUE_0"] == "socks5h://127.0.0.1:1080"


def test_windows_gets_each_variable_once() -> None:
    environ = child_env(Settings(proxy=PROXY), base={"Path": "C:\\x", "Https_Proxy": "http://old:1"}, system="win32")
    assert len({name.upper() for name in environ}) == len(environ)
    assert environ["HTTPS_PROXY"] == PROXY
    assert ("core.longpaths", "true") in zip(*(git_lists(environ)), strict=True)


def test_an_address_without_scheme_is_http() -> None:
    assert child_env(Settings(proxy="127.0.0.1:7890"), base={})["HTTPS_PROXY"] == PROXY


def test_mirrors() -> None:
    settings = Settings(
        git_mirror="https://mirror.example",
        pip_mirror="https://pip.example/simple",
        hub_mirror="https://hub.example",
        index_mirror="https://list.example/index.json",
    )
    environ = child_env(settings, base={})
    assert environ["PIP_INDEX_URL"] == environ["UV_INDEX_URL"] == "https://pip.example/simple"
    assert environ["HF_ENDPOINT"] == "https://hub.example"
    assert environ["WEBUI_EXTENSIONS_INDEX"] == "https://list.example/index.json"
    assert environ["CLIP_PACKAGE"].startswith("https://mirror.example/https://github.com/openai/CLIP/archive/")
    assert child_env(settings, base={"CLIP_PACKAGE": "mine.zip"})["CLIP_PACKAGE"] == "mine.zip"
    assert "CLIP_PACKAGE" not in child_env(Settings(), base={})
    keys, values = git_lists(environ)
    assert keys == ["url.https://mirror.example/https://github.com/.insteadOf"]
    assert values == ["https://github.com/"]


def test_the_repository_that_is_gone_is_replaced_and_another_one_kept() -> None:
    def repository(base: dict[str, str]) -> str:
        return child_env(Settings(), base=base)["STABLE_DIFFUSION_REPO"]

    assert repository({}) == STABLE_DIFFUSION_REPO
    gone = "https://github.com/Stability-AI/stablediffusion.git"
    assert repository({"STABLE_DIFFUSION_REPO": gone}) == STABLE_DIFFUSION_REPO
    assert (
        child_env(Settings(), base={"STABLE_DIFFUSION_REPO": "D:/sd.git"}).get("STABLE_DIFFUSION_REPO") == "D:/sd.git"
    )


def test_extra_has_the_last_word_and_the_venv_comes_first(tmp_path: Path) -> None:
    environ = child_env(Settings(), base={"PATH": "/usr/bin"}, venv=tmp_path, extra={"PYTHONUTF8": "0"}, system="linux")
    assert environ["PYTHONUTF8"] == "0"
    assert environ["PATH"].split(os.pathsep) == [str(tmp_path / "bin"), "/usr/bin"]
    assert environ["VIRTUAL_ENV"] == str(tmp_path)


def git_lists(environ: dict[str, str]) -> tuple[list[str], list[str]]:
    count = int(environ["GIT_CONFIG_COUNT"])
    return tuple([environ[f"GIT_CONFIG_{kind}_{n}"] for n in range(count)] for kind in ("KEY", "VALUE"))  # type: ignore[return-value]


@given(
    st.lists(st.tuples(st.sampled_from(["a.b", "http.proxy", "url.x.insteadOf"]), st.text(max_size=3)), max_size=4),
    st.lists(st.tuples(st.sampled_from(["a.b", "safe.directory"]), st.text(max_size=3)), max_size=4),
)
def test_git_configuration_is_added_to_what_is_there(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    environ = git_config(second, git_config(first))
    count = int(environ.get("GIT_CONFIG_COUNT", "0"))
    pairs = [(environ[f"GIT_CONFIG_KEY_{n}"], environ[f"GIT_CONFIG_VALUE_{n}"]) for n in range(count)]
    assert set(pairs) == set(first) | set(second)
    assert len(environ) == 2 * count + bool(environ)


@pytest.mark.parametrize("count", ["x", "-1", "³", "99999999999999"])
def test_a_broken_count_of_git_configuration_is_mended(count: str) -> None:
    assert git_config([("a.b", "c")], {"GIT_CONFIG_COUNT": count})["GIT_CONFIG_COUNT"] == "1"


class Proxy(BaseHTTPRequestHandler):
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy on loopback and what was asked of it."""
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Seen", (Proxy,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def ls_remote(environ: dict[str, str]) -> str:
    command = ["git", "ls-remote", "http://nowhere.invalid/x.git"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60).stderr


def test_real_git_goes_through_the_proxy_only_where_it_may(proxy: tuple[str, list[str]]) -> None:
    address, seen = proxy
    ls_remote(child_env(Settings(proxy=address)))
    assert any("nowhere.invalid" in path for path in seen)
    seen.clear()
    assert "resolve" in ls_remote(child_env(Settings(proxy=address, proxy_git=False)))
    assert seen == []


def test_real_git_asks_the_mirror() -> None:
    environ = child_env(Settings(git_mirror="http://127.0.0.1:9/gh"))
    command = ["git", "ls-remote", "https://github.com/some/thing.git"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert "127.0.0.1:9/gh/https://github.com/some/thing.git" in done.stderr


def test_real_pip_goes_through_the_proxy_only_where_it_may(proxy: tuple[str, list[str]]) -> None:
    address, seen = proxy
    command = [sys.executable, "-m", "pip", "download", "--retries=0", "--timeout=3", "nothing"]
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_TRUSTED_HOST": "nowhere.invalid"}
    base = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | own

    def ask(settings: Settings) -> None:
        environ = child_env(settings.model_copy(update={"pip_mirror": "http://nowhere.invalid/simple"}), base=base)
        subprocess.run(command, env=environ, capture_output=True, timeout=60)

    ask(Settings(proxy=address, proxy_environment=False))
    assert any("nowhere.invalid" in path for path in seen)
    seen.clear()
    ask(Settings(proxy=address, proxy_pip=False))
    assert seen == []


def test_the_shields_files_are_named_so_that_spaces_do_not_split_them(tmp_path: Path) -> None:
    runtime, build = tmp_path / "绘 画" / "run time.txt", tmp_path / "绘 画" / "build.txt"
    environ = constraint_variables(runtime, build)
    assert environ["PIP_CONSTRAINT"].split() == [runtime.as_uri(), build.as_uri()]
    assert environ["UV_CONSTRAINT"] == runtime.as_uri()
    assert environ["PIP_BUILD_CONSTRAINT"] == environ["UV_BUILD_CONSTRAINT"] == build.as_uri()
    assert constraint_variables(None, build)["PIP_CONSTRAINT"] == build.as_uri()
    assert constraint_variables(None, None) == {}
