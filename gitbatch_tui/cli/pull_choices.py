"""Asks a person which results are to come home, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.output import is_interactive, note
from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.results.arrival import Way
from gitbatch_tui.core.runs.parameters import differing, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.results.arrival import Arrival
    from gitbatch_tui.models import Run


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
        [f"{each.name}  {told(each, differing(runs))}".rstrip() for each in runs], "none"
    )
    return None if number is None else runs[number]


def _pick(ways: Sequence[str], none: str) -> int | None:
    """Ask which; None for none of them."""
    for number, words in enumerate([*ways, none], 1):
        note(f"  {number}  {words}")
    last = len(ways) + 1
    number = click.prompt("Which", type=click.IntRange(1, last), default=last, err=True)
    return None if number == last else number - 1
