"""A sweep from lines that somebody types, and lines that surely mean several values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs.groups import undone_among
from gitbatch_tui.core.sweeps.grid import taken_apart, values_in
from gitbatch_tui.core.sweeps.plan import plan_of_lines
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Run, State

if TYPE_CHECKING:
    from pathlib import Path


def test_no_lines_are_no_sweep(tmp_path: Path) -> None:
    assert plan_of_lines((), ("lr=1",), tmp_path) is None


def test_lists_ranges_and_a_limit_are_one_plan(tmp_path: Path) -> None:
    plan = plan_of_lines(("lr=0.1,0.3", "seed=1..2", "at most 4"), ("data=v2",), tmp_path)
    assert plan
    assert plan.at_most == 4
    assert plan.rows == (
        ("data=v2", "lr=0.1", "seed=1"),
        ("data=v2", "lr=0.1", "seed=2"),
        ("data=v2", "lr=0.3", "seed=1"),
        ("data=v2", "lr=0.3", "seed=2"),
    )


def test_what_is_swept_takes_the_place_of_the_parameter(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("seed\n7\n8\n")
    plan = plan_of_lines(("lr=1,2", "rows.csv"), ("lr=0.1", "seed=0", "data=v2"), tmp_path)
    assert plan
    assert plan.rows[0] == ("data=v2", "seed=7", "lr=1")
    assert len(plan.rows) == 4


WRONG = {
    "two files": (("a.csv", "b.csv"), "one file"),
    "two limits": (("lr=1,2", "at most 3", "at most 4"), "one limit"),
    "only a limit": (("at most 3",), "what is swept"),
    "no limit": (("lr=1,2", "at most 0"), "at most 0: a number from 1 on was expected"),
    "a limit in words": (("lr=1,2", "at most two"), "as in `at most 4`"),
    "a limit without a number": (("lr=1,2", "at most"), "a number from 1 on was expected"),
    "no file": (("no.csv",), "can't be read"),
    "no name": (("l-r=1,2",), "letters, digits and underscores"),
}


@pytest.mark.parametrize(("lines", "why"), WRONG.values(), ids=WRONG)
def test_what_is_no_sweep_is_said(lines: tuple[str, ...], why: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=why):
        plan_of_lines(lines, (), tmp_path)


COUNTS = {
    "lr=0.1,0.3,1": 3,
    "seed=1..9": 9,
    "lr=1e-3, 1e-2": 2,
    "n=1..2,10": 3,
    "lr=1,1": 2,
    "lr=0.1": 1,
    "model=cnn,tree": 1,
    "file=../data": 1,
    "lr=": 1,
    "x=3..1": 1,
    "a b=1,2": 1,
}


@pytest.mark.parametrize(("option", "count"), COUNTS.items(), ids=COUNTS)
def test_only_numbers_surely_are_several_values(option: str, count: int) -> None:
    assert len(values_in(option)) == (count if count > 1 else 0)


def test_parameters_in_one_line_are_taken_apart() -> None:
    assert taken_apart("lr=0.1 epochs=4  name=a b") == ("lr=0.1", "epochs=4", "name=a b")
    assert taken_apart("lr=0.1") == ("lr=0.1",)


def a_run(number: int, state: State, *options: str, sweep: int = 0, commit: str = "a") -> Run:
    return Run("batch", number, state, "master", commit * 40, options=options, sweep=sweep)


def test_only_what_is_undone_of_each_sweep_and_commit_is_run_again() -> None:
    known = [
        a_run(1, State.FAILED, "lr=1", sweep=1),
        a_run(2, State.FAILED, "lr=2", sweep=1),
        a_run(3, State.SUCCEEDED, "lr=3", sweep=1),
        a_run(4, State.SUCCEEDED, "lr=1", sweep=1),
        a_run(5, State.CANCELLED, "lr=1"),
        a_run(6, State.RUNNING, "lr=2"),
        a_run(7, State.LOST, "lr=1", commit="b"),
    ]
    lists = [[run.number for run in own] for own in undone_among(known, known)]
    assert lists == [[2], [5], [7]]
    assert undone_among([known[0], known[2]], known) == [], "1 was run again already, as 4"
