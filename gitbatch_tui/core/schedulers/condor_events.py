"""The event log of jobs of HTCondor: what happened, and what the jobs are in since.

HTCondor writes the file that `log =` names while a job goes on, whether or not its queue can be
asked. An event is a line `001 (007.000.000) 2026-11-22 14:37:44 Job executing on host: ...`, lines
of details, and a line `...`; times are those of the server, in its time zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.condor_holds import held
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_YEAR = 1900
"""The year of times in logs that don't tell it."""


class Code(IntEnum):
    """The numbers of events that matter here; there are more."""

    SUBMITTED = 0
    BEGAN = 1
    EVICTED = 4
    ENDED = 5
    SIZE = 6
    SHADOW_FAILED = 7
    REMOVED = 9
    SUSPENDED = 10
    CONTINUED = 11
    HELD = 12
    RELEASED = 13
    ERROR = 21
    UNREACHABLE = 22
    REACHED = 23
    GIVEN_UP = 24
    FACTORY = 35
    FACTORY_GONE = 36
    FACTORY_PAUSED = 37
    FACTORY_RESUMED = 38
    TRANSFER = 40


_EVENT = re.compile(
    r"(?P<code>\d{3}) \((?P<cluster>\d{1,12})\.(?P<proc>-?\d{1,12})\.\d+\) "
    r"(?P<date>\d{4}-\d\d-\d\d|\d\d/\d\d)[ T](?P<time>\d\d:\d\d:\d\d)(?:\.\d+)?"
    r"(?:Z|[+-]\d\d:?\d\d)? (?P<text>.*)"
)
_STATUS = re.compile(r"Normal termination \(return value (-?\d{1,10})\)")
_SIGNAL = re.compile(r"Abnormal termination \(signal (\d+)\)")
_CODE = re.compile(r"Code (\d{1,9}) Subcode")
_TRANSFERS = {
    "Entered queue to transfer input files": "its input files wait for their turn",
    "Started transferring input files": "its input files are on their way",
    "Finished transferring input files": "its input files have arrived",
    "Entered queue to transfer output files": "its output files wait for their turn",
    "Started transferring output files": "its output files are on their way home",
    "Finished transferring output files": "its output files have arrived",
}
_AGAIN = JobState(State.QUEUED, "was taken off its machine and waits for a machine")
_PLAIN: dict[int, JobState] = {
    Code.SUBMITTED: JobState(State.QUEUED, "waits for a machine"),
    Code.RELEASED: JobState(State.QUEUED, "waits for a machine"),
    Code.EVICTED: _AGAIN,
    Code.SHADOW_FAILED: _AGAIN,
    Code.GIVEN_UP: _AGAIN,
    Code.BEGAN: JobState(State.RUNNING),
    Code.CONTINUED: JobState(State.RUNNING),
    Code.REACHED: JobState(State.RUNNING),
    Code.SUSPENDED: JobState(State.RUNNING, "suspended"),
    Code.UNREACHABLE: JobState(State.RUNNING, "its machine can't be reached"),
    Code.FACTORY: JobState(State.QUEUED, "HTCondor has yet to make it"),
    Code.FACTORY_RESUMED: JobState(State.QUEUED, "HTCondor has yet to make it"),
}


@dataclass(frozen=True)
class JobEvent:
    """Something that happened to a job."""

    code: int
    task: str
    """`7.0`; `7.-1` for what happens to the cluster, whose jobs are made one after the other."""
    time: datetime
    text: str
    """The rest of the first line."""
    details: tuple[str, ...]

    def detail(self, start: str = "") -> str:
        """The first detail that begins so, without its beginning; or nothing."""
        found = (line[len(start) :] for line in self.details if line.startswith(start))
        return one_line(next(found, "")).strip()

    def search(self, pattern: re.Pattern[str]) -> str:
        """The first group of the first line that matches; or nothing."""
        found = (pattern.search(line) for line in (self.text, *self.details))
        return next((match[1] for match in found if match), "")

    @property
    def exit(self) -> int | None:
        """The exit status, where the job exited by itself."""
        status = self.search(_STATUS)
        return int(status) if status else None

    @property
    def end(self) -> str:
        """`exit status 3`, `killed by signal 9`, or nothing."""
        if (status := self.exit) is not None:
            return f"exit status {status}"
        signal = self.search(_SIGNAL)
        return f"killed by signal {signal}" if signal else ""

    @property
    def hold(self) -> str:
        """Say why it is held, in plain words."""
        code = self.search(_CODE)
        return held(int(code) if code else None, self.detail())

    @property
    def factory(self) -> str:
        """Say why no more jobs of the cluster are made."""
        what = "is gone from the queue" if self.code == Code.FACTORY_GONE else "is paused"
        details = one_line(", ".join(line.rstrip(".") for line in self.details))
        return f"the making of its cluster's jobs {what}" + (f": {details}" if details else "")

    @property
    def transfer(self) -> str:
        """Say what is done with which files."""
        return _TRANSFERS.get(self.text, self.text)


def events_of(log: str) -> Iterator[JobEvent]:
    """The events of a log as far as they are complete; what is no event is passed over."""
    match, details = None, list[str]()
    for line in log.split("\n"):
        if line.rstrip() == "...":
            if match and (event := _event(match, details)):
                yield event
            match, details = None, []
        elif match:
            details.append(line.strip())
        else:
            match = _EVENT.fullmatch(line.rstrip())


def states_of(log: str) -> dict[str, JobState]:
    """The state of every task of the log, after its last event."""
    states: dict[str, JobState] = {}
    for event in events_of(log):
        if state := _state(event):
            states[event.task] = state
    return states


def _event(match: re.Match[str], details: list[str]) -> JobEvent | None:
    date = match["date"] if "-" in match["date"] else f"{NO_YEAR}-{match['date']}"
    try:
        time = datetime.fromisoformat(f"{date.replace('/', '-')} {match['time']}")
    except ValueError:
        return None
    task = f"{int(match['cluster'])}.{int(match['proc'])}"
    return JobEvent(int(match["code"]), task, time, one_line(match["text"]), tuple(details))


def _state(event: JobEvent) -> JobState | None:
    """The job's state after this event; None where it says nothing about that."""
    if event.code == Code.ENDED:
        return _end(event)
    if event.code == Code.REMOVED:
        return JobState(State.CANCELLED, f"removed: {event.detail()}")
    if event.code == Code.HELD:
        return JobState(State.QUEUED, event.hold, held=True)
    if event.code == Code.TRANSFER:
        return JobState(State.RUNNING, event.transfer)
    if event.code in {Code.FACTORY_PAUSED, Code.FACTORY_GONE}:
        return _making(event)
    return _PLAIN.get(event.code)


def _making(event: JobEvent) -> JobState:
    if event.code == Code.FACTORY_PAUSED:
        return JobState(State.QUEUED, event.factory, held=True)
    if "Complete" in event.details:
        return JobState(State.SUCCEEDED)
    failed = any(line.startswith("Error") for line in event.details)
    return JobState(State.FAILED if failed else State.CANCELLED, event.factory)


def _end(event: JobEvent) -> JobState:
    if event.exit == 0:
        return JobState(State.SUCCEEDED, exit=0)
    if event.end:
        return JobState(State.FAILED, event.end, event.exit)
    return JobState(State.UNKNOWN, f"HTCondor says: {event.text}")
