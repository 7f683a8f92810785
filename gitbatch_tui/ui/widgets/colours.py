"""Gives source code its colours, a few lines at a time and only those that are looked at."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from pygments.lexers import (  # type: ignore[import-untyped]  # pygments comes without types
    find_lexer_class_for_filename,
)
from rich.syntax import Syntax

from gitbatch_tui.core.diffs.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.diffs.model import DiffLine

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


class Span(NamedTuple):
    """A part of a line and what it is."""

    start: int
    end: int
    tone: str


class Colours:
    """The spans of lines; what belongs together is read together, as it was or as it is."""

    def __init__(self, lines: Sequence[DiffLine], texts: Sequence[str]) -> None:
        self._lines, self._texts = lines, texts
        self._blocks: dict[tuple[int, bool, int], dict[int, list[Span]]] = {}

    def of(self, index: int, *, old: bool) -> list[Span]:
        """The spans of one line."""
        first = index - index % _BLOCK
        end = min(first + _BLOCK, len(self._lines))
        key = (first, old, end)
        if key not in self._blocks:
            other = Kind.ADDED if old else Kind.DELETED
            self._blocks[key] = dict(self._read(range(first, end), other))
        return self._blocks[key].get(index, [])

    def _read(self, indices: range, but: Kind) -> Iterator[tuple[int, list[Span]]]:
        there = [index for index in indices if self._lines[index].kind is not but]
        for language, group in groupby(there, self._language):
            together = list(group)
            if language:
                texts = [self._texts[index] for index in together]
                yield from zip(together, _spans(texts, language), strict=True)

    def _language(self, index: int) -> str:
        return self._lines[index].language if len(self._texts[index]) <= _LONGEST else ""


def _spans(texts: list[str], language: str) -> list[list[Span]]:
    spans: list[list[Span]] = [[] for _ in texts]
    row = column = 0
    for tone, text in _tokens("\n".join(texts), language):
        for at, piece in enumerate(text.split("\n")):
            row, column = (row + 1, 0) if at else (row, column)
            if tone and piece and row < len(spans):
                spans[row].append(Span(column, column + len(piece), tone))
            column += len(piece)
    return spans


def _tokens(code: str, language: str) -> Iterable[tuple[str, str]]:
    lexer = Syntax("", name_of(language)).lexer
    if lexer is None:
        return ()
    return ((_tone(kind), text) for kind, text in lexer.get_tokens(code))


@cache
def name_of(language: str) -> str:
    """What pygments calls a language, which may be told by the name of a file."""
    name = PurePosixPath(language.lower())
    if name.suffix in _SCRIPTS:
        return "bash"
    found = find_lexer_class_for_filename(name.name)
    return str(found.aliases[0]) if found else language


def _tone(kind: tuple[str, ...]) -> str:
    return _TOKENS.get(kind[:2]) or _TOKENS.get(kind[:1], "")
