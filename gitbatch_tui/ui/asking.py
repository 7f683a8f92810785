"""Turns a key and where the cursors are into a request, or says why it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results, State
from gitbatch_tui.ui import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.board import Chosen


def ask(deed: str, chosen: Chosen) -> Message:
    """The request; raises `Refused` with the reason where it would make no sense."""
    return _REQUESTS[deed](chosen)


def _submit(chosen: Chosen) -> Message:
    remote = _remote(chosen)
    if not chosen.branch:
        raise Refused("There is no branch to submit yet: make a commit first.")
    return requests.SubmitRequested(remote, chosen.branch)


def _pull(chosen: Chosen) -> Message:
    run = _run(chosen)
    if not run.result and run.results is Results.NONE:
        raise Refused(f"{run.name} has no results to pull{_so_far(run)}.")
    return requests.PullRequested(run)


def _diff(chosen: Chosen) -> Message:
    if len(chosen.marked) > 2:  # noqa: PLR2004  # two sides
        raise Refused(f"A diff has two sides, and {len(chosen.marked)} runs are marked.")
    runs = chosen.marked if len(chosen.marked) > 1 else (_run(chosen),)
    for run in runs:
        if run.results is Results.ON_THEIR_WAY:
            raise Refused(f"The results of {run.name} are still being brought home.")
        if not run.result:
            raise Refused(f"{run.name} changed nothing{_so_far(run)}.")
    return requests.DiffRequested(runs)


def _so_far(run: Run) -> str:
    if run.results is Results.UNDELIVERED:
        return f": they could not be delivered: {run.undelivered}"
    return "" if run.state.final else " so far"


def _cancel(chosen: Chosen) -> Message:
    # What was rejected may have submitted jobs before.
    runs = tuple(run for run in _runs(chosen) if not run.state.final or run.state is State.REJECTED)
    if not runs:
        raise Refused(_over(_runs(chosen), "there is nothing to cancel"))
    return requests.CancelRequested(runs)


def _hold(chosen: Chosen) -> Message:
    runs = tuple(run for run in _runs(chosen) if run.state in {State.QUEUED, State.SUBMITTED})
    if not runs:
        raise Refused(_over(_runs(chosen), "only what is queued can be held"))
    return requests.HoldRequested(runs)


def _over(runs: tuple[Run, ...], so: str) -> str:
    if len(runs) == 1:
        return f"{runs[0].name} {runs[0].state.told}: {so}."
    return f"None of the {len(runs)} marked runs is in the queue or running: {so}."


def _verify(chosen: Chosen) -> Message:
    if len(chosen.marked) > 1:
        return requests.LineupRequested(chosen.marked)
    run = _run(chosen)
    if not run.state.final:
        raise Refused(f"{run.name} {run.state.told}: it can be verified when it has ended.")
    return requests.VerifyRequested(run)


def _shell(chosen: Chosen) -> Message:
    return requests.ShellRequested(_run(chosen))


def _copy(chosen: Chosen) -> Message:
    if not (chosen.run or chosen.branch or chosen.remote):
        raise Refused("There is nothing to copy yet.")
    return requests.CopyRequested(chosen)


def _remote(chosen: Chosen) -> BatchRemote:
    if chosen.remote is None:
        raise Refused("There is no batch remote yet: press a to add one.")
    return chosen.remote


def _run(chosen: Chosen) -> Run:
    return _runs(chosen, marked=False)[0]


def _runs(chosen: Chosen, *, marked: bool = True) -> tuple[Run, ...]:
    runs = chosen.runs if marked else tuple(run for run in [chosen.run] if run)
    if not runs:
        raise Refused("No run is selected: press s to submit one, or 3 to go to Runs.")
    return runs


_REQUESTS: dict[str, Callable[[Chosen], Message]] = {
    "submit": _submit,
    "pull": _pull,
    "diff": _diff,
    "log": lambda chosen: requests.LogRequested(_run(chosen)),
    "cancel": _cancel,
    "rerun": lambda chosen: requests.RerunRequested(_run(chosen)),
    "hold": _hold,
    "verify": _verify,
    "details": lambda chosen: requests.DetailsRequested(_run(chosen)),
    "shell": _shell,
    "add": lambda _: requests.AddRequested(),
    "undo": lambda chosen: requests.UndoRequested(_remote(chosen)),
    "doctor": lambda chosen: requests.DoctorRequested(_remote(chosen)),
    "copy": _copy,
    "refresh": lambda chosen: requests.RefreshRequested((_remote(chosen),)),
    "refresh_all": lambda _: requests.RefreshRequested(()),
    "journal": lambda _: requests.JournalRequested(),
    "help": lambda chosen: requests.HelpRequested(chosen.pane),
}
