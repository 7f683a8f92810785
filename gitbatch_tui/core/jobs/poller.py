"""Asks a scheduler of a host: one question at a time, about all jobs at once, and not too often."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.backoff import Pauses
from gitbatch_tui.core.schedulers.adapter import JobState, is_id
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.schedulers.adapter import Adapter
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context

EVERY = 5.0
"""Seconds between two questions, at least."""
SHARE = 10
"""A scheduler that is slow is asked less often: it is left alone for so many times its answer."""
LONGEST = 60.0
"""Seconds between questions to one that doesn't answer."""
PATIENCE = 5.0
"""Seconds for which a command waits for schedulers; what was known last is shown then."""
SLOW = 20
"""Seconds that its programs have for an answer, when nobody waits any more."""
_ROOM = 20_000
"""Bytes of ids that surely fit a command line."""


@dataclass(frozen=True)
class PollResult:
    """The last answer of a scheduler."""

    states: Mapping[str, JobState | None] = field(default_factory=dict)
    """By job; None where it doesn't know the job. One that is missing wasn't asked for yet."""
    trouble: str = ""
    """Why it could not be asked since; empty where the answer is of just now."""


class SchedulerPoller:
    """Asks one scheduler of one host, for everybody in this program.

    One question is about all jobs that were submitted in one context.
    """

    def __init__(
        self,
        adapter: Adapter,
        context: Context = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._adapter = adapter
        self._context = context
        self._clock = clock
        self._asking = threading.Lock()
        self._wanted: dict[str, float] = {}
        self._told = PollResult()
        self._due = clock()
        self._pauses = Pauses(EVERY, LONGEST)

    def begin(self, server: Server, ids: Collection[str]) -> Poll:
        """Ask for these jobs, unless it is too soon, or somebody is asking."""
        self._wanted |= dict.fromkeys(ids, self._clock())
        poll = Poll(self, ids)
        if self._clock() >= self._due and self._asking.acquire(blocking=False):
            poll.ask(partial(self._ask, server))
        return poll

    def known(self, ids: Collection[str]) -> PollResult:
        """The scheduler's last answer about these jobs."""
        told = self._told
        return replace(told, states={job: told.states[job] for job in ids if job in told.states})

    def is_late(self) -> None:
        """Note that nobody waits for the answer any more; it counts when it comes."""
        self._told = replace(self._told, trouble=f"no answer within {PATIENCE:g} s")

    def _ask(self, server: Server) -> None:
        try:
            self._ask_now(server)
        finally:
            self._asking.release()

    def _ask_now(self, server: Server) -> None:
        began = self._clock()
        ids = self._still_wanted(began)
        try:
            known = ask(server, self._adapter, self._context, ids, SLOW)
        except (ValueError, GitBatchError) as error:
            self._told = replace(self._told, trouble=one_line(str(error)))
            self._pauses.grow()
        else:
            self._told = PollResult({job: known.get(job) for job in ids})
            self._pauses.reset()
        now = self._clock()
        self._due = now + max(self._pauses.seconds, SHARE * (now - began))

    def _still_wanted(self, now: float) -> list[str]:
        # Several remotes of a host ask in turn: none of them hides the jobs of another.
        recent = {job: at for job, at in self._wanted.items() if now - at <= 2 * LONGEST}
        self._wanted = recent
        return list(recent)


class Poll:
    """One that may be under way: it goes on where nobody waits for it any more."""

    def __init__(self, poller: SchedulerPoller, ids: Collection[str]) -> None:
        self._poller = poller
        self._ids = ids
        self._asked: Future[None] | None = None

    def ask(self, work: Callable[[], None]) -> None:
        self._asked = Future()
        # A scheduler that hangs must not keep the program from ending.
        threading.Thread(target=_run, args=(work, self._asked), daemon=True).start()

    def answer(self, deadline: float) -> PollResult:
        """Wait until `deadline` (of `time.monotonic`), and return what is known by then."""
        if self._asked:
            try:
                self._asked.result(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                self._poller.is_late()
        return self._poller.known(self._ids)


def _run(work: Callable[[], None], done: Future[None]) -> None:
    try:
        work()
        done.set_result(None)
    except BaseException as error:  # noqa: BLE001  # it is raised where the answer is wanted
        done.set_exception(error)


def ask(
    server: Server,
    adapter: Adapter,
    context: Context,
    ids: Collection[str],
    seconds: int,
) -> dict[str, JobState]:
    """Ask a scheduler about jobs, in as many questions as command lines take.

    Its programs have so many seconds for each. Raises ValueError where it can't be asked, and
    `GitBatchError` where its host can't.
    """
    sound = [job for job in ids if is_id(adapter, job)]
    odd = JobState(State.UNKNOWN, f"{adapter.name} has no jobs of that name")
    known = dict.fromkeys(set(ids).difference(sound), odd)
    for some in _batches(sound):
        bounds = {"patience": seconds, "timeout": seconds + 1}
        answer = server.ask_scheduler(adapter.ask, *some, context=context, **bounds)
        try:
            known |= adapter.read(answer, some)
        except ValueError as error:
            said = one_line(str(error)) or f"it ended with status {answer.status}"
            raise ValueError(said) from error
    return known


def _batches(ids: Collection[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    room = _ROOM
    for job in ids:
        room -= len(job) + 1
        if room < 0 and batch:
            yield batch
            batch, room = [], _ROOM - len(job)
        batch.append(job)
    if batch:
        yield batch


_pollers: WeakKeyDictionary[Host, dict[tuple[str, Context], SchedulerPoller]] = WeakKeyDictionary()


def poller_of(host: Host, adapter: Adapter, context: Context) -> SchedulerPoller:
    """The one that everybody who asks this scheduler of this host, in this context, shares."""
    mine = _pollers.setdefault(host, {})
    return mine.setdefault((adapter.name, context), SchedulerPoller(adapter, context))
