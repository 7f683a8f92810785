"""The screen keeps up with what happens elsewhere, by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.events import AppBlur

from gitbatch_tui.models import Results
from gitbatch_tui.ui.screens.log import LogScreen
from tests.ui.driver import async_test, run_app
from tests.ui.wire import wire

if TYPE_CHECKING:
    import pytest

    from tests.support.project import Project

WAITS = "while ! test -e ../go; do sleep 0.1; done; echo ended >result"


@async_test
async def test_a_run_goes_through_its_states_while_nobody_touches_a_key(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = project.begin(WAITS)
        await driver.knows(number, "running")
        await driver.sees("▶ running")
        (project.world.run(number) / "go").touch()
        await driver.knows(number, "succeeded")
        await driver.sees("✔ succeeded")
        await driver.sees("not pulled")


@async_test
async def test_a_run_that_ends_while_you_look_elsewhere_is_told_of(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = project.begin(f"{WAITS}; exit 3")
        await driver.knows(number, "running")
        await driver.press("at")
        (project.world.run(number) / "go").touch()
        await driver.knows(number, "failed")
        await driver.until(lambda: f"batch#{number} ✖ failed 3" in titles(driver.app))
        await driver.press("escape")


@async_test
async def test_runs_that_end_together_are_told_of_together(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        first = project.begin(f"{WAITS}; exit 3")
        second = project.server.rerun(first).run
        await driver.knows(second, "running")
        await driver.press("at")
        for number in (first, second):
            (project.world.run(number) / "go").touch()
        await driver.until(lambda: "2 runs have ended" in titles(driver.app))
        await driver.says(f"batch#{first} ✖ failed 3 · ")
        assert len(driver.toasts) == 1


@async_test
async def test_bell_and_title_are_for_those_who_want_them(project: Project) -> None:
    config = Path.home() / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[screen]\nbell = true\ntitle = true\n")
    terminal, sent = wire()
    async with run_app(project.world.clone, terminal=terminal) as driver:
        await driver.until(lambda: "\x1b]2;gitbatch clone\x1b\\" in sent)
        number = project.begin(WAITS)
        await driver.until(lambda: "\x1b]2;gitbatch clone 1▶\x1b\\" in sent)
        assert "\x07" not in sent
        (project.world.run(number) / "go").touch()
        await driver.until(lambda: "\x07" in sent)
    titles = [text for text in sent if text in {"\x1b[22;2t", "\x1b[23;2t"}]
    assert titles == ["\x1b[22;2t", "\x1b[23;2t"]


@async_test
async def test_the_desktop_hears_of_a_run_that_ends_while_another_window_has_the_focus(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VTE_VERSION", "7600")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)
    terminal, sent = wire()
    async with run_app(project.world.clone, terminal=terminal) as driver:
        number = project.begin(WAITS)
        await driver.knows(number, "running")
        driver.app.post_message(AppBlur())
        await driver.until(lambda: not driver.app.app_focus)
        (project.world.run(number) / "go").touch()
        told = f"\x1b]777;notify;batch#{number} ✔ succeeded;"
        await driver.until(lambda: any(text.startswith(told) for text in sent))


@async_test
async def test_commits_made_in_another_terminal_appear(project: Project) -> None:
    project.finish("true")
    async with run_app(project.world.clone) as driver:
        await driver.sees("= run 1")
        project.world.commit({"more": "text"})
        await driver.sees("↑1")
        project.world.commit({"still more": "text"}, branch="exp/{red}")
        await driver.sees("* exp/{red}")
        await driver.sees("new")


@async_test
async def test_results_that_another_terminal_pulls_and_lets_go_again_are_told(
    project: Project,
) -> None:
    number = project.finish("echo 7 >depth.txt")
    async with run_app(project.world.clone) as driver:

        def lies(results: Results) -> bool:
            run = driver.run(number)
            return run is not None and run.results is results

        await driver.sees("not pulled")
        project.world.git("pull", "-q", "--ff-only", "batch", "master")
        await driver.until(lambda: lies(Results.PULLED), "the results seen here")
        project.world.git("reset", "-q", "--hard", "HEAD~1")
        await driver.until(lambda: lies(Results.WAITING), "the results seen to be gone")


@async_test
async def test_the_log_of_a_running_job_grows_on_the_screen(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = project.begin(f"echo first; {WAITS}; echo last")
        await driver.sees("first")
        (project.world.run(number) / "go").touch()
        await driver.sees("last")


@async_test
async def test_the_log_of_a_run_that_has_ended_no_longer_waits_for_more(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        number = project.begin(f"echo first; {WAITS}")
        await driver.knows(number, "running")
        await driver.sees("following the end of 6 bytes")
        await driver.press("l")
        await driver.dialog(LogScreen)
        await driver.sees("following the end of 6 bytes")
        (project.world.run(number) / "go").touch()
        await driver.sees("─ end of 6 bytes")
        await driver.press("escape")
        await driver.sees("─ end of 6 bytes")


@async_test
async def test_a_server_that_goes_away_and_comes_back_is_noticed(project: Project) -> None:
    project.finish("true")
    away = project.world.base.with_name("away")
    async with run_app(project.world.clone) as driver:
        await driver.sees("● batch")
        project.world.base.rename(away)
        await driver.press("r")
        await driver.sees("○ batch")
        await driver.sees("not set up")
        await driver.sees("✔ succeeded")
        away.rename(project.world.base)
        await driver.press("r")
        await driver.sees("● batch")


def titles(app: object) -> str:
    notifications = getattr(app, "_notifications", ())
    return "\n".join(notification.title for notification in notifications)
