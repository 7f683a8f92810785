from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.support.changed import AFTER, BEFORE
from tests.ui.driver import async_test
from tests.ui.run_diff import DiffDriver, run_diff

if TYPE_CHECKING:
    from pathlib import Path

LONG = "".join(f"line {n}\n" for n in range(300))


async def top(driver: DiffDriver) -> int:
    await driver.pilot.pause()
    return driver.screen.view.scroll_offset.y


@async_test
async def test_the_files_are_listed_with_counts_and_the_first_is_shown(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        listed = [line for line in driver.text.split("\n") if "+4" in line]
        assert "M train.py" in listed[0]
        assert "-2" in listed[0]
        assert "R old-name.txt → new-name.txt" in driver.text
        assert "batch#42 · master · what it changed" in driver.text
        assert "8 files · +10 -6" in driver.text
        assert driver.lines[0].strip() == "⋯ 1 cell alike"


@async_test
async def test_moving_among_the_files_shows_each(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.press("j")
        await driver.read()
        assert "rows: 1 added, 2 changed" in driver.lines[0]
        await driver.press("G")
        await driver.read()
        assert " 6    - RATE = 0.1" in driver.lines
        await driver.press("g", "j", "j", "k")
        await driver.read()
        assert driver.screen.shown
        assert driver.screen.shown.path == "metrics.csv"


@async_test
async def test_the_lines_move_by_line_and_by_page(tmp_path: Path) -> None:
    async with run_diff(tmp_path, {}, {"a.txt": LONG}) as driver:
        assert driver.pane == "lines", "a single file is left at once"
        await driver.press("j", "j", "down", "k")
        assert await top(driver) == 2
        await driver.press("pagedown")
        page = await top(driver) - 2
        assert page == driver.screen.view.size.height - 2
        await driver.press("pageup", "up")
        assert await top(driver) == 1
        await driver.press("G")
        assert await top(driver) == 301 - driver.screen.view.size.height
        assert driver.lines[-1].endswith("line 299")
        await driver.press("g")
        assert await top(driver) == 0


@async_test
async def test_enter_and_tab_go_to_the_lines_and_back(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        assert driver.pane == "files"
        await driver.press("enter")
        assert driver.pane == "lines"
        await driver.press("tab")
        assert driver.pane == "files"
        await driver.press("shift+tab")
        assert driver.pane == "lines"


@async_test
async def test_t_puts_old_and_new_side_by_side(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.choose("train.py")
        await driver.press("t")
        beside = [line.split("│") for line in driver.lines if "│" in line]
        rate = next(sides for sides in beside if "RATE = 0.1" in sides[0])
        assert rate[0].split() == ["6", "-", "RATE", "=", "0.1"]
        assert rate[1].split() == ["6", "+", "random.seed(42)"]
        assert "side by side" in driver.edge
        await driver.press("t")
        assert not any("│" in line for line in driver.lines)


@async_test
async def test_t_says_why_a_table_has_no_sides(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.choose("metrics.csv")
        shown = driver.lines
        await driver.press("t")
        await driver.says("there are no two sides")
        assert driver.lines == shown


@async_test
async def test_w_wraps_long_lines_and_arrows_shift_them(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    async with run_diff(tmp_path, {}, {"a.txt": f"{words}\n日{'本' * 100}\nend\n"}) as driver:
        assert driver.lines[1].endswith("…")
        await driver.press("right")
        assert driver.lines[1].split("+ ")[1].startswith("rd1 ")
        await driver.press("left", "w")
        whole = "".join(line[6:] for line in driver.lines if line)
        assert words.replace(" ", "") in whole.replace(" ", "")
        assert f"日{'本' * 100}" in whole
        assert "wrapped" in driver.edge
        await driver.press("w")
        assert driver.lines[3] == "  3 + end"


@async_test
async def test_a_search_finds_shows_and_goes_round(tmp_path: Path) -> None:
    async with run_diff(tmp_path, {}, {"a.txt": LONG}) as driver:
        await driver.press("slash", *"LINE 2")
        assert "0 of 0" in driver.edge, "a capital matters"
        await driver.press(*["backspace"] * 6, *"line 20", "enter")
        assert "1 of 11" in driver.edge
        assert any(line.endswith("line 20") for line in driver.lines)
        await driver.press("n")
        assert "2 of 11" in driver.edge
        assert any(line.endswith("line 200") for line in driver.lines)
        await driver.press("N", "N")
        assert "11 of 11" in driver.edge
        await driver.press("n")
        assert "1 of 11" in driver.edge


@async_test
async def test_n_without_a_search_says_what_to_press(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.press("n")
        await driver.says("press / first")
        await driver.press("slash", *"nowhere", "enter")
        await driver.says("“nowhere” isn't in this file.")


@async_test
async def test_escape_leaves_the_search_then_the_screen(tmp_path: Path) -> None:
    async with run_diff(tmp_path, {}, {"a.txt": LONG}) as driver:
        await driver.press("slash", *"line", "escape")
        assert driver.edge == ""
        assert not driver.screen.needle.display
        await driver.press("slash", *"line", "enter", "escape")
        assert driver.edge == ""
        assert isinstance(driver.app.screen, DiffScreen)
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_typing_a_needle_presses_no_keys(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.press("slash", *"twnq?y")
        assert driver.screen.needle.value == "twnq?y"
        assert not driver.screen.view.wrap
        assert not driver.screen.view.beside


@async_test
async def test_ctrl_c_in_a_needle_copies_what_is_selected_else_says_how_to_quit(
    tmp_path: Path,
) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.press("slash", *"ab", "shift+left", "ctrl+c")
        assert driver.app.clipboard == "b"
        await driver.press("end", "ctrl+c")
        await driver.says("Press q to quit")


@async_test
async def test_y_copies_the_plain_git_command(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.choose("train.py")
        await driver.press("y")
        words = driver.app.clipboard.split()
        assert words[:2] + words[4:] == ["git", "diff", "--", "train.py"]
        await driver.says(driver.app.clipboard)


@async_test
async def test_a_question_mark_shows_the_keys(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.press("question_mark")
        await driver.sees("Keys in what changed")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.screen)


@async_test
async def test_nothing_changed_is_said(tmp_path: Path) -> None:
    async with run_diff(tmp_path, {"a": "a\n"}, {}) as driver:
        assert "nothing differs" in driver.text
        await driver.press("j", "k", "G", "t", "w", "n", "y", "enter", "j", "pagedown")
        assert driver.lines[0] == ""


@async_test
async def test_a_commit_that_is_not_here_is_said(tmp_path: Path) -> None:
    async with run_diff(tmp_path, {"a": "a\n"}, {"a": "b\n"}) as driver:
        clone, old, _ = driver.screen._between
        await driver.app.push_screen(DiffScreen(clone, old, "1" * 40, "gone"))
        await driver.sees("git can't compare them: bad object 11111111")


@async_test
async def test_the_place_survives_every_way_of_showing(tmp_path: Path) -> None:
    changed = "".join(f"{'other' if n % 7 == 0 else 'line'} {n} {'x' * n}\n" for n in range(300))
    async with run_diff(tmp_path, {"a.txt": LONG}, {"a.txt": changed}) as driver:
        await driver.press("slash", *"line 150", "enter")
        view = driver.screen.view
        for _ in range(40):
            await driver.press("j")
        first = view._places.line_at(view.scroll_offset.y)
        for key in "twtw":
            await driver.press(key)
            await driver.pilot.pause()
            assert abs(view._places.line_at(view.scroll_offset.y) - first) <= 1, key
        await driver.pilot.resize_terminal(60, 20)
        await driver.pilot.pause()
        assert abs(view._places.line_at(view.scroll_offset.y) - first) <= 1


@async_test
async def test_hurrying_through_files_leaves_no_process_and_the_right_page(tmp_path: Path) -> None:
    files = {f"file{n:02}.txt": f"{n}\n" * 20_000 for n in range(6)}
    async with run_diff(tmp_path, {}, files) as driver:
        await driver.press(*["j"] * 5)
        await driver.read()
        assert driver.screen.shown
        assert driver.screen.shown.path == "file05.txt"
        assert driver.lines[1] == "          1 + 5"
        await driver.press("escape")
        await driver.back_on_main()
        clone = driver.screen._between[0]
        await driver.until(lambda: not clone._processes._running, "git has ended")


@async_test
async def test_many_resizes_do_no_harm(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER) as driver:
        await driver.choose("train.py")
        await driver.press("t", "w")
        for n in range(60):
            await driver.pilot.resize_terminal(20 + n % 100, 5 + n % 40)
        await driver.pilot.resize_terminal(300, 60)
        await driver.pilot.pause()
        assert "RATE = 0.05" in driver.text
        assert "M train.py" in driver.text
