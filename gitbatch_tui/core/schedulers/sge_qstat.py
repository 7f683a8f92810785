"""Reads what Grid Engine's qstat prints of jobs that wait and run, and says it in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState, job_of
from gitbatch_tui.core.schedulers.sge_qacct import time_of
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LISTED = re.compile(r"<job_list\b.*?</job_list>", re.DOTALL)
_ELEMENT = re.compile(r"<(JB_job_number|state|slots|tasks|queue_name|JAT_start_time)>([^<]*)</\1>")
_RANGE = re.compile(r"(\d+)(?:-(\d+)(?::(\d+))?)?")
_DETAIL = re.compile(r"([a-z_-]+(?: (?:tasks|reason|info))?)(?: +\d+)?: +(.*)")
# With these, a job says that it is broken.
_ERROR_STATUS = re.compile(r"exit_status of job start = (\d+)")
_KNOWN = frozenset("EdhqwrtRsSTNP")
_TOTAL = 5
"""The column TOTAL of `qstat -g c`."""
_WAITS_FOR_ITS_TURN = "waits for its turn"
_SUSPENDED = {
    "s": "suspended by a person",
    "S": "suspended, with its queue",
    "T": "suspended: its node is too busy",
    "N": "suspended: its node is too busy",
    "P": "suspended: another job goes first",
}
_SILENT = ("There are no messages available", "(Collecting of scheduler job information is turned")
# The scheduler's sentences, the telling ones first.
_NOTES = (
    (r'cannot run because it exceeds limit .* in rule "?([^"]+)', r"waits for the quota \1"),
    (r"\(-l (.+)\) cannot run .* because it offers only .*", r"waits for \1"),
    (r"\(-l (.+)\) cannot run .* because job requests unknown resource.*", r"waits for \1"),
    (r'cannot run in PE "(.+)" because it only offers (\d+) slots', r"waits for slots of \1"),
    (r"has no permission for .* \"(.+)\"", r"may not use \1"),
    (r".* dropped because it is full", "waits for a free slot"),
    (r".* dropped because it is overloaded.*", "waits: every node is too busy"),
    (r".* dropped because it is (disabled|suspended|temporarily not available)",
     r"waits: its queue is \1"),
)  # fmt: skip


@dataclass(frozen=True)
class QueuedTask:
    """A task in qstat's list."""

    letters: str
    """Its state, as `hqw`."""
    slots: int
    host: str = ""
    started: datetime | None = None


@dataclass(frozen=True)
class JobDetails:
    """The facts of a job in `qstat -j`."""

    facts: Mapping[str, str]
    """The first word of each kind: a job can't overrule it by its environment."""
    notes: list[str] = field(default_factory=list)
    """What the scheduler says of it."""
    errors: list[str] = field(default_factory=list)

    @property
    def submitted(self) -> datetime | None:
        return time_of(self.facts.get("submission_time", ""))

    @property
    def predecessors(self) -> list[str]:
        """The jobs that have to end before it."""
        return re.findall(r"\d+", self.facts.get("jid_predecessor_list", ""))

    @property
    def directory(self) -> str:
        """The folder in which it works; empty where that isn't known."""
        folder = self.facts.get("cwd", self.facts.get("sge_o_home", ""))
        return folder if folder.startswith("/") else ""


def listed(text: str) -> dict[str, dict[str, QueuedTask]]:
    """The jobs of a list in XML, by job and task."""
    jobs: dict[str, dict[str, QueuedTask]] = {}
    for block in _LISTED.findall(text):
        found = dict(_ELEMENT.findall(block))
        job = found.get("JB_job_number", "").strip()
        slots = found.get("slots", "")
        entry = QueuedTask(
            found.get("state", "").strip(),
            int(slots) if slots.isdigit() else 1,
            one_line(found.get("queue_name", "").rpartition("@")[2].strip()),
            _iso(found.get("JAT_start_time", "")),
        )
        tasks = tasks_of(job, found.get("tasks")) or [job]
        jobs.setdefault(job, {}).update(dict.fromkeys(tasks, entry))
    return jobs


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None


def tasks_of(job: str, ranges: str | None) -> list[str]:
    """The tasks of an array: `1,3` or `2-8:2`."""
    found: list[str] = []
    for first, last, step in _RANGE.findall(ranges or ""):
        numbers = range(int(first), int(last or first) + 1, int(step or 1) or 1)
        found += [f"{job}.{number}" for number in numbers]
    return found


def described(text: str) -> Iterator[tuple[str, JobDetails]]:
    """Read `qstat -j`: the facts of each job, by its id."""
    for block in re.split(r"(?m)^(?=job_number:)", text):
        details = JobDetails({})
        facts = dict(details.facts)
        notes: list[str] | None = None
        for line in block.splitlines():
            match = _DETAIL.match(line)
            if match is None:
                if notes is not None and line.startswith(" "):
                    notes.append(line.strip())
                continue
            key, value = match[1], match[2].strip()
            notes = {"scheduling info": details.notes, "error reason": details.errors}.get(key)
            if notes is None:
                facts.setdefault(key, value)
            else:
                notes.append(value)
        if "job_number" in facts:
            yield facts["job_number"], replace(details, facts=facts)


def total(text: str) -> int:
    """The slots of all queues, from `qstat -g c`."""
    rows = [line.split() for line in text.splitlines()[2:]]
    counts = [row[_TOTAL] for row in rows if len(row) > _TOTAL]
    return sum(int(count) for count in counts if count.isdigit())


def pending_reason(facts: Mapping[str, str], notes: Sequence[str], errors: Sequence[str]) -> str:
    """Say why a job doesn't begin, from what `qstat -j` says of it."""
    if errors:
        what = re.sub(r"^\S+ \S+ \[\d+:\d+\]: (error: )?", "", errors[-1])
        failed = _ERROR_STATUS.fullmatch(what.strip())
        why = f"ended with exit status {failed[1]}" if failed else f"couldn't be started: {what}"
        return f"{one_line(why)}. Cancel it, or fix that and `qmod -cj` it"
    if before := facts.get("jid_predecessor_list"):
        return f"waits for job {one_line(before)}"
    if begin := facts.get("execution_time"):
        return f"begins {one_line(begin)} UTC"
    told = [note for note in notes if not note.startswith(_SILENT)]
    for pattern, words in _NOTES:
        for note in told:
            if match := re.match(pattern, note):
                return one_line(match.expand(words))
    return one_line(told[0]) if told else _WAITS_FOR_ITS_TURN


def state_of(entry: QueuedTask, details: JobDetails, all_slots: int) -> JobState:
    """The meaning of `qw`, `hr`, `Eqw` and so on.

    `all_slots` are those of all queues, 0 where that isn't known.
    """
    letters = entry.letters
    if not letters or set(letters) - _KNOWN:
        return JobState(State.UNKNOWN, f"Grid Engine says {one_line(letters) or 'nothing'}")
    if "w" not in letters:
        return JobState(
            State.RUNNING, _running_reason(letters), started=entry.started, host=entry.host
        )
    return _waiting(entry, details, all_slots)


def _waiting(entry: QueuedTask, details: JobDetails, all_slots: int) -> JobState:
    letters = entry.letters
    waits = pending_reason(details.facts, details.notes, details.errors)
    if "d" in letters:
        return JobState(State.QUEUED, "is being deleted")
    if "E" in letters:
        return JobState(State.QUEUED, waits, never=True)
    if "h" in letters and "jid_predecessor_list" not in details.facts:
        return JobState(State.QUEUED, "held by you or an operator", held=True)
    if 0 < all_slots < entry.slots:
        why = f"asks for {entry.slots} slots, and there are {all_slots}: will never start"
        return JobState(State.QUEUED, why, never=True)
    awaited = re.findall(r"\d+", details.facts.get("jid_predecessor_list", ""))
    return JobState(State.QUEUED, waits, awaits=tuple(awaited))


def _running_reason(letters: str) -> str:
    if "d" in letters:
        return "is being deleted"
    if "t" in letters:
        return "goes to its node"
    return next((words for letter, words in _SUSPENDED.items() if letter in letters), "")


def files(facts: Mapping[str, str], task: str) -> dict[str, str]:
    """The paths of a task's output, as far as they can be told from here."""
    if "job_name" not in facts:
        return {}
    kinds = {"stdout": ".o"} if facts.get("merge") == "y" else {"stdout": ".o", "stderr": ".e"}
    paths = {kind: _path(facts, task, kind, suffix) for kind, suffix in kinds.items()}
    return {kind: path for kind, path in paths.items() if path.startswith("/")}


def _path(facts: Mapping[str, str], task: str, kind: str, suffix: str) -> str:
    name, number = facts["job_name"], task.partition(".")[2]
    folder = facts.get("cwd", facts.get("sge_o_home", ""))
    path = facts.get(f"{kind}_path_list", f"{folder}/")
    if path.endswith("/"):
        path = str(PurePosixPath(path) / f"{name}{suffix}{task}")
    words = {
        "$TASK_ID": number or "undefined",
        "$JOB_ID": job_of(task),
        "$JOB_NAME": name,
        "$USER": facts.get("owner", ""),
    }
    for word, value in words.items():
        path = path.replace(word, value)
    return path
