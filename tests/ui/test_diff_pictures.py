from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.changed import AFTER, BEFORE
from tests.ui.driver import DESIGN, SMALL, async_test
from tests.ui.picture import looks_like
from tests.ui.run_diff import run_diff

if TYPE_CHECKING:
    from pathlib import Path

VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "diff-code": ("train.py", ()),
    "diff-side-by-side": ("train.py", ("t", "slash", *"slope", "enter")),
    "diff-table": ("metrics.csv", ("enter",)),
    "diff-notebook": ("analysis.ipynb", ()),
    "diff-picture": ("plot.png", ()),
    "diff-renamed": ("new-name.txt", ("enter", "w")),
}


@pytest.mark.parametrize("size", [DESIGN, SMALL], ids=["120x35", "80x24"])
@pytest.mark.parametrize("view", VIEWS)
@async_test
async def test_what_changed_looks_like_its_picture(
    view: str, size: tuple[int, int], tmp_path: Path
) -> None:
    name, keys = VIEWS[view]
    async with run_diff(tmp_path, BEFORE, AFTER, size) as driver:
        await driver.choose(name)
        await driver.press(*keys)
        await driver.pilot.pause()
        looks_like(driver.app, f"{view}-{size[0]}x{size[1]}")


@async_test
async def test_files_stand_beside_their_lines_where_there_is_room(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER, (200, 40)) as driver:
        await driver.choose("train.py")
        looks_like(driver.app, "diff-code-200x40")


@async_test
async def test_even_the_smallest_screen_shows_both(tmp_path: Path) -> None:
    async with run_diff(tmp_path, BEFORE, AFTER, (60, 20)) as driver:
        await driver.choose("train.py")
        looks_like(driver.app, "diff-code-60x20")
