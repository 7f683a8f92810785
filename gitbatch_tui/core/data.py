"""Finds the files that travel with the program: the hooks for the server and the examples."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def hooks_dir() -> Path:
    """The folder of the server's sh programs, exactly as they are installed."""
    return _data("hooks")


def examples_dir() -> Path:
    """The folder of examples, one folder each."""
    return _data("examples")


def _data(name: str) -> Path:
    # A wheel carries the folders inside the package; a checkout has them beside it.
    carried = _PACKAGE / "_data" / name
    return carried if carried.is_dir() else _PACKAGE.parent / name
