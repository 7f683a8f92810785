"""Finds out what a push has done that ended without an answer, and never lets it run twice."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.core.submit.refusal import explain
from gitbatch_tui.errors import GitBatchError, PushRefused, Unreachable
from gitbatch_tui.models import Receipt, State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.submit.push import PushCut, Update
    from gitbatch_tui.models import Run

PATIENCE = 15.0
"""Seconds that a hook may take, on a busy machine, to claim its run after the branch has moved."""
_UNPACKING = 2.0
"""Seconds that a server may take for what had arrived when the line was cut."""
_PAUSE = 0.25
_AGE = (
    BASE
    + """moved=$(git --git-dir="$base/repo.git" -c log.showSignature=false \\
	reflog show -1 --date=unix "refs/heads/$2" --)
moved=${moved#*@\\{}
echo $(($(date +%s) - ${moved%%\\}*}))
"""
)


def find_out(
    batch: Batch, update: Update, options: Sequence[str], known: Collection[int], cut: PushCut
) -> tuple[Receipt, str]:
    """The run of the push, started now where only the branch has moved, and what was found.

    `known` are the runs of before. Raises `PushRefused` where nothing has arrived, and
    `Unreachable` where the server can't be asked.
    """
    try:
        if update.token:
            receipt = _by_token(batch, update, options)
            return receipt, "The connection was cut, but the run has begun, once."
        run, moved = _look(batch, update, known)
        if run:
            return _receipt(run), f"The connection was cut, but {run.name} has begun."
        if moved:
            receipt = batch.server.start(update.branch, options)
            return receipt, "The connection was cut when the branch had moved: it is run now."
    except _NothingArrived:
        pass
    except Unreachable as error:
        raise Unreachable(
            f"The connection was cut during the push, and what has arrived isn't known: {error} "
            "Then submit again, which looks first and never runs a push twice.",
            detail="\n".join(cut.said),
        ) from error
    raise nothing_arrived(batch, update, cut)


def nothing_arrived(batch: Batch, update: Update, cut: PushCut) -> PushRefused:
    """The refusal of a push that has changed nothing.

    Git itself dies of SIGPIPE, without a word, where it has nothing to push after all and tells
    the push options to a server that has closed: so the branch says whether it has moved.
    """
    name, tip = batch.remote.name, batch.tip(update.branch)
    if update.expected not in {None, tip}:
        sentence = explain(name, update.branch, "stale info", ())
    elif update.expected is None and tip and not batch.clone.contains(update.commit, tip):
        sentence = explain(name, update.branch, "non-fast-forward", ())
    else:
        sentence = f"Nothing has arrived at {name}, and nothing was run: {cut}."
    return PushRefused(sentence, detail="\n".join(cut.said))


def describe(batch: Batch, update: Update, known: Collection[int]) -> str:
    """Say what a push has done that a person has stopped; nothing is started."""
    name = f"{one_line(update.branch)} on {batch.remote.name}"
    try:
        # A receipt would come only when schedule.sh has ended.
        run, moved = _look(batch, update, known)
    except GitBatchError:
        return f"Whether {name} has moved isn't known: submit again, which looks first."
    if run:
        return f"The push had arrived: {run.name} runs. `gitbatch-tui cancel {run.name}` stops it."
    if moved:
        return f"{name} has moved, and no run was seen: `gitbatch-tui runs` shows whether one came."
    return "Nothing was pushed."


class _NothingArrived(Exception):
    """The branch hasn't moved, and isn't about to."""


def _by_token(batch: Batch, update: Update, options: Sequence[str]) -> Receipt:
    """The run of this very submit, begun now where only the branch has moved."""
    deadline = time.monotonic() + _UNPACKING
    while True:
        if receipt := batch.server.submitted(update.token):
            return receipt
        if batch.tip(update.branch) == update.commit:
            return batch.server.start(update.branch, options, claim=update.claim)
        if time.monotonic() > deadline:
            raise _NothingArrived
        time.sleep(_PAUSE)


def look_for_run(
    batch: Batch, update: Update, known: Collection[int], options: Sequence[str]
) -> Receipt | None:
    """The run of a branch that has moved, waiting for a hook that may be about to claim it.

    One with other parameters is somebody else's.
    """
    run, _ = _look(batch, update, known)
    return _receipt(run) if run and sorted(run.options) == sorted(options) else None


def _look(batch: Batch, update: Update, known: Collection[int]) -> tuple[Run | None, bool]:
    """The run of the push, and whether the branch has moved; waits for a hook that is at it."""
    start = time.monotonic()
    patience: dict[bool, float] = {}
    while True:
        moved = batch.tip(update.branch) == update.commit
        for run in batch.runs():
            mine = (run.branch, run.commit) == (update.branch, update.commit)
            if mine and run.number not in known:
                return run, True
        if moved not in patience:
            patience[moved] = _patience(batch, update, moved=moved)
        if time.monotonic() - start > patience[moved]:
            return None, moved
        time.sleep(_PAUSE)


def _patience(batch: Batch, update: Update, *, moved: bool) -> float:
    """Seconds to wait for a run; none where the branch moved long ago."""
    if not moved:
        return _UNPACKING
    answer = batch.host.run(_AGE, batch.remote.base, update.branch)
    age = number_of(answer.text.strip())
    return PATIENCE if age is None else max(0.0, PATIENCE - age)


def _receipt(run: Run) -> Receipt:
    rejected = run.state is State.REJECTED
    return Receipt(
        run.number, run.commit, State.REJECTED if rejected else State.SUBMITTED, run.branch
    )
