"""Looks for jobs that nobody recorded: their scheduler knows which ones work in a run's tree.

Only where something went past the record: a submit command whose answer nobody heard, a job that
told of itself or was printed without having been recorded, or no job at all.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.jobs import poller
from gitbatch_tui.core.jobs.judge import GRACE
from gitbatch_tui.core.jobs.news import quote_word
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import find_script
from gitbatch_tui.core.server.client import PATIENCE
from gitbatch_tui.core.server.protocol import line_of
from gitbatch_tui.core.server.submissions import How, KnownJob
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, SubmittedJobs

_MARK = "\x1e"
# What a program complains of is no id: then its scheduler wasn't asked. One that can't be asked at
# all, as where only its programs are installed, may take long to say so: it says so once. For each
# folder, each has as long as if it alone were asked about one.
_ONE = "find_{} () (\n{}\n)\n"
_ALL = r"""away='' until=$deadline
for folder
do
	for each in {}
	do
		deadline=$(($(date +%s) + {}))
		test "$deadline" -lt "$until" || deadline=$until
		case $away in
		*" $each "*) said='it can not be asked' ;;
		*) said=$(find_"$each" "$folder" 2>&1) ;;
		esac
		printf '\036\n%s\n' "$said"
		test "$said" != 'it can not be asked' || away="$away $each "
	done
done
"""
_UNBOUNDED = """within {} sh -c {} sh "$1" || test $? != 124 || echo 'no answer in time'"""
"""A script none of whose commands is bounded, which is none of ours."""
_ID = re.compile(r"[^\s\x00-\x1f]{1,200}")

_AT_ONCE = 20
"""Runs that are searched for by one question."""
_MEANWHILE = 4.0
"""Seconds for each run, where an order waits that asks the same schedulers itself."""
_LATER = 2.0
"""Seconds until what hangs is killed, and the answers of the others have come."""

_looked: WeakKeyDictionary[Host, dict[tuple[str, int], float]] = WeakKeyDictionary()


def search(
    server: Server, submitted: Mapping[int, SubmittedJobs], now: datetime, *, wanted: bool = False
) -> tuple[dict[int, SubmittedJobs], dict[int, list[str]]]:
    """Look for jobs that nobody recorded; return all jobs by run, and the words for the server.

    Where a person wants to stop a run, its scheduler is asked in any case: `wanted`.
    """
    more, news = dict(submitted), dict[int, list[str]]()
    searched = {
        run: jobs
        for run, jobs in submitted.items()
        if _may_have_more(server, run, jobs, wanted=wanted)
    }
    patience = _MEANWHILE * len(searched) if wanted else poller.PATIENCE
    deadline = time.monotonic() + patience
    for context, runs in _together(searched):
        left = deadline - time.monotonic()
        folders = [submitted[run].directory for run in runs]
        found = _find(server, folders, context, left) if left > 0 else {}
        for run in runs:
            told = found.get(submitted[run].directory, {})
            new = _unrecorded(more[run], told, context)
            news.setdefault(run, []).extend(_lines(submitted[run], context, told, new, now))
            more[run] = replace(
                more[run],
                jobs=(*more[run].jobs, *new),
                silent=(*more[run].silent, *_silent(submitted[run], context, told)),
            )
    return more, news


def _may_have_more(server: Server, run: int, jobs: SubmittedJobs, *, wanted: bool) -> bool:
    if not jobs.directory or jobs.scheduling:
        return False
    return bool(wanted and jobs.jobs) or (not jobs.is_sure and _is_due(server, run))


def _unrecorded(
    jobs: SubmittedJobs, found: Mapping[str, Sequence[str]], context: Context
) -> tuple[KnownJob, ...]:
    """The jobs that were found in a run's folder, and that nobody knew of."""
    return tuple(
        KnownJob(job, How.FOUND, context)
        for name, ids in found.items()
        for job in (Job(name, each) for each in ids)
        if not _is_known(jobs, job, context)
    )


def _together(searched: Mapping[int, SubmittedJobs]) -> Iterator[tuple[Context, list[int]]]:
    """Yield the contexts to search in, each with the runs that may have jobs there."""
    runs: dict[Context, list[int]] = {}
    for run, jobs in searched.items():
        for context in _contexts(jobs):
            runs.setdefault(context, []).append(run)
    for context, each in runs.items():
        for first in range(0, len(each), _AT_ONCE):
            yield context, each[first : first + _AT_ONCE]


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
    server: Server, folders: Sequence[str], context: Context, seconds: float
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The ids of jobs that work in each folder, by the schedulers that could be asked."""
    scripts = {name: find_script(adapter) for name, adapter in adapters().items()}
    asked = [name for name, script in scripts.items() if script]
    functions = (_ONE.format(at, _bounded(scripts[name])) for at, name in enumerate(asked))
    script = "".join(functions) + _ALL.format(" ".join(map(str, range(len(asked)))), PATIENCE)
    patience, timeout = max(PATIENCE, int(seconds)), seconds + _LATER
    try:
        answer = server.ask_scheduler(
            script, *folders, context=context, patience=patience, timeout=timeout
        )
    except GitBatchError:
        return {}
    parts = iter(answer.text.split(f"{_MARK}\n")[1:])
    # Of the last folder that was begun, some may be missing.
    return {folder: dict(_told(zip(asked, parts, strict=False))) for folder in folders}


def _bounded(script: str) -> str:
    return script if "within " in script else _UNBOUNDED.format(PATIENCE, quote(script))


def _told(parts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the schedulers that said something that is ids, with these."""
    for name, part in parts:
        lines = [line for line in part.split("\n") if line]
        if all(map(_ID.fullmatch, lines)):
            yield name, tuple(dict.fromkeys(lines))


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
