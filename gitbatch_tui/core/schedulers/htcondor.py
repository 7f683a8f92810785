"""HTCondor: a cluster of jobs waits in a queue, and is in a history when it has left that.

The queue is asked first: a job that leaves it meanwhile is in the history. Where neither knows a
job, or the queue can't be asked, event logs among the files of active runs are evidence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers import condor_scripts
from gitbatch_tui.core.schedulers.adapter import JobState, job_of, whole
from gitbatch_tui.core.schedulers.condor_ads import Fit, number, state_of, task_of
from gitbatch_tui.core.schedulers.condor_clusters import failed_nodes, total_of, unborn_of
from gitbatch_tui.core.schedulers.condor_events import states_of
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.core.schedulers.condor_ads import Ad

_JOB = re.compile(r"[1-9]\d*(?:\.\d+)?")
_SECTION = re.compile(
    r"^(queue|history|nodes|factories|too-big|unmet|busy) ([\d. ]+)\n", re.MULTILINE
)
_TIMED_OUT, _NOT_FOUND = 124, 127
_FITS = frozenset(Fit)
_NO_JOB = JobState(State.UNKNOWN, "HTCondor has no jobs of that name")


class HTCondor:
    """Clusters of HTCondor; a job is a cluster, its tasks are the processes `7.0`, `7.1`."""

    name = "htcondor"
    ask = condor_scripts.ASK
    find = find_of("htcondor")
    cancel = condor_scripts.CANCEL
    hold = condor_scripts.HOLD
    release = condor_scripts.RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        odd = {job: _NO_JOB for job in ids if not _JOB.fullmatch(job)}
        if len(odd) == len(ids):
            return odd
        told = _Answers.read(answer)
        states = {job: told.state(job) for job in ids if job not in odd}
        return odd | {job: state for job, state in states.items() if state}


@dataclass
class _Answers:
    """The answers of queue, history and event logs."""

    trouble: str
    """Why the queue could not be asked; empty where it was."""
    history: bool = True
    """Whether the history could be asked, where it had to be."""
    tasks: dict[str, dict[str, JobState]] = field(default_factory=dict)
    """By cluster, then by task."""
    totals: dict[str, int] = field(default_factory=dict)
    """How many tasks a cluster has, where that is known."""
    unborn: dict[str, dict[str, JobState]] = field(default_factory=dict)
    """Tasks that are yet to be made of their cluster, while it is in the queue."""
    logged: dict[str, dict[str, JobState]] = field(default_factory=dict)
    """What event logs say of tasks, and as task `7.-1` of the making of them."""
    broken: dict[str, str] = field(default_factory=dict)
    """Of workflows, which node failed."""

    @classmethod
    def read(cls, answer: Answer) -> _Answers:
        """Raises ValueError where it says nothing, or what we don't understand."""
        text, _, log = answer.text.partition("\nevents\n")
        _, *parts = _SECTION.split(text)
        sections = list(zip(*[iter(parts)] * 3, strict=True))
        queue = next((numbers for word, numbers, _ in sections if word == "queue"), "1")
        told = cls("" if queue == "0" else _complaint(queue, answer.stderr))
        told.history = all(code == "0" for word, code, _ in sections if word == "history")
        fits = {
            job: Fit(word) for word, jobs, _ in sections if word in _FITS for job in jobs.split()
        }
        bodies = {
            each: [body for word, code, body in sections if (word, code) == (each, "0")]
            for each in ("history", "queue", "nodes", "factories")
        }
        # The queue comes last: what is in it isn't over.
        for place in ("history", "queue"):
            for ad in _ads(bodies[place]):
                told.add(ad, fits.get(task_of(ad)), queued=place == "queue")
        for ad in _ads(bodies["factories"]):
            told.add_factory(ad)
        told.broken = failed_nodes(_ads(bodies["nodes"]))
        for task, state in states_of(log).items():
            told.logged.setdefault(job_of(task), {})[task] = state
        return told

    def add(self, ad: Ad, fit: Fit | None, *, queued: bool) -> None:
        task = task_of(ad)
        cluster = job_of(task)
        self.tasks.setdefault(cluster, {})[task] = state_of(ad, fit, queued=queued)
        if total := total_of(ad):
            self.totals[cluster] = total
        if queued:
            self.add_factory(ad)

    def add_factory(self, ad: Ad) -> None:
        """Add what a cluster in the queue, or one of its tasks, says of those yet to come."""
        if cluster := number(ad, "ClusterId"):
            self.unborn.setdefault(str(cluster), {}).update(unborn_of(ad))

    def state(self, job: str) -> JobState | None:
        """The state of a cluster or a task; None where HTCondor doesn't know it."""
        cluster = job_of(job)
        tasks = self.unborn.get(cluster, {}) | self.tasks.get(cluster, {})
        if self.trouble and len(tasks) < self.totals.get(cluster, 1):
            tasks = _said_by_log(self.logged.get(cluster, {})) | tasks
            if len(tasks) < self.totals.get(cluster, 1):
                raise ValueError(self.trouble)
        elif tasks and all(state.state.final for state in tasks.values()):
            tasks = self.not_yet_told(cluster, tasks) | tasks
        state = _of(tasks or self.last_words(job), job)
        node = self.broken.get(cluster, "")
        return replace(state, reason=f"{state.reason}: {node}") if state and node else state

    def not_yet_told(self, cluster: str, known: Mapping[str, JobState]) -> dict[str, JobState]:
        """Tasks that are in neither queue nor history: what others came to says nothing of them."""
        state = JobState(State.UNKNOWN, "it is neither in the queue nor in the history")
        names = (f"{cluster}.{proc}" for proc in range(self.totals.get(cluster, 1)))
        logged = self.logged.get(cluster, {})
        making = logged.get(f"{cluster}.-1", state)
        # Even if all were made, that is no word of how this one ended.
        unseen = state if making.state is State.SUCCEEDED else making
        return {task: logged.get(task, unseen) for task in names if task not in known}

    def last_words(self, job: str) -> Mapping[str, JobState]:
        """Read the end of a job that queue and history don't know from its event log."""
        logged = self.logged.get(job_of(job), {})
        if logged and all(state.state.final for state in logged.values()):
            return logged
        if self.history:
            return {}
        reason = "condor_q doesn't know it any more, and condor_history can't be asked"
        return {job: JobState(State.UNKNOWN, reason)}


def _said_by_log(tasks: Mapping[str, JobState]) -> dict[str, JobState]:
    """The states by task; those that go on are marked, since only the event log has said it."""
    source = "by its event log, as condor_q can't be asked"
    return {
        task: state
        if state.state.final
        else replace(state, reason=f"{state.reason}, {source}" if state.reason else source)
        for task, state in tasks.items()
    }


def _of(tasks: Mapping[str, JobState], job: str) -> JobState | None:
    if "." in job or job in tasks or not tasks:
        return tasks.get(job)
    ordered = {
        task: state
        for task, state in sorted(tasks.items(), key=lambda pair: int(pair[0].partition(".")[2]))
        if not task.endswith(".-1") or len(tasks) == 1
    }
    if len(ordered) == 1:
        return whole(ordered)
    states = list(ordered.values())
    files = [set(state.files.items()) for state in states]
    return replace(
        whole(ordered),
        files=dict(set.intersection(*files)),
        tasks=ordered,
        submitted=min((state.submitted for state in states if state.submitted), default=None),
        presumed=next((state.presumed for state in states if state.presumed), None),
    )


def _ads(texts: Iterable[str]) -> Iterator[Ad]:
    for text in texts:
        try:
            # Where there are none, condor_q prints nothing at all.
            ads = json.loads(text) if text.strip() else []
        except (ValueError, RecursionError):
            ads = None
        if not isinstance(ads, list) or not all(isinstance(ad, dict) for ad in ads):
            raise ValueError(f"HTCondor's answer is no list of jobs: {one_line(text.strip()[:80])}")
        yield from ads


def _complaint(status: str, stderr: bytes) -> str:
    if int(status) == _TIMED_OUT:
        return "condor_q gave no answer in time"
    if int(status) == _NOT_FOUND:
        return "there is no condor_q on the PATH: BASE/profile can set it"
    said, _, _ = stderr.decode("utf-8", "replace").partition("\nExtra Info:")
    words = " ".join(line.strip() for line in said.splitlines() if line.strip())
    return one_line(words) or "condor_q can't be asked"
