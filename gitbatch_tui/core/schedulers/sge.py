"""Grid Engine, in all its kinds: qstat knows what waits and runs, qacct what has ended.

A job leaves qstat some seconds before it is in qacct. In between, and for good if it was deleted
before it began, only the list of the newest jobs that are gone (`qstat -s z`) has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.adapter import INSIDE, JobState, whole
from gitbatch_tui.core.schedulers.sge_qacct import records
from gitbatch_tui.core.schedulers.sge_qstat import (
    Details,
    Entry,
    described,
    files,
    listed,
    state_of,
    tasks_of,
    total,
)
from gitbatch_tui.core.text import one_line
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitbatch_tui.core.machines.host import Answer

_SUBMITTED = re.compile(r'^Your job(?:-array)? (\d+)(?:\.\d+-\d+:\d+)? \(".*"\) has been submitted')
# qsub -terse: `2`, `9.1-3:2`
_TERSE = re.compile(r"(\d+)(?:\.\d+-\d+:\d+)?")
_MARK = "gitbatch: "
_LEFT = "it has left the queue, and nothing says how it ended"
# Accounting is some seconds late; of what was deleted before it began there never is any.
_GONE = JobState(State.UNKNOWN, _LEFT, presumed=State.CANCELLED)
_ENDING = JobState(State.RUNNING, "it has left the queue; how it ended isn't known yet")

# What qstat -j tells of a job that its owner made up is left out, but for these.
_ASK = r"""export LC_ALL=C TZ=UTC0
refuse () {
	test "$1" != 124 || echo >&2 "qstat gave no answer in time"
	exit 1
}
described () {
	while IFS= read -r line
	do
		value=${line#*:}
		value=${value#"${value%%[! ]*}"}
		case $line in
		job_number:*) home='' folder='' ;;
		sge_o_home:*) home=$value folder=$value ;;
		cwd:*) folder=$value ;;
		std*_path_list:*)
			path=${value#*:*:}
			path=${path%%,*}
			case $path in
			'$HOME'*) path=$home${path#?HOME} ;;
			/*) ;;
			*) path=$folder/$path ;;
			esac
			test ! -d "$path" || path=$path/
			line=${line%%:*}": $path"
			;;
		esac
		printf '%s\n' "$line"
	done
}
command -v qstat >/dev/null || {
	echo >&2 "there is no qstat on the PATH: BASE/profile can set it"
	exit 1
}
list=$(IFS=,; echo "$*")
details=$(within 20 qstat -j "$list" 2>&1)
status=$?
case $status:$details in
0:* | *'not exist'*) ;;
*)
	printf '%s\n' "$details" >&2
	refuse "$status"
	;;
esac
details=$(printf '%s\n' "$details" | awk '
	/^[^ ]/ { told = 0 }
	/^(job_number|job_name|owner|sge_o_home|cwd|merge|std(out|err)_path_list):/ { told = 1 }
	/^(submission|execution)_time:|^jid_predecessor_list: |^job-array tasks:/ { told = 1 }
	/^error reason |^scheduling info:/ { told = 1 }
	told')
owners=$(printf '%s\n' "$details" | sed -n 's/^owner: *//p' | sort -u | tr '\n' ',')
queue=
test -z "$owners" || queue=$(within 20 qstat -xml -u "${owners%,}") || refuse $?
arrays=" $(printf '%s\n' "$details" |
	awk '$1 == "job_number:" { job = $2 } /^job-array tasks:/ { print job }' | tr '\n' ' ')"
begun=$(date +%s)
for job
do
	case $queue$arrays in
	*"_number>$job<"*" $job "*) ;;
	*"_number>$job<"*) continue ;;
	esac
	echo "gitbatch: ended $job"
	if test "$(($(date +%s) - begun))" -gt 20
	then
		echo "there was no time to ask qacct"
	else
		within 20 qacct -j "$job" 2>&1 || test $? != 124 || echo "qacct gave no answer in time"
	fi
done
printf 'gitbatch: queue\n%s\ngitbatch: details\n' "$queue"
printf '%s\n' "$details" | described
echo 'gitbatch: slots'
case $queue in
*'state="pending"'*) within 10 qstat -g c 2>/dev/null ;;
esac
echo 'gitbatch: gone'
within 20 qstat -xml -s z -u '*' 2>/dev/null
echo 'gitbatch: end'"""
# The folder in which it was submitted counts as well.
_FIND = (
    INSIDE
    + r"""export LC_ALL=C
list=$(within 10 qstat -s prs -u "$(id -un)" | awk '$1 ~ /^[0-9]+$/ { print $1 }' | sort -u)
test -n "$list" || exit 0
within 10 qstat -j "$(printf '%s\n' "$list" | paste -s -d , -)" 2>/dev/null |
sed -n 's/^job_number: *//p; s/^cwd: */ /p; s/^sge_o_workdir: */ /p' |
awk '!/^ / { job = $0 } /^ / { print job $0 }' | inside "$1"
"""
)


class Sge:
    """Grid Engine."""

    name = "sge"
    ask = _ASK
    find = _FIND
    cancel = 'within 30 qdel "$@"'
    hold = 'within 30 qhold "$@"'
    release = 'within 30 qrls "$@"'

    def recognise(self, output: str) -> tuple[str, ...]:
        lines = output.splitlines()
        found = [match[1] for line in lines if (match := _SUBMITTED.match(line))]
        found = found or [match[1] for line in lines if (match := _TERSE.fullmatch(line))]
        return tuple(dict.fromkeys(found))

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text = answer.stdout.decode("utf-8", "replace")
        parts = dict(_parts(text))
        if answer.status or "end" not in parts:
            raise ValueError(one_line(answer.stderr.strip() or "qstat's answer was cut"))
        cell = _Cell(
            listed(parts["queue"]),
            listed(parts["gone"]),
            dict(described(parts["details"])),
            total(parts["slots"]),
        )
        states = {job: _state(cell, job, parts.get(f"ended {job}")) for job in ids}
        return {job: state for job, state in states.items() if state}


@dataclass(frozen=True)
class _Cell:
    queue: Mapping[str, Mapping[str, Entry]]
    """By job, then by task."""
    gone: Mapping[str, Mapping[str, Entry]]
    details: Mapping[str, Details]
    slots: int
    """Of all queues; 0 where that isn't known."""


def _state(cell: _Cell, job: str, ended: str | None) -> JobState | None:
    live = cell.queue.get(job, {})
    details = cell.details.get(job, Details({}))
    tasks = dict(records(ended or ""))
    for task, entry in live.items():
        state = state_of(entry, details, cell.slots)
        began = state.state is State.RUNNING
        tasks[task] = replace(
            state,
            files=files(details.facts, task) if began else {},
            submitted=details.submitted,
            name=one_line(details.facts.get("job_name", "")),
            directory=details.directory,
        )
    if ended and not tasks and "not found" not in ended:
        said = one_line(ended.splitlines()[-1])
        return JobState(State.UNKNOWN, f"it has left the queue, and {said}")
    missing = set(cell.gone.get(job, {})) | set(tasks_of(job, details.facts.get("job-array tasks")))
    missing -= set(tasks)
    tasks |= dict.fromkeys(missing, _ENDING if live else _GONE)
    if not tasks or job in tasks:
        return tasks.get(job)
    tasks = dict(sorted(tasks.items(), key=lambda item: int(item[0].rpartition(".")[2])))
    submitted = max((each.submitted for each in tasks.values() if each.submitted), default=None)
    presumed = _GONE.presumed if missing else None
    return replace(whole(tasks), tasks=tasks, submitted=submitted, presumed=presumed)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for part in f"\n{text}".split(f"\n{_MARK}")[1:]:
        title, _, content = part.partition("\n")
        yield title, content.strip("\n")
