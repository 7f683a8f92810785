"""What the tests of the screen share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.gallery import Gallery, furnished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.paint import Screen


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """SyntaxColours, and no size but the one that a test asks for."""
    for name in ("NO_COLOR", "COLUMNS", "LINES", "TEXTUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


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
