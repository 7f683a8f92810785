"""Asks the schedulers about runs whose own files don't say enough.

A scheduler that can't be asked, or says what we don't understand, changes nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gitbatch_tui.core.jobs.judge import Evidence, judge
from gitbatch_tui.core.jobs.news import ABSENT
from gitbatch_tui.core.jobs.output_files import note_files
from gitbatch_tui.core.jobs.poller import PATIENCE, poller_of
from gitbatch_tui.core.jobs.search import search
from gitbatch_tui.core.jobs.status import own_state
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.server.submissions import How, by_queue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.jobs.judge import Verdict
    from gitbatch_tui.core.jobs.poller import PollResult
    from gitbatch_tui.core.schedulers.adapter import JobState
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.submissions import Context, KnownJob, QueueKey, SubmittedJobs
    from gitbatch_tui.models import Job, LiveRun, Report

_heard: WeakKeyDictionary[Host, dict[tuple[str, int, Job, Context], str]] = WeakKeyDictionary()


def survey(server: Server, report: Report, past: Mapping[int, LiveRun]) -> dict[int, LiveRun]:
    """The runs of a report by number, as far as anything is known of their jobs.

    `past` has what was known of them last.
    """
    numbers = [live.number for live in report.runs]
    submitted = server.jobs(*numbers)
    submitted, found = search(server, submitted, report.now)
    told = ask_about(server, submitted)
    verdicts = {
        live.number: judge(
            live, _evidence(live.number, submitted, told), report.now, past.get(live.number)
        )
        for live in report.runs
        if live.number in submitted
    }
    own = {number: submitted[number] for number, each in verdicts.items() if each.live.own}
    note_files(server, _files(own, told))
    return _with_news(server, verdicts, found)


def ask_about(server: Server, submitted: Mapping[int, SubmittedJobs]) -> dict[QueueKey, PollResult]:
    """The answers of the schedulers that are known here, side by side, within `PATIENCE`."""
    queues = by_queue(known for each in submitted.values() for known in each.jobs)
    deadline = time.monotonic() + PATIENCE
    questions = {
        (name, context): poller_of(server.host, adapter, context).begin(
            server, [known.job.id for known in jobs]
        )
        for (name, context), jobs in queues.items()
        if (adapter := adapters().get(name)) and adapter.ask
    }
    return {queue: question.answer(deadline) for queue, question in questions.items()}


def _evidence(
    number: int, submitted: Mapping[int, SubmittedJobs], told: Mapping[QueueKey, PollResult]
) -> Evidence:
    # A scheduler may give an id again: then it means the newest run.
    owners = {
        (known.job, known.context): run
        for run in sorted(submitted)
        for known in submitted[run].jobs
    }
    mine = submitted[number]
    states: dict[KnownJob, JobState | None] = {}
    unasked: dict[KnownJob, str] = {}
    for known in mine.jobs:
        answer = told.get((known.job.scheduler, known.context))
        if known.is_nameless:
            states[known] = own_state(known)
        elif answer is None:
            unasked[known] = f"it is not known here, but {', '.join(adapters())}"
        elif answer.trouble or known.job.id not in answer.states:
            unasked[known] = answer.trouble
        else:
            is_mine = owners[known.job, known.context] == number
            state = answer.states[known.job.id] if is_mine else None
            state = state if state and mine.owns(known, state) else None
            if state or known.how is not How.BARE:
                states[known] = state
    return Evidence(mine, states, unasked)


def _files(
    submitted: Mapping[int, SubmittedJobs], told: Mapping[QueueKey, PollResult]
) -> dict[int, dict[Job, JobState]]:
    files: dict[int, dict[Job, JobState]] = {}
    for run, each in submitted.items():
        for known in each.jobs:
            answer = told.get((known.job.scheduler, known.context))
            state = answer.states.get(known.job.id) if answer else None
            if state:
                files.setdefault(run, {})[known.job] = state
    return files


def _with_news(
    server: Server, verdicts: Mapping[int, Verdict], found: Mapping[int, Sequence[str]]
) -> dict[int, LiveRun]:
    """The runs, after the server has heard what is new; where that ends one, as it says."""
    clear = {number: verdict.live for number, verdict in verdicts.items()}
    if lines := dict(_unheard(server, verdicts, found)):
        server.tell(lines)
        for live in server.status(*lines).runs:
            if live.is_over or clear[live.number].is_over:
                clear[live.number] = live
    return clear


def _unheard(
    server: Server, verdicts: Mapping[int, Verdict], found: Mapping[int, Sequence[str]]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the words for the server: each once, absence each time, since its length matters."""
    heard = _heard.setdefault(server.host, {})
    for number, verdict in verdicts.items():
        if not verdict.live.own:  # whoever submitted it tells
            continue
        lines = list(found.get(number, ()))
        for news in verdict.news:
            key, line = (server.place, number, news.job, news.context), news.line()
            if news.word == ABSENT or heard.get(key) != line:
                lines.append(line)
            heard[key] = line
        if lines:
            yield number, lines
