"""The screen of the demo: the guide stands above it from its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.guide import Guide

if TYPE_CHECKING:
    from pathlib import Path

_BEGIN = "This is a small project on a batch remote of its own. Press s, and then enter, to run it."


def open_demo(project: Path) -> int:
    """Show the screen of the demo's project; the exit status."""
    app = DemoApp(project)
    app.run()
    return app.return_code or 0


class DemoApp(GitBatchApp):
    """Show the screen of a clone with a guide above it, whatever a person has seen before."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.guide = Guide(_BEGIN, needed=True)
