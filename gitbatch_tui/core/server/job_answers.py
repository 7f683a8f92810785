"""Reads the answer to `gitbatch jobs`; its format is in docs/formats.md."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.server.protocol import cut, fields_of, number_of, time_of
from gitbatch_tui.core.server.submissions import How, Intent, KnownJob, SubmittedJobs
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.server.submissions import Context

_NOBODYS = frozenset({"local", "-"})
"""Jobs that nobody is asked about; `-` is a number that was printed, of nobody knows what."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# They decide what a shell and its programs run, and say nothing about a queue.
_UNFIT = re.compile(r"PATH|IFS|ENV|BASH\w*|SHELLOPTS|PS4|HOME|SHELL|(LD|DYLD|GIT|PYTHON|PERL)\w*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NUMBERED = re.compile(r"[0-9]+")


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
    jobs, reported = _gathered(_without_ranks(known))
    return SubmittedJobs(
        accepted=time_of(run.get("accepted", "")),
        directory=run.get("dir", ""),
        scheduling=run.get("scheduling") == "yes",
        around=run.get("around") == "yes",
        jobs=jobs,
        reported=reported,
        intents=tuple(intent for line in lines if (intent := _intent(line))),
        unclear=tuple(each for each in parsed if isinstance(each, str)),
        local=any(line.get("job", "").startswith("local ") for line in lines),
    )


def _without_ranks(known: list[KnownJob]) -> list[KnownJob]:
    """Each job or task once: several wrappers of one, such as srun starts, report in turn."""
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
    reported: dict[KnownJob, tuple[KnownJob, ...]] = {}
    for each in known:
        array = jobs.setdefault(_array(each), each)
        if array is not each:
            reported[array] = (*reported.get(array, ()), each)
    return tuple(jobs.values()), reported


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
    """Read a context from the server; None for one that can't be given to a script."""
    words = sorted(map(unquote, text.split()))
    fit = all(_is_fit(*word.partition("=")) for word in words)
    return tuple(words) if fit else None


def _is_fit(name: str, equals: str, value: str) -> bool:
    named = _NAME.fullmatch(name) and not _UNFIT.fullmatch(name)
    return bool(named and equals) and not _CONTROLS.search(value)
