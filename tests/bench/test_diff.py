"""How soon a long diff is on the screen, and how it scrolls."""

from __future__ import annotations

import asyncio
import statistics
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.diffs.text import patch_lines
from tests.bench.measure import show
from tests.support.changed import TRAIN
from tests.ui.driver import async_test
from tests.ui.run_diff import DiffDriver, run_diff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

LINES = 10_000
OPENS = 0.1
PAGES = 1 / 30


def patch() -> bytes:
    """Python, of which every third line is another one."""
    source = TRAIN.splitlines() * (LINES // len(TRAIN.splitlines()) + 1)
    lines = [f"@@ -1,{LINES} +1,{LINES} @@"]
    for old, same in zip(source[::2], source[1::2], strict=False):
        lines += [f"-{old}", f"+{old}  # changed", f" {same}"]
    return "\n".join(lines[: LINES + 1]).encode() + b"\n"


async def painted(
    driver: DiffDriver, change: Callable[[], object], clock: Callable[[], float]
) -> float:
    """Seconds until what it changes has been drawn."""
    drawn = asyncio.Event()
    start = clock()
    change()
    driver.screen.view.call_after_refresh(drawn.set)
    await drawn.wait()
    return clock() - start


@async_test
async def measured(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = list(patch_lines([patch()], "python", "git diff"))
    async with run_diff(path, {"a": "a\n"}, {"a": "b\n"}) as driver:
        view = driver.screen.view
        opened = [await painted(driver, lambda: view.show(lines), perf_counter) for _ in range(11)]
        assert len(view.sheet.lines) >= LINES
        said = [f"{LINES:,} lines, open: {1000 * statistics.median(opened):.0f} ms"]
        medians = []
        for way in ("one column", "wrapped", "side by side"):
            view.set_wrap(wrap=way == "wrapped")
            view.set_beside(beside=way == "side by side")
            view.action_first()
            # Work only: textual draws sixty times a second, and waits in between.
            pages = [
                await painted(driver, lambda: view.action_page(1), process_time) for _ in range(60)
            ]
            medians.append(statistics.median(pages))
            said.append(f"a page, {way}: {1000 * medians[-1]:.0f} ms")
        found = await painted(driver, lambda: view.find("slope"), perf_counter)
        show(capsys, "  ".join([*said, f"find: {1000 * found:.0f} ms"]))
    assert statistics.median(opened) < OPENS
    assert max(medians) < PAGES


def test_ten_thousand_lines_open_and_scroll_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(tmp_path, capsys)
