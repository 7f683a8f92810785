"""Asks a scheduler of a host: one question at a time, about all jobs at once, and not too often."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gitbatch_tui.core.machines.host import Host
    from gitbatch_tui.core.remote.server import Server
    from gitbatch_tui.core.schedulers.adapter import Adapter, JobState

EVERY = 5.0
"""Seconds between two questions, at least."""
SHARE = 10
"""A scheduler that is slow is asked less often: it is left alone for so many times its answer."""
LONGEST = 60.0
"""Seconds between questions to one that doesn't answer."""
_AT_ONCE = 5000
"""As many ids as surely fit a command line."""


@dataclass(frozen=True)
class Told:
    """What a scheduler has answered."""

    states: Mapping[str, JobState | None] = field(default_factory=dict)
    """By job; None where it doesn't know the job. One that is missing wasn't asked for yet."""
    trouble: str = ""
    """Why it could not be asked since; empty where the answer is of just now."""


class Inquiry:
    """The questions that one scheduler of one host gets from everybody in this program."""

    def __init__(self, adapter: Adapter, clock: Callable[[], float] = time.monotonic) -> None:
        self._adapter = adapter
        self._clock = clock
        self._asking = threading.Lock()
        self._wanted: dict[str, float] = {}
        self._told = Told()
        self._due = clock()
        self._pause = EVERY

    def about(self, server: Server, ids: Collection[str]) -> Told:
        """What is known of these jobs; asks only if it is time, and nobody else is asking.

        Raises `Unreachable` where the host can't be asked.
        """
        self._wanted |= dict.fromkeys(ids, self._clock())
        if self._clock() >= self._due and self._asking.acquire(blocking=False):
            try:
                self._ask(server)
            finally:
                self._asking.release()
        told = self._told
        return replace(told, states={job: told.states[job] for job in ids if job in told.states})

    def _ask(self, server: Server) -> None:
        began = self._clock()
        ids = self._still_wanted(began)
        answer = server.ask_scheduler(self._adapter.ask, *ids)
        try:
            known = self._adapter.read(answer, ids)
        except ValueError as error:
            trouble = one_line(str(error)) or f"it ended with status {answer.status}"
            self._told = replace(self._told, trouble=trouble)
            self._pause = min(2 * self._pause, LONGEST)
        else:
            self._told = Told({job: known.get(job) for job in ids})
            self._pause = EVERY
        now = self._clock()
        self._due = now + max(self._pause, SHARE * (now - began))

    def _still_wanted(self, now: float) -> list[str]:
        # Several remotes of a host ask in turn: none of them hides the jobs of another.
        recent = {job: at for job, at in self._wanted.items() if now - at <= 2 * LONGEST}
        self._wanted = recent
        return list(recent)[-_AT_ONCE:]


_inquiries: WeakKeyDictionary[Host, dict[str, Inquiry]] = WeakKeyDictionary()


def inquiry(host: Host, adapter: Adapter) -> Inquiry:
    """The one that everybody who asks this scheduler of this host shares."""
    return _inquiries.setdefault(host, {}).setdefault(adapter.name, Inquiry(adapter))
