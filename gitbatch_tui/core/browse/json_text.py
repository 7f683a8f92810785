"""Sets JSON out over lines, every value as it is written."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = frozenset({".json", ".geojson"})

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


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
