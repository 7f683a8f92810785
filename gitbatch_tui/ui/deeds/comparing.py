"""Shows what a run changed, or how the results of two runs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import Compared

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.requests import DiffRequested


class Comparing(Starting):
    """What is compared is fetched first, by its id; no branch moves for it."""

    def on_diff_requested(self, request: DiffRequested) -> None:
        with self.troubleshooting():
            runs = sorted(request.runs, key=lambda run: (run.remote, run.number))
            self._compare([(self.remote_of(run), run) for run in runs])

    @work(thread=True, exit_on_error=False, exclusive=True, group="compare")
    def _compare(self, runs: list[tuple[BatchRemote, Run]]) -> None:
        from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # it imports GitPython
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415
        from gitbatch_tui.core.results.revisions import changes_of, difference  # noqa: PLC0415

        clone = open_clone(self.path, self.journaled)
        try:
            sides = [(Batch(clone, self.hosts, remote), run) for remote, run in runs]
            comparison = difference(sides[0], sides[1]) if sides[1:] else changes_of(*sides[0])
        except BaseException:
            clone.close()
            raise
        self.post_message(Compared(title(*(run for _, run in runs)), comparison))

    def on_compared(self, fact: Compared) -> None:
        from gitbatch_tui.ui.screens.diff import DiffScreen  # noqa: PLC0415  # seldom needed

        shown = fact.comparison
        screen = DiffScreen(shown.clone, shown.old, shown.new, fact.title)
        self.push_screen(screen, lambda _: shown.clone.close())


def title(one: Run, other: Run | None = None) -> str:
    """What is compared, for the head of the screen."""
    if other:
        return f"{one_line(one.name)} against {one_line(other.name)}"
    return f"What {one_line(one.name)} changed"
