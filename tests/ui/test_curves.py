"""Metrics over steps, behind one key: chosen, scaled, smoothed, saved, and live."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.ask import Ask
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.screens.curves import HOW, CurveScreen
from gitbatch_tui.ui.widgets.curve_view import LegendEntry
from tests.support.batches import new_world
from tests.support.worlds import JOB_OF_ITS_OWN
from tests.ui.driver import DESIGN, SMALL, async_test, run_app
from tests.ui.picture import looks_like
from tests.ui.run_curves import run_curves

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SIZES = pytest.mark.parametrize("size", [DESIGN, SMALL], ids=["120x35", "80x24"])
TRAIN = """#!/bin/sh
printf 'step,loss,accuracy\\n1,5,0.1\\n2,4,0.2\\n' >metrics.csv
until test -e ../go; do sleep 0.1; done
echo 3,1.25,0.9 >>metrics.csv
"""


def trainings(folder: Path) -> list[Path]:
    """Three that converge at their own speed; one has text in it, one began anew."""
    paths = []
    for number in range(1, 4):
        rows = [
            f"{step},{math.exp(-step / (40 * number)) + 0.05 * math.cos(step * number):.6f},"
            f"{1 - math.exp(-step / (20 * number)):.6f}"
            for step in range(200)
        ]
        if number == 2:
            rows[50:60] = [f"{step},nan,oops" for step in range(50, 60)]
        path = folder / f"metrics{number}.csv"
        path.write_text("step,loss,accuracy\n" + "\n".join(rows) + "\n")
        paths.append(path)
    return paths


@SIZES
@async_test
async def test_curves_of_three_runs(tmp_path: Path, size: tuple[int, int]) -> None:
    async with run_curves(*trainings(tmp_path), size=size) as driver:
        await driver.draws()
        await driver.sees("batch#2: 10 gaps: NaN or infinite")
        looks_like(driver.app, f"curves-{size[0]}x{size[1]}")


@async_test
async def test_a_bug_in_a_reader_ends_the_screen_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gitbatch_tui.core.curves.reading.RunMetrics.update", buggy)
    with pytest.raises(ZeroDivisionError):
        async with run_curves(*trainings(tmp_path)) as driver:
            await driver.until(lambda: driver.app.return_code)


@async_test
async def test_curves_on_a_log_scale_smoothed(tmp_path: Path) -> None:
    async with run_curves(*trainings(tmp_path)) as driver:
        await driver.draws()
        await driver.press("l", "s", "s")
        await driver.sees("mean of 5 % · log scale")
        looks_like(driver.app, "curves-log-120x35")
        await driver.press("question_mark")
        await driver.sees("A logarithmic scale")
        await driver.press("escape", "s", "s", "l")
        await driver.until(lambda: "mean of" not in driver.text)


@async_test
async def test_the_metric_is_chosen(tmp_path: Path) -> None:
    async with run_curves(*trainings(tmp_path)) as driver:
        await driver.draws()
        await driver.sees("loss of 3 runs")
        await driver.press("right")
        await driver.sees("accuracy of 3 runs")
        await driver.press("left", "m")
        await driver.dialog(Choose)
        await driver.press("j", "enter")
        await driver.sees("accuracy of 3 runs")
        await driver.sees("batch#2: 10 gaps: text")


@async_test
async def test_a_picture_is_saved_as_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with run_curves(*trainings(tmp_path)) as driver:
        await driver.draws()
        await driver.press("S")
        await driver.dialog(Ask)
        await driver.press("enter")
        await driver.says("Saved to batch-loss.svg")
    text = (tmp_path / "batch-loss.svg").read_text()
    # That of the second run has a gap.
    assert text.count("<polyline") == 4
    assert "batch#3 lr=0.3" in text


@async_test
async def test_what_is_appended_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("step,loss\n1,5\n2,4\n")
    async with run_curves(path) as driver:
        await driver.draws()
        before = driver.drawn
        with path.open("a") as more:
            more.write("3,-1.5\n")
        await driver.until(lambda: driver.drawn != before, "another picture")
        await driver.sees("-1.5")
        path.write_text("step,loss\n1,77\n")
        await driver.sees("77")
        path.unlink()
        await driver.sees("metrics.csv has vanished")


@async_test
async def test_hostile_names_and_a_file_without_numbers_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,\x1b[2J[red]\xe2\x80\xae\n1,words\n")
    async with run_curves(path) as driver:
        await driver.press("right", "m", "l", "s", "S")
        await driver.says("There is no metric yet.")
        with path.open("a") as more:
            more.write("2,5\n3,6\n")
        await driver.draws()
        await driver.sees("<ESC>[2J[red]<U+202E>")


@async_test
async def test_a_file_that_is_read_and_has_no_numbers_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("step,loss\n1,\n2,\n")
    async with run_curves(path) as driver:
        await driver.sees("The files have no numbers.")
        assert "Reading" not in driver.text


@async_test
async def test_a_run_that_measured_nothing_is_not_read_for_ever(tmp_path: Path) -> None:
    async with run_curves(tmp_path / "metrics.csv") as driver:
        await driver.sees("no metrics.csv")
        await driver.until(lambda: "reading" not in driver.text.lower(), "the end of reading")


@async_test
async def test_where_nothing_was_measured_it_is_said_how_that_is_done(tmp_path: Path) -> None:
    async with run_curves(tmp_path / "metrics.csv", size=(60, 20)) as driver:
        await driver.sees(HOW.rpartition(" git config ")[2])
        assert driver.text.count("no metrics.csv") == 1
        for key in ("m", "l", "s", "S", "right"):
            driver.app.clear_notifications()
            await driver.press(key)
            await driver.until(lambda: driver.toasts, f"a word about {key}")


@async_test
async def test_M_draws_the_selected_or_marked_runs_while_they_run(tmp_path: Path) -> None:  # noqa: N802  # it is the key
    world = new_world(tmp_path)
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": TRAIN})
    world.push()
    world.gitbatch("rerun", "1")
    trees = [world.base / "runs" / str(number) / "tree" for number in (1, 2)]
    async with run_app(world.clone) as driver:
        await driver.knows(2, "running")
        await driver.until(lambda: all((tree / "metrics.csv").exists() for tree in trees))
        await driver.press("M")
        screen = await driver.until(lambda: _curves(driver.app.screen), "the curves")
        await driver.sees("loss of batch#2")
        await driver.sees("4│")
        (trees[1] / "../go").touch()
        await driver.sees("1.25")
        await driver.press("escape")
        await driver.back_on_main()
        await driver.knows(2, "succeeded")
        await driver.press("space", "space", "M")
        await driver.sees("loss of 2 runs")
        assert screen is not driver.app.screen
        await driver.sees("batch#1")
        (trees[0] / "../go").touch()
        await driver.until(lambda: driver.text.count("1.25") == 2)
        await driver.press("q")
        await driver.back_on_main()
        await driver.knows(1, "succeeded")


def _curves(screen: object) -> CurveScreen | None:
    return screen if isinstance(screen, CurveScreen) else None


def test_a_legend_without_room_keeps_what_tells_runs_apart() -> None:
    entry = LegendEntry("batch#12", "lr=0.1 seed=3", "0.5")
    ways = (
        "batch#12 lr=0.1 seed=3",
        "12 lr=0.1 seed=3",
        "12 lr=0.1 see=3",
        "12 l=0.1 s=3",
        "12 0.1 3",
    )
    assert entry.ways(["lr", "seed"]) == ways
    assert LegendEntry("batch#12", "", "0.5").ways([]) == ("batch#12",)


FOUR = ("learning_rate=0.00{}", "batch_size=6{}", "seed={}", "optimizer=adam{}")


@async_test
@pytest.mark.parametrize(
    ("options", "width", "lines"),
    [
        (FOUR[1:3], 120, ["━━ 3 batch_size=63 seed=3 "]),
        (FOUR, 120, ["━━ 3 lea=0.003 bat=63 see=3 opt=adam3 "]),
        (FOUR[:3], 80, ["━━ 3 l=0.003 b=63 s=3 "]),
        (FOUR, 80, ["# lear batc seed opti ", "━━ 3 0.003 63 3 adam3 "]),
    ],
    ids=["two wide", "four wide", "three narrow", "four narrow"],
)
async def test_a_legend_of_many_parameters_names_them(
    tmp_path: Path, options: Sequence[str], width: int, lines: Sequence[str]
) -> None:
    async with run_curves(*trainings(tmp_path), size=(width, 24), options=options) as driver:
        await driver.draws()
        for line in lines:
            await driver.sees(line)


@async_test
async def test_at_80_columns_the_legend_shows_the_parameters_that_differ(tmp_path: Path) -> None:
    async with run_curves(*trainings(tmp_path), size=(80, 24)) as driver:
        await driver.draws()
        for number in (1, 2, 3):
            await driver.sees(f"{number} lr=0.{number}")
