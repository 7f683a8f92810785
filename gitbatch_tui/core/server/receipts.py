"""Has a server start a run: listens to what it says meanwhile, and reads the receipt.

Without a receipt in what the server prints, there is no run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.server.calls import APART, decode, lines_of
from gitbatch_tui.errors import RunNotConfirmed
from gitbatch_tui.models import Receipt, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitbatch_tui.core.server.calls import Calls

    OnLine = Callable[[str], None]

_RECEIPT = re.compile(
    r"gitbatch: run=(?P<run>[1-9][0-9]{0,14}) commit=(?P<commit>[0-9a-f]{40}(?:[0-9a-f]{24})?) "
    r"state=(?P<state>submitted|rejected) branch=(?P<branch>.+)",
)
_REFUSAL = re.compile(r"gitbatch: no run for (?P<branch>[^:]+): ")
_PATIENCE = 400
"""Seconds that a run may take to be scheduled; schedule.sh's own limit is 300."""


def parse_receipts(lines: Sequence[str], pushed: Mapping[str, str]) -> tuple[Receipt, ...]:
    """The receipts among the hook's lines, oldest first, for `pushed`: branch to commit.

    Only the hook's own closing words count, one answer a branch; whatever schedule.sh printed
    before them is somebody else's text.
    """
    receipts: list[Receipt] = []
    unanswered = dict(pushed)
    for line in reversed([line.rstrip(" ") for line in lines]):
        if not line.startswith("gitbatch: ") or not unanswered:
            break
        match = _RECEIPT.fullmatch(line)
        if match and unanswered.get(match["branch"]) == match["commit"]:
            receipts.append(_receipt(match))
        answer = match or _REFUSAL.match(line)
        if answer:
            unanswered.pop(answer["branch"], None)
    return tuple(reversed(receipts))


def _receipt(match: re.Match[str]) -> Receipt:
    return Receipt(int(match["run"]), match["commit"], State(match["state"]), match["branch"])


def last_receipt(lines: Sequence[str]) -> Receipt | None:
    """The receipt in the last line that isn't empty; None where it is something else."""
    said = [line for line in lines if line.strip()]
    match = _RECEIPT.fullmatch(said[-1].rstrip(" ")) if said else None
    return _receipt(match) if match else None


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
