"""PNG pictures as characters of a terminal."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.diffs.model import UPPER_HALF, Kind
from gitbatch_tui.core.diffs.picture import COLUMNS, ROWS, mosaic, picture_lines
from tests.support.png import png

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255,) * 3, (0,) * 3
PALETTE = ((b"PLTE", bytes([*RED, *BLUE])), (b"tRNS", bytes([255, 0])))


@pytest.mark.parametrize(
    ("picture", "cells"),
    [
        (
            png(2, 2, [bytes([*RED, *GREEN]), bytes([*BLUE, *WHITE])]),
            [[(RED, BLUE), (GREEN, WHITE)]],
        ),
        (png(1, 0, [b"\0", b"\xff", b"\0"]), [[(BLACK, WHITE)], [(BLACK, WHITE)]]),
        (png(2, 6, [bytes([*RED, 255, *RED, 0])]), [[(RED, WHITE), (WHITE, WHITE)]]),
        (png(1, 4, [bytes([0, 255])]), [[(BLACK, WHITE)]]),
        (png(2, 3, [b"\0\1"], *PALETTE), [[(RED, WHITE), (WHITE, WHITE)]]),
    ],
    ids=["colours", "grey, odd", "see-through", "grey with opacity", "palette"],
)
def test_a_cell_is_two_pixels_on_white(picture: bytes, cells: list[list[object]]) -> None:
    assert [list(row) for row in mosaic(picture)] == cells


def test_a_large_picture_is_made_as_large_as_there_is_room_and_keeps_its_shape() -> None:
    rows = list(mosaic(png(640, 0, [bytes([255]) * 320 + bytes(320)] * 320)))
    assert len(rows[0]) == COLUMNS
    assert len(rows) == COLUMNS // 4 <= ROWS
    assert rows[0][0] == (WHITE, WHITE)
    assert rows[-1][-1] == (BLACK, BLACK)


def test_what_was_and_what_is_are_drawn_and_what_can_not_be_is_left_out() -> None:
    lines = list(picture_lines(png(1, 0, [b"\0"]), png(2, 0, [b"\0\0"])))
    assert [(line.kind, line.text) for line in lines] == [
        (Kind.DELETED, UPPER_HALF),
        (Kind.ADDED, UPPER_HALF * 2),
    ]
    (line,) = picture_lines(b"", b"GIF89a")
    assert line.text == "It can't be drawn: it is no PNG, JPEG, GIF, TIFF or WebP."


@pytest.mark.parametrize("cut", range(0, 49, 7))
def test_a_broken_picture_is_not_drawn(cut: int) -> None:
    lines = list(picture_lines(b"", png(1, 0, [b"\0"])[:cut]))
    assert [line.text[:18] for line in lines] == ["It can't be drawn:"] * bool(cut)
