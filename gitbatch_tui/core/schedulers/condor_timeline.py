"""Writes the event log of a job of HTCondor for people, line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import duration
from gitbatch_tui.core.schedulers.condor_events import NO_YEAR, Code, JobEvent, events_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

_MEMORY = re.compile(r"(\d{1,12})  -  MemoryUsage of job \(MB\)")
_HOST = "Job executing on host: "
_REQUEUED = "(0) Job terminated and was requeued"
_WORDS: dict[int, str] = {
    Code.REMOVED: "removed",
    Code.RELEASED: "released",
    Code.CONTINUED: "continued",
    Code.UNREACHABLE: "its machine can't be reached",
    Code.REACHED: "its machine can be reached again",
    Code.GIVEN_UP: "its machine was given up",
}


def timeline(log: str, clusters: Collection[str] = ()) -> str:
    """The log as lines like `14:37:44  began on slot1@node (1s after submission)`.

    The day stands above its lines; where there are several jobs, each line names its own. Where
    `clusters` are named, the log is told as far as it is theirs. Empty where there is no event.
    """
    events = [
        event
        for event in events_of(log)
        if not clusters or event.task.partition(".")[0] in clusters
    ]
    several = len({event.task for event in events}) > 1
    told: dict[str, _TaskHistory] = {}
    lines: list[str] = []
    day: date | None = None
    for event in events:
        if not (words := told.setdefault(event.task, _TaskHistory()).tell(event)):
            continue
        if day != (day := event.time.date()):
            lines.append(f"{day:%m-%d}" if day.year == NO_YEAR else f"{day:%Y-%m-%d}")
        job = f"{event.task:<8}" if several else ""
        lines.append(f"{event.time:%H:%M:%S}  {job}{words}")
    return "".join(f"{line}\n" for line in lines)


class _TaskHistory:
    """Remembers what was told of a task, since later events are told in its light."""

    def __init__(self) -> None:
        self.submitted: datetime | None = None
        self.began: datetime | None = None
        self.memory = 0

    def tell(self, event: JobEvent) -> str:
        """An event in words; empty for one that isn't worth a line."""
        match event.code:
            case Code.SUBMITTED:
                self.submitted = event.time
                return "submitted"
            case Code.BEGAN:
                return self._begin(event)
            case Code.SIZE:
                self.memory = max(self.memory, int(event.search(_MEMORY) or 0))
                return ""
            case Code.ENDED:
                return f"ended: {event.end or event.text}{self._usage(event)}"
            case Code.EVICTED:
                return self._leave(event)
        return _plain(event)

    def _begin(self, event: JobEvent) -> str:
        place = event.detail("SlotName: ") or event.text.removeprefix(_HOST)
        first, self.began = self.began is None, event.time
        if first and self.submitted:
            return f"began on {place} ({duration(event.time - self.submitted)} after submission)"
        return f"began{'' if first else ' again'} on {place}"

    def _leave(self, event: JobEvent) -> str:
        if _REQUEUED in event.details:
            return f"ended, and waits to begin again: {event.end}{self._usage(event)}"
        reason = event.detail("Reason: ") or event.detail()
        return f"left its machine{self._usage(event)}: {reason}"

    def _usage(self, event: JobEvent) -> str:
        after = f" after {duration(event.time - self.began)}" if self.began else ""
        return after + (f", with up to {self.memory} MB of memory" if self.memory else "")


def _plain(event: JobEvent) -> str:
    if event.code == Code.HELD:
        return event.hold
    if event.code == Code.TRANSFER:
        return event.transfer
    if event.code in {Code.FACTORY_PAUSED, Code.FACTORY_GONE}:
        return event.factory
    if event.code == Code.SUSPENDED:
        return "suspended"
    words = _WORDS.get(event.code) or event.text.removesuffix(":")
    return f"{words}: {why}" if (why := event.detail()) else words
