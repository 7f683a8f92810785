"""The log, full screen: every key, on files that grow, are cut, rotate and vanish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from gitbatch_tui.core.logs.window import WindowView
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.ask import Ask
from gitbatch_tui.ui.dialogs.help import ScreenKeys
from gitbatch_tui.ui.widgets.log_status import hint
from tests.ui.driver import async_test
from tests.ui.run_log import RUN, run_log

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


@async_test
async def test_it_opens_at_the_end_and_shows_what_is_written(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with run_log(path) as driver:
        assert len(driver.lines) == ROWS
        assert driver.lines[-1] == "line 99"
        assert driver.screen.view.border_title == "batch#42 · output"
        assert driver.edge == "following the end of 790 bytes"
        append(path, b"line 100\n")
        await driver.ends_with("line 100")


@async_test
async def test_every_key_that_moves(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
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
            await driver.press(keys)
            top += moved
            await driver.begins_with(f"line {top}")
        for start, end in (("g", "G"), ("home", "end")):
            await driver.press(start)
            await driver.begins_with("line 0")
            await driver.press(end)
            await driver.ends_with("line 99")


@async_test
async def test_scrolling_back_stops_following_and_f_takes_it_up_again(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with run_log(path) as driver:
        await driver.press("k")
        await driver.says_at_edge("98% of 790 bytes")
        append(path, HUNDRED)
        await driver.says_at_edge("49% of 1.6 kB")
        assert driver.lines[-1] == "line 98"
        await driver.press("f")
        await driver.says_at_edge("following")
        await driver.press("f")
        await driver.says_at_edge("end of 1.6 kB")
        append(path, b"more\n")
        await driver.says_at_edge("99%")
        assert driver.lines[-1] == "line 99"


@async_test
async def test_the_wheel_scrolls(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        view = driver.screen.view
        view.on_mouse_scroll_up()
        await driver.ends_with("line 96")
        view.on_mouse_scroll_down()
        await driver.ends_with("line 99")


@async_test
async def test_w_wraps_long_lines_and_arrows_go_sideways(tmp_path: Path) -> None:
    long = "".join(f"{n:>9}," for n in range(30))
    async with run_log(log(tmp_path, long.encode() + b"\n")) as driver:
        assert driver.lines == [long[:117] + "…"]
        await driver.press("right")
        await driver.until(lambda: driver.lines == [long[8:125] + "…"])
        await driver.says_at_edge("from column 9")
        await driver.press("left", "left")
        await driver.until(lambda: driver.lines == [long[:117] + "…"])
        await driver.press("w")
        await driver.says_at_edge("wrapped")
        wrapped = [long[:118].rstrip(), long[118:236].rstrip(), long[236:]]
        await driver.until(lambda: driver.lines == wrapped)
        await driver.press("w")
        await driver.until(lambda: len(driver.lines) == 1)


@async_test
async def test_a_search_goes_to_the_nearest_and_n_to_the_others(tmp_path: Path) -> None:
    async with run_log(log(tmp_path, HUNDRED * 3)) as driver:
        view = driver.screen.view
        await driver.press("slash")
        await driver.dialog(Ask)
        await driver.write("line 7")
        await driver.press("enter")

        def hits() -> list[str]:
            return [row.text for row in view.frame.rows if row.has_hit] if view.frame else []

        await driver.until(lambda: hits() == ["line 70"])
        for key, hit in (("n", "line 71"), ("n", "line 72"), ("N", "line 71"), ("N", "line 70")):
            await driver.press(key)
            await driver.until(lambda hit=hit: hits() == [hit], hit)  # type: ignore[misc]  # bound now
        await driver.press("N")
        await driver.until(lambda: hits() == ["line 7"])
        assert driver.edge.split("%")[0].isdigit()
        await driver.press("escape")
        await driver.until(lambda: not view.wanted and not hits())
        assert driver.app.screen is driver.screen


@async_test
async def test_a_search_that_finds_nothing_says_so_and_stays(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.press("n")
        await driver.says("Nothing has been searched for: press / to do so.")
        driver.screen.view.search("no [such] thing")
        await driver.says("“no [such] thing” isn't in this file.")
        assert driver.lines[-1] == "line 99"
        driver.screen.view.search("line 99")
        await driver.until(lambda: not driver.screen.view.progress)
        await driver.press("n")
        await driver.says("There is no “line 99” below; N looks above.")


@async_test
async def test_esc_stops_a_search_first(tmp_path: Path) -> None:
    async with run_log(huge(tmp_path, 1 << 42)) as driver:
        view = driver.screen.view
        view.search("nowhere")
        await driver.says_at_edge("searching nowhere")
        await driver.press("escape")
        await driver.until(lambda: view.progress is None)
        assert driver.app.screen is driver.screen


@async_test
async def test_o_shows_the_next_file(tmp_path: Path) -> None:
    first, second = log(tmp_path), log(tmp_path, b"scheduled\n", "schedule.sh")
    async with run_log(first, second) as driver:
        await driver.press("o")
        await driver.ends_with("scheduled")
        assert driver.screen.view.border_title == "batch#42 · schedule.sh"
        await driver.press("o")
        await driver.ends_with("line 99")


@async_test
async def test_o_says_so_where_there_is_no_other_file(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.press("o")
        await driver.says("This run has no other file to show.")


@async_test
async def test_s_saves_and_never_overwrites_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with run_log(log(tmp_path)) as driver:
        await driver.press("S", "enter")
        await driver.says("Saved 790 bytes to batch-42-output.txt.")
        saved = tmp_path / "batch-42-output.txt"
        assert saved.read_bytes() == HUNDRED
        saved.write_bytes(b"precious")
        await driver.press("S", "enter")
        await driver.sees("batch-42-output.txt is there already: enter again replaces it.")
        assert saved.read_bytes() == b"precious"
        await driver.press("escape")
        assert saved.read_bytes() == b"precious"
        await driver.press("S", "enter", "enter")
        await driver.until(lambda: saved.read_bytes() == HUNDRED)
        await driver.press("S")
        await driver.write(str(tmp_path / "no/such/folder"))
        await driver.press("enter")
        await driver.says("could not be written: No such file or directory.")
        for name, why in (("~nobody-at-all/x", "No such file"), ("x" * 300, "File name too long")):
            await driver.press("S")
            await driver.write(name)
            await driver.press("enter")
            await driver.says(f"{name} could not be written: {why}")


@async_test
async def test_esc_stops_a_copy_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with run_log(huge(tmp_path, 1 << 36)) as driver:
        await driver.press("S", "enter")
        await driver.sees("%, esc stops")
        await driver.press("escape")
        await driver.says("Stopped; batch-42-output.txt was not written.")
        assert driver.app.screen is driver.screen
        assert not (tmp_path / "batch-42-output.txt").exists()


@async_test
async def test_p_says_so_where_the_terminal_cannot_be_lent(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.press("P")
        await driver.says("A pager can't be opened in this terminal.")


@async_test
async def test_p_needs_something_to_read(tmp_path: Path) -> None:
    async with run_log(tmp_path / "output") as driver:
        await driver.press("P")
        await driver.says("There is nothing to read yet.")


@async_test
async def test_help_names_the_keys(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.press("question_mark")
        await driver.dialog(ScreenKeys)
        await driver.sees("Open the file in $PAGER")
        await driver.press("escape")
        assert driver.app.screen is driver.screen


@pytest.mark.parametrize("width", [60, 80, 86])
@async_test
async def test_words_of_the_help_go_on_below_words(tmp_path: Path, width: int) -> None:
    async with run_log(log(tmp_path), size=(width, 16)) as driver:
        await driver.press("question_mark")
        await driver.dialog(ScreenKeys)
        await driver.sees("scroll")
        keys = driver.app.screen.query_one("#keys", Static)
        lines = str(keys.content).split("\n")
        await driver.until(lambda: keys.size.height == len(lines), "no line that is broken again")


@pytest.mark.parametrize("key", ["escape", "q"])
@async_test
async def test_esc_and_q_go_back(tmp_path: Path, key: str) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.press(key)
        await driver.until(lambda: driver.app.screen is not driver.screen)


@async_test
async def test_a_log_that_is_not_there_yet_appears(tmp_path: Path) -> None:
    path = tmp_path / "output"
    async with run_log(path) as driver:
        assert driver.lines == [" Nothing is there yet; it appears by itself."]
        assert driver.edge == "not there yet"
        path.touch()
        await driver.until(lambda: driver.lines == [f" {EMPTY}"])
        assert driver.edge == "empty"
        append(path, b"here\n")
        await driver.ends_with("here")


@async_test
async def test_an_empty_log_is_called_empty_at_once_and_goes_on(tmp_path: Path) -> None:
    path = log(tmp_path, b"")
    async with run_log(path) as driver:
        await driver.until(lambda: driver.lines == [f" {EMPTY}"])
        assert driver.edge == "empty"
        append(path, b"here\n")
        await driver.ends_with("here")


@async_test
async def test_of_a_run_that_is_over_no_first_line_is_awaited(tmp_path: Path) -> None:
    over = replace(RUN, state=State.FAILED)
    async with run_log(log(tmp_path, b""), tmp_path / "none", run=over) as driver:
        await driver.until(lambda: driver.lines == [" It is empty."])
        await driver.press("o")
        await driver.until(lambda: driver.lines == [" There is no such file."])
        assert driver.edge == "not there"


def test_a_host_that_cannot_be_reached_is_called_by_its_name() -> None:
    trouble = "hpc can't be reached: ssh: No route to host."
    assert hint(WindowView(state=trouble), live=True) == trouble
    assert hint(WindowView(state="deleted"), live=True) == "Deleted."


@async_test
async def test_truncation_rotation_and_deletion_are_said_and_it_goes_on(tmp_path: Path) -> None:
    path = log(tmp_path)
    async with run_log(path) as driver:
        path.write_bytes(b"cut\n")
        await driver.until(lambda: driver.lines == ["cut"])
        assert driver.edge == "truncated at 14:03:11 · following the end of 4 bytes"
        path.rename(tmp_path / "output.1")
        await driver.says_at_edge("deleted")
        assert driver.lines == ["cut"]
        assert driver.screen.view.has_class("-troubled")
        path.write_bytes(b"new\n")
        await driver.until(lambda: driver.lines == ["new"])
        assert driver.edge.startswith("rotated at 14:03:11")
        await driver.press("k")
        await driver.until(lambda: "rotated" not in driver.edge)


@async_test
async def test_of_a_run_that_is_over_nothing_is_awaited(tmp_path: Path) -> None:
    async with run_log(log(tmp_path), run=replace(RUN, state=State.FAILED)) as driver:
        assert driver.edge == "end of 790 bytes"


@async_test
async def test_a_smaller_terminal_keeps_the_end_in_sight(tmp_path: Path) -> None:
    async with run_log(log(tmp_path)) as driver:
        await driver.pilot.resize_terminal(60, 20)
        await driver.until(lambda: len(driver.lines) == 17)
        assert driver.lines[-1] == "line 99"


@async_test
async def test_a_bug_in_a_reader_ends_the_screen_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gitbatch_tui.core.logs.window.Window.look", buggy)
    (tmp_path / "log").write_text("begun\n")
    with pytest.raises(ZeroDivisionError):
        async with run_log(tmp_path / "log") as driver:
            await driver.until(lambda: driver.app.return_code)
