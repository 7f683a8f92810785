"""The log's screen as pictures, compared byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.ask import Ask
from tests.ui.driver import DESIGN, SMALL, async_test
from tests.ui.picture import looks_like
from tests.ui.run_log import run_log

if TYPE_CHECKING:
    from pathlib import Path

SIZES = pytest.mark.parametrize("size", [DESIGN, SMALL], ids=["120x35", "80x24"])
BAR = b"".join(b"\repoch %d: %3d%%|%s|" % (n, 4 * n, b"#" * n) for n in range(26))
COLOURS = b"""\
\x1b[1mloading\x1b[0m data/frozen-2025.csv \x1b[32mok\x1b[0m
\x1b[33mWARNING\x1b[0m 3 rows have no label \x1b[2m(kept)\x1b[0m
\x1b[38;5;208morange\x1b[0m \x1b[48;2;20;60;120;97m a ground \x1b[0m \x1b[7mreversed\x1b[0m
a title \x1b]0;pwned\x07 and a link \x1b]8;;http://x\x07there\x1b]8;;\x07 are only text
broken \xff\xfe bytes, \xe2\x80\xaebackwards, [red]no markup[/red]
\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e and \xf0\x9f\x98\x80 are two cells wide
"""
END = b"""
Traceback (most recent call last):
  File "train.py", line 12, in <module>
\x1b[1;31mValueError\x1b[0m: loss is nan
"""


def varied(folder: Path) -> Path:
    path = folder / "output"
    steps = b"".join(b"step %d loss %.4f\n" % (n, 1 / (n + 1)) for n in range(60))
    long = b"weights " + b"0.123 " * 20_000 + b"\n"
    path.write_bytes(steps + COLOURS + long + BAR + END)
    return path


@SIZES
@async_test
async def test_the_end_of_a_log(tmp_path: Path, size: tuple[int, int]) -> None:
    async with run_log(varied(tmp_path), size=size) as driver:
        await driver.ends_with("ValueError: loss is nan")
        looks_like(driver.app, f"log-{size[0]}x{size[1]}")


@SIZES
@async_test
async def test_a_search(tmp_path: Path, size: tuple[int, int]) -> None:
    async with run_log(varied(tmp_path), size=size) as driver:
        driver.screen.view.search("step 3")
        await driver.until(lambda: "step 3" in "".join(driver.lines))
        await driver.press("n", "slash")
        await driver.dialog(Ask)
        await driver.until(lambda: driver.screen.view.progress is None)
        looks_like(driver.app, f"log-search-{size[0]}x{size[1]}")


@async_test
async def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    async with run_log(tmp_path / "output") as driver:
        looks_like(driver.app, "log-not-there-120x35")


@async_test
async def test_a_log_that_was_cut_while_a_name_is_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "batch-42-output.txt").touch()
    path = varied(tmp_path)
    async with run_log(path) as driver:
        path.write_bytes(b"begun anew\n")
        await driver.says_at_edge("truncated at 14:03:11")
        await driver.press("S", "enter")
        await driver.sees("enter again replaces it")
        looks_like(driver.app, "log-truncated-120x35")


@async_test
async def test_the_help(tmp_path: Path) -> None:
    async with run_log(varied(tmp_path)) as driver:
        await driver.press("question_mark")
        await driver.sees("Open the file in $PAGER")
        looks_like(driver.app, "log-help-120x35")
