"""The commands verify and reproduce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project


@pytest.fixture(autouse=True)
def python(project: Project) -> Path:
    """The Python of every job: one that answers at once, however busy the machine is."""
    path = project.world.root / "bin/python3"
    project.world.script(path, "#!/bin/sh\necho python version: 1.0\n")
    project.world.env["PATH"] = f"{path.parent}:{project.world.env['PATH']}"
    return path


def test_verify_ends_well_only_if_all_is_green(project: Project) -> None:
    project.finish("echo 1 >out")
    said = call(project, "verify", "1")
    assert said.status == 0, said
    assert said.out.startswith("batch#1  verified\n  ✔ results ")
    (project.world.run(1) / "tree/out").write_text("2\n")
    said = call(project, "verify", "1")
    assert said.status == 1
    assert "  ✖ run tree     Files of it were changed since: out.\n" in said.out
    said = call(project, "verify", "batch#1", "--json")
    assert said.status == 1
    assert said.json["verified"] is False
    assert {"name": "run tree", "colour": "red"}.items() <= said.json["checks"][2].items()


@pytest.mark.parametrize("option", ["--tolerance", "--absolute"])
def test_what_is_no_number_is_no_tolerance(project: Project, option: str) -> None:
    said = call(project, "reproduce", "1", option, "NaN")
    assert (said.status, project.batch.runs()) == (2, ())
    assert f"Invalid value for '{option}': NaN is no number." in said.err


def test_reproduce_ends_well_only_if_it_came_out_the_same(project: Project) -> None:
    project.finish('echo 1 >out; test "$GITBATCH_RUN" -lt 3 || echo 2 >out')
    said = call(project, "reproduce", "1")
    assert (said.status, said.out) == (
        0,
        "batch#2 reproduces batch#1: the results are identical.\n",
    )
    assert "batch#2 is batch#1 again.\n" in said.err
    said = call(project, "reproduce", "1", "--json")
    assert said.status == 1
    facts = said.json
    # Its repetitions have the Python of these tests.
    keys = {change["key"] for change in facts.pop("environment")}
    assert "python version" in keys
    assert facts == {
        "version": 1,
        "run": "batch#1",
        "again": "batch#3",
        "reproduced": False,
        "end": "",
        "tolerance": 0.0,
        "absolute": 0.0,
        "files": [{"path": "out", "likeness": "differs", "words": "line 1: 1 → 2"}],
        "warnings": [],
    }
    said = call(project, "reproduce", "1", "--with", "2")
    assert said.status == 0
    assert not project.world.run(4).exists()


def test_a_repetition_that_is_rejected_is_an_error(project: Project) -> None:
    project.finish(
        "echo 1 >out",
        schedule__sh='#!/bin/sh\ntest "$GITBATCH_RUN" = 1 && "$GITBATCH" spawn ./run.sh\n',
    )
    said = call(project, "reproduce", "1")
    assert said.status == 1
    assert "batch#2 was rejected: schedule.sh ended with exit status 1" in said.err
    assert project.run(1).findings == ()


def test_reproduce_runs_on_one_remote_or_compares_with_one_run(project: Project) -> None:
    project.finish("echo 1 >out")
    said = call(project, "reproduce", "1", "--on", "batch", "--with", "1")
    assert said.status == 2
    assert "--on and --with exclude each other" in said.err


def test_compare_sets_runs_side_by_side(project: Project) -> None:
    project.finish('printf \'{"loss": 0.%d}\' "$GITBATCH_RUN" >metrics.json')
    # Like the push, in the environment of the world.
    project.world.gitbatch("rerun", "1")
    project.world.settled(2)
    said = call(project, "compare", "1", "2", "1", "--sort", "-loss", "--plot", "loss")
    assert said.status == 0, said
    header, second, first, empty, heading, *dots = said.out.split("\n")
    assert [words.split()[0] for words in (header, second, first)] == ["run", "batch#2", "batch#1"]
    assert (second.split()[-1], first.split()[-1]) == ("0.2", "0.1")
    assert (empty, heading) == ("", "loss")
    assert dots[0].endswith("·●")
    said = call(project, "compare", "1", "2", "--json")
    assert [(row["run"]["number"], row["metrics"]) for row in said.json] == [
        (1, {"loss": 0.1}),
        (2, {"loss": 0.2}),
    ]
    assert call(project, "compare", "1", "2", "--sort", "gain").status == 1
    said = call(project, "compare", "1", "2", "--metrics", "other.json")
    assert "none of the results has other.json with names and values in it" in said.err


def test_metrics_outside_of_the_results_are_refused_in_a_sentence(project: Project) -> None:
    project.finish("echo '{\"loss\": 0.1}' >metrics.json")
    for path in ("../metrics.json", "/etc/passwd", ".git/config"):
        for command in (("compare", "1"), ("plot", "1"), ("report", "1", "-o", "page.html")):
            said = call(project, *command, "--metrics", path)
            assert (said.status, said.err.split(":")[1]) == (1, f" {path} is no path among results")


def test_of_two_runs_without_results_only_their_end_is_the_same(project: Project) -> None:
    project.finish("exit 3")
    said = call(project, "reproduce", "1")
    assert said.out == "batch#2 ended as batch#1 did; neither has results to compare.\n"
