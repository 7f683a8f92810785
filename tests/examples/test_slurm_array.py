"""examples/slurm_array, pushed unchanged: Slurm runs the sweep, table and plot come home."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir

if TYPE_CHECKING:
    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def project(project: Project, slurm: Slurm) -> Project:
    """A project that is the example, at a batch remote with Slurm."""
    (project.world.base / "profile").write_text(f"SLURM_CONF={slurm.conf}\nexport SLURM_CONF\n")
    shutil.copytree(examples_dir() / "slurm_array", project.world.clone, dirs_exist_ok=True)
    return project


def test_a_sweep_comes_home_as_one_table_and_a_plot(project: Project) -> None:
    project.world.commit({})
    number = project.world.push(options=["tasks=3", "from=3.5"]).run
    facts = project.world.settled(number, 120)
    logs = "\n".join(path.read_text() for path in sorted(project.world.run(number).glob("log*")))
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), logs
    assert "3 of 3 tasks gathered" in logs
    project.world.git("pull", "-q", "batch", "master")
    with (project.world.clone / "results.csv").open(newline="") as file:
        rows = [(float(row["r"]), float(row["x"])) for row in csv.DictReader(file)]
    assert len(rows) == 240 * 20
    assert min(rows)[0] == 3.5
    assert all(0 <= x <= 1 and 3.5 <= r <= 4 for r, x in rows)
    plot = (project.world.clone / "results.svg").read_text()
    assert plot.startswith("<svg ")
    assert plot.endswith("</svg>\n")
    assert plot.count("M") == len(rows)
    assert not (project.world.clone / "parts").exists()


def test_a_sweep_goes_on_where_a_task_fails_and_the_run_has_failed(project: Project) -> None:
    task = (project.world.clone / "task.sh").read_text()
    broken = task.replace("set -e\n", 'set -e\ntest "$SLURM_ARRAY_TASK_ID" != 2\n')
    project.world.commit({"task.sh": broken})
    number = project.world.push(options=["tasks=3"]).run
    facts = project.world.settled(number, 120)
    assert (facts["state"], facts["exit"]) == ("failed", "1")
    log = "\n".join(path.read_text() for path in sorted(project.world.run(number).glob("log*")))
    assert "task 2 left no results" in log
    assert project.world.bare("show", f"{facts['result']}:results.csv").count("\n") == 160 * 20
    assert project.world.tip("master") == facts["commit"]
