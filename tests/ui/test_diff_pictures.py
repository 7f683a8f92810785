from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.changed import AFTER, BEFORE
from tests.ui.comparing import comparing
from tests.ui.desk import DESIGN, SMALL, played
from tests.ui.picture import looks_like

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
@played
async def test_what_changed_looks_like_its_picture(
    view: str, size: tuple[int, int], tmp_path: Path
) -> None:
    name, keys = VIEWS[view]
    async with comparing(tmp_path, BEFORE, AFTER, size) as desk:
        await desk.choose(name)
        await desk.press(*keys)
        await desk.pilot.pause()
        looks_like(desk.app, f"{view}-{size[0]}x{size[1]}")


@played
async def test_files_stand_beside_their_lines_where_there_is_room(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER, (200, 40)) as desk:
        await desk.choose("train.py")
        looks_like(desk.app, "diff-code-200x40")


@played
async def test_even_the_smallest_screen_shows_both(tmp_path: Path) -> None:
    async with comparing(tmp_path, BEFORE, AFTER, (60, 20)) as desk:
        await desk.choose("train.py")
        looks_like(desk.app, "diff-code-60x20")
