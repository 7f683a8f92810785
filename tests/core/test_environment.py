"""Reading what a job computed with, and telling two of them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.record_files import environment_of
from gitbatch_tui.core.server.environment import Difference, differences, parse

if TYPE_CHECKING:
    from tests.support.project import Project

LEFT = "host: node7\npackage pip: numpy==2.3\npackage pip: pandas==3.0\nmodule: gcc/12\n"
RIGHT = "host: node8\npackage pip: pandas==3.0\npackage pip: numpy==2.4\nvariable TZ: UTC\n"


def test_a_run_has_its_environment_in_the_clones_history(project: Project) -> None:
    run = project.run(project.finish("true"))
    environment = environment_of(project.clone, run)
    assert environment
    assert environment.first("host") == run.host
    assert str(environment).startswith(run.host)


def test_a_run_without_a_job_of_ours_has_none(project: Project) -> None:
    number = project.world.submit({"schedule.sh": "#!/bin/sh\nexit 3\n"})
    project.world.settled(number)
    assert environment_of(project.clone, project.run(number)) is None


def test_only_what_differs_is_told_in_either_direction() -> None:
    assert differences(parse(LEFT), parse(RIGHT)) == (
        Difference("host", ("node7",), ("node8",)),
        Difference("package pip", ("numpy==2.3",), ("numpy==2.4",)),
        Difference("module", ("gcc/12",), ()),
        Difference("variable TZ", (), ("UTC",)),
    )
    assert differences(parse(LEFT), parse(LEFT)) == ()


def test_an_environment_is_told_in_one_line() -> None:
    environment = parse(LEFT + "python version: 3.11.7\nsystem: Debian 12\x1b[31m\n")
    assert str(environment) == "node7, Debian 12<ESC>[31m, Python 3.11.7, 2 packages"
