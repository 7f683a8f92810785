"""Flux: one instance of a user, or that of a site, knows its jobs until they are purged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import (
    NOT_NEEDED,
    JobState,
    from_json,
    text_in,
    time_in,
)
from gitbatch_tui.core.schedulers.grammar import find_of
from gitbatch_tui.core.schedulers.outcome import TELL
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer

JobFacts = Mapping[str, object]

# `fAVpNAfh`, `ƒAVpNAfh`, or a long number
_ID = r"(?:[f\u0192][1-9A-HJ-NP-Za-km-z]{1,12}|\d{6,20})"
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_OVERTIME = 124
_AFTER_FAILURE = re.compile(r"\bafter-failure=")
# The letter before an id isn't one of ASCII.
_SITE = r"""export LC_ALL=C
command -v flux >/dev/null || {
	echo >&2 "there is no flux on the PATH: BASE/profile can set it"
	exit 1
}
plain () {
	printf '%s\n' "$1" | sed "s/^$(printf '\306\222')/f/"
}
"""
_ASK = (
    _SITE
    + r"""jobs=
for job
do
	jobs="$jobs $(plain "$job")"
done
# shellcheck disable=SC2086 # one word each
within 20 flux jobs --json $jobs
printf '\ngitbatch: %s\n' "$?"
"""
)
_ORDER = (
    TELL
    + _SITE
    + r"""for job
do
	said=$(order "$(plain "$job")" 2>&1)
	status=$?
	case $said in
	*'is inactive'* | *'unknown job id'* | *'No such job'*) tell gone "$job" ;;
	*'once resources are allocated'*) tell gone "$job" ;;
	*) came "$job" "$status" "$said" ;;
	esac
done
exit "$trouble"
"""
)


_WORDS = {
    "RUN": JobState(State.RUNNING),
    "CLEANUP": JobState(State.RUNNING, "is ending"),
    "TIMEOUT": JobState(State.FAILED, "reached its time limit"),
}


def _script(command: str) -> str:
    return f"order () {{\n\twithin 10 flux {command}\n}}\n{_ORDER}"


class Flux:
    """Flux; a job is what one `flux submit` or `flux batch` made."""

    name = "flux"
    ids = _ID
    ask = _ASK
    find = find_of("flux")
    cancel = _script('cancel "$1"')
    # What has resources refuses to be held.
    hold = _script('job urgency "$1" hold')
    release = _script('job urgency "$1" default')

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:
        text, _, status = answer.text.rpartition("\ngitbatch: ")
        complaints = answer.stderr.decode("utf-8", "replace").strip()
        if status.strip() == str(_OVERTIME):
            raise ValueError("flux gave no answer in time")
        unknown = len(re.findall(r"(?m)^JobID .* unknown$", complaints))
        if answer.status or status.strip() not in ("0", "1") or (status != "0\n" and not unknown):
            raise ValueError(one_line(complaints) or "flux gave no answer")
        told = dict(_jobs(text))
        states = {job: told.get(number_of(job)) for job in ids}
        if len(told) + unknown < len({number_of(job) for job in ids}):
            # It says so of each job that it doesn't know.
            raise ValueError(f"flux said {one_line(text.strip()[:80]) or 'nothing'}")
        return {job: state_of(facts) for job, facts in states.items() if facts}


def number_of(job: str) -> int:
    """The number of an id in any of its forms; -1 where it is none.

    The letters are base 58, as Flux's RFC 19 has it.
    """
    if job.isascii() and job.isdigit():
        return int(job)
    if not re.fullmatch(_ID, job):
        return -1
    number = 0
    for letter in job[1:]:
        number = number * len(_DIGITS) + _DIGITS.index(letter)
    return number


def state_of(job: JobFacts) -> JobState:
    """Read the object of one job, as `flux jobs --json` prints it."""
    state = _state(job)
    waits = state.state is State.QUEUED
    began, ended = time_in(job.get("t_run")), time_in(job.get("t_inactive"))
    folder = job.get("cwd")
    return replace(
        state,
        submitted=time_in(job.get("t_submit")),
        started=None if waits else began,
        ended=ended if state.state.final else None,
        estimate=time_in(_in(job, "annotations", "sched").get("t_estimate")) if waits else None,
        host=text_in(job.get("nodelist")) if began and not waits else "",
        name=text_in(job.get("name")),
        directory=folder if isinstance(folder, str) and folder.startswith("/") else "",
    )


def _jobs(text: str) -> list[tuple[int, JobFacts]]:
    """Read the jobs: of one id, flux prints the object alone, of several a list."""
    found = from_json(text, "flux") if text.strip() else []
    listed = found.get("jobs", [found]) if isinstance(found, dict) else found
    jobs = [job for job in listed if isinstance(job, dict)] if isinstance(listed, list) else []
    return [(job["id"], job) for job in jobs if isinstance(job.get("id"), int)]


def _state(job: JobFacts) -> JobState:
    word = text_in(job.get("status")) or text_in(job.get("state"))
    if word in _WORDS:
        return _WORDS[word]
    if word == "COMPLETED" and job.get("returncode") == 0:
        return JobState(State.SUCCEEDED, exit=0)
    if word in {"PRIORITY", "SCHED"}:
        held = job.get("urgency") == 0 or job.get("priority") == 0
        return JobState(State.QUEUED, "held by you" if held else "waits for resources", held=held)
    if word == "CANCELED":
        return JobState(State.CANCELLED, text_in(_in(job, "exception").get("note")))
    if word in {"DEPEND", "FAILED"}:
        return _depends(job) if word == "DEPEND" else _failed(job)
    return JobState(State.UNKNOWN, f"Flux says {word or 'nothing'}")


def _depends(job: JobFacts) -> JobState:
    listed = job.get("dependencies")
    words = [text_in(each) for each in listed] if isinstance(listed, list) else []
    return JobState(State.QUEUED, f"waits for {', '.join(words) or 'another job'}")


def _failed(job: JobFacts) -> JobState:
    exception = _in(job, "exception")
    note = text_in(exception.get("note"))
    status = job.get("returncode")
    if "t_run" not in job:
        if exception.get("type") == "dependency" and _AFTER_FAILURE.search(note):
            return JobState(State.SUCCEEDED, NOT_NEEDED)
        # Flux takes off its queue what can never begin.
        return JobState(State.FAILED, f"{note or 'could not begin'}: it never ran", never=True)
    exited = status if isinstance(status, int) and status > 0 else None
    why = f"exit status {exited}" if exited else "failed"
    return JobState(State.FAILED, f"{why}: {note}" if note else why, exited)


def _in(job: JobFacts, *names: str) -> JobFacts:
    for name in names:
        value = job.get(name)
        job = value if isinstance(value, Mapping) else {}
    return job
