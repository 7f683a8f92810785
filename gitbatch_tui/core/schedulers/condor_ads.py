"""What the ad of a job of HTCondor means: state, reason, exit status, files.

An ad is one object of what `condor_q -json` and `condor_history -json` print; attributes that
don't apply are missing, and expressions that weren't evaluated are strings.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.condor_holds import held
from gitbatch_tui.core.text import one_line
from gitbatch_tui.models import State

Ad = Mapping[str, object]
Request = tuple[int, int, int]
"""CPUs, MB of memory, GPUs."""

ATTRIBUTES = (
    "ClusterId",
    "ProcId",
    "JobStatus",
    "LastJobStatus",
    "Owner",
    "QDate",
    "EnteredCurrentStatus",
    "CompletionDate",
    "ExitCode",
    "ExitBySignal",
    "ExitSignal",
    "HoldReason",
    "HoldReasonCode",
    "RemoveReason",
    "RemoteHost",
    "LastRemoteHost",
    "JobCurrentStartDate",
    "JobBatchName",
    "NumShadowStarts",
    "LastRejMatchReason",
    "TransferringInput",
    "TotalSubmitProcs",
    "RequestCpus",
    "RequestMemory",
    "RequestGPUs",
    "Iwd",
    "Out",
    "Err",
    "UserLog",
)
_LATEST = 1 << 36
"""Seconds since 1970 that a date can have."""
_SPOOL = re.compile(r"/cluster\d+\.proc\d+\.subproc\d+$")
"""Where HTCondor keeps the files of a job that was submitted with -spool or -remote."""
_NO_MATCH = "no match found"
_IDLE, _RUNNING, _REMOVED, _COMPLETED, _HELD, _TRANSFERRING, _SUSPENDED = range(1, 8)


def number(ad: Ad, name: str) -> int | None:
    """An attribute that is a whole number, else None."""
    value = ad.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(ad: Ad, name: str) -> str:
    """An attribute that is a text; empty where there is none."""
    value = ad.get(name)
    return one_line(value).strip() if isinstance(value, str) else ""


def task_of(ad: Ad) -> str:
    """`7.0`; raises ValueError for an ad of no job."""
    cluster, proc = number(ad, "ClusterId"), number(ad, "ProcId")
    if cluster is None or proc is None:
        raise ValueError("HTCondor told of a job without saying which")
    return f"{cluster}.{proc}"


def request_of(ad: Ad) -> Request:
    """What a job asks for."""
    cpus, memory, gpus = (number(ad, f"Request{name}") or 0 for name in ("Cpus", "Memory", "GPUs"))
    return cpus, memory, gpus


def state_of(ad: Ad, *, too_big: bool = False) -> JobState:
    """The state of one process; `too_big`: no machine of the pool has what it asks for."""
    state, reason = _state(ad, too_big=too_big)
    ended = _time(ad, "CompletionDate") or _time(ad, "EnteredCurrentStatus")
    waits = state is State.QUEUED
    host = text(ad, "RemoteHost") or text(ad, "LastRemoteHost")
    folder = text(ad, "Iwd")
    return JobState(
        state,
        reason,
        _exit(ad) if state.final else None,
        ended if state.final else None,
        files_of(ad),
        submitted=_time(ad, "QDate"),
        signal=_signal(ad) if state.final else None,
        started=None if waits else _time(ad, "JobCurrentStartDate"),
        host="" if waits else host.rpartition("@")[2],
        name=text(ad, "JobBatchName"),
        directory=folder if folder.startswith("/") else "",
        attempt=number(ad, "NumShadowStarts"),
        held=waits and number(ad, "JobStatus") == _HELD,
        never=waits and too_big and number(ad, "JobStatus") == _IDLE,
    )


def files_of(ad: Ad) -> dict[str, str]:
    """The files that HTCondor writes, by their absolute paths on the server."""
    folder = text(ad, "Iwd") or "/"
    named = (("stdout", "Out"), ("stderr", "Err"), ("events", "UserLog"))
    paths = ((name, text(ad, key)) for name, key in named)
    return {
        name: posixpath.normpath(posixpath.join(folder, path))
        for name, path in paths
        if path and path != "/dev/null"
    }


def _time(ad: Ad, name: str) -> datetime | None:
    seconds = number(ad, name)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < _LATEST else None


def _state(ad: Ad, *, too_big: bool) -> tuple[State, str]:
    status = number(ad, "JobStatus")
    if _has_completed(ad):
        return _end(ad)
    if status == _IDLE:
        return State.QUEUED, _idle(ad, too_big=too_big)
    if status == _HELD:
        reason, owner = text(ad, "HoldReason"), text(ad, "Owner")
        return State.QUEUED, held(number(ad, "HoldReasonCode"), reason, owner)
    if status == _REMOVED:
        return _removed(ad)
    if status in {_RUNNING, _TRANSFERRING, _SUSPENDED}:
        return State.RUNNING, _running(ad, status)
    return State.UNKNOWN, f"HTCondor says JobStatus {one_line(str(ad.get('JobStatus')))}"


def _has_completed(ad: Ad) -> bool:
    """Whether the exit status counts: a job that is held, put back or removed has one, too.

    One that stayed in the queue after its end is removed from there.
    """
    status, before = number(ad, "JobStatus"), number(ad, "LastJobStatus")
    if status != _REMOVED:
        return status == _COMPLETED
    return bool(number(ad, "CompletionDate")) and before in {_COMPLETED, None}


def _exit(ad: Ad) -> int | None:
    return number(ad, "ExitCode") if _has_completed(ad) and not ad.get("ExitBySignal") else None


def _signal(ad: Ad) -> int | None:
    killed = _has_completed(ad) and ad.get("ExitBySignal") is True
    return number(ad, "ExitSignal") if killed else None


def _end(ad: Ad) -> tuple[State, str]:
    if ad.get("ExitBySignal") is True:
        return State.FAILED, f"killed by signal {number(ad, 'ExitSignal')}"
    status = number(ad, "ExitCode")
    if status is None:
        return State.UNKNOWN, "HTCondor says that it completed, and not how"
    if status:
        return State.FAILED, f"exit status {status}"
    spooled = _SPOOL.search(text(ad, "Iwd"))
    cluster = number(ad, "ClusterId")
    return State.SUCCEEDED, f"condor_transfer_data {cluster} brings its files" if spooled else ""


def _removed(ad: Ad) -> tuple[State, str]:
    if host := text(ad, "RemoteHost"):
        return State.RUNNING, f"it was removed, and still has to end on {host}"
    reason = text(ad, "RemoveReason")
    return State.CANCELLED, f"removed: {reason}" if reason else "removed"


def _running(ad: Ad, status: int) -> str:
    if status == _SUSPENDED:
        return f"suspended on {text(ad, 'RemoteHost')}"
    if status == _TRANSFERRING:
        return "its output files are on their way home"
    if ad.get("TransferringInput") is True:
        return "its input files are on their way"
    starts = number(ad, "NumShadowStarts") or 0
    return f"it was begun {starts} times" if starts > 1 else ""


def _idle(ad: Ad, *, too_big: bool) -> str:
    if too_big:
        asked = _in_words(request_of(ad))
        return f"asks for {asked}: no machine of the pool has that, so it will never start"
    gpus = request_of(ad)[2]
    waits = "waits for a machine" + (f" with {_in_words((0, 0, gpus))}" if gpus else "")
    if reason := text(ad, "LastRejMatchReason"):
        if reason != _NO_MATCH:
            return f"{waits}; at the last try: {reason}"
        why = f"condor_q -better-analyze {task_of(ad)} says why"
        return f"{waits}; at the last try none had what it asks for ({why})"
    if number(ad, "NumShadowStarts"):
        return f"was taken off {text(ad, 'LastRemoteHost') or 'its machine'} and {waits}"
    return waits


def _in_words(request: Request) -> str:
    units = (("CPU", "CPUs"), ("MB of memory", "MB of memory"), ("GPU", "GPUs"))
    pairs = zip(request, units, strict=True)
    said = [f"{count} {unit[count != 1]}" for count, unit in pairs if count]
    return " and ".join(said)
