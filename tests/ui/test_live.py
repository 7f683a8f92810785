"""The screen keeps up with what happens elsewhere, by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.screens.log import LogScreen
from tests.ui.desk import DESIGN, Desk, played, seated
from tests.ui.wire import wire

if TYPE_CHECKING:
    from tests.lab import Lab

WAITS = "while ! test -e ../go; do sleep 0.05; done; echo ended >result"


@played
async def test_a_run_goes_through_its_states_while_nobody_touches_a_key(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = lab.begin(WAITS)
        await desk.knows(number, "running")
        await desk.sees("▶ running")
        (lab.world.run(number) / "go").touch()
        await desk.knows(number, "succeeded")
        await desk.sees("✔ succeeded")
        await desk.sees("not pulled")


@played
async def test_a_run_that_ends_while_you_look_elsewhere_is_told_of(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = lab.begin(f"{WAITS}; exit 3")
        await desk.knows(number, "running")
        await desk.press("at")
        (lab.world.run(number) / "go").touch()
        await desk.knows(number, "failed")
        await desk.until(lambda: f"batch#{number} ✖ failed 3" in titles(desk.app))
        await desk.press("escape")


@played
async def test_runs_that_end_together_are_told_of_together(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        first = lab.begin(f"{WAITS}; exit 3")
        second = lab.server.rerun(first).run
        await desk.knows(second, "running")
        await desk.press("at")
        for number in (first, second):
            (lab.world.run(number) / "go").touch()
        await desk.until(lambda: "2 runs have ended" in titles(desk.app))
        await desk.says(f"batch#{first} ✖ failed 3 · ")
        assert len(desk.toasts) == 1


@played
async def test_bell_and_title_are_for_those_who_want_them(lab: Lab) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[screen]\nbell = true\ntitle = true\n")
    driver, sent = wire()
    app = GitBatchApp(lab.world.clone)
    app.driver_class = driver
    async with app.run_test(size=DESIGN, headless=False, notifications=True) as pilot:
        desk = Desk(app, pilot)
        await desk.until(lambda: "\x1b]2;gitbatch clone\x1b\\" in sent)
        number = lab.begin(WAITS)
        await desk.until(lambda: "\x1b]2;gitbatch clone 1▶\x1b\\" in sent)
        assert "\x07" not in sent
        (lab.world.run(number) / "go").touch()
        await desk.until(lambda: "\x07" in sent)
    titles = [text for text in sent if text in {"\x1b[22;2t", "\x1b[23;2t"}]
    assert titles == ["\x1b[22;2t", "\x1b[23;2t"]


@played
async def test_commits_made_in_another_terminal_appear(lab: Lab) -> None:
    lab.finish("true")
    async with seated(lab.world.clone) as desk:
        await desk.sees("= run 1")
        lab.world.commit({"more": "text"})
        await desk.sees("↑1")
        lab.world.commit({"still more": "text"}, branch="exp/{red}")
        await desk.sees("* exp/{red}")
        await desk.sees("new")


@played
async def test_the_log_of_a_running_job_grows_on_the_screen(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = lab.begin(f"echo first; {WAITS}; echo last")
        await desk.sees("first")
        (lab.world.run(number) / "go").touch()
        await desk.sees("last")


@played
async def test_the_log_of_a_run_that_has_ended_no_longer_waits_for_more(lab: Lab) -> None:
    async with seated(lab.world.clone) as desk:
        number = lab.begin(f"echo first; {WAITS}")
        await desk.knows(number, "running")
        await desk.sees("following the end of 6 bytes")
        await desk.press("l")
        await desk.dialog(LogScreen)
        await desk.sees("following the end of 6 bytes")
        (lab.world.run(number) / "go").touch()
        await desk.sees("─ end of 6 bytes")
        await desk.press("escape")
        await desk.sees("─ end of 6 bytes")


@played
async def test_a_server_that_goes_away_and_comes_back_is_noticed(lab: Lab) -> None:
    lab.finish("true")
    away = lab.world.base.with_name("away")
    async with seated(lab.world.clone) as desk:
        await desk.sees("● batch")
        lab.world.base.rename(away)
        await desk.press("r")
        await desk.sees("○ batch")
        await desk.sees("not set up")
        await desk.sees("✔ succeeded")
        away.rename(lab.world.base)
        await desk.press("r")
        await desk.sees("● batch")


def titles(app: object) -> str:
    notifications = getattr(app, "_notifications", ())
    return "\n".join(notification.title for notification in notifications)
