"""at: jobs wait for a time, and leave no trace when they are over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer

# `11<TAB>Sun Nov 22 14:33:00 2026 = user`
_LISTED = re.compile(r"(\d+)\t(.+) (\S) (\S+)")
_RUNS = "="
_OVERTIME = 124
# atrm of what runs only forgets it, and says that all is well.
_CANCEL = (
    TELL
    + r"""export LC_ALL=C
listed=$(within 10 atq) || {
	echo >&2 "atq gave no answer"
	exit 1
}
for job
do
	case $(printf '%s\n' "$listed" | grep "^$job	") in
	'')
		tell gone "$job"
		;;
	*' = '*)
		tell failed "$job" "at can't stop what runs: end it by hand"
		;;
	*)
		said=$(within 5 atrm "$job" 2>&1)
		came "$job" "$?" "$said"
		;;
	esac
done
exit "$trouble"
"""
)


class At:
    """at, and batch."""

    name = "at"
    ids = r"\d+"
    ask = "LC_ALL=C within 15 atq"
    find = find_of("at")
    cancel = _CANCEL
    hold = release = ""

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        if answer.status == _OVERTIME:
            raise ValueError("atq gave no answer in time")
        text = answer.stdout.decode("utf-8", "replace")
        lines = [_LISTED.fullmatch(line) for line in text.splitlines()]
        if answer.status or None in lines:
            raise ValueError(one_line(answer.stderr or text))
        listed = (line.groups() for line in lines if line)
        return {job: _state(queue, when) for job, when, queue, _ in listed if job in ids}


def _state(queue: str, when: str) -> JobState:
    if queue == _RUNS:
        return JobState(State.RUNNING)
    return JobState(State.QUEUED, f"at begins it {one_line(when)}")
