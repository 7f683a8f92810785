"""The files in which a run may have its metrics: in its run tree, or among its results."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.curves.samples import keep_sample, kept_sample
from gitbatch_tui.core.git.blobs import contents_in_turn, contents_of, in_shares
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.logs.source import DELETED, NOT_THERE, TREE, Seen, TreeFile, inside
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.client import Server


_WALKED = 10_000
"""As many files of a folder as are looked at."""


class MetricsFile(Protocol):
    """Bytes at offsets, which may become more."""

    def look(self) -> Seen:
        """Look at the file as it is now; another generation has to be read from its start."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Unpacking:
    """Unpacks files in the clone's history in the order in which they are wanted, side by side.

    A few processes of git do so, each for its share of the files, as far as these are asked for.
    """

    def __init__(self, clone: Clone) -> None:
        """The clone may be closed by then: any thread opens it for itself."""
        self._clone = clone.path
        self._sizes: dict[str, int] = {}
        self._shares: dict[str, _Share] = {}
        self._lock = Lock()

    def want(self, blob: str, size: int) -> None:
        """Unpack this one with the others."""
        self._sizes[blob] = size

    def take(self, blob: str) -> bytes:
        """The contents of one, which are not kept here; raises `CommandFailed`."""
        with self._lock:
            if not self._shares:
                for blobs in in_shares(self._sizes):
                    self._shares |= dict.fromkeys(blobs, _Share(self._clone, blobs))
        share = self._shares.get(blob)
        data = share.take(blob) if share else None
        if data is not None:
            return data
        with open_clone(self._clone) as clone:
            return contents_of(clone, [blob])[blob]


class _Share:
    """Files that one process of git unpacks."""

    def __init__(self, path: Path, blobs: Sequence[str]) -> None:
        self._unpacked = self._unpack(path, blobs)
        self._left = set(blobs)
        self._contents: dict[str, bytes] = {}
        """What was unpacked before it was asked for."""
        self._lock = Lock()

    def take(self, blob: str) -> bytes | None:
        """The contents of one; None where it was taken before, or one before can't be read."""
        with self._lock:
            while blob in self._left and blob not in self._contents:
                if (found := next(self._unpacked, None)) is None:
                    return None
                self._contents |= [found]
            self._left.discard(blob)
            return self._contents.pop(blob, None)

    @staticmethod
    def _unpack(path: Path, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        # Whoever asks for what can't be read hears why.
        with open_clone(path) as clone, suppress(CommandFailed):
            yield from contents_in_turn(clone, blobs)


class BlobFile:
    """A file in the clone's history, which stays as it is; unpacked when it is read first."""

    def __init__(self, unpacking: Unpacking, blob: str, size: int) -> None:
        self._unpacking, self._blob, self.size = unpacking, blob, size
        self._data: bytes | None = None

    def look(self) -> Seen:
        return Seen(self.size)

    def read(self, offset: int, length: int) -> bytes:
        if self._data is None:
            self._data = self._unpacking.take(self._blob)
        return self._data[offset : offset + length]

    def sample(self, take: Callable[[MetricsFile, int], bytes]) -> bytes:
        """Return what `take` makes of the file and its size, from disk where it did so before."""
        sample = kept_sample(self._blob)
        if not sample and (sample := take(self, self.size)):
            keep_sample(self._blob, sample)
        return sample

    def close(self) -> None:
        """Let go of the contents."""
        self._data = None


class FarFile:
    """A file in a run tree elsewhere; looking and reading ask its server, once each."""

    def __init__(self, server: Server, run: int, path: str) -> None:
        self._server, self._run, self._file = server, run, f"tree:{path}"
        self._inode = 0
        self._seen = Seen(state=NOT_THERE)

    def look(self) -> Seen:
        found = self._server.files.stat(self._run, self._file)
        before, generation = self._seen, self._seen.generation
        if not found.inode:
            state = DELETED if self._inode else NOT_THERE
            self._seen = Seen(before.size, generation, state)
            return self._seen
        if self._inode and (found.inode != self._inode or found.size < before.size):
            generation += 1
        self._inode = found.inode
        self._seen = Seen(found.size, generation)
        return self._seen

    def read(self, offset: int, length: int) -> bytes:
        return self._server.files.read(self._run, self._file, offset, length)

    def close(self) -> None:
        """Nothing stays open between two questions."""


def has_tree(batch: Batch, run: int) -> bool:
    """Tell whether the run tree of a run is on this machine."""
    if batch.remote.published or batch.host.name != "local":
        return False
    folder = _folder(batch.server, run)
    return inside(folder, folder / TREE) is not None and (folder / TREE).is_dir()


def in_folder(batch: Batch, run: int, result: str, folder: str) -> list[str]:
    """The paths below a folder, among results that are here or in the run tree.

    Of a folder on this machine, not more than 10,000 are looked at, and no link is followed
    out of the run tree.
    """
    if result and batch.clone.commit_of(result):
        words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", result, "--", folder)
        return batch.clone.git(*words).split("\0")
    if not has_tree(batch, run):
        return [path for _, path in batch.server.files.tree(run, folder)]
    tree = _folder(batch.server, run) / TREE
    if not inside(tree.parent, tree / folder):
        return []
    walked = (Path(top) / name for top, _, names in os.walk(tree / folder) for name in names)
    return [path.relative_to(tree).as_posix() for path in islice(walked, _WALKED)]


def in_tree(server: Server, run: int, path: str) -> MetricsFile:
    """A file in a run tree: on this machine read as it is, elsewhere through the server."""
    if server.host.name != "local":
        return FarFile(server, run, path)
    return TreeFile(_folder(server, run), path)


def _folder(server: Server, run: int) -> Path:
    return Path(server.base).expanduser() / "runs" / str(run)
