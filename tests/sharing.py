"""A project with an ordinary remote, and a colleague who has cloned it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cli.shop import Said, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab


@dataclass(frozen=True)
class Colleague:
    """A clone of the ordinary remote, that has never heard of the batch remote."""

    lab: Lab
    path: Path

    def call(self, *words: str) -> Said:
        return run([sys.executable, "-m", "gitbatch_tui", "-C", str(self.path), *words])

    def git(self, *words: str) -> str:
        return self.lab.world.git(*words, at=self.path)


def make_origin(lab: Lab) -> Path:
    """An empty ordinary remote of the lab's clone, called origin."""
    path = lab.world.root / "origin.git"
    lab.world.git("init", "-q", "--bare", str(path))
    lab.world.git("remote", "add", "origin", str(path))
    return path


def hire(lab: Lab, name: str = "colleague") -> Colleague:
    """Bring the branch to origin, and clone that."""
    lab.world.git("push", "-q", "origin", "HEAD:refs/heads/master")
    path = lab.world.root / name
    lab.world.git("clone", "-q", str(lab.world.root / "origin.git"), str(path))
    return Colleague(lab, path)
