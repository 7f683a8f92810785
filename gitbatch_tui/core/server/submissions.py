"""The jobs of runs as the server knows them: what was recorded, and what they told of themselves.

Reads the answer to `gitbatch jobs`; its format is in ARCHITECTURE.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.server.protocol import cut, fields_of, number_of, time_of
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitbatch_tui.core.schedulers.adapter import JobState

Context = tuple[str, ...]
"""`NAME=VALUE` of the variables that give an id its meaning, such as TS_SOCKET; sorted."""

_NOBODYS = frozenset({"local", "-"})
"""Jobs that nobody is asked about; `-` is a number that was printed, of nobody knows what."""
_ENDED = frozenset({"ended", "succeeded", "failed", "cancelled", "absent"})
_SKEW = timedelta(minutes=2)
"""By how much the clocks of a host and of its scheduler may differ."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# They decide what a shell and its programs run, and say nothing about a queue.
_UNFIT = re.compile(r"PATH|IFS|ENV|BASH\w*|SHELLOPTS|PS4|HOME|SHELL|(LD|DYLD|GIT|PYTHON|PERL)\w*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NUMBERED = re.compile(r"[0-9]+")


class How(StrEnum):
    """The way in which a job came to be known."""

    RECORDED = "recorded"
    """When it was submitted."""
    NAMED = "named"
    """By schedule.sh or the job, with `"$GITBATCH" job`."""
    WRAPPER = "wrapper"
    """It has told of itself."""
    PRINTED = "printed"
    """Recognised in what schedule.sh printed."""
    BARE = "bare"
    """Of it only a number was printed, which may be none of a job."""
    FOUND = "found"
    """Its scheduler was asked for jobs that work in the run tree."""

    @property
    def is_sure(self) -> bool:
        """True if the queue that it was handed to is known for certain."""
        return self in {How.RECORDED, How.WRAPPER, How.FOUND}


@dataclass(frozen=True)
class KnownJob:
    """A job of a run, or a task of it that has told of itself."""

    job: Job
    how: How = How.RECORDED
    context: Context = ()
    tasks: int | None = None
    """Of an array: how many; None where nobody said."""
    state: str = ""
    """In the server's words, such as `waiting`, `running`, `ended`, `gone`, `unseen`, `absent`."""
    exit: int | None = None
    signal: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    host: str = ""
    log: str = ""
    name: str = ""
    reason: str = ""

    @property
    def has_ended(self) -> bool:
        """True if its end is known, from the job or its scheduler."""
        return self.state in _ENDED


@dataclass(frozen=True)
class Intent:
    """A submit command that was called, and whose answer nobody heard."""

    key: str
    scheduler: str
    context: Context
    name: str
    time: datetime | None


@dataclass(frozen=True)
class SubmittedJobs:
    """The jobs of a run at its schedulers, arrays and clusters as one each."""

    accepted: datetime | None = None
    """When the run was."""
    directory: str = ""
    """Of the run, on the server; jobs work in `tree` there."""
    scheduling: bool = False
    """Whether schedule.sh is at work."""
    jobs: tuple[KnownJob, ...] = ()
    """In the order in which they were submitted."""
    told: Mapping[KnownJob, tuple[KnownJob, ...]] = field(default_factory=dict)
    """The tasks of each that have told of themselves."""
    intents: tuple[Intent, ...] = ()
    unclear: tuple[str, ...] = ()
    """Jobs that can't be asked for, since where they were handed to can't be told here."""
    local: bool = False
    """Whether it has jobs of the embedded scheduler, which nobody needs to be asked about."""
    around: bool = False
    """Whether a script of the run names a submit command by a path, past the record: before its
    end the server looks for more jobs."""

    def owns(self, known: KnownJob, state: JobState) -> bool:
        """True if a job can be this run's: an unrecorded one only if it wasn't there before."""
        if known.how is How.RECORDED or not state.submitted or not self.accepted:
            return True
        return state.submitted > self.accepted - _SKEW

    @property
    def is_sure(self) -> bool:
        """True if all of its jobs were recorded, so that there is no other one."""
        return (
            bool(self.jobs or self.local)
            and not self.intents
            and all(known.how is How.RECORDED for known in self.jobs)
        )


def read_jobs(host: str, text: str) -> dict[int, SubmittedJobs]:
    """The jobs of each run; raises `BadAnswer` when the answer was cut."""
    lines = text.split("\n")
    if "end" not in lines:
        raise cut(host, text)
    runs: dict[int, dict[str, str]] = {}
    jobs: dict[int, list[dict[str, str]]] = {}
    for fields in map(fields_of, lines[: lines.index("end")]):
        number = number_of(fields.get("run", ""))
        if number is None:
            continue
        if "job" in fields or "intent" in fields:
            jobs.setdefault(number, []).append(fields)
        else:
            runs[number] = fields
    return {number: _submitted(fields, jobs.get(number, [])) for number, fields in runs.items()}


def _submitted(run: Mapping[str, str], lines: list[dict[str, str]]) -> SubmittedJobs:
    parsed = [_known(line) for line in lines if "job" in line]
    known = [each for each in parsed if isinstance(each, KnownJob)]
    jobs, told = _gathered(_without_ranks(known))
    return SubmittedJobs(
        accepted=time_of(run.get("accepted", "")),
        directory=run.get("dir", ""),
        scheduling=run.get("scheduling") == "yes",
        around=run.get("around") == "yes",
        jobs=jobs,
        told=told,
        intents=tuple(intent for line in lines if (intent := _intent(line))),
        unclear=tuple(each for each in parsed if isinstance(each, str)),
        local=any(line.get("job", "").startswith("local ") for line in lines),
    )


def _without_ranks(known: list[KnownJob]) -> list[KnownJob]:
    """Each job or task once: several wrappers of one, such as srun starts, are told of in turn."""
    jobs: dict[tuple[Job, Context], KnownJob] = {}
    for each in known:
        key = (each.job, each.context)
        jobs[key] = _together(jobs[key], each) if key in jobs else each
    return list(jobs.values())


def _together(one: KnownJob, other: KnownJob) -> KnownJob:
    """Sum up two wrappers of a job, which goes on until both have ended, as the worse one did."""
    left = [each for each in (one, other) if not each.has_ended]
    worse = max(left or (one, other), key=lambda each: (each.state == "running", each.exit or 0))
    starts = filter(None, (one.started, other.started))
    ends = filter(None, () if left else (one.finished, other.finished))
    return replace(worse, started=min(starts, default=None), finished=max(ends, default=None))


def _gathered(
    known: list[KnownJob],
) -> tuple[tuple[KnownJob, ...], dict[KnownJob, tuple[KnownJob, ...]]]:
    """The jobs, and the tasks of each; a line of a task comes after the one of its array."""
    jobs: dict[tuple[str, str, Context], KnownJob] = {}
    told: dict[KnownJob, tuple[KnownJob, ...]] = {}
    for each in known:
        array = jobs.setdefault(_array(each), each)
        if array is not each:
            told[array] = (*told.get(array, ()), each)
    return tuple(jobs.values()), told


def _array(known: KnownJob) -> tuple[str, str, Context]:
    # `11` of `11_3`, `11.3`, `11[3].server`; an id without a number is all of it.
    number = _NUMBERED.match(known.job.id)
    site = known.job.id.rpartition("@")[2] if "@" in known.job.id else ""
    name = f"{number[0]}@{site}" if number else known.job.id
    return known.job.scheduler, name, known.context


def _known(line: Mapping[str, str]) -> KnownJob | str | None:
    """A job; its name alone where it can't be asked for."""
    job = Job.parse(one_line(line["job"]))
    if not job or not job.id or job.scheduler in _NOBODYS:
        return None
    context = context_of(line.get("context", ""))
    if context is None:
        return str(job)
    how = line.get("how", "")
    return KnownJob(
        job,
        How(how) if how in set(How) else How.PRINTED,
        context,
        number_of(line.get("tasks", "")),
        line.get("state", ""),
        number_of(line.get("exit", "")),
        *(one_line(line.get("signal", "")), time_of(line.get("start", ""))),
        time_of(line.get("end", "")),
        *(one_line(line.get(key, "")) for key in ("host", "log", "name", "reason")),
    )


def _intent(line: Mapping[str, str]) -> Intent | None:
    context = context_of(line.get("context", ""))
    if not line.get("intent") or context is None:
        return None
    name = one_line(line.get("name", ""))
    return Intent(
        line["intent"], line.get("scheduler", ""), context, name, time_of(line.get("time", ""))
    )


def context_of(text: str) -> Context | None:
    """The context that the server tells of; None for one that a script can't be given."""
    words = sorted(map(unquote, text.split()))
    fit = all(_is_fit(*word.partition("=")) for word in words)
    return tuple(words) if fit else None


def _is_fit(name: str, equals: str, value: str) -> bool:
    named = _NAME.fullmatch(name) and not _UNFIT.fullmatch(name)
    return bool(named and equals) and not _CONTROLS.search(value)
