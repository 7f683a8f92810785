"""The log, full screen: every key, on files that grow, are cut, rotate and vanish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.ask import Ask
from gitbatch_tui.ui.dialogs.help import LogKeys
from tests.ui.desk import played
from tests.ui.reading import RUN, reading

if TYPE_CHECKING:
    from pathlib import Path

HUNDRED = b"".join(b"line %d\n" % n for n in range(100))
EMPTY = "It is empty so far; the first line appears by itself."
ROWS = 32
"""Lines of a log that fit into 120x35."""


def log(folder: Path, data: bytes = HUNDRED, name: str = "output") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def huge(folder: Path, size: int) -> Path:
    """A file that takes long to read and no room on the disk."""
    path = folder / "output"
    with path.open("wb") as sparse:
        sparse.seek(size)
        sparse.write(b"\n" + HUNDRED)
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@played
async def test_it_opens_at_the_end_and_shows_what_is_written(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with reading(path) as desk:
        assert len(desk.lines) == ROWS
        assert desk.lines[-1] == "line 99"
        assert desk.screen.view.border_title == "batch#42 · output"
        assert desk.edge == "following the end of 790 bytes"
        append(path, b"line 100\n")
        await desk.ends_with("line 100")


@played
async def test_every_key_that_moves(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        top = 100 - ROWS
        for keys, moved in (
            ("k", -1),
            ("up", -1),
            ("j", 1),
            ("down", 1),
            ("pageup", 1 - ROWS),
            ("pagedown", ROWS - 1),
            ("ctrl+u", 1 - ROWS),
            ("ctrl+d", ROWS - 1),
        ):
            await desk.press(keys)
            top += moved
            await desk.begins_with(f"line {top}")
        for start, end in (("g", "G"), ("home", "end")):
            await desk.press(start)
            await desk.begins_with("line 0")
            await desk.press(end)
            await desk.ends_with("line 99")


@played
async def test_scrolling_back_stops_following_and_f_takes_it_up_again(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with reading(path) as desk:
        await desk.press("k")
        await desk.says_at_edge("98% of 790 bytes")
        append(path, HUNDRED)
        await desk.says_at_edge("49% of 1.6 kB")
        assert desk.lines[-1] == "line 98"
        await desk.press("f")
        await desk.says_at_edge("following")
        await desk.press("f")
        await desk.says_at_edge("end of 1.6 kB")
        append(path, b"more\n")
        await desk.says_at_edge("99%")
        assert desk.lines[-1] == "line 99"


@played
async def test_the_wheel_scrolls(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        view = desk.screen.view
        view.on_mouse_scroll_up()
        await desk.ends_with("line 96")
        view.on_mouse_scroll_down()
        await desk.ends_with("line 99")


@played
async def test_w_wraps_long_lines_and_arrows_go_sideways(tmp_path: Path) -> None:
    long = "".join(f"{n:>9}," for n in range(30))
    async with reading(log(tmp_path, long.encode() + b"\n")) as desk:
        assert desk.lines == [long[:117] + "…"]
        await desk.press("right")
        await desk.until(lambda: desk.lines == [long[8:125] + "…"])
        await desk.says_at_edge("from column 9")
        await desk.press("left", "left")
        await desk.until(lambda: desk.lines == [long[:117] + "…"])
        await desk.press("w")
        wrapped = [long[:118].rstrip(), long[118:236].rstrip(), long[236:]]
        await desk.until(lambda: desk.lines == wrapped)
        await desk.press("w")
        await desk.until(lambda: len(desk.lines) == 1)


@played
async def test_a_search_goes_to_the_nearest_and_n_to_the_others(tmp_path: Path) -> None:
    async with reading(log(tmp_path, HUNDRED * 3)) as desk:
        view = desk.screen.view
        await desk.press("slash")
        await desk.dialog(Ask)
        await desk.write("line 7")
        await desk.press("enter")

        def hits() -> list[str]:
            return [row.text for row in view.frame.rows if row.has_hit] if view.frame else []

        await desk.until(lambda: hits() == ["line 70"])
        for key, hit in (("n", "line 71"), ("n", "line 72"), ("N", "line 71"), ("N", "line 70")):
            await desk.press(key)
            await desk.until(lambda hit=hit: hits() == [hit], hit)  # type: ignore[misc]
        await desk.press("N")
        await desk.until(lambda: hits() == ["line 7"])
        assert desk.edge.split("%")[0].isdigit()
        await desk.press("escape")
        await desk.until(lambda: not view.wanted and not hits())
        assert desk.app.screen is desk.screen


@played
async def test_a_search_that_finds_nothing_says_so_and_stays(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.press("n")
        await desk.says("Nothing has been searched for: press / to do so.")
        desk.screen.view.search("no [such] thing")
        await desk.says("“no [such] thing” is nowhere in this file.")
        assert desk.lines[-1] == "line 99"
        desk.screen.view.search("line 99")
        await desk.until(lambda: not desk.screen.view.progress)
        await desk.press("n")
        await desk.says("There is no more “line 99” below; N looks above.")


@played
async def test_esc_stops_a_search_first(tmp_path: Path) -> None:
    async with reading(huge(tmp_path, 1 << 42)) as desk:
        view = desk.screen.view
        view.search("nowhere")
        await desk.says_at_edge("searching nowhere")
        await desk.press("escape")
        await desk.until(lambda: view.progress is None)
        assert desk.app.screen is desk.screen


@played
async def test_o_shows_the_next_file(tmp_path: Path) -> None:
    first, second = log(tmp_path), log(tmp_path, b"scheduled\n", "schedule.sh")
    async with reading(first, second) as desk:
        await desk.press("o")
        await desk.ends_with("scheduled")
        assert desk.screen.view.border_title == "batch#42 · schedule.sh"
        await desk.press("o")
        await desk.ends_with("line 99")


@played
async def test_o_says_so_where_there_is_no_other_file(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.press("o")
        await desk.says("This run has no other file to show.")


@played
async def test_s_saves_and_never_overwrites_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with reading(log(tmp_path)) as desk:
        await desk.press("S", "enter")
        await desk.says("Saved 790 bytes to batch-42-output.txt.")
        saved = tmp_path / "batch-42-output.txt"
        assert saved.read_bytes() == HUNDRED
        saved.write_bytes(b"precious")
        await desk.press("S", "enter")
        await desk.sees("batch-42-output.txt is there already: enter again replaces it.")
        assert saved.read_bytes() == b"precious"
        await desk.press("escape")
        assert saved.read_bytes() == b"precious"
        await desk.press("S", "enter", "enter")
        await desk.until(lambda: saved.read_bytes() == HUNDRED)
        await desk.press("S")
        await desk.write(str(tmp_path / "no/such/folder"))
        await desk.press("enter")
        await desk.says("could not be written: No such file or directory.")


@played
async def test_esc_stops_a_copy_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with reading(huge(tmp_path, 1 << 36)) as desk:
        await desk.press("S", "enter")
        await desk.sees("%, esc stops")
        await desk.press("escape")
        await desk.says("Stopped; batch-42-output.txt was not written.")
        assert desk.app.screen is desk.screen
        assert not (tmp_path / "batch-42-output.txt").exists()


@played
async def test_p_says_so_where_the_terminal_cannot_be_lent(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.press("P")
        await desk.says("This terminal can't be lent to a pager.")


@played
async def test_p_needs_something_to_read(tmp_path: Path) -> None:
    async with reading(tmp_path / "output") as desk:
        await desk.press("P")
        await desk.says("There is nothing to read yet.")


@played
async def test_help_names_the_keys(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.press("question_mark")
        await desk.dialog(LogKeys)
        await desk.sees("Open the file in $PAGER")
        await desk.press("escape")
        assert desk.app.screen is desk.screen


@pytest.mark.parametrize("key", ["escape", "q"])
@played
async def test_esc_and_q_go_back(tmp_path: Path, key: str) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.press(key)
        await desk.until(lambda: desk.app.screen is not desk.screen)


@played
async def test_a_log_that_is_not_there_yet_appears(tmp_path: Path) -> None:
    path = tmp_path / "output"
    async with reading(path) as desk:
        assert desk.lines == [" Nothing is there yet; it appears by itself."]
        assert desk.edge == "not there yet"
        path.touch()
        await desk.until(lambda: desk.lines == [f" {EMPTY}"])
        assert desk.edge == "empty"
        append(path, b"here\n")
        await desk.ends_with("here")


@played
async def test_an_empty_log_is_called_empty_at_once_and_goes_on(tmp_path: Path) -> None:
    path = log(tmp_path, b"")
    async with reading(path) as desk:
        await desk.until(lambda: desk.lines == [f" {EMPTY}"])
        assert desk.edge == "empty"
        append(path, b"here\n")
        await desk.ends_with("here")


@played
async def test_of_a_run_that_is_over_no_first_line_is_awaited(tmp_path: Path) -> None:
    over = replace(RUN, state=State.FAILED)
    async with reading(log(tmp_path, b""), tmp_path / "none", run=over) as desk:
        await desk.until(lambda: desk.lines == [" It is empty."])
        await desk.press("o")
        await desk.until(lambda: desk.lines == [" There is no such file."])
        assert desk.edge == "not there"


@played
async def test_truncation_rotation_and_deletion_are_said_and_it_goes_on(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with reading(path) as desk:
        path.write_bytes(b"cut\n")
        await desk.until(lambda: desk.lines == ["cut"])
        assert desk.edge == "truncated at 14:03:11 · following the end of 4 bytes"
        path.rename(tmp_path / "output.1")
        await desk.says_at_edge("deleted")
        assert desk.lines == ["cut"]
        assert desk.screen.view.has_class("-troubled")
        path.write_bytes(b"new\n")
        await desk.until(lambda: desk.lines == ["new"])
        assert desk.edge.startswith("rotated at 14:03:11")
        await desk.press("k")
        await desk.until(lambda: "rotated" not in desk.edge)


@played
async def test_of_a_run_that_is_over_nothing_is_awaited(tmp_path: Path) -> None:
    async with reading(log(tmp_path), run=replace(RUN, state=State.FAILED)) as desk:
        assert desk.edge == "end of 790 bytes"


@played
async def test_a_smaller_terminal_keeps_the_end_in_sight(tmp_path: Path) -> None:
    async with reading(log(tmp_path)) as desk:
        await desk.pilot.resize_terminal(60, 20)
        await desk.until(lambda: len(desk.lines) == 17)
        assert desk.lines[-1] == "line 99"
