"""The colours of curves: to be told apart on dark and on light ground."""

from __future__ import annotations

COLOURS = (
    "#5b9bd5", "#f0883e", "#57ab5a", "#c678dd", "#e5534b", "#2bb5c0",
    "#c69026", "#e275ad", "#8896d8", "#8fb339", "#b5835a", "#7f9f9f",
)  # fmt: skip


def colour(number: int) -> str:
    """The colour of a curve; after the last one, the first comes again."""
    return COLOURS[number % len(COLOURS)]
