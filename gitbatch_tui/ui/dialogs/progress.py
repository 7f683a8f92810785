"""Shows what a deed says while it is at it; esc stops it, if it can be stopped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.submit.push import SERVER
from gitbatch_tui.models import State
from gitbatch_tui.ui.dialogs.dialog import Dialog, plain, words
from gitbatch_tui.ui.told import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.models import Receipt

KEPT = 500
"""Lines that are shown."""
_COUNTED = re.compile(r"(?P<what>[^:]+): +\d+% \(")


class Said(Told):
    """A line of git's or of a server's, harmless."""

    line: str


class Progress(Dialog[None]):
    """What git does is one line that changes; what the server says stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "close", show=False),
        Binding("m", "mend", "mend it", show=False),
    ]

    def __init__(
        self, heading: str, doing: str, stop: Callable[[], None] | None = None, goes_on: str = ""
    ) -> None:
        """`stop` is called on esc; else the deed is left, and `goes_on` says what becomes of it."""
        super().__init__()
        self._heading = heading
        self._stop = stop
        self._goes_on = goes_on
        self._mend: Callable[[], None] | None = None
        self._then: Callable[[], None] | None = None
        self.is_over = False
        """Whether it only stays to be read."""
        self.lines: list[str] = []
        self._doing = words(doing, "-doing")
        self._said = Static(classes="-output")
        self.keys = [("esc", "stop" if stop else "leave it to itself" if goes_on else "leave")]

    @property
    def heading(self) -> str:
        return self._heading

    def holds(self) -> Iterable[Widget]:
        yield self._doing
        with VerticalScroll(classes="-lines") as box:
            yield self._said
        box.anchor()

    def on_said(self, fact: Said) -> None:
        if fact.line.startswith(SERVER):
            self.add(fact.line.removeprefix(SERVER).rstrip())
        elif fact.line.strip():
            self._doing.update(plain(fact.line))

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

    def end(self, words: str, mend: Callable[[], None] | None = None) -> None:
        """Stay open, so that what was said can be read; `mend` is done on m."""
        self.is_over = True
        self._mend = mend
        self._doing.update(plain(words))
        self.show_keys([*([("m", "mend it")] if mend else []), ("enter/esc", "close")])

    def follow_with(self, then: Callable[[], None]) -> None:
        """Do something when it has been closed; now where it has."""
        if self.is_attached:
            self._then = then
        else:
            then()

    def on_unmount(self) -> None:
        if self._then:
            self.app.call_later(self._then)

    def action_agree(self) -> None:
        if self.is_over:
            self.close()

    def action_mend(self) -> None:
        if self._mend:
            self.close()
            self._mend()

    def action_leave(self) -> None:
        if self.is_over or not self._stop:
            self.close()
            if self._goes_on and not self.is_over:
                self.app.notify(clean(self._goes_on), markup=False)
        else:
            self._doing.update(plain("Stopping ..."))
            self._stop()
