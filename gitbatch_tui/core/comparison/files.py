"""Compares the files of two commits, each by what it means."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.clone.branches import not_an_option
from gitbatch_tui.core.comparison.documents import compare_json
from gitbatch_tui.core.comparison.notebooks import compare_notebooks
from gitbatch_tui.core.comparison.png import compare_png
from gitbatch_tui.core.comparison.tables import compare_tables
from gitbatch_tui.core.comparison.texts import compare_texts
from gitbatch_tui.core.pages import file
from gitbatch_tui.core.pages.picture import SUFFIXES as PICTURES
from gitbatch_tui.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.clone.repo import Clone
    from gitbatch_tui.core.pages.file import FileChange

    Reader = Callable[[bytes, bytes, float], Iterator[str]]

ATTRIBUTE = "gitbatch-volatile"
"""The git attribute of files that may differ."""
LARGEST = 64 * 2**20
"""Bytes of a file beyond which only its bytes are compared."""
_TOLD = 3
_READERS: dict[str, tuple[str, Reader]] = {
    ".ipynb": ("cells", compare_notebooks),
    ".json": ("values", compare_json),
    ".csv": ("values", compare_tables(".csv")),
    ".tsv": ("values", compare_tables(".tsv")),
    ".png": ("pixels", compare_png),
}
_TREES = ("diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv")


class Likeness(StrEnum):
    """What became of a file whose bytes aren't the same."""

    ALIKE = "alike"
    """Other bytes, which mean the same."""
    VOLATILE = "volatile"
    """It may differ: its attribute says so."""
    DIFFERS = "differs"


@dataclass(frozen=True)
class Compared:
    """A file whose bytes aren't the same in both commits."""

    path: str
    likeness: Likeness
    words: str
    """What was compared, or what differs."""


def compare(clone: Clone, old: str, new: str, source: str, tolerance: float) -> list[Compared]:
    """Every file that isn't byte for byte the same; `source` has the attributes that count."""
    ends = (not_an_option(old), not_an_option(new), "--")
    listed = clone.ask(*_TREES, *file.OPTIONS, *ends).check("git can't compare the results.")
    changes = list(file.parse(listed))
    may_differ = _volatile(clone, source, [change.path for change in changes])
    return [_compared(clone, change, may_differ, tolerance) for change in changes]


def _compared(clone: Clone, change: FileChange, may_differ: set[str], tolerance: float) -> Compared:
    if change.path in may_differ:
        return Compared(change.path, Likeness.VOLATILE, "may differ")
    if change.status != "M" or change.old_mode != change.new_mode:
        return Compared(change.path, Likeness.DIFFERS, _outline(change))
    old, new = (clone.ask("cat-file", "blob", blob).stdout
                for blob in (change.old_blob, change.new_blob))  # fmt: skip
    how, found = _found(change, old, new, tolerance)
    if found:
        return Compared(change.path, Likeness.DIFFERS, one_line(found))
    return Compared(change.path, Likeness.ALIKE, f"other bytes, the same {how}")


def _outline(change: FileChange) -> str:
    names = {"A": "only the new run has it", "D": "the new run doesn't have it"}
    return names.get(change.status, "; ".join(change.notes))


def _found(change: FileChange, old: bytes, new: bytes, tolerance: float) -> tuple[str, str]:
    """What was compared, and what differs; empty where nothing does."""
    for how, reader in _readers(change, max(len(old), len(new)), tolerance):
        try:
            return how, _told(reader(old, new, tolerance))
        except ValueError:
            continue
    picture = change.suffix in PICTURES - {".png"}
    only = ", since only PNG is compared by pixels" if picture else ""
    return "", f"other bytes ({len(old):,} → {len(new):,}){only}"


def _readers(change: FileChange, size: int, tolerance: float) -> Iterator[tuple[str, Reader]]:
    if size > LARGEST:
        return
    if change.suffix in _READERS:
        yield _READERS[change.suffix]
    if change.added is not None:
        yield "values" if tolerance else "text", compare_texts


def _told(sentences: Iterator[str]) -> str:
    first = list(islice(sentences, _TOLD))
    more = sum(1 for _ in sentences)
    return "; ".join(first) + (f"; and {more:,} more" if more else "")


def _volatile(clone: Clone, commit: str, paths: Sequence[str]) -> set[str]:
    """Those of the paths that may differ, by the .gitattributes of a commit."""
    if not paths:
        return set()
    names = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    plain = ("-c", "core.attributesFile=/dev/null")
    with tempfile.TemporaryDirectory(prefix="gitbatch-") as folder:
        # git before 2.40 reads attributes from an index, and from no commit.
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        clone.git("read-tree", not_an_option(commit), environment=index)
        check = ("check-attr", "--cached", "-z", "--stdin", ATTRIBUTE)
        words = clone.git(*plain, *check, stdin=names, environment=index).split("\0")
    values = zip(words[::3], words[2::3], strict=False)
    return {path for path, value in values if value not in {"unspecified", "unset", "false"}}
