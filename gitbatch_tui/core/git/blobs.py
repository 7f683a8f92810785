"""Reads the contents of many files of a repository with few processes of git."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitbatch_tui.core.git.repo import Clone

_AT_ONCE = 12 * 2**20
"""Bytes of blobs that are read together; one that is larger is read alone."""

_READERS, _EACH = 4, 4 * 2**20
"""As many processes of git unpack what is read, at most, and bytes that are worth one more."""


_SHA1 = 40


def blob_id(size: int, content: Iterable[bytes], digits: int = _SHA1) -> str:
    """The id that git gives a blob of so many bytes; one of 64 digits is by SHA-256."""
    hash_of = hashlib.sha256 if digits > _SHA1 else hashlib.sha1
    found = hash_of(b"blob %d\0" % size, usedforsecurity=False)
    for piece in content:
        found.update(piece)
    return found.hexdigest()


def sizes_of(clone: Clone, blobs: Iterable[str]) -> dict[str, int]:
    """The size in bytes of each blob; raises `CommandFailed` for what isn't there."""
    asked = list(dict.fromkeys(blobs))
    answers = clone.git("cat-file", "--batch-check", stdin=_lines(asked)).split("\n")
    if len(answers) != max(1, len(asked)):
        raise CommandFailed("git can't read the results: its answer was cut.", status=1)
    return {blob: _size(blob, answer) for blob, answer in zip(asked, answers, strict=False)}


def missing_commits(clone: Clone, commits: Iterable[str]) -> list[str]:
    """The commits that aren't here, each once; git is asked once for all of them."""
    asked = list(dict.fromkeys(commits))
    answers = clone.git("cat-file", "--batch-check", stdin=_lines(asked)).split("\n")
    here = {name for name, kind, *_ in map(str.split, filter(None, answers)) if kind == "commit"}
    return [commit for commit in asked if commit not in here]


def blobs_at(clone: Clone, places: Sequence[tuple[str, str]]) -> list[str]:
    """The blob at each place, a commit and a path; empty where there is no file."""
    if not places:
        return []
    names = [f"{commit}:{path}" if commit and "\n" not in path else "" for commit, path in places]
    # An empty name is asked for as something that can't be.
    answers = clone.git("cat-file", "--batch-check", stdin=_lines([n or ":" for n in names]))
    words = [answer.split(" ") for answer in answers.split("\n")]
    return [word[0] if len(word) == 3 and word[1] == "blob" else "" for word in words]  # noqa: PLR2004  # ID blob SIZE


def in_groups(sizes: Sequence[int]) -> Iterator[range]:
    """Divide blobs into groups of which none is too large to be read at once."""
    start = total = 0
    for at, size in enumerate(sizes):
        if at > start and total + size > _AT_ONCE:
            yield range(start, at)
            start, total = at, 0
        total += size
    if sizes:
        yield range(start, len(sizes))


def contents_by_size(clone: Clone, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """The bytes of each of these blobs, whose sizes are known, however much that is in all."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # small contents need no threads

    with ThreadPoolExecutor(_READERS) as threads:
        found = threads.map(lambda share: dict(contents_in_turn(clone, share)), in_shares(sizes))
        return {blob: data for contents in found for blob, data in contents.items()}


def in_shares(sizes: Mapping[str, int]) -> list[list[str]]:
    """Divide blobs among as many processes as unpack them soonest."""
    blobs = list(sizes)
    count = min(_READERS, os.cpu_count() or 1, 1 + sum(sizes.values()) // _EACH)
    return [blobs[first::count] for first in range(count)]


def contents_in_turn(clone: Clone, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each of these blobs with its bytes, as soon as one process has unpacked it.

    Raises `CommandFailed` for what can't be read.
    """
    if not blobs:
        return
    with clone.stream("cat-file", "--batch", stdin=_lines(blobs)) as stream:
        chunks, pending = iter(stream), b""
        for blob in blobs:
            head, pending = _until(chunks, pending, pending.find(b"\n"))
            size = _size(blob, head.decode("ascii", "replace"))
            data, pending = _until(chunks, pending, size)
            yield blob, data


def _until(chunks: Iterator[bytes], pending: bytes, end: int) -> tuple[bytes, bytes]:
    """The part before `end`, or before the line's end where that is negative; and what follows."""
    parts, length = [pending], len(pending)
    while end < 0 or length <= end:
        chunk = next(chunks, b"")
        if not chunk:
            raise CommandFailed("git can't read the results: its answer was cut.", status=1)
        if end < 0 and (found := chunk.find(b"\n")) >= 0:
            end = length + found
        parts.append(chunk)
        length += len(chunk)
    whole = b"".join(parts)
    return whole[:end], whole[end + 1 :]


def contents_of(clone: Clone, blobs: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each, a few MB in all; raises `CommandFailed` for what can't be read."""
    asked = list(dict.fromkeys(blobs))
    if not asked:
        return {}
    answer = clone.ask("cat-file", "--batch", stdin=_lines(asked))
    data = answer.check("git can't read the results.")
    found, at = {}, 0
    for blob in asked:
        head, _, _ = data[at : at + 100].partition(b"\n")
        start = at + len(head) + 1
        at = start + _size(blob, head.decode("ascii", "replace")) + 1
        if at > len(data):
            raise CommandFailed("git can't read the results: its answer was cut.", status=1)
        found[blob] = data[start : at - 1]
    return found


def _size(blob: str, answer: str) -> int:
    """Read the size from git's line `ID blob SIZE`."""
    name, kind, size = (*answer.split(" "), "", "")[:3]
    if name == blob and kind == "blob" and size.isdecimal():
        return int(size)
    raise CommandFailed(
        f"git can't read {abbreviated(blob)} of the results: {kind or 'nothing'}.", status=1
    )


def _lines(blobs: Sequence[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in blobs).encode("utf-8", "surrogateescape")
