"""A terminal that keeps what a terminal would get."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.drivers.headless_driver import HeadlessDriver

if TYPE_CHECKING:
    from textual.driver import Driver

# SyntaxColours, cursor movements and the mouse's pointer are what textual itself writes.
_OURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]22;[a-z-]*\x07")


def wire() -> tuple[type[Driver], list[str]]:
    """The terminal, and what was written through it so far."""
    sent: list[str] = []

    class Wire(HeadlessDriver):
        @property
        def is_headless(self) -> bool:
            return False

        def write(self, data: str) -> None:
            sent.append(data)

    return Wire, sent


def text_of(sent: list[str]) -> str:
    """What was written, without textual's own sequences."""
    return _OURS.sub("", "".join(sent))
