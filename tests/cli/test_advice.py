"""A command that a sentence advises works as it stands, with several batch remotes, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submit.refusal import explain
from tests.support.command_line import call
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.project import Project

RUNS = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho 1 >out\n"}


@pytest.fixture
def project(project: Project) -> Project:
    """Add a second batch remote, so that none goes without saying."""
    for key in ("url", "gitbatch"):
        value = project.world.git("config", f"remote.batch.{key}")
        project.world.git("config", f"remote.another.{key}", value)
    project.world.commit(RUNS)
    return project


def advised(text: str) -> list[list[str]]:
    """The words of each command that a text advises."""
    found = re.findall(r"`gitbatch-tui ([^`]+)`", " ".join(text.split()))
    assert found, text
    return [command.split() for command in found]


def test_where_there_are_no_runs_yet(project: Project) -> None:
    (submit,) = advised(call(project, "runs").out)
    assert call(project, *submit).status == 0


def test_where_the_run_tree_is_gone(project: Project) -> None:
    project.finish("echo 1 >out")
    assert project.world.gitbatch("prune").status == 0
    for path in ([], ["out"]):
        (pull,) = advised(call(project, "get", "batch#1", *path).err)
        assert call(project, *pull).status == 0


def test_where_the_same_sweep_is_there(project: Project) -> None:
    sweep = ("submit", "batch", "--sweep", "lr=1..2")
    assert call(project, *sweep).status == 0
    listed, again = advised(call(project, *sweep).err)
    assert "another#" not in call(project, *listed).out
    assert "There are several batch remotes" not in call(project, *again).err


def test_where_a_push_is_refused(project: Project) -> None:
    (submit,) = advised(explain("batch", "master", "non-fast-forward", ()))
    assert call(project, *submit).status == 0
