"""Reads from Slurm's sacct what jobs used; it tells of a job, then of each of its steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.accounting import bytes_of, count_of, seconds_of
from gitbatch_tui.core.schedulers.adapter import job_of
from gitbatch_tui.core.schedulers.slurm_records import FIELD, UNLIMITED
from gitbatch_tui.core.schedulers.slurm_scripts import EACH
from gitbatch_tui.models import Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gitbatch_tui.core.hosts.host import Answer

_FIELDS = (
    "JobID", "State", "ElapsedRaw", "TotalCPU", "AllocCPUS", "NNodes", "ReqMem", "AllocTRES",
    "TimelimitRaw", "MaxRSS", "TRESUsageInTot", "TRESUsageInAve",
)  # fmt: skip
ASK = (
    "field=$(printf '\\037')\n"
    + EACH
    + f"""	within 20 sacct $at -n -P --delimiter="$field" -j "$ids" -o {",".join(_FIELDS)}
	printf '\\035%s\\n' "${{at#-M}}"
done
"""
)
_PART = re.compile(r"([^\x1d]*)\x1d([\w.-]*)\n")
_GOES_ON = frozenset("PENDING RUNNING REQUEUED RESIZING SUSPENDED COMPLETING".split())

_Line = dict[str, str]


def read(answer: Answer, ids: Collection[str]) -> dict[str, list[Usage]]:
    jobs: dict[str, dict[str, list[_Line]]] = {}
    for text, cluster in _PART.findall(answer.text):
        for line in _lines(text):
            task = line["JobID"].partition(".")[0]
            whole = job_of(re.sub(r"_\[.*", "", task)) + (f"@{cluster}" if cluster else "")
            jobs.setdefault(whole, {}).setdefault(task, []).append(line)
    return {job: [_usage(lines) for lines in jobs[job].values()]
            for job in ids if job in jobs and _has_ended(jobs[job])}  # fmt: skip


def _lines(text: str) -> Iterator[_Line]:
    for line in text.splitlines():
        fields = line.split(FIELD)
        if len(fields) == len(_FIELDS):
            yield dict(zip(_FIELDS, fields, strict=True))


def _has_ended(tasks: Mapping[str, Sequence[_Line]]) -> bool:
    return not any(line["State"] in _GOES_ON for lines in tasks.values() for line in lines)


def _usage(lines: Sequence[_Line]) -> Usage:
    """Sum up a job or task: its own line and those of its steps."""
    job, *steps = lines
    nodes, wall = count_of(job["NNodes"]) or 1, seconds_of(job["ElapsedRaw"])
    given = _resources(job["AllocTRES"])
    memory = bytes_of(given.get("mem", ""), "m")
    limit = 60 * (count_of(job["TimelimitRaw"]) or 0)
    cores = count_of(job["AllocCPUS"])
    return Usage(
        cpu=seconds_of(job["TotalCPU"]) if steps else None,
        wall=wall,
        memory=max((peak for step in steps if (peak := _peak(step))), default=None),
        gpu=_busy(steps),
        cores=cores,
        memory_asked=memory // nodes if memory else None,
        limit=limit if limit not in {0, UNLIMITED.total_seconds()} else None,
        gpus=count_of(given.get("gres/gpu", "")),
    )


def _peak(step: _Line) -> int | None:
    """Bytes on a machine: of a step with several tasks, of all of them."""
    if step["JobID"].endswith(".extern"):
        return None
    whole = bytes_of(_resources(step["TRESUsageInTot"]).get("mem", "")) or 0
    peaks = (bytes_of(step["MaxRSS"]) or 0, whole // (count_of(step["NNodes"]) or 1))
    return max(peaks) or None


def _busy(steps: Sequence[_Line]) -> float | None:
    """Percent that the GPUs were busy, where the site gathers that."""
    told = (_resources(step["TRESUsageInAve"]).get("gres/gpuutil", "") for step in steps)
    return max((busy for text in told if (busy := seconds_of(text)) is not None), default=None)


def _resources(text: str) -> dict[str, str]:
    # `billing=4,cpu=4,gres/gpu=1,mem=8G,node=1`
    return dict(word.split("=", 1) for word in text.split(",") if "=" in word)
