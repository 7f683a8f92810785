"""Writes the files that a project needs to run as a batch job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.base.data import examples_dir
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.setup.project import Project
from gitbatch_tui.errors import Refused, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone


_JOBS = {"htcondor": ("run.sub", "run.sh")}
"""What describes the job; for others it is run.sh alone."""
_NEEDS = "# . ~/envs/experiment/bin/activate\n"
_COMMAND = "# Your experiment goes here, in place of these two lines:\n"


def write_templates(
    folder: Path, scheduler: str, *, replace: bool = False, project: Project | None = None
) -> tuple[Path, ...]:
    """Write schedule.sh for a scheduler, and run.sh where there is none; return what was written.

    run.sh runs what was found in the project; without anything it fails, and says that a command
    is missing. For HTCondor there is a run.sub, too. Raises `Refused` when there is a schedule.sh,
    unless it is to be replaced. What describes the job is somebody's work and never touched.
    """
    if scheduler not in SCHEDULERS:
        known = ", ".join(SCHEDULERS)
        raise UnknownName(f"There is no template for {one_line(scheduler)}; known: {known}.")
    schedule = folder / "schedule.sh"
    if os.path.lexists(schedule) and not replace:
        raise Refused("There is a schedule.sh here already, and it was kept; --force replaces it.")
    _write(schedule, f"schedule.{scheduler}.sh")
    jobs = [folder / name for name in _JOBS.get(scheduler, ("run.sh",))]
    missing = [path for path in jobs if not os.path.lexists(path)]
    for path in missing:
        _write(path, path.name, project or Project())
    return (schedule, *missing)


def templates_in(folder: Path) -> tuple[Path, ...]:
    """The schedule.sh that is there, and what describes its job; empty where there is none."""
    names = ("schedule.sh", "run.sub", "run.sh")
    paths = tuple(folder / name for name in names if os.path.lexists(folder / name))
    return paths if paths and paths[0].name == names[0] else ()


def is_program(path: Path) -> bool:
    """True if a file that was written is to be executable."""
    return path.name in {"schedule.sh", "run.sh"}


def commit_templates(clone: Clone, paths: Sequence[Path]) -> None:
    """Commit these files, programs as executable ones, and nothing else; raises `CommandFailed`."""
    names = [str(path) for path in paths]
    clone.git("add", "--", *names)
    clone.git("add", "--chmod=+x", "--", *(str(path) for path in paths if is_program(path)))
    clone.git("commit", "--quiet", "-m", "Run as a batch job", "--", *names)


def ignore(clone: Clone, lines: Sequence[str]) -> Path | None:
    """Append lines to .gitignore, and return it.

    Where it has changes that aren't committed, is no file but a link or a folder, or there are no
    lines, nothing is done.
    """
    path = clone.path / ".gitignore"
    is_fit = (path.is_file() and not path.is_symlink()) or not os.path.lexists(path)
    if not lines or not is_fit or clone.git("status", "--porcelain", "--", path.name):
        return None
    before = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
    gap = [""] if before and not before.endswith("\n") else []
    _put(path, before + "\n".join([*gap, *lines, ""]))
    return path


def _write(path: Path, template: str, project: Project = Project()) -> None:  # noqa: B008  # frozen
    text = (examples_dir() / "new" / template).read_text("utf-8")
    if project.needs:
        text = text.replace(_NEEDS, "".join(f"{line}\n" for line in project.needs))
    if project.command:
        text = f"{text.partition(_COMMAND)[0]}{project.command}\n" if _COMMAND in text else text
    _put(path, text)


def _put(path: Path, text: str) -> None:
    # A new file beside it: what is replaced may be a link to somewhere else.
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        new.write_text(text, "utf-8", "surrogateescape")
        new.chmod(0o755 if is_program(path) else 0o644)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
