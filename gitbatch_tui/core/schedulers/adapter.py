"""The interface of an adapter of a scheduler, and the words in which it answers.

Scripts are sh, run after BASE/profile with the ids of jobs as their arguments; `within SECONDS
COMMAND...` is there to bound what may hang, with status 124 when it did. All commands of a script
together have as long as its caller is patient. The id of an array or a cluster stands for all of
its tasks. Variables that give ids their meaning (`SLURM_CONF`,
`TS_SOCKET`) are set by whoever runs a script.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers import grammar
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gitbatch_tui.core.hosts.host import Answer


INSIDE = grammar.INSIDE
"""What a script `find` can pipe its list through: `inside FOLDER`."""

NEVER_RAN = "what it waited for did not come: it never ran"
NOT_NEEDED = "was not needed: what it was to follow did not fail"
"""Why jobs are over that were removed since their dependencies can't come."""

_TASK = re.compile(r"(\d+)(?:_\d+|_\[[^]]*\]|\.-?\d+|\+\d+)(@.*)?")
_ELEMENT = re.compile(r"^(\d+)\[\d+\](.*)$")
_LATEST = 1 << 36
"""Seconds since 1970 that a date can have."""


@dataclass(frozen=True)
class JobState:
    """A scheduler's statement about one job."""

    state: State
    """`UNKNOWN` where it uses a word that we don't know; never `SUBMITTED`, `LOST`, `REJECTED`."""
    reason: str = ""
    """Why, in plain words; a word that isn't known here is shown as it is."""
    exit: int | None = None
    """The exit status of a job that exited by itself."""
    ended: datetime | None = None
    """When, in UTC by the server's clock; None where it hasn't, or nobody knows."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The scheduler's own files of the job: a short name (`stdout`, `stderr`, `events`) to an
    absolute path on the server. They need not exist yet."""
    tasks: Mapping[str, JobState] = field(default_factory=dict)
    """Of an array or a cluster: every task by the scheduler's own id of it (`11_3`)."""
    submitted: datetime | None = None
    """When it got into the queue, the last time; None where nobody knows."""
    presumed: State | None = None
    """What an `UNKNOWN` one is taken for if nothing else is said of it for a while."""
    signal: int | None = None
    """The signal that ended a job which didn't exit by itself."""
    started: datetime | None = None
    """When it began to run, the last time, in UTC; None where it hasn't, or nobody knows."""
    estimate: datetime | None = None
    """When its scheduler expects a waiting job to begin, in UTC; None where a person said when."""
    host: str = ""
    """Where it runs or ran; empty where that isn't known, or where tasks ran on several."""
    name: str = ""
    """As its owner named it, cleaned."""
    directory: str = ""
    """Where it works, an absolute path on the server; empty where that isn't known."""
    attempt: int | None = None
    """Which start of the job this is, in the scheduler's own count."""
    held: bool = False
    """It waits until somebody releases it; of several, those that wait are."""
    awaits: tuple[str, ...] = ()
    """The ids of the jobs that have to end, or to succeed, before it begins."""
    deadline: datetime | None = None
    """When its scheduler is going to stop it, while it runs, in UTC; None where nobody says."""
    never: bool = False
    """Its scheduler says that it can never begin as things are; of several, all that are left."""


class Adapter(Protocol):
    """One scheduler. A script that is empty is something it can't do."""

    @property
    def name(self) -> str:
        """The name in `"$GITBATCH" job NAME ID`."""
        ...

    @property
    def ask(self) -> str:
        """The script that asks about many jobs at once; empty where nobody needs to be asked."""
        ...

    @property
    def cancel(self) -> str:
        """The script that stops jobs, waiting or running; `outcome` reads what it prints."""
        ...

    @property
    def hold(self) -> str:
        """The script that keeps waiting jobs from beginning, and leaves running ones alone."""
        ...

    @property
    def release(self) -> str:
        """The script that lets held jobs begin."""
        ...

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        """Read the answer to `ask`: the jobs that the scheduler knows, waiting, running or ended.

        Raises ValueError, in words for people, where the answer says nothing about them (no
        controller, no answer in time, garbage): then no job is gone.
        """
        ...


def find_script(adapter: Adapter) -> str:
    """The optional script `find`, which gets a folder as its argument; empty where there is none.

    It prints the ids, one a line, of the caller's jobs whose work directory is that folder or
    inside of it, whether they wait, run or have just ended. For `/` these are all of them.
    """
    return str(getattr(adapter, "find", ""))


def is_id(adapter: Adapter | None, job: str) -> bool:
    """True if a word is an id as this scheduler gives them, as far as its adapter tells (`ids`).

    Any other one, such as the name of a job, would mean other jobs to its programs, or make them
    fail for all jobs that they are asked about.
    """
    form = getattr(adapter, "ids", "")
    return not form or re.fullmatch(form, job, re.ASCII) is not None


def from_json(text: str, program: str) -> object:
    """Parse a program's JSON; raises ValueError, in words, where it said something else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{program} said {one_line(text.strip()[:80])}") from error


def text_in(value: object) -> str:
    """A value of JSON as a harmless line; empty where it is no text."""
    return one_line(value).strip() if isinstance(value, str) else ""


def time_in(value: object) -> datetime | None:
    """A value of JSON as a time, which is in seconds since 1970; None where it is none."""
    sound = isinstance(value, int | float) and 0 < value < _LATEST
    return datetime.fromtimestamp(float(str(value)), UTC) if sound else None


def whole(tasks: Mapping[str, JobState]) -> JobState:
    """The state of many jobs or tasks as one; it has ended when all of them have."""
    if len(tasks) == 1:
        return next(iter(tasks.values()))
    states = list(tasks.values())
    return replace(_sum(tasks, states), **_in_common(states))


def _sum(tasks: Mapping[str, JobState], states: Collection[JobState]) -> JobState:
    for state in (State.UNKNOWN, State.RUNNING, State.QUEUED):
        if found := next((each for each in states if each.state is state), None):
            return _unfinished(found, states)
    return _finished(tasks)


def job_of(task: str) -> str:
    """The id of the array or cluster that a task belongs to; of any other job the id itself.

    `11` of `11_3`, `11.3` or `11+1`, `11[].server` of `11[3].server`; where it is said of which
    cluster (`11_3@big`), that is kept.
    """
    if match := _TASK.fullmatch(task):
        return f"{match[1]}{match[2] or ''}"
    return _ELEMENT.sub(r"\1[]\2", task)


def _in_common(states: Collection[JobState]) -> dict[str, Any]:
    """The facts that hold for all of them, or for those that are left."""
    left = [each for each in states if not each.state.final]
    waiting = [each for each in states if each.state is State.QUEUED]
    begun = [each.started for each in states if each.started]
    expected = [each.estimate for each in left if each.estimate]
    return {
        "started": min(begun, default=None),
        "estimate": None if begun else min(expected, default=None),
        "held": bool(waiting) and all(each.held for each in waiting),
        "never": bool(left) and all(each.never for each in left),
        "deadline": max((each.deadline for each in left if each.deadline), default=None),
        "attempt": None,
        "host": _sole(each.host for each in states),
        "name": _sole(each.name for each in states),
        "directory": _sole(each.directory for each in states),
    }


def _sole(words: Iterable[str]) -> str:
    found = {word for word in words if word}
    return found.pop() if len(found) == 1 else ""


def _unfinished(found: JobState, states: Collection[JobState]) -> JobState:
    # An array some of whose tasks have ended, and some wait, has begun.
    begun = any(each.state.final for each in states)
    state = State.RUNNING if found.state is State.QUEUED and begun else found.state
    counts = count(states)
    return JobState(state, f"{counts}: {found.reason}" if found.reason else counts)


def _finished(tasks: Mapping[str, JobState]) -> JobState:
    for state in (State.FAILED, State.CANCELLED, State.SUCCEEDED):
        if bad := {task: each for task, each in tasks.items() if each.state is state}:
            break
    first = next(iter(bad.values()))
    ended = max((each.ended for each in tasks.values() if each.ended), default=None)
    if state is State.SUCCEEDED:
        return JobState(state, exit=0, ended=ended)
    reason = f"{count(tasks.values())}; {next(iter(bad))}: {first.reason or state}"
    return replace(first, reason=reason, ended=ended, files={}, tasks={})


def count(states: Collection[JobState]) -> str:
    """`2 running, 3 queued, 5 succeeded`."""
    sums = {state: sum(each.state is state for each in states) for state in State}
    return ", ".join(f"{number} {state}" for state, number in sums.items() if number)


class Local:
    """Jobs of `"$GITBATCH" spawn`."""

    name = "local"
    ask = cancel = hold = release = ""

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:  # noqa: ARG002  # as its kind has it
        raise ValueError("nobody was asked")
