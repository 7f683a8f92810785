"""Has the jobs of runs stopped, by their schedulers and on the host itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import chain
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.cancel_result import CancelResult
from gitbatch_tui.core.jobs.queues import alive_jobs, submitted_jobs
from gitbatch_tui.core.jobs.stop import stop
from gitbatch_tui.errors import GitBatchError, Unreachable
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import Receipt, Run

_AT_ONCE = 4
"""Parts of the runs that are cancelled side by side."""
_TOGETHER = 20
"""Runs of such a part, at most: their schedulers are asked, and told to stop jobs, once."""
_MARKED = 200
"""Runs that are marked by one call."""


def cancel(
    server: Server,
    runs: Collection[Run],
    tell: Callable[[int], None] | None = None,
    *,
    give_up: bool = False,
) -> dict[int, CancelResult]:
    """Stop the jobs of runs, all that are known; says what became of each run, by its number.

    Of several runs, none that waits begins meanwhile. `tell` hears of how many it is known by then.
    With `give_up`, a run is ended also where jobs of it are left: these may go on unseen.
    """
    tried = _keep_waiting(server, runs) if len(runs) > 1 else frozenset[int]()
    line = [run.number for run in sorted(runs, key=_turn)]
    ends: dict[int, CancelResult] = {}
    lost: list[Unreachable] = []
    threads = ThreadPoolExecutor(_AT_ONCE)
    try:
        parts = [threads.submit(_cancel_part, server, tried, lost, part) for part in _parts(line)]
        for part in as_completed(parts):
            some = part.result()
            if give_up:
                _give_up(server, some)
            ends |= some
            if tell:
                tell(len(ends))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
    return ends


def _keep_waiting(server: Server, runs: Collection[Run]) -> frozenset[int]:
    """Try to mark those that wait, so that none begins meanwhile; says which these are.

    What is wrong with any of them is said where it is cancelled.
    """
    waiting = [run.number for run in runs if not (run.state.final or run.state is State.RUNNING)]
    for first in range(0, len(waiting), _MARKED):
        try:
            server.mark_cancelled(*waiting[first : first + _MARKED])
        except Unreachable:
            break
        except GitBatchError:
            continue  # one is over, or somebody else's
    return frozenset(waiting)


def _turn(run: Run) -> tuple[bool, int]:
    """Sort those that wait first, since they would begin next."""
    return run.state is State.RUNNING, run.number


def _parts(line: Sequence[int]) -> Iterator[Sequence[int]]:
    size = min(_TOGETHER, -(-len(line) // _AT_ONCE))
    return (line[first : first + size] for first in range(0, len(line), size or 1))


def _cancel_part(
    server: Server, tried: frozenset[int], lost: list[Unreachable], numbers: Sequence[int]
) -> dict[int, CancelResult]:
    """Cancel some runs together, unless their host was `lost` by now, for which nobody waits."""
    try:
        if not lost:
            return stop(server, numbers, tried)
    except Unreachable as error:
        lost.append(error)
    except GitBatchError as error:
        if len(numbers) == 1:
            return {numbers[0]: CancelResult(error=error)}
        # What is wrong with one isn't wrong with the others, some of which may be over by now.
        ends = (_cancel_part(server, tried.union(numbers), lost, [each]) for each in numbers)
        return dict(chain(*(end.items() for end in ends)))
    return {number: CancelResult(error=lost[0]) for number in numbers}


def _give_up(server: Server, ends: dict[int, CancelResult]) -> None:
    """End also those of which jobs are left."""
    for number, done in ends.items():
        if done.left:
            try:
                server.settle(number, str(State.CANCELLED), "", f"given up: {done.trouble}")
            except GitBatchError as error:
                done.error = error
            else:
                done.given_up = True


def left_behind(server: Server, receipt: Receipt) -> tuple[str, ...]:
    """A sentence about the jobs that a rejected run has submitted, if there are any."""
    if receipt.state is not State.REJECTED:
        return ()
    try:
        submitted = submitted_jobs(server, [server.live(receipt.run)])
        jobs = ", ".join(alive_jobs(server, submitted)[receipt.run].names)
    except GitBatchError:
        # Not to know of more is no reason to hide that the run was rejected.
        return ()
    return (
        (f"It had submitted {jobs} by then: cancel run {receipt.run} to end that.",) if jobs else ()
    )
