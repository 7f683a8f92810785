"""OAR: oarstat tells of each job, waiting, running or ended, whenever that was.

Read on OAR 2.5.9 of Debian, and in its own sources. A task of an array is a job with an id of its
own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState, from_json, text_in, time_in
from gitbatch_tui.core.schedulers.grammar import find_of, functions_of
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from gitbatch_tui.core.hosts.host import Answer


WAITS = "Waiting toAckReservation toLaunch"
_LIVES = f"{WAITS} Hold Launching Running Suspended Resuming"
_SITE = r"""export LC_ALL=C
command -v oarstat >/dev/null || {
	echo >&2 "there is no oarstat on the PATH: BASE/profile can set it"
	exit 1
}
""" + functions_of("schedulers/oar.sh", "oar_apart", "oar_until")
ASK = (
    _SITE
    + r"""for job
do
	shift
	case $job in
	'' | *[!0-9]*) ;;
	*) set -- "$@" -j "$job" ;;
	esac
done
test $# -gt 0 || {
	printf '\ngitbatch: 0\n'
	exit 0
}
oar_apart 20 oarstat -f -J "$@"
"""
)
"""Prints what oarstat says in JSON, and at last `gitbatch: ` with its exit status."""
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	# 4711: Waiting
	now=$(oar_apart 10 oarstat -s -j "$job" 2>&1)
	case $now in
	*"$job: "*) state=${now##*"$job: "} state=${state%%[!A-Za-z]*} ;;
	*'gitbatch: 0'*) state=gone ;;
	*)
		came "$job" 1 "$now"
		continue
		;;
	esac
	case " $which " in
	*" $state "*) ;;
	*)
		tell gone "$job"
		continue
		;;
	esac
	said=$(oar_apart 10 "$program" "$job" 2>&1)
	case $said in
	*'gitbatch: 0'* | *'already killed'*) tell "done" "$job" ;;
	*'not in the right state'*) tell gone "$job" ;;
	*) came "$job" 1 "$(printf '%s\n' "$said" | grep -v '^gitbatch: ')" ;;
	esac
done
exit "$trouble"
"""
)
Facts = Mapping[str, object]

_END = "\ngitbatch: "
_OVERTIME = 124
_RUNNING = {
    "Launching": "is starting",
    "Running": "",
    "Suspended": "suspended",
    "Resuming": "is going on",
    "Finishing": "is ending",
    "toError": "is ending",
}
_WHY = {
    "WALLTIME": "reached its time limit",
    "BESTEFFORT_KILL": "made room for a job that is more important",
    "WORKING_DIRECTORY": "its machine could not go into its folder",
    "OUTPUT_FILES": "its machine could not write the files for its output",
}
"""By the kind of the event that says it."""
_DELETED = re.compile(r"User (\S+) requested to frag the job")
_CALCULATED = re.compile(r"R=\d+,W=\S*(?: \(.*\))?|FIFO scheduling OK|")
"""What its scheduler notes of each job that it will start."""


def _script(program: str, which: str) -> str:
    return f"program={program} which='{which}'\n{_ORDER}"


CANCEL = _script("oardel", _LIVES)
HOLD = _script("oarhold", WAITS)
RELEASE = _script("oarresume", "Hold")


class Oar:
    """OAR."""

    name = "oar"
    ids = r"\d+"
    ask = ASK
    find = find_of("oar", "oar_apart", "oar_until")
    cancel = CANCEL
    hold = HOLD
    release = RELEASE

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text, end, status = answer.text.rpartition(_END)
        if not end and answer.status in {0, _OVERTIME}:
            raise ValueError("oarstat gave no answer in time")
        if status != "0\n":
            raise ValueError(answer.complaint or "oarstat gave no answer")
        said = from_json(text, "oarstat") if text.strip() else {}
        # Jobs by their ids, and nothing else.
        if not isinstance(said, Mapping) or not all(job.isdigit() for job in said):
            raise ValueError(f"oarstat said {one_line(text.strip()[:80])}")
        facts = {job: said.get(job) for job in ids}
        return {job: state_of(each) for job, each in facts.items() if isinstance(each, Mapping)}


def state_of(job: Facts) -> JobState:
    """Read the object of one job, as `oarstat -f -J` prints it."""
    state = _state(job)
    waits = state.state is State.QUEUED
    began, ended = time_in(job.get("startTime")), time_in(job.get("stopTime"))
    folder = text_in(job.get("launchingDirectory"))
    return replace(
        state,
        submitted=time_in(job.get("submissionTime")),
        started=None if waits else began,
        ended=(ended or _last_event(job)) if state.state.final else None,
        # A reservation begins when somebody wants it to.
        estimate=time_in(job.get("scheduledStart"))
        if waits and job.get("reservation") != "Scheduled"
        else None,
        host="" if waits else ",".join(_words(job.get("assigned_network_address"))),
        name=text_in(job.get("name")),
        directory=folder if folder.startswith("/") else "",
        files=_files(job, folder),
    )


def _state(job: Facts) -> JobState:
    word = text_in(job.get("state"))
    if word == "Hold":
        return JobState(State.QUEUED, "held by you or an operator", held=True)
    if word in WAITS.split():
        return _waiting(job)
    if word in _RUNNING:
        return JobState(State.RUNNING, _RUNNING[word])
    if word == "Terminated":
        return _terminated(job)
    if word == "Error":
        return _error(job)
    return JobState(State.UNKNOWN, f"OAR says {word or 'nothing'}")


def _waiting(job: Facts) -> JobState:
    if before := _words(job.get("dependencies")):
        why = f"waits for job {', '.join(before)}"
        return JobState(State.QUEUED, why, awaits=tuple(before))
    if job.get("reservation") == "Scheduled" and (begins := time_in(job.get("scheduledStart"))):
        return JobState(State.QUEUED, f"begins at {begins:%Y-%m-%d %H:%M} UTC")
    message = text_in(job.get("message"))
    known = _CALCULATED.fullmatch(message)
    return JobState(State.QUEUED, "waits for resources" if known else message)


def _terminated(job: Facts) -> JobState:
    """Its exit code is what `wait` says of its process."""
    status = job.get("exit_code")
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status < 1 << 16:
        return JobState(State.UNKNOWN, "OAR says that it is over, and not how")
    number, signal = status >> 8, status & 127
    if signal:
        return JobState(State.FAILED, f"killed by signal {signal}", signal=signal)
    if number:
        return JobState(State.FAILED, f"exit status {number}", exit=number)
    if status:
        return JobState(State.UNKNOWN, f"OAR says that it is over, with {status}")
    return JobState(State.SUCCEEDED, exit=0)


def _error(job: Facts) -> JobState:
    events = [each for each in _list(job.get("events")) if isinstance(each, Mapping)]
    kinds = [text_in(each.get("type")) for each in events]
    if why := next((_WHY[kind] for kind in kinds if kind in _WHY), ""):
        return JobState(State.FAILED, why)
    began = "" if time_in(job.get("startTime")) else " before it began"
    for each in events:
        if by := _DELETED.match(text_in(each.get("description"))):
            return JobState(State.CANCELLED, f"deleted by {by[1]}{began}")
    said = [text_in(each.get("description")) for each in events if not _routine(each)]
    why = said[-1] if said else text_in(job.get("message")) or "OAR says that it is in error"
    return JobState(State.FAILED, why if not began else f"{why}: it never ran")


def _routine(event: Facts) -> bool:
    return text_in(event.get("type")).startswith(("SWITCH_INTO_", "SEND_KILL_"))


def _files(job: Facts, folder: str) -> dict[str, str]:
    paths = {kind: text_in(job.get(f"{kind}_file")) for kind in ("stdout", "stderr")}
    whole = {
        kind: path if path.startswith("/") else f"{folder}/{path}" for kind, path in paths.items()
    }
    return {kind: path for kind, path in whole.items() if paths[kind] and path.startswith("/")}


def _last_event(job: Facts) -> datetime | None:
    dates = [each.get("date") for each in _list(job.get("events")) if isinstance(each, Mapping)]
    return max((date for date in map(time_in, dates) if date), default=None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _words(value: object) -> list[str]:
    return [one_line(str(each)) for each in _list(value) if isinstance(each, str | int)]
