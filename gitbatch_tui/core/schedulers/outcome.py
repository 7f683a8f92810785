"""Reads what the scripts that cancel, hold and release say of each job, and sums it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitbatch_tui.core.hosts.host import Answer

TELL = r"""trouble=0
tell () {
	# WORD JOB [WHY]: what came of the order to this job
	printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "${3-}" | tr '\n\t' '  ')"
	test "$1" != failed || trouble=1
}
came () {
	# JOB STATUS SAID: of a command that was to do it
	if test "$2" = 0
	then
		tell "done" "$1"
	else
		tell failed "$1" "${3:-there was no answer in time}"
	fi
}
"""
"""Before such a script; it ends with `exit "$trouble"`."""

_WORDS = ("done", "gone", "failed")
_OVERTIME = 124


class OrderOutcome(NamedTuple):
    """The result of an order to jobs."""

    done: tuple[str, ...]
    """The jobs that it was done to."""
    failed: Mapping[str, str]
    """Why it could not be done, by job. Of other jobs there was nothing to do it to any more."""


def outcome_of(answer: Answer, ids: Collection[str]) -> OrderOutcome:
    """Read the lines `done`, `gone` or `failed`, a tab, a job, a tab, why.

    A script that says nothing of the kind did it to all of the jobs, or to none of them, as its
    exit status has it.
    """
    told = dict(_told(answer, ids))
    why = _why(answer)
    rest = dict.fromkeys(ids, ("failed" if answer.status else "done", why))
    found = rest | told if answer.status or not told else told
    return OrderOutcome(
        tuple(job for job in ids if found.get(job, ("",))[0] == "done"),
        {job: why for job, (word, why) in found.items() if word == "failed"},
    )


def _told(answer: Answer, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for line in answer.text.splitlines():
        word, job, why, *_ = (*line.split("\t"), "", "")
        if word in _WORDS and job in ids:
            yield job, (word, one_line(why.strip()))


def _why(answer: Answer) -> str:
    if answer.status == _OVERTIME:
        return "it gave no answer in time"
    return answer.complaint or f"it ended with exit status {answer.status}"
