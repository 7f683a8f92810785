"""Compares paths of a work tree with what git has, without writing anything."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from gitbatch_tui.core.git import changed_files
from gitbatch_tui.core.git.blobs import blob_id
from gitbatch_tui.core.git.changed_files import EXECUTABLE, FILE, LINK, NOTHING
from gitbatch_tui.core.git.names import not_an_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone

ModeAndBlob = tuple[str, str]
"""Mode and blob, as git has them; the mode is `NOTHING` where there is no file."""


def changes_between(clone: Clone, old: str, new: str) -> list[FileChange]:
    """The changes between two commits or trees, file by file; a rename counts as two files.

    Raises `UnknownName` for what git would take for an option.
    """
    plumbing = ("diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv")
    sides = (not_an_option(old), not_an_option(new), "--")
    answer = clone.ask(*plumbing, *changed_files.OPTIONS, *sides)
    return list(changed_files.parse(answer.check("What the run changed can't be read here.")))


def present(clone: Clone, paths: Iterable[str]) -> dict[str, ModeAndBlob]:
    """Mode and blob of each path now; a folder, or what can't be read, is as some other file."""
    found: dict[str, ModeAndBlob] = {}
    plain: list[tuple[str, str]] = []
    length = len(clone.empty_tree)
    for path in paths:
        mode = _mode(clone.path / path)
        if mode.startswith("100"):
            plain.append((path, mode))
        elif mode == LINK:
            target = os.fsencode((clone.path / path).readlink())
            found[path] = mode, blob_id(len(target), [target], length)
        else:
            found[path] = mode, ""
    found |= {path: (mode, blob) for (path, mode), blob in _hashed(clone, plain)}
    return found


def _hashed(clone: Clone, files: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield each file with the blob that git would make of it, after its filters."""
    # A line is a path; one with a line end in it is another one's, and so is never ours.
    asked = [each for each in files if "\n" not in each[0] and not each[0].startswith('"')]
    lines = "".join(f"{path}\n" for path, _ in asked).encode("utf-8", "surrogateescape")
    answer = clone.ask("hash-object", "--stdin-paths", stdin=lines) if asked else None
    blobs = answer.stdout.decode().split("\n") if answer and not answer.status else []
    for number, each in enumerate(asked):
        yield each, blobs[number] if number < len(blobs) else ""
    for each in files:
        if each not in asked:
            yield each, clone.try_git("hash-object", "--", each[0]) or ""


def _mode(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return NOTHING
    if stat.S_ISLNK(mode):
        return LINK
    if not stat.S_ISREG(mode):
        return "other"
    return EXECUTABLE if mode & stat.S_IXUSR else FILE


def is_beginning(clone: Clone, path: str, blob: str) -> bool:
    """True if the file at a path is the beginning of what git would check out there.

    Whoever was killed while writing it, or had no room, left that.
    """
    with (clone.path / path).open("rb") as here:
        with clone.stream("cat-file", "--filters", f"--path={path}", blob) as stream:
            for chunk in stream:
                own = here.read(len(chunk))
                if not chunk.startswith(own):
                    return False
                if len(own) < len(chunk):
                    return not here.read(1)
        return stream.status == 0 and not here.read(1)
