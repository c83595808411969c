"""A report for people who help: the end of the log, facts and findings, with everything private taken out."""

import getpass
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from studio.core.files import write_atomically
from studio.launcher import install_state, log_text, packages
from studio.launcher.diagnosis import Diagnosis
from studio.launcher.facts import Facts
from studio.launcher.install import Install

LAST_LINES = 2000
TOLD_PACKAGES = (
    "torch", "torchvision", "xformers", "numpy", "protobuf", "gradio", "pydantic", "httpx", "transformers", "setuptools"
)  # fmt: skip
SHORTEST_NAME = 3  # a user called "ai" would take letters out of every word
GONE = "[removed]"
PUBLIC_ADDRESSES = ("127.0.0.1", "0.0.0.0", "255.255.255.255")  # noqa: S104 - these tell nobody's place
COMMON_NAMES = {"root", "user", "users", "admin", "administrator", "public", "default", "ubuntu", "home", "shared"}

# What stands between users' folders and their names: C:\Users\NAME, /home/NAME, /Users/NAME, \\server\share
HOMES = re.compile(
    r"(?P<before>(?:[A-Za-z]:)?[\\/]{1,4}(?:Users|Documents and Settings|home|用户)[\\/]{1,4})"
    r"(?P<name>[^\\/\"'<>|:*?\r\n]{1,80}?)(?=[\\/\"'<>|:*?\r\n]|\s|$)",
    re.IGNORECASE,
)
SPACED_HOMES = re.compile(
    r"(?P<before>[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4})(?P<name>[^\\/\"'<>|:*?\r\n]{1,80})(?=[\\/])", re.IGNORECASE
)
URL_LOGIN = re.compile(r"(?P<before>\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^\s/@\"'<>]{1,300}@")
TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"
    r"|xox[abp]-[\w-]{10,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{20,}|r8_[A-Za-z0-9]{16,}|eyJ[\w-]{10,}\.[\w-]{4,}\.[\w-]*)"
)
NAMED_SECRETS = re.compile(
    r"(?P<before>(?:api[_-]?key|access[_-]?token|auth[_-]?token|\btoken|secret|passw(?:or)?d|passwd|\bpwd|authorization"
    r"|cookie|session[_-]?id|credential)s?[\"']?\s{0,3}[:=]\s{0,3}(?:bearer\s{1,3}|basic\s{1,3})?)"
    r"(?P<value>\"[^\"\r\n]*\"?|'[^'\r\n]*'?|[^\s,;&\"'\])}]+)",
    re.IGNORECASE,
)
BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s{1,3})[A-Za-z0-9+/=_.~-]{8,}", re.IGNORECASE)
FLAGS = re.compile(
    r"(?P<before>--(?:gradio-auth(?:-path)?|api-auth|ngrok|api-key|hf-token|token|tls-keyfile)(?:[\s=]{1,3}|[\"'],\s{0,3}))"
    r"(?P<value>\[removed\]|\"[^\"\r\n]*\"?|'[^'\r\n]*'?|[^\s\]]+)"
)
IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)")
IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){1,7}(?![\w:])"
    r"|(?<![\w:])[0-9a-fA-F]{1,4}::(?:[0-9a-fA-F]{1,4}:?){1,7}"
)
MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
LINKS = re.compile(
    r"https://[0-9a-f]{10,}\.gradio\.live|https://[\w-]{4,}\.(?:ngrok(?:-free)?\.(?:app|io|dev)|trycloudflare\.com|loca\.lt)"
)
VERSIONS = re.compile(r"(?:version|==|[vV]|driver|release)\W{0,3}$")
# Lines that carry what the user wants to see painted: the arguments of a failed request, parameters, API bodies.
ARGUMENTS = re.compile(r"(?P<before>\bArguments: )(?=[(\[{\"']).*$")
PROMPT_LINE = re.compile(
    r"(?P<before>(?<!empty )\b(?:(?:negative[ _]?|positive[ _]|wildcard[ _])?prompt|template)s?\s{0,2}[:=]"
    r"(?!\s{0,2}[\"'\[])).*$",
    re.IGNORECASE,
)
LOG_LINE = re.compile(r"^(?:---|\s+File \"|\s*Traceback|.*\d%\||Total progress|[A-Z][a-z]+ (?:time|weights|loaded)\b)")
MOST_PROMPT_LINES = 40
PROMPT_VALUE = re.compile(
    r"(?P<before>[\"']?\b(?:\w{0,20}_)?(?:negative_)?prompts?\w{0,10}[\"']?\s{0,2}[:=]\s{0,2}\[?)"
    r"(?:\"(?:[^\"\\\r\n]|\\.)*\"?|'(?:[^'\\\r\n]|\\.)*'?)",
    re.IGNORECASE,
)
STEPS_LINE = re.compile(r"\bSteps: \d{1,5}, Sampler: ")


def redact(text: str, private: Iterable[str] = ()) -> str:
    """`text` without user names, home folders, tokens, passwords, addresses and prompts.

    `private` are further texts that must not appear: prompts in use, names, keys that are known to the studio.
    """
    for secret in sorted({each for each in private if each.strip()}, key=len, reverse=True):
        text = re.sub(re.escape(secret), GONE, text, flags=re.IGNORECASE)
    names = _names(text)
    lines = _without_prompts(text.split("\n"))
    return "\n".join(_without_names(_without_secrets(line), names) for line in lines)


def _without_prompts(lines: list[str]) -> list[str]:
    """What was to be painted, taken out: marked prompts, and the lines above picture parameters."""
    result: list[str] = []
    for line in lines:
        if STEPS_LINE.search(line):
            _remove_above(result)
            line = GONE
        line = ARGUMENTS.sub(lambda found: found["before"] + GONE, line)
        line = PROMPT_LINE.sub(lambda found: f"{found['before']} {GONE}", line)
        result.append(PROMPT_VALUE.sub(lambda found: found["before"] + GONE, line))
    return result


def _remove_above(lines: list[str]) -> None:
    """Take out the prompt that stands above picture parameters, up to an empty line or one of a log."""
    for index in range(len(lines) - 1, max(len(lines) - MOST_PROMPT_LINES, 0) - 1, -1):
        if not lines[index].strip() or LOG_LINE.match(lines[index]):
            break
        lines[index] = GONE


def _without_secrets(line: str) -> str:
    line = URL_LOGIN.sub(lambda found: f"{found['before']}{GONE}@", line)
    for pattern in (FLAGS, NAMED_SECRETS, BEARER):
        line = pattern.sub(lambda found: found["before"] + GONE, line)
    for pattern in (TOKENS, LINKS, MAIL):
        line = pattern.sub(GONE, line)
    line = IPV4.sub(lambda found: _address(found, line), line)
    return IPV6.sub(lambda found: found[0] if found[0] in ("::1", "::") or _is_clock(found[0]) else "[address]", line)


def _address(found: re.Match[str], line: str) -> str:
    """An address is taken out, the numbers of a version are not."""
    is_version = VERSIONS.search(line[max(found.start() - 12, 0) : found.start()])
    return found[0] if found[0] in PUBLIC_ADDRESSES or is_version else "[address]"


def _is_clock(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}:\d\d:\d\d", text) is not None


def _names(text: str) -> list[str]:
    """The names of users: of this computer, and of whoever's folders the text shows."""
    found = {match["name"].strip() for pattern in (HOMES, SPACED_HOMES) for match in pattern.finditer(text)}
    found |= {Path.home().name, _user()}
    kept = {name for name in found if len(name) >= SHORTEST_NAME and name.lower() not in COMMON_NAMES}
    return sorted(kept, key=len, reverse=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _without_names(line: str, names: Sequence[str]) -> str:
    for pattern in (SPACED_HOMES, HOMES):
        line = pattern.sub(lambda found: f"{found['before']}[user]", line)
    for name in names:
        line = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", "[user]", line, flags=re.IGNORECASE)
    return line


def report(
    log: str | Iterable[str],
    facts: Facts,
    found: Sequence[Diagnosis],
    versions: Mapping[str, str] | None = None,
    private: Iterable[str] = (),
) -> str:
    """The report as text: facts, versions, findings, the log's last lines; `private` as in `redact`."""
    raw = list(log_text.lines_of(log) if isinstance(log, str) else log)
    parts = [
        _section("Facts", (f"{f.name}: {getattr(facts, f.name)}" for f in fields(facts) if getattr(facts, f.name))),
        _section("Versions", (f"{name}: {version}" for name, version in (versions or {}).items())),
        _section("Findings", (_told(number, each) for number, each in enumerate(found, 1))),
        _section(f"Log ({len(raw)} lines)", (log_text.clean(line) for line in raw[-LAST_LINES:])),
    ]
    return redact("\n\n".join(parts), private) + "\n"


def versions(install: Install) -> dict[str, str]:
    """What is installed, for a report: the packages that matter, and the extensions. Takes some tenths of a second."""
    named = {one.name: one.version for one in packages.installed(packages.site_packages(install.venv))}
    extensions = [name if is_on else f"{name} (off)" for name, is_on in install_state.switches(install).items()]
    told = {name: named[name] for name in TOLD_PACKAGES if name in named}
    return {"web UI": install.source, **told, "extensions": ", ".join(extensions) or "none"}


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"## {title}", *lines])


def _told(number: int, each: Diagnosis) -> str:
    evidence = "\n".join(f"   line {line.line}: {line.text}" for line in each.evidence)
    marks = " ".join(text for text in (each.fingerprint, each.extension and f"extension {each.extension}") if text)
    return f"{number}. {each.rule} ({each.kind}, {each.confidence:.0%}) {marks}\n   {each.cause.en}\n{evidence}"


def write_report(path: Path, text: str) -> None:
    """Save a report atomically. Raises DiskFull or FileProblem."""
    write_atomically(path, text.encode("utf-8", "replace"))
