"""Writes where a log is and what goes on, for its border; and why there is nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import size
from gitbatch_tui.core.logs.source import NOT_THERE

if TYPE_CHECKING:
    from gitbatch_tui.core.logs.search import Search
    from gitbatch_tui.core.logs.window import WindowView


def border_words(
    frame: WindowView | None, progress: float | None, wanted: str, *, live: bool
) -> str:
    """The words for the border: a search, trouble, the last event, wrapping, and the place."""
    if frame is None:
        return "opening"
    searching = "" if progress is None else f"searching {wanted} {progress:.0%}, esc stops"
    wrapped = "wrapped" if frame.wrapped else ""
    parts = [searching, _state(frame, live=live), frame.event, wrapped, _where(frame, live=live)]
    return " · ".join(part for part in parts if part)


def hint(frame: WindowView, *, live: bool) -> str:
    """Say why there is no row to show; empty where there is one."""
    if frame.state == NOT_THERE:
        return "Nothing is there yet; it appears by itself." if live else "There is no such file."
    if frame.size:
        return ""
    if frame.state:
        # A sentence may begin with the name of a host, as that is written.
        is_sentence = frame.state.endswith(".")
        return frame.state if is_sentence else f"{frame.state[0].upper()}{frame.state[1:]}."
    return "It is empty so far; the first line appears by itself." if live else "It is empty."


def not_found(search: Search) -> str:
    """Say why a search found nothing, so that nothing moved."""
    if search.near:
        return f"“{search.text}” isn't in this file."
    side, key, other = ("above", "n", "below") if search.backwards else ("below", "N", "above")
    return f"There is no “{search.text}” {side}; {key} looks {other}."


def _state(frame: WindowView, *, live: bool) -> str:
    if frame.state == NOT_THERE:
        return NOT_THERE if live else "not there"
    return frame.state or ("" if frame.size else "empty")


def _where(frame: WindowView, *, live: bool) -> str:
    if not frame.size:
        return ""
    parts = [_place(frame, live=live), f"of {size(frame.size)}"]
    if frame.column:
        parts.append(f"from column {frame.column + 1}")
    return " ".join(parts)


def _place(frame: WindowView, *, live: bool) -> str:
    if frame.following and live:
        return "following the end"
    return "end" if frame.bottom >= frame.size else f"{frame.bottom * 100 // frame.size}%"
