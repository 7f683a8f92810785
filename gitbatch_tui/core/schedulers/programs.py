"""The programs that hand jobs to schedulers, and whether a schedule.sh calls them."""

from __future__ import annotations

import re

SUBMITTERS = {
    "sbatch": "slurm",
    "condor_submit": "htcondor",
    "qsub": "sge",
    "tsp": "tsp",
    "at": "at",
    "batch": "at",
}
"""Which scheduler a program hands jobs to."""

_BEGINS = r"(?m)^(?:[^#\n]*?(?:[|;&({`]|\b(?:if|then|else|do|exec|time|env|!)\s))?\s*"


def called(script: str) -> tuple[str, ...]:
    """Those that a schedule.sh calls."""
    return tuple(name for name in SUBMITTERS if re.search(rf"{_BEGINS}{name}(?=\s|$)", script))


def looked_for(script: str) -> tuple[str, ...]:
    """Those that it does without where they are missing: it asks whether they are there."""
    asks = r"\b(?:command -v|which|type|hash)\s+(?:-\w+\s+)*"
    return tuple(name for name in SUBMITTERS if re.search(rf"{asks}{name}\b", script))
