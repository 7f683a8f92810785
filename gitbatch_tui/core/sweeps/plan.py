"""Plans a sweep: its rows, in words, before anything happens."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.parameters import crossed
from gitbatch_tui.core.submit.questions import check_options
from gitbatch_tui.core.sweeps.grid import (
    MOST,
    axis_of,
    equal_cells,
    grid,
    name_of,
    second_name_in,
)
from gitbatch_tui.core.sweeps.table import read_rows
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.grid import Row
    from gitbatch_tui.models import Run


MANY = 1000
"""From as many runs on, a person is asked first."""
INTERRUPTED = "the hook was interrupted"
"""How the server begins its reason where it was cut off before it had started a run."""
_AT_MOST = re.compile(r"at[ -]most(?: .*)?")


@dataclass(frozen=True)
class SweepPlan:
    """The runs of a sweep."""

    rows: tuple[Row, ...]
    at_most: int | None = None
    """How many may run at a time, where the scheduler is `local`; None: as many as it has slots."""
    filed: tuple[Row, ...] = ()
    """What a file says of them."""
    repeated: tuple[str, ...] = ()
    """Values that were given more than once, as `lr=0.1`, and have one run all the same."""
    given: int = 0
    """How many runs there would be if each repeated value counted."""

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that aren't the same in all rows, in their order."""
        values: dict[str, set[str]] = {}
        for row in self.rows:
            for option in row:
                name, _, value = option.partition("=")
                values.setdefault(name, set()).add(value)
        return tuple(name for name, own in values.items() if len(own) > 1) or tuple(values)

    @property
    def doubtful(self) -> str:
        """The first cell of a file that may be two parameters, as `lr=0.1 epochs=4`, or empty."""
        return next((cell for row in self.filed for cell in row if second_name_in(cell)), "")

    @property
    def is_large(self) -> bool:
        return len(self.rows) >= MANY

    def words(self, what: Situation | Run) -> str:
        """`9 runs of master 1a2b3c4: lr x seed`."""
        count = plural(len(self.rows), "run")
        limit = f", {self.at_most} at a time under local" if self.at_most else ""
        commit = f"{one_line(what.branch)} {short(what.commit)}"
        words = f"{count} of {commit}: {crossed(self.names, self.rows)}{limit}"
        if equal := equal_cells(self.rows):
            one, other = map(one_line, equal)
            words += f"; {one} and {other} are one number, and have a run each"
        if not self.repeated:
            return words
        named = one_line(", ".join(self.repeated))
        verb = "are" if len(self.repeated) > 1 else "is"
        return f"{words}; {named} {verb} there more than once: {count}, not {self.given:,}"


def plan(
    axes: Sequence[str],
    file: Path | None = None,
    options: Sequence[str] = (),
    at_most: int | None = None,
) -> SweepPlan:
    """The rows of a file, each with all combinations of the axes, and these options in all.

    Raises `Refused` where something is named twice, or is wrong in any other way.
    """
    check_options(options)
    rows = read_rows(file) if file else ((),)
    parsed = [axis_of(axis) for axis in axes]
    combinations = grid(parsed)
    if len(rows) * len(combinations) > MOST:
        raise Refused(f"That would be {len(rows) * len(combinations):,} runs; {MOST:,} at most.")
    fixed = {option.partition("=")[0] for option in options}
    swept = {axis.name for axis in parsed}
    filed = {option.partition("=")[0] for row in rows for option in row}
    for name in sorted((fixed & swept) | (fixed & filed) | (swept & filed)):
        raise Refused(
            f"{name} is given twice: give it once, with one value, as a sweep or in the file."
        )
    every = tuple((*options, *row, *own) for row in rows for own in combinations)
    repeated = tuple(value for axis in parsed for value in axis.repeated)
    given = len(rows) * math.prod(len(axis.values) for axis in parsed)
    return SweepPlan(every, at_most, rows if file else (), repeated, given)


def key_of(what: Situation | Run, rows: Sequence[Row], past: Sequence[Run]) -> str:
    """The key that makes all tries of a sweep one sweep: 32 hexadecimal digits.

    A sweep that is complete makes the next one with the same rows another one.
    """
    times = len(complete(what, rows, past))
    facts = [what.branch, what.commit, *map(sorted, rows), times]
    return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def complete(what: Situation | Run, rows: Sequence[Row], past: Sequence[Run]) -> tuple[int, ...]:
    """The sweeps that have just these rows of this commit, the newest first.

    Runs don't count whose start was interrupted: the same sweep again starts them.
    """
    wanted = {tuple(sorted(row)) for row in rows}
    found: dict[int, set[tuple[str, ...]]] = {}
    for run in past:
        if (
            run.sweep
            and not _never_began(run)
            and (run.branch, run.commit) == (what.branch, what.commit)
        ):
            found.setdefault(run.sweep, set()).add(tuple(sorted(run.options)))
    return tuple(sorted((number for number, own in found.items() if own == wanted), reverse=True))


def _never_began(run: Run) -> bool:
    return run.state is State.REJECTED and run.reason.startswith(INTERRUPTED)


def plan_of_lines(lines: Sequence[str], options: Sequence[str], folder: Path) -> SweepPlan | None:
    """The runs that these lines ask for; None where there are no lines.

    A line is `lr=0.1,0.3,1`, `seed=1..9`, a file with a run a row, its path relative to the
    folder, or `at most 4`. All runs have the options besides, but those that are swept. Raises
    `Refused` with what is wrong.
    """
    if not lines:
        return None
    limits = [line for line in lines if _AT_MOST.fullmatch(line)]
    others = [line for line in lines if not _AT_MOST.fullmatch(line)]
    axes = [line for line in others if "=" in line]
    files = [folder / line for line in others if "=" not in line]
    if len(files) > 1 or len(limits) > 1:
        raise Refused("A sweep is of one file, with one limit: take the other line away.")
    if not axes and not files:
        raise Refused("A limit is for a sweep: write what is swept, such as seed=1..9.")
    swept = {name_of(axis) for axis in axes}
    swept |= {cell.partition("=")[0] for file in files for row in read_rows(file) for cell in row}
    fixed = [option for option in options if option.partition("=")[0] not in swept]
    at_most = _limit(limits[0]) if limits else None
    return plan(axes, files[0] if files else None, fixed, at_most)


def _limit(line: str) -> int:
    number = line[len("at most") :].strip()
    if not re.fullmatch(r"[1-9][0-9]{0,5}", number):
        raise Refused(f"{one_line(line)}: a number from 1 on was expected, as in `at most 4`.")
    return int(number)
