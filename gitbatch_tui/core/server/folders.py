"""Reads what a server says is in a folder of a run tree: a page of entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gitbatch_tui.core.server.protocol import cut, fields_of, garbled, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = 500
"""Entries of a page, where nobody asks for more."""


class EntryKind(StrEnum):
    """Kinds of entries, as the server calls them."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"
    """A pipe, a socket or a device: nothing to look into."""


_KINDS = frozenset(EntryKind)


@dataclass(frozen=True)
class Entry:
    """A file or a folder of a run, by its path in the run tree."""

    kind: EntryKind
    path: str
    """As it is over there: it may hold anything but NUL."""
    size: int | None = None
    """Bytes of a file; None for anything else."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class FolderPage:
    """Some entries of a folder, in the order of their names' bytes."""

    entries: tuple[Entry, ...]
    total: int
    """Entries of the whole folder."""
    more: bool
    """Whether others come after these."""


def read_folder(host: str, text: str, path: str) -> FolderPage | None:
    """The answer to `folder`; None where the run tree isn't there any more.

    Raises `BadAnswer` where it was cut, or where a name is none of this folder.
    """
    head, *lines = text.removesuffix("\n").split("\n")
    first, last = fields_of(head), fields_of(lines[-1]) if lines else {}
    if not head.startswith("folder\t") or "more" not in last:
        raise cut(host, text)
    if first.get("tree") != "there":
        return None
    total = number_of(first.get("entries", "")) or 0
    return FolderPage(_entries(lines[:-1], path), total, last["more"] == "yes")


def _entries(lines: Sequence[str], folder: str) -> tuple[Entry, ...]:
    prefix = f"{folder}/" if folder else ""
    return tuple(_entry(line, prefix) for line in lines)


def _entry(line: str, prefix: str) -> Entry:
    kind, size, encoded = (*line.split("\t"), "", "", "")[:3]
    name = unquote(encoded, "utf-8", "surrogateescape")
    if kind not in _KINDS or name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise garbled(line)
    return Entry(EntryKind(kind), prefix + name, number_of(size))
