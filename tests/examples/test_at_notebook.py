"""examples/at_notebook, pushed unchanged: at executes the notebook, its outputs are pulled."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from gitbatch_tui.core.base.data import examples_dir
from tests.support.worlds import World

NEEDS = ("nbclient", "ipykernel", "matplotlib", "jupyter_core")


@pytest.fixture
def world(tmp_path: Path) -> World:
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the notebook needs {', '.join(missing)}")
    world = World(tmp_path / "world").build()
    # The job's python3 is the one that runs the tests.
    world.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{world.env['PATH']}"
    shutil.copytree(examples_dir() / "at_notebook", world.clone, dirs_exist_ok=True)
    return world


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("atd")
def test_the_notebooks_numbers_and_plot_come_home(world: World) -> None:
    world.commit({})
    answer = world.push(options=["seed=7"])
    facts = world.settled(answer.run, 150)
    log = (world.run(answer.run) / "log").read_text()
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), log
    world.git("pull", "-q", "batch", "master")
    with (world.clone / "walk.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1000
    assert (world.clone / "walk.png").read_bytes().startswith(b"\x89PNG\r\n")
    notebook = json.loads((world.clone / "walk.ipynb").read_text())
    said = "".join(
        text
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for text in output.get("text", [])
    )
    assert f"seed 7: ends at {rows[-1]['position']}" in said
