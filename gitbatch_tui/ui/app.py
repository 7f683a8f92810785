"""The app: puts the screen of one clone together, and lets actions act."""

from __future__ import annotations

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.drivers.linux_driver import LinuxDriver
from textual.worker import Worker, WorkerState

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.actions import action
from gitbatch_tui.ui.ahead import ReadAhead
from gitbatch_tui.ui.desktop import TerminalTitle, notification
from gitbatch_tui.ui.dialogs.turn import OneDialogApp
from gitbatch_tui.ui.guide import END, Guide
from gitbatch_tui.ui.keyboard import PatientDriver
from gitbatch_tui.ui.keys import commands
from gitbatch_tui.ui.live import Live
from gitbatch_tui.ui.measured import MeasuredValues, columns_of
from gitbatch_tui.ui.notifications import Notifications
from gitbatch_tui.ui.preferences import Preferences
from gitbatch_tui.ui.screens.main import MainScreen
from gitbatch_tui.ui.session import Session, local_clock
from gitbatch_tui.ui.themes import begin_with_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from gitbatch_tui.config import Config
    from gitbatch_tui.core.watch.overview import StartupQuery
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.panes.log import LogPane
    from gitbatch_tui.ui.panes.runs import RunsPane
    from gitbatch_tui.ui.screens.curves import CurveScreen
    from gitbatch_tui.ui.screens.log import LogScreen

THREADS = 64
"""Threads that may be at work at once; most of them wait for a server."""


class GitBatchApp(OneDialogApp):
    """The screen of one clone. Widgets are touched in the thread of the screen only."""

    TITLE = "gitbatch"
    CSS_PATH = [  # noqa: RUF012  # as the base class declares it
        "app.tcss",
        "widgets/log_view.tcss",
        "screens/main.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        path: Path,
        startup: StartupQuery | None = None,
        clock: Callable[[], datetime] = local_clock,
    ) -> None:
        super().__init__()
        self._startup = startup
        self._loop_here: asyncio.AbstractEventLoop | None = None
        self.clock = clock
        self.session = Session(path, clock)
        self.live = Live(
            self.session,
            start=self._start_thread,
            hand_over=self.call_later,
            changed=self.show_state,
            missing=self._show_missing,
        )
        self.notifications = Notifications(self)
        self._wants_desktop: bool | None = None
        self.terminal_title = TerminalTitle(path.name, self._write)
        self.open_log: LogScreen | None = None
        """The log that is shown full screen."""
        self.open_curves: CurveScreen | None = None
        self.ahead = ReadAhead(
            self.session,
            lambda: self.live.state,
            lambda: self.main.selection,
            lambda work, runs: self._begin(work, runs, exit_on_error=False),
        )
        self.preferences = Preferences.read()
        self.measured = MeasuredValues(
            self.session,
            lambda: self.live.state,
            start=self._start_thread,
            repeat=self.set_interval,
            hand_over=self.call_later,
            changed=self.show_state,
            failed=self._show_failure,
        )
        more = columns_of(self.preferences.metrics, self.measured.values)
        self.main = MainScreen(clock, self.live, self.preferences, more)
        self.main.runs.groups.measured = self.measured.of
        self.guide = Guide(needed=False if self.preferences.guided else None)
        begin_with_theme(self, self.preferences.theme)

    # From the first picture to the end

    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        return PatientDriver if usual is LinuxDriver else usual

    def get_default_screen(self) -> Screen[Any]:
        return self.main

    def on_load(self) -> None:
        self._loop_here = asyncio.get_running_loop()
        self._loop_here.set_default_executor(ThreadPoolExecutor(THREADS))
        if self._startup:
            # Now, so that the first picture has everything in it.
            try:
                self.live.take_clone(self._startup.read(self.session.record))
            except GitBatchError as error:
                self.call_later(self._show_missing, error)

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        if self.live.state.loaded:
            self.call_after_refresh(self.live.watch)
        elif not self._startup:
            self.live.reread()
        if self.guide.needed is not False:
            self.main.mount(self.guide, before=0)
        self.call_after_refresh(self.act, "configure")
        self.call_after_refresh(self._prepare)

    def _prepare(self) -> None:
        """Do what no key should have to wait for, now that there is a first picture."""
        import gitbatch_tui.core.curves.opening  # noqa: PLC0415  # not before the first picture
        import gitbatch_tui.ui.screens.curves  # noqa: PLC0415  # as above
        import gitbatch_tui.ui.screens.files  # noqa: PLC0415  # as above
        import gitbatch_tui.ui.screens.log  # noqa: F401, PLC0415  # as above, for who needs it next

        self.measured.keep_up(self.preferences.metrics)
        # The styles of what isn't in the first picture.
        here = Path(__file__).parent
        for path in sorted({*here.rglob("*.tcss")} - {here / name for name in self.CSS_PATH}):
            self.stylesheet.read(path)
        self.stylesheet.parse()
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def on_unmount(self) -> None:
        self.terminal_title.give_back()
        self.ahead.close()
        self.live.close()
        self.session.close()

    def leave(self, status: int) -> None:
        """Leave as `q` does, so that the terminal is as it was; from any thread.

        Raises RuntimeError where the screen isn't shown any more.
        """
        if self._loop_here:
            self._loop_here.call_soon_threadsafe(lambda: self.exit(return_code=status))

    # What is shown

    def show_state(self) -> None:
        """Let the panes, the open log and the title show what is known now."""
        state = self.live.state
        self.guide.look(state)
        self.main.show(state)
        log = self.open_log
        if log and (run := state.find(log.run.remote, log.run.number)):
            log.show_run(run)
        if self.open_curves:
            self.open_curves.show_state(state)
        self.ahead.selection_changed()
        self.notifications.look(state)
        self.terminal_title.show(state)

    def _show_failure(self, error: GitBatchError) -> None:
        self._begin(self.show_trouble, error)

    def _show_missing(self, error: GitBatchError) -> None:
        if self.live.state.loaded:
            self._show_failure(error)
        else:
            self.act("welcome", error)

    def show_run(self, remote: str, number: int) -> None:
        """Put the cursor on a run as soon as it is known, whatever was shown before."""
        self.live.show_only(remote if self.live.state.remote else None, None)
        self.main.runs.wait_for(remote, number)

    def show_sweep(self, remote: str, number: int, first: int) -> None:
        """Put the cursor on a sweep as soon as it is known, or on its first run."""
        self.live.show_only(remote if self.live.state.remote else None, None)
        self.main.runs.wait_for_sweep(remote, number, first)

    def is_looking_at(self, run: Run) -> bool:
        """Tell whether the selected run is this one, with nothing above the main screen."""
        if not self.app_focus:
            return False
        # While the app ends there is no screen any more.
        return self.screen_stack[-1:] == [self.main] and self.main.runs.is_on(run)

    def take_config(self, config: Config) -> None:
        """Do as a person has configured."""
        self.notifications.rings = config.screen.bell
        self._wants_desktop = config.screen.desktop
        if config.screen.title:
            self.terminal_title.take(self.live.state)

    def tell_desktop(self, title: str, text: str) -> None:
        """Show a notification of the desktop, where the terminal has lost the focus."""
        if not self.app_focus:
            self._write(notification(title, text, os.environ, wanted=self._wants_desktop))

    def tell(self, text: str, title: str = "", severity: SeverityLevel = "information") -> None:
        """A toast; the text may come from outside."""
        self.notify(clean(text), title=clean(title), severity=severity, markup=False)

    # Actions

    async def action_act(self, name: str) -> None:
        """Begin an action, unless the last one is about to open what this key is meant for."""
        if self.main.is_opening:
            return
        self.main.opening = self.act(name, self.main.selection)
        # Let it begin: keys that are pressed from now on are for the dialog that it opens.
        await asyncio.sleep(0)

    def act(self, name: str, *arguments: Any) -> Worker[Any]:
        """Begin an action."""
        if self.guide.ends_with(name):
            self.preferences.remember(guided=True)
            self.tell(END)
        return self._begin(self.attempt, action(name), *arguments, group=name, exit_on_error=False)

    async def attempt(self, action: Callable[..., Coroutine[Any, Any, None]], *rest: Any) -> None:
        """Do an action and show what goes wrong; once more where a person has logged in for it."""
        try:
            await action(self, *rest)
        except GitBatchError as error:
            if await self.show_trouble(error):
                await self.attempt(action, *rest)

    async def show_trouble(self, error: GitBatchError) -> bool:
        """The one place where expected errors are shown; True where it is worth trying again."""
        return bool(await action("trouble")(self, error))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        error = event.worker.error if event.state is WorkerState.ERROR else None
        if isinstance(error, GitBatchError):
            self._begin(self.show_trouble, error)
        elif error:
            raise error

    def on_row_list_moved(self) -> None:
        self.ahead.selection_changed()

    def on_log_pane_wanted(self, message: LogPane.Wanted) -> None:
        self.act("end_of_log", message.run)

    def on_runs_pane_filtered(self, message: RunsPane.Filtered) -> None:
        self.measured.keep_up(filtered=message.metrics)
        if message.metrics and message.is_kept:
            self.act("measure", message.metrics)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002  # textual gives it
        yield from commands(self.main.run_action)
        yield SystemCommand("theme", "Choose other colours", self.action_change_theme)

    def action_help_quit(self) -> None:
        """Say how to quit; ctrl+c does this, which many press to get out."""
        self.tell("Press q to quit; esc goes back.")

    def _remember_theme(self, _: object) -> None:
        self.preferences.remember(theme=self.theme)

    def _write(self, sequence: str) -> None:
        """Write to the terminal what textual has no method for."""
        if self._driver and not self.is_headless:
            self._driver.write(sequence)

    def _start_thread(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True, exit_on_error=False)

    def _begin(
        self, work: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **options: Any
    ) -> Worker[Any]:
        """Let it go on beside all else; the end of the screen may come before it has begun."""
        # A function, as a coroutine that is there has to be awaited.
        call: Callable[[], Coroutine[Any, Any, Any]] = partial(work, *arguments)
        return self.run_worker(call, **options)
