"""The folders of a run that are open, as rows: one below the other, each page as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        """Of the entry; or of the folder that the rest is of."""
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
        """How many of its entries were read."""
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
        """It isn't there any more, nor is what was in it."""
        below = {key for key in self._folders if f"{key}/".startswith(f"{path}/")}
        self._opened -= {path, *below}
        for key in below:
            del self._folders[key]

    def rows(self) -> list[Row]:
        """All that is to be seen, from top to bottom."""
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
