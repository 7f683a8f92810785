"""Holds the house's import rule: which part of the program may know which."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "gitbatch_tui"
OURS = "gitbatch_tui"

# What a part may import beside the standard library. A part's own modules are always allowed.
ALLOWED = {
    "__init__": set[str](),
    "__main__": {"cli"},
    "errors": set[str](),
    "models": set[str](),
    "config": {"errors", "models", "tomli"},
    "core": {"errors", "models", "config", "__init__", "tomli", "git", "watchfiles", "PIL"},
    "ui": {
        "errors",
        "models",
        "config",
        "core",
        "__init__",
        "tomli",
        "textual",
        "rich",
        "pygments",
    },
    "cli": {"errors", "models", "config", "core", "__init__", "tomli", "click"},
}
# Only inside functions, so that a command which needs no screen doesn't pay for one.
ALLOWED_LATE = {"cli": {"ui"}}
# Programs are core's business.
FORBIDDEN = {"ui": {"subprocess"}}


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "_data" not in path.parts]


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(node: ast.AST, path: Path) -> list[str]:
    """The absolute names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        package = (OURS, *path.relative_to(PACKAGE).parts)[: -node.level]
        base = ".".join((*package, base) if base else package)
    return [f"{base}.{alias.name}" for alias in node.names]


def noun(name: str) -> str:
    """The part of this program, or the top-level package, that a dotted name belongs to."""
    first, *rest = name.split(".")
    if first != OURS:
        return first
    return rest[0] if rest and rest[0] in ALLOWED else "__init__"


def late_nodes(tree: ast.AST) -> set[ast.AST]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return {n for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}


def trespasses(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_bytes())
    part, late = part_of(path), late_nodes(tree)
    for node in ast.walk(tree):
        allowed = ALLOWED[part] | {part} | (sys.stdlib_module_names - FORBIDDEN.get(part, set()))
        if node in late:
            allowed |= ALLOWED_LATE.get(part, set())
        for name in imported(node, path):
            if noun(name) not in allowed:
                yield f"line {getattr(node, 'lineno', 0)} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_part_of_the_house_may_know(path: Path) -> None:
    assert part_of(path) in ALLOWED, "a new part of the house needs a row in ALLOWED"
    assert list(trespasses(path)) == []


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if part_of(path) == "core"],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_core_never_prints(path: Path) -> None:
    calls = [n for n in ast.walk(ast.parse(path.read_bytes())) if isinstance(n, ast.Call)]
    printed = [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
    assert printed == []
