"""Reads from HTCondor's history what jobs used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.adapter import job_of
from gitbatch_tui.core.schedulers.condor_ads import number, task_of
from gitbatch_tui.core.schedulers.condor_scripts import JOBS
from gitbatch_tui.models import Usage

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.core.schedulers.condor_ads import Ad

_ATTRIBUTES = (
    "ClusterId", "ProcId", "JobStatus", "TotalSubmitProcs", "RemoteUserCpu", "RemoteSysCpu",
    "RemoteWallClockTime", "CpusProvisioned", "RequestCpus", "MemoryProvisioned", "RequestMemory",
    "ResidentSetSize", "ResidentSetSize_RAW", "GPUsProvisioned", "GPUsAverageUsage",
)  # fmt: skip
ASK = (
    JOBS
    + f"""within 20 condor_history -json -limit 10000 \\
	-attributes {",".join(_ATTRIBUTES)} "$@"
"""
)


def read(answer: Answer, ids: Collection[str]) -> dict[str, list[Usage]]:
    try:
        ads = json.loads(answer.text or "[]")
    except (ValueError, RecursionError):
        return {}
    clusters: dict[str, dict[str, Ad]] = {}
    for ad in ads if isinstance(ads, list) else ():
        if isinstance(ad, dict) and number(ad, "ProcId") is not None:
            task = task_of(ad)
            clusters.setdefault(job_of(task), {})[task] = ad
    return {job: _parts(clusters.get(job_of(job), {})) for job in ids}


def _parts(tasks: dict[str, Ad]) -> list[Usage]:
    """Read all processes of a cluster; none as long as some are in the queue."""
    total = max((number(ad, "TotalSubmitProcs") or 1 for ad in tasks.values()), default=0)
    return [_usage(ad) for ad in tasks.values()] if len(tasks) >= total else []


def _usage(ad: Ad) -> Usage:
    user, system = _seconds(ad, "RemoteUserCpu"), _seconds(ad, "RemoteSysCpu")
    # What is not exact was rounded up.
    memory = number(ad, "ResidentSetSize_RAW") or number(ad, "ResidentSetSize")
    asked = number(ad, "RequestMemory") or number(ad, "MemoryProvisioned")
    busy = _seconds(ad, "GPUsAverageUsage")
    return Usage(
        cpu=None if user is None or system is None else user + system,
        wall=_seconds(ad, "RemoteWallClockTime"),
        memory=memory * 1024 if memory else None,
        gpu=None if busy is None else 100 * busy,
        cores=number(ad, "RequestCpus") or number(ad, "CpusProvisioned"),
        memory_asked=asked * 1024 * 1024 if asked else None,
        gpus=number(ad, "GPUsProvisioned") or None,
    )


def _seconds(ad: Ad, name: str) -> float | None:
    value = ad.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12  # noqa: PLR2004  # seconds
    return float(value) if fits else None  # type: ignore[arg-type]  # it is a number
