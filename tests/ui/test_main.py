"""The main screen: what it shows, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.keys import KEYS
from tests.ui.desk import SMALL, played
from tests.ui.picture import looks_like
from tests.ui.visit import visiting

if TYPE_CHECKING:
    from tests.ui.desk import Desk
    from tests.ui.gallery import Gallery


def focused(desk: Desk) -> str | None:
    return desk.app.main.pane


def numbers(desk: Desk) -> list[int]:
    return [run.number for run in desk.app.main.runs.model.shown]


@played
async def test_remotes_show_their_state_scheduler_and_counts(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.sees("● batch")
        await desk.sees("slurm")
        await desk.sees("1▶ 1◔")
        await desk.sees("○ gpu1     unreachable")


@played
async def test_branches_show_what_a_submit_would_bring(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        lines = desk.text.split("\n")
        for name, words in [("* master", "= run 40"), ("exp/dropout", "new"), ("paper", "↑1")]:
            assert any(name in line and words in line for line in lines), desk.text


@played
async def test_every_run_says_its_state_in_words_and_why(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        for words in "▶ running|◔ queued: Pr|✔ succeeded|✖ failed 1|■ cancelled".split("|"):
            await desk.sees(words)
        await desk.sees("2m")
        await desk.sees("1m58s")
        await desk.press(*"jjjj")
        await desk.sees("batch#38 ✖ failed 137: out of memory")


@played
async def test_the_log_of_the_selected_run_is_there_at_once(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.sees("Log of batch#42")
        await desk.sees("epoch  7/20")
        await desk.press("j")
        await desk.sees("Log of batch#41")
        await desk.sees("Nothing is there yet")


@played
async def test_enter_on_a_remote_shows_its_runs_and_0_those_of_all(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("1", "G", "enter")
        await desk.sees("Runs on sdil")
        assert numbers(desk) == [7, 6]
        await desk.press("0")
        await desk.sees("Runs on all remotes")
        await desk.sees("sdil#7")
        assert numbers(desk)[:4] == [7, 42, 41, 40]


@played
async def test_enter_on_a_branch_shows_its_runs_and_esc_all_of_them(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("2", "G", "enter")
        await desk.sees("Runs of paper on batch")
        assert numbers(desk) == [41, 36, 35]
        await desk.press("escape")
        await desk.until(lambda: len(numbers(desk)) == 9)


@played
async def test_digits_and_tab_go_through_the_panes(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        assert focused(desk) == "runs"
        keys = "tab tab shift+tab 2 4 1 3".split()
        panes = "log remotes log branches log remotes runs".split()
        for key, pane in zip(keys, panes, strict=True):
            await desk.press(key)
            assert focused(desk) == pane


@played
async def test_a_filter_narrows_as_you_type_and_esc_drops_it(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("slash", *"dropout")
        assert numbers(desk) == [39, 38, 37]
        await desk.press("space", *"failed")
        assert numbers(desk) == [39, 38]
        await desk.sees("/dropout failed▏ · 2 of 9")
        await desk.press("enter", "n")
        assert desk.app.main.runs.selected.number == 38  # type: ignore[union-attr]
        await desk.press("escape")
        assert len(numbers(desk)) == 9
        assert desk.app.main.runs.selected.number == 38  # type: ignore[union-attr]


@played
async def test_o_sorts_by_the_next_column_and_it_is_remembered(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("o", "o", "o")
        assert desk.app.main.runs.model.column == "branch"
        await desk.press("O")
        await desk.until(lambda: desk.app.preferences.reverse)
        order = numbers(desk)
        assert set(order[:3]) == {35, 36, 41}
    async with visiting(gallery.clone) as desk:
        assert numbers(desk) == order


@played
async def test_the_cursor_and_the_place_stay_when_runs_arrive(gallery: Gallery) -> None:
    async with visiting(gallery.clone, (120, 10)) as desk:
        await desk.press("G")
        rows = desk.app.main.runs
        line = rows.model.cursor - rows.scroll_offset.y
        view = desk.app.live.state.views["batch"]
        sdil = desk.app.live.state.views["sdil"].runs
        rows.show([*sdil, *view.runs])
        await desk.pilot.pause()
        assert rows.selected == view.runs[-1]
        assert rows.model.cursor - rows.scroll_offset.y == line


@played
async def test_marks_stay_with_their_runs(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("space", "j", "space", "o", "O")
        assert {run.number for run in desk.app.main.runs.marked} == {42, 40}
        await desk.sees("2 marked")
        await desk.press("escape")
        assert desk.app.main.runs.marked == ()


@played
async def test_a_key_that_cannot_act_says_why(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("p")
        await desk.says("batch#42 has no results to pull so far.")
        await desk.press("j", "j", "j", "d")
        await desk.says("batch#39 changed nothing.")
        await desk.press("c")
        await desk.says("batch#39 has failed: there is nothing to cancel.")
        await desk.press("2", "space")
        await desk.says("Only runs can be marked")
        await desk.press("n")
        await desk.says("There is no filter")


@played
async def test_ctrl_c_says_how_to_quit(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("ctrl+c")
        await desk.says("Press q to quit")


@played
async def test_colours_that_were_chosen_are_remembered(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        desk.app.theme = "gitbatch-light"
        await desk.until(lambda: desk.app.preferences.theme == "gitbatch-light")
    async with visiting(gallery.clone) as desk:
        assert desk.app.theme == "gitbatch-light"


@played
async def test_the_help_has_every_key_of_the_pane(gallery: Gallery) -> None:
    async with visiting(gallery.clone, (120, 60)) as desk:
        for digit, pane in enumerate(("remotes", "branches", "runs", "log"), 1):
            await desk.press(str(digit), "question_mark")
            await desk.sees(f"Keys in {pane.capitalize()}")
            for key in KEYS:
                if pane in key.panes:
                    await desk.sees(key.help)
            await desk.press("escape")
            await desk.back_on_main()


@played
async def test_help_that_is_too_long_says_how_to_scroll(gallery: Gallery) -> None:
    async with visiting(gallery.clone, SMALL) as desk:
        await desk.press("3", "question_mark")
        await desk.sees("j k g G scroll")
        assert "Quit; whatever runs goes on" not in desk.text
        await desk.press("G")
        await desk.sees("Quit; whatever runs goes on")
        await desk.pilot.resize_terminal(120, 60)
        await desk.until(lambda: "scroll" not in desk.text, "no word of scrolling")


@played
async def test_the_palette_has_every_action(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        offered = {command.help for command in desk.app.get_system_commands(desk.app.main)}
        assert offered >= {key.help for key in KEYS if key.shown not in {"enter", "ctrl+p"}}
        await desk.press("ctrl+p", *"remotes (1)", "enter")
        await desk.until(lambda: focused(desk) == "remotes")


@played
async def test_at_shows_the_commands_that_were_run(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("at")
        await desk.sees("Commands that were run")
        await desk.press("slash", *"data watch", "enter")
        await desk.sees("isn't a host that this machine can find")
        await desk.press("escape")
        await desk.back_on_main()


@played
async def test_an_unreachable_remote_keeps_its_last_known_runs(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.press("1", "j", "enter")
        await desk.sees("Runs on gpu1 · ")
        await desk.sees("unreachable")


@played
async def test_clicking_selects_and_clicking_twice_opens(gallery: Gallery) -> None:
    async with visiting(gallery.clone) as desk:
        await desk.pilot.click("#runs", offset=(10, 4))
        assert desk.app.main.runs.selected.number == 40  # type: ignore[union-attr]
        await desk.pilot.click("#remotes", offset=(5, 3), times=2)
        await desk.sees("Runs on sdil")


@played
async def test_a_narrow_terminal_shows_one_pane_at_a_time(gallery: Gallery) -> None:
    async with visiting(gallery.clone, (60, 20)) as desk:
        await desk.sees("Runs on batch")
        assert "Remotes" not in desk.text
        await desk.press("1")
        await desk.sees("Remotes")
        assert "Runs on" not in desk.text


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (80, 24), (300, 80)])
def test_no_size_breaks_it(gallery: Gallery, size: tuple[int, int]) -> None:
    @played
    async def scenario() -> None:
        async with visiting(gallery.clone, size) as desk:
            await desk.press("1", "2", "4", "3", "question_mark", "escape", "at", "escape")
            await desk.back_on_main()

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
    @played
    async def scenario() -> None:
        async with visiting(gallery.clone, size) as desk:
            await desk.until(lambda: is_calm(desk))
            await desk.press(*keys)
            await desk.until(lambda: is_calm(desk))
            looks_like(desk.app, f"{name}-{size[0]}x{size[1]}")

    scenario()


def is_calm(desk: Desk) -> bool:
    """Whether the log of the selected run is shown, or said not to be there."""
    pane, run = desk.app.main.log_pane, desk.app.main.runs.selected
    if not (run and pane and pane.run and pane.frame and pane.run.name == run.name):
        return False
    return bool(pane.frame.size or pane.frame.state)
