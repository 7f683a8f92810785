"""Reads what a server says of files: sizes and pages, folders of run trees, large results."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gitbatch_tui.core.server.protocol import cut, fields_of, garbled, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PAGE = 500
"""Entries of a page, where nobody asks for more."""
_LARGE = re.compile(r"([0-9a-f]{64})\t([0-9]{1,18})\t(.+)")


@dataclass(frozen=True)
class LogStat:
    """Size and identity of a file that was not read."""

    size: int
    """In bytes; 0 where there is no file yet."""
    inode: int
    """The file's number over there, by which another file is told; 0 where there is none."""


@dataclass(frozen=True)
class Page:
    """A file of a run that people may want to read."""

    name: str
    file: str
    """As `log --file` takes it."""
    path: str
    """On the server."""
    target: str
    """Where it leads, if it is a link; empty otherwise."""


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


@dataclass(frozen=True)
class LargeFile:
    """A large result: kept on the server under its hash, and not in the history."""

    hash: str
    """SHA-256 of its content, in hexadecimal digits."""
    size: int
    """In bytes."""
    path: str
    """In the run tree."""


def read_stat(text: str) -> LogStat:
    """The answer to `log --stat`."""
    fields = fields_of(text.strip())
    return LogStat(number_of(fields.get("size", "")) or 0, number_of(fields.get("inode", "")) or 0)


def read_pages(text: str) -> tuple[Page, ...]:
    """The answer to `pages`: NAME, FILE, PATH, TARGET in lines, separated by tabs."""
    lines = (line.split("\t") for line in text.split("\n"))
    return tuple(Page(*line) for line in lines if len(line) == len(fields(Page)))


def read_file(line: str) -> tuple[int, str]:
    """Size and path in a line of the answer to `files`; -1 where the name has line ends.

    Raises `BadAnswer` for anything else.
    """
    size, tab, path = line.partition("\t")
    number = -1 if size == "-" else number_of(size)
    if number is None or not tab or not path:
        raise garbled(line)
    return number, path


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


def parse_large(text: str) -> Iterator[LargeFile]:
    """Read lines of hash, size and path, with tabs between them; others are left out."""
    for line in text.split("\n"):
        if match := _LARGE.fullmatch(line):
            yield LargeFile(match[1], int(match[2]), match[3])
