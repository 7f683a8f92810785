"""Keeps a window up to date in threads of its own, so that reading never holds up a key."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.logs.window import Window, WindowView
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.logs.layout import Cells
    from gitbatch_tui.core.logs.source import Source

    Request = Callable[[Window], None]

_FRAME = 1 / 60
"""Seconds between two frames that nobody asked for."""
_AGAIN = 1.0
"""Seconds until something that couldn't be read is tried again."""


class Viewer:
    """Does what it is asked to with a window, and shows a frame after each change."""

    def __init__(self, source: Source, cells: Cells, show: Callable[[WindowView], None]) -> None:
        """`show` is called in a thread of the viewer's; `check` says what ended one."""
        self.source = source
        self._window = Window(source, cells)
        self._show = show
        self._frame: WindowView | None = None
        """What was shown last."""
        self._wake = threading.Condition()
        self._requests: list[Request] = []
        self._changed = True
        self._started = self._closed = False
        self._trouble = ""
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._started:
            return
        self._started = True
        self._apart(self._run, "window")
        self._apart(self._follow, "follow")

    def ask(self, request: Request) -> None:
        """Do something with the window, soon and in turn."""
        with self._wake:
            self._requests.append(request)
            self._wake.notify()

    def close(self) -> None:
        """Show nothing any more, and let the source go; doesn't wait."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        # It may have to wait for a read that takes its time.
        self._apart(self.source.close, "close")

    def check(self) -> None:
        """Raise what was not foreseen in a thread of the viewer's, and ended it."""
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        while (requests := self._next()) is not None:
            frame = self._work(requests)
            if frame != self._frame and not self._closed:
                self._frame = frame
                self._show(frame)
            self._rest()

    def _next(self) -> list[Request] | None:
        """The next actions to do; None when it is over."""
        with self._wake:
            self._wake.wait_for(
                lambda: self._requests or self._changed or self._closed,
                _AGAIN if self._trouble else None,
            )
            requests, self._requests = self._requests, []
            self._changed = False
            return None if self._closed else requests

    def _rest(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._requests or self._closed, _FRAME)

    def _work(self, requests: list[Request]) -> WindowView:
        try:
            self._window.look()
            for request in requests:
                request(self._window)
            frame = self._window.frame()
        except GitBatchError as error:
            self._trouble = one_line(str(error))
        except OSError as error:
            self._trouble = one_line(error.strerror or str(error))
        else:
            self._trouble = ""
            return frame
        return replace(self._frame or WindowView(), state=self._trouble)

    def _follow(self) -> None:
        self.source.follow(self._poke)

    def _poke(self) -> None:
        with self._wake:
            self._changed = True
            self._wake.notify()

    def _apart(self, work: Callable[[], None], name: str) -> None:
        # As a daemon, so that a server that doesn't answer can't hold up the program's end.
        threading.Thread(
            target=self._guarded, args=(work,), name=f"log-{name}", daemon=True
        ).start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:
            if self._closed:
                raise  # nobody checks any more
            self._failure = failure
            self._show(self._frame or WindowView())
