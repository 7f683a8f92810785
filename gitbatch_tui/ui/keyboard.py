"""Waits for keys without looking at the clock: textual's own driver wakes up ten times a second."""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

_TICK = 0.1
"""Seconds between two looks at what was begun, such as a lone esc, as in textual's own driver."""
_TICKS = 2
"""Looks after which nothing is left that was begun."""
_READ = 4096


class PatientDriver(LinuxDriver):
    """Textual's driver for terminals; while nobody presses a key, it sleeps."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # For as long as the process lives, as the driver is closed and opened again around a pager.
        self._woken, self._wake = os.pipe()

    def disable_input(self) -> None:
        os.write(self._wake, b"!")
        super().disable_input()
        os.read(self._woken, 1)

    def run_input_thread(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        ticks = 0
        """Looks since something came."""
        while not self.exit_event.is_set():
            patience = _TICK if ticks < _TICKS else None
            ready, _, _ = select.select([self.fileno, self._woken], [], [], patience)
            ticks += 1
            if self.fileno in ready:
                data = os.read(self.fileno, _READ)
                if not data:
                    return  # the terminal has gone
                # Nothing at all would mean to the parser that this was the end.
                if text := decode(data):
                    self._process(parser.feed(text))
                ticks = 0
            self._process(parser.tick())

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
