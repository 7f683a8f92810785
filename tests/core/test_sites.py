"""Which schedulers a person is offered first: those that answer."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.schedulers.programs import WORDS
from gitbatch_tui.core.setup.sites import best_first, ready_made
from gitbatch_tui.ui.setup_sentences import ways_to_script
from tests.support.slurm_runs import at_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

SILENT = {
    "without a cluster": "echo >&2 'fatal: Could not establish a configuration source'; exit 1",
    "hanging": "exec sleep 600",
}
LSF = "echo >&2 'LSF is down. Please wait ...'; exit 255"


@pytest.mark.parametrize("squeue", SILENT.values(), ids=SILENT.keys())
def test_a_scheduler_that_does_not_answer_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, squeue: str
) -> None:
    for program, script in {"squeue": squeue, "sacct": "exit 1", "bjobs": LSF}.items():
        (tmp_path / program).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    began = time.monotonic()
    names = best_first(LocalHost(), ("slurm", "lsf", "local", "at"))
    assert names == ("local", "at", "slurm", "lsf")
    assert time.monotonic() - began < 6


def test_one_that_answers_stays_the_first(
    slurm: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_site(slurm, project, monkeypatch)
    base = str(project.world.base)
    assert best_first(LocalHost(), ("slurm", "local"), base) == ("slurm", "local")


def test_only_a_scheduler_that_is_configured_goes_before_those_that_are_found(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "gitbatch-tui").mkdir()
    lines = "[[site]]", 'name = "a"', 'host = "a"', "[[site]]", 'name = "b"', 'scheduler = "sge"'
    (tmp_path / "gitbatch-tui/config.toml").write_text("\n".join(lines))
    places = {place.name: place for place in ready_made(project.clone)}
    assert (places["a"].words, places["a"].scheduler) == ("from your configuration", "")
    assert (places["b"].words, places["b"].scheduler) == ("from your configuration, sge", "sge")


def test_nobody_is_asked_where_there_is_no_cluster() -> None:
    assert best_first(LocalHost(), ("local", "tsp", "at")) == ("local", "tsp", "at")


def test_each_scheduler_has_a_line_of_80_columns_where_it_is_offered() -> None:
    # Beside the frame and margins of a dialog.
    lines = [ways_to_script([name])[0][0] for name in WORDS]
    assert [line for line in lines if len(line) > 66] == []
