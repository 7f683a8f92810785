"""Reads how jobs ended from what Grid Engine's qacct prints."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BY_LIMIT = 37
_KILLED = 100
_SIGNAL = 128


def records(text: str) -> Iterator[tuple[str, JobState]]:
    """Yield how tasks ended, by qacct; of one that was run again the last end counts."""
    for facts in blocks(text):
        job, task = facts.get("jobnumber", ""), facts.get("taskid", "undefined")
        name = f"{job}.{task}" if task.isdigit() and task != "0" else job
        state = _ended_as(facts)
        queued, began, ended = (
            time_of(facts.get(key, "")) for key in ("qsub_time", "start_time", "end_time")
        )
        yield (
            name,
            replace(
                state,
                submitted=queued,
                started=began,
                ended=ended,
                host=one_line(facts.get("hostname", "")) if began else "",
                name=one_line(facts.get("jobname", "")),
            ),
        )


def blocks(text: str) -> Iterator[dict[str, str]]:
    """Yield what qacct says of each task, by its words for it."""
    for block in re.split(r"(?m)^=+ *$", text)[1:]:
        lines = (line.partition(" ") for line in block.strip().splitlines())
        yield {key: value.strip() for key, _, value in lines}


def time_of(text: str) -> datetime | None:
    """A time in UTC; None for any other text."""
    for form in ("%a %b %d %H:%M:%S %Y", "%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _ended_as(facts: Mapping[str, str]) -> JobState:
    """How a job ended, from its record in qacct."""
    failed, _, why = facts.get("failed", "").partition(":")
    code = _number(failed)
    status = _number(facts.get("exit_status", ""))
    if code is None or status is None:
        words = one_line(f"failed {facts.get('failed')}, exit_status {facts.get('exit_status')}")
        return JobState(State.UNKNOWN, f"qacct says {words}")
    if code == 0:
        state = State.FAILED if status else State.SUCCEEDED
        reason = f"exit status {status}" if status else ""
        return JobState(state, reason, exit=status)
    if code == _BY_LIMIT:
        return JobState(State.FAILED, _limit(facts))
    if code == _KILLED and status > _SIGNAL:
        signal = status - _SIGNAL
        why = f"killed by signal {signal}: by qdel, a limit or a person"
        return JobState(State.FAILED, why, signal=signal)
    said = one_line(why.strip()) or "no reason given"
    return JobState(State.FAILED, f"Grid Engine failed it ({code}: {said})")


def _limit(facts: Mapping[str, str]) -> str:
    asked = re.findall(r"\b(?:h_rt|h_cpu|h_vmem)=[^\s,]+", facts.get("category", ""))
    limits = " ".join(asked) or "h_rt, h_cpu or h_vmem"
    used = f"{facts.get('ru_wallclock', '?')}, {facts.get('maxvmem', '?')}"
    return one_line(f"stopped at its limit ({limits}) after using {used}")


def _number(text: str) -> int | None:
    match = re.match(r"\s*(\d+)", text)
    return int(match[1]) if match else None
