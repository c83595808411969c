"""Every English text the user may see, and which of them lack a translation: python tests/translations.py [zh_CN]."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from studio.catalog import changes, checks, environment_checks, fixes, flag_lint, webui_flags  # noqa: E402
from studio.catalog.model_kinds import MODEL_KINDS  # noqa: E402
from studio.core import errors  # noqa: E402
from studio.core.merge_request import AnyMerge  # noqa: E402
from studio.core.option import Record, options  # noqa: E402
from studio.core.request import GenerateRequest, HiresFix, Refiner  # noqa: E402
from studio.core.settings import Settings  # noqa: E402
from studio.launcher import git_problems, network, stages  # noqa: E402
from studio.launcher.launch_options import LaunchOptions  # noqa: E402
from studio.launcher.shield import Shield  # noqa: E402
from studio.library import headers  # noqa: E402
from studio.ui import translate  # noqa: E402
from studio.ui.fields import CHOICE_TITLES, LANGUAGES  # noqa: E402
from studio.ui.pages import PAGES  # noqa: E402
from studio.ui.pages.webui import PANELS  # noqa: E402

RECORDS: tuple[type[Record], ...] = (
    GenerateRequest,
    HiresFix,
    Refiner,
    Settings,
    Shield,
    LaunchOptions,
    *get_args(AnyMerge),
)
# Names that are the same in every language: file formats, formulas, programs.
SAME = {
    "PNG", "JPEG", "WebP", "SDPA", "xFormers", "bfloat16", "TAESD", "GPU", "CPU", "NV", "VAE", "Python", "torch", "Git",
    "uniform", "quad", "bh1", "bh2", "vary_coeff", "time_uniform", "time_quadratic", "logSNR",
    "4-6 GB", "6-8 GB", "8-12 GB", "SDP", "Doggettx", "InvokeAI", "API",
    "safetensors", "ckpt", "fp16", "bf16", "fp32", "B", "C", "sv_ratio", "sv_fro", "sv_cumulative", "kohya",
    "diffusers",
}  # fmt: skip


def sources() -> list[Path]:
    """The files whose texts the window may show."""
    found = sorted((ROOT / "studio").rglob("*.py"))
    return [path for path in found if not path.is_relative_to(ROOT / "studio" / "training" / "pocket")]


def texts() -> dict[str, str]:
    """Each text with the place it was found at."""
    found: dict[str, str] = {}
    for record in RECORDS:
        for option in options(record):
            place = f"{record.__name__}.{option.name}"
            found |= {option.title: place, option.help: place, option.empty: place}
            if isinstance(option.choices, tuple):
                found |= {
                    CHOICE_TITLES.get(choice, choice): place for choice in option.choices if choice not in LANGUAGES
                }
    for page in PAGES:
        found[page.title] = "pages"
    for panel in PANELS:
        found |= {panel.title: "panels", panel.help: "panels"}
    for title in CHOICE_TITLES.values():
        found[title] = "fields"
    for check in checks.CHECKS:
        found[check.title] = "checks"
        for finding in check.findings.values():
            found |= {text: "checks" for text in (finding.value, finding.remedy) if text}
    for row in environment_checks.ENVIRONMENT_CHECKS:
        found |= {row.title: "environment_checks", row.cause: "environment_checks"}
    found |= dict.fromkeys((fix.title for fix in fixes.FIXES), "fixes")
    found |= dict.fromkeys((*changes.TITLES.values(), *changes.STEPS.values()), "changes")
    found |= dict.fromkeys(environment_checks.STEPS.values(), "environment_checks")
    for kind in git_problems.KINDS:
        found |= dict.fromkeys((kind.title, kind.cause, kind.button), "git_problems")
    for known in webui_flags.KNOWN_FLAGS:
        found |= dict.fromkeys((known.title, known.help), "webui_flags")
    for title in (*webui_flags.GROUP_TITLES.values(), *webui_flags.LEVEL_TITLES.values()):
        found[title] = "webui_flags"
    for text in (*((row.text, row.remedy) for row in flag_lint.FLAG_LINT), *(row[2:4] for row in flag_lint.SINGLE)):
        found |= dict.fromkeys(text, "flag_lint")
    found |= dict.fromkeys((stage.title for stage in stages.STAGES), "stages")
    found |= dict.fromkeys((kind.label for kind in MODEL_KINDS), "model_kinds")
    for row in headers.FOREIGN:
        found |= dict.fromkeys(row[1:], "headers")
    found |= dict.fromkeys((*network.PROBLEMS.values(), network.NO_PROXY_MISSING), "network")
    classes = error_classes()
    for path in sources():
        found |= {text: str(path.relative_to(ROOT)) for text in literals(path, classes)}
    return found


def error_classes() -> set[str]:
    """The names of all StudioErrors of the program."""
    names = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    trees = [ast.parse(path.read_text("utf-8")) for path in sources()]
    size = 0
    while size != len(names):
        size = len(names)
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and {_name(base) for base in node.bases} & names:
                    names.add(node.name)
    return names


def literals(path: Path, classes: set[str]) -> Iterator[str]:
    """The texts of a file that are shown: tr("..."), messages and remedies of errors, tables of titles, notes."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, classes, constants)
        elif isinstance(node, ast.ClassDef) and node.name in classes:
            supers = (call for call in ast.walk(node) if isinstance(call, ast.Call) and _name(call.func) == "__init__")
            for call in supers:
                yield from _strings(call.args, constants)
            yield from (text for name in ("remedy",) for text in _assigned(node, name))


def _of_call(node: ast.Call, classes: set[str], constants: dict[str, list[str]]) -> Iterator[str]:
    name = _name(node.func)
    if name in ("tr", "note", "progress", "Sentence"):
        places = node.args[2:3] if name == "progress" else node.args[:1]
        yield from (text for text in _strings(places, constants) if name != "note" or "context" in ast.dump(node.func))
    elif name in classes:
        skipped = 1 if _takes_path(name) else 0
        if name != "UnknownName":
            yield from _strings(node.args[skipped : skipped + 2], constants)
            yield from _strings([k.value for k in node.keywords if k.arg in ("message", "reason", "remedy")], constants)
        else:
            yield from _strings(node.args[:1], constants)


def _takes_path(name: str) -> bool:
    cls = getattr(errors, name, None)
    return isinstance(cls, type) and issubclass(cls, errors.FileProblem)


def _strings(nodes: list[ast.expr], constants: dict[str, list[str]]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value
        elif isinstance(node, ast.Name | ast.Subscript):
            yield from constants.get(_name(node.value if isinstance(node, ast.Subscript) else node), [])
        elif isinstance(node, ast.IfExp):
            yield from _strings([node.body, node.orelse], constants)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (list(_strings([part], constants)) for part in (node.left, node.right))
            yield from (one + other for one in left for other in right)


def _assigned(node: ast.AST, name: str) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Assign) and any(_name(target) == name for target in found.targets):
            yield from _strings([found.value], {})


def _constants(tree: ast.Module) -> dict[str, list[str]]:
    """Texts that a module gives a name: NAME = "...", or a table of them: NAMES = {key: "..."}."""
    found: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            found[_name(target)] = list(_strings(values, found))
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def missing(language: str) -> dict[str, str]:
    """The texts without a translation into `language`, with their places."""
    table = translate.table(language)
    return {text: place for text, place in texts().items() if text not in table and is_worded(text)}


def is_worded(text: str) -> bool:
    """Whether there is anything to translate: words that are neither places, units nor the same everywhere."""
    words = re.sub(r"\{[^}]*\}|\b(GB|MiB)\b", "", text)
    return text not in SAME and re.search(r"[A-Za-z]", words) is not None


def stale(language: str) -> list[str]:
    """Translated texts that the program does not have (any more)."""
    known = set(texts()) | {
        node.value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return [text for text in translate.table(language) if text not in known]


if __name__ == "__main__":
    language = sys.argv[1] if len(sys.argv) > 1 else "zh_CN"
    for text, place in missing(language).items():
        print(f"{place}: {text!r}")
    for text in stale(language):
        print(f"not in the program: {text!r}")
