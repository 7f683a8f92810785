"""examples/slurm_array, pushed unchanged: Slurm runs the sweep, table and plot come home."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from tests.lab import Lab, lab
from tests.servers.slurm import Slurm, slurm, slurm_cluster

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lab", "slurm", "slurm_cluster"]

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def project(lab: Lab, slurm: Slurm) -> Path:
    (lab.world.base / "profile").write_text(f"SLURM_CONF={slurm.conf}\nexport SLURM_CONF\n")
    shutil.copytree(examples_dir() / "slurm_array", lab.world.clone, dirs_exist_ok=True)
    return lab.world.clone


def test_a_sweep_comes_home_as_one_table_and_a_plot(lab: Lab, project: Path) -> None:
    lab.world.commit({})
    number = lab.world.push(options=["tasks=3", "from=3.5"]).run
    facts = lab.world.settled(number, 120)
    logs = "\n".join(path.read_text() for path in sorted(lab.world.run(number).glob("log*")))
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), logs
    assert "3 of 3 tasks gathered" in logs
    lab.world.git("pull", "-q", "batch", "master")
    with (project / "results.csv").open(newline="") as file:
        rows = [(float(row["r"]), float(row["x"])) for row in csv.DictReader(file)]
    assert len(rows) == 240 * 20
    assert min(rows)[0] == 3.5
    assert all(0 <= x <= 1 and 3.5 <= r <= 4 for r, x in rows)
    plot = (project / "results.svg").read_text()
    assert plot.startswith("<svg ")
    assert plot.endswith("</svg>\n")
    assert plot.count("M") == len(rows)
    assert not (project / "parts").exists()


def test_a_sweep_goes_on_where_a_task_fails_and_the_run_has_failed(lab: Lab, project: Path) -> None:
    task = (project / "task.sh").read_text()
    broken = task.replace("set -e\n", 'set -e\ntest "$SLURM_ARRAY_TASK_ID" != 2\n')
    lab.world.commit({"task.sh": broken})
    number = lab.world.push(options=["tasks=3"]).run
    facts = lab.world.settled(number, 120)
    assert (facts["state"], facts["exit"]) == ("failed", "1")
    log = "\n".join(path.read_text() for path in sorted(lab.world.run(number).glob("log*")))
    assert "task 2 left no results" in log
    assert lab.world.bare("show", f"{facts['result']}:results.csv").count("\n") == 160 * 20
    assert lab.world.tip("master") == facts["commit"]
