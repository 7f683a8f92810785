"""Reads from Grid Engine's qacct what jobs used; memory is virtual, as its limits are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.accounting import bytes_of, count_of, seconds_of
from gitbatch_tui.core.schedulers.sge_qacct import blocks
from gitbatch_tui.models import Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gitbatch_tui.core.hosts.host import Answer

# Whether all tasks of an array have ended, only the queue can tell.
ASK = r"""export LC_ALL=C TZ=UTC0
for job
do
	job=${job%%.*}
	! within 10 qstat -j "$job" >/dev/null 2>&1 || continue
	within 20 qacct -j "$job" 2>/dev/null
done
"""
_ASKED = re.compile(r"\b(h_rt|s_rt|h_vmem|mem_free|gpu)=([^\s,]+)")


def read(answer: Answer, ids: Collection[str]) -> dict[str, list[Usage]]:
    jobs: dict[str, dict[str, Usage]] = {}
    for facts in blocks(answer.text):
        # Of a task that was run again, the last time counts.
        tasks = jobs.setdefault(facts.get("jobnumber", ""), {})
        tasks[facts.get("taskid", "")] = _usage(facts)
    return {job: list(jobs.get(job.partition(".")[0], {}).values()) for job in ids}


def _usage(facts: Mapping[str, str]) -> Usage:
    asked: dict[str, str] = dict(_ASKED.findall(facts.get("category", "")))
    slots = count_of(facts.get("slots", ""))
    limit = seconds_of(asked.get("h_rt") or asked.get("s_rt", ""))
    # What is asked for is meant for each slot.
    memory = bytes_of(asked.get("h_vmem") or asked.get("mem_free", ""))
    return Usage(
        cpu=seconds_of(facts.get("cpu", "")),
        wall=seconds_of(facts.get("ru_wallclock", "")),
        memory=bytes_of(facts.get("maxvmem", "")),
        cores=slots,
        memory_asked=memory * (slots or 1) if memory else None,
        limit=int(limit) if limit else None,
        gpus=count_of(asked.get("gpu", "")),
    )
