"""How a line of a diff looks: by its kind, its changed words and its language; or as a picture."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pygments.lexers import (  # type: ignore[import-untyped]  # pygments comes without types
    find_lexer_class_for_filename,
)
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from textual.strip import Strip

from gitbatch_tui.core.diffs.align import changed_words
from gitbatch_tui.core.diffs.model import UPPER_HALF, Kind
from gitbatch_tui.ui.widgets.diff_layout import expanded_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.diffs.model import DiffLine, TwoPixels
    from gitbatch_tui.ui.widgets.diff_layout import PageLines


TONES = ("comment", "keyword", "string", "figure", "name", "builtin")
"""What a word of a program can be."""

_BLOCK = 64
_LONGEST = 500
_SCRIPTS = frozenset(".sbatch .slurm .pbs .sge .sub".split())
"""What people call the scripts that they give to a scheduler."""
_TOKENS = {
    ("Comment",): "comment",
    ("Keyword",): "keyword",
    ("Keyword", "Constant"): "figure",
    ("Literal", "String"): "string",
    ("Literal", "Number"): "figure",
    ("Literal", "Scalar"): "string",
    ("Name", "Builtin"): "builtin",
    ("Name", "Class"): "name",
    ("Name", "Decorator"): "name",
    ("Name", "Function"): "name",
    ("Name", "Tag"): "keyword",
    ("Operator", "Word"): "keyword",
}
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


class LineStyle:
    """The styles of the lines of one page."""

    def __init__(self, sheet: PageLines) -> None:
        self._sheet = sheet
        self._lines, self._texts = sheet.lines, sheet.texts
        self._colours = SyntaxColours(self._lines, self._texts)

    def gutter(self, index: int, numbers: Iterable[int], *, first: bool) -> Iterator[Piece]:
        """Yield numbers and sign of a line, before its first part; before others as much room."""
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
        places = expanded_places(line.text)
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
        styles[start:end] = [style] * (min(end, length) - start)
    return styles


class StyledSpan(NamedTuple):
    """A part of a line and what it is."""

    start: int
    end: int
    tone: str


class SyntaxColours:
    """The spans of lines; what belongs together is read together, as it was or as it is."""

    def __init__(self, lines: Sequence[DiffLine], texts: Sequence[str]) -> None:
        self._lines, self._texts = lines, texts
        self._blocks: dict[tuple[int, bool, int], dict[int, list[StyledSpan]]] = {}

    def of(self, index: int, *, old: bool) -> list[StyledSpan]:
        """The spans of one line."""
        first = index - index % _BLOCK
        end = min(first + _BLOCK, len(self._lines))
        key = (first, old, end)
        if key not in self._blocks:
            other = Kind.ADDED if old else Kind.DELETED
            self._blocks[key] = dict(self._read(range(first, end), other))
        return self._blocks[key].get(index, [])

    def _read(self, indices: range, but: Kind) -> Iterator[tuple[int, list[StyledSpan]]]:
        there = [index for index in indices if self._lines[index].kind is not but]
        for language, group in groupby(there, self._language):
            together = list(group)
            if language:
                texts = [self._texts[index] for index in together]
                yield from zip(together, _spans(texts, language), strict=True)

    def _language(self, index: int) -> str:
        return self._lines[index].language if len(self._texts[index]) <= _LONGEST else ""


def _spans(texts: list[str], language: str) -> list[list[StyledSpan]]:
    spans: list[list[StyledSpan]] = [[] for _ in texts]
    row = column = 0
    for tone, text in _tokens("\n".join(texts), language):
        for at, piece in enumerate(text.split("\n")):
            row, column = (row + 1, 0) if at else (row, column)
            if tone and piece and row < len(spans):
                spans[row].append(StyledSpan(column, column + len(piece), tone))
            column += len(piece)
    return spans


def _tokens(code: str, language: str) -> Iterable[tuple[str, str]]:
    lexer = Syntax("", name_of(language)).lexer
    if lexer is None:
        return ()
    return ((_tone(kind), text) for kind, text in lexer.get_tokens(code))


@cache
def name_of(language: str) -> str:
    """Return pygments' name of a language, which may be told by the name of a file."""
    name = PurePosixPath(language.lower())
    if name.suffix in _SCRIPTS:
        return "bash"
    found = find_lexer_class_for_filename(name.name)
    return str(found.aliases[0]) if found else language


def _tone(kind: tuple[str, ...]) -> str:
    return _TOKENS.get(kind[:2]) or _TOKENS.get(kind[:1], "")


def strip_of(cells: Sequence[TwoPixels]) -> Strip:
    """Make a strip of cells, as wide as there are."""
    return Strip(
        [Segment(UPPER_HALF * len(list(same)), _style(cell)) for cell, same in groupby(cells)]
    )


def _style(cell: TwoPixels) -> Style:
    upper, lower = cell
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
