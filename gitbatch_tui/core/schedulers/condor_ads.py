"""Reads the ad of a job of HTCondor: state, reason, exit status, files.

An ad is one object of what `condor_q -json` and `condor_history -json` print; attributes that
don't apply are missing, and expressions that weren't evaluated are strings.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.condor_holds import held
from gitbatch_tui.models import State

Ad = Mapping[str, object]


class Fit(StrEnum):
    """How machines of the pool suit a job that waits."""

    TOO_BIG = "too-big"
    """None has as much as it asks for."""
    UNMET = "unmet"
    """None of those that have meets its requirements."""
    BUSY = "busy"
    """There are some."""


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
    "RequestDisk",
    "RequestGPUs",
    "Requirements",
    "FileSystemDomain",
    "JobMaterializeLimit",
    "JobMaterializeNextProcId",
    "JobMaterializePaused",
    "JobMaterializePauseReason",
    "JobUniverse",
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
_GPUS = {0: "", 1: "with 1 GPU"}
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


def state_of(ad: Ad, fit: Fit | None = None, *, queued: bool = False) -> JobState:
    """The state of one process; `queued`: it is in the queue, even if it has completed."""
    state, reason = _state(ad, fit)
    if queued and state.final and _SPOOL.search(text(ad, "Iwd")) and _has_completed(ad):
        state, reason = State.RUNNING, _spooled(ad, reason)
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
        never=fit in {Fit.TOO_BIG, Fit.UNMET} and number(ad, "JobStatus") == _IDLE,
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


def _state(ad: Ad, fit: Fit | None) -> tuple[State, str]:
    status = number(ad, "JobStatus")
    if _has_completed(ad):
        return _end(ad)
    if status == _IDLE:
        return State.QUEUED, _idle(ad, fit)
    if status == _HELD:
        reason, owner = text(ad, "HoldReason"), text(ad, "Owner")
        return State.QUEUED, held(number(ad, "HoldReasonCode"), reason, owner)
    if status == _REMOVED:
        return _removed(ad)
    if status in {_RUNNING, _TRANSFERRING, _SUSPENDED}:
        return State.RUNNING, _running(ad, status)
    return State.UNKNOWN, f"HTCondor says JobStatus {one_line(str(ad.get('JobStatus')))}"


def _has_completed(ad: Ad) -> bool:
    """True if the exit status counts: a job that is held, put back or removed has one, too.

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
    if status is None or ad.get("ExitBySignal", False) is not False:
        return State.UNKNOWN, "HTCondor says that it completed, and not how"
    if status:
        return State.FAILED, f"exit status {status}"
    return State.SUCCEEDED, ""


def _spooled(ad: Ad, reason: str) -> str:
    ended = f"it has ended ({reason})" if reason else "it has ended"
    fetch = f"condor_transfer_data {number(ad, 'ClusterId')} brings them"
    return f"{ended}, and HTCondor still keeps its files: {fetch}"


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


def _idle(ad: Ad, fit: Fit | None) -> str:
    why = f"condor_q -better-analyze {task_of(ad)} says why"
    if fit is Fit.TOO_BIG:
        return f"asks for {_asked(ad)}: no machine of the pool has that, so it will never start"
    if fit is Fit.UNMET:
        return f"no machine of the pool meets its requirements, so it will never start ({why})"
    gpus = _GPUS.get(number(ad, "RequestGPUs") or 0, f"with {number(ad, 'RequestGPUs')} GPUs")
    waits = f"waits for a machine {gpus}".strip()
    if reason := text(ad, "LastRejMatchReason"):
        if reason != _NO_MATCH:
            return f"{waits}; at the last try: {reason}"
        return f"{waits}; " + ("all that fit are busy" if fit else f"there was none yet ({why})")
    if number(ad, "NumShadowStarts"):
        return f"was taken off {text(ad, 'LastRemoteHost') or 'its machine'} and {waits}"
    return waits


def _asked(ad: Ad) -> str:
    """`4 CPUs, 64 MB of memory and 1 GPU`."""
    units = {"Cpus": "CPU", "Memory": "MB of memory", "Disk": "KB of disk", "GPUs": "GPU"}
    counts = {unit: number(ad, f"Request{name}") for name, unit in units.items()}
    said = [
        f"{count} {unit}{'s' if count != 1 and unit.endswith('PU') else ''}"
        for unit, count in counts.items()
        if count
    ]
    return " and ".join([", ".join(said[:-1]), *said[-1:]] if said[1:] else said)
