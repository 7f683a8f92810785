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
    from collections.abc import Collection, Mapping

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
	case $now in
	*'Unknown Job Id'* | *'has finished'*)
		tell gone "$job"
		continue
		;;
	esac
	test "$status" = 0 || {
		came "$job" "$status" "$now"
		continue
	}
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
_OVERTIME = 124
_FORGOTTEN = JobState(
    State.UNKNOWN,
    "it has left the queue, and PBS keeps no history here: nothing says how it ended",
)


class Pbs:
    """PBS."""

    name = "pbs"
    ask = ASK
    find = find_of("pbs", "pbs_qstat", "pbs_words")
    cancel = CANCEL
    hold = HOLD
    release = RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text, complaints = (
            stream.decode("utf-8", "replace") for stream in (answer.stdout, answer.stderr)
        )
        last = _LAST.search(text)
        if answer.status or not last or int(last[1]) not in _ANSWERS:
            if last and int(last[1]) == _OVERTIME:
                raise ValueError("qstat gave no answer in time")
            raise ValueError(one_line(complaints.strip()) or "qstat's answer was cut")
        told = {_short(job): attributes for job, attributes in records(text[: last.start()])}
        gone = {_short(job) for job in _UNKNOWN.findall(complaints)}
        states = {job: _state(told, _short(job)) for job in ids}
        known = {job: state for job, state in states.items() if state}
        if last[2] == "history":
            why = one_line(complaints.strip())
            silent = f"PBS says nothing of it{f': {why}' if why else ''}"
            left = [job for job in ids if job not in known and _short(job) not in gone]
            return known | dict.fromkeys(left, JobState(State.UNKNOWN, silent))
        return dict.fromkeys(ids, _FORGOTTEN) | known


def _short(job: str) -> str:
    """`109[3]` of `109[3].node1`: one server is asked, by whatever name."""
    return job.partition(".")[0]


def _state(told: Mapping[str, Mapping[str, str]], job: str) -> JobState | None:
    """Of a job, or of an array (`109[]`) by its elements."""
    if job not in told:
        return None
    whose = f"{job.removesuffix(']')}" if job.endswith("[]") else ""
    elements = {
        attributes["id"]: describe(attributes, told[job])
        for name, attributes in told.items()
        if whose and name.startswith(whose) and name != job
    }
    if not elements:
        return describe(told[job])
    ordered = dict(sorted(elements.items(), key=lambda item: _index(item[0])))
    parent = describe(told[job])
    if len(ordered) == 1:
        return replace(parent, tasks=ordered)
    return replace(whole(ordered), tasks=ordered, submitted=parent.submitted)


def _index(element: str) -> int:
    match = re.search(r"\[(\d+)\]", element)
    return int(match[1]) if match else 0
