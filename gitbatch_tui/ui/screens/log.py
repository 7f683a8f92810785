"""The log of a run, full screen: its files as pages, saved or opened in the person's pager."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.message import Message

from gitbatch_tui.core.base.format import size
from gitbatch_tui.core.logs.save import save
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.present import named
from gitbatch_tui.ui.screens.keyed import KeyedScreen
from gitbatch_tui.ui.widgets.log_view import LogView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.core.logs.run_files import RunFile
    from gitbatch_tui.core.logs.source import Source
    from gitbatch_tui.models import Run


class LogScreen(KeyedScreen):
    """One run's files, one at a time; the first one is shown at once."""

    CSS_PATH = "log.tcss"
    NAMED = (
        ("f", "follow", "focused.follow"),
        ("w", "wrap", "focused.wrap"),
        ("/", "search", "focused.search"),
        ("n", "next", "focused.find(False)"),
        ("o", "file", "screen.next_file"),
        ("S", "save", "screen.save"),
        ("P", "pager", "screen.pager"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "next_file", "next file", tooltip="The next file of the run"),
        Binding("S", "save", "save", tooltip="Save the whole file"),
        Binding("P", "pager", "pager", tooltip="Open the file in $PAGER"),
    ]
    HELP_ON = "log"

    @dataclass
    class Saving(Message):
        """A copy has come so far."""

        stop_event: threading.Event
        progress: float

    @dataclass
    class Saved(Message):
        """A copy is over."""

        stop_event: threading.Event
        path: Path
        size: int | None
        """None where it was stopped, or failed."""
        trouble: str = ""

    @dataclass
    class Further(Message):
        """More files to read have been found."""

        files: Sequence[RunFile]

    def __init__(
        self,
        run: Run,
        files: Sequence[RunFile],
        further: Callable[[], Sequence[RunFile]] = lambda: (),
        journal: Journal | None = None,
    ) -> None:
        super().__init__()
        self._journal = journal
        self.run = run
        self._files = files
        self._further = further
        self._at = 0
        self._stop: threading.Event | None = None
        self.view = LogView()
        self.line = self.key_words()

    def compose(self) -> ComposeResult:
        yield self.view
        yield self.line

    def on_mount(self) -> None:
        self._open(0)
        self.view.focus()
        self._look_for_more()

    def on_unmount(self) -> None:
        self._stop_saving()

    def show_run(self, run: Run) -> None:
        """Take what has become of the run meanwhile."""
        self.run = run
        self.view.live = not run.state.final

    def _open(self, index: int) -> None:
        self._at = index
        name, source = self._files[index].name, self._files[index].open()
        self.view.show(source, f"{named(self.run)} · {name}")
        self.show_run(self.run)

    @work(thread=True, group="further")
    def _look_for_more(self) -> None:
        with suppress(GitBatchError):  # what is open says so itself
            self.post_message(self.Further(self._further()))

    def on_log_screen_further(self, message: Further) -> None:
        self._files = (*self._files, *message.files)

    def action_next_file(self) -> None:
        if len(self._files) > 1:
            self._open((self._at + 1) % len(self._files))
        else:
            self.tell("This run has no other file to show.", "warning")

    def action_back(self) -> None:
        if self._stop:
            self._stop_saving()
        else:
            self.dismiss()

    # The pager

    def action_pager(self) -> None:
        from gitbatch_tui.core.logs.pager import page  # noqa: PLC0415 # seldom needed

        viewer, frame = self.view.viewer, self.view.frame
        if not viewer or not frame or not frame.size:
            self.tell("There is nothing to read yet.", "warning")
            return
        try:
            with self.app.suspend():
                page(viewer.source, frame.top, self._journal)
        except SuspendNotSupported:
            self.tell("A pager can't be opened in this terminal.", "warning")
        except GitBatchError as error:
            self.tell(str(error), "error")
        self.app.refresh()

    # Saving

    def action_save(self) -> None:
        from gitbatch_tui.ui.dialogs.ask import Ask, doubt_path, name_for  # noqa: PLC0415 # seldom needed

        name = name_for(self._files[self._at].name)
        proposal = f"{self.run.remote}-{self.run.number}-{name}.txt"
        self.app.push_screen(Ask("Save to", proposal, doubt_path), self._save_to)

    def _save_to(self, text: str | None) -> None:
        from gitbatch_tui.ui.dialogs.ask import path_in  # noqa: PLC0415 # as above

        if text and self.view.viewer:
            self._stop_saving()
            path = path_in(text)
            self._stop = threading.Event()
            self._save(self.view.viewer.source, path, self._stop, overwrite=os.path.lexists(path))

    def _stop_saving(self) -> None:
        if self._stop:
            self._stop.set()
        self._stop = None

    @work(thread=True, exit_on_error=False, group="save")
    def _save(self, source: Source, path: Path, stop: threading.Event, *, overwrite: bool) -> None:
        def told(progress: float) -> None:
            self.post_message(self.Saving(stop, progress))

        try:
            size = save(source, path, stop, told, overwrite=overwrite)
        except GitBatchError as error:
            self.post_message(self.Saved(stop, path, None, str(error)))
        else:
            self.post_message(self.Saved(stop, path, size))

    def on_log_screen_saving(self, message: Saving) -> None:
        if message.stop_event is self._stop:
            words = f"saving {message.progress:.0%}, esc stops"
            self.line.note = words

    def on_log_screen_saved(self, message: Saved) -> None:
        if message.stop_event is self._stop:
            self._stop = None
        self.line.note = ""
        if message.trouble:
            self.tell(message.trouble, "error")
        elif message.size is None:
            self.tell(f"Stopped; {message.path} was not written.", "warning")
        else:
            self.tell(f"Saved {size(message.size)} to {message.path}.")
