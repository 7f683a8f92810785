"""Reads from PBS's qstat what jobs used, as long as it keeps a history of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers import pbs
from gitbatch_tui.core.schedulers.accounting import bytes_of, count_of, seconds_of
from gitbatch_tui.core.schedulers.pbs_records import ENDED, records
from gitbatch_tui.models import Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gitbatch_tui.core.hosts.host import Answer

ASK = pbs.ASK


def read(answer: Answer, ids: Collection[str]) -> dict[str, list[Usage]]:
    told = dict(records(answer.text))
    names = pbs.by_number(told)
    return {job: _parts(told, pbs.name_in(names, job)) for job in ids}


def _parts(told: Mapping[str, Mapping[str, str]], job: str) -> list[Usage]:
    """Read a job, or all elements of an array (`109[].node1`) that ran; none while it goes on."""
    mine = [told[each] for each in (job, *pbs.elements_of(job, told)) if each]
    if any(facts.get("job_state") not in ENDED for facts in mine):
        return []
    return [_usage(facts) for facts in mine if "resources_used.walltime" in facts]


def _usage(facts: Mapping[str, str]) -> Usage:
    get = facts.get
    limit = seconds_of(get("Resource_List.walltime", ""))
    return Usage(
        cpu=seconds_of(get("resources_used.cput", "")),
        wall=seconds_of(get("resources_used.walltime", "")),
        memory=bytes_of(get("resources_used.mem", "")),
        cores=count_of(get("Resource_List.ncpus", "")) or count_of(get("resources_used.ncpus", "")),
        memory_asked=bytes_of(get("Resource_List.mem", "")),
        limit=int(limit) if limit else None,
        gpus=count_of(get("Resource_List.ngpus", "")),
    )
