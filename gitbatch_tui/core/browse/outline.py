"""The files of a run below their folders: those that are open, page by page, or all in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitbatch_tui.core.server.file_answers import Entry, FolderPage


@dataclass(frozen=True)
class Row:
    """An entry; or, with `rest`, those of a folder that weren't read yet."""

    entry: Entry
    depth: int
    is_open: bool = False
    """Whether what is in it stands below."""
    rest: int = 0

    @property
    def path(self) -> str:
        """The path of the entry; of the folder, where the row stands for the rest of one."""
        return self.entry.path.rpartition("/")[0] if self.rest else self.entry.path


@dataclass
class _Folder:
    entries: dict[str, Entry]
    total: int
    more: bool


class Outline:
    """Keeps what was read of the folders of a run, and which of them are open."""

    def __init__(self) -> None:
        self._folders: dict[str, _Folder] = {}
        self._opened = {""}

    @property
    def opened(self) -> list[str]:
        """The folders that are open and read, each after the one that it is in."""
        return sorted(self._opened & self._folders.keys())

    def read_so_far(self, path: str) -> int:
        """Return how many entries of a folder were read."""
        folder = self._folders.get(path)
        return len(folder.entries) if folder else 0

    def open(self, path: str) -> None:
        """Show what is in a folder, as soon as it is read."""
        self._opened.add(path)

    def close(self, path: str) -> None:
        """Hide what is in a folder."""
        self._opened.discard(path)

    def take(self, path: str, page: FolderPage, *, anew: bool) -> None:
        """Add a page of a folder to what was read of it; or begin with it `anew`."""
        known = {} if anew or path not in self._folders else self._folders[path].entries
        entries = known | {entry.path: entry for entry in page.entries}
        self._folders[path] = _Folder(entries, page.total, page.more)

    def forget(self, path: str) -> None:
        """Drop a folder that isn't there any more, and all that was in it."""
        below = {key for key in self._folders if f"{key}/".startswith(f"{path}/")}
        self._opened -= {path, *below}
        for key in below:
            del self._folders[key]

    def rows(self) -> list[Row]:
        """The rows of all that is to be seen, from top to bottom."""
        return list(self._rows("", 0))

    def _rows(self, path: str, depth: int) -> Iterator[Row]:
        folder = self._folders.get(path)
        if folder is None:
            return
        for entry in folder.entries.values():
            is_open = entry.path in self._opened and entry.path in self._folders
            yield Row(entry, depth, is_open)
            if is_open:
                yield from self._rows(entry.path, depth + 1)
        if folder.more:
            last = next(reversed(folder.entries.values()))
            yield Row(last, depth, rest=max(1, folder.total - len(folder.entries)))


class TreeLine(NamedTuple):
    """A file or a folder, in its place among the others."""

    depth: int
    name: str
    """That of a folder ends with a slash."""
    size: int
    """Bytes; of a folder, those of all files in it."""


def tree_lines(files: Iterable[tuple[int, str]]) -> Iterator[TreeLine]:
    """Yield each folder before what is in it, by name; a size of -1, unknown, counts nothing."""
    found = sorted((path.split("/"), size) for size, path in files)
    sums: dict[tuple[str, ...], int] = {}
    for parts, size in found:
        for depth in range(1, len(parts)):
            folder = tuple(parts[:depth])
            sums[folder] = sums.get(folder, 0) + max(0, size)
    before: list[str] = []
    for parts, size in found:
        for depth in range(1, len(parts)):
            if parts[:depth] != before[:depth]:
                yield TreeLine(depth - 1, f"{parts[depth - 1]}/", sums[tuple(parts[:depth])])
        yield TreeLine(len(parts) - 1, parts[-1], size)
        before = parts[:-1]
