"""Collects what schedulers said that the server has to hear.

It weighs that against what the jobs wrote, and knows how long to wait for more of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import quote

from gitbatch_tui.core.schedulers.adapter import JobState, whole
from gitbatch_tui.core.server.protocol import line_of
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.jobs.status import JobStatus
    from gitbatch_tui.core.server.submissions import Context
    from gitbatch_tui.models import Job

ABSENT, _NEVER = "absent", "never"
_ALIVE = frozenset({State.QUEUED, State.RUNNING})


@dataclass(frozen=True)
class News:
    """One statement of a scheduler about a job or a task."""

    job: Job
    context: Context
    word: str
    """A state, or `absent` where its scheduler doesn't know it, or `never`: it can't begin."""
    said: JobState
    tasks: int | None = None
    """Of a whole array: how many it has."""

    def line(self) -> str:
        """The line for `gitbatch tell`."""
        said = self.said
        return line_of(
            {
                "job": self.job,
                "state": self.word,
                "exit": said.exit,
                "signal": said.signal,
                "start": said.started,
                "end": said.ended,
                "host": said.host,
                "name": said.name,
                "reason": said.reason,
                "tasks": self.tasks,
                "log": said.files.get("stdout"),
                "context": " ".join(map(quote_word, self.context)),
            }
        )


def quote_word(word: str) -> str:
    """A word of a context, without blanks in it."""
    return quote(word, safe="/=:.,@+-_", errors="surrogateescape")


def news_of(each: Sequence[JobStatus], *, waited: bool) -> Iterator[News]:
    """Yield what the server hasn't heard of; of an array all that is over, once all of it is.

    `waited`: nothing else has come for a while, so that what is presumed is believed.
    """
    for array, group in groupby(each, attrgetter("array")):
        tasks = list(group)
        news = [new for one in tasks if (new := _news(one, waited=waited))]
        yield from news
        if news and tasks[0].job != array.job and all(one.is_over for one in tasks):
            said = whole({one.job.id: state for one in tasks if (state := one.state)})
            yield News(array.job, array.context, str(said.state), said, len(tasks))


def _news(one: JobStatus, *, waited: bool) -> News | None:
    word = "" if one.end_is_known else _word(one, waited=waited)
    said = one.said or JobState(State.UNKNOWN)
    return News(one.job, one.array.context, word, said) if word else None


def _word(one: JobStatus, *, waited: bool) -> str:
    heard = one.own.state if one.own else ""
    if one.said is None:
        return ABSENT if one.is_absent else ""
    if one.said.state.final:
        return str(one.said.state)
    if one.said.presumed:
        return str(one.said.presumed) if waited else ""
    if one.said.never:
        return _NEVER if heard != _NEVER else ""
    # What wasn't recorded is a job after all; and what wasn't known, or could not begin, does.
    unheard = heard in {ABSENT, _NEVER} or (not one.array.how.is_sure and heard in {"", "waiting"})
    return str(one.said.state) if unheard and one.said.state in _ALIVE else ""
