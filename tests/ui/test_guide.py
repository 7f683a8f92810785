"""What the line at the top advises after what the newest run has come to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitbatch_tui.models import BatchRemote, Results, Run, State
from gitbatch_tui.ui.guide import advice
from gitbatch_tui.ui.state import AppState, RemoteView

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "results", "words"),
    [
        (State.RUNNING, Results.NONE, "batch#1 is running: its log grows below; "),
        (State.REJECTED, Results.NONE, "batch#1 is rejected: schedule.sh failed, "),
        (State.FAILED, Results.NONE, "batch#1 has failed: its log is below. Mend what is wrong, "),
        (State.SUCCEEDED, Results.NONE, "batch#1 has succeeded and left no results: "),
        (State.SUCCEEDED, Results.WAITING, "batch#1 has results, as a commit "),
        (State.SUCCEEDED, Results.PULLED, "They are in your branch now. "),
    ],
    ids=str,
)
def test_the_advice_fits_what_became_of_the_newest_run(
    state: State, results: Results, words: str
) -> None:
    settled = NOW if state.final else None
    run = Run("batch", 1, state, "master", "1" * 40, results=results, settled=settled)
    remote = BatchRemote("batch", "/srv/p", "/srv/p", "/srv/p/repo.git")
    view = RemoteView(remote, (run,))
    assert advice(AppState((view,), loaded=True)).startswith(words)
