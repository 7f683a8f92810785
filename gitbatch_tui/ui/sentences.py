"""Sentences of dialogs about runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import first_few, first_lines, plural, short, took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.models import Results, State
from gitbatch_tui.ui import present

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.results.arrival import Arrival, Way
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.errors import Unreachable
    from gitbatch_tui.models import BatchRemote, Run

LISTED = 8
"""How many runs a question names one by one."""
_NAMED = 3
"""How many files that stay here are named."""


@dataclass(frozen=True)
class Confirmation:
    """Something to agree to."""

    heading: str
    paragraphs: tuple[str, ...]
    yes: str
    """What agreeing does, in a word or two."""
    no: str = "keep it"
    is_final: bool = False
    """Whether it can't be undone at all."""


def about_cancelling(runs: Sequence[Run], now: datetime) -> Confirmation:
    """Name every run that would be stopped, and what that means."""
    if len(runs) == 1:
        run = runs[0]
        return Confirmation(
            f"Cancel {run.name}?",
            (present.run_title(run), _fate(run, now)),
            "cancel it",
            "let it be",
        )
    return Confirmation(
        f"Cancel {len(runs)} runs?",
        (_listed(runs), f"Their jobs are ended now. {_KEPT}"),
        "cancel them",
        "let them be",
    )


def _listed(runs: Sequence[Run]) -> str:
    """The titles and states of the runs, a line each, as many as a question has room for.

    What all of them ran is said once, so that each has room in its line.
    """
    ran = {present.what_ran(run) for run in runs}
    of_one = [f"of {what}:" for what in ran if len(ran) == 1]
    title = present.named if of_one else present.run_title
    named = [one_line(f"{title(run)}: {run.state.words}") for run in runs]
    return "\n".join([*of_one, *(f"  {line}" for line in first_lines(named, LISTED))])


_KEPT = "What was written until then is kept with the run; no branch moves."


def _fate(run: Run, now: datetime) -> str:
    job = f" ({run.job})" if run.job else ""
    if run.stuck:
        return f"{run.stuck}: what is left of it is removed. {_KEPT}"
    if run.state is not State.RUNNING:
        return f"It {run.state.phrase}{job}, and will not begin."
    since = f" for {took(run, now)}" if run.started else ""
    return f"It has been running{since}{job}, and is ended now. {_KEPT}"


def about_running_again(runs: Sequence[Run]) -> Confirmation:
    """Name every run that would be run again."""
    return Confirmation(
        f"Run {runs[0].name if len(runs) == 1 else f'{len(runs)} runs'} again?",
        (_listed(runs),
         "The same commits with the same parameters; runs of a sweep stay in it."),
        "run again", "leave",
    )  # fmt: skip


def so_far(run: Run) -> str:
    """Why a run has no results, or that it may still get some; goes on with a sentence."""
    if run.results is Results.UNDELIVERED:
        return f": they could not be delivered: {run.undelivered}"
    return "" if run.state.final else " so far"


def not_in_that_state(runs: Sequence[Run], so: str) -> str:
    """Why something can't be done to any of these runs; `so` says what follows from it."""
    if len(runs) == 1:
        return f"{runs[0].name} {runs[0].state.phrase}: {so}."
    return f"None of the {len(runs)} runs is in the queue or running: {so}."


def submission_title(branch: str, remote: BatchRemote) -> str:
    """Name the branch and the remote, for the title of a submit."""
    return f"Submit {one_line(branch)} to {remote.name}"


def about_submission(situation: Situation) -> list[str]:
    """Say what will be pushed, and what that means, a line each."""
    commit = f"{short(situation.commit)} {one_line(situation.subject)}"
    lines = [f"{one_line(situation.branch)}  {commit}", f"to {situation.batch.remote.location}"]
    return [*lines, "", _news(situation), *_left_behind(situation)]


def _news(situation: Situation) -> str:
    remote, branch = situation.batch.remote.name, one_line(situation.branch)
    if not situation.tip:
        return f"{remote} has no branch {branch} yet."
    if situation.ahead:
        return f"{plural(situation.ahead, 'commit')} that {branch} on {remote} doesn't have."
    runs = " and ".join(run.name for run in situation.own_runs[:3])
    return f"{remote} has this commit already{f': {runs}' if runs else ''}."


def _left_behind(situation: Situation) -> list[str]:
    """Files that git doesn't know, which no push takes along."""
    names = [one_line(path) for path in situation.untracked]
    return [f"Not in git, so they stay here: {first_few(names, _NAMED)}."] if names else []


def about_arrival(arrival: Arrival) -> list[str]:
    """Why results that have been fetched can't simply be taken."""
    return [present.run_title(arrival.run), f"{arrival.situation} {arrival.whereabouts}."]


def ways_home(arrival: Arrival) -> list[tuple[str, Way | None]]:
    """How results that don't follow the branch can come into the clone."""
    from gitbatch_tui.core.results.arrival import Way  # noqa: PLC0415  # it imports GitPython

    branch = one_line(arrival.run.branch)
    return [
        (f"merge them into {branch}; a conflict is undone and named", Way.MERGE),
        ("bring only the files that the run changed, where they aren't changed here", Way.FILES),
        (f"use them instead of the results in {branch}: a new commit, on top of both", Way.TAKE),
        ("have them as a branch of their own", Way.BRANCH),
        ("nothing for now", None),
    ]


def what_arrived(names: Sequence[str]) -> list[str]:
    """The files that a run changed, in a line."""
    if not names:
        return []
    return [f"{plural(len(names), 'file')}: {first_few(names, LISTED)}."]


def what_was_left(left: Mapping[str, str]) -> list[str]:
    """The files that were not brought, each with the reason."""
    return [f"  {one_line(path)}: {why}" for path, why in left.items()]


def about_login(error: Unreachable) -> Confirmation:
    """Ask whether to log in, and say how that is done."""
    how = "ssh asks in your terminal; then everything else uses that connection."
    return Confirmation("Log in", (str(error), how), "log in here", "not now")
