"""Finds the results that wait for this clone, and the alternatives among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.submit.snapshot import SUFFIX
from gitbatch_tui.models import DOCTORS_BRANCH, Results, State

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Run


@dataclass(frozen=True)
class Waiting:
    """The results that wait on the server."""

    newest: tuple[Run, ...]
    """Those that the server's own branches show, the newest of each branch that is here."""
    others: tuple[Run, ...]

    def alternatives(self, run: Run) -> tuple[Run, ...]:
        """The runs of the same commit whose results wait, too: one can have only one of them."""
        same = (run.branch, run.commit)
        return tuple(
            each
            for each in self.others
            if (each.branch, each.commit) == same and each.state is State.SUCCEEDED
        )


def waiting(batch: Batch) -> Waiting:
    """Find the results that wait for branches that are here, or for snapshots of this one."""
    runs = [
        run
        for run in batch.runs()
        if run.results in {Results.WAITING, Results.PULLED}
        and not run.branch.startswith(DOCTORS_BRANCH)
    ]
    here = {branch.name for branch in batch.clone.branches()}
    here.add(f"{batch.clone.head().branch}{SUFFIX}")
    newest: dict[str, Run] = {}
    for run in runs:
        if run.branch in here and run.place == run.branch:
            newest.setdefault(run.branch, run)
    chosen = tuple(run for run in newest.values() if run.results is Results.WAITING)
    waits = [run for run in runs if run.results is Results.WAITING and run not in chosen]
    return Waiting(chosen, tuple(waits))


def offer(run: Run, alternatives: tuple[Run, ...]) -> str:
    """A sentence that asks which of several runs to pull."""
    named = [f"{each.name}{_options(each)}" for each in (run, *alternatives)]
    return (
        f"{len(named)} runs of {short(run.commit)} have results that aren't pulled: "
        f"{', '.join(named)}. `gitbatch-tui pull RUN` brings one of them."
    )


def _options(run: Run) -> str:
    return f" ({one_line(', '.join(run.options))})" if run.options else ""
