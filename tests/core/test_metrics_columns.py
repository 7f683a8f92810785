"""What a file of metrics says, in every form that jobs write, and what of it is no number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.columns import Columns
from gitbatch_tui.core.curves.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

CURVES = {
    "CSV": ("m.csv", "step,loss\n1,0.5\n2,0.25\n", [(1, 0.5), (2, 0.25)]),
    "semicolons": ("m.csv", "step;loss\n1;0.5\n", [(1, 0.5)]),
    "tabs": ("m.tsv", "step\tloss\n1\t0.5\n", [(1, 0.5)]),
    "ends of lines of Windows": ("m.csv", "step,loss\r\n1,0.5\r\n", [(1, 0.5)]),
    "ends of lines of old Macs": ("m.csv", "step,loss\r1,0.5\r2,0.25\r", [(1, 0.5), (2, 0.25)]),
    "mixed ends of lines": ("m.csv", "step,loss\r1,0.5\n2,0.25\n", [(1, 0.5), (2, 0.25)]),
    "quoted": ("m.csv", 'step,loss\n"1","0.5"\n', [(1, 0.5)]),
    "a mark of the encoding": ("m.csv", "\ufeffstep,loss\n1,0.5\n", [(1, 0.5)]),
    "no column of steps": ("m.csv", "loss\n5\n4\n", [(1, 5), (2, 4)]),
    "another name of steps": ("m.csv", "loss,Epoch\n5,10\n4,20\n", [(10, 5), (20, 4)]),
    "names again": ("m.csv", "step,loss\n1,5\nstep,loss\n2,4\n", [(1, 5), (2, 4)]),
    "names of other columns": (
        "m.csv", "step,loss\n1,5\nstep,acc,loss\n2,9,4\nstep,acc\n3,9\n", [(1, 5), (2, 4)]),
    "a mark of the encoding in JSON": ("m.jsonl", '\ufeff{"loss": 5}\n{"loss": 4}\n',
                                       [(1, 5), (2, 4)]),
    "a row too short": ("m.csv", "step,a,loss\n1,1,5\n2\n3,1,4\n", [(1, 5), (3, 4)]),
    "an empty cell": ("m.csv", "step,loss\n1,5\n2,\n3,4\n", [(1, 5), (3, 4)]),
    "JSON lines": ("m.jsonl", '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 1}\n',
                   [(1, 0.5), (2, 1)]),
    "lines in .json": ("m.json", '{"step": 1, "loss": 0.5}\n', [(1, 0.5)]),
    "keys that come and go": (
        "m.jsonl", '{"step": 1, "loss": 5}\n{"step": 1, "val": 1}\n{"step": 2, "loss": 4}\n',
        [(1, 5), (2, 4)]),
    "a row without its step": ("m.jsonl", '{"step": 3, "a": 1}\n{"loss": 5}\n', [(3, 5)]),
    "one document": ("m.json", '{\n "loss": 0.5,\n "step": 7\n}\n', [(7, 0.5)]),
    "a list": ("m.json", '[{"loss": 5},\n {"loss": 4}]\n', [(1, 5), (2, 4)]),
    "a list by lines": ("m.json", '[\n{"loss": 5}\n,\n{"loss": 4}\n]\n', [(1, 5), (2, 4)]),
    "an empty file": ("m.csv", "", []),
    "only names": ("m.csv", "step,loss\n", []),
    "no JSON": ("m.json", "begun\n{]\n", []),
}  # fmt: skip


def read(path: str, *pieces: bytes) -> Columns:
    columns = Columns(path)
    for piece in pieces:
        columns.feed(piece)
    columns.finish()
    return columns


def points(columns: Columns, name: str = "loss") -> list[tuple[float, float]]:
    curve = columns.curve(name)
    return list(zip(curve.xs, curve.ys, strict=True))


@pytest.mark.parametrize(("path", "text", "found"), CURVES.values(), ids=CURVES.keys())
def test_numbers_over_steps_are_read(
    path: str, text: str, found: list[tuple[float, float]]
) -> None:
    assert points(read(path, text.encode())) == found


@pytest.mark.parametrize(("path", "text", "found"), CURVES.values(), ids=CURVES.keys())
def test_it_does_not_matter_in_which_pieces_a_file_comes(
    path: str, text: str, found: list[tuple[float, float]]
) -> None:
    data = text.encode()
    assert points(read(path, *(data[at : at + 1] for at in range(len(data))))) == found


GAPS = {
    "text": ("m.csv", "step,loss\n1,5\n2,oops\n3,4\n", "1 gap: text"),
    "NaN": ("m.csv", "step,loss\n1,5\n2,nan\n3,4\n", "1 gap: NaN or infinite"),
    "infinity": ("m.csv", "step,loss\n1,5\n2,1e999\n3,4\n", "1 gap: NaN or infinite"),
    "numbers that no picture has room for": (
        "m.csv", "step,loss\n1,5\n2,1e308\n2,-1e308\n3,4\n", "2 gaps: NaN or infinite"),
    "no number to others": ("m.csv", "step,loss\n1,5\n2,1_000\n3,4\n", "1 gap: text"),
    "missing steps": ("m.csv", "step,loss\n1,5\n2,5\n3,5\n4,5\n9,4\n", "1 gap: missing steps"),
    "a step that is none": ("m.csv", "step,loss\n1,5\nx,5\n3,4\n", "1 gap: without a step"),
    "two kinds": ("m.csv", "step,loss\n1,5\n2,nan\n3,x\n4,4\n",
                  "2 gaps: 1 NaN or infinite, 1 text"),
    "NaN in JSON": ("m.jsonl", '{"loss": 5}\n{"loss": NaN}\n{"loss": 4}\n',
                    "1 gap: NaN or infinite"),
    "null in JSON": ("m.jsonl", '{"loss": 5}\n{"loss": null}\n{"loss": 4}\n',
                     "1 gap: NaN or infinite"),
    "text in JSON": ("m.jsonl", '{"loss": 5}\n{"loss": "4"}\n{"loss": 4}\n', "1 gap: text"),
    "true in JSON": ("m.jsonl", '{"loss": 5}\n{"loss": true}\n{"loss": 4}\n', "1 gap: text"),
    "a huge number in JSON": ("m.jsonl", '{"loss": 5}\n{"loss": %s}\n{"loss": 4}\n' % ("9" * 400),
                              "1 gap: NaN or infinite"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "said"), GAPS.values(), ids=GAPS.keys())
def test_what_is_no_number_is_a_gap_and_said(path: str, text: str, said: str) -> None:
    curve = read(path, text.encode()).curve("loss")
    assert curve.notes == (said,)
    assert list(curve.breaks) == [len(curve.ys) - 1]


def test_steps_at_any_regular_distance_are_no_gaps() -> None:
    every_tenth = "".join(f"{step},1\n" for step in range(0, 1000, 10))
    doubling = "".join(f"{2**power},1\n" for power in range(30))
    for text in (every_tenth, doubling):
        assert read("m.csv", b"step,loss\n", text.encode()).curve("loss").notes == ()


def test_of_steps_that_come_again_the_last_value_counts() -> None:
    columns = read("m.csv", b"step,loss\n1,5\n2,4\n3,3\n2,40\n3,30\n")
    assert points(columns) == [(1, 5), (2, 40), (3, 30)]
    assert columns.curve("loss").notes == ("steps come again, the last value of each counts",)


def test_a_column_of_words_is_no_metric() -> None:
    columns = read("m.csv", b"step,phase,loss\n1,train,5\n2,val,4\n")
    assert columns.names == ("loss",)
    assert columns.last("loss") == 4
    assert columns.last("phase") is None


def test_names_are_harmless_short_and_told_apart() -> None:
    header = b"step,\x1b[2J\xe2\x80\xae,loss,loss," + b"n" * 500 + b"\n"
    columns = read("m.csv", header, b"1,2,3,4,5\n")
    assert columns.names == ("<ESC>[2J<U+202E>", "loss", "loss (2)", "n" * 80)
    (name,) = read("m.jsonl", b'{"a\\n\\u001b": {"b": 1}}\n').names
    assert name == "a<LF><ESC>.b"


def wide(columns: int) -> Iterable[bytes]:
    names = [f"c{number}" for number in range(columns)]
    yield ",".join(names).encode() + b"\n" + b",".join([b"1"] * columns) + b"\n"
    yield json.dumps(dict.fromkeys(names, 1)).encode() + b"\n"


def test_a_file_has_a_bounded_number_of_columns() -> None:
    for data, path in zip(wide(COLUMNS + 1), ("m.csv", "m.jsonl"), strict=True):
        columns = read(path, data)
        assert len(columns.names) == COLUMNS
        assert columns.notes() == [f"only the first {COLUMNS} columns were read"]


def test_only_so_many_numbers_are_kept() -> None:
    columns = Columns("m.csv", room=100)
    columns.feed(b"step,loss\n" + b"".join(b"%d,1\n" % step for step in range(1000)))
    columns.feed(b"1000,1\n")
    assert len(columns.curve("loss").ys) == columns.count == 50
    assert columns.notes() == ["only the first 50 rows were read: there is no room for more"]


def test_a_line_without_an_end_is_given_up() -> None:
    columns = Columns("m.csv")
    for _ in range(20):
        columns.feed(b"1," * 50_000)
    assert columns.is_full
    assert columns.names == ()


def test_lines_that_are_no_rows_are_counted() -> None:
    columns = read("m.jsonl", b'{"loss": 1}\nbegun\n[1]\n{"loss": 2}\n' + b"[" * 5000 + b"\n")
    assert columns.notes() == ["3 lines couldn't be read"]
    assert points(columns) == [(1, 1), (2, 2)]


def test_a_line_counts_when_it_has_its_end() -> None:
    columns = Columns("m.csv")
    columns.feed(b"step,loss\n1,0.5\n2,0.1")
    assert columns.last("loss") == 0.5
    columns.feed(b"25\n")
    assert columns.last("loss") == 0.125


LONG = "x" * 140_000  # longer than Python's csv takes a cell


def test_a_column_whose_name_is_too_long_hides_no_other() -> None:
    assert points(read("m.csv", f"step,loss,{LONG}\n1,5,1\n2,4,1\n".encode())) == [(1, 5), (2, 4)]


def test_a_cell_that_is_too_long_costs_its_own_line_only() -> None:
    columns = read("m.csv", f'step,loss\n1,5\n2,"{LONG}"\n3,3\n4,{LONG}\n5,1\n'.encode())
    assert points(columns) == [(1, 5), (3, 3), (5, 1)]
    assert columns.notes() == ["2 lines couldn't be read"]


def test_steps_that_only_go_back_do_not_come_again() -> None:
    columns = read("m.csv", b"step,loss\n3,5\n2,4\n1,3\n")
    assert points(columns) == [(1, 3), (2, 4), (3, 5)]
    assert columns.curve("loss").notes == ("steps go back, they are drawn in order",)


@pytest.mark.parametrize(
    ("before", "amount"),
    [
        ("", "no row was"),
        ("step,loss\n1,5\n", "only the first row was"),
        ("step,loss\n1,5\n2,4\n", "only the first 2 rows were"),
    ],
)
def test_a_line_without_an_end_is_why_no_more_is_read(before: str, amount: str) -> None:
    columns = read("m.csv", before.encode(), *[b"1," * 2**17] * 5)
    assert columns.notes() == [f"{amount} read: the next line has more than 1 MB"]
