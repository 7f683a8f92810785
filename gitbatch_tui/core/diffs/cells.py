"""Draws what changed in a notebook: the cells that differ, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from gitbatch_tui.core.diffs.align import are_keys, by_key, by_place
from gitbatch_tui.core.diffs.model import Kind, Line, note
from gitbatch_tui.core.diffs.notebook import read_notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.diffs.notebook import Cell, Notebook

_AROUND = 3

Pair = tuple["Cell | None", "Cell | None"]


def notebook_lines(old: bytes, new: bytes) -> Iterator[Line]:
    """The cells that differ; raises ValueError where it is no notebook."""
    before, after = read_notebook(old), read_notebook(new)
    return _lines(before, after, _pairs(before.cells, after.cells))


def _lines(old: Notebook, new: Notebook, pairs: Iterable[Pair]) -> Iterator[Line]:
    if old.kernel and new.kernel and old.kernel != new.kernel:
        yield note(f"kernel: {old.kernel} → {new.kernel}")
    alike = 0
    for pair in pairs:
        if _alike(*pair):
            alike += 1
            continue
        yield from _skipped(alike, "cell")
        alike = 0
        yield from _cell_lines(*pair, new.language or old.language)
    yield from _skipped(alike, "cell")


def _alike(old: Cell | None, new: Cell | None) -> bool:
    return bool(
        old and new and (old.kind, old.source, old.outputs) == (new.kind, new.source, new.outputs)
    )


def _cell_lines(old: Cell | None, new: Cell | None, language: str) -> Iterator[Line]:
    yield Line(Kind.HEADING, _heading(old, new))
    cell = new or old
    code = language if cell and cell.kind == "code" else ""
    yield from _changed_lines(old.source if old else (), new.source if new else (), code)
    outputs = old.outputs if old else (), new.outputs if new else ()
    if any(outputs):
        yield Line(Kind.HUNK, "output" if outputs[0] != outputs[1] else "output, the same")
    if outputs[0] != outputs[1]:
        yield from _changed_lines(*outputs, "")


def _heading(old: Cell | None, new: Cell | None) -> str:
    cell = new or old
    words = [f"{cell.kind if cell else ''} cell"]
    counts = [f"[{c.count}]" for c in (old, new) if c and c.count is not None]
    words += [" → ".join(dict.fromkeys(counts))] if counts else []
    if old is None or new is None:
        words.append("added" if old is None else "deleted")
    return " ".join(words)


def _changed_lines(old: Sequence[str], new: Sequence[str], language: str) -> Iterator[Line]:
    """The lines that differ, with a few around them."""
    blocks = SequenceMatcher(None, old, new).get_opcodes()
    for tag, i, i_end, j, j_end in blocks:
        if tag == "equal":
            near = (_AROUND if i + j else 0, _AROUND if (i_end, j_end) != blocks[-1][2::2] else 0)
            lines = [
                Line(Kind.SAME, old[at], at + 1, at + 1 + j - i, language) for at in range(i, i_end)
            ]
            yield from _without_the_middle(lines, *near)
            continue
        for at in range(i, i_end):
            yield Line(Kind.DELETED, old[at], at + 1, 0, language)
        for at in range(j, j_end):
            yield Line(Kind.ADDED, new[at], 0, at + 1, language)


def _without_the_middle(lines: list[Line], first: int, last: int) -> Iterator[Line]:
    hidden = len(lines) - first - last
    if hidden <= 1:
        yield from lines
        return
    yield from lines[:first]
    yield from _skipped(hidden, "line")
    yield from lines[len(lines) - last :]


def _skipped(count: int, noun: str) -> Iterator[Line]:
    if count:
        yield Line(Kind.HUNK, f"⋯ {count:,} {noun if count == 1 else f'{noun}s'} alike")


def _pairs(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[Pair]:
    ids = [cell.id for cell in old], [cell.id for cell in new]
    contents = [[(cell.kind, cell.source) for cell in cells] for cells in (old, new)]
    for i, j in by_key(*ids) if are_keys(*ids) else by_place(*contents):
        before = None if i is None else old[i]
        after = None if j is None else new[j]
        if before and after and before.kind != after.kind:
            yield from ((before, None), (None, after))
        else:
            yield before, after
