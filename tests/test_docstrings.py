"""Holds the house's rule for docstrings: each begins with an ordinary sentence."""

from __future__ import annotations

import ast
from pathlib import Path

import gitbatch_tui

PACKAGE = Path(gitbatch_tui.__file__).parent
PARTS = ("core", "cli", "ui", "models", "errors", "config")
# A sentence says what comes back or happens, and needs neither the line above nor the class.
NO_SENTENCES = (
    *("What ", "Whether ", "The same ", "The same,", "The same;"),
    *("As ", "By ", "From ", "In ", "Of ", "That of ", "Those ", "With "),
)


def test_a_docstring_begins_with_a_sentence_that_stands_by_itself() -> None:
    assert [
        f"{path.relative_to(PACKAGE)}:{node.body[0].lineno}: {first_line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in PARTS
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        if (first_line := (ast.get_docstring(node) or "").partition("\n")[0])
        if first_line.startswith(NO_SENTENCES)
    ] == []
