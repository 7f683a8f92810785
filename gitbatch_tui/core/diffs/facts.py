"""Draws a change that isn't shown line by line: sizes, dimensions and hashes, old and new."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gitbatch_tui.core.diffs.model import Kind, Line, Mark, note
from gitbatch_tui.core.diffs.picture import HEAD, recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP = 1024
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_INDENT = 12

Facts = dict[str, str]
"""What is known of one version of a file, in words."""


def in_words(size: int) -> str:
    """`1.4 MiB (1,468,006 bytes)`."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    exact = f"{size:,} {'byte' if size == 1 else 'bytes'}"
    return f"{amount:.1f} {_UNITS[unit]} ({exact})" if unit else exact


def picture_facts(chunks: Iterable[bytes]) -> Facts:
    """The facts of a picture, from all of its bytes, without keeping them."""
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        head += chunk[: HEAD - len(head)]
    picture = recognise(head)
    return {
        "format": picture.format if picture else "not recognised",
        "dimensions": picture.dimensions if picture else "",
        "size": in_words(size),
        "sha256": digest.hexdigest(),
    }


def fact_lines(sentence: str, old: Facts, new: Facts) -> Iterator[Line]:
    """What was and what is; what stayed the same is said once."""
    yield note(sentence)
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, ""), new.get(name, "")
        if before == after:
            yield _fact(Kind.SAME, name, after)
            continue
        if before:
            yield _fact(Kind.DELETED, name, before)
        if after:
            yield _fact(Kind.ADDED, name, after)


def _fact(kind: Kind, name: str, value: str) -> Line:
    return Line(kind, f"{name:{_INDENT}}{value or '-'}", marks=(Mark(0, _INDENT, Kind.NOTE),))
