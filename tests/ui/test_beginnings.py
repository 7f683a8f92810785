"""Where there is nothing to show yet: a sentence, and a key for the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.dialogs.advice import Advice
from tests.ui.desk import played
from tests.ui.gallery import Gallery
from tests.ui.picture import looks_like
from tests.ui.visit import visiting

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ui.desk import Desk


async def advice(desk: Desk) -> Advice:
    return await desk.dialog(Advice)


@played
async def test_outside_of_a_repository_i_makes_one(tmp_path: Path) -> None:
    folder = tmp_path / "[red]new"
    folder.mkdir()
    async with visiting(folder) as desk:
        assert "[red]new is in no git repository" in (await advice(desk)).sentence
        await desk.sees("no git repository")
        await desk.press("i")
        await desk.sees("There is no batch remote yet: press a to add one.")
        assert (folder / ".git").is_dir()
        await desk.press("s")
        await desk.says("There is no batch remote yet: press a to add one.")


@played
async def test_looking_again_finds_a_repository_that_was_made_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    folder.mkdir()
    async with visiting(folder) as desk:
        await advice(desk)
        await desk.press("r")
        await advice(desk)
        gallery = Gallery(tmp_path / "other")
        (gallery.clone / ".git").rename(folder / ".git")
        await desk.press("r")
        await desk.until(lambda: desk.app.live.state.loaded)


@played
async def test_without_git_the_screen_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with visiting(tmp_path) as desk:
        assert "There is no git on PATH: install git" in (await advice(desk)).sentence
        await desk.press("q")
        await desk.until(lambda: not desk.app.is_running)


@played
async def test_a_bare_repository_is_no_place_to_work_in(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "other")
    gallery.git("init", "-q", "--bare", str(tmp_path / "bare"))
    async with visiting(tmp_path / "bare") as desk:
        assert "is a bare repository: work in a clone of it" in (await advice(desk)).sentence


@played
async def test_an_empty_repository_says_that_a_commit_comes_first(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    gallery.remote("batch", [])
    async with visiting(gallery.clone) as desk:
        await desk.sees("There are no commits yet: make one")
        await desk.press("s")
        await desk.says("There is no branch to submit yet")
        gallery.commits("refs/heads/master", ["Begin"])
        await desk.sees("* master")
        await desk.sees("There are no runs yet: press s")


@played
async def test_every_key_has_an_answer_where_there_is_nothing(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    async with visiting(gallery.clone) as desk:
        for key in "s p d l c x h i exclamation_mark y r u D".split():
            before = len(desk.toasts)
            await desk.press(key)
            await desk.until(lambda: len(desk.toasts) > before, key)  # noqa: B023
            desk.app.clear_notifications()


@played
async def test_a_broken_configuration_is_named_by_its_line(
    gallery: Gallery, clean_environment: Path
) -> None:
    config = clean_environment / ".config/gitbatch-tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[[site]]\nname = "sdil"\nhots = "x"\n')
    async with visiting(gallery.clone) as desk:
        assert "line 3: hots is unknown" in (await advice(desk)).sentence
        config.write_text("")
        await desk.press("r")
        await desk.back_on_main()
        await desk.sees("Runs on batch")


@played
async def test_picture_of_a_clone_without_batch_remotes(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "empty")
    async with visiting(gallery.clone) as desk:
        await desk.sees("There is no batch remote yet")
        looks_like(desk.app, "no-remotes-120x35")
