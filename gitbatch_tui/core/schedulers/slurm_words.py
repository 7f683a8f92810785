"""Slurm's words in plain ones; those that aren't known here are shown as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from signal import Signals
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import NEVER_RAN, NOT_NEEDED, JobState
from gitbatch_tui.core.schedulers.slurm_records import UNLIMITED
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from gitbatch_tui.core.schedulers.slurm_records import Record

_WAITS = {
    "PENDING": "",
    "CONFIGURING": "its nodes are being made ready",
    "EXPEDITING": "is put into the queue again, before others",
    "POWER_UP_NODE": "its nodes are being switched on",
    "REQUEUED": "is put into the queue again",
    "REQUEUE_FED": "is put into the queue again",
    "REQUEUE_HOLD": "held, after it was put into the queue again",
    "RESV_DEL_HOLD": "held: its reservation was deleted",
    "SPECIAL_EXIT": "held, after it ended in a way that its owner has to look at",
}
_WAITS_HELD = ("REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT")
_RUNS = {
    "RUNNING": "",
    "COMPLETING": "is ending",
    "RESIZING": "its size is being changed",
    "SIGNALING": "is being sent a signal",
    "STAGE_OUT": "its files are being moved",
    "STOPPED": "stopped: its processes sleep",
    "SUSPENDED": "suspended",
    "UPDATE_DB": "its end is being recorded",
}
_UNCLEAR = {"REVOKED": "another cluster of its federation has it now"}
_FAILS = {
    "BOOT_FAIL": "its nodes could not be started",
    "DEADLINE": "could not end before its deadline",
    "FAILED": "",
    "LAUNCH_FAILED": "could not be started on its nodes",
    "NODE_FAIL": "one of its nodes failed",
    "OUT_OF_MEMORY": "needed more memory than it asked for",
    "PREEMPTED": "made room for a job that is more important",
    "RECONFIG_FAIL": "its nodes could not be made ready",
    "TIMEOUT": "reached its time limit",
}

_UNSATISFIED = "DependencyNeverSatisfied"
_NEVER = {
    "AccountNotAllowed": "its account may not use this partition",
    "BadConstraints": "asks for what no node has",
    _UNSATISFIED: "what it waits for did not come",
    "InvalidAccount": "its account is not valid",
    "InvalidQOS": "its QOS is not valid",
    "PartitionConfig": "asks for more than the cluster has",
    "PartitionNodeLimit": "asks for more nodes than its partition allows",
    "PartitionTimeLimit": "asks for more time than its partition allows",
    "QOSNotAllowed": "its QOS may not be used here",
}
_HELD = {
    "JobHeldAdmin": "held by the administrators",
    "JobHeldUser": "held by you",
    "JobHoldMaxRequeue": "held: it was put into the queue too often",
    "launch failed requeued held": "held: it could not be started",
}
_REASONS = {
    "None": "",
    "Cleaning": "what is left of its last start is being removed",
    "Dependency": "waits for another job",
    "JobArrayTaskLimit": "waits for other tasks of its array",
    "Licenses": "waits for a licence",
    "NodeDown": "a node that it needs is down",
    "PartitionDown": "its partition takes no jobs now",
    "PartitionInactive": "its partition takes no jobs now",
    "Priority": "others are before it in the queue",
    "Prolog": "its nodes are being made ready",
    "ReqNodeNotAvail": "a node that it needs is down, or reserved",
    "Reservation": "waits for its reservation",
    "ReservationDeleted": "its reservation was deleted",
    **_HELD,
    **{word: f"{why}: will never start" for word, why in _NEVER.items()},
}
_DOWN = "Nodes required for job are DOWN"
# `QOSMaxJobsPerUserLimit`, `AssocGrpCpuLimit`, `MaxGRESPerAccount`
_LIMIT = re.compile(r"(QOS|Assoc|Max)\w+")
_LIMITS = {
    "QOS": "a limit of its QOS is reached",
    "Assoc": "a limit of your account is reached",
    "Max": "a limit of the cluster is reached",
}
# What slurmd says where it could not even open the file for the output
_NOT_STARTED = 53
_AT_A_TIME = "BeginTime"
"""Why a job waits that somebody wanted to begin then, which is no estimate."""
_UNTOLD = ("", "None", "NonZeroExitCode", "JobLaunchFailure", "RaisedSignal")
_SIGNALS = {each.value: each.name.removeprefix("SIG") for each in Signals}


def describe(record: Record) -> JobState:
    """The state of the job of a record."""
    state = _state(record)
    begins = _time(record.start)
    waits = state.state is State.QUEUED
    return replace(
        state,
        submitted=_time(record.submitted),
        started=None if waits or not record.nodes else begins,
        estimate=begins if waits and record.reason != _AT_A_TIME else None,
        deadline=_deadline(record) if state.state is State.RUNNING else None,
        host=one_line(record.nodes),
        name=one_line(record.name),
        directory=record.directory,
        attempt=record.attempt,
        awaits=_awaited(record) if waits else (),
        files=record.files,
    )


def _deadline(record: Record) -> datetime | None:
    begun, end = _time(record.start), _time(record.end)
    return end if begun and end and end - begun < UNLIMITED else None


def _awaited(record: Record) -> tuple[str, ...]:
    # `afterok:12(unfulfilled),afterany:13_*(unfulfilled)`
    return tuple(dict.fromkeys(re.findall(r":(\d+)", record.dependency)))


def _state(record: Record) -> JobState:
    # `CANCELLED by 1001`
    word, _, by = record.state.partition(" ")
    end = _time(record.end)
    if word in _WAITS:
        return JobState(
            State.QUEUED,
            _WAITS[word] or pending_reason(record),
            held=word in _WAITS_HELD or (word == "PENDING" and record.reason in _HELD),
            never=word == "PENDING" and record.reason in _NEVER,
        )
    if word in _RUNS:
        return JobState(State.RUNNING, _running_reason(word, record))
    if word == "COMPLETED" and not (record.exit or record.signal):
        return JobState(State.SUCCEEDED, exit=0, ended=end)
    if word == "CANCELLED":
        return replace(_withdrawn(record, by), ended=end)
    if word in _FAILS:
        return JobState(
            State.FAILED,
            _FAILS[word] or _failure(record),
            record.exit or None,
            end,
            signal=record.signal or None if not _FAILS[word] else None,
        )
    return JobState(State.UNKNOWN, _UNCLEAR.get(word, f"Slurm says {one_line(record.state)}"))


def _withdrawn(record: Record, by: str) -> JobState:
    # The reason of any other one is still that for which it waited.
    if record.reason != _UNSATISFIED:
        return JobState(State.CANCELLED, one_line(by.replace("by ", "by uid ")))
    # `afternotok:12(failed)`: what did not come is a failure.
    broken = re.findall(r"(\w+):[^,?]*\(failed\)", record.dependency)
    if broken and all(kind == "afternotok" for kind in broken):
        return JobState(State.SUCCEEDED, NOT_NEEDED)
    return JobState(State.CANCELLED, NEVER_RAN, never=True)


def _running_reason(word: str, record: Record) -> str:
    if word == "COMPLETING" and record.reason == "TimeLimit":
        return f"{_RUNS[word]}, since it {_FAILS['TIMEOUT']}"
    return _RUNS[word]


def pending_reason(record: Record) -> str:
    """Say why a job waits."""
    # `ReqNodeNotAvail, UnavailableNodes:gpu[1-2]`
    word, _, more = record.reason.partition(",")
    if word == "Resources":
        return f"waits for {_resources(record.resources)}"
    if word == _AT_A_TIME and (start := _time(record.start)):
        return f"begins at {start:%Y-%m-%d %H:%M} UTC"
    if word == "Dependency" and (jobs := _awaited(record)):
        return f"waits for job {', '.join(jobs)}"
    if record.reason.startswith(_DOWN):
        return "the nodes that it needs are down, or reserved for others"
    if match := _LIMIT.fullmatch(word):
        return f"{_LIMITS[match[1]]}: {word}"
    said = _REASONS.get(word, one_line(word))
    return f"{said} ({one_line(more.strip())})" if more else said


def _failure(record: Record) -> str:
    # `RaisedSignal:9(Killed)`
    word = record.reason.partition(":")[0]
    if word not in _UNTOLD:
        return _REASONS.get(record.reason, one_line(record.reason))
    if record.signal == _NOT_STARTED:
        return "could not be started: can the file for its output be written?"
    if record.signal in _SIGNALS:
        return f"killed by signal {record.signal} ({_SIGNALS[record.signal]})"
    return f"killed by signal {record.signal}" if record.signal else f"exit status {record.exit}"


def _resources(asked: str) -> str:
    """`4 GPUs` of `cpu=8,mem=1M,node=1,billing=8,gres/gpu=4`."""
    numbers = dict(re.findall(r"([^=,]+)=(\d+)", asked))
    for kind, name in (("gres/gpu", "GPU"), ("cpu", "CPU"), ("node", "node")):
        if number := numbers.get(kind):
            return f"{number} {name}" if number == "1" else f"{number} {name}s"
    return "free nodes"


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:  # `Unknown`, `N/A`, `NONE`
        return None
