"""The hosts that a person has given names in ~/.ssh/config."""

from __future__ import annotations

import re
import shlex
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 16
"""Files that may include each other, as in ssh."""
_LARGEST = 1 << 20
_LINE = re.compile(r"\s*(?P<key>\w+)(?:\s*=\s*|\s+)(?P<value>.*?)\s*$")


def named_hosts(file: Path | None = None) -> tuple[str, ...]:
    """In their order, each once; patterns are no names. What can't be read names none."""
    home = Path.home() / ".ssh"
    return tuple(dict.fromkeys(_hosts(file or home / "config", home, _DEEPEST)))


def _hosts(file: Path, home: Path, depth: int) -> Iterator[str]:
    for key, values in _settings(file):
        if key == "host":
            yield from (value for value in values if not re.search(r"[*?!]", value))
        elif key == "include" and depth:
            for value in values:
                for path in sorted(glob(str(home / Path(value).expanduser()))):  # noqa: PTH207
                    yield from _hosts(Path(path), home, depth - 1)


def _settings(file: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        if match := _LINE.match(line):
            yield match["key"].lower(), _words(match["value"])


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return []
