"""examples/sweep, submitted unchanged: six runs, a table of them, and the best one at home."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from tests.support.command_line import call

if TYPE_CHECKING:
    from tests.support.project import Project


@pytest.mark.timeout(180)
def test_a_small_training_is_swept_compared_and_the_best_comes_home(project: Project) -> None:
    clone = project.world.clone
    shutil.copytree(examples_dir() / "sweep", clone, dirs_exist_ok=True)
    project.world.commit({})
    words = ("--sweep", "lr=0.03,0.1,0.3", "--sweep", "momentum=0,0.9")
    assert call(project, "submit", *words, "--wait").status == 0
    said = call(project, "compare", "sweep:1", "--sort", "loss", "--json")
    losses = [row["metrics"]["loss"] for row in said.json]
    assert len(losses) == 6
    assert losses == sorted(losses)
    assert call(project, "pull", "--best", "loss").status == 0
    assert json.loads((clone / "metrics.json").read_text())["loss"] == losses[0]
    with (clone / "metrics.csv").open(newline="") as file:
        steps = [float(row["loss"]) for row in csv.DictReader(file)]
    assert len(steps) == 200
    assert steps[-1] < steps[0] / 10
    assert "<polyline" in (clone / "loss.svg").read_text()
