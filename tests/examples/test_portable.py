"""examples/portable, pushed unchanged to machines that have one scheduler each, or none."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from tests.support.servers.condor_acting import install
from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers.sge import Cell


def take(bare_programs: Path, *names: str) -> None:
    for name in names:
        found = shutil.which(name)
        assert found, name
        (bare_programs / name).symlink_to(found)


def dice(tmp_path: Path, path: str) -> dict[str, str]:
    """Run the example with these programs; how it ended, once its results are home."""
    world = World(tmp_path / "world").build()
    world.env["PATH"] = path
    shutil.copytree(examples_dir() / "portable", world.clone, dirs_exist_ok=True)
    world.commit({})
    number = world.push(options=["throws=72"]).run
    facts = world.settled(number, 40)
    log = (world.run(number) / "log").read_text()
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), log
    assert "72 throws of two dice" in log
    world.git("pull", "-q", "batch", "master")
    rows = (world.clone / "sums.csv").read_text().split()[1:]
    assert sum(int(row.partition(",")[2]) for row in rows) == 72
    assert (world.clone / "plot.txt").exists()
    return facts


def test_a_laptop_runs_it_by_itself(tmp_path: Path, bare_programs: Path) -> None:
    assert dice(tmp_path, str(bare_programs))["job"] == "local 1"


@pytest.mark.usefixtures("atd")
def test_a_workstation_runs_it_by_at(tmp_path: Path, bare_programs: Path) -> None:
    take(bare_programs, "at")
    assert dice(tmp_path, str(bare_programs))["job"].startswith("at ")


def test_grid_engine_runs_it(tmp_path: Path, bare_programs: Path, sge: Cell) -> None:
    facts = dice(tmp_path, f"{sge.programs}{os.pathsep}{bare_programs}")
    assert facts["job"].startswith("sge ")
    assert facts["host"] == "node1"


@pytest.mark.usefixtures("slurm")
def test_slurm_runs_it(tmp_path: Path, bare_programs: Path) -> None:
    take(bare_programs, "sbatch")
    assert dice(tmp_path, str(bare_programs))["job"].startswith("slurm ")


def test_a_stand_in_for_htcondor_runs_it(tmp_path: Path, bare_programs: Path) -> None:
    pool = tmp_path / "pool"
    pool.mkdir()
    install(pool)
    assert dice(tmp_path, f"{pool / 'bin'}{os.pathsep}{bare_programs}")["job"].startswith(
        "htcondor"
    )
