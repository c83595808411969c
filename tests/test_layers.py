"""The picture of which way imports point, as a table that is checked."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# room -> rooms it may import at module level. A room is a folder or file directly below studio/.
MAY_IMPORT = {
    "bootstrap": set(),
    "core": set(),
    "catalog": {"core"},
    "library": {"core", "catalog"},
    "launcher": {"core", "catalog"},
    "engine": {"core", "catalog", "library"},
    "training": {"core", "catalog", "library", "engine"},
    "tasks": {"core", "catalog", "library"},
    "doctor": {"core", "catalog", "library"},
    "api": {"core", "catalog", "library", "tasks"},
    "ui": {"core", "catalog", "library", "launcher", "tasks", "doctor"},
    "cli": {"core", "catalog", "library", "launcher", "tasks", "doctor"},
    "app": {"core", "catalog", "library", "launcher", "tasks", "doctor", "ui"},
}
MAY_IMPORT_INSIDE_FUNCTIONS = {
    "bootstrap": {"core", "catalog", "app", "cli"},
    "tasks": {"engine", "training"},
    "app": {"cli"},
    "cli": {"app", "bootstrap"},
}
QT = {"ui", "app"}
TORCH = {"engine", "training"}
HEAVY = {"torch", "diffusers", "transformers", "torchsde", "accelerate", "torchvision"}


def sources() -> list[Path]:
    return sorted((ROOT / "studio").rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "studio").parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, whether at module level) of each import."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {
        id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) not in inner) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"studio.{alias.name}" for alias in node.names] if node.module == "studio" else [node.module or ""]
            found += [(name, id(node) not in inner) for name in names]
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_the_right_way(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        assert not imports(path)
        return
    for module, at_top in imports(path):
        top, *rest = module.split(".")
        if top == "studio" and rest and rest[0] != here:
            allowed = MAY_IMPORT[here] | (set() if at_top else MAY_IMPORT_INSIDE_FUNCTIONS.get(here, set()))
            assert rest[0] in allowed, f"{path} imports {module}"
        if top in {"PySide6", "qtawesome", "shiboken6"}:
            assert here in QT, f"{path} imports {module}"
        if top in HEAVY:
            assert here in TORCH, f"{path} imports {module}"
