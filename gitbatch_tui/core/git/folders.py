"""Finds the folders of the repository that a path is in."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.commands import GitCommands
from gitbatch_tui.errors import CommandFailed, NotARepository, Refused

_ASK = ("rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-toplevel")

LOCK = "gitbatch-tui.lock"
"""In the folder that all work trees share: who changes refs or work trees."""
CHANGE = "gitbatch-tui.change"
"""In git's folder of a work tree: which change is being made there."""


class Folders(NamedTuple):
    """The folders of a repository, by absolute paths."""

    path: Path
    """The work tree."""
    git_dir: Path
    common_dir: Path
    """What all work trees of the repository share."""


def find_folders(path: Path) -> Folders:
    """Find the repository that `path` is in.

    Raises `NotARepository`, `Refused` where there is no git or a line end in its path, or what git
    complains of.
    """
    if not path.is_dir():
        raise _none_at(path)
    try:
        said = GitCommands(path).git(*_ASK)
    except (FileNotFoundError, PermissionError) as error:
        raise Refused("There is no git on PATH: install git first.") from error
    except CommandFailed as error:
        if "not a git repository" in error.detail:
            raise _none_at(path) from error
        if "must be run in a work tree" in error.detail:
            raise NotARepository(
                f"{one_line(str(path))} is a bare repository, or git's own folder: work in a clone "
                "of it."
            ) from error
        raise
    if said.count("\n") != 2:  # noqa: PLR2004  # three paths, which git tells one a line
        raise Refused(
            f"There is a line end in the path of {one_line(str(path))}: rename that folder first."
        )
    git_dir, common_dir, top = said.split("\n")
    return Folders(_as_named(path, Path(top)), Path(git_dir), (path / common_dir).resolve())


def _none_at(path: Path) -> NotARepository:
    return NotARepository(
        f"{one_line(str(path))} is in no git repository: go to yours, or make one with `git init`."
    )


def _as_named(path: Path, top: Path) -> Path:
    """The work tree by the name that the person gave it, where that leads through a link."""
    here = path.absolute()
    return next((folder for folder in (here, *here.parents) if folder.samefile(top)), top)
