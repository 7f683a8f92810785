"""The newest numbers of many runs: from what is here, and nothing is fetched for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.latest import latest_values
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.compare.metrics import Value
    from tests.support.project import Project

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


def latest(project: Project) -> dict[int, Mapping[str, Value]]:
    sides = [(project.batch, run) for run in project.listing().runs]
    return {number: values for (_, number), values in latest_values(sides).items()}


def test_what_runs_came_to_is_known_from_results_that_are_here_or_from_the_tree(
    project: Project,
) -> None:
    project.finish("echo '{\"loss\": 0.5}' >metrics.json")
    tree = project.world.base / "runs/1/tree"
    assert latest(project) == {1: {"loss": 0.5}}
    tree.rename(tree.with_name("gone"))
    assert latest(project) == {}
    project.world.git("fetch", "-q", "batch")
    assert latest(project) == {1: {"loss": 0.5}}


def test_metrics_that_came_with_the_commit_are_not_those_of_the_run(project: Project) -> None:
    number = project.begin(UNTIL_GO, metrics__json='{"loss": 7}\n')
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "started").exists)
    assert latest(project) == {}
    (folder / "tree/metrics.json").write_text('{"loss": 3}\n')
    assert latest(project) == {number: {"loss": 3}}
    (folder / "go").touch()
    project.world.settled(number)


def test_long_metrics_that_came_with_the_commit_are_not_those_of_the_run(project: Project) -> None:
    rows = "".join(f"{step},{step / 4}\n" for step in range(10_000))
    number = project.begin(UNTIL_GO, metrics__csv=f"step,loss\n{rows}")
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "started").exists)
    assert latest(project) == {}
    with (folder / "tree/metrics.csv").open("a") as file:
        file.write("10000,7\n")
    assert latest(project) == {number: {"step": 10_000, "loss": 7}}
    (folder / "go").touch()
    project.world.settled(number)


@pytest.mark.parametrize("rows", [3, 20_000])
def test_metrics_in_utf_16_are_read_while_they_grow(project: Project, rows: int) -> None:
    number = project.begin(UNTIL_GO)
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "started").exists)
    lines = "".join(f"{step},{step / 4}\r\n" for step in range(rows))
    whole = f"step,loss\r\n{lines}".encode("utf-16")
    # What is cut within a character is still being written.
    (folder / "tree/metrics.csv").write_bytes(whole + "9,9".encode("utf-16-le")[:-1])
    assert latest(project) == {number: {"step": rows - 1, "loss": (rows - 1) / 4}}
    (folder / "go").touch()
    project.world.settled(number)


def test_of_a_run_that_goes_on_the_last_whole_line_counts(project: Project) -> None:
    number = project.begin(f"{UNTIL_GO}; echo x >result")
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "started").exists)
    path = folder / "tree/metrics.csv"
    assert latest(project) == {}
    path.write_text("step,loss\n1,5\n2,4\n3,0.12")
    assert latest(project) == {number: {"step": 2, "loss": 4}}
    rows = "".join(f"{step},{step / 4}\n" for step in range(50_000))
    path.write_text(f"step,loss\n{rows}")
    assert latest(project) == {number: {"step": 49_999, "loss": 12_499.75}}
    path.unlink()
    path.with_name("metrics.jsonl").write_text('{"loss": 3}\n{"loss": 2}\n{"lo')
    assert latest(project) == {number: {"loss": 2}}
    (folder / "go").touch()
    project.world.settled(number)
