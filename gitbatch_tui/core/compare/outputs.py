"""Knows the files that a scheduler writes into a run tree: no two runs have the same."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitbatch_tui.core.git.changed_files import FileChange

# What schedulers call them where nobody names them: slurm-41.out and slurm-41_3.out of sbatch,
# NAME.o41 and NAME.e41 of Grid Engine, PBS and Torque (an array's end in .3, or in -3),
# and those of LSF and OAR.
_NAMES = re.compile(
    r"slurm-[0-9]+(_[0-9]+)?\.(out|err)"
    r"|.+\.p?[oe][0-9]+([.-][0-9]+)?"
    r"|OAR\.([^/]+\.)?[0-9]+\.std(out|err)"
)
_EVENTS = re.compile(rb"[0-9]{3} \([0-9]+\.[0-9]{3}\.[0-9]{3}\) [0-9]{2,4}[-/][0-9]{2}")
"""How an event log of HTCondor begins, whatever its name."""
LONGEST_HEAD = 64
"""As many bytes of a file tell whether it is one."""


def is_named_by_a_scheduler(change: FileChange) -> bool:
    """Whether the file has the name that a scheduler gives to a job's output."""
    return bool(_NAMES.fullmatch(PurePosixPath(change.path).name))


def is_event_log(head: bytes) -> bool:
    """Whether a file that begins so is an event log of HTCondor."""
    return bool(_EVENTS.match(head))
