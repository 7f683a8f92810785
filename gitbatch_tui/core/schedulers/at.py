"""at: jobs wait for a time, and leave no trace when they are over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
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
_TIME = "%a %b %d %H:%M:%S %Y"
_RUNS = "="
_LATE = timedelta(minutes=2)
"""After its time, for a job that nothing has begun: atd looks at least once a minute."""
_OVERTIME = 124
ATD = r"""atd_runs () {
	# PIDFILE...: may it, as far as can be seen?  at finds it by such a file.
	test "$(uname -s)" = Linux || return 0
	for file
	do
		test -e "$file" || continue
		pid=$(cat "$file" 2>/dev/null) || return 0
		case $(LC_ALL=C kill -0 "$pid" 2>&1) in
		*'o such process'*) ;;
		*) return 0 ;;
		esac
	done
	ps -e -o comm= 2>/dev/null | grep -qx atd
}
"""
"""sh: `atd_runs` fails where nobody is there to begin the jobs of at."""
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
    # In the C locale, date writes a time as atq does.
    ask = "export LC_ALL=C; date +%c; within 15 atq"
    find = find_of("at")
    cancel = _CANCEL
    hold = release = ""

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        if answer.status == _OVERTIME:
            raise ValueError("atq gave no answer in time")
        lines = answer.text.splitlines()
        now = _time(lines[0]) if lines else None
        listed = lines[1:] if now else lines
        jobs = [_LISTED.fullmatch(line) for line in listed]
        if answer.status or None in jobs:
            raise ValueError(one_line(answer.stderr or "\n".join(listed)))
        found = (job.groups() for job in jobs if job)
        return {job: _state(queue, when, now) for job, when, queue, _ in found if job in ids}


def _time(text: str) -> datetime | None:
    """The server's time in its own zone; None where it is written in another way."""
    try:
        return datetime.strptime(text, _TIME)  # noqa: DTZ007  # compared with one of that zone
    except ValueError:
        return None


def _state(queue: str, when: str, now: datetime | None) -> JobState:
    if queue == _RUNS:
        return JobState(State.RUNNING)
    due = _time(when)
    if not (due and now) or now < due + _LATE:
        return JobState(State.QUEUED, f"at begins it {one_line(when)}")
    if queue == "b" or queue.isupper():
        return JobState(State.QUEUED, "batch begins it once the load there is low enough")
    return JobState(
        State.QUEUED, f"it was due {one_line(when)}: atd, which begins it, may not run there"
    )
