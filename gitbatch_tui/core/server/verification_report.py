"""Reads a server's report on a run that is to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.server.environment import parse
from gitbatch_tui.core.server.file_answers import parse_large
from gitbatch_tui.core.server.protocol import cut, fields_of, id_of, read_reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.server.environment import Environment
    from gitbatch_tui.core.server.file_answers import LargeFile
    from gitbatch_tui.models import LiveRun


class TreeState(StrEnum):
    """The state of a run tree."""

    THERE = "there"
    PRUNED = "pruned"
    UNREADABLE = "unreadable"


_TREES = {str(tree): tree for tree in TreeState}


@dataclass(frozen=True)
class VerificationReport:
    """Read only; nothing is changed for it."""

    live: LiveRun
    log_tip: str
    """The newest record over there."""
    result: str
    """As the run's own files have it; empty where there is none."""
    kept: bool
    """Whether input and result can be reached over there for good."""
    tree: TreeState
    altered: tuple[tuple[str, str], ...]
    """Tracked files of the tree that aren't as in the result: git's letter and the path; 100 at
    most."""
    unkept: tuple[str, ...]
    """Files of the tree that aren't ignored, and in no result."""
    large: tuple[tuple[str, LargeFile], ...]
    """What is kept beside the repository: ok, missing or altered, and which file."""
    environment: Environment | None
    """What the job would compute with now; None where nothing was captured then."""


def read_verification_report(host: str, text: str) -> VerificationReport:
    """The answer to `verify`; raises `Unreachable` where it was cut."""
    lines = text.split("\n")
    proof = fields_of("\t".join(_after("proof", lines)))
    told = [line.partition("\t") for line in _after("file", lines)]
    large = (line.partition("\t") for line in _after("large", lines))
    facts = "\n".join(_after("environment", lines))
    report = next(read_reports(iter(lines)), None)
    if report and report.runs:
        return VerificationReport(
            live=report.runs[0],
            log_tip=report.log_tip,
            result=id_of(proof.get("result", "")),
            kept=proof.get("kept") == "yes",
            tree=_TREES.get(proof.get("tree", ""), TreeState.UNREADABLE),
            altered=tuple((letter, path) for letter, _, path in told if letter != "?"),
            unkept=tuple(path for letter, _, path in told if letter == "?"),
            large=tuple((word, file) for word, _, told in large for file in parse_large(told)),
            environment=parse(facts) if facts else None,
        )
    raise cut(host, text)


def _after(word: str, lines: Sequence[str]) -> list[str]:
    """The rest of the lines that begin with a word."""
    return [line.removeprefix(f"{word}\t") for line in lines if line.startswith(f"{word}\t")]
