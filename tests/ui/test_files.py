"""The files of a run on the screen: folders, what is in a file, copies of them."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.server.files import ServerFiles
from gitbatch_tui.ui.screens import files as screens
from gitbatch_tui.ui.screens.files import FilesScreen
from tests.support.png import png
from tests.ui.driver import DESIGN, SMALL, AppDriver, async_test, run_app
from tests.ui.picture import looks_like

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.project import Project

WAITS = "until test -e ../go; do sleep 0.1; done"


@asynccontextmanager
async def files_of(
    project: Project, size: tuple[int, int] = (120, 35)
) -> AsyncIterator[tuple[AppDriver, FilesScreen]]:
    """The screen of the files of the newest run, opened by its key."""
    async with run_app(project.world.clone, size) as driver:
        await driver.until(lambda: driver.app.main.runs.selected)
        await driver.press("f")
        screen = await driver.until(lambda: isinstance(driver.app.screen, FilesScreen))
        assert screen
        await driver.sees("run.sh")
        yield driver, driver.app.screen  # type: ignore[misc]  # as was seen


def tree(project: Project, number: int) -> Path:
    return project.world.run(number) / "tree"


async def choose(driver: AppDriver, screen: FilesScreen, path: str) -> None:
    await driver.until(lambda: screen.rows.select_key((path, False)), path)


@async_test
async def test_folders_open_in_place_with_ignored_and_large_files(project: Project) -> None:
    number = project.finish(
        "mkdir -p ck/deep; head -c 5000000 /dev/zero >ck/model.pt; echo 1 >ck/deep/x",
        __gitignore="ck\n",
    )
    async with files_of(project) as (driver, screen):
        assert f"Files of batch#{number}" in driver.text
        await choose(driver, screen, "ck")
        await driver.press("enter")
        await driver.sees("5.0 MB")
        assert "▾ ck/" in driver.text
        await driver.press("j", "right")
        await driver.sees("2 bytes")
        assert "x" in [row.entry.name for row in screen.rows.model.shown]
        await driver.press("j", "left")
        await driver.until(lambda: "2 bytes" not in driver.text)
        await driver.press("left")
        await driver.until(lambda: "▸ ck/" in driver.text)
        await driver.press("escape")
        await driver.back_on_main()


@async_test
async def test_a_file_is_shown_by_what_it_is(project: Project) -> None:
    number = project.finish(":")
    folder = tree(project, number)
    (folder / "m.csv").write_text("step,loss\n1,0.5\n20,0.25\n")
    (folder / "p.png").write_bytes(png(8, 2, [b"\xff\0\0" * 8] * 8))
    (folder / "c.json").write_text('{"lr":1e-03,"sizes":[1,2]}')
    (folder / "n.ipynb").write_text(json.dumps({"cells": [{
        "cell_type": "code", "execution_count": 3, "source": "print(40 + 2)",
        "outputs": [{"output_type": "stream", "text": "42\n"}]}]}))  # fmt: skip
    (folder / "b.bin").write_bytes(b"\0\1\2" * 100)
    expected = {
        "run.sh": ["#!/bin/sh"],
        "m.csv": ["step  loss", "  20  0.25"],
        "p.png": ["A picture.", "8 \N{MULTIPLICATION SIGN} 8", "▀▀"],
        "c.json": ['"lr": 1e-03,', '"sizes": ['],
        "n.ipynb": ["code cell [3]", "print(40 + 2)", "42"],
        "b.bin": ["Binary: there is nothing to read.", "300 bytes"],
    }
    async with files_of(project) as (driver, screen):
        for name, words in expected.items():
            await choose(driver, screen, name)
            await driver.press("enter")
            for word in words:
                await driver.sees(word)
            await driver.press("escape")
            await driver.until(lambda: not screen.has_class("-looking"))


@async_test
async def test_no_more_of_a_text_is_read_than_is_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = project.finish(":")
    lines = "".join(f"line {n} of the text\n" for n in range(100_000))
    (tree(project, number) / "long.txt").write_text(lines)
    asked = []
    read = ServerFiles.read

    def counting(
        self: ServerFiles, run: int, file: str = "log", offset: int = 0, size: int | None = None
    ) -> bytes:
        if file == "tree:long.txt":
            asked.append(size)
        return read(self, run, file, offset, size)

    monkeypatch.setattr(ServerFiles, "read", counting)
    async with files_of(project) as (driver, screen):
        await choose(driver, screen, "long.txt")
        await driver.press("enter")
        await driver.sees("line 10 of")
        assert asked == [64 << 10]
        await driver.press("G")
        await driver.until(lambda: len(asked) > 1, "more of it")
        await driver.until(lambda: len(screen.content.sheet.lines) > 4000, "more lines")
        assert asked == [64 << 10, 128 << 10]


@async_test
async def test_files_appear_grow_and_vanish_while_the_run_goes_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "PAUSE", 0.1)
    number = project.begin(WAITS)
    async with files_of(project) as (driver, screen):
        path = tree(project, number) / "loss.txt"
        path.write_text("epoch 1\n")
        await choose(driver, screen, "loss.txt")
        await driver.press("enter")
        await driver.sees("epoch 1")
        with path.open("a") as file:
            file.write("epoch 2\n")
        await driver.sees("epoch 2")
        path.unlink()
        await driver.says("loss.txt is not there any more: this is what it was.")
        await driver.sees("epoch 2")
        (project.world.run(number) / "go").touch()
        await driver.until(lambda: project.world.facts(number))


@async_test
async def test_what_a_run_did_last_is_seen_when_it_has_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first look again is likely to come after the end.
    monkeypatch.setattr(screens, "PAUSE", 3)
    number = project.begin(f"echo 1 >scratch.tmp; {WAITS}; mv scratch.tmp model.npz")
    async with files_of(project) as (driver, _):
        await driver.sees("scratch.tmp")
        (project.world.run(number) / "go").touch()
        await driver.sees("model.npz")
        assert "scratch.tmp" not in driver.text


@async_test
async def test_what_vanished_before_it_is_opened_is_said(project: Project) -> None:
    number = project.finish(":")
    (tree(project, number) / "gone.txt").write_text("x\n")
    (tree(project, number) / "folder").mkdir()
    async with files_of(project) as (driver, screen):
        (tree(project, number) / "gone.txt").unlink()
        (tree(project, number) / "folder").rmdir()
        await choose(driver, screen, "gone.txt")
        await driver.press("enter")
        await driver.says("gone.txt is not there any more.")
        await choose(driver, screen, "folder")
        await driver.press("enter")
        await driver.says("There is no folder folder in the run tree")


@async_test
async def test_g_copies_a_file_and_y_its_address(project: Project) -> None:
    number = project.finish("mkdir out; echo 1 >out/a; echo 22 >out/b")
    async with files_of(project) as (driver, screen):
        await choose(driver, screen, "out")
        await driver.press("y")
        assert driver.app.clipboard == f"{project.world.base}/runs/{number}/tree/out"
        await driver.press("g")
        copied = project.world.clone / f"run-{number}/out"
        await driver.says(f"2 files copied: {copied}")
        assert {path.name: path.read_text() for path in copied.iterdir()} == {
            "a": "1\n",
            "b": "22\n",
        }
        await driver.press("g")
        await driver.says(f"2 files here already: {copied}")


@async_test
async def test_links_are_followed_within_the_run_tree_only(project: Project) -> None:
    number = project.finish("mkdir sub; echo inner >sub/file")
    folder = tree(project, number)
    (folder / "in").symlink_to("sub")
    (folder / "one").symlink_to("sub/file")
    (folder / "out").symlink_to(project.world.base)
    async with files_of(project, SMALL) as (driver, screen):
        await choose(driver, screen, "in")
        await driver.press("enter")
        await choose(driver, screen, "in/file")
        await choose(driver, screen, "one")
        await driver.press("enter")
        await driver.sees("inner")
        await driver.press("escape")
        await choose(driver, screen, "out")
        await driver.press("enter")
        await driver.says("The path out leads out of the run tree.")


@async_test
async def test_where_the_run_tree_is_gone_its_results_are_shown_and_that_is_said(
    project: Project,
) -> None:
    number = project.finish("mkdir out; echo kept >out/a")
    assert project.world.gitbatch("prune").status == 0
    assert not tree(project, number).exists()
    async with files_of(project) as (driver, screen):
        await driver.sees("The run tree is not there any more: these are the files of its results")
        await choose(driver, screen, "out")
        await driver.press("enter")
        await choose(driver, screen, "out/a")
        await driver.press("enter")
        await driver.sees("kept")
        await driver.press("y")
        assert driver.app.clipboard.startswith("git show ")
        assert driver.app.clipboard.endswith(":out/a")
        await driver.press("g")
        await driver.says("1 file copied")
        assert (project.world.clone / f"run-{number}/out/a").read_text() == "kept\n"


@async_test
async def test_hostile_names_are_harmless(project: Project) -> None:
    number = project.finish(":")
    names = (b"[red]a[b]", b"\x1b[2J", b"broken\xff", b"new\nline", b"\xe2\x80\xae.txt")
    for name in names:
        (tree(project, number) / os.fsdecode(name)).write_text("harmless\n")
    async with files_of(project) as (driver, screen):
        for shown in ("[red]a[b]", "<ESC>[2J", "broken<0xFF>", "new<LF>line", "<U+202E>.txt"):
            await driver.sees(shown)
        for name in names:
            await choose(driver, screen, os.fsdecode(name))
            await driver.press("enter")
            await driver.sees("harmless")
            await driver.press("escape")


@async_test
async def test_an_older_server_is_said_to_be_one(project: Project) -> None:
    project.finish(":")
    program = project.world.repo / "gitbatch/gitbatch"
    program.write_text(program.read_text().replace("\nfolder)\n", "\nno-folder)\n"))
    async with run_app(project.world.clone) as driver:
        await driver.until(lambda: driver.app.main.runs.selected)
        await driver.press("f")
        await driver.says("is of an older version, which can't do that")


@async_test
async def test_a_large_folder_is_listed_a_page_at_a_time(project: Project) -> None:
    number = project.finish(":")
    folder = tree(project, number) / "many"
    folder.mkdir()
    for at in range(1234):
        (folder / f"f{at:04}").touch()
    async with files_of(project) as (driver, screen):
        await choose(driver, screen, "many")
        await driver.press("enter")
        await driver.until(lambda: screen.rows.select_key(("many/f0499", True)), "the rest")
        await driver.sees("… 734 more")
        await driver.sees("bytes, and 734 more")
        await driver.press("enter")
        await driver.until(lambda: screen.rows.select_key(("many/f0999", True)), "the rest")
        await driver.press("enter")
        await choose(driver, screen, "many/f1233")
        assert "more" not in driver.text.split("esc back")[0]


@pytest.mark.parametrize("size", [DESIGN, SMALL], ids=["120x35", "80x24"])
@async_test
async def test_the_files_of_a_run_look_like_their_picture(
    project: Project, size: tuple[int, int]
) -> None:
    number = project.finish("mkdir checkpoints; head -c 3000000 /dev/zero >checkpoints/step-100.pt")
    folder = tree(project, number)
    (folder / "schedule.sh").write_text("#!/bin/sh\n# always as long\n")
    (folder / "metrics.csv").write_text("step,loss,accuracy\n1,1.8,0.5\n100,0.25,0.935\n")
    (folder / "latest").symlink_to("checkpoints/step-100.pt")
    async with files_of(project, size) as (driver, screen):
        await choose(driver, screen, "checkpoints")
        await driver.press("enter")
        await choose(driver, screen, "checkpoints/step-100.pt")
        await choose(driver, screen, "metrics.csv")
        await driver.press("enter")
        await driver.sees("0.935")
        await driver.press("tab")
        await driver.pilot.pause()
        looks_like(driver.app, f"files-{size[0]}x{size[1]}")


@async_test
async def test_the_keys_of_the_files_are_told(project: Project) -> None:
    project.finish(":")
    async with files_of(project) as (driver, _):
        await driver.press("question_mark")
        await driver.sees("Keys in the files of a run")
        await driver.press("escape")
        await driver.press("slash", *"sched", "enter")
        await driver.sees("/sched")
        await driver.press("escape", "escape")
        await driver.back_on_main()
