"""Keys and what they do, in a pane or on another screen."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.ui.dialogs.reading import Reading
from gitbatch_tui.ui.keys import KEYS, MOVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

WIDEST, SHARE = 84, 94
"""Cells of a dialog, and at most so many percent of the screen, as dialogs.tcss has it."""
FRAME = 7
"""Those that its frame, its padding and its scroll bar take."""
LEAST = 16
"""Cells for words, however narrow the screen is."""
_LOG = (
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
_DIFF = (
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
    ("esc q", "Leave the search; then go back"),
)
_FILES = (
    ("j k ↓ ↑", "Move"),
    ("Home G End", "To the first, to the last"),
    ("PgUp PgDn ctrl+u ctrl+d", "A page up, a page down"),
    ("enter → l", "Open a folder; look into a file; list more of a folder"),
    ("← h", "Close the folder, or the one that this is in"),
    ("g", "Get it: copy the file, or all of the folder, to run-NUMBER here"),
    ("y", "Copy where it is, for scp, rsync or a shell there"),
    ("/", "Filter what is listed, as you type"),
    ("r", "Look again; while the run goes on, that happens by itself"),
    ("tab", "From the list to the file and back"),
    ("w", "Whether long lines of the file go on below"),
    ("esc q", "Leave the file; then go back"),
)
_CURVES = (
    ("← →", "The metric before, the next one"),
    ("m", "Choose a metric from a list"),
    ("l", "A logarithmic scale, or a linear one"),
    ("s", "Draw means of 1 %, 5 % or 20 % of all values, or each value"),
    ("S", "Save the picture as SVG; asks where"),
    ("esc q", "Back"),
)
SCREENS = {
    "log": ("the log", 24, _LOG),
    "diff": ("what changed", 24, _DIFF),
    "files": ("the files of a run", 24, _FILES),
    "curves": ("curves", 9, _CURVES),
}
"""What each is called, the cells for its keys, and what they do."""


class Keys(Reading):
    """Keys and what they do, a line each."""

    WIDTH = 24
    """Cells for the keys."""
    rows: Sequence[tuple[str, str]] = ()

    def holds(self) -> Iterable[Widget]:
        yield Static(self._lines(), id="keys")

    def on_resize(self) -> None:
        super().on_resize()
        self.query_one("#keys", Static).update(self._lines())

    def _lines(self) -> Content:
        # Words go on below words where the screen is narrow.
        wide = min(WIDEST, self.app.size.width * SHARE // 100)
        room = wide - FRAME - self.WIDTH - 2
        return Content("\n").join(self._line(*row, room) for row in self.rows)

    def _line(self, keys: str, words: str, room: int) -> Content:
        below = "\n" + " " * (self.WIDTH + 2)
        shown = below.join(wrap(words, max(room, LEAST)))
        return Content.assemble((f"{keys:>{self.WIDTH}}", "bold $text-primary"), f"  {shown}")


class PaneKeys(Keys):
    """The keys of a pane of the main screen."""

    WIDTH = 9

    def __init__(self, pane: str) -> None:
        super().__init__()
        self.pane = pane
        self.rows = [*MOVES, *((key.shown, key.help) for key in KEYS if pane in key.panes)]

    @property
    def heading(self) -> str:
        return f"Keys in {self.pane.capitalize()}"


class ScreenKeys(Keys):
    """The keys of another screen, by its name in `SCREENS`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._heading, self.WIDTH, self.rows = SCREENS[name]

    @property
    def heading(self) -> str:
        return f"Keys in {self._heading}"
