"""Lines under the list of runs: what is selected, whole, however narrow the columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.parameters import told
from gitbatch_tui.ui import present
from gitbatch_tui.ui.run_groups import RunGroup

if TYPE_CHECKING:
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.run_groups import Row


class About(Widget):
    """Tells of the selected run what its row has no room for."""

    def __init__(self) -> None:
        super().__init__(id="about")
        self._said = ""

    def show_row(self, row: Row | None) -> None:
        """Tell of this run or group; nothing is drawn where the words are the same."""
        said = about_group(row) if isinstance(row, RunGroup) else about(row) if row else ""
        if said != self._said:
            self._said = said
            self.refresh(layout=True)

    def render(self) -> Content:
        return Content(self._said)


def about(run: Run) -> str:
    """State, reason, estimate and node; then parameters, tags and note: harmless, a line each."""
    return "\n".join(line for line in (present.state_sentence(run), _given(run)) if line)


def about_group(group: RunGroup) -> str:
    """How many runs there are, of what, and how far they are; harmless, in a line."""
    return f"{present.group_title(group)}: {present.counted_states(group.counts)}"


def _given(run: Run) -> str:
    tags = " ".join(f"#{tag}" for tag in run.tags)
    note = f"“{one_line(run.note)}”" if run.note else ""
    return "  ".join(part for part in (told(run), tags, note) if part)
