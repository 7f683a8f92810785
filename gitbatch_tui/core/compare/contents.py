"""Compares the contents of a file in two versions, by what it means where we can read it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.compare.json import compare_json
from gitbatch_tui.core.compare.notebook import compare_notebooks
from gitbatch_tui.core.compare.picture import compare_pictures
from gitbatch_tui.core.compare.table import compare_tables
from gitbatch_tui.core.compare.text import compare_texts
from gitbatch_tui.core.diffs.picture import DRAWN
from gitbatch_tui.core.git.blobs import contents_of, in_groups, sizes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.compare.numbers import Tolerance
    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone

    Reader = Callable[[bytes, bytes, Tolerance], Iterator[str]]

_WHOLE, _IN_PARTS = 8 * 2**20, 64 * 2**20
"""Bytes of a file that is read as a whole, which takes many times that, or part by part."""
_TOLD = 3
_READERS: dict[str, tuple[str, int, Reader]] = {
    ".ipynb": ("cells", _IN_PARTS, compare_notebooks),
    ".json": ("values", _WHOLE, compare_json),
    ".csv": ("values", _IN_PARTS, compare_tables(".csv")),
    ".tsv": ("values", _IN_PARTS, compare_tables(".tsv")),
    **dict.fromkeys(DRAWN, ("pixels", _IN_PARTS, compare_pictures)),
}


class ContentDifference(NamedTuple):
    """The result of comparing one file."""

    differs: str
    """In words; empty where it means the same."""
    how: str = ""
    """What was compared."""


def compare_contents(
    clone: Clone, changes: Sequence[FileChange], tolerance: Tolerance
) -> Iterator[tuple[str, ContentDifference]]:
    """Yield each path and how it differs; raises `CommandFailed` for what git can't read."""
    sizes = sizes_of(clone, (blob for each in changes for blob in _blobs(each)))
    large = [max(sizes[blob] for blob in _blobs(each)) for each in changes]
    for group in in_groups([2 * size if size <= _IN_PARTS else 0 for size in large]):
        small = [changes[at] for at in group if large[at] <= _IN_PARTS]
        contents = contents_of(clone, (blob for each in small for blob in _blobs(each)))
        for change in changes[group.start : group.stop]:
            old, new = _blobs(change)
            if new in contents and old in contents:
                sides = contents[old], contents[new]
                yield (
                    change.path,
                    _link(*sides) if change.is_link else read_by(change.suffix, *sides, tolerance),
                )
            else:
                words = f"other bytes ({sizes[old]:,} → {sizes[new]:,}), too large to be read"
                yield change.path, ContentDifference(words)


def _blobs(change: FileChange) -> tuple[str, str]:
    return change.old_blob, change.new_blob


def _link(old: bytes, new: bytes) -> ContentDifference:
    return ContentDifference(f"it leads from {clean(old)} to {clean(new)}")


def read_by(suffix: str, old: bytes, new: bytes, tolerance: Tolerance) -> ContentDifference:
    """Compare two files with that suffix, by the first reader that can read both."""
    why = ""
    for how, reader in _readers(suffix, max(len(old), len(new)), tolerance):
        try:
            return ContentDifference(_told(reader(old, new, tolerance)), f"{how}{why}")
        except (ValueError, RecursionError):
            why = f"; it can't be read as {suffix[1:]}" if suffix in _READERS else ""
    if old == new:
        return ContentDifference("", "bytes")
    return ContentDifference(f"other bytes ({len(old):,} → {len(new):,}){why}")


def _readers(suffix: str, size: int, tolerance: Tolerance) -> Iterator[tuple[str, Reader]]:
    if suffix in _READERS:
        how, largest, reader = _READERS[suffix]
        if size <= largest:
            yield how, reader
    yield "values" if tolerance else "text", compare_texts


def _told(sentences: Iterator[str]) -> str:
    first = list(islice(sentences, _TOLD))
    more = sum(1 for _ in sentences)
    return "; ".join(first) + (f"; and {more:,} more" if more else "")
