"""Lists the files that differ between two commits, and makes a page of lines for each of them."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.encoding import decoded, encoding_of
from gitbatch_tui.core.base.files import temporary_folder
from gitbatch_tui.core.base.format import abbreviated, exact_size
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.diffs import notebook, picture, table
from gitbatch_tui.core.diffs.grid import table_lines
from gitbatch_tui.core.diffs.model import bounded, in_parts, note
from gitbatch_tui.core.diffs.notebook import notebook_lines
from gitbatch_tui.core.diffs.picture import fact_lines, picture_facts
from gitbatch_tui.core.diffs.text import patch_lines
from gitbatch_tui.core.git import changed_files
from gitbatch_tui.core.git.complaints import reason_in
from gitbatch_tui.core.git.names import not_an_option
from gitbatch_tui.errors import CommandFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.diffs.model import DiffLine
    from gitbatch_tui.core.diffs.picture import FileFacts
    from gitbatch_tui.core.git.changed_files import FileChange
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.stream import ProcessStream

LARGEST_TEXT = 16 * 2**20
"""Bytes of a file beyond which only its facts are shown."""
LARGEST_CONTENT = 8 * 2**20
"""Bytes beyond which a notebook or a table is compared as plain text."""

# Plumbing, which heeds few settings; each of those that remain is given. It runs at the root of
# the clone, where diff.relative is nothing: git 2.17 has no --no-relative.
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color")
TREES = (
    *("diff-tree", "-r", "-M", *_PLAIN),
    *("--ignore-submodules=none", "--submodule=short", "-O/dev/null"),
)
PATCH = ("-p", "-U3", "--inter-hunk-context=0")


class Comparison:
    """Two commits (or trees) of a clone; what it reads is read in a thread, and can be stopped."""

    def __init__(self, clone: Clone, old: str, new: str) -> None:
        self.clone, self.old, self.new = clone, not_an_option(old), not_an_option(new)
        self._running: set[ProcessStream] = set()
        self._stopped = False

    def stop(self) -> None:
        """End what is being read, from any thread; reading then raises `Refused`."""
        self._stopped = True
        for stream in tuple(self._running):
            stream.close()

    def command(self, change: FileChange | None = None) -> str:
        """The git command that shows the change of a file."""
        words = ["git", "diff", abbreviated(self.old), abbreviated(self.new)]
        if change:
            paths = dict.fromkeys((change.old_path, change.path))
            words += ["--", *(shlex.quote(one_line(path)) for path in paths)]
        return " ".join(words)

    def files(self) -> tuple[FileChange, ...]:
        """Every file that isn't the same in both."""
        listed = self._git(*TREES, *changed_files.OPTIONS, self.old, self.new, "--")
        return tuple(changed_files.parse(b"".join(listed)))

    def page(self, change: FileChange) -> Iterator[list[DiffLine]]:
        """Yield the lines that show what happened in a file, in parts, the first one soon."""
        return in_parts(self._lines(change))

    def _lines(self, change: FileChange) -> Iterator[DiffLine]:
        yield from map(note, change.notes)
        if change.old_blob == change.new_blob:
            return
        sizes = self._sizes(change)
        if change.suffix in picture.SUFFIXES:
            old, new = (self._picture(blob) for blob in (change.old_blob, change.new_blob))
            yield from fact_lines("A picture.", old, new)
            if max(sizes) <= picture.LARGEST:
                blobs = (change.old_blob, change.new_blob)
                yield from picture.picture_lines(*map(self._blob, blobs))
        elif max(sizes) > LARGEST_TEXT or (change.added is None and not self._is_wide(change)):
            yield from self._facts(change, sizes)
        elif change.suffix in notebook.SUFFIXES | table.SUFFIXES:
            yield from self._content(change, max(sizes))
        elif change.added is None:
            yield from self._wide_patch(change)
        else:
            yield from self._patch(change)

    def _is_wide(self, change: FileChange) -> bool:
        """True if it is text though git takes it for binary, as UTF-16."""
        try:
            for blob in (change.old_blob, change.new_blob):
                encoding_of(self._blob(blob))
        except ValueError:
            return False
        return not change.is_submodule

    def _wide_patch(self, change: FileChange) -> Iterator[DiffLine]:
        yield note("Git takes it for binary: this is its text.")
        with temporary_folder() as folder:
            places = [folder / name for name in ("old", "new")]
            for place, blob in zip(places, (change.old_blob, change.new_blob), strict=True):
                place.write_text(decoded(self._blob(blob)), "utf-8", "surrogatepass", newline="")
            chunks = self._git("diff", "--no-index", *_PLAIN, *PATCH, "--", *map(str, places))
            language = PurePosixPath(change.path).name
            yield from patch_lines(chunks, language, self.command(change))

    def _facts(self, change: FileChange, sizes: tuple[int, int]) -> Iterator[DiffLine]:
        kind = "Binary" if change.added is None else "Too large to be shown line by line"
        blobs = (change.old_blob, change.new_blob)
        old, new = (
            {} if _is_nothing(blob) else {"size": exact_size(size), "git blob": blob}
            for blob, size in zip(blobs, sizes, strict=True)
        )
        yield from fact_lines(f"{kind} ({self.command(change)} says what git can).", old, new)

    def _content(self, change: FileChange, size: int) -> Iterator[DiffLine]:
        if size > LARGEST_CONTENT:
            yield note("Too large to be shown cell by cell: this is its text.")
            yield from self._patch(change)
            return
        old, new = self._blob(change.old_blob), self._blob(change.new_blob)
        try:
            if change.suffix in notebook.SUFFIXES:
                lines = notebook_lines(old, new)
            else:
                lines = table_lines(old, new, change.suffix)
        except ValueError:
            yield note(f"It can't be read as {change.suffix[1:]}: this is its text.")
            yield from self._patch(change)
        else:
            yield from bounded(lines, self.command(change))

    def _patch(self, change: FileChange) -> Iterator[DiffLine]:
        paths = dict.fromkeys((change.old_path, change.path))
        ends = self.old, self.new, "--", *paths
        chunks = self._git("--literal-pathspecs", *TREES, *PATCH, *ends)
        return patch_lines(chunks, PurePosixPath(change.path).name, self.command(change))

    def _sizes(self, change: FileChange) -> tuple[int, int]:
        """The old and the new size in bytes; 0 for what is no file of this repository."""
        asked = f"{change.old_blob}\n{change.new_blob}\n".encode()
        answers = self.clone.git("cat-file", "--batch-check", stdin=asked).split("\n")
        old, new = (answer.split(" ")[-1] for answer in answers)
        return (int(old) if old.isdecimal() else 0, int(new) if new.isdecimal() else 0)

    def _picture(self, blob: str) -> FileFacts:
        return {} if _is_nothing(blob) else picture_facts(self._git("cat-file", "blob", blob))

    def _blob(self, blob: str) -> bytes:
        return b"" if _is_nothing(blob) else b"".join(self._git("cat-file", "blob", blob))

    def _git(self, *args: str) -> Iterator[bytes]:
        with self.clone.stream(*args) as stream:
            self._running.add(stream)
            try:
                if not self._stopped:
                    yield from stream
            finally:
                self._running.discard(stream)
            if self._stopped:
                raise Refused("Reading the changes was stopped.")
            # Of files that are in no repository, git says by 1 that they differ.
            if stream.status and not ("--no-index" in args and stream.status == 1):
                said = clean(stream.stderr).strip()
                reason = reason_in(said.split("\n"))
                raise CommandFailed(
                    f"git can't compare them: {reason}.", status=stream.status, detail=said
                )


def _is_nothing(blob: str) -> bool:
    return not blob.strip("0")
