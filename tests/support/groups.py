"""A folder of a group, and two people who share a batch remote in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.people import GROUP, Person
from tests.support.waiting import wait_until
from tests.support.worlds import HOOKS, JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import CompletedProcess


@dataclass
class Group:
    """A folder of a group, and two people."""

    folder: Path
    anna: Person
    ben: Person

    @property
    def base(self) -> Path:
        return self.folder / "lab/base"

    @property
    def gitbatch(self) -> Path:
        return self.base / "repo.git/gitbatch/gitbatch"

    def install(self, *options: str) -> CompletedProcess[str]:
        return self.anna.call("sh", self.folder / "hooks/install", *options, self.base)

    def submit(self, who: Person, job: str, branch: str = "master") -> CompletedProcess[str]:
        """Push a commit with this run.sh, in a clone of their own."""
        clone = who.home / "clone"
        if not clone.exists():
            self.must(who, "git", "init", "-q", clone)
            self.must(who, "git", "remote", "add", "batch", self.base / "repo.git", at=clone)
        for name, text in (("schedule.sh", JOB_OF_ITS_OWN), ("run.sh", job)):
            (clone / name).write_text(text)
            (clone / name).chmod(0o755)
        who.owns(clone)
        self.must(who, "git", "checkout", "-q", "-B", branch, at=clone)
        self.must(who, "git", "add", "-A", at=clone)
        self.must(who, "git", "commit", "-q", "--allow-empty", "-m", "work", at=clone)
        # With a umask of their own, which must not shut the others out.
        return who.call("git", "push", "batch", branch, at=clone, umask=0o077)

    def must(self, who: Person, *command: str | Path, at: Path | None = None) -> str:
        done = who.call(*command, at=at)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def settled(self, run: int) -> str:
        path = self.base / f"runs/{run}/settled"
        wait_until(path.exists)
        return path.read_text()

    def close(self) -> None:
        """Let jobs that still wait end."""
        for run in (self.base / "runs").glob("[0-9]*"):
            (run / "go").touch()
            wait_until((run / "settled").exists)


@pytest.fixture
def group(open_folder: Path) -> Iterator[Group]:
    env = dict(os.environ)
    shutil.copytree(HOOKS, open_folder / "hooks")
    shared = (open_folder / "lab").resolve()
    shared.mkdir()
    anna, ben = (
        Person(uid, open_folder / name, (GROUP,), env).settle_in()
        for uid, name in ((64001, "anna"), (64002, "ben"))
    )
    anna.owns(shared)
    for person in (anna, ben):
        with (person.home / ".gitconfig").open("a") as settings:
            settings.write(f"[safe]\ndirectory = {shared}/base/repo.git\n")
    group = Group(open_folder, anna, ben)
    yield group
    group.close()
