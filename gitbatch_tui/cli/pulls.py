"""Pulls several runs: chooses which and how, asks where needed, and keeps what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.output import is_interactive, note, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.results.waiting import offer
from gitbatch_tui.core.runs.parameters import differing, parameter_words
from gitbatch_tui.errors import Conflict, GitBatchError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.results.arrival import Arrival, PullResult
    from gitbatch_tui.core.results.waiting import Waiting
    from gitbatch_tui.models import Run


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
                arrival = look(batch, number, line.doing, note)
            way = self.way or choose_way(arrival)
            with if_interrupted(f"What came of {name} by then is here; pull it again."):
                self.done.append(bring(arrival, way, self.branch))
            self.stayed[name] = what_stayed(batch.clone, arrival.run)
        except (Refused, Conflict) as error:
            self.failed.append((name, error))


def choose_way(arrival: Arrival) -> Way | None:
    """Ask how, where that has to be decided and there is somebody to ask."""
    if not arrival.needs_choice or not is_interactive():
        return None
    note(f"{arrival.situation}")
    ways = [
        (Way.MERGE, "merge them"),
        (Way.FILES, "bring only the files that the run changed"),
        (Way.TAKE, "use them instead of the results here"),
        (Way.BRANCH, "have them as a branch of their own"),
    ]
    number = _pick([words for _, words in ways], "leave them")
    return ways[number][0] if number is not None else None


def choose_run(run: Run, alternatives: Sequence[Run]) -> Run | None:
    """Ask which of several runs it is to be, where there are several."""
    if not alternatives:
        return run
    runs = sorted([run, *alternatives], key=lambda each: each.number)
    note(f"{len(runs)} runs of {short(run.commit)} have results that aren't pulled.")
    number = _pick(
        [f"{each.name}  {parameter_words(each, differing(runs))}".rstrip() for each in runs], "none"
    )
    return None if number is None else runs[number]


def _pick(ways: Sequence[str], none: str) -> int | None:
    """Ask which; None for none of them."""
    for number, words in enumerate([*ways, none], 1):
        note(f"  {number}  {words}")
    last = len(ways) + 1
    number = click.prompt("Which", type=click.IntRange(1, last), default=last, err=True)
    return None if number == last else number - 1
