"""Looks for jobs that nobody recorded: their scheduler knows which ones work in a run's tree.

Only where something went past the record: a submit command whose answer nobody heard, a job that
told of itself or was printed without having been recorded, or no job at all.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.jobs import poller
from gitbatch_tui.core.jobs.judge import GRACE
from gitbatch_tui.core.jobs.news import quote_word
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import find_script
from gitbatch_tui.core.server.protocol import line_of
from gitbatch_tui.core.server.submissions import How, KnownJob
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, SubmittedJobs

_MARK = "\x1e"
# What a program complains of is no id: then its scheduler wasn't asked.
_EACH = "printf '\\036\\n'\n( {} ) 2>&1\n"
_ID = re.compile(r"[^\s\x00-\x1f]{1,200}")

_MEANWHILE = 4.0
"""Seconds for a search that an order waits for, which asks the same schedulers itself."""

_looked: WeakKeyDictionary[Host, dict[tuple[str, int], float]] = WeakKeyDictionary()


def search(
    server: Server, submitted: Mapping[int, SubmittedJobs], now: datetime, *, wanted: bool = False
) -> tuple[dict[int, SubmittedJobs], dict[int, list[str]]]:
    """Look for jobs that nobody recorded; return all jobs by run, and the words for the server.

    Where a person wants to stop a run, its scheduler is asked in any case: `wanted`.
    """
    more, news = dict(submitted), dict[int, list[str]]()
    deadline = time.monotonic() + (_MEANWHILE if wanted else poller.PATIENCE)
    for run, jobs in submitted.items():
        if jobs.scheduling or not jobs.directory:
            continue
        if not (wanted and jobs.jobs) and (jobs.is_sure or not _is_due(server, run)):
            continue
        for context in _contexts(jobs):
            left = deadline - time.monotonic()
            found = _find(server, jobs.directory, context, left) if left > 0 else {}
            new = tuple(
                KnownJob(job, How.FOUND, context)
                for name, ids in found.items()
                for job in (Job(name, each) for each in ids)
                if not _is_known(more[run], job, context)
            )
            news.setdefault(run, []).extend(_lines(jobs, context, found, new, now))
            silent = _silent(jobs, context, found)
            more[run] = replace(
                more[run],
                jobs=(*more[run].jobs, *new),
                silent=(*more[run].silent, *silent),
            )
    return more, news


def _silent(jobs: SubmittedJobs, context: Context, found: Mapping[str, object]) -> list[str]:
    """The run's schedulers which may have more jobs of it there, and didn't answer."""
    if jobs.is_sure and not jobs.around:
        return []
    mine = dict.fromkeys(each.job.scheduler for each in jobs.jobs if each.context == context)
    known = adapters()
    return [
        name for name in mine if name in known and find_script(known[name]) and name not in found
    ]


def _is_due(server: Server, run: int) -> bool:
    looked, now = _looked.setdefault(server.host, {}), time.monotonic()
    if now - looked.get((server.place, run), -poller.LONGEST) < poller.EVERY:
        return False
    looked[server.place, run] = now
    return True


def _contexts(jobs: SubmittedJobs) -> list[Context]:
    """The contexts in which jobs of this run may be: those of its others, or the default one."""
    known = [each.context for each in jobs.jobs] + [each.context for each in jobs.intents]
    return list(dict.fromkeys([*known, ()]))


def _find(
    server: Server, folder: str, context: Context, seconds: float
) -> dict[str, tuple[str, ...]]:
    """The ids of jobs that work in a folder, by the schedulers that could be asked."""
    scripts = {name: find_script(adapter) for name, adapter in adapters().items()}
    asked = [name for name, script in scripts.items() if script]
    script = "".join(_EACH.format(scripts[name]) for name in asked)
    try:
        answer = server.ask_scheduler(script, folder, context=context, timeout=seconds)
    except GitBatchError:
        return {}
    parts = answer.text.split(f"{_MARK}\n")[1:]
    told = {name: part.split("\n") for name, part in zip(asked, parts, strict=False)}
    lines = {name: [line for line in each if line] for name, each in told.items()}
    return {
        name: tuple(dict.fromkeys(each))
        for name, each in lines.items()
        if all(map(_ID.fullmatch, each))
    }


def _is_known(jobs: SubmittedJobs, job: Job, context: Context) -> bool:
    return any(known.job == job and not _differ(known.context, context) for known in jobs.jobs)


def _differ(one: Context, other: Context) -> bool:
    """True if some variable has two values: one that only one has may come from the account."""
    values = dict(word.partition("=")[::2] for word in one)
    pairs = (word.partition("=")[::2] for word in other)
    return any(values.get(name, value) != value for name, value in pairs)


def _lines(
    jobs: SubmittedJobs,
    context: Context,
    found: Mapping[str, tuple[str, ...]],
    new: tuple[KnownJob, ...],
    now: datetime,
) -> Iterator[str]:
    where = " ".join(map(quote_word, context))
    left = list(new)
    for intent in jobs.intents:
        if intent.context != context or intent.scheduler not in found:
            continue
        mine = next((each for each in left if each.job.scheduler == intent.scheduler), None)
        if mine:
            left.remove(mine)
            yield line_of({"intent": intent.key, "id": mine.job.id})
        elif intent.time and now - intent.time >= GRACE:
            yield line_of({"intent": intent.key, "id": ""})
    for known in left:
        yield line_of({"job": known.job, "how": How.FOUND, "context": where})
    yield from (line_of({"asked": name, "context": where}) for name in found)
