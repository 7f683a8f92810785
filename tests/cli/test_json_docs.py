"""docs/json.md: its examples have just the keys that the commands print."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from gitbatch_tui.cli.frame import cli
from tests.support.command_line import at_once, call, command
from tests.support.sharing import hire, make_origin

if TYPE_CHECKING:
    from tests.support.project import Project

DOCS = Path(__file__).parents[2] / "docs/json.md"
EXAMPLE = re.compile(
    r"^## `(?P<words>.+)`\n(?:(?!## ).*\n)*?```json\n(?P<json>(?:.*\n)*?)```", re.MULTILINE
)
PYTHON = sys.executable
JOB = "echo seen; echo '{\"loss\": 0.5}' >metrics.json; echo $GITBATCH_RUN >number"
CALLS = (
    "runs",
    "show 1",
    "verify 1",
    "compare 1",
    "plot 1",
    "diff 1",
    "pull 1",
    "files 1",
    "get 1 metrics.json ../copy.json",
    "publish",
    "export 1 --to ../run.zip",
    "report 1 -o ../report.html",
    "reproduce 1 --with 2",
    "cancel 1",
    "prune batch --dry-run",
    "show 99",
    "freeze ../data",
    "hold 1",
    "release 1",
    "get 1",
    "submit --again -o lr=0.1",
    "rerun 1",
    "submit --sweep lr=0.1,0.3",
    "verify-data ../data",
    "doctor batch",
    "new at --force",
    "setup second /srv/second",
)
"""Four at a time are run side by side."""
FROM = "setup --from origin"
"""In a clone of somebody else."""


def examples() -> dict[str, Any]:
    found = EXAMPLE.finditer(DOCS.read_text())
    return {match["words"]: json.loads(match["json"]) for match in found}


def said_by(project: Project) -> dict[str, Any]:
    """The answers of all these commands, in a project with a run and its repetition."""
    project.finish(JOB)
    project.again(1)
    make_origin(project)
    (project.world.root / "data").mkdir()
    (project.world.root / "data/table.csv").write_text("1,2\n")
    # The examples speak of a folder that everybody may have.
    places = [words.replace("/srv/", f"{project.world.root}/") for words in CALLS]
    lines = [command(project, *words.split(), "--json") for words in places]
    answers = [said for at in range(0, len(lines), 4) for said in at_once(lines[at : at + 4])]
    found = {words: answer.json for words, answer in zip(CALLS, answers, strict=True)}
    return {**found, FROM: hire(project).call(*FROM.split(), "--json").json}


def shape(value: Any) -> Any:
    """The keys of an object, and those of the objects in its lists."""
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict) else []
    if not isinstance(value, dict):
        return None
    lists = {key: shape(inner) for key, inner in value.items() if isinstance(inner, list)}
    return {key: lists.get(key) for key in value}


@pytest.mark.timeout(180)
def test_every_example_has_the_keys_that_are_printed(project: Project) -> None:
    said = said_by(project)
    assert examples().keys() == {*CALLS, FROM}
    shapes = {words: shape(example) for words, example in examples().items()}
    assert shapes == {words: shape(answer) for words, answer in said.items()}
    for words, answer in said.items():
        for each in answer if isinstance(answer, list) else [answer]:
            assert next(iter(each.items())) == ("version", 1), words


def test_every_command_that_prints_json_has_an_example() -> None:
    context = click.Context(cli)
    known = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    prints = {
        name
        for name, each in known.items()
        if each and any("--json" in option.opts for option in each.params)
    }
    assert "runs" in prints
    assert prints == {words.split()[0] for words in examples()}


def test_the_library_example_runs(project: Project) -> None:
    project.finish(JOB)
    assert call(project, "doctor", "batch").status == 0
    text = DOCS.with_name("scripts.md").read_text()
    (program,) = re.findall(r"```python\n((?:.*\n)*?)```", text)
    assert len(program.splitlines()) <= 10
    path = project.world.root / "example.py"
    path.write_text(program)
    done = project.world.call("env", f"PYTHONPATH={DOCS.parents[1]}", PYTHON, str(path))
    assert (done.status, done.output) == (0, "batch#1 succeeded 0.5\n")
