"""A window onto a file: where it stands, how it moves, and that it costs the same anywhere."""

from __future__ import annotations

import random
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.layout import Cells
from gitbatch_tui.core.logs.source import LogFile
from gitbatch_tui.core.logs.window import Window, WindowView

if TYPE_CHECKING:
    from pathlib import Path

CELLS = Cells(len, lambda text, width: [text[i : i + width] for i in range(0, len(text), width)])
TEN = b"".join(b"line %d\n" % n for n in range(10))


class View:
    """A window onto a file that a test writes to."""

    def __init__(self, path: Path, data: bytes | None = None, *, piece: int = 0) -> None:
        self.path = path
        if data is not None:
            path.write_bytes(data)
        self.file = LogFile(path, lambda: datetime(2026, 3, 1, 14, 3, 11, tzinfo=UTC))
        self.file.piece = piece or self.file.piece
        self.window = Window(self.file, CELLS)
        self.window.resize(20, 4)

    def frame(self) -> WindowView:
        self.window.look()
        return self.window.frame()

    @property
    def rows(self) -> list[str]:
        return [row.text + row.more for row in self.frame().rows]

    def append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def walk(self, step: int) -> list[str]:
        """All rows from one end to the other, as they appear at the edge."""
        edge = -1 if step > 0 else 0
        seen = self.rows if step > 0 else self.rows[::-1]
        while True:
            before = self.window._top
            self.window.scroll(step)
            if self.window._top == before:
                break
            seen.append(self.rows[edge])
        return seen if step > 0 else seen[::-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_it_opens_at_the_end(path: Path) -> None:
    assert View(path, TEN).rows == ["line 6", "line 7", "line 8", "line 9"]


def test_what_is_written_is_shown_while_it_follows(path: Path) -> None:
    view = View(path, TEN)
    assert view.rows[-1] == "line 9"
    view.append(b"li")
    assert view.rows == ["line 7", "line 8", "line 9", "li"]
    view.append(b"ne 10\n")
    assert view.rows == ["line 7", "line 8", "line 9", "line 10"]


def test_it_stays_where_it_was_scrolled_back_to_while_the_file_grows(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.scroll(-2)
    view.append(TEN)
    assert view.rows == ["line 4", "line 5", "line 6", "line 7"]
    assert not view.frame().following


def test_it_moves_by_rows_and_pages_and_never_leaves_the_file(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.turn(-1)
    assert view.rows[0] == "line 3"
    view.window.turn(-9)
    assert view.rows[0] == "line 0"
    view.window.scroll(1)
    assert view.rows[0] == "line 1"
    view.window.turn(9)
    assert view.rows[-1] == "line 9"
    assert not view.frame().following


def test_start_and_end(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.to_start()
    assert view.rows == ["line 0", "line 1", "line 2", "line 3"]
    view.window.to_end()
    assert view.rows[-1] == "line 9"
    assert view.frame().following


def test_following_can_be_stopped_and_taken_up_again(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.follow(False)
    view.append(b"more\n")
    assert view.rows[-1] == "line 9"
    view.window.follow(True)
    assert view.rows[-1] == "more"


def test_a_short_file_stands_at_the_top(path: Path) -> None:
    view = View(path, b"one\ntwo")
    assert view.rows == ["one", "two"]
    view.window.scroll(5)
    view.window.scroll(-5)
    assert view.rows == ["one", "two"]


def test_an_empty_file_and_one_that_is_not_there_show_no_row(path: Path) -> None:
    view = View(path)
    assert (view.rows, view.frame().state) == ([], "not there yet")
    path.touch()
    assert (view.rows, view.frame().state) == ([], "")
    view.append(b"here\n")
    assert view.rows == ["here"]


def test_long_lines_wrap_and_unwrap_at_the_same_place(path: Path) -> None:
    view = View(path, b"a" * 50 + b"\n" + b"b" * 30 + b"\nshort\n")
    assert view.rows == ["a" * 50, "b" * 30, "short"]
    view.window.wrap(True)
    assert view.rows == ["a" * 10, "b" * 20, "b" * 10, "short"]
    view.window.scroll(-1)
    assert view.rows == ["a" * 20, "a" * 10, "b" * 20, "b" * 10]
    view.window.wrap(False)
    assert view.rows == ["a" * 50, "b" * 30, "short"]


def test_a_window_that_is_resized_keeps_its_first_line(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.turn(-1)
    view.window.resize(10, 6)
    assert view.rows[0] == "line 3"


def test_lines_that_are_not_wrapped_can_be_shifted(path: Path) -> None:
    view = View(path, b"0123456789" * 5)
    view.frame()
    view.window.shift(8)
    assert view.frame().column == 8
    view.window.shift(-99)
    assert view.frame().column == 0


def test_a_file_that_was_cut_short_is_said_until_somebody_moves(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    path.write_bytes(b"new\n")
    assert view.rows == ["new"]
    assert view.frame().event == "truncated at 14:03:11"
    view.window.scroll(1)
    assert view.frame().event == ""


def test_a_file_that_was_cut_and_has_outgrown_its_old_size_is_noticed(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    path.write_bytes(b"quite another text\n" * 9)
    assert view.frame().event == "truncated at 14:03:11"
    assert view.rows[-1] == "quite another text"


def test_a_file_that_was_rotated_is_said_and_the_new_one_shown(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    path.rename(path.with_suffix(".1"))
    assert view.frame().state == "deleted"
    assert view.rows[-1] == "line 9"
    path.write_bytes(TEN + b"new\n")
    assert view.rows[-1] == "new"
    assert view.frame().event == "rotated at 14:03:11"


def test_one_that_is_scrolled_back_survives_truncation(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.to_start()
    path.write_bytes(b"")
    assert view.rows == []
    view.append(b"x\n")
    assert view.rows == ["x"]


def test_a_folder_or_an_unreadable_place_is_an_error_not_a_wait(path: Path) -> None:
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        View(path).frame()


@pytest.mark.parametrize("piece", [0, 64])
@pytest.mark.parametrize("wrapped", [False, True], ids=["cut", "wrapped"])
def test_down_and_up_pass_the_same_rows(path: Path, *, piece: int, wrapped: bool) -> None:
    dice = random.Random(42)
    lines = [bytes(dice.choices(b"abc  ", k=dice.choice((0, 3, 15, 40, 300)))) for _ in range(60)]
    view = View(path, b"\n".join(lines), piece=piece)
    view.window.wrap(wrapped)
    view.frame()
    view.window.to_start()
    down = view.walk(1)
    view.window.to_end()
    assert view.walk(-1) == down
    assert "".join(down) == b"".join(lines).decode()


def test_every_byte_belongs_to_the_line_that_is_found_for_it(path: Path) -> None:
    dice = random.Random(7)
    data = b"\n".join(b"x" * dice.choice((0, 1, 5, 30, 200)) for _ in range(50))
    view = View(path, data, piece=16)
    view.frame()
    lines = view.window._lines
    start = 0
    while start < len(data):
        end = lines.end_of(start)
        assert {lines.start_of(at) for at in range(start, end)} == {start}
        assert end - start < 2 * 16 + 1
        start = end


def test_a_line_of_100_mb_is_cut_and_says_so(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"first\n")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\nlast\n")
    view = View(path)
    tracemalloc.start()
    rows = view.rows
    assert rows == ["first", "x" * 4096 + "…(99,995,904 more bytes)", "last"]
    view.window.scroll(-5)
    view.window.wrap(True)
    view.window.turn(-3)
    assert view.rows[0] == "first"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_long_line_that_grows_is_read_on_not_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(path, b"start\n" + b"x" * 3_000_000)
    view.frame()
    read: list[int] = []
    plain = view.file.read

    def counted(offset: int, length: int) -> bytes:
        read.append(length)
        return plain(offset, length)

    monkeypatch.setattr(view.file, "read", counted)
    view.append(b"y")
    assert view.rows[-1].endswith("…(2,995,905 more bytes)")
    assert sum(read) < 100_000


def test_a_search_hit_is_brought_into_sight(path: Path) -> None:
    view = View(path, TEN)
    view.frame()
    view.window.want("line 2")
    view.window.show(TEN.index(b"line 2"))
    frame = view.frame()
    assert [row.text for row in frame.rows if row.has_hit] == ["line 2"]
    assert frame.search_from(backwards=False) == TEN.index(b"line 3")
    assert frame.search_from(backwards=True) == TEN.index(b"line 2")


def test_a_hit_far_to_the_right_is_shifted_into_sight(path: Path) -> None:
    view = View(path, b"a" * 90 + b"needle" + b"b" * 90)
    view.frame()
    view.window.want("needle")
    view.window.show(90)
    assert 76 <= view.frame().column <= 90


def test_a_hit_within_a_monstrous_line_is_shown(path: Path) -> None:
    view = View(path, b"x" * 1_000_000 + b"needle" + b"y" * 1_000_000 + b"needle")
    view.frame()
    view.window.want("needle")
    view.window.show(1_000_000)
    frame = view.frame()
    (row,) = frame.rows
    assert row.text.startswith("(998,976 bytes)…xxx")
    assert "xneedley" in row.text
    assert frame.search_from(backwards=False) == 1_000_001
