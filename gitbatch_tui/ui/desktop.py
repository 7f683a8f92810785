"""Notifications of the desktop, as far as the terminal can ask for them.

OSC 9 is iTerm2's (https://iterm2.com/documentation-escape-codes.html), OSC 777 that of
rxvt-unicode, which foot, WezTerm, Ghostty and VTE have, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_PROGRAM = {"iTerm.app": 9, "WezTerm": 777, "ghostty": 777}
_BY_TERM = {"xterm-kitty": 9, "xterm-ghostty": 777, "foot": 777, "rxvt-unicode": 777}
_LONGEST = 200
"""Signs of a title or a text."""


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
