"""Has a server start a run, listens to what it says meanwhile, and reads the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.server.calls import APART, decode, lines_of
from gitbatch_tui.core.server.receipts import last_receipt
from gitbatch_tui.errors import RunNotConfirmed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.core.server.calls import Calls
    from gitbatch_tui.models import Receipt

    OnLine = Callable[[str], None]

_PATIENCE = 400
"""Seconds that a run may take to be scheduled; schedule.sh's own limit is 300."""


def schedule(calls: Calls, args: list[str], on_line: OnLine | None) -> Receipt:
    """The receipt of a subcommand that schedules; raises `RunNotConfirmed` where none came."""
    lines = _listen(calls, args, on_line) if on_line else _wait_for(calls, args)
    if receipt := last_receipt(lines):
        return receipt
    said = [line for line in lines if line.strip()] or ["the server said nothing"]
    raise RunNotConfirmed(
        f"No run was confirmed: {one_line(said[-1].removeprefix('gitbatch: '))}",
        detail=clean("\n".join(lines)),
    )


def dashed(options: Sequence[str]) -> list[str]:
    """Options of a run as arguments."""
    return [word for option in options for word in ("-o", option)]


def _wait_for(calls: Calls, args: list[str]) -> list[str]:
    answer = calls.ask(APART, *args, timeout=_PATIENCE)
    if answer.status and not answer.stdout.strip():
        raise calls.failed(answer)
    return decode(answer.stdout).split("\n")


def _listen(calls: Calls, args: list[str], on_line: OnLine) -> list[str]:
    lines: list[str] = []
    with calls.stream(APART, *args) as stream:
        for line in lines_of(stream):
            lines.append(line)
            if len(lines) > bounds.LINES:
                raise bounds.too_long("The answer", bounds.LINES, "lines")
            on_line(clean(line))
    if not lines:
        calls.check(stream)
    return lines
