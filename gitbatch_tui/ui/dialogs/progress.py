"""Shows how far an action is; esc stops it, if it can be stopped."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from gitbatch_tui.core.base.cancellation import Cancellation
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.submit.push import SERVER, said_to_people
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.dialog import Dialog, plain, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textual import events
    from textual.app import App
    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.models import Receipt

KEPT = 500
"""Lines that are shown."""
_COUNTED = re.compile(r"(?P<what>[^:]+): +\d+% \(")


class ProgressDialog(Dialog[None]):
    """Progress of work: git's is one line that changes; lines of the server stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "close", show=False),
    ]

    def __init__(self, heading: str, doing: str, *, stoppable: bool, goes_on: str = "") -> None:
        """Esc asks the work to stop; else it leaves it, and `goes_on` says what becomes of it."""
        super().__init__()
        self._heading = heading
        self._goes_on = goes_on
        self._stoppable = stoppable
        self._ways: Mapping[str, str] = {}
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.stop = Cancellation()
        """For the thread that works: whether a person wants it to stop."""
        self.is_over = False
        """Whether it only stays to be read."""
        self.was_left = False
        """Whether it was closed before it was over."""
        self.lines: list[str] = []
        self._doing = words(doing, "-doing")
        self._said = Static(classes="-output")
        self.keys = [("esc", "stop" if stoppable else "leave it running" if goes_on else "leave")]

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield self._doing
        with VerticalScroll(classes="-lines") as box:
            yield self._said
        box.anchor()

    def hear(self, line: str) -> None:
        """Show a line of git or of a server; from the thread that works."""
        self.call_later(self._take, line)

    def retitle(self, heading: str) -> None:
        """Take another heading; from the thread that works."""
        self._heading = heading
        self.call_later(self.show_heading)

    def tell(self, line: str) -> None:
        """Add a line that stays; from the thread that works."""
        self.call_later(self.add, line)

    def _take(self, line: str) -> None:
        if line.startswith(SERVER):
            if said := said_to_people(line):
                self.add(said)
        elif line.strip() and not self.is_over:
            self._doing.update(plain(line))

    def see(self, receipt: Receipt) -> None:
        """Close, unless there is something to read."""
        if receipt.state is State.REJECTED:
            self.end("Rejected: schedule.sh failed, so there is no job.")
        else:
            self.close()

    def add(self, line: str) -> None:
        """Show one more line; a count that goes on takes the place of the last one."""
        counted = _COUNTED.match(line)
        if counted and self.lines and self.lines[-1].startswith(counted["what"] + ":"):
            self.lines.pop()
        self.lines.append(line)
        del self.lines[:-KEPT]
        self._said.update(plain("\n".join(self.lines)))

    def end(self, words: str, ways: Mapping[str, str] | None = None) -> None:
        """Stay open, so that what was said can be read; `ways` are keys that go on from there."""
        self.is_over = True
        self._ways = ways or {}
        self._doing.update(plain(words))
        self.show_keys([*self._ways.items(), ("enter/esc", "close")])

    async def closed(self) -> str:
        """Wait until it has been closed; the key of the way that was taken, empty for none."""
        return await self._answer

    def on_unmount(self) -> None:
        if not self._answer.done():
            self._answer.set_result("")

    def on_key(self, event: events.Key) -> None:
        key = event.character or ""
        if key in self._ways and not self._answer.done():
            event.stop()
            self._answer.set_result(key)
            self.close()

    def action_agree(self) -> None:
        if self.is_over:
            self.close()

    def action_leave(self) -> None:
        if self._stoppable and not self.is_over:
            self._doing.update(plain("Stopping ..."))
            self.stop.ask()
            return
        self.was_left = not self.is_over
        self.close()
        if self.was_left and self._goes_on:
            self.app.notify(clean(self._goes_on), markup=False)


@contextmanager
def show_progress(
    app: App[Any], heading: str, doing: str, *, stoppable: bool = True, goes_on: str = ""
) -> Iterator[ProgressDialog]:
    """Show the progress of the work inside; closes at its end, unless there is more to read.

    Where the work can't be stopped, `goes_on` says what becomes of it when it is left.
    """
    dialog = ProgressDialog(heading, doing, stoppable=stoppable, goes_on=goes_on)
    app.push_screen(dialog)
    try:
        yield dialog
    except Exception:
        dialog.close()
        raise
    if not dialog.is_over:
        dialog.close()
