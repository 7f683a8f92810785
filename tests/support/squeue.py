"""A stand-in for squeue, as the site of a batch remote has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.worlds import World

DOWN = "echo >&2 'squeue: error: Unable to contact slurm controller'\nexit 1"
NO_CLUSTER = "echo >&2 'squeue: fatal: Could not establish a configuration source'\nexit 1"


def has_squeue(world: World, squeue: str = DOWN) -> None:
    """Let Slurm's squeue be this script, and its accounting be none."""
    programs = world.clone / "programs"
    world.script(programs / "squeue", f"#!/bin/sh\n{squeue}\n")
    world.script(programs / "sacct", "#!/bin/sh\nexit 1\n")
    (world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
