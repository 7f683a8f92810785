"""Slurm: squeue tells of what waits, runs or has just ended, sacct of what ended long ago."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers import slurm_scripts
from gitbatch_tui.core.schedulers.adapter import JobState, whole
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.core.schedulers.slurm_records import read_past, read_queue
from gitbatch_tui.core.schedulers.slurm_words import describe
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.core.schedulers.slurm_records import Record


_ANSWER = re.compile(r"([^\x1d]*)\x1d(squeue|sacct) (\d+) ([\w.-]*)(?: ([\w,-]*))?\n")
_NO_SUCH_JOB = "Invalid job id specified"
_NO_ACCOUNTING = "accounting storage is disabled"
_NOT_FOUND, _OVERTIME = 127, 124
_LAGS = "Slurm's accounting has not heard of its end yet"


class Slurm:
    """Slurm, with or without accounting."""

    name = "slurm"
    ids = r"\d+(?:[_+]\d+)?(?:@[\w.-]+)?"
    ask = slurm_scripts.ASK
    find = find_of("slurm")
    cancel = slurm_scripts.CANCEL
    hold = slurm_scripts.HOLD
    release = slurm_scripts.RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        tasks: dict[str, dict[str, JobState]] = {}
        before: dict[str, set[str]] = {}
        for at, record, state in _states(answer):
            job = f"{record.job}@{at}" if at else record.job
            before[job] = {f"{each}@{at}" if at else each for each in record.before}
            for task in record.tasks if job in ids else ():
                # What squeue said of a task comes first, and is true where the two differ.
                tasks.setdefault(job, {}).setdefault(task, state)
        states = {job: _together(job, each) for job, each in tasks.items()}
        return {job: _in_a_chain(state, job, states, before) for job, state in states.items()}


def _states(answer: Answer) -> Iterator[tuple[str, Record, JobState]]:
    """The cluster, record and state of all jobs and tasks that the programs told of."""
    said = answer.complaint
    parts = list(_parts(answer.text))
    if answer.status or not parts:
        silent = "there is no squeue on the PATH" if answer.status else "squeue did not answer"
        raise ValueError(said or silent)
    for lines, program, status, at, names in parts:
        _check(program, int(status), said)
        try:
            queue = program == "squeue"
            records = list(read_queue(lines, names.split(",")) if queue else read_past(lines))
        except ValueError as error:
            raise ValueError(f"{program} said {one_line(lines.strip()[:200])}") from error
        for record in records:
            state = describe(record)
            if program == "sacct" and not state.ended:
                state = replace(state, reason=state.reason or _LAGS)
            yield at, record, state


def _parts(text: str) -> Iterator[tuple[str, ...]]:
    # One after the other: a search would look at the whole rest from every place in it.
    at = 0
    while match := _ANSWER.match(text, at):
        yield match.groups("")
        at = match.end()
    if at and text[at:].strip():
        raise ValueError(f"squeue said {one_line(text[at:].strip()[:200])}")


def _check(program: str, status: int, said: str) -> None:
    """Raise ValueError where a program's answer says nothing about the jobs that it left out."""
    if status == 0 or (program == "squeue" and _NO_SUCH_JOB in said):
        return
    if program == "sacct" and (status == _NOT_FOUND or _NO_ACCOUNTING in said):
        return
    if status == _OVERTIME:
        raise ValueError(f"{program} did not answer in time")
    raise ValueError(said or f"{program} ended with exit status {status}")


def _in_a_chain(
    state: JobState, job: str, states: Mapping[str, JobState], before: Mapping[str, set[str]]
) -> JobState:
    """The state of a job behind one that can never begin; Slurm says so of the first alone."""
    seen, waits = {job}, list(before.get(job, ()))
    while waits and state.state is State.QUEUED and not state.never:
        each = waits.pop()
        if each in states and states[each].never:
            why = f"waits for job {each}, which will never start"
            tasks = {
                task: replace(one, reason=why, never=True) for task, one in state.tasks.items()
            }
            return replace(state, reason=why, never=True, tasks=tasks)
        waits += before.get(each, set()) - seen
        seen.add(each)
    return state


def _together(job: str, tasks: Mapping[str, JobState]) -> JobState:
    submitted = min((each.submitted for each in tasks.values() if each.submitted), default=None)
    state = replace(whole(tasks), submitted=submitted)
    alone = job.partition("@")[0] in tasks
    return state if alone else replace(state, tasks=tasks)
