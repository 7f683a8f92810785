"""Shows the beginning of a file of a run, and reads no more of it than that needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from gitbatch_tui.core.base.encoding import encoding_of
from gitbatch_tui.core.base.format import exact_size
from gitbatch_tui.core.diffs import notebook, picture, table
from gitbatch_tui.core.diffs.files import LARGEST_CONTENT, LARGEST_TEXT
from gitbatch_tui.core.diffs.grid import whole_table
from gitbatch_tui.core.diffs.model import LINES, DiffLine, Kind, limited, note
from gitbatch_tui.core.diffs.notebook import whole_notebook
from gitbatch_tui.core.diffs.picture import drawing, fact_lines, picture_facts, recognise
from gitbatch_tui.core.diffs.text import with_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FIRST = 64 << 10
"""Bytes that are read of a text to begin with; then twice as many each time."""
_PIECE = 1 << 20
"""Bytes that are asked for at once."""
_WIDE = ("utf-16", "utf-32")

Read: TypeAlias = "Callable[[int, int], bytes]"
"""Reads bytes of one file: from an offset, so many."""
_JSON = frozenset({".json", ".geojson"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


@dataclass(frozen=True)
class Look:
    """The lines that show a file, as far as it was read."""

    lines: list[DiffLine]
    read: int
    """Bytes, from its beginning."""
    more: bool = False
    """Whether there is more of it to show."""
    table: bool = False


def look(path: str, size: int, read: Read, most: int = FIRST) -> Look:
    """Read a file of about that `size` in bytes, and show it.

    Of texts and tables `most` bytes are read; of what is shown whole or not at all, such as
    pictures and notebooks, all or the first of them.
    """
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in picture.SUFFIXES:
        return _picture(size, read)
    whole = suffix in notebook.SUFFIXES and size <= LARGEST_CONTENT
    most = LARGEST_CONTENT if whole else min(most, LARGEST_TEXT)
    data = _read(read, most)
    complete = whole or len(data) < most
    if not data:
        return Look([note("It is empty.")], 0)
    try:
        encoding = encoding_of(data)
    except ValueError:
        facts = {"size": exact_size(size)}
        return Look([*fact_lines("Binary: there is nothing to read.", facts, facts)], len(data))
    if encoding.name.startswith(_WIDE):
        data = data.decode(encoding.name, "ignore").encode("utf-8", "surrogatepass")
    return _text(path, data, len(data), complete=complete)


def _read(read: Read, most: int) -> bytes:
    data = b""
    while len(data) < most:
        asked = min(_PIECE, most - len(data))
        data += (piece := read(len(data), asked))
        if len(piece) < asked:
            break
    return data


def _picture(size: int, read: Read) -> Look:
    if size > picture.LARGEST:
        head = _read(read, FIRST)
        known = recognise(head)
        shape = {"format": known.format, "dimensions": known.dimensions} if known else {}
        facts = {**shape, "size": exact_size(size)}
        return Look([*fact_lines("A picture, too large to be drawn.", facts, facts)], len(head))
    data = _read(read, picture.LARGEST)
    facts = picture_facts([data])
    return Look([*fact_lines("A picture.", facts, facts), *drawing(data)], len(data))


def _text(path: str, data: bytes, read: int, *, complete: bool) -> Look:
    suffix = PurePosixPath(path).suffix.lower()
    end = len(data) if complete else data.rfind(b"\n") + 1 or len(data)
    shown = data[:end]
    try:
        lines, is_table = _content(suffix, shown, complete=complete)
    except ValueError:
        lines, is_table = None, False
    if lines is None:
        lines = _plain(shown, PurePosixPath(path).name)
    first = [*islice(lines, LINES)]
    is_cut = next(lines, None) is not None
    if is_cut or (read >= LARGEST_TEXT and not complete):
        first.append(note("… there is more than can be shown here."))
    return Look(first, read, not (complete or is_cut or read >= LARGEST_TEXT), is_table)


def _content(suffix: str, data: bytes, *, complete: bool) -> tuple[Iterator[DiffLine] | None, bool]:
    """The lines of what is more than text; raises ValueError where it isn't what it is called."""
    if suffix in table.SUFFIXES:
        return iter([*whole_table(data, suffix)]), True
    if suffix in notebook.SUFFIXES and complete:
        return iter([*whole_notebook(data)]), False
    if suffix in _JSON and complete:
        text = set_out(data.decode("utf-8-sig"))
        return _plain(text.encode("utf-8", "surrogatepass"), f"x{suffix}"), False
    return None, False


def _plain(data: bytes, language: str) -> Iterator[DiffLine]:
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n"), 1):
        text, missing = limited(line.removesuffix(b"\r"))
        yield with_text(DiffLine(Kind.SAME, "", 0, number, language), text, missing)


def set_out(text: str) -> str:
    """Return the same JSON, a value a line; raises ValueError where it is none."""
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return "".join(_parts(_TOKEN.findall(text)))


def _parts(words: list[str]) -> Iterator[str]:
    depth = 0
    for before, word in pairwise(["", *words]):
        if word in _CLOSING:
            depth -= 1
            yield word if before in _OPENING else f"\n{_INDENT * depth}{word}"
            continue
        if before in _OPENING or before == ",":
            yield f"\n{_INDENT * depth}"
        yield f"{word} " if word == ":" else word
        depth += word in _OPENING
