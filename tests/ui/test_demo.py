"""The demo's screen guides through a day, and leaves nothing behind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.setup.demo import clean_up, furnish
from gitbatch_tui.ui.start import demo_app
from tests.ui.driver import DESIGN, AppDriver, async_test

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # What the demo puts into the environment must not stay in that of other tests.
    monkeypatch.setattr(os, "environ", os.environ.copy())
    folder = tmp_path / "demo"
    folder.mkdir()
    yield folder
    clean_up(folder)


@async_test
async def test_the_line_goes_on_with_each_step_and_disappears(folder: Path) -> None:
    app = demo_app(furnish(folder))
    async with app.run_test(size=DESIGN) as pilot:
        driver = AppDriver(app, pilot)
        await driver.sees("Press s, and then enter, to run it.")
        await driver.until(lambda: all(view.asked for view in app.live.state.remotes))
        await driver.press("s", "enter")
        await driver.sees("press l to see its log grow")
        await driver.sees("Press p to pull them.")
        await driver.press("p")
        await driver.sees("Press d to see what the run has changed.")
        await driver.press("d")
        await driver.says("That is all.")
        await driver.press("escape")
        await driver.back_on_main()
        assert not app.guide.display


def test_nothing_stays_behind(folder: Path) -> None:
    furnish(folder)
    clean_up(folder)
    assert not folder.exists()
