"""Reads the files of a run in threads, and hands the screen what has come."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from gitbatch_tui.core.browse.content import Look, look
from gitbatch_tui.core.server.file_answers import PAGE, Entry, EntryKind, FolderPage
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitbatch_tui.core.browse.trees import RunTree


@dataclass
class TreeOpened(Message):
    """The files of the run can be read from now on."""

    tree: RunTree


@dataclass
class FolderListed(Message):
    """A page of a folder has come."""

    path: str
    page: FolderPage
    anew: bool
    """Whether it is the first page, in place of what was listed."""


@dataclass
class LookedAgain(Message):
    """All that is open was listed again; it took so many seconds."""

    took: float


@dataclass
class Looked(Message):
    """A file was read as far as it is to be shown."""

    entry: Entry
    look: Look


@dataclass
class Failed(Message):
    """A folder, or a file, can't be read."""

    path: str
    error: GitBatchError


class TreeReader:
    """Each method waits for the server, so a thread calls it."""

    def __init__(self, open_tree: Callable[[], RunTree], post: Callable[[Message], object]) -> None:
        self._open, self._post = open_tree, post
        self._tree: RunTree | None = None

    def begin(self) -> None:
        """Find out where the files are, and list the first of them."""
        try:
            self._tree = self._open()
        except GitBatchError as error:
            self._post(Failed("", error))
        else:
            self._post(TreeOpened(self._tree))
            self.list_folder("")

    def list_folder(self, path: str, start: int = 0, most: int = PAGE) -> None:
        """List a page of a folder."""
        if self._tree is None:
            return
        try:
            self._post(FolderListed(path, self._tree.folder(path, start, most), not start))
        except GitBatchError as error:
            self._post(Failed(path, error))

    def list_again(self, folders: Iterable[tuple[str, int]]) -> None:
        """List folders again, of each as many entries."""
        began = time.monotonic()
        for path, count in folders:
            self.list_folder(path, most=max(PAGE, count))
        self._post(LookedAgain(time.monotonic() - began))

    def look_into(self, entry: Entry, most: int) -> None:
        """Read a file as far as it is to be shown; or list the folder that a link leads to."""
        if self._tree is None:
            return
        try:
            found = self._tree.behind(entry)
            if found.kind is EntryKind.FOLDER:
                self._post(FolderListed(found.path, self._tree.folder(found.path), anew=True))
                return
            read = partial(self._tree.read, found.path)
            self._post(Looked(entry, look(found.path, found.size or 0, read, most)))
        except GitBatchError as error:
            self._post(Failed(entry.path, error))
