"""What a server says of a run that is to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.report import cut, fields_of, read_reports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.models import Live


class Tree(StrEnum):
    """What is left of a run tree."""

    THERE = "there"
    PRUNED = "pruned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Testimony:
    """Read only; nothing is changed for it."""

    live: Live
    log_tip: str
    """The newest record over there."""
    result: str
    """As the run's own files have it; empty where there is none."""
    kept: bool
    """Whether input and result can be reached over there for good."""
    tree: Tree
    altered: tuple[tuple[str, str], ...]
    """Tracked files of the tree that aren't as in the result: git's letter and the path; 100 at
    most."""


def read_testimony(host: str, text: str) -> Testimony:
    """The answer to `verify`; raises `Unreachable` where it was cut."""
    lines = text.split("\n")
    proof = next((fields_of(line) for line in lines if line.startswith("proof\t")), {})
    for report in read_reports(iter(lines)):
        return Testimony(
            live=report.runs[0],
            log_tip=report.log_tip,
            result=proof.get("result", ""),
            kept=proof.get("kept") == "yes",
            tree=Tree(proof.get("tree", Tree.UNREADABLE)),
            altered=tuple(_altered(lines)),
        )
    raise cut(host, text)


def _altered(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        kind, _, rest = line.partition("\t")
        if kind == "file":
            letter, _, path = rest.partition("\t")
            yield letter, path
