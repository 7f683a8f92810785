"""Holds the house's import rule: which part of the program may know which."""

from __future__ import annotations

import ast
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import gitbatch_tui

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = "gitbatch_tui"
PACKAGE = Path(gitbatch_tui.__file__).parent

# What a part may import beside the standard library. A part's own modules are always allowed.
ALLOWED = {
    "__init__": set[str](),
    "__main__": {"cli"},
    "errors": set[str](),
    "models": set[str](),
    "config": {"errors", "models", "tomli"},
    "core": {
        "errors",
        "models",
        "config",
        "__init__",
        "tomli",
        "git",
        "watchfiles",
        "PIL",
        "rocrate",
    },
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
ALLOWED_LATE = {"cli": {"ui"}, "__init__": {"core"}}
# Programs are core's business.
FORBIDDEN = {"ui": {"subprocess"}}

# The packages of core, from the ground up: each imports only those before it.
LAYERS = """
    base hosts schedulers git server dirhash frozen freezing jobs runs watch batch submit
    sweeps diffs compare results browse verify publish crate logs curves report_page setup
""".split()


class Import(NamedTuple):
    """A name that some line of a module imports."""

    line: int
    name: str
    is_late: bool
    """Whether it is imported only when a function is called."""


@cache
def modules() -> dict[str, Path]:
    """Every module of the program, by its dotted name."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "_data" not in path.parts]
    return {dotted(path): path for path in paths}


def dotted(path: Path) -> str:
    words = (OURS, *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(words).removesuffix(".__init__")


@cache
def imports(module: str) -> tuple[Import, ...]:
    """All imports of a module, those for types and those inside functions included."""
    tree = ast.parse(modules()[module].read_bytes())
    late = late_nodes(tree)
    return tuple(
        Import(node.lineno, name, node in late)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in names_in(node, module)
    )


def names_in(node: ast.Import | ast.ImportFrom, module: str) -> list[str]:
    """The absolute names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        is_package = modules()[module].name == "__init__.py"
        words = module.split(".")
        package = words[: len(words) - node.level + is_package]
        base = ".".join((*package, base) if base else package)
    return [f"{base}.{alias.name}" for alias in node.names]


def late_nodes(tree: ast.AST) -> set[ast.AST]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return {n for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}


def noun(name: str) -> str:
    """The part of this program, or the top-level package, that a dotted name belongs to."""
    first, *rest = name.split(".")
    if first != OURS:
        return first
    return rest[0] if rest and rest[0] in ALLOWED else "__init__"


def layer(name: str) -> str:
    """The package of core that a dotted name belongs to; empty for any other."""
    words = name.split(".")
    return words[2] if words[:2] == [OURS, "core"] and len(words) > 2 else ""


def module_of(name: str) -> str:
    """The module of the program that an imported name is, or is in; empty for any other."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name


def test_a_module_imports_only_what_its_part_of_the_house_may_know() -> None:
    assert list(trespasses()) == []


def trespasses() -> Iterator[str]:
    for module in modules():
        part = "__init__" if module == OURS else module.split(".")[1]
        allowed = ALLOWED[part] | {part} | (sys.stdlib_module_names - FORBIDDEN.get(part, set()))
        late = allowed | ALLOWED_LATE.get(part, set())
        for line, name, is_late in imports(module):
            if noun(name) not in (late if is_late else allowed):
                yield f"{module}:{line} imports {name}"


def test_every_package_of_core_has_its_place_in_the_order() -> None:
    assert sorted({layer(module) for module in modules()} - {""}) == sorted(LAYERS)


def test_a_package_of_core_imports_only_those_before_it() -> None:
    order = {name: number for number, name in enumerate(LAYERS)}
    assert [
        f"{module}:{line} imports {name}"
        for module in modules()
        for line, name, _ in imports(module)
        if layer(module) and layer(name) and order[layer(name)] > order[layer(module)]
    ] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: {module_of(name) for _, name, _ in imports(module)} for module in modules()}
    sorter = TopologicalSorter({module: known - {module} for module, known in graph.items()})
    circle: list[str] = []
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


def test_core_never_prints() -> None:
    assert [
        f"{module}:{call.lineno}"
        for module, path in modules().items()
        if layer(module)
        for call in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(call, ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ] == []
