"""Metrics behind links: within a run tree they are read, and nothing outside of it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.files import in_folder
from gitbatch_tui.core.curves.latest import latest_values
from gitbatch_tui.core.curves.opening import open_metrics
from gitbatch_tui.core.logs.run_files import open_file
from gitbatch_tui.core.logs.source import NOT_THERE, TreeFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.project import Project

OUTSIDE = "step,loss\n1,666\n2,667\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run, beside what isn't its own."""
    (tmp_path / "run/tree/out").mkdir(parents=True)
    (tmp_path / "run/tree/own.csv").write_text("step,loss\n1,5\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/metrics.csv").write_text(OUTSIDE)
    return tmp_path / "run"


def is_a_link(folder: Path) -> None:
    (folder / "tree/out/metrics.csv").symlink_to(folder.parent / "outside/metrics.csv")


def is_a_link_to_a_link(folder: Path) -> None:
    (folder / "tree/out/metrics.csv").symlink_to("../more")
    (folder / "tree/more").symlink_to("../../outside/metrics.csv")


def has_a_link_above(folder: Path) -> None:
    (folder / "tree/out").rmdir()
    (folder / "tree/out").symlink_to(folder.parent / "outside")


def is_in_a_tree_that_is_a_link(folder: Path) -> None:
    (folder / "tree").rename(folder / "gone")
    (folder.parent / "outside/out").symlink_to(".")
    (folder / "tree").symlink_to(folder.parent / "outside")


WAYS_OUT = [is_a_link, is_a_link_to_a_link, has_a_link_above, is_in_a_tree_that_is_a_link]


@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way.__name__)
def test_a_file_outside_of_the_run_tree_is_not_read(
    folder: Path, way: Callable[[Path], None]
) -> None:
    way(folder)
    file = TreeFile(folder, "out/metrics.csv")
    assert file.look().state == "leads out of the run tree"
    assert file.read(0, 100) == b""


def test_a_file_that_a_link_within_the_tree_leads_to_is_read(folder: Path, tmp_path: Path) -> None:
    (folder / "tree/out/metrics.csv").symlink_to("../own.csv")
    (tmp_path / "short").symlink_to(folder)
    file = TreeFile(tmp_path / "short", "out/metrics.csv")
    assert file.look().size == len("step,loss\n1,5\n")
    assert file.read(0, 9) == b"step,loss"
    file.close()


def test_a_link_that_comes_later_is_not_followed_either(folder: Path) -> None:
    path = folder / "tree/own.csv"
    file = TreeFile(folder, "own.csv")
    before = file.look()
    path.unlink()
    path.symlink_to(folder.parent / "outside/metrics.csv")
    assert file.look().state == "leads out of the run tree"
    assert b"666" not in file.read(0, 100)
    path.unlink()
    assert file.look().state != ""
    path.write_text("step,loss\n3,7\n4,8\n")
    assert file.look().generation > before.generation
    assert file.read(0, 100) == b"step,loss\n3,7\n4,8\n"
    file.close()
    assert TreeFile(folder, "nothing").look().state == NOT_THERE


def test_curves_columns_and_logs_show_nothing_from_outside_of_a_run_tree(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away/metrics.csv").write_text(OUTSIDE)
    (tmp_path / "away/events.out.tfevents.1.x").write_bytes(b"")
    number = project.finish("echo x >result", __gitignore="metrics.csv\nruns\n")
    tree = project.world.base / "runs" / str(number) / "tree"
    (tree / "metrics.csv").symlink_to(tmp_path / "away/metrics.csv")
    (tree / "runs").symlink_to(tmp_path / "away")
    side = project.batch, project.run(number)
    (metrics,) = open_metrics([side])
    assert [*metrics.update()] == []
    assert metrics.notes() == ["metrics.csv: leads out of the run tree"]
    assert metrics.columns.names == ()
    assert not any(values for values in latest_values([side]).values())
    file = open_file(project.server, number, "tree:metrics.csv")
    assert file.look().state == "leads out of the run tree"
    assert in_folder(project.batch, number, "", "runs") == []
    (tree / "own").mkdir()
    (tree / "own/events.out.tfevents.1.x").write_bytes(b"")
    (tree / "inside").symlink_to("own")
    assert in_folder(project.batch, number, "", "inside") == ["inside/events.out.tfevents.1.x"]
