"""The keys of the log's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

ROWS = (
    ("j k ↓ ↑", "Scroll; following stops where you scroll back"),
    ("PgUp PgDn ctrl+u ctrl+d", "A page up, a page down"),
    ("g Home", "To the start"),
    ("G End", "To the end, and follow it"),
    ("← →", "Sideways, where lines aren't wrapped"),
    ("f", "Follow the end as it grows, or stay here"),
    ("w", "Wrap long lines, or cut them at the edge"),
    ("/", "Search: here and below, else above; esc stops it"),
    ("n N", "The next line that has it, the previous one"),
    ("o", "The next file: output, schedule.sh, others"),
    ("S", "Save the whole file; asks where"),
    ("P", "Open the file in $PAGER"),
    ("esc q", "Back"),
    ("…", "The line goes on to the right"),
    ("↺", "Written over, as progress bars are: the last state"),
)


class LogKeys(Reading):
    """What can be pressed, and what marks in the log mean."""

    HEADING = "Keys in the log"

    def holds(self) -> Iterable[Widget]:
        yield Static(Content("\n").join(_line(*row) for row in ROWS))


def _line(key: str, words: str) -> Content:
    return Content.assemble((f"{key:>24}", "bold $text-primary"), f"  {words}")
