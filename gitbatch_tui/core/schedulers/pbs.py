"""PBS Pro and OpenPBS, and Torque as its documentation has it: qstat tells of all jobs.

PBS forgets a job the moment it ends, unless the site keeps a history.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState, whole
from gitbatch_tui.core.schedulers.grammar import find_of, functions_of
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.core.schedulers.pbs_records import describe, records
from gitbatch_tui.core.schedulers.programs import WHOSE
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gitbatch_tui.core.hosts.host import Answer


# qstat is also a program of Grid Engine, and of Slurm for people who are used to it. Without -w
# (-1) a job could make up attributes by line ends in its variables.
_SITE = (
    WHOSE
    + functions_of("schedulers/pbs.sh", "pbs_words")
    + r"""export LC_ALL=C TZ=UTC0
command -v qstat >/dev/null || {
	echo >&2 "there is no qstat on the PATH: BASE/profile can set it"
	exit 1
}
pbs_words || {
	test "$?" != 124 || {
		echo >&2 "qstat gave no answer in time"
		exit 1
	}
	echo >&2 "the qstat on the PATH doesn't say that it is that of PBS: try \`qstat --version\`"
	exit 1
}
"""
)
ASK = (
    _SITE
    + r"""ask () {
	# shellcheck disable=SC2086 # none, or one
	{
		trouble=$(within 20 qstat $history -t -f "$wide" "$@" 2>&1 >&3 3>&-)
		status=$?
	} 3>&1
}
ask "$@"
case $trouble in
*'not configured to maintain job history'*)
	history=
	ask "$@"
	;;
esac
printf '%s\n' "$trouble" >&2
printf 'gitbatch: %s %s\n' "$status" "$(test -n "$history" && echo history || echo current)"
"""
)
"""Prints what `qstat -f` says of each job, an attribute a line, and at last `gitbatch: ` with its
exit status and `history` or `current`: whether it could tell of ended jobs, too."""
# qhold marks what runs, too, and qrls of somebody else's hold says that all is well.
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	now=$(within 10 qstat -f "$wide" "$job" 2>&1)
	status=$?
	case $status:$now in
	0:*) ;;
	*'Unknown Job Id'* | *'has finished'*)
		tell gone "$job"
		continue
		;;
	*)
		came "$job" "$status" "$now"
		continue
		;;
	esac
	state=$(printf '%s\n' "$now" | sed -n 's/^    job_state = //p' | head -n 1)
	holds=$(printf '%s\n' "$now" | sed -n 's/^    Hold_Types = //p' | head -n 1)
	case "$state $holds" in
	$which) ;;
	*)
		tell gone "$job"
		continue
		;;
	esac
	said=$(within 10 "$program" "$job" 2>&1)
	status=$?
	case $said in
	*'has finished'* | *'Unknown Job Id'*) tell gone "$job" ;;
	*) came "$job" "$status" "$said" ;;
	esac
done
exit "$trouble"
"""
)
CANCEL = f"program=qdel which='[!CFX] *'\n{_ORDER}"
HOLD = f"program=qhold which='[QWB] *'\n{_ORDER}"
RELEASE = f"program=qrls which='[HB] *u*'\n{_ORDER}"
_LAST = re.compile(r"^gitbatch: (\d+) (history|current)\n\Z", re.MULTILINE)
_UNKNOWN = re.compile(r"Unknown Job Id (\S+)")
_ANSWERS = (0, 35, 153, 170)
"""qstat's exit statuses when it could ask: fine, one has ended, one is unknown, one is no id."""
_NO_ID = "illegally formed job identifier"
_OVERTIME = 124
_FORGOTTEN = JobState(
    State.UNKNOWN,
    "it has left the queue, and PBS keeps no history here: nothing says how it ended",
)


class Pbs:
    """PBS."""

    name = "pbs"
    ids = r"\d+(?:\[\d*\])?(?:\.[\w.-]+)?(?:@[\w.-]+)?"
    ask = ASK
    find = find_of("pbs", "pbs_qstat", "pbs_words")
    cancel = CANCEL
    hold = HOLD
    release = RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text, complaints = answer.text, answer.stderr.decode("utf-8", "replace")
        last = _LAST.search(text)
        if answer.status or not last or not _was_asked(int(last[1]), complaints):
            if last and int(last[1]) == _OVERTIME:
                raise ValueError("qstat gave no answer in time")
            raise ValueError(one_line(complaints.strip()) or "qstat's answer was cut")
        told = dict(records(text[: last.start()]))
        names, gone = by_number(told), by_number(_UNKNOWN.findall(complaints))
        kept = last[2] == "history"
        found = {job: name_in(names, job) for job in ids}
        known = {job: _state(told, name, kept=kept) for job, name in found.items() if name}
        if kept:
            why = one_line(complaints.strip())
            silent = f"PBS says nothing of it{f': {why}' if why else ''}"
            left = [job for job in ids if job not in known and not name_in(gone, job)]
            return known | dict.fromkeys(left, JobState(State.UNKNOWN, silent))
        return dict.fromkeys(ids, _FORGOTTEN) | known


def _was_asked(status: int, complaints: str) -> bool:
    """True if qstat could ask its server; one id that is none makes it fail, too."""
    return status in _ANSWERS or (status == 1 and _NO_ID in complaints)


def by_number(ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids by what comes before the server's name: several servers may give the same number."""
    numbers: dict[str, list[str]] = {}
    for job in ids:
        numbers.setdefault(job.partition(".")[0], []).append(job)
    return numbers


def name_in(numbers: Mapping[str, Sequence[str]], job: str) -> str:
    """The one of these ids that means this job; empty where none does, or more than one may.

    A person may leave the server's name out, and Torque may write it in full.
    """
    number, _, server = job.partition("@")[0].partition(".")
    mine = [each for each in numbers.get(number, ()) if _may_be(each.partition(".")[2], server)]
    if job in mine:
        return job
    return mine[0] if len(mine) == 1 else ""


def elements_of(array: str, ids: Iterable[str]) -> list[str]:
    """The ids among these that are elements of an array, `109[]` or `109[].node1`."""
    number, bracket, server = array.partition("[]")
    begins = f"{number}[" if bracket else "\n"
    return [
        each
        for each in ids
        if each.startswith(begins) and each.endswith(f"]{server}") and each != array
    ]


def _may_be(one: str, other: str) -> bool:
    """True if two names may be those of one server."""
    short, long = sorted((one, other), key=len)
    return not short or short == long or long.startswith(f"{short}.")


def _state(told: Mapping[str, Mapping[str, str]], job: str, *, kept: bool) -> JobState:
    """The state of a job, or of an array (`109[].node1`) by its elements."""
    parent = describe(told[job], kept=kept)
    elements = {each: describe(told[each], told[job], kept=kept) for each in elements_of(job, told)}
    if not elements:
        return parent
    ordered = dict(sorted(elements.items(), key=lambda item: _index(item[0])))
    if len(ordered) == 1:
        return replace(parent, tasks=ordered)
    return replace(whole(ordered), tasks=ordered, submitted=parent.submitted)


def _index(element: str) -> int:
    match = re.search(r"\[(\d+)\]", element)
    return int(match[1]) if match else 0
