"""Slurm: squeue tells of what waits, runs or has just ended, sacct of what ended long ago."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.adapter import JobState, whole
from gitbatch_tui.core.schedulers.slurm_records import (
    PAST_FIELDS,
    QUEUE_FIELDS,
    read_past,
    read_queue,
)
from gitbatch_tui.core.schedulers.slurm_words import describe
from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gitbatch_tui.core.machines.host import Answer
    from gitbatch_tui.core.schedulers.slurm_records import Record

# `Submitted batch job 7 on cluster big`; the same with --parsable is `7;big`.
_SUBMITTED = re.compile(r"\bSubmitted batch job ([1-9]\d{0,9})\b(?: on cluster ([\w.-]+))?")
_PARSABLE = re.compile(r"^([1-9]\d{0,9})(?:;([\w.-]+))?[ \t\r]*$", re.MULTILINE)

# Jobs of another cluster (`7@big`) are asked for together.
_EACH = r"""export LC_ALL=C TZ=UTC0 SLURM_TIME_FORMAT=standard SLURM_BITSTR_LEN=0
unset SQUEUE_ACCOUNT SQUEUE_LICENSES SQUEUE_NAMES SQUEUE_PARTITION SQUEUE_QOS SQUEUE_USERS
for at in $(printf '%s\n' "$@" | sed 's/^[0-9]*@*/-M/' | sort -u)
do
	ids=$(printf '%s\n' "$@" | sed -n "s/^\([0-9]*\)@*${at#-M}\$/\1/p" | paste -s -d , -)
	test "$at" != -M || at=
"""
# sacct is asked after squeue, so that nothing falls between the two: for what squeue doesn't know
# any more, and for arrays, some tasks of which it may have forgotten.
_ASK = (
    r"""command -v squeue >/dev/null || exit 127
newline='
'
field=$(printf '\037')
record=$(printf '\036')
"""
    + _EACH
    + f"""	queue=$(within 20 squeue $at -h -a -t all -j "$ids" -O \\
		"{":$field,".join(QUEUE_FIELDS)}:$record")
"""
    + r"""	printf '%s\n\035squeue %s %s\n' "$queue" "$?" "${at#-M}"
	past=
	for id in $(printf %s "$ids" | tr , ' ')
	do
		case "$newline$queue" in
		*"$newline$id$field"*) ;;
		*) past=$past,$id ;;
		esac
	done
	test -n "$past" || continue
"""
    + f"""	within 20 sacct $at -n -P -X -j "${{past#,}}" -o {",".join(PAST_FIELDS)}
"""
    + r"""	printf '\035sacct %s %s\n' "$?" "${at#-M}"
done"""
)
_ANSWER = re.compile(r"([^\x1d]*)\x1d(squeue|sacct) (\d+) ([\w.-]*)\n")
_NO_SUCH_JOB = "Invalid job id specified"
_NO_ACCOUNTING = "accounting storage is disabled"
_NOT_FOUND, _OVERTIME = 127, 124
_LAGS = "Slurm's accounting has not heard of its end yet"


class Slurm:
    """Slurm, with or without accounting."""

    name = "slurm"
    ask = _ASK
    cancel = f"""{_EACH}	within 30 scancel $at $(printf %s "$ids" | tr , ' ') || exit
done"""
    # What an operator keeps by `hold`, only operators can release.
    hold = f"""{_EACH}	within 30 scontrol $at uhold "$ids" || exit
done"""
    release = f"""{_EACH}	within 30 scontrol $at release "$ids" || exit
done"""

    def recognise(self, output: str) -> tuple[str, ...]:
        # A number alone may be anything, where Slurm has said in words what was submitted.
        found = _SUBMITTED.findall(output) or _PARSABLE.findall(output)
        return tuple(dict.fromkeys(f"{job}@{at}" if at else job for job, at in found))

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        tasks: dict[str, dict[str, JobState]] = {}
        for at, record, state in _states(answer):
            job = f"{record.job}@{at}" if at else record.job
            for task in record.tasks if job in ids else ():
                # What squeue said of a task comes first, and is true where the two differ.
                tasks.setdefault(job, {}).setdefault(task, state)
        return {job: _together(each) for job, each in tasks.items()}


def _states(answer: Answer) -> Iterator[tuple[str, Record, JobState]]:
    """The cluster, record and state of all jobs and tasks that the programs told of."""
    said = one_line(answer.stderr.strip())
    parts = _ANSWER.findall(answer.stdout.decode("utf-8", "replace"))
    if answer.status or not parts:
        silent = "there is no squeue on the PATH" if answer.status else "squeue did not answer"
        raise ValueError(said or silent)
    for lines, program, status, at in parts:
        _check(program, int(status), said)
        try:
            records = list(read_queue(lines) if program == "squeue" else read_past(lines))
        except ValueError as error:
            raise ValueError(f"{program} said {one_line(lines.strip()[:200])}") from error
        for record in records:
            state = describe(record)
            if program == "sacct" and not state.ended:
                state = replace(state, reason=state.reason or _LAGS)
            yield at, record, state


def _check(program: str, status: int, said: str) -> None:
    """Raise ValueError where a program's answer says nothing about the jobs that it left out."""
    if status == 0 or (program == "squeue" and _NO_SUCH_JOB in said):
        return
    if program == "sacct" and (status == _NOT_FOUND or _NO_ACCOUNTING in said):
        return
    if status == _OVERTIME:
        raise ValueError(f"{program} did not answer in time")
    raise ValueError(said or f"{program} ended with exit status {status}")


def _together(tasks: Mapping[str, JobState]) -> JobState:
    submitted = min((each.submitted for each in tasks.values() if each.submitted), default=None)
    state = replace(whole(tasks), submitted=submitted)
    return state if len(tasks) == 1 else replace(state, tasks=tasks)
