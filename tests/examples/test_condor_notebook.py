"""examples/condor_notebook, pushed unchanged: a stand-in for HTCondor executes its job."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from gitbatch_tui.core.logs.run_files import further_files
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project

NEEDS = ("nbclient", "ipykernel", "matplotlib", "jupyter_core")


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("pool")
def test_the_notebooks_numbers_and_plot_come_home(project: Project) -> None:
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the notebook needs {', '.join(missing)}")
    world = project.world
    # The job's python3 is the one that runs the tests.
    world.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{world.env['PATH']}"
    shutil.copytree(examples_dir() / "condor_notebook", world.clone, dirs_exist_ok=True)
    world.commit({})
    answer = world.push(options=["seed=7", "darts=1000"])
    number = answer.run
    wait_until(lambda: project.run(number).state.final, 150, "the end of the run")
    facts = world.settled(number)
    tree = world.run(number) / "tree"
    said = [(tree / f"condor_{name}.txt").read_text() for name in ("outfile", "errors")]
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), said
    world.git("pull", "-q", "batch", "master")
    with (world.clone / "pi.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["darts"] for row in rows] == [str(darts) for darts in range(100, 1001, 100)]
    assert (world.clone / "pi.png").read_bytes().startswith(b"\x89PNG\r\n")
    notebook = json.loads((world.clone / "pi.ipynb").read_text())
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    printed = "".join(text for output in outputs for text in output.get("text", []))
    assert f"seed 7: pi is about {rows[-1]['pi']}" in printed
    assert not (world.clone / "condor_log.txt").exists()
    pages = {page.name for page in further_files(project.server, number)}
    assert {"condor_outfile.txt", "events", "stderr"} <= pages
