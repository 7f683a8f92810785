"""Where there is nothing to show yet: a sentence, and a key for the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitbatch_tui.ui.dialogs.reading import Advice
from gitbatch_tui.ui.widgets.log_view import LogView
from tests.support.worlds import JOB_AT_ONCE
from tests.ui.driver import SMALL, async_test, run_app
from tests.ui.gallery import Gallery
from tests.ui.picture import looks_like
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from gitbatch_tui.ui.widgets.list_view import ListView
    from tests.support.project import Project
    from tests.ui.driver import AppDriver


FIRST_STEPS = ("There is no batch remote yet: press a to add one.", "There is nothing to copy yet.")


async def advice(driver: AppDriver) -> Advice:
    return await driver.dialog(Advice)


@async_test
async def test_outside_of_a_repository_i_makes_one(tmp_path: Path) -> None:
    folder = tmp_path / "[red]new"
    folder.mkdir()
    async with run_gallery(folder) as driver:
        assert "[red]new is in no git repository" in (await advice(driver)).sentence
        await driver.sees("make a repository of this folder")
        await driver.press("i")
        await driver.sees("There is no batch remote yet: press a to add one.")
        assert (folder / ".git").is_dir()
        for key in ("s", "p", "l", "M", "y"):
            driver.app.clear_notifications()
            await driver.press(key)
            await driver.until(lambda: driver.toasts, f"a word about {key}")
            assert driver.toasts[0] in FIRST_STEPS
        for key in ("V", "space", "plus"):
            driver.app.clear_notifications()
            await driver.press(key)
            await driver.says("There is no ")


@async_test
async def test_looking_again_finds_a_repository_that_was_made_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    folder.mkdir()
    async with run_gallery(folder) as driver:
        await advice(driver)
        await driver.press("r")
        await advice(driver)
        gallery = Gallery(tmp_path / "other")
        (gallery.clone / ".git").rename(folder / ".git")
        await driver.press("r")
        await driver.until(lambda: driver.app.live.state.loaded)


@async_test
async def test_without_git_the_screen_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with run_gallery(tmp_path) as driver:
        assert "There is no git on PATH: install git" in (await advice(driver)).sentence
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running)


@async_test
async def test_a_bare_repository_is_no_place_to_work_in(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "other")
    gallery.git("init", "-q", "--bare", str(tmp_path / "bare"))
    async with run_gallery(tmp_path / "bare") as driver:
        assert "is a bare repository: work in a clone of it" in (await advice(driver)).sentence


@async_test
async def test_an_empty_repository_says_that_a_commit_comes_first(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    gallery.remote("batch", [])
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("There are no commits yet: make one")
        gallery.commits("refs/heads/master", ["Begin"])
        await driver.sees("* master")
        await driver.sees("There are no runs yet: press s")


def sentence(pane: ListView[Any] | LogView) -> str:
    """What stands in a pane, without its ends of lines."""
    lines = range(pane.size.height)
    return " ".join(" ".join(pane.render_line(line).text for line in lines).split())


@async_test
async def test_what_to_press_in_a_small_terminal_is_a_whole_sentence(project: Project) -> None:
    project.begin("until test -e ../go; do sleep 0.1; done")
    async with run_app(project.world.clone, SMALL) as driver:
        said = "It is empty so far; the first line appears by itself."
        await driver.until(lambda: driver.app.main.log_pane)
        await driver.until(lambda: sentence(driver.app.main.query_one(LogView)) == said)
        await driver.press("slash", *"state:lost", "enter")
        said = "Nothing matches the filter: esc ends it."
        await driver.until(lambda: sentence(driver.app.main.runs).endswith(said))
    project.world.git("remote", "remove", "batch")
    async with run_app(project.world.clone, SMALL) as driver:
        said = "There is no batch remote yet: press a to add one."
        await driver.until(lambda: sentence(driver.app.main.runs).endswith(said))


@async_test
async def test_a_first_repository_is_guided_until_its_results_were_seen(project: Project) -> None:
    async with run_app(project.world.clone) as driver:
        guide = driver.app.guide
        await driver.until(lambda: guide.display)
        await driver.sees("press s to begin with a schedule.sh")
        project.world.commit({"schedule.sh": JOB_AT_ONCE, "run.sh": "#!/bin/sh\necho 1 >out\n"})
        await driver.sees("Press s, and then enter, to run the selected branch on batch.")
        await driver.press("s", "enter")
        await driver.sees("Press p to pull them.")
        await driver.press("p")
        await driver.sees("Press d to see what the run has changed.")
        await driver.press("d")
        await driver.says("That is all.")
        assert not guide.display
    async with run_app(project.world.clone) as driver:
        assert not driver.app.guide.display
        assert driver.app.preferences.guided


@async_test
async def test_nobody_is_guided_who_has_runs_already(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        assert driver.app.guide.needed is False
        assert "Press s, and then enter" not in driver.text


@async_test
async def test_every_key_has_an_answer_where_there_is_nothing(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    async with run_gallery(gallery.clone) as driver:
        for key in "s p d l c x h i exclamation_mark y r u D".split():
            before = len(driver.toasts)
            await driver.press(key)
            await driver.until(lambda: len(driver.toasts) > before, key)  # noqa: B023  # it is awaited
            driver.app.clear_notifications()


@async_test
async def test_a_broken_configuration_is_named_by_its_line(
    gallery: Gallery, clean_environment: Path
) -> None:
    config = clean_environment / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "sdil"\nhots = "x"\n')
    async with run_gallery(gallery.clone) as driver:
        assert "line 3: hots is unknown" in (await advice(driver)).sentence
        config.write_text("")
        await driver.press("r")
        await driver.back_on_main()
        await driver.sees("Runs on batch")


@async_test
async def test_picture_of_a_clone_without_batch_remotes(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    async with run_gallery(gallery.clone) as driver:
        await driver.sees("There is no batch remote yet")
        looks_like(driver.app, "no-remotes-120x35")
