"""Submits a branch as it is: with results to bring in, new commits, or uncommitted files."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.git.merge import MergePurpose, bring_in
from gitbatch_tui.core.jobs.cancel import left_behind
from gitbatch_tui.core.submit.push import SERVER, OnLine, PushCut, Update, push_once
from gitbatch_tui.core.submit.questions import (
    ChangesChoice,
    Choices,
    ResultsChoice,
    about_results,
    check_options,
    next_question,
)
from gitbatch_tui.core.submit.recovery import describe, find_out, look_for_run
from gitbatch_tui.core.submit.situation import BRING, Situation, prepare
from gitbatch_tui.core.submit.snapshot import situation_of, take_snapshot
from gitbatch_tui.errors import PushRefused, Refused, Stopped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Receipt, Run

_SUBMITTING = MergePurpose("submitted", "submit again", "use --without-results")
MAY_RUN = "A run may have started all the same: `gitbatch-tui runs` shows it."
"""What there is to say where somebody stops waiting for the receipt of a run without a push."""


@dataclass(frozen=True)
class Submission:
    """A run that has begun, or that schedule.sh has rejected."""

    receipt: Receipt
    notes: tuple[str, ...] = ()
    """What was done besides, in sentences."""


def submit(situation: Situation, choices: Choices, on_line: OnLine) -> Submission:
    """Start exactly one run, or raise; where a choice is missing, `Refused` says which."""
    situation, choices, notes = get_ready(situation, choices)
    started = _start(situation, choices, on_line)
    left = left_behind(situation.batch.server, started.receipt)
    return replace(started, notes=(*notes, *started.notes, *left))


def get_ready(situation: Situation, choices: Choices) -> tuple[Situation, Choices, list[str]]:
    """Do what is chosen up to where something could be started, and say what that was.

    Raises `Refused` where a choice is missing, or the commit can't run.
    """
    check_options(choices.options)
    situation, choices, notes = snapshot(situation, choices)
    if question := next_question(situation, choices):
        raise question.refusal
    if choices.remember:
        wish = "true" if choices.results is ResultsChoice.WITH else "false"
        situation.batch.clone.set_config(BRING, wish)
    if situation.behind and about_results(situation, choices) is ResultsChoice.WITH:
        situation = _with_results(situation)
        notes.append(f"{one_line(situation.branch)} has the results now.")
    if situation.objection:
        raise Refused(situation.objection)
    return situation, choices, notes


def snapshot(situation: Situation, choices: Choices) -> tuple[Situation, Choices, list[str]]:
    """Take a snapshot of the work tree, where one is chosen; returns the new situation, and notes.

    Where there is nothing to take, it is the commit that is submitted, as if that were chosen.
    """
    if choices.dirt is not ChangesChoice.SNAPSHOT or situation.snapshot:
        return situation, choices, []
    if not situation.checked_out:
        raise Refused(
            f"A snapshot is of what is checked out, and {one_line(situation.branch)} isn't: "
            "submit it without --snapshot."
        )
    taken = take_snapshot(situation.batch.clone, situation.branch)
    told = [
        f"{why}: {', '.join(map(one_line, paths))}."
        for why, paths in (
            ("Left out, since they look like keys or passwords", taken.keys),
            ("Left out, since they are repositories of their own", taken.repositories),
            ("Taken as they are, though their conflict isn't solved for git", taken.unmerged),
        )
        if paths
    ]
    if taken.commit == situation.commit:
        words = f"There is nothing to take a snapshot of: {short(taken.commit)} has all files."
        return situation, replace(choices, dirt=ChangesChoice.HEAD), [*told, words]
    return situation_of(situation, taken), choices, told


def push(
    batch: Batch,
    update: Update,
    options: Sequence[str],
    known: Collection[int],
    on_line: OnLine,
) -> Submission | None:
    """Push, and find out what happened where the connection is cut; `known` runs are older.

    None: the branch was there already. Raises `PushRefused`, `RunNotConfirmed`, `Unreachable`,
    `Stopped`.
    """
    try:
        pushed = push_once(batch, update, options, on_line)
    except PushCut as cut:
        if batch.stop.asked:
            raise Stopped(describe(batch, update, known)) from cut
        on_line("the connection was cut: looking what has arrived")
        receipt, told = find_out(batch, update, options, known, cut)
        return Submission(receipt, (told,))
    except PushRefused:
        # Of two that push the same at the same moment, one is refused.
        if update.token and batch.tip(update.branch) == update.commit:
            return None
        raise
    except KeyboardInterrupt as stop:
        stop.add_note(describe(batch, update, known))
        raise
    return Submission(pushed.receipt) if pushed.receipt else None


def _with_results(situation: Situation) -> Situation:
    """The situation after the branch has taken in what is on the batch remote."""
    batch = situation.batch
    runs = " and ".join(run.name for run in situation.unpulled)
    told = f"Merge results of {runs}" if runs else f"Merge {batch.remote.name}"
    # The next run is known by what the person did, not by the merge.
    message = f"{situation.subject}\n\n{told}" if situation.ahead else told
    with locked(batch.clone, f"bringing in {runs or batch.remote.name}"):
        bring_in(batch.clone, situation.branch, situation.tip, message, _SUBMITTING)
    return prepare(batch, situation.branch)


def _start(situation: Situation, choices: Choices, on_line: OnLine) -> Submission:
    if (again := situation.repeated) and choices.results is not ResultsChoice.WITH:
        rerun = situation.batch.server.rerun
        with _interruptible():
            receipt = rerun(
                again.number,
                choices.options,
                _as_servers(on_line),
                token=_new_token(situation),
            )
        return Submission(receipt, (_as_repeated(again, choices.options),))
    if situation.orphaned:
        told = "It had been pushed before, but never run: its run is started now."
        return _begun(situation, choices) or _start_tip(situation, choices, on_line, told)
    if situation.tip == situation.commit:
        told = "Nothing new to push: it is run as it is there."
        return _start_tip(situation, choices, on_line, told)
    return _push(situation, choices, on_line)


def _as_repeated(run: Run, options: Sequence[str]) -> str:
    """Describe what is run once more, and what is other about it."""
    if sorted(run.options) == sorted(options):
        return f"Nothing new to push: {run.name} is run again."
    first = run.origin.removeprefix("rerun ")
    name = f"{run.remote}#{first}" if first.isdecimal() else run.name
    given = f"with {', '.join(map(one_line, options))}" if options else "without parameters"
    return f"The same commit as {name}, now {given}."


def _push(situation: Situation, choices: Choices, on_line: OnLine) -> Submission:
    leased = situation.behind or situation.snapshot
    expected = situation.tip if leased else None
    update = Update(situation.branch, situation.commit, expected, _new_token(situation))
    known = {run.number for run in situation.own_runs}
    pushed = push(situation.batch, update, choices.options, known, on_line)
    if pushed:
        return pushed
    if update.token:
        told = "Somebody pushed the same commit meanwhile; this is a run of its own."
        return _start_tip(situation, choices, on_line, told, update)
    told = "Somebody pushed the same meanwhile, without a run: it is started now."
    return _begun(situation, choices) or _start_tip(situation, choices, on_line, told)


def _new_token(situation: Situation) -> str:
    return secrets.token_hex(16) if situation.takes_tokens else ""


def _begun(situation: Situation, choices: Choices) -> Submission | None:
    """The run that a hook was about to start when we looked, or that another push has started."""
    known = {run.number for run in situation.own_runs}
    update = Update(situation.branch, situation.commit)
    receipt = look_for_run(situation.batch, update, known, choices.options)
    return Submission(receipt, ("It was pushed already, and has just begun.",)) if receipt else None


def _start_tip(
    situation: Situation,
    choices: Choices,
    on_line: OnLine,
    told: str,
    update: Update | None = None,
) -> Submission:
    """A run of what is there; of this very submit, where it has been tried in another way."""
    start = situation.batch.server.start
    claim = (
        update or Update(situation.branch, situation.commit, None, _new_token(situation))
    ).claim
    with _interruptible():
        receipt = start(situation.branch, choices.options, _as_servers(on_line), claim)
        return Submission(receipt, (told,))


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as stop:
        stop.add_note(MAY_RUN)
        raise


def _as_servers(on_line: OnLine) -> OnLine:
    """Mark lines that didn't come through git as the server's, too."""
    return lambda line: on_line(f"{SERVER}{line}")
