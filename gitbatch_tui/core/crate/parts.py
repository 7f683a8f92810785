"""Reads from git the files of a run that go into a crate: its code, and what it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gitbatch_tui.core.git.blobs import contents_of, sizes_of
from gitbatch_tui.core.git.changed_files import SUBMODULE
from gitbatch_tui.core.git.names import not_an_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone

_AT_ONCE = 4 * 2**20
"""Bytes of files that are read together; a larger one is read in chunks."""
_SIGNS = frozenset("-_./+=,@ ")


@dataclass(frozen=True)
class Part:
    """A file of a commit."""

    name: str
    """Where it stands in the crate."""
    path: str
    """In the commit."""
    mode: str
    """As git writes it: 100644, 100755, 120000 (its content is where the link leads)."""
    blob: str
    size: int
    """In bytes."""


def name_for(path: str) -> str:
    """A path as a name that every file system and archive takes; another one for each path."""
    return "".join(sign if sign in _SIGNS or sign.isalnum() else _quoted(sign) for sign in path)


def _quoted(sign: str) -> str:
    return quote(sign.encode("utf-8", "surrogateescape"), safe="")


def files_of(clone: Clone, commit: str, folder: str) -> tuple[list[Part], list[str]]:
    """All files of a commit, to stand below a folder; and the paths of what isn't in it."""
    listed = clone.git("ls-tree", "-r", "-l", "-z", "--full-tree", not_an_option(commit))
    parts, submodules = [], []
    for line in filter(None, listed.split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, blob, size = facts.split()
        if mode == SUBMODULE:
            submodules.append(path)
        else:
            parts.append(Part(f"{folder}/{name_for(path)}", path, mode, blob, int(size)))
    return parts, submodules


@dataclass(frozen=True)
class Changes:
    """The differences between the files of a run and those of its commit."""

    parts: list[Part]
    """Those that it wrote or changed."""
    removed: list[str]
    repositories: list[str]
    """The paths of git repositories that it left; a commit holds nothing of what is in them."""


def written_by(clone: Clone, commit: str, result: str, folder: str) -> Changes:
    """Compare a run's commit with its outcome; its files are to stand below a folder."""
    ends = map(not_an_option, (commit, result))
    words = ("diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
    fields = clone.git(*words, *ends, "--").split("\0")
    changes = list(zip(fields[::2], fields[1::2], strict=False))
    new = [(facts.split(" "), path) for facts, path in changes if not facts.endswith(" D")]
    repositories = [path for facts, path in new if facts[1] == SUBMODULE]
    new = [(facts, path) for facts, path in new if facts[1] != SUBMODULE]
    sizes = sizes_of(clone, [facts[3] for facts, _ in new]) if new else {}
    parts = [
        Part(f"{folder}/{name_for(path)}", path, facts[1], facts[3], sizes[facts[3]])
        for facts, path in new
    ]
    removed = [path for facts, path in changes if facts.endswith(" D")]
    return Changes(parts, removed, repositories)


def contents(clone: Clone, parts: Sequence[Part]) -> Iterator[tuple[Part, Iterator[bytes]]]:
    """Each part with its bytes, in chunks; one has to be read before the next is asked for."""
    group: list[Part] = []
    for part in parts:
        if part.size > _AT_ONCE:
            yield part, _streamed(clone, part)
            continue
        if sum(each.size for each in group) + part.size > _AT_ONCE:
            yield from _together(clone, group)
            group = []
        group.append(part)
    yield from _together(clone, group)


def _together(clone: Clone, group: Sequence[Part]) -> Iterator[tuple[Part, Iterator[bytes]]]:
    data = contents_of(clone, [part.blob for part in group])
    yield from ((part, iter((data[part.blob],))) for part in group)


def _streamed(clone: Clone, part: Part) -> Iterator[bytes]:
    with clone.stream("cat-file", "blob", part.blob) as stream:
        yield from stream
