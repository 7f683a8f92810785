"""A project with an ordinary remote, and a colleague who has cloned it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.command_line import Said, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project


@dataclass(frozen=True)
class Colleague:
    """A clone of the ordinary remote, that has never heard of the batch remote."""

    project: Project
    path: Path

    def call(self, *words: str) -> Said:
        return run([sys.executable, "-m", "gitbatch_tui", "-C", str(self.path), *words])

    def git(self, *words: str) -> str:
        return self.project.world.git(*words, at=self.path)


def make_origin(project: Project) -> Path:
    """An empty ordinary remote of a project's clone, called origin."""
    path = project.world.root / "origin.git"
    project.world.git("init", "-q", "--bare", str(path))
    project.world.git("remote", "add", "origin", str(path))
    return path


def hire(project: Project, name: str = "colleague") -> Colleague:
    """Bring the branch to origin, and clone that."""
    project.world.git("push", "-q", "origin", "HEAD:refs/heads/master")
    path = project.world.root / name
    project.world.git("clone", "-q", str(project.world.root / "origin.git"), str(path))
    return Colleague(project, path)
