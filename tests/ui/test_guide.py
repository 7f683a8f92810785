"""What the line at the top advises, by the state of the newest run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitbatch_tui.models import DOCTORS_BRANCH, BatchRemote, Job, Results, Run, State
from gitbatch_tui.ui.guide import advice, is_first
from gitbatch_tui.ui.state import AppState, RemoteView

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "results", "words"),
    [
        (State.RUNNING, Results.NONE, "batch#1 is running: press l to see its log grow, "),
        (State.REJECTED, Results.NONE, "batch#1 is rejected: schedule.sh failed, "),
        (State.FAILED, Results.NONE, "batch#1 has failed: l shows its log. Fix what is wrong, "),
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


@pytest.mark.parametrize(
    ("states", "results", "words"),
    [
        ([State.RUNNING, State.SUCCEEDED], Results.WAITING, "sweep:5 goes on: enter on its row"),
        ([State.FAILED, State.SUCCEEDED], Results.WAITING, "Runs of sweep:5 have results: press p"),
        ([State.SUCCEEDED, State.SUCCEEDED], Results.PULLED, "They are in your branch now."),
        ([State.FAILED, State.CANCELLED], Results.NONE, "sweep:5 is over and left no results: "),
    ],
    ids=["goes on", "results", "pulled", "none"],
)
def test_of_a_sweep_the_advice_is_about_all_of_its_runs(
    states: list[State], results: Results, words: str
) -> None:
    runs = [
        Run("batch", 6 - at, state, "master", "1" * 40, sweep=5, results=results)
        for at, state in enumerate(states)
    ]
    other = Run("batch", 4, State.RUNNING, "master", "1" * 40)
    remote = BatchRemote("batch", "/srv/p", "/srv/p", "/srv/p/repo.git")
    view = RemoteView(remote, (*runs, other))
    assert advice(AppState((view,), remote="batch", loaded=True)).startswith(words)


def test_what_others_have_published_is_no_run_of_ones_own() -> None:
    run = Run("origin/batch", 1, State.SUCCEEDED, "master", "1" * 40, results=Results.WAITING)
    theirs = RemoteView(BatchRemote("origin/batch", "there", "", "", published="origin"), (run,))
    assert is_first(AppState((theirs,), loaded=True))
    words = advice(AppState((theirs,), loaded=True))
    assert words.startswith("These runs were published on origin: ")
    assert "press a" in words
    mine = RemoteView(BatchRemote("batch", "/srv/p", "/srv/p", "/srv/p/repo.git"))
    assert not advice(AppState((mine, theirs), loaded=True)).startswith("These runs")


def test_what_the_doctor_ran_is_nobodys_run_and_says_no_scheduler() -> None:
    doctors = Run(
        "batch", 900000001, State.SUCCEEDED, f"{DOCTORS_BRANCH}1", "1" * 40, job=Job("local", "1")
    )
    mine = Run("batch", 1, State.SUCCEEDED, "master", "1" * 40, job=Job("slurm", "7"))
    remote = BatchRemote("batch", "/srv/p", "/srv/p", "/srv/p/repo.git")
    checked = RemoteView(remote, (doctors,))
    assert is_first(AppState((checked,), loaded=True))
    assert not checked.scheduler
    used = RemoteView(remote, (doctors, mine))
    assert not is_first(AppState((used,), loaded=True))
    assert used.scheduler == "slurm"
