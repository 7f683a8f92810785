"""A clone with a batch remote, as the core sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.jobs import poller
from gitbatch_tui.core.runs.find import find
from gitbatch_tui.core.runs.listing import list_remote
from gitbatch_tui.core.server.client import Server, server_of
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.models import BatchRemote, Run


@dataclass
class Project:
    world: World
    clone: Clone
    hosts: Hosts

    @property
    def remote(self) -> BatchRemote:
        return self.clone.batch_remote("batch")

    @property
    def server(self) -> Server:
        return server_of(self.hosts, self.remote)

    def begin(self, job: str, **files: str) -> int:
        """Start a run whose job is this sh program; its number."""
        # A keyword can't begin with a dot.
        named = {name.replace("__", "."): text for name, text in files.items()}
        scripts = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\n{job}\n"}
        return self.world.submit({**scripts, **named})

    def finish(self, job: str, **files: str) -> int:
        """The same, when it is settled."""
        number = self.begin(job, **files)
        self.world.settled(number)
        return number

    def finish_on(self, branch: str, job: str, **files: str) -> int:
        """The same, on a new branch."""
        self.world.git("checkout", "-q", "-B", branch)
        return self.finish(job, **files)

    def again(self, number: int) -> int:
        """Run a commit again, and wait for its end."""
        receipt = self.server.rerun(number)
        self.world.settled(receipt.run)
        return receipt.run

    def move_behind(self, host: str) -> None:
        """Reach the same batch remote over ssh from now on."""
        self.world.git("remote", "set-url", "batch", f"ssh://{host}{self.world.repo}")

    def run(self, number: int) -> Run:
        return find(self.clone, self.hosts, f"batch#{number}").run

    @property
    def batch(self) -> Batch:
        return Batch(self.clone, self.hosts, self.remote)

    def listing(self) -> Listing:
        return list_remote(self.clone, self.hosts, self.remote)

    def states(self) -> dict[int, str]:
        return {run.number: str(run.state) for run in self.listing().runs}


def open_project(world: World) -> Project:
    """Make the world's remote a batch remote of its clone."""
    world.git("config", "remote.batch.gitbatch", str(world.base))
    return Project(world, open_clone(world.clone), Hosts())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    # Schedulers here may be asked at any time.
    monkeypatch.setattr(poller, "EVERY", 0.0)
    monkeypatch.setattr(poller, "SHARE", 0)
    project = open_project(World(tmp_path / "world").build())
    with project.clone, project.hosts:
        yield project
