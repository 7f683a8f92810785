"""Reads ads of HTCondor about a whole cluster: jobs it is yet to make, nodes of a workflow.

With late materialization (`max_idle` or `max_materialize` in the submit file) the jobs of a cluster
are made one after the other; the cluster's attributes are those of its jobs, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.condor_ads import number, text
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitbatch_tui.core.schedulers.condor_ads import Ad

_MOST = 10_000
"""As many tasks that aren't made yet are told apart."""
_COMPLETED = 4
# Values of JobMaterializePaused; with the second one, all that there is has been made.
_RUNS, _NO_MORE = 0, 2


def total_of(ad: Ad) -> int:
    """The number of jobs in a cluster, made or not; 0 where it doesn't say."""
    return max(number(ad, "TotalSubmitProcs") or 0, number(ad, "JobMaterializeLimit") or 0)


def unborn_of(ad: Ad) -> dict[str, JobState]:
    """The tasks that the cluster in the queue has yet to make, and whether it does."""
    cluster, first = number(ad, "ClusterId"), number(ad, "JobMaterializeNextProcId")
    limit = number(ad, "JobMaterializeLimit")
    paused = number(ad, "JobMaterializePaused") or _RUNS
    if first is None or limit is None or paused == _NO_MORE:
        return {}
    why = text(ad, "JobMaterializePauseReason")
    reason = "HTCondor has yet to make it"
    if paused != _RUNS:
        reason = f"HTCondor makes no more jobs of its cluster{f': {why}' if why else ''}"
    state = JobState(State.QUEUED, reason, held=paused != _RUNS)
    return dict.fromkeys((f"{cluster}.{proc}" for proc in range(first, limit)[:_MOST]), state)


def failed_nodes(ads: Iterable[Ad]) -> dict[str, str]:
    """The failed nodes of workflows (DAGMan) by cluster, and how they failed."""
    failed: dict[str, list[str]] = {}
    for ad in ads:
        status = number(ad, "ExitCode")
        killed = ad.get("ExitBySignal") is True
        if number(ad, "JobStatus") == _COMPLETED and (killed or status):
            how = f"signal {number(ad, 'ExitSignal')}" if killed else f"exit status {status}"
            name = f"node {text(ad, 'DAGNodeName')} failed ({how})"
            failed.setdefault(str(number(ad, "DAGManJobId")), []).append(name)
    return {cluster: ", ".join(sorted(set(nodes))) for cluster, nodes in failed.items()}
