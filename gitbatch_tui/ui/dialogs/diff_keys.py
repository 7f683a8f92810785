"""The keys of the screen that shows what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

_KEYS = (
    ("j k ↓ ↑", "Move"),
    ("g G Home End", "To the first, to the last"),
    ("PgUp PgDn ctrl+u ctrl+d", "A page up, a page down"),
    ("← →", "To the left and the right, where lines are not wrapped"),
    ("tab", "From the files to the lines and back"),
    ("enter", "From a file to its lines"),
    ("t", "Old and new side by side, or in one column"),
    ("w", "Whether long lines go on below"),
    ("/", "Search the file that is shown; capitals matter only where there are some"),
    ("n N", "The next place that was found, the one before"),
    ("y", "Copy the plain-git command that shows the same"),
    ("esc", "Leave the search; then go back"),
)


class DiffKeys(Reading):
    """What can be pressed, and what it does."""

    HEADING = "Keys in what changed"

    def holds(self) -> Iterable[Widget]:
        yield Static(Content("\n").join(_line(*row) for row in _KEYS))


def _line(key: str, words: str) -> Content:
    return Content.assemble((f"{key:>24}", "bold $text-primary"), f"  {words}")
