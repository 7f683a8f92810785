"""Columns of what runs used of what they had asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gitbatch_tui.models import Run, State, Usage
from gitbatch_tui.ui.measured import columns_of
from gitbatch_tui.ui.panes.run_columns import USED, Sight, columns_for, usage_names_of
from gitbatch_tui.ui.panes.run_list import RunListModel
from gitbatch_tui.ui.panes.run_rows import RunAdapter
from gitbatch_tui.ui.widgets.list_model import fit

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SIGHT = Sight(lambda _: NOW)
GIB = 2**30
RUN = Run("batch", 1, State.SUCCEEDED, "master", "0" * 40)
IDLE = replace(
    RUN,
    used=Usage(
        cpu=3168, wall=3600, memory=3 * GIB, cores=8, memory_asked=64 * GIB, limit=36000,
        reserved=57600,
    ),
)  # fmt: skip
RUNNING = replace(
    RUN,
    state=State.RUNNING,
    started=NOW - timedelta(minutes=3),
    deadline=NOW + timedelta(minutes=57),
)


def test_they_say_how_much_was_used_and_mark_what_was_too_little() -> None:
    columns = columns_of(USED, {})
    cells = [column.cell(IDLE, SIGHT) for column in columns]
    assert [(cell.text, cell.tone) for cell in cells] == [
        ("6 %", "warning"),
        ("3 of 64 GiB", ""),
        ("10 %", "warning"),
    ]
    assert [column.cell(RUN, SIGHT).text for column in columns] == ["", "", ""]


def test_of_a_run_that_goes_on_the_time_that_has_passed_is_no_warning() -> None:
    cell = USED["time used"].cell(RUNNING, SIGHT)
    assert (cell.text, cell.tone) == ("5 %", "")


@pytest.mark.parametrize("name", ["cpu used", "memory used"])
def test_runs_are_sorted_by_them_and_those_without_come_last(name: str) -> None:
    busy = replace(IDLE, number=2, used=replace(IDLE.used, cpu=57600, memory=9 * GIB))  # type: ignore[type-var]  # it has one
    adapter = RunAdapter(lambda: NOW)
    adapter.add_columns([USED[name]])
    rows = RunListModel(adapter)
    rows.replace([busy, RUN, IDLE])
    rows.sort_by(USED[name].key, reverse=False)
    assert rows.shown == [IDLE, busy, RUN]
    rows.sort_by(USED[name].key, reverse=True)
    assert rows.shown == [busy, IDLE, RUN]


def test_they_are_offered_where_anything_was_asked_for() -> None:
    assert usage_names_of([RUN, replace(RUN, used=Usage(cpu=5, wall=9))]) == []
    assert usage_names_of([RUN, IDLE]) == list(USED)
    assert usage_names_of([RUNNING]) == list(USED)


@pytest.mark.parametrize("name", [*USED, "loss"])
def test_the_first_column_that_was_chosen_has_room_in_80_columns(name: str) -> None:
    sight = replace(SIGHT, names=("lr", "seed", "epochs"))
    sight.widths = {name: len(name) for name in sight.names}
    first, second = columns_of([name, "accuracy"], {})
    fitted = [column.title for column, _ in fit(columns_for(sight, [first, second]), 46)]
    assert first.title in fitted
    assert {"run", "state", "lr", "age"} <= set(fitted)
    assert second.title not in fitted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.98354321, "0.98354"),
        (0.00061180, "0.000612"),
        (-0.00061180, "-0.00061"),
        (1.23456e-05, "1.23e-05"),
        (123456.7, "1.23e+05"),
        (12345, "12345"),
    ],
)
def test_numbers_of_metrics_have_as_many_digits_as_have_room(value: float, shown: str) -> None:
    (column,) = columns_of(["loss"], {("batch", 1): {"loss": value}})
    assert column.cell(RUN, SIGHT).text == shown
    assert len(shown) <= column.width
