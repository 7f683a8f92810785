"""The app on a real clone with a real batch remote, and a person at its keys."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual._xterm_parser import XTermParser
from textual.screen import Screen

from gitbatch_tui.ui.app import GitBatchApp
from gitbatch_tui.ui.session import local_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from datetime import datetime
    from pathlib import Path

    from textual.driver import Driver
    from textual.pilot import Pilot

    from gitbatch_tui.models import Run

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound=Screen[Any])

DESIGN = (120, 35)
SMALL = (80, 24)


def async_test(scenario: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a test of a coroutine."""

    @wraps(scenario)
    def test(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(scenario(*args, **kwargs))

    return test


class AppDriver:
    """What a person does and sees."""

    def __init__(self, app: GitBatchApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        """Type it, without a look at the screen after each letter."""
        driver = self.app._driver
        assert driver
        for event in XTermParser().feed(text):
            driver.process_message(event)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], T], what: str = "", seconds: float = 20) -> T:
        """The first true value of a condition."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert not self.app._exception, "the app has crashed"
            assert time.monotonic() < deadline, (
                f"waited for {what or condition}, not\n{self.toasts}\n{self.text}"
            )
            # A pause of the pilot asks every widget whether it is idle, which takes 2 ms.
            await asyncio.sleep(0.02)
        await self.pilot.pause()
        return value

    async def dialog(self, kind: type[S]) -> S:
        """The dialog of that kind, when it is on top."""

        def found() -> S | None:
            screen: object = self.app.screen
            return screen if isinstance(screen, kind) else None

        dialog = await self.until(found, kind.__name__)
        assert dialog
        return dialog

    async def back_on_main(self) -> None:
        await self.until(lambda: self.app.screen is self.app.main, "the main screen")

    async def says(self, text: str) -> None:
        """Wait until a toast says it."""
        await self.until(lambda: any(text in toast for toast in self.toasts), f"{text!r}")

    async def sees(self, text: str) -> None:
        """Wait until it stands on the screen."""
        await self.until(lambda: text in self.text, f"{text!r}")

    @property
    def toasts(self) -> list[str]:
        return [toast.message for toast in self.app._notifications]

    @property
    def text(self) -> str:
        """Everything that is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def run(self, number: int, remote: str = "batch") -> Run | None:
        """A run as the screen knows it."""
        return self.app.live.state.find(remote, number)

    async def knows(self, number: int, state: str) -> Run:
        """Wait until the screen knows a run in that state."""

        def found() -> Run | None:
            run = self.run(number)
            return run if run and run.state.value == state else None

        run = await self.until(found, f"run {number} {state}")
        assert run is not None
        return run


@asynccontextmanager
async def run_app(
    path: Path,
    size: tuple[int, int] = DESIGN,
    *,
    terminal: type[Driver] | None = None,
    clock: Callable[[], datetime] = local_clock,
) -> AsyncIterator[AppDriver]:
    """Open the screen on a clone, and wait until every remote has been asked.

    Without a terminal nothing is written anywhere, and no toast is drawn.
    """
    app = GitBatchApp(path, clock=clock)
    app.driver_class = terminal or app.driver_class
    is_shown = terminal is not None
    async with app.run_test(size=size, headless=not is_shown, notifications=is_shown) as pilot:
        driver = AppDriver(app, pilot)
        await driver.until(
            lambda: app.live.state.loaded and all(view.asked for view in app.live.state.remotes),
            "the first answers",
        )
        yield driver
