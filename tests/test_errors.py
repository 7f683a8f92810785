"""The tree of errors is drawn at the top of its module: every error, below what it is a kind of."""

from __future__ import annotations

import re

from gitbatch_tui import errors
from gitbatch_tui.errors import GitBatchError

BRANCH = re.compile(r"^    ([ │├└─]*)([A-Z]\w+)", re.MULTILINE)


def drawn() -> dict[str, str]:
    """The errors of the picture, and what each stands below."""
    path: list[str] = []
    parents = {}
    for stems, name in BRANCH.findall(errors.__doc__ or ""):
        depth = len(stems) // 4
        path[depth:] = [name]
        parents[name] = path[depth - 1] if depth else "Exception"
    return parents


def defined() -> dict[str, str]:
    """The errors of the module, and the class that each is made of."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, GitBatchError)
    ]
    return {kind.__name__: kind.__bases__[0].__name__ for kind in kinds}


def test_the_picture_shows_every_error_in_its_place() -> None:
    assert drawn() == defined()
