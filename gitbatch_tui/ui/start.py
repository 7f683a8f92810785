"""Opens the screen: git is asked first, and answers while the screen's library is imported."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from gitbatch_tui.core.watch.overview import StartupQuery
from gitbatch_tui.ui.ending import ending

if TYPE_CHECKING:
    from pathlib import Path


def open_screen(path: Path) -> int:
    """Show the screen of the clone that `path` is in; the exit status."""
    if why := _objection():
        sys.stderr.write(f"gitbatch-tui: {why}\n")
        return 1
    # What is made until the first picture stays: looking for garbage in it takes its time.
    gc.disable()
    with StartupQuery(path) as beginning:
        from gitbatch_tui.ui.app import GitBatchApp  # noqa: PLC0415  # git is at work by now

        app = GitBatchApp(path, beginning)
        with ending(app.leave):
            app.run()
    return app.return_code or 0


def _objection() -> str:
    """Why the screen can't be shown in this terminal; empty where it can."""
    term = os.environ.get("TERM", "")
    if term in {"", "dumb", "unknown"}:
        return (
            f"this terminal can't show the screen (TERM={term}). The commands work: `gitbatch-tui "
            "--help` lists them."
        )
    if sys.stdout.encoding.lower().replace("-", "") != "utf8":
        return (
            f"the screen needs a UTF-8 locale, and this one is {sys.stdout.encoding}: "
            "`LC_ALL=C.UTF-8 gitbatch-tui`. The commands work without."
        )
    return ""
