"""examples/reproduce_me as its README has it: both verdicts, and those that compare gives."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import examples_dir
from tests.support.command_line import Said, call

if TYPE_CHECKING:
    from tests.support.project import Project


@pytest.fixture
def project(project: Project) -> Project:
    """A project that is the example."""
    shutil.copytree(examples_dir() / "reproduce_me", project.world.clone, dirs_exist_ok=True)
    project.world.commit({})
    return project


def test_with_a_seed_it_is_reproduced_and_without_one_only_nearly(project: Project) -> None:
    def do(*words: str, status: int = 0) -> Said:
        said = call(project, *words)
        assert said.status == status, said
        return said

    do("submit", "--wait")
    files = do("reproduce", "batch#1", "--json", status=1).json["files"]
    assert {file["path"]: file["likeness"] for file in files} == {
        "darts.csv": "differs",
        "finished.txt": "volatile",
        "metrics.json": "differs",
    }
    assert do("rerun", "batch#1", "-o", "seed=7", "--json").json[0]["run"] == "batch#3"
    do("wait", "batch#3")
    seeded = do("reproduce", "batch#3").out
    assert seeded.startswith("batch#4 reproduces batch#3; nothing that counts differs.")
    near = do("reproduce", "batch#1", "--tolerance", "0.1").out
    assert "✔ darts.csv: other bytes, the same values" in near
    rows = do("compare", "batch#1", "batch#3", "--sort", "-run", "--json").json
    assert [row["run"]["number"] for row in rows] == [3, 1]
    assert [row["parameters"] for row in rows] == [{"seed": 7}, {}]
    assert all(abs(row["metrics"]["pi"] - 3.14) < 0.1 for row in rows)
    badges = {run["number"]: run["badge"] for run in do("runs", "--json").json["runs"]}
    assert badges == {1: "reproduced", 2: None, 3: "reproduced", 4: None, 5: None}
