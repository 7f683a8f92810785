"""Makes a page of runs, which can be sent to somebody who has a browser and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import write
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.report_page.facts import collect
from gitbatch_tui.core.report_page.page import page
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Run

LARGEST = 5_000_000
"""Bytes of a page, unless more is asked for."""
_PER_RUN = 3000
"""Bytes that a run takes by itself, about."""
_SMALLEST = 200_000


def report(
    sides: Sequence[tuple[Batch, Run]],
    target: Path,
    *,
    largest: int = LARGEST,
    metrics: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the page of these runs; the bytes that it has, which are at most about `largest`.

    Pictures and notebooks that don't fit are named on it. Raises `Refused` where there are no runs,
    or nothing can be written.
    """
    if not sides:
        raise Refused("There are no runs to report.")
    names = [run.name for _, run in sides]
    title = names[0] if len(names) == 1 else f"{len(names)} runs, {names[0]} to {names[-1]}"
    # Base64 makes four bytes of three.
    room = (largest - _SMALLEST - _PER_RUN * len(sides)) * 3 // 4
    facts = collect(sides, max(0, room), metrics, tell)
    text = page(f"{one_line(sides[0][0].clone.path.name)}: {title}", facts).encode()
    write(target, text)
    return len(text)
