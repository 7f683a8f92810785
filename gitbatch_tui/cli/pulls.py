"""The runs of one pull, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.cli.output import is_interactive, status
from gitbatch_tui.cli.pull_choices import choose_run, choose_way
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.results.waiting import offer
from gitbatch_tui.errors import Conflict, GitBatchError, Refused

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.results.arrival import PullResult, Way
    from gitbatch_tui.core.results.waiting import Waiting


@dataclass
class Pulls:
    """The runs that were to be pulled, by what became of them."""

    way: Way | None
    branch: str = ""
    """The name of the branch that is to be made."""
    done: list[PullResult] = field(default_factory=list)
    failed: list[tuple[str, GitBatchError]] = field(default_factory=list)
    stayed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    """Runs that a sentence of `failed` names as ones to choose from."""

    @property
    def complete(self) -> bool:
        return not self.failed and all(pulled.complete for pulled in self.done)

    def choose(self, waits: Waiting) -> list[int]:
        """The newest of each branch; where there are alternatives, the one that is asked for."""
        chosen: list[int] = []
        for run in waits.newest:
            alternatives = waits.alternatives(run)
            if alternatives and not is_interactive():
                self.failed.append((run.name, Refused(offer(run, alternatives))))
                self.offered.update(each.name for each in alternatives)
            elif one := choose_run(run, alternatives):
                chosen.append(one.number)
        return chosen

    def pull(self, batch: Batch, number: int) -> None:
        """Pull one; what prevents it doesn't prevent the next."""
        name = f"{batch.remote.name}#{number}"
        try:
            with status(f"fetching the results of {name}") as line:
                arrival = look(batch, number, line.doing, line.print)
            way = self.way or choose_way(arrival)
            with if_interrupted(f"What came of {name} by then is here; pull it again."):
                self.done.append(bring(arrival, way, self.branch))
            self.stayed[name] = what_stayed(batch.clone, arrival.run)
        except (Refused, Conflict) as error:
            self.failed.append((name, error))
