"""Starts the runs of a sweep: all in one go, each of them once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.server.protocol import fields_of, number_of
from gitbatch_tui.core.submit.push import SERVER, PushCut, Update, push_once
from gitbatch_tui.core.submit.recovery import nothing_arrived
from gitbatch_tui.core.submit.submit import get_ready
from gitbatch_tui.core.sweeps.plan import key_of
from gitbatch_tui.errors import (
    GitBatchError,
    Refused,
    RunNotConfirmed,
    Stopped,
    Unreachable,
)
from gitbatch_tui.models import Receipt, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.submit.push import OnLine
    from gitbatch_tui.core.submit.questions import Choices
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.grid import Row
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.models import Run

_LOCAL = "local"
GOES_ON = "What has arrived goes on over there; the same command again starts only what is missing."
"""What there is to say where somebody stops waiting for receipts."""


@dataclass(frozen=True)
class Started:
    """A run of a sweep."""

    receipt: Receipt
    options: Row
    reason: str = ""
    """Why schedule.sh has rejected it."""
    before: bool = False
    """It had begun already when the sweep was submitted again."""


OnStarted = Callable[[Started], None]
"""Gets every run as soon as there is its receipt."""


@dataclass(frozen=True)
class Sweep:
    """A sweep whose runs have all begun, or been rejected."""

    number: int
    runs: tuple[Started, ...]
    """In order of the plan."""
    notes: tuple[str, ...] = ()
    """What was done besides, in sentences."""

    @property
    def name(self) -> str:
        """The name of the sweep on command lines."""
        return f"sweep:{self.number}"

    @property
    def rejected(self) -> tuple[Started, ...]:
        return tuple(run for run in self.runs if run.receipt.state is State.REJECTED)


@dataclass(frozen=True)
class _Order:
    """The runs that are wanted of the server."""

    batch: Batch
    key: str
    branch: str
    commit: str
    rows: Sequence[Row]
    of: Sequence[int] = ()
    """The runs that the rows are again; none where they are new ones."""
    sweep: int = 0
    """The sweep that they are added to; 0: a new one."""
    at_most: int | None = None

    def text(self) -> bytes:
        head = {
            "key": self.key,
            "branch": self.branch,
            "commit": self.commit,
            "sweep": self.sweep,
            "at-most": self.at_most,
        }
        lines = [f"{key}={value}" for key, value in head.items() if value]
        for number, row in enumerate(self.rows, 1):
            again = f" of {self.of[number - 1]}" if self.of else ""
            lines.append(f"row={number}{again}")
            lines += [f"option={option}" for option in row]
        return "\n".join([*lines, "end\n"]).encode("utf-8", "surrogateescape")


def start(  # noqa: PLR0913, PLR0917  # who is told of what
    situation: Situation,
    choices: Choices,
    plan: SweepPlan,
    on_line: OnLine,
    on_started: OnStarted,
    on_plan: Callable[[str], None] = lambda _: None,
) -> Sweep:
    """Push the commit where it isn't there yet, and start a run for each row of the plan.

    `on_plan` hears the plan with the commit that runs, which is another one than that of the
    situation where results are brought in before, or where it is what a run made.
    Of a sweep that was interrupted, only what is missing is started. Raises `Refused` where a
    choice is missing, `PushRefused`, and `Unreachable` or `RunNotConfirmed` where not all
    receipts came.
    """
    check_server(situation.batch, takes_sweeps=situation.takes_sweeps)
    situation, choices, notes = get_ready(situation, replace(choices, again=True))
    what = situation.as_it_runs
    on_plan(plan.words(what))
    if not situation.maker and situation.tip != what.commit:
        _push(situation, on_line)
    key = key_of(what, plan.rows, what.runs)
    order = _Order(what.batch, key, what.branch, what.commit, plan.rows, at_most=plan.at_most)
    sweep = _carry_out(order, on_line, on_started)
    return replace(sweep, notes=(*notes, *sweep.notes))


def start_again(batch: Batch, runs: Sequence[Run], on_line: OnLine, on_started: OnStarted) -> Sweep:
    """New runs of the same commit with the same parameters, as part of the same sweep."""
    first, numbers = runs[0], [run.number for run in runs]
    key = hashlib.sha256(f"{first.sweep} again {numbers}".encode()).hexdigest()[:32]
    rows = [run.options for run in runs]
    order = _Order(batch, key, first.branch, first.commit, rows, numbers, first.sweep)
    return _carry_out(order, on_line, on_started)


def start_of(
    batch: Batch, run: Run, plan: SweepPlan, on_line: OnLine, on_started: OnStarted
) -> Sweep:
    """Start a sweep of the commit of a run, which is over there already; else like `start`."""
    listing = batch.listing(with_news=True)
    check_server(batch, takes_sweeps=listing.takes_sweeps)
    key = key_of(run, plan.rows, listing.runs)
    order = _Order(batch, key, run.branch, run.commit, plan.rows, at_most=plan.at_most)
    return _carry_out(order, on_line, on_started)


def check_server(batch: Batch, *, takes_sweeps: bool) -> None:
    """Raise `Refused` where the batch remote is of a version that knows of no sweeps."""
    if not takes_sweeps:
        remote = batch.remote
        raise Refused(
            f"The batch remote {remote.name} is of an older version, which knows of no sweeps: "
            f"`gitbatch-tui setup {remote.name} {remote.location}` upgrades it."
        )


def _push(situation: Situation, on_line: OnLine) -> None:
    batch = situation.batch
    leased = situation.behind or situation.snapshot
    expected = situation.tip if leased else None
    update = Update(situation.branch, situation.commit, expected, starts=False)
    try:
        push_once(batch, update, (), on_line)
    except PushCut as cut:
        if batch.stop.asked:
            raise Stopped("Nothing was started.") from cut
        if batch.tip(update.branch) != update.commit:
            raise nothing_arrived(batch, update, cut) from cut


def _carry_out(order: _Order, on_line: OnLine, on_started: OnStarted) -> Sweep:
    runs: dict[int, Started] = {}
    number = 0
    try:
        for line in order.batch.server.sweep(order.text()):
            fields = fields_of(line)
            if row := number_of(fields.get("row", "")):
                started = _started(order, row, fields)
                if started and row not in runs:
                    runs[row] = started
                    on_started(started)
            elif line.startswith("end\t"):
                number = number_of(fields.get("sweep", "")) or 0
            elif line.startswith("gitbatch: "):
                on_line(f"{SERVER}{clean(line)}")
    except Unreachable as error:
        raise Unreachable(f"{_so_far(order, runs)}: {error} {GOES_ON}") from error
    if len(runs) < len(order.rows) or not number:
        raise RunNotConfirmed(f"{_so_far(order, runs)}, and the server says no more. {GOES_ON}")
    begun = tuple(runs[row] for row in sorted(runs))
    return Sweep(number, begun, tuple(_without_limit(order, begun)))


def _without_limit(order: _Order, begun: Sequence[Started]) -> Iterator[str]:
    """Say that all runs may go on at the same time, where another scheduler has their jobs."""
    if not order.at_most or begun[0].receipt.state is State.REJECTED:
        return
    with suppress(GitBatchError):  # they have begun all the same
        job = order.batch.server.live(begun[0].receipt.run).job
        if job and job.scheduler not in {"", _LOCAL}:
            yield (
                f"The limit of {order.at_most} at a time has no effect: the jobs are those of "
                f"{job.scheduler}, and only `{_LOCAL}` keeps to it."
            )


def _so_far(order: _Order, runs: Mapping[int, Started]) -> str:
    return f"{len(runs):,} of {len(order.rows):,} runs are confirmed"


def _started(order: _Order, row: int, fields: Mapping[str, str]) -> Started | None:
    """Read a line of the answer; None where it is none of this order."""
    run, state = number_of(fields.get("run", "")), fields.get("state", "")
    if not run or row > len(order.rows) or state not in {State.SUBMITTED, State.REJECTED}:
        return None
    receipt = Receipt(run, order.commit, State(state), order.branch)
    reason = one_line(fields.get("reason", ""))
    return Started(receipt, order.rows[row - 1], reason, fields.get("began") == "before")
