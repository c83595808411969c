"""The environment every child process gets: nothing foreign in it, the settings' proxies and mirrors, the shield."""

import os
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from studio.core.settings import Settings

FOREIGN = {
    *("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "PYTHONINSPECT", "PYTHONPLATLIBDIR"),
    *("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "__PYVENV_LAUNCHER__", "_CE_CONDA", "_CE_M", "_OLD_VIRTUAL_PATH"),
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIRE_HASHES"),
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"),
}
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY", "PIP_PROXY"}
FIXED = {
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "PYTHONNOUSERSITE": "1",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_LINK_MODE": "copy",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "WEBUI_LAUNCH_LIVE_OUTPUT": "1",
    "SD_WEBUI_RESTART": "tmp/restart",
}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
PIP_HOSTS = ("pypi.org", "files.pythonhosted.org", "download.pytorch.org")
GITHUB = "https://github.com/"
STABLE_DIFFUSION_REPO = "https://github.com/w-e-w/stablediffusion.git"
ARCHIVES = {
    "CLIP_PACKAGE": GITHUB + "openai/CLIP/archive/d50d76daa670286dd6cacf3bcd80b5e4823fc8e1.zip",
    "OPENCLIP_PACKAGE": GITHUB + "mlfoundations/open_clip/archive/bb6e834e9c70d9c27d0dc3ecedeebeaeb1ffad6b.zip",
}
"""What the web UI lets pip fetch from GitHub itself, where a mirror in Git's configuration does not reach."""
GONE_REPOSITORY = "github.com/stability-ai/stablediffusion"


def child_env(
    settings: Settings,
    *,
    base: Mapping[str, str] | None = None,
    constraints: Path | None = None,
    build_constraints: Path | None = None,
    extra: Mapping[str, str] = MappingProxyType({}),
    venv: Path | None = None,
    system: str = sys.platform,
) -> dict[str, str]:
    """The environment of a child process.

    `base` is what it grows from, this process's own (with the system's proxy) if None; `constraints` and
    `build_constraints` are files of the shield; `venv` is put first on PATH; `extra` has the last word.
    """
    address = _proxy(settings, base, system)
    base = os.environ if base is None else base
    environ = without_foreign(base)
    environ |= FIXED | _proxies(settings, base, address, system) | _mirrors(settings, base) | _repository(base)
    environ |= git_config(_git_settings(settings, address, system), base)
    environ |= constraint_variables(constraints, build_constraints)
    if venv is not None:
        environ |= _activated(venv, environ, system)
    return environ | dict(extra)


def without_foreign(base: Mapping[str, str]) -> dict[str, str]:
    """`base` without what leads a Python, pip or Git astray: other environments, other folders, proxies."""
    dropped = FOREIGN | PROXIES
    kept = {
        name: value
        for name, value in base.items()
        if name.upper() not in dropped and not name.upper().startswith("CONDA_")
    }
    roots = [base[name] for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if base.get(name)]
    for name in [name for name in kept if name.upper() == "PATH"] if roots else []:
        parts = [part for part in kept[name].split(os.pathsep) if not any(_is_below(part, root) for root in roots)]
        kept[name] = os.pathsep.join(parts)
    return kept


def _is_below(path: str, root: str) -> bool:
    return Path(path) == Path(root) or Path(root) in Path(path).parents


def git_config(pairs: Iterable[tuple[str, str]], base: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """GIT_CONFIG_COUNT, _KEY_n and _VALUE_n that add `pairs` to those `base` has already; no file is edited."""
    kept = _git_pairs(base)
    every = [*kept, *(pair for pair in pairs if pair not in kept)]
    environ = {"GIT_CONFIG_COUNT": str(len(every))} if every or "GIT_CONFIG_COUNT" in base else {}
    for number, (key, value) in enumerate(every):
        environ |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return environ


def _git_pairs(base: Mapping[str, str]) -> list[tuple[str, str]]:
    text = base.get("GIT_CONFIG_COUNT", "")
    count = min(int(text), 1000) if text.isdecimal() else 0
    found = ((base.get(f"GIT_CONFIG_KEY_{n}"), base.get(f"GIT_CONFIG_VALUE_{n}")) for n in range(count))
    return [(key, value) for key, value in found if key is not None and value is not None]


def _git_settings(settings: Settings, address: str, system: str) -> list[tuple[str, str]]:
    pairs = [("core.longpaths", "true")] if system == "win32" else []
    if not settings.proxy_git:
        pairs.append(("http.proxy", ""))  # Git's way to say none, whatever HTTPS_PROXY says
    elif address:
        pairs.append(("http.proxy", _with_scheme(address, "socks5h")))
    if settings.git_mirror:
        pairs.append((f"url.{settings.git_mirror.rstrip('/')}/{GITHUB}.insteadOf", GITHUB))
    return pairs


def constraint_variables(constraints: Path | None, build_constraints: Path | None) -> dict[str, str]:
    """The variables by which every pip and uv below takes the shield's files.

    They are named by file URI, since pip and uv split the values on spaces. pip before 25.3 applies PIP_CONSTRAINT to
    isolated builds too and knows no other way, so that the build file stands there as well.
    """
    both = [path.absolute().as_uri() for path in (constraints, build_constraints) if path is not None]
    environ = {"PIP_CONSTRAINT": " ".join(both)} if both else {}
    if constraints is not None:
        environ["UV_CONSTRAINT"] = constraints.absolute().as_uri()
    if build_constraints is not None:
        uri = build_constraints.absolute().as_uri()
        environ |= {"PIP_BUILD_CONSTRAINT": uri, "UV_BUILD_CONSTRAINT": uri}
    return environ


def _proxy(settings: Settings, base: Mapping[str, str] | None, system: str) -> str:
    """The proxy's address: the settings', else the environment's, else (no `base` given) the system's; "" if none."""
    if settings.proxy.strip():
        return settings.proxy.strip()
    environ = os.environ if base is None else base
    named = {name.upper(): value for name, value in environ.items() if value}
    for name in ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"):
        if name in named:
            return named[name]
    if base is not None or system not in ("win32", "darwin"):
        return ""
    found = urllib.request.getproxies()
    return found.get("https") or found.get("http") or found.get("socks", "")


def _with_scheme(address: str, socks: str) -> str:
    """`address` with a scheme all readers know; `socks` is what any kind of socks 5 becomes."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return f"http://{address}" if address else ""
    return f"{socks}://{rest}" if scheme.lower() in ("socks", "socks5", "socks5h") else address


def _proxies(settings: Settings, base: Mapping[str, str], address: str, system: str) -> dict[str, str]:
    """Proxy variables of pip and of everything else.

    NO_PROXY is always there: with it Python's libraries do not ask the system's proxy on their own any more. It is
    also the only way to keep pip from the environment's proxy.
    """
    exempt = [*_no_proxy(base), *LOCAL_HOSTS]
    environ: dict[str, str] = {}
    if address and settings.proxy_environment:
        # httpx of the web UI's time knows socks5 but not socks5h
        environ |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _with_scheme(address, "socks5"))
        if not settings.proxy_pip:
            exempt += [*PIP_HOSTS, urlsplit(settings.pip_mirror).hostname or ""]
    for_pip = settings.proxy.strip() or base.get("PIP_PROXY", "") or address
    if for_pip and settings.proxy_pip:
        environ["PIP_PROXY"] = _with_scheme(for_pip, "socks5h")
    environ["NO_PROXY"] = ",".join(dict.fromkeys(host for host in exempt if host))
    if system != "win32":  # where names of variables know no case
        environ |= {name.lower(): value for name, value in environ.items() if name != "PIP_PROXY"}
    return environ


def _no_proxy(base: Mapping[str, str]) -> list[str]:
    texts = [value for name, value in base.items() if name.upper() == "NO_PROXY"]
    return [host.strip() for text in texts for host in text.split(",")]


def _mirrors(settings: Settings, base: Mapping[str, str]) -> dict[str, str]:
    rows = (
        (settings.pip_mirror, ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")),
        (settings.hub_mirror, ("HF_ENDPOINT",)),
        (settings.index_mirror, ("WEBUI_EXTENSIONS_INDEX",)),
    )
    mirror = settings.git_mirror.rstrip("/")
    archives = {name: f"{mirror}/{address}" for name, address in ARCHIVES.items() if mirror and name not in base}
    return archives | {name: address.strip() for address, names in rows if address.strip() for name in names}


def _repository(base: Mapping[str, str]) -> dict[str, str]:
    """Where the web UI gets a repository whose own place is gone; another choice of the user's is kept."""
    chosen = base.get("STABLE_DIFFUSION_REPO", "")
    return {} if chosen and GONE_REPOSITORY not in chosen.lower() else {"STABLE_DIFFUSION_REPO": STABLE_DIFFUSION_REPO}


def _activated(venv: Path, environ: Mapping[str, str], system: str) -> dict[str, str]:
    name = next((name for name in environ if name.upper() == "PATH"), "PATH")
    programs = venv / ("Scripts" if system == "win32" else "bin")
    path = os.pathsep.join(part for part in (str(programs), environ.get(name, "")) if part)
    return {name: path, "VIRTUAL_ENV": str(venv)}
