"""Compares text line by line; with a tolerance, numbers in it count by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.comparison.numbers import from_to, texts_alike

if TYPE_CHECKING:
    from collections.abc import Iterator


def compare_texts(old: bytes, new: bytes, tolerance: float) -> Iterator[str]:
    """A sentence for every line that differs; raises ValueError where one isn't UTF-8 text."""
    before, after = old.decode(), new.decode()
    if "\0" in before or "\0" in after:
        raise ValueError("not text")
    return compare_lines(before, after, tolerance)


def compare_lines(old: str, new: str, tolerance: float) -> Iterator[str]:
    """The same for text that has been read."""
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        yield f"it has {from_to(len(before), len(after))} lines"
    for number, (one, other) in enumerate(zip(before, after, strict=False), 1):
        if not texts_alike(one, other, tolerance):
            yield f"line {number}: {from_to(one, other)}"
