"""Says what a run used of what it had asked for, and where that was far too much."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import duration, memory, percent, plural
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gitbatch_tui.models import Run, Usage

LONG = 300
"""Seconds that a job has to take before it says anything about what the next one needs."""
LITTLE = 0.1
"""As much of what was asked for, or less, is far too little."""
_LEAST_MEMORY = 2 * 10**9
"""Bytes. Who asks for no more than that keeps nobody waiting."""


def cpu_share(used: Usage) -> float | None:
    """Return the share of what was asked for that was computed with: 1 is always, all cores."""
    return used.cpu / used.reserved if used.cpu is not None and used.reserved else None


def time_share(run: Run, now: datetime | None) -> float | None:
    """Return how much of the time was used that it had; of a run that goes on, by now."""
    used = run.used
    if used and used.limit and used.wall is not None:
        return used.wall / used.limit
    if now and run.state is State.RUNNING and run.deadline and run.started:
        return (now - run.started) / (run.deadline - run.started)
    return None


def memory_words(run: Run) -> str:
    """Write the highest peak of a run's memory: `3.1 of 64 GiB`; empty where it isn't known."""
    used = run.used
    return _of(used.memory, used.memory_asked) if used and used.memory is not None else ""


def brief(run: Run, now: datetime) -> str:
    """Write it in a line of columns: `cpu 11 %  mem 3.1 of 64 GiB  time 20 %`; empty for nothing.

    Of a run that goes on, how much of its time has passed.
    """
    return "  ".join(f"{name} {words}" for name, words in _parts(run, now))


def _parts(run: Run, now: datetime) -> Iterator[tuple[str, str]]:
    used = run.used
    if used and (share := cpu_share(used)) is not None:
        yield "cpu", percent(share)
    elif used and used.cpu is not None:
        yield "cpu", duration(timedelta(seconds=used.cpu))
    if words := memory_words(run):
        yield "mem", words
    if used and used.gpu is not None:
        yield "gpu", percent(used.gpu / 100)
    if (share := time_share(run, now)) is not None:
        yield "time", percent(share)


def facts(run: Run, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield it for people in sentences, each with a name: used, asked for, time left."""
    if used := run.used:
        yield "used", ", ".join(_used(used))
        yield "asked for", ", ".join(_asked(used))
    if run.deadline and run.state is State.RUNNING:
        left = duration(max(run.deadline - now, timedelta(0)))
        yield "time left", f"{left}, until {run.deadline:%Y-%m-%d %H:%M} UTC"


def _used(used: Usage) -> Iterator[str]:
    if used.cpu is not None:
        share = cpu_share(used)
        busy = "" if share is None else f" ({percent(share)} of its cores)"
        yield f"{duration(timedelta(seconds=used.cpu))} of CPU time{busy}"
    if used.memory is not None:
        yield f"{memory(used.memory)} of memory"
    if used.gpu is not None:
        yield f"GPUs {percent(used.gpu / 100)} busy"
    if used.wall is not None and used.limit:
        yield f"{percent(used.wall / used.limit)} of its time"


def _asked(used: Usage) -> Iterator[str]:
    if used.cores:
        yield plural(used.cores, "core")
    if used.gpus:
        yield plural(used.gpus, "GPU")
    if used.memory_asked:
        yield f"{memory(used.memory_asked)} of memory"
    if used.limit:
        yield duration(timedelta(seconds=used.limit))


def hint(run: Run) -> str:
    """Advise to ask for less where a tenth was used; empty where nothing is to be said.

    Only of a run that went well, and took long enough to say anything.
    """
    used = run.used
    if run.state is not State.SUCCEEDED or not used or (used.wall or 0) < LONG:
        return ""
    wasted = list(_wasted(used))
    return f"{' and '.join(wasted)}: with less asked for, it may begin sooner" if wasted else ""


def _wasted(used: Usage) -> Iterator[str]:
    share = cpu_share(used)
    if share is not None and used.cores and used.cores > 1 and share <= LITTLE:
        yield f"{share * used.cores:.1f} of {used.cores} cores"
    asked = used.memory_asked or 0
    if used.memory is not None and asked >= _LEAST_MEMORY and used.memory <= LITTLE * asked:
        yield f"{_of(used.memory, asked)} of memory"
    if used.wall is not None and used.limit and used.wall <= LITTLE * used.limit:
        limit = duration(timedelta(seconds=used.limit))
        yield f"{duration(timedelta(seconds=used.wall))} of {limit}"


def _of(amount: int, whole: int | None) -> str:
    """`3.1 of 64 GiB`; the unit is said once where it is the same."""
    if not whole:
        return memory(amount)
    part, of = memory(amount), memory(whole)
    number, _, unit = part.partition(" ")
    return f"{number if of.endswith(f' {unit}') else part} of {of}"
