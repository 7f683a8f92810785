"""Writes the two files that a project needs to run as a batch job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.data import examples_dir
from gitbatch_tui.core.text import one_line
from gitbatch_tui.errors import Refused, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.repo import Clone


def write_templates(folder: Path, scheduler: str, *, replace: bool = False) -> tuple[Path, ...]:
    """Write schedule.sh for a scheduler, and run.sh where there is none; return what was written.

    Raises `Refused` when there is a schedule.sh, unless it is to be replaced. A run.sh is
    somebody's work and never touched.
    """
    if scheduler not in SCHEDULERS:
        known = ", ".join(SCHEDULERS)
        raise UnknownName(f"There is no template for {one_line(scheduler)}; there is: {known}.")
    schedule, run = folder / "schedule.sh", folder / "run.sh"
    if os.path.lexists(schedule) and not replace:
        raise Refused("There is a schedule.sh here already, and it was kept; --force replaces it.")
    _write(schedule, f"schedule.{scheduler}.sh")
    if os.path.lexists(run):
        return (schedule,)
    _write(run, "run.sh")
    return (schedule, run)


def commit_templates(clone: Clone, paths: Sequence[Path]) -> None:
    """Commit these files, executable, and nothing else; raises `CommandFailed`."""
    names = [str(path) for path in paths]
    clone.git("add", "--chmod=+x", "--", *names)
    clone.git("commit", "--quiet", "-m", "Run as a batch job", "--", *names)


def _write(path: Path, template: str) -> None:
    # A new file beside it: what is replaced may be a link to somewhere else.
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        new.write_bytes((examples_dir() / "new" / template).read_bytes())
        new.chmod(0o755)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
