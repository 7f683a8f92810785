"""What the tests of the screen share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.css.stylesheet import Stylesheet

from tests.ui.gallery import Gallery, furnished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.css.model import RuleSet

    from tests.support.paint import Screen


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """SyntaxColours, and no size but the one that a test asks for."""
    for name in ("NO_COLOR", "COLUMNS", "LINES", "TEXTUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


_PARSED: dict[object, list[RuleSet]] = {}


@pytest.fixture(autouse=True)
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a style sheet parsed by the first app of a process, which every other one repeats."""
    parse = Stylesheet._parse_rules

    def parse_once(sheet: Stylesheet, css: str, *place: Any, **options: Any) -> list[RuleSet]:
        colours = frozenset(sheet._variables.items())
        key = (css, place, tuple(options.items()), colours)
        if key not in _PARSED:
            _PARSED[key] = parse(sheet, css, *place, **options)
        return _PARSED[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_once)


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gallery:
    """Three remotes, five branches, runs in every state, at a time that stands still."""
    monkeypatch.setenv("GITBATCH_SSH", str(tmp_path / "gallery" / "ssh"))
    return furnished(tmp_path / "gallery")


@pytest.fixture
def screens() -> Iterator[list[Screen]]:
    """Terminals that are closed when the test ends."""
    opened: list[Screen] = []
    yield opened
    for screen in opened:
        screen.close()
