"""The files of a run where they are: in its run tree, or in the commit of its results."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.changed_files import LINK
from gitbatch_tui.core.results.revisions import outcome_commit
from gitbatch_tui.core.runs.published import unpublished
from gitbatch_tui.core.runs.record_files import large_files_of
from gitbatch_tui.core.server.file_answers import PAGE, Entry, EntryKind, FolderPage
from gitbatch_tui.errors import (
    CommandFailed,
    HostKeyChanged,
    HostKeyUnknown,
    LoginNeeded,
    OnlyPublished,
    Refused,
    UnknownName,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.server.file_answers import LargeFile
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import Run

_LISTED = re.compile(r"(\d{6}) (\w+) [0-9a-f]+ +(\d+|-)\t(.+)", re.DOTALL)
_KINDS = {"tree": EntryKind.FOLDER, "blob": EntryKind.FILE}


class RunTree(Protocol):
    """The files of a run, in its run tree or in a commit."""

    notice: str
    """Why these aren't the files of the run tree; empty where they are."""
    commit: str
    """The commit that they are of; empty where they are those of the run tree."""

    def folder(self, path: str = "", start: int = 0, most: int = PAGE) -> FolderPage:
        """Entries of a folder; raises `UnknownName` where there is none."""

    def files(self, path: str = "") -> tuple[tuple[int, str], ...]:
        """Size and path of every file at or below a path, but links; -1 where a size isn't known.

        Raises `UnknownName` where there are none.
        """

    def behind(self, entry: Entry) -> Entry:
        """The file or folder that a link leads to; anything else is returned as it is."""

    def read(self, path: str, offset: int, size: int) -> bytes:
        """Bytes of a file; raises `UnknownName` where it isn't there any more."""

    def address(self, path: str) -> str:
        """The text with which a person gets at it elsewhere: `host:path`, or a git command."""


def open_tree(batch: Batch, run: Run) -> RunTree:
    """The run tree; or, where that is gone or out of reach, the commit with its results."""
    try:
        if page := batch.server.files.folder(run.number):
            return ServerTree(batch.server, run, page)
        why = "The run tree is not there any more"
    except (LoginNeeded, HostKeyUnknown, HostKeyChanged):
        raise
    except (Unreachable, OnlyPublished) as error:
        if not run.state.final or not batch.clone.commit_of(run.result or run.commit):
            raise _unpublished(batch, run, error) from error
        why = str(error).rstrip(".")
        if batch.remote.published:
            why = "The run tree is not published"
    return CommittedTree(batch, run, outcome_commit(batch, run, lambda _: None), why)


def _unpublished(batch: Batch, run: Run, error: GitBatchError) -> GitBatchError:
    return unpublished(batch.remote, f"Files of {run.name}") if batch.remote.published else error


class ServerTree:
    """The run tree, which may change while it is looked at."""

    notice = commit = ""

    def __init__(self, server: Server, run: Run, first: FolderPage) -> None:
        """`first` is what its top folder begins with, which needn't be asked for again."""
        self._server, self._run = server, run
        self._first: FolderPage | None = first

    def folder(self, path: str = "", start: int = 0, most: int = PAGE) -> FolderPage:
        first, self._first = self._first, None
        if first and (path, start, most) == ("", 0, PAGE):
            return first
        page = self._server.files.folder(self._run.number, path, start, most)
        if page is None:
            raise UnknownName(f"The run tree of {self._run.name} is not there any more.")
        return page

    def files(self, path: str = "") -> tuple[tuple[int, str], ...]:
        return _some(self._server.files.tree(self._run.number, path), path)

    def behind(self, entry: Entry) -> Entry:
        if entry.kind is not EntryKind.LINK:
            return entry
        found = self._server.files.stat(self._run.number, f"tree:{entry.path}")
        if found.inode:
            return replace(entry, kind=EntryKind.FILE, size=found.size)
        return replace(entry, kind=EntryKind.FOLDER)

    def read(self, path: str, offset: int, size: int) -> bytes:
        files, file = self._server.files, f"tree:{path}"
        data = files.read(self._run.number, file, offset, size)
        # Where there is no file, nothing is read, and no word is said.
        if not data and not offset and not files.stat(self._run.number, file).inode:
            raise UnknownName(f"{one_line(path)} is not there any more.")
        return data

    def address(self, path: str) -> str:
        return f"{self._server.place}/runs/{self._run.number}/tree/{path}".rstrip("/")


class CommittedTree:
    """The files of a commit, and the large ones, which the server keeps beside it."""

    def __init__(self, batch: Batch, run: Run, commit: str, why: str) -> None:
        what = "its results" if commit == run.result else "what was submitted"
        self.notice = f"{why}: these are the files of {what}, {short(commit)}."
        self._batch, self._run, self.commit = batch, run, commit
        self._large = {file.path: file for file in large_files_of(batch.clone, run)}

    def folder(self, path: str = "", start: int = 0, most: int = PAGE) -> FolderPage:
        listed = self._batch.clone.try_git("ls-tree", "-z", "-l", f"{self.commit}:{path}")
        prefix = f"{path}/" if path else ""
        found = {entry.path: entry for entry in _committed((listed or "").split("\0"), prefix)}
        found |= {entry.path: entry for entry in _beside(self._large.values(), prefix)}
        if listed is None and not found:
            raise UnknownName(f"There is no folder {one_line(path)} in {short(self.commit)}.")
        entries = sorted(found.values(), key=lambda entry: entry.path)
        shown = tuple(entries[start : start + most])
        return FolderPage(shown, len(entries), start + most < len(entries))

    def files(self, path: str = "") -> tuple[tuple[int, str], ...]:
        with self._batch.clone.stream(
            "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit
        ) as stream:
            listed = islice(_cut(stream), bounds.FILES + 1)
            found = {entry.path: entry for entry in _committed(listed, "")}
        if len(found) > bounds.FILES:
            raise bounds.too_many_files()
        if stream.status:
            raise CommandFailed(f"git can't list {short(self.commit)}.", status=stream.status)
        found |= {
            file.path: Entry(EntryKind.FILE, file.path, file.size) for file in self._large.values()
        }
        inside = (
            entry for entry in found.values() if f"{entry.path}/".startswith(f"{path}/") or not path
        )
        return _some([(entry.size, entry.path) for entry in inside if entry.size is not None], path)

    def behind(self, entry: Entry) -> Entry:
        if entry.kind is EntryKind.LINK:
            target = self.read(entry.path, 0, _LONGEST_LINK)
            raise Refused(f"{one_line(entry.path)} is a link to {one_line(target)}.")
        return entry

    def read(self, path: str, offset: int, size: int) -> bytes:
        if large := self._large.get(path):
            file = f"content:{large.hash}"
            return self._batch.server.files.read(self._run.number, file, offset, size)
        data = b""
        with self._batch.clone.stream("cat-file", "blob", f"{self.commit}:{path}") as stream:
            for chunk in stream:
                data += chunk
                if len(data) >= offset + size:
                    break
        return data[offset : offset + size]

    def address(self, path: str) -> str:
        return shlex.join(["git", "show", f"{short(self.commit)}:{path}"])


def _some(files: Sequence[tuple[int, str]], path: str) -> tuple[tuple[int, str], ...]:
    if path and not files:
        raise UnknownName(f"There is no file {one_line(path)}, and no folder with files in it.")
    return tuple(files)


_LONGEST_LINK = 4096
"""Bytes."""


def _cut(stream: Iterable[bytes]) -> Iterator[str]:
    """The texts between NULs, as they come."""
    pending = b""
    for chunk in stream:
        *parts, pending = (pending + chunk).split(b"\0")
        yield from (part.decode("utf-8", "surrogateescape") for part in parts)


def _committed(listed: Iterable[str], prefix: str) -> Iterable[Entry]:
    """The entries in what `git ls-tree -z -l` says."""
    for line in listed:
        if match := _LISTED.fullmatch(line):
            mode, kind, size, name = match.groups()
            found = EntryKind.LINK if mode == LINK else _KINDS.get(kind, EntryKind.OTHER)
            length = int(size) if found is EntryKind.FILE else None
            yield Entry(found, prefix + name, length)


def _beside(files: Iterable[LargeFile], prefix: str) -> Iterable[Entry]:
    """The large files that are in a folder, and the folders there that have some."""
    for file in files:
        if file.path.startswith(prefix):
            name, slash, _ = file.path[len(prefix) :].partition("/")
            kind = EntryKind.FOLDER if slash else EntryKind.FILE
            yield Entry(kind, prefix + name, None if slash else file.size)
