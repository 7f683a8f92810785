"""Reads a sweep from lines as somebody types them: lists and ranges, a file, `at most 4`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.sweeps.grid import name_of
from gitbatch_tui.core.sweeps.plan import plan
from gitbatch_tui.core.sweeps.table import read_rows
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.sweeps.plan import SweepPlan

_AT_MOST = re.compile(r"at[ -]most +([1-9][0-9]{0,5})")


def plan_of_lines(lines: Sequence[str], options: Sequence[str], folder: Path) -> SweepPlan | None:
    """The runs that these lines ask for; None where there are no lines.

    A line is `lr=0.1,0.3,1`, `seed=1..9`, a file with a run a row, its path relative to the
    folder, or `at most 4`. All runs have the options besides, but those that are swept. Raises
    `Refused` with what is wrong.
    """
    if not lines:
        return None
    limits = [found for line in lines if (found := _AT_MOST.fullmatch(line))]
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
    at_most = int(limits[0][1]) if limits else None
    return plan(axes, files[0] if files else None, fixed, at_most)
