"""Runs side by side: what they measured, with what, and how fast."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.compare.dots import dots, plot
from gitbatch_tui.core.compare.metrics import read_metrics
from gitbatch_tui.core.compare.runs import (
    RunRow,
    RunTable,
    cells,
    environment_lines,
    line_up,
    not_written,
)
from gitbatch_tui.core.curves.columns import Columns
from gitbatch_tui.core.results.best import best_in, best_of
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Run, State

if TYPE_CHECKING:
    from gitbatch_tui.core.compare.metrics import Value
    from tests.support.project import Project

MEASURED = """\
printf '{"loss": %s, "kind": "a"}' "$GITBATCH_OPTION_LR" >metrics.json
echo x,y >a.csv
echo 1,$GITBATCH_RUN >>a.csv
"""


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ('{"a": 1, "b": {"c": 0.5, "d": "x"}}', "m.json", {"a": 1, "b.c": 0.5, "b.d": "x"}),
        ('{"a": true, "b": [1], "c": null}', "m.json", {"a": "true"}),
        ("[1, 2]", "m.json", {}),
        ('{"a": ', "m.json", {}),
        ("epoch,loss\n1,0.5\n2,0.25\n", "m.csv", {"epoch": 2, "loss": 0.25}),
        ("epoch,loss\n", "m.csv", {}),
        ("a\tb\nx\t1e3\n", "m.tsv", {"a": "x", "b": 1000.0}),
        ('{"a\\n\\u001b": "\\u001b[2J"}', "m.json", {"a<LF><ESC>": "<ESC>[2J"}),
        ('{"a": ' + "9" * 400 + "}", "m.json", {"a": "9" * 80}),
        ('{"a": 9007199254740993, "b": 1e400}', "m.json", {"a": 9007199254740993, "b": "1e400"}),
        ("id,x\n007,1\n", "m.csv", {"id": "007", "x": 1}),
        ("step,a,b\n1,5,\n1,,7\n2,4,\n", "m.csv", {"step": 2, "a": 4, "b": 7}),
        ("step,a\n1,5\nstep,b,c\n2,6,7\n", "m.csv", {"step": 2, "a": 5, "b": 6, "c": 7}),
        ("x,x (2),x,y\n1,2,3,4\n", "m.csv", {"x": 1, "x (2)": 2, "x (3)": 3, "y": 4}),
        ('{"a": 1, "b": 2}\nbegun\n{"a": 3}\n', "m.jsonl", {"a": 3, "b": 2}),
        ('[{"a": 1, "b": 2}, {"a": 3}]', "m.json", {"a": 3, "b": 2}),
    ],
)
def test_metrics_are_read_from_json_and_tables(
    text: str, path: str, found: dict[str, Value]
) -> None:
    assert read_metrics(text.encode(), path) == found


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ('{"ä": 1}', "m.json", {"ä": 1}),
        ('{"a": 1, "b": 2}\n{"a": 3}\n', "m.jsonl", {"a": 3, "b": 2}),
        ("epoch,loss\r\n1,0.5\r\n2,0.25\r\n", "m.csv", {"epoch": 2, "loss": 0.25}),
    ],
)
def test_metrics_are_read_as_windows_writes_them(
    text: str, path: str, found: dict[str, Value], mark: str
) -> None:
    data = f"\ufeff{text}".encode(mark)
    assert read_metrics(data, path) == found
    columns = Columns(path)
    for at in range(0, len(data), 5):
        columns.feed(data[at : at + 5])
    columns.finish()
    steps = {name: value for name, value in found.items() if name != "epoch"}
    assert {name: columns.last(name) for name in columns.names} == steps
    assert columns.notes() == []


def test_of_a_very_long_file_its_last_lines_are_read() -> None:
    rows = b"1,5,\n" * (2 * 2**20) + b"2,4,7\n"
    assert read_metrics(b"step,a,b\n" + rows, "m.csv") == {"step": 2, "a": 4, "b": 7}
    lines = b'{"step": 1, "a": 5}\n' * (2**19) + b'{"step": 2}\n'
    assert read_metrics(lines, "m.jsonl") == {"step": 2, "a": 5}


def row(number: int, **metrics: Value) -> RunRow:
    run = Run("batch", number, State.SUCCEEDED, "master", "0" * 40)
    return RunRow(run, float(number), {"lr": number / 10}, metrics, {})


def lineup(*rows: RunRow) -> RunTable:
    return RunTable(rows, ("lr",), ("loss",), ())


def order(lineup: RunTable) -> list[int]:
    return [row.run.number for row in lineup.rows]


def test_a_column_sorts_numbers_by_size_and_what_is_missing_last() -> None:
    runs = lineup(row(1, loss=10), row(2), row(3, loss=9.5), row(4, loss=math.nan))
    assert order(runs.sorted_by("loss")) == [3, 1, 4, 2]
    assert order(runs.sorted_by("loss", reverse=True)) == [1, 3, 4, 2]
    assert order(runs.sorted_by("run", reverse=True)) == [4, 3, 2, 1]
    with pytest.raises(Refused, match="no column gain to sort by; known: run, state, took, lr"):
        runs.sorted_by("gain")


def test_a_metric_that_a_parameter_has_the_name_of_is_a_column_of_its_own() -> None:
    rows = [
        replace(row(number, loss=value, took=5), parameters={"loss": word})
        for number, value, word in ((1, 0.5, "mse"), (2, 0.25, "huber"))
    ]
    table = RunTable(tuple(rows), ("loss",), ("loss", "took"), ())
    assert cells(table) == [
        ["run", "took", "loss", "loss (measured)", "took (measured)"],
        ["batch#1", "1s", "mse", "0.5", "5"],
        ["batch#2", "2s", "huber", "0.25", "5"],
    ]
    assert order(table.sorted_by("loss (measured)")) == [2, 1]
    assert table.drawable() == ("loss", "took")
    assert plot(table, "loss", 40)[1].startswith("batch#1  0.5   ·")
    assert best_in(table, "loss")[0].number == 2
    with pytest.raises(Refused, match="has no number lr; known: loss, took"):
        best_in(table, "lr")


def test_a_plot_puts_every_number_on_one_scale() -> None:
    assert dots([0, 10, 5, None, math.inf], 11) == [
        "●··········",
        "··········●",
        "·····●·····",
        "",
        "",
    ]
    assert dots([3, 3], 3) == ["·●·", "·●·"]
    assert dots([None], 3) == [""]
    assert dots([-1.7e308, 1.7e308], 3) == ["●··", "··●"]
    lines = plot(lineup(row(1, loss=1), row(12, loss=2)), "loss", 26)
    assert lines == ["loss", "batch#1  1   ●············", "batch#12  2  ············●"]


def test_columns_are_those_of_all_runs() -> None:
    assert cells(lineup(row(1, loss=0.123456789), row(2))) == [
        ["run", "took", "lr", "loss"],
        ["batch#1", "1s", "0.1", "0.123457"],
        ["batch#2", "2s", "0.2", "-"],
    ]


def measured(project: Project) -> RunTable:
    """Two runs with another parameter, under another Python."""
    python = project.world.root / "bin/python3"
    project.world.env["PATH"] = f"{python.parent}:{project.world.env['PATH']}"
    for number, rate in ((1, "0.5"), (2, "0.1")):
        project.world.script(python, f"#!/bin/sh\necho python version: {number}\n")
        project.world.commit(
            {
                "schedule.sh": '#!/bin/sh\n"$GITBATCH" run ./run.sh\n',
                "run.sh": f"#!/bin/sh\n{MEASURED}\n",
            },
            branch=f"b{number}",
        )
        project.world.push(options=[f"lr={rate}"])
        project.world.settled(number)
    return line_up([(project.batch, project.run(number)) for number in (1, 2)])


def test_parameters_metrics_and_what_differs_in_environments_come_from_the_records(
    project: Project,
) -> None:
    found = measured(project)
    assert (found.parameters, found.metrics) == (("lr",), ("loss", "kind"))
    assert found.environment == ("python version",)
    assert [dict(row.metrics) for row in found.rows] == [
        {"loss": 0.5, "kind": "a"},
        {"loss": 0.1, "kind": "a"},
    ]
    assert [row.words("python version") for row in found.rows] == ["1", "2"]
    assert found.drawable() == ("loss",)
    table = line_up([(project.batch, project.run(number)) for number in (1, 2)], "a.csv")
    assert [row.value("y") for row in table.rows] == [1, 2]
    assert line_up([(project.batch, project.run(1))], "none.json").metrics == ()


def test_the_numbers_of_a_single_run_are_named_where_another_is_asked_for() -> None:
    measured = replace(row(1), metrics={"auc": 0.5, "kind": "a"})
    table = RunTable((measured, row(2)), (), ("auc", "kind"), (), ("metrics.json",))
    with pytest.raises(Refused, match=r"has no number acu; known: auc\."):
        best_in(table, "acu")
    assert best_in(table, "auc") == (measured.run, "auc 0.5")


@pytest.mark.parametrize(
    ("wish", "best"),
    [
        ("loss", 3),
        ("-loss", 2),
        ("count", 2),
        ("-count", 1),
    ],
)
def test_the_best_is_found_exactly_and_is_no_run_that_diverged(wish: str, best: int) -> None:
    measured: list[dict[str, Value]] = [
        {"loss": math.inf, "count": 9007199254740993},
        {"loss": 0.5, "count": 9007199254740992},
        {"loss": 0.25, "count": "1"},
        {"loss": -math.inf},
        {"loss": math.nan},
    ]
    rows = tuple(replace(row(at), metrics=each) for at, each in enumerate(measured, start=1))
    found, words = best_in(RunTable(rows, (), ("loss", "count"), ()), wish)
    assert found.number == best
    assert words == f"{wish.strip('-')} {measured[best - 1][wish.strip('-')]}"


def test_where_no_run_has_a_best_value_yet_it_is_said_how_many_go_on(project: Project) -> None:
    failed, queued = (
        Run("batch", number, state, "master", "0" * 40)
        for number, state in ((1, State.FAILED), (2, State.QUEUED))
    )
    with pytest.raises(Refused, match=r"left results yet, and 1 of 2 goes on: wait for the end"):
        best_of(project.batch, [failed, queued], "loss")
    with pytest.raises(Refused, match=r"left results\.$"):
        best_of(project.batch, [failed], "loss")


def test_metrics_that_came_with_the_commit_are_not_those_of_the_run(project: Project) -> None:
    job = 'test "$GITBATCH_RUN" = 1 && echo \'{"loss": 1}\' >metrics.json'
    project.finish(job)
    project.world.git("pull", "-q", "batch", "master")
    project.finish(job)
    # It writes the same bytes, which nobody can tell from a file that it left alone.
    project.finish("echo '{\"loss\": 1}' >metrics.json; echo other >out")
    found = line_up([(project.batch, project.run(number)) for number in (1, 2, 3)])
    assert [dict(row.metrics) for row in found.rows] == [{"loss": 1}, {}, {}]
    assert [row.inherited for row in found.rows] == ["", "metrics.json", "metrics.json"]
    assert not_written(found) == (
        "metrics.json came with the commit, and was not changed by this run: batch#2, batch#3."
    )
    assert found.drawable() == ()


def test_environments_that_differ_are_a_few_lines_and_no_columns() -> None:
    names = [f"tool{number}" for number in range(40)]
    rows = [
        replace(row(number), environment={"host": f"n{number}", **dict.fromkeys(names, version)})
        for number, version in ((1, "1.0"), (2, "2.0"), (3, "2.0"))
    ]
    table = RunTable(tuple(rows), ("lr",), (), ("host", *names), packages=frozenset(names))
    assert cells(table)[0] == ["run", "took", "lr"]
    assert environment_lines(table) == [
        "The environments differ:",
        "  host: n1 / n2 / n3",
        "  40 packages: tool0 1.0 / 2.0, tool1 1.0 / 2.0, tool2 1.0 / 2.0, ...",
    ]
    assert environment_lines(lineup(row(1), row(2))) == []
