"""Puts a list of files in order, below their folders, each of which has the size of all in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class TreeLine(NamedTuple):
    """A file or a folder, in its place among the others."""

    depth: int
    name: str
    """That of a folder ends with a slash."""
    size: int
    """Bytes; of a folder, those of all files in it."""


def tree_lines(files: Iterable[tuple[int, str]]) -> Iterator[TreeLine]:
    """Yield each folder before what is in it, by name; a size that isn't known counts nothing."""
    found = sorted((path.split("/"), max(0, size)) for size, path in files)
    sums: dict[tuple[str, ...], int] = {}
    for parts, size in found:
        for depth in range(1, len(parts)):
            folder = tuple(parts[:depth])
            sums[folder] = sums.get(folder, 0) + size
    before: list[str] = []
    for parts, size in found:
        for depth in range(1, len(parts)):
            if parts[:depth] != before[:depth]:
                yield TreeLine(depth - 1, f"{parts[depth - 1]}/", sums[tuple(parts[:depth])])
        yield TreeLine(len(parts) - 1, parts[-1], size)
        before = parts[:-1]
