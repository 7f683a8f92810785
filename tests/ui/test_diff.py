from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.changed import AFTER, BEFORE
from tests.ui.comparing import Comparing, comparing
from tests.ui.desk import played

if TYPE_CHECKING:
    from pathlib import Path

LONG = "".join(f"line {n}\n" for n in range(300))


async def top(desk: Comparing) -> int:
    await desk.pilot.pause()
    return desk.screen.view.scroll_offset.y


@played
async def test_the_files_are_listed_with_counts_and_the_first_is_shown(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        listed = [line for line in desk.text.split("\n") if "+4" in line]
        assert "M train.py" in listed[0]
        assert "-2" in listed[0]
        assert "R old-name.txt → new-name.txt" in desk.text
        assert "batch#42 · master · what it changed" in desk.text
        assert "8 files · +10 -6" in desk.text
        assert desk.lines[0].strip() == "⋯ 1 cell alike"


@played
async def test_moving_among_the_files_shows_each(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.press("j")
        await desk.read()
        assert "rows: 1 added, 2 changed" in desk.lines[0]
        await desk.press("G")
        await desk.read()
        assert " 6    - RATE = 0.1" in desk.lines
        await desk.press("g", "j", "j", "k")
        await desk.read()
        assert desk.screen.shown
        assert desk.screen.shown.path == "metrics.csv"


@played
async def test_the_lines_move_by_line_and_by_page(tmp_path: Path) -> None:
    async with comparing(tmp_path, {}, {"a.txt": LONG}) as desk:
        assert desk.pane == "lines", "a single file is left at once"
        await desk.press("j", "j", "down", "k")
        assert await top(desk) == 2
        await desk.press("pagedown")
        page = await top(desk) - 2
        assert page == desk.screen.view.size.height - 2
        await desk.press("pageup", "up")
        assert await top(desk) == 1
        await desk.press("G")
        assert await top(desk) == 301 - desk.screen.view.size.height
        assert desk.lines[-1].endswith("line 299")
        await desk.press("g")
        assert await top(desk) == 0


@played
async def test_enter_and_tab_go_to_the_lines_and_back(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        assert desk.pane == "files"
        await desk.press("enter")
        assert desk.pane == "lines"
        await desk.press("tab")
        assert desk.pane == "files"
        await desk.press("shift+tab")
        assert desk.pane == "lines"


@played
async def test_t_puts_old_and_new_side_by_side(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.choose("train.py")
        await desk.press("t")
        beside = [line.split("│") for line in desk.lines if "│" in line]
        rate = next(sides for sides in beside if "RATE = 0.1" in sides[0])
        assert rate[0].split() == ["6", "-", "RATE", "=", "0.1"]
        assert rate[1].split() == ["6", "+", "random.seed(42)"]
        assert "side by side" in desk.edge
        await desk.press("t")
        assert not any("│" in line for line in desk.lines)


@played
async def test_t_says_why_a_table_has_no_sides(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.choose("metrics.csv")
        shown = desk.lines
        await desk.press("t")
        await desk.says("there are no two sides")
        assert desk.lines == shown


@played
async def test_w_wraps_long_lines_and_arrows_shift_them(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    async with comparing(tmp_path, {}, {"a.txt": f"{words}\n日{'本' * 100}\nend\n"}) as desk:
        assert desk.lines[1].endswith("…")
        await desk.press("right")
        assert desk.lines[1].split("+ ")[1].startswith("rd1 ")
        await desk.press("left", "w")
        whole = "".join(line[6:] for line in desk.lines if line)
        assert words.replace(" ", "") in whole.replace(" ", "")
        assert f"日{'本' * 100}" in whole
        assert "wrapped" in desk.edge
        await desk.press("w")
        assert desk.lines[3] == "  3 + end"


@played
async def test_a_search_finds_shows_and_goes_round(tmp_path: Path) -> None:
    async with comparing(tmp_path, {}, {"a.txt": LONG}) as desk:
        await desk.press("slash", *"LINE 2")
        assert "0 of 0" in desk.edge, "a capital matters"
        await desk.press(*["backspace"] * 6, *"line 20", "enter")
        assert "1 of 11" in desk.edge
        assert any(line.endswith("line 20") for line in desk.lines)
        await desk.press("n")
        assert "2 of 11" in desk.edge
        assert any(line.endswith("line 200") for line in desk.lines)
        await desk.press("N", "N")
        assert "11 of 11" in desk.edge
        await desk.press("n")
        assert "1 of 11" in desk.edge


@played
async def test_n_without_a_search_says_what_to_press(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.press("n")
        await desk.says("press / first")
        await desk.press("slash", *"nowhere", "enter")
        await desk.says("“nowhere” is nowhere in this file.")


@played
async def test_escape_leaves_the_search_then_the_screen(tmp_path: Path) -> None:
    async with comparing(tmp_path, {}, {"a.txt": LONG}) as desk:
        await desk.press("slash", *"line", "escape")
        assert desk.edge == ""
        assert not desk.screen.needle.display
        await desk.press("slash", *"line", "enter", "escape")
        assert desk.edge == ""
        assert isinstance(desk.app.screen, DiffScreen)
        await desk.press("escape")
        await desk.back_on_main()


@played
async def test_typing_a_needle_presses_no_keys(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.press("slash", *"twnq?y")
        assert desk.screen.needle.value == "twnq?y"
        assert not desk.screen.view.wrap
        assert not desk.screen.view.beside


@played
async def test_y_copies_the_plain_git_command(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.choose("train.py")
        await desk.press("y")
        words = desk.app.clipboard.split()
        assert words[:2] + words[4:] == ["git", "diff", "--", "train.py"]
        await desk.says(desk.app.clipboard)


@played
async def test_a_question_mark_shows_the_keys(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.press("question_mark")
        await desk.sees("Keys in what changed")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.screen)


@played
async def test_nothing_changed_is_said(tmp_path: Path) -> None:
    async with comparing(tmp_path, {"a": "a\n"}, {}) as desk:
        assert "nothing differs" in desk.text
        await desk.press("j", "k", "G", "t", "w", "n", "y", "enter", "j", "pagedown")
        assert desk.lines[0] == ""


@played
async def test_a_commit_that_is_not_here_is_said(tmp_path: Path) -> None:
    async with comparing(tmp_path, {"a": "a\n"}, {"a": "b\n"}) as desk:
        clone, old, _ = desk.screen._between
        await desk.app.push_screen(DiffScreen(clone, old, "1" * 40, "gone"))
        await desk.sees("git can't compare them: bad object 11111111")


@played
async def test_the_place_survives_every_way_of_showing(tmp_path: Path) -> None:
    changed = "".join(f"{'other' if n % 7 == 0 else 'line'} {n} {'x' * n}\n" for n in range(300))
    async with comparing(tmp_path, {"a.txt": LONG}, {"a.txt": changed}) as desk:
        await desk.press("slash", *"line 150", "enter")
        view = desk.screen.view
        for _ in range(40):
            await desk.press("j")
        first = view._line_at_top()
        for key in "twtw":
            await desk.press(key)
            await desk.pilot.pause()
            assert abs(view._line_at_top() - first) <= 1, key
        await desk.pilot.resize_terminal(60, 20)
        await desk.pilot.pause()
        assert abs(view._line_at_top() - first) <= 1


@played
async def test_hurrying_through_files_leaves_no_process_and_the_right_page(tmp_path: Path) -> None:
    files = {f"file{n:02}.txt": f"{n}\n" * 20_000 for n in range(6)}
    async with comparing(tmp_path, {}, files) as desk:
        await desk.press(*["j"] * 5)
        await desk.read()
        assert desk.screen.shown
        assert desk.screen.shown.path == "file05.txt"
        assert desk.lines[1] == "          1 + 5"
        await desk.press("escape")
        await desk.back_on_main()
        clone = desk.screen._between[0]
        await desk.until(lambda: not clone._processes._running, "git has ended")


@played
async def test_many_resizes_do_no_harm(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER) as desk:
        await desk.choose("train.py")
        await desk.press("t", "w")
        for n in range(60):
            await desk.pilot.resize_terminal(20 + n % 100, 5 + n % 40)
        await desk.pilot.resize_terminal(300, 60)
        await desk.pilot.pause()
        assert "RATE = 0.05" in desk.text
        assert "M train.py" in desk.text
