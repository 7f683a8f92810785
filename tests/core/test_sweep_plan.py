"""What a sweep is to be: lists, ranges and files become rows, or a sentence that says why not."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.runs.parameters import crossed
from gitbatch_tui.core.sweeps.grid import axis_of, equal_cells, grid, second_name_in
from gitbatch_tui.core.sweeps.plan import complete, key_of, plan
from gitbatch_tui.core.sweeps.table import read_rows
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Run, State

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.sweeps.grid import Row

VALUES = {
    "a list": ("lr=0.1,0.3,1", ["0.1", "0.3", "1"]),
    "words": ("model=cnn, tree", ["cnn", "tree"]),
    "a range": ("seed=1..3", ["1", "2", "3"]),
    "a range with a step": ("lr=0..1..0.25", ["0", "0.25", "0.5", "0.75", "1"]),
    "tenths are exact": ("lr=0.1..0.3..0.1", ["0.1", "0.2", "0.3"]),
    "downwards": ("n=3..1..-1", ["3", "2", "1"]),
    "the end isn't met": ("n=1..6..2", ["1", "3", "5"]),
    "mixed": ("n=1..2,10", ["1", "2", "10"]),
    "large steps": ("n=100..300..1e2", ["100", "200", "300"]),
    "twice the same": ("n=1,1,2", ["1", "2"]),
    "no range": ("file=../data..old", ["../data..old"]),
    "padded": ("fold=08..10", ["08", "09", "10"]),
    "padded at one end": ("n=1..003", ["001", "002", "003"]),
    "padded with a sign": ("n=-01..1", ["-01", "000", "001"]),
    "padded with a step": ("n=00..10..5", ["00", "05", "10"]),
    "padded without whole steps": ("n=01..02..0.5", ["1", "1.5", "2"]),
    "blanks around dots": ("n=1 .. 3, 7", ["1", "2", "3", "7"]),
    "brackets and quotes": ("x=[64],(1),'a',don't", ["[64]", "(1)", "'a'", "don't"]),
    "the folder above": ("dir=..,../..", ["..", "../.."]),
    "a version": ("v=1.2.3,1.2", ["1.2.3", "1.2"]),
    "an equals sign": ("flag=--x=1", ["--x=1"]),
}


@pytest.mark.parametrize(("axis", "values"), VALUES.values(), ids=VALUES)
def test_lists_and_ranges_are_their_values(axis: str, values: list[str]) -> None:
    name = axis.partition("=")[0]
    assert grid([axis_of(axis)]) == tuple((f"{name}={value}",) for value in values)


EQUAL = {
    "digits": (("lr=0.1,0.10",), ("lr=0.1", "lr=0.10")),
    "a power": (("lr=0.1,1e-1", "seed=1..2"), ("lr=0.1", "lr=1e-1")),
    "a range and a value": (("lr=0..1..0.5,1.0",), ("lr=1", "lr=1.0")),
    "codes": (("fold=08,8", "name=a,A"), None),
    "other parameters": (("a=1", "b=1.0"), None),
    "versions": (("v=1.2.3,1.2.30",), None),
}


@pytest.mark.parametrize(("axes", "cells"), EQUAL.values(), ids=EQUAL)
def test_numbers_that_are_written_in_two_ways_are_named(
    axes: tuple[str, ...], cells: tuple[str, str] | None
) -> None:
    planned = plan(axes)
    assert equal_cells(planned.rows) == cells
    said = f"; {cells[0]} and {cells[1]} are one number, and have a run each" if cells else ""
    words = planned.words(Run("batch", 1, State.SUCCEEDED, "master", "a" * 40))
    assert words.endswith(said)
    assert ("one number" in words) is bool(cells)


REPEATED = {
    "one value": (("lr=1,1",), "; lr=1 is there more than once: 1 run, not 2"),
    "a range": (("n=1..3,2",), "; n=2 is there more than once: 3 runs, not 4"),
    "three times": (("a=x,x,x,y",), "; a=x is there more than once: 2 runs, not 4"),
    "in a product": (("lr=1,1,3", "seed=1..2"), "; lr=1 is there more than once: 4 runs, not 6"),
    "ranges that meet": (
        ("depth=2,4", "fold=1..3,3..5"),
        "; fold=3 is there more than once: 10 runs, not 12",
    ),
    "two": (("lr=1,1", "n=2,2"), "; lr=1, n=2 are there more than once: 1 run, not 4"),
    "none": (("lr=1,01",), ""),
}


@pytest.mark.parametrize(("axes", "words"), REPEATED.values(), ids=REPEATED)
def test_a_plan_says_what_was_given_more_than_once(axes: tuple[str, ...], words: str) -> None:
    run = Run("batch", 1, State.SUCCEEDED, "master", "a" * 40)
    said = plan(axes).words(run)
    assert said.startswith(
        f"{plural(len(grid([axis_of(axis) for axis in axes])), 'run')} of master aaaaaaa: "
    )
    assert said.partition("; ")[1:] == (words[:2], words[2:])


def test_several_lists_are_combined_and_the_last_changes_fastest() -> None:
    assert grid([axis_of("a=1,2"), axis_of("b=x,y")]) == (
        ("a=1", "b=x"),
        ("a=1", "b=y"),
        ("a=2", "b=x"),
        ("a=2", "b=y"),
    )


WRONG = {
    "no name": ("=1,2", "isn't NAME=VALUE"),
    "no values": ("lr", "isn't NAME=VALUE"),
    "a name with a dash": ("learning-rate=1", "letters, digits and underscores"),
    "an empty range": ("x=3..1", "has no values"),
    "a range without an end": ("x=1..", "is no range"),
    "a range without a start": ("x=..0.5", "is no range"),
    "a range with an open step": ("x=1..3..", "is no range"),
    "a range of four numbers": ("x=1..9..2..1", "is no range"),
    "a range of very exact numbers": ("x=0..1..0.3333333333333333", "15 digits at most"),
    "a range of very large numbers": ("x=1..10000000000000000", "15 digits at most"),
    "a comma in brackets": ("x=[64,64],[8,8]", "a comma within brackets or quotes"),
    "a comma in quotes": ('x="a,b",c', "a comma within brackets or quotes"),
    "no step": ("x=1..3..0", "has no values"),
    "an empty value": ("x=1,,2", "empty value"),
    "nothing": ("x=", "empty value"),
    "too long a range": ("x=1..1000000", "100,000 at most"),
    "a line end": ("x=1\n2", "x=1<LF>2: a value is one line"),
    "an emoji of several": ("x=\U0001f469\u200d\U0001f52c", "<U\\+200D>.*: .*without invisible"),
    "a name of digits": ("1=2,3", "no digit first"),
    "no step between tenths": ("lr=0.1..1", r"write lr=0.1..1..0.1, for example"),
    "no end of a range": ("n=1e99..2e99", "100,000 at most"),
    "no step to a tenth": ("lr=1..9.5", r"write lr=1..9.5..1, for example"),
    "no step downwards": ("lr=0.1..1e-3", r"write lr=0.1..1e-3..-0.01, for example"),
}


@pytest.mark.parametrize(("axis", "why"), WRONG.values(), ids=WRONG)
def test_what_is_no_list_says_why(axis: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        grid([axis_of(axis)])


def test_a_product_that_is_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(Refused, match="1,000,000,000 runs"):
        grid([axis_of(f"{name}=1..1000") for name in "abc"])


@pytest.mark.parametrize(
    ("option", "second"),
    [("lr=0.1 epochs=4", "epochs"), ("text=a b", ""), ("expr=a=b", ""), ("lr=1  b_2=3", "b_2")],
)
def test_a_line_that_surely_means_two_values_is_known(option: str, second: str) -> None:
    assert second_name_in(option) == second


FILES = {
    "CSV": ("s.csv", "lr, seed\n0.1,1\n\n0.3,2\n", [("lr=0.1", "seed=1"), ("lr=0.3", "seed=2")]),
    "quotes": ("s.csv", 'text\n"a, b"\n', [("text=a, b",)]),
    "Windows": ("s.csv", "\ufefflr\r\n1\r\n", [("lr=1",)]),
    "JSON lines": (
        "s.jsonl",
        '{"lr": 1e-3, "on": true}\n\n{"lr": 0.10}\n',
        [("lr=1e-3", "on=true"), ("lr=0.10",)],
    ),
}


@pytest.mark.parametrize(("name", "text", "rows"), FILES.values(), ids=FILES)
def test_each_row_of_a_file_is_a_run(
    name: str, text: str, rows: list[tuple[str, ...]], tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode())
    assert list(read_rows(file)) == rows


FAULTS = {
    "too long a row": ("s.csv", "a,b\n1,2\n3,4,5\n", r"s.csv, line 3: 2 values .*\(a, b\), not 3"),
    "too short a row": ("s.csv", "a,b\n1\n", "line 2: 2 values were expected"),
    "a bad name": ("s.csv", "a b\n1\n", "line 1: a b is no name"),
    "semicolons": ("s.csv", "depth;fold\n2;1\n", "line 1: a comma was expected between columns"),
    "tabs": ("s.csv", "depth\tfold\n2\t1\n", "line 1: a comma was expected between columns"),
    "a column twice": ("s.csv", "a,a\n1,1\n", "line 1: a is there twice"),
    "a key twice": ("s.jsonl", '{"a": 1}\n{"a": 1, "b": 2, "a": 3}\n', "line 2: a is there twice"),
    "a list of objects": ("s.json", '[{"a": 1}]\n', "line 1: expected an object a line"),
    "an open quote": ("s.csv", 'a\n"1\n', "line 2: this is no CSV"),
    "only a header": ("s.csv", "a,b\n", "has no rows"),
    "no JSON": ("s.jsonl", '{"a": 1}\nlr=1\n', "line 2: expected an object"),
    "a list": ("s.jsonl", "[1]\n", "line 1: expected an object"),
    "a nested value": ("s.jsonl", '{"a": {"b": 1}}\n', "line 1: a value is a text"),
    "deep nesting": ("s.jsonl", "[" * 100000, "line 1: expected an object"),
    "no header": ("s.csv", "1,2\n3,4\n", "line 1: 1 is no name"),
    "two lines in a cell": ("s.csv", 'a,b\n1,"2\n3"\n', "line 3: a value is one line"),
    "a line end after a value": ("s.csv", 'a\n"1\n"\n', "line 3: a value is one line"),
    "a line separator": ("s.csv", "a,b\n1,2\u20283\n", "line 2: a value is one line"),
    "a next line": ("s.csv", "a,b\n1,2\x85\n", "line 2: a value is one line"),
    "a form feed": ("s.csv", "a,b\n1,2\f3\n", "line 2: a value is one line"),
    "two lines in a value": ("s.jsonl", '{"a": "1\\n2"}\n', "line 1: a value is one line"),
}


@pytest.mark.parametrize(("name", "text", "why"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_in_a_file_is_said_with_its_line(
    name: str, text: str, why: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(Refused, match=why):
        read_rows(file)


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="can't be read: No such file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(Refused, match="a<NUL>b is no name of a file"):
        read_rows(tmp_path / "a\0b")
    (tmp_path / "picture.csv").write_bytes(b"\xff\xd8")
    with pytest.raises(Refused, match="no text in UTF-8"):
        read_rows(tmp_path / "picture.csv")


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rows.csv")
    for path in (tmp_path / "rows.csv", tmp_path):
        with pytest.raises(Refused, match="is no regular file"):
            read_rows(path)


def test_a_file_is_read_once_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("lr\n1\n")
    first = read_rows(file)
    assert read_rows(file) is first
    file.write_text("lr\n1\n2\n")
    assert read_rows(file) == (("lr=1",), ("lr=2",))
    file.unlink()
    with pytest.raises(Refused, match="can't be read: No such file"):
        read_rows(file)


def test_a_sweep_of_which_runs_never_began_is_not_complete() -> None:
    rows = (("lr=1",), ("lr=2",))
    first = Run("batch", 1, State.SUCCEEDED, "master", "a" * 40, options=rows[0], sweep=1)
    cut, refused = (
        replace(first, number=2, state=State.REJECTED, options=rows[1], reason=reason)
        for reason in ("the hook was interrupted: run it again", "schedule.sh ended with 1")
    )
    assert complete(first, rows, [first, refused]) == (1,)
    assert complete(first, rows, [first, cut]) == ()
    assert key_of(first, rows, [first, cut]) == key_of(first, rows, [first])
    later = replace(first, number=3, options=rows[1])
    assert complete(first, rows, [first, cut, later]) == (1,)


def test_file_lists_and_fixed_parameters_go_together(tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("lr\n1\n2\n")
    made = plan(["seed=1..2"], file, ["data=x"])
    assert made.rows[1] == ("data=x", "lr=1", "seed=2")
    assert len(made.rows) == 4
    assert made.names == ("lr", "seed")


@pytest.mark.parametrize(
    ("axes", "options", "why"),
    [
        (["lr=1,2"], ["lr=3"], "lr is given twice"),
        (["lr=1,2", "lr=3"], [], "lr is swept twice"),
        (["a=1"], ["no value"], "isn't NAME=VALUE"),
    ],
)
def test_what_is_given_twice_is_refused(axes: list[str], options: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        plan(axes, None, options)


def test_two_rows_that_are_the_same_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("lr\n1\n1\n")
    with pytest.raises(Refused, match=r"s\.csv, line 3: this is the run of line 2: leave one"):
        plan([], file)


def test_rows_whose_columns_stand_in_another_order_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text('{"depth": 3, "fold": 1}\n{"depth": 3, "fold": 2}\n{"fold": 1, "depth": 3}\n')
    with pytest.raises(Refused, match=r"s\.jsonl, line 3: this is the run of line 1"):
        plan([], file)


TOO_LONG = "x" * 40_000


@pytest.mark.parametrize(
    ("text", "line"),
    [(f"note\nfine\n{TOO_LONG}\n", 3), (f'{{"note": "{TOO_LONG}"}}\n', 1)],
    ids=["csv", "json lines"],
)
def test_a_value_that_no_job_could_be_given_is_said_with_its_line(
    text: str, line: int, tmp_path: Path
) -> None:
    file = tmp_path / ("s.jsonl" if text.startswith("{") else "s.csv")
    file.write_text(text)
    with pytest.raises(Refused, match=rf"line {line}: note has 40,005 bytes, 32,000 at most"):
        plan([], file)


def test_a_value_that_no_job_could_be_given_is_said_wherever_it_stands() -> None:
    for axes, options in ((["note=a," + TOO_LONG], []), (["lr=1,2"], ["note=" + TOO_LONG])):
        with pytest.raises(Refused, match="note has 40,005 bytes, 32,000 at most"):
            plan(axes, None, options)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a=1", "b=1"), ("a=1", "b=2"), ("a=2", "b=1"), ("a=2", "b=2")], "a x b"),
        ([("c=3", "a=1", "b=1"), ("c=3", "a=2", "b=2")], "a, b"),
        ([("a=1", "b=1"), ("a=1", "b=1"), ("a=2", "b=2")], "a, b"),
        ([("a=1",), ("b=1",)], "a, b"),
    ],
    ids=["all combinations", "rows of a file", "some twice", "one each"],
)
def test_only_all_combinations_are_called_a_product(rows: list[Row], words: str) -> None:
    assert crossed(("a", "b"), rows) == words
