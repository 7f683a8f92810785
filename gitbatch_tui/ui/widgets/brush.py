"""Says how each part of a line of a diff looks, by the names of styles."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from gitbatch_tui.core.diffs.model import Kind
from gitbatch_tui.core.diffs.words import changed_words
from gitbatch_tui.ui.widgets import tabs
from gitbatch_tui.ui.widgets.colours import TONES, Colours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.diffs.model import DiffLine
    from gitbatch_tui.ui.widgets.sheet import Sheet

_KINDS = {kind: f"diff--{kind}" for kind in Kind}
_WORDS = {Kind.ADDED: "diff--added-word", Kind.DELETED: "diff--deleted-word"}
STYLES = {
    *_KINDS.values(),
    *_WORDS.values(),
    *(f"diff--{tone}" for tone in TONES),
    *(f"diff--{kind}-sign" for kind in Kind),
    *("diff--number", "diff--hit", "diff--hit-now", "diff--nothing"),
}
_SIGNS = {Kind.ADDED: "+", Kind.DELETED: "-", Kind.CHANGED: "~"}

Layer: TypeAlias = "Iterable[tuple[int, int, str]]"
"""Parts of a line, and the style of each."""


Piece = tuple[str, tuple[str, ...]]
"""A text and the names of its styles, the last one on top."""


class Brush:
    """The styles of the lines of one page."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._lines, self._texts = sheet.lines, sheet.texts
        self._colours = Colours(self._lines, self._texts)

    def gutter(self, index: int, numbers: Iterable[int], *, first: bool) -> Iterator[Piece]:
        """What stands before the first part of a line, and as much room before the others."""
        line, digits = self._lines[index], self._sheet.digits
        shown = "".join(f"{number or '':>{digits}} " for number in numbers) if digits else ""
        sign = _SIGNS.get(line.kind, " ") if first else " "
        yield shown if first else " " * len(shown), (base(line), "diff--number")
        yield f"{sign} ", (base(line), f"diff--{line.kind}-sign")

    def parts(self, index: int, found: Layer) -> Iterator[Piece]:
        """The pieces of a line."""
        line, text = self._lines[index], self._texts[index]
        colours = self._colours.of(index, old=line.kind is Kind.DELETED)
        code = [(span.start, span.end, f"diff--{span.tone}") for span in colours]
        layers = [_spread(len(text), layer) for layer in (code, self._marks(index), found)]
        at = 0
        for styles, group in groupby(zip(*layers, strict=True)):
            end = at + sum(1 for _ in group)
            yield text[at:end], (base(line), *filter(None, styles))
            at = end

    def _marks(self, index: int) -> Layer:
        line = self._lines[index]
        marks: Layer = [(m.start, m.end, _WORDS.get(m.kind, _KINDS[m.kind])) for m in line.marks]
        partner = self._sheet.partner(index)
        if not line.marks and partner is not None:
            changed = _changed(line, self._lines[partner])
            marks = [(start, end, _WORDS[line.kind]) for start, end in changed]
        if "\t" not in line.text:
            return marks
        places = tabs.places(line.text)
        return [(places[start], places[end], style) for start, end, style in marks]


def _changed(ours: DiffLine, theirs: DiffLine) -> Iterable[tuple[int, int]]:
    if ours.kind is Kind.DELETED:
        return changed_words(ours.text, theirs.text)[0]
    return changed_words(theirs.text, ours.text)[1]


def base(line: DiffLine) -> str:
    """The style of the whole line."""
    return _KINDS[line.kind]


def _spread(length: int, layer: Layer) -> list[str]:
    styles = [""] * length
    for start, end, style in layer:
        end = min(end, length)  # noqa: PLW2901
        styles[start:end] = [style] * (end - start)
    return styles
