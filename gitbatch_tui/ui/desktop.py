"""Writes what is seen outside of the screen: the terminal's title, the desktop's notifications.

Of the latter, OSC 9 is iTerm2's (https://iterm2.com/documentation-escape-codes.html), OSC 777 that
of rxvt-unicode, which foot, WezTerm, Ghostty and VTE have, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.ui import present

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.ui.state import AppState


_BY_PROGRAM = {"iTerm.app": 9, "WezTerm": 777, "ghostty": 777}
_BY_TERM = {"xterm-kitty": 9, "xterm-ghostty": 777, "foot": 777, "rxvt-unicode": 777}
_LONGEST = 200
"""Signs of a title or a text."""
_TITLE, _KEEP, _RESTORE = "\x1b]2;{}\x1b\\", "\x1b[22;2t", "\x1b[23;2t"
"""What sets a terminal's title, keeps the one before, and brings that back."""


def notification(
    title: str, text: str, environment: Mapping[str, str], *, wanted: bool | None
) -> str:
    """Write the sequence that makes this terminal show a notification; empty where it can't.

    A multiplexer hands it on only where that is `wanted`, which also makes a terminal that isn't
    known get OSC 9; with False there is none.
    """
    form = _form(environment) or (9 if wanted else None)
    multiplexer = _multiplexer(environment)
    if wanted is False or form is None or (multiplexer and not wanted):
        return ""
    title, text = (one_line(each)[:_LONGEST] for each in (title, text))
    if form == 9:  # noqa: PLR2004  # the code of the sequence
        sequence = f"\x1b]9;{title}: {text}\x07" if text else f"\x1b]9;{title}\x07"
    else:
        # A semicolon would end the title.
        sequence = f"\x1b]777;notify;{title.replace(';', ',')};{text}\x07"
    return _passed_on(sequence, multiplexer)


def _form(environment: Mapping[str, str]) -> int | None:
    """The code of the sequence that the terminal is known to understand."""
    term = environment.get("TERM", "")
    if form := _BY_PROGRAM.get(environment.get("TERM_PROGRAM", "")):
        return form
    if "VTE_VERSION" in environment:
        return 777
    names = (code for name, code in _BY_TERM.items() if term == name or term.startswith(f"{name}-"))
    return next(names, None)


def _multiplexer(environment: Mapping[str, str]) -> str:
    if environment.get("TMUX"):
        return "tmux"
    return "screen" if environment.get("STY") else ""


def _passed_on(sequence: str, multiplexer: str) -> str:
    """Wrap it as the multiplexer wants it; tmux has to allow it, too (allow-passthrough)."""
    if multiplexer == "tmux":
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    return f"\x1bP{sequence}\x1b\\" if multiplexer else sequence


class TerminalTitle:
    """Ours from `take` to `give_back`; before and after, nothing is written."""

    def __init__(self, name: str, write: Callable[[str], None]) -> None:
        """`name` is what the screen is about; `write` brings a sequence to the terminal."""
        self._name = name
        self._write = write
        self._title: str | None = None

    def take(self, state: AppState) -> None:
        """Keep the title that is there, and show ours instead."""
        if self._title is None:
            self._title = ""
            self._write(_KEEP)
            self.show(state)

    def show(self, state: AppState) -> None:
        """Write the title where it is ours and says something else by now."""
        title = one_line(f"gitbatch {self._name} {present.counts(*state.remotes)}").strip()
        if self._title not in {None, title}:
            self._title = title
            self._write(_TITLE.format(title))

    def give_back(self) -> None:
        """Show again what was there before."""
        if self._title is not None:
            self._write(_RESTORE)
