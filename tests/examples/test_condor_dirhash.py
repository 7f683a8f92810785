"""examples/condor_dirhash, its steps as README.md has them, on a stand-in for HTCondor."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from gitbatch_tui.core.freezing import FreezeClient
from gitbatch_tui.core.hosts.host import LocalHost
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project

NEEDS = ("nbclient", "ipykernel", "matplotlib", "jupyter_core")
EXAMPLE = examples_dir() / "condor_dirhash"


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("pool")
def test_a_notebook_plots_data_that_is_known_by_its_hash(project: Project, tmp_path: Path) -> None:
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the notebook needs {', '.join(missing)}")
    world = project.world
    # The job's python3 is the one that runs the tests.
    world.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{world.env['PATH']}"
    shutil.copytree(EXAMPLE, world.clone, dirs_exist_ok=True)
    keeper, archive = FreezeClient(LocalHost()), tmp_path / "archive"
    frozen = keeper.freeze(str(world.clone / "data"), str(archive))
    assert frozen.hash in (EXAMPLE / "README.md").read_text()
    number = world.submit({})
    wait_until(lambda: project.run(number).state.final, 150, "the end of the run")
    facts = world.settled(number)
    log = (world.run(number) / "log").read_text()
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), log
    world.git("pull", "-q", "batch", "master")
    with (world.clone / "means.csv").open(newline="") as file:
        rows = {row["species"]: row for row in csv.DictReader(file)}
    assert {row["flowers"] for row in rows.values()} == {"50"}
    assert rows["setosa"]["petal_length"] == "1.464"
    assert (world.clone / "iris.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert frozen.hash in (world.clone / "plot_iris.ipynb").read_text()
    assert world.bare("ls-tree", "master", "data").startswith("120000 ")
    (verdict,) = keeper.verify(str(world.clone / "data"))
    assert verdict.good
    subprocess.run(["chmod", "-R", "u+w", archive], check=True)
