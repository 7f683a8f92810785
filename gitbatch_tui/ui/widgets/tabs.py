"""Tabs as the spaces up to the next stop."""

from __future__ import annotations

_STOP = 4


def expanded(text: str) -> str:
    """The text as it is shown."""
    return text.expandtabs(_STOP) if "\t" in text else text


def places(text: str) -> list[int]:
    """Where each character of the text is in the expanded one, and where that ends."""
    found, at = [], 0
    for character in text:
        found.append(at)
        at += _STOP - at % _STOP if character == "\t" else 1
    return [*found, at]
