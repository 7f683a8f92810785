"""The main screen: what it shows, and what its keys do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs.filters import parse
from gitbatch_tui.models import Run
from gitbatch_tui.ui.keys import KEYS
from tests.ui.driver import SMALL, async_test
from tests.ui.picture import looks_like
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from tests.ui.driver import AppDriver
    from tests.ui.gallery import Gallery


def focused(driver: AppDriver) -> str | None:
    return driver.app.main.pane


def numbers(driver: AppDriver) -> list[int]:
    return [row.number for row in driver.app.main.runs.model.shown if isinstance(row, Run)]


@async_test
async def test_remotes_show_their_state_scheduler_and_counts(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("● batch")
        await driver.sees("slurm")
        await driver.sees("1▶ 1◔")
        await driver.sees("○ gpu1   unreachable")


@async_test
async def test_branches_show_what_a_submit_would_bring(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        lines = driver.text.split("\n")
        for name, words in [("* master", "= run 40"), ("exp/dropout", "new"), ("paper", "↑1")]:
            assert any(name in line and words in line for line in lines), driver.text


@async_test
async def test_every_run_says_its_state_in_words_and_why(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        for words in "▶ running|◔ queued: Pr|✔ succeeded|✖ failed 1|■ cancelled".split("|"):
            await driver.sees(words)
        await driver.sees("2m")
        await driver.sees("1m58s")
        await driver.press(*"jjjj")
        await driver.sees("batch#38 ✖ failed 137: out of memory")


@async_test
async def test_the_log_of_the_selected_run_is_there_at_once(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("Log of batch#42")
        await driver.sees("epoch  7/20")
        await driver.press("j")
        await driver.sees("Log of batch#41")
        await driver.sees("Nothing is there yet")


@async_test
async def test_enter_on_a_remote_shows_its_runs_and_0_those_of_all(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("1", "G", "enter")
        await driver.sees("Runs on sdil")
        assert numbers(driver) == [7, 6]
        await driver.press("0")
        await driver.sees("Runs on all remotes")
        await driver.sees("sdil#7")
        assert numbers(driver)[:4] == [7, 42, 41, 40]


@async_test
async def test_enter_on_a_branch_shows_its_runs_and_esc_all_of_them(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("2", "G", "enter")
        await driver.sees("Runs of paper on batch")
        assert numbers(driver) == [41, 36, 35]
        await driver.press("escape")
        await driver.until(lambda: len(numbers(driver)) == 9)


@async_test
async def test_digits_and_tab_go_through_the_panes(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        assert focused(driver) == "runs"
        keys = "tab tab shift+tab 2 4 1 3".split()
        panes = "log remotes log branches log remotes runs".split()
        for key, pane in zip(keys, panes, strict=True):
            await driver.press(key)
            assert focused(driver) == pane


@async_test
async def test_a_filter_narrows_as_you_type_and_esc_drops_it(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("slash", *"dropout")
        assert numbers(driver) == [39, 38, 37]
        await driver.press("space", *"failed")
        assert numbers(driver) == [39, 38]
        await driver.sees("/dropout failed▏ · 2 of 9")
        await driver.press(*" nonsense")
        await driver.sees("Nothing matches the filter: esc ends it.")
        await driver.press(*["backspace"] * len(" nonsense"))
        await driver.press("enter", "j")
        assert driver.app.main.runs.run.number == 38  # type: ignore[union-attr]  # one is selected
        await driver.press("escape")
        assert len(numbers(driver)) == 9
        assert driver.app.main.runs.run.number == 38  # type: ignore[union-attr]  # one is selected


@async_test
async def test_o_sorts_by_the_next_column_and_it_is_remembered(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("o", "o", "o")
        assert driver.app.main.runs.model.column == "branch"
        await driver.press("O")
        await driver.until(lambda: driver.app.preferences.reverse)
        order = numbers(driver)
        assert set(order[:3]) == {35, 36, 41}
    async with run_gallery(gallery.clone) as driver:
        assert numbers(driver) == order


@async_test
async def test_the_cursor_and_the_place_stay_when_runs_arrive(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone, (120, 10)) as driver:
        await driver.press("G")
        rows = driver.app.main.runs
        line = rows.model.cursor - rows.scroll_offset.y
        view = driver.app.live.state.views["batch"]
        sdil = driver.app.live.state.views["sdil"].runs
        rows.show([*sdil, *view.runs])
        await driver.pilot.pause()
        assert rows.selected == view.runs[-1]
        assert rows.model.cursor - rows.scroll_offset.y == line


@async_test
async def test_marks_stay_with_their_runs(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("space", "j", "space", "o", "O")
        assert {run.number for run in driver.app.main.runs.marked_runs} == {42, 40}
        await driver.sees("2 marked")
        await driver.press("escape")
        assert driver.app.main.runs.marked == ()


@async_test
async def test_a_key_that_cannot_act_says_why(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("p")
        await driver.says("batch#42 has no results to pull so far.")
        await driver.press("j", "j", "j", "d")
        await driver.says("batch#39 changed nothing.")
        await driver.press("c")
        await driver.says("batch#39 has failed: there is nothing to cancel.")
        await driver.press("2", "space")
        await driver.says("Only runs can be marked")


@async_test
async def test_ctrl_c_says_how_to_quit(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("ctrl+c")
        await driver.says("Press q to quit")


@async_test
async def test_colours_that_were_chosen_are_remembered(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        driver.app.theme = "gitbatch-light"
        await driver.until(lambda: driver.app.preferences.theme == "gitbatch-light")
    async with run_gallery(gallery.clone) as driver:
        assert driver.app.theme == "gitbatch-light"


@async_test
async def test_the_help_has_every_key_of_the_pane(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone, (120, 60)) as driver:
        for digit, pane in enumerate(("remotes", "branches", "runs", "log"), 1):
            await driver.press(str(digit), "question_mark")
            await driver.sees(f"Keys in {pane.capitalize()}")
            text = driver.text
            assert [k.help for k in KEYS if pane in k.panes and k.help not in text] == []
            await driver.press("escape")
            await driver.back_on_main()


@async_test
async def test_the_filter_of_runs_is_promised_of_runs_alone(gallery: Gallery) -> None:
    (said,) = [key.help for key in KEYS if key.action == "filter"]
    promise = re.search(r"runs by (state:.*), too", said)
    assert promise
    for part in promise[1].split():
        assert parse(part), part
    async with run_gallery(gallery.clone) as driver:
        for pane in ("1", "2"):
            await driver.press(pane, "slash", *"state:failed")
            await driver.sees("/state:failed▏ · 0 of ")
            await driver.press("escape")


@async_test
async def test_help_that_is_too_long_says_how_to_scroll(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone, SMALL) as driver:
        await driver.press("3", "question_mark")
        await driver.sees("j k g G scroll")
        assert "Quit; all runs go on" not in driver.text
        await driver.press("G")
        await driver.sees("Quit; all runs go on")
        await driver.pilot.resize_terminal(120, 60)
        await driver.until(lambda: "scroll" not in driver.text, "no word of scrolling")


@async_test
async def test_the_palette_has_every_action(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        offered = {command.help for command in driver.app.get_system_commands(driver.app.main)}
        assert offered >= {key.help for key in KEYS if key.shown not in {"enter", "ctrl+p"}}
        await driver.press("ctrl+p", *"remotes (1)", "enter")
        await driver.until(lambda: focused(driver) == "remotes")


@async_test
async def test_at_shows_the_commands_that_were_run(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("at")
        await driver.sees("Commands that did something")
        await driver.press("a")
        await driver.press("slash", *"data watch", "enter")
        await driver.sees("isn't a host that this machine can find")
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_an_unreachable_remote_keeps_its_last_known_runs(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.press("1", "j", "enter")
        await driver.sees("Runs on gpu1 · ")
        await driver.sees("unreachable")


@async_test
async def test_clicking_selects_and_clicking_twice_opens(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        await driver.pilot.click("#runs", offset=(10, 4))
        assert driver.app.main.runs.run.number == 40  # type: ignore[union-attr]  # one is selected
        await driver.pilot.click("#remotes", offset=(5, 3), times=2)
        await driver.sees("Runs on sdil")


@async_test
async def test_where_there_is_little_room_the_key_of_the_help_is_named_last_of_all(
    gallery: Gallery,
) -> None:
    async with run_gallery(gallery.clone, (60, 20)) as driver:
        words = driver.text.split("\n")[-1].split()
        assert words[-5:] == ["x", "run", "again", "?", "help"]


@async_test
async def test_a_narrow_terminal_shows_one_pane_at_a_time(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone, (60, 20)) as driver:
        await driver.sees("Runs on batch")
        assert "Remotes" not in driver.text
        await driver.press("1")
        await driver.sees("Remotes")
        assert "Runs on" not in driver.text


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (80, 24), (300, 80)])
def test_no_size_breaks_it(gallery: Gallery, size: tuple[int, int]) -> None:
    @async_test
    async def scenario() -> None:
        async with run_gallery(gallery.clone, size) as driver:
            await driver.press("1", "2", "4", "3", "question_mark", "escape", "at", "escape")
            await driver.back_on_main()

    scenario()


@pytest.mark.parametrize("size", [(120, 35), SMALL], ids=["design", "small"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("main", []),
        ("all-remotes", ["0", "j"]),
        ("filter", ["slash", *"dropout"]),
        ("marked-and-sorted", ["o", "o", "space", "j", "space"]),
        ("help", ["question_mark"]),
        ("branches", ["2", "j"]),
    ],
)
def test_picture(gallery: Gallery, name: str, keys: list[str], size: tuple[int, int]) -> None:
    @async_test
    async def scenario() -> None:
        async with run_gallery(gallery.clone, size) as driver:
            await driver.until(lambda: is_calm(driver))
            await driver.press(*keys)
            await driver.until(lambda: is_calm(driver))
            looks_like(driver.app, f"{name}-{size[0]}x{size[1]}")

    scenario()


def is_calm(driver: AppDriver) -> bool:
    """Whether the log of the selected run is shown, or said not to be there."""
    pane, run = driver.app.main.log_pane, driver.app.main.runs.run
    if not (run and pane and pane.run and pane.frame and pane.run.name == run.name):
        return False
    return bool(pane.frame.size or pane.frame.state)
