"""Receipts in what a server prints: without one, there is no run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.models import Receipt, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RECEIPT = re.compile(
    r"gitbatch: run=(?P<run>[1-9][0-9]{0,14}) commit=(?P<commit>[0-9a-f]{40}(?:[0-9a-f]{24})?) "
    r"state=(?P<state>submitted|rejected) branch=(?P<branch>.+)",
)
_REFUSAL = re.compile(r"gitbatch: no run for (?P<branch>[^:]+): ")


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
