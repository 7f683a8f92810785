from __future__ import annotations

import json
from io import BytesIO

import pytest
from PIL import Image

from gitbatch_tui.core.base.format import exact_size
from gitbatch_tui.core.diffs.align import changed_words
from gitbatch_tui.core.diffs.grid import table_lines
from gitbatch_tui.core.diffs.model import DiffLine, Kind, Mark
from gitbatch_tui.core.diffs.notebook import notebook_lines, read_notebook, whole_notebook
from gitbatch_tui.core.diffs.picture import Picture, recognise
from gitbatch_tui.core.diffs.text import patch_lines
from tests.support.changed import PNG, code, notebook

SIGNS = {Kind.ADDED: "+", Kind.DELETED: "-", Kind.CHANGED: "~", Kind.SAME: " "}


def drawn(lines: list[DiffLine]) -> list[str]:
    return [f"{SIGNS.get(line.kind, '')}{line.text}" for line in lines]


def table(old: str, new: str, suffix: str = ".csv") -> list[str]:
    return drawn(list(table_lines(old.encode(), new.encode(), suffix)))


# Tables


def test_rows_are_known_by_their_first_cell() -> None:
    assert table("id,loss\na,1.0\nb,2.0\nc,3.0\n", "id,loss\nb,2.5\nc,3.0\nd,4.0\n") == [
        "rows: 1 added, 1 deleted, 1 changed",
        "id       loss",
        "-a         1.0",
        "~b   2.0 → 2.5",
        " c         3.0",
        "+d         4.0",
    ]


def test_rows_without_a_name_are_known_by_their_place() -> None:
    assert table("x,y\n1,1\n1,2\n1,3\n", "x,y\n1,1\n1,5\n1,3\n1,4\n")[2:] == [
        " 1      1",
        "~1  2 → 5",
        " 1      3",
        "+1      4",
    ]


def test_columns_that_come_and_go_are_shown_with_all_rows() -> None:
    assert table("id,old,loss\na,x,1\nb,y,2\n", "id,loss,lr\na,1,0.1\nb,2,0.2\n") == [
        "rows: none changed · columns added: lr · columns deleted: old",
        "id  -old  loss  +lr",
        " a   x        1  0.1",
        " b   y        2  0.2",
    ]


def test_what_is_alike_is_counted() -> None:
    rows = [f"{n},{n}" for n in range(100)]
    other = [*rows[:50], "50,x", *rows[51:]]
    shown = table("\n".join(["id,v", *rows]), "\n".join(["id,v", *other]))
    assert shown[2] == "⋯ 48 rows alike"
    assert shown[5] == "~50  50 → x"
    assert shown[-1] == "⋯ 47 rows alike"


def test_changed_cells_are_marked_and_rows_numbered() -> None:
    *_, line = table_lines(b"id,v\na,1\n", b"id,v\na,\n", ".csv")
    assert line.text == "a   1 → (empty)"
    assert (line.old, line.new) == (2, 2)
    assert line.marks == (
        Mark(4, 5, Kind.DELETED),
        Mark(5, 8, Kind.NOTE),
        Mark(8, 15, Kind.ADDED),
    )


def test_tables_without_names_tabs_semicolons_and_wide_characters() -> None:
    assert table("1\t2\n", "1\t3\n", ".tsv")[1:] == ["1      2", "~1  2 → 3"]
    assert table("a;b\n1;2,5\n", "a;b\n1;3,5\n")[1:] == ["a  b", "~1  2,5 → 3,5"]
    assert table("k,v,w\n日本,1,x\nb,2,x\n", "k,v,w\n日本,1,x\nb,3,x\n")[2:] == [
        " 日本      1  x",
        "~b     2 → 3  x",
    ]


def test_cells_of_several_lines_and_hostile_ones_stay_in_their_row() -> None:
    shown = table('k,v\na,"one\ntwo"\n', 'k,v\na,"\x1b[31m\u202e"\n')
    assert shown[-1] == "~a  one<LF>two → <ESC>[31m<U+202E>"


def test_a_whole_table_is_added_or_deleted() -> None:
    assert table("", "id,v\na,1\n") == ["rows: 1 added", "id  v", "+a   1"]
    assert table("id,v\na,1\n", "") == ["rows: 1 deleted", "id  v", "-a   1"]


@pytest.mark.parametrize("text", ['a,"b\n', f"a,{'x' * 200_000}\n"], ids=["quote", "monster"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unexpected end|field larger"):
        table("a,b\n", text)


def test_ragged_rows_and_columns_of_one_name_are_told_apart() -> None:
    assert table("a,a\n1\n", "a,a\n1,2\n")[1:] == ["a  a (2)", "~1  (empty) → 2"]


# Notebooks


def cells(old: str, new: str) -> list[str]:
    return drawn(list(notebook_lines(old.encode(), new.encode())))


def of(*content: object, **more: object) -> str:
    return json.dumps({"metadata": more, "cells": content})


def test_a_notebook_shows_the_cells_that_differ() -> None:
    assert cells(notebook("0.1", PNG), notebook("0.05", PNG)) == [
        "⋯ 1 cell alike",
        "code cell [1]",
        "-rate = 0.1",
        "+rate = 0.05",
        " slope = fit(points, rate)",
        " slope",
        "output",
        "-slope 2.9187",
        "+slope 2.90587",
        "⋯ 1 cell alike",
    ]


@pytest.mark.parametrize(("count", "words"), [(1, "1 cell"), (2, "2 cells")])
def test_a_whole_notebook_begins_with_the_number_of_its_cells(count: int, words: str) -> None:
    first, *_ = whole_notebook(of(*(code(f"{n}", "x") for n in range(count))).encode())
    assert first.text == words


def test_pictures_in_notebooks_are_facts() -> None:
    shown = cells(notebook("0.1", PNG), notebook("0.1", PNG + b"\0"))
    assert shown[-3:-1] == [
        "-[image/png, 1 × 1, 70 bytes, sha256 6b7fa434f92a]",  # noqa: RUF001  # as people see it
        "+[image/png, 1 × 1, 71 bytes, sha256 c3dacb440683]",  # noqa: RUF001  # as people see it
    ]


def test_cells_come_go_and_move_on() -> None:
    first, second, third = (code(name, f"{name} = 1") for name in "abc")
    assert cells(of(first, second), of(third, second)) == [
        "code cell [1] added",
        "+c = 1",
        "code cell [1] deleted",
        "-a = 1",
        "⋯ 1 cell alike",
    ]


def test_outputs_of_programs_and_errors_are_text_without_colours() -> None:
    error = {
        "output_type": "error",
        "traceback": ["\x1b[0;31mValueError\x1b[0m: no", "\x1b]0;x\x07"],
    }
    stream = {"output_type": "stream", "text": ["one\n", "two\n"]}
    shown = cells(of(code("a", "f()")), of(code("a", "f()", stream, error)))
    assert shown[2:] == ["output", "+one", "+two", "+ValueError: no", "+<ESC>]0;x<BEL>"]


def test_another_kernel_is_said() -> None:
    old, new = (of(kernelspec={"name": "python3"}, language_info={"version": v}) for v in "ab")
    assert cells(old, new) == ["kernel: python3 a → python3 b"]


def test_long_cells_show_what_is_around_a_change() -> None:
    lines = [f"x{n}" for n in range(30)]
    old, new = (
        of(code("a", "\n".join(lines))),
        of(code("a", "\n".join([*lines[:15], "y", *lines[16:]]))),
    )
    assert cells(old, new) == [
        "code cell [1]",
        "⋯ 12 lines alike",
        *(" x12", " x13", " x14", "-x15", "+y", " x16", " x17", " x18"),
        "⋯ 11 lines alike",
    ]


def test_the_format_before_4_is_read() -> None:
    cell = {"cell_type": "code", "input": ["a = 1\n", "a"], "prompt_number": 3,
            "outputs": [{"output_type": "pyout", "text": ["1"]}]}  # fmt: skip
    book = read_notebook(json.dumps({"worksheets": [{"cells": [cell]}]}).encode())
    assert book.cells[0].source == ("a = 1", "a")
    assert book.cells[0].outputs == ("1",)


BROKEN = (
    "[]",
    "{}",
    "{",
    '{"cells": 3}',
    '{"cells": [3]}',
    '{"cells": [{}]}',
    "\x00",
    "[" * 100_000,
)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a notebook"):
        read_notebook(text.encode())


# Pictures


def saved(name: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (32, 20), "red").save(file, name)
    return file.getvalue()


SVG = "<?xml version='1.0'?>\n<!DOCTYPE svg>\n<svg {} >"
PICTURES = {
    "png": (PNG, Picture("PNG", "1 x 1")),
    "cut png": (PNG[:20], None),
    "gif": (saved("GIF"), Picture("GIF", "32 x 20")),
    "jpeg": (saved("JPEG"), Picture("JPEG", "32 x 20")),
    "jpeg without its end": (saved("JPEG")[:-10], Picture("JPEG", "32 x 20")),
    "tiff": (saved("TIFF"), Picture("TIFF", "32 x 20")),
    "webp": (saved("WEBP"), Picture("WebP", "32 x 20")),
    "svg": (
        SVG.format('width="460.8pt" height="345.6pt"').encode(),
        Picture("SVG", "460.8 x 345.6 pt"),
    ),
    "svg in pixels": (SVG.format("height='20px' width='10px'").encode(), Picture("SVG", "10 x 20")),
    "svg with a box": (SVG.format('viewBox="0 0 12 34.5"').encode(), Picture("SVG", "12 x 34.5")),
    "svg without": (SVG.format("").encode(), Picture("SVG", "")),
    "text": (b"hello", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("data", "picture"), PICTURES.values(), ids=PICTURES)
def test_a_picture_is_known_by_its_first_bytes(data: bytes, picture: Picture | None) -> None:
    known = recognise(data)
    assert (known and (known.format, known.dimensions.replace("\N{MULTIPLICATION SIGN}", "x"))) == (
        picture and (picture.format, picture.dimensions)
    )


# Text


def test_the_words_that_differ_are_found() -> None:
    assert changed_words("lr = 0.1  # x", "lr = 0.01  # x") == (((5, 8),), ((5, 9),))
    assert changed_words("a b", "a b c") == ((), ((3, 5),))
    assert changed_words("nothing in common", "?") == ((), ())
    long = "word " * 300
    assert changed_words(f"{long}a{long}", f"{long}b{long}") == (((1500, 1501),), ((1500, 1501),))


def test_a_patch_may_come_in_any_pieces() -> None:
    patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+\xc3\xa4\n"
    whole = list(patch_lines([patch], "", ""))
    assert drawn(whole) == ["@@ -1,2 +1,2 @@", " a", "-b", "+ä"]
    for size in range(1, len(patch)):
        pieces = [patch[at : at + size] for at in range(0, len(patch), size)]
        assert list(patch_lines(pieces, "", "")) == whole


def test_sizes_are_words() -> None:
    assert exact_size(1) == "1 byte"
    assert exact_size(1_500_000) == "1.5 MB (1,500,000 bytes)"
