"""Opens the screen: git is asked first, and answers while the screen's library is imported."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from gitbatch_tui.core.clone.view import Beginning

if TYPE_CHECKING:
    from pathlib import Path


def open_screen(path: Path) -> int:
    """Show the screen of the clone that `path` is in; the exit status."""
    # What is made until the first picture stays: looking for garbage in it takes its time.
    gc.disable()
    with Beginning(path) as beginning:
        from gitbatch_tui.ui.app import GitBatchApp  # noqa: PLC0415  # git is at work by now

        app = GitBatchApp(path, beginning)
        app.run()
    return app.return_code or 0
