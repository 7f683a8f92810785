"""The large results of runs: kept on the server under their hashes, and not in the history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"([0-9a-f]{64})\t([0-9]{1,18})\t(.+)")


@dataclass(frozen=True)
class LargeFile:
    """A large result."""

    hash: str
    """SHA-256 of its content, in hexadecimal digits."""
    size: int
    """In bytes."""
    path: str
    """In the run tree."""


def parse_large(text: str) -> Iterator[LargeFile]:
    """Read lines of hash, size and path, with tabs between them; others are left out."""
    for line in text.split("\n"):
        if match := _LINE.fullmatch(line):
            yield LargeFile(match[1], int(match[2]), match[3])
