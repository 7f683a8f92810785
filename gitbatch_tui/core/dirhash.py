#!/usr/bin/env python3
"""Hashes a directory: every byte, every name and every folder in it; also alone, as a program.

    python3 dirhash.py DIR          prints v1-sha256-128M-<hexadecimal digits>
    ssh HOST python3 - DIR <dirhash.py

The value is that of the Smart Data Innovation Lab's dirhash. With H the algorithm, a block of a
file has the digest H(path NUL number NUL content), where path is relative to DIR with `/`, and
number counts from 0; an empty file has no block. The value is H(number of entries NUL entries
NUL digests): entries are all paths, directories with a `/` at their end, sorted by their bytes
and joined by NUL; digests are those of all blocks, by path and number. Modes, owners and times
don't count. A relative link that stays in DIR is an entry of its own, unless links are followed:
its path ends in `//`, as no other can, and its one block is its text. What can't be told exactly
is an error: links that lead out, devices and sockets, what can't be read, and what changes
meanwhile.

It runs on Python 3.6 and later, with nothing but the standard library.
"""

import argparse
import hashlib
import os
import re
import stat
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

VERSION = "v1"
ALGORITHMS = (
    "sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s".split()
)
UNITS = {"": 1, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

PIECE = 1 << 20
"""Bytes that a thread holds at a time."""
SHARE = 1 << 22
"""Bytes in files or blocks smaller than this that a thread takes on at a time."""
HANDFUL = 64
"""Files, at most, that a thread takes on at a time."""
MOST_THREADS = 16
TICK = 0.1
"""Seconds between two reports of the progress."""


class HashError(Exception):
    """A sentence that names what can't be hashed, and why."""


class Scheme:
    """How a value is made: `v1-sha256-128M`."""

    def __init__(self, algorithm: str = "sha256", block: str = "128M") -> None:
        """`block` is a number from 1 to 1023, then k or K, M, G (powers of 1024) or nothing."""
        match = re.match(r"([1-9][0-9]{0,3})([kKMG]?)\Z", block)
        if not match or int(match.group(1)) > 1023:  # noqa: PLR2004  # 1024 is the next unit's 1
            raise HashError(
                f"The block size {shown(block)} is unknown: it is a number from 1 to 1023, with k, "
                "K, M, G or nothing after it."
            )
        self.algorithm = algorithm.lower()
        if self.algorithm not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise HashError(f"The algorithm {shown(algorithm)} is unknown; known are {known}.")
        self.block = block
        self.block_size = int(match.group(1)) * UNITS[match.group(2)]
        self.digest_size = self.new().digest_size

    def new(self, start: bytes = b"") -> "hashlib._Hash":
        """A hash of these bytes, which more can be added to."""
        try:
            return hashlib.new(self.algorithm, start)
        except ValueError as error:
            raise HashError(f"This Python has no {self.algorithm}: {error}.") from error

    def value(self, digits: str) -> str:
        """The value with these hexadecimal digits, as text that can name a directory."""
        return f"{VERSION}-{self.algorithm}-{self.block}-{digits}"


def parse(text: str) -> "tuple[Scheme, str]":
    """The scheme and the digits of a value; `:` is read like `-`."""
    parts = re.split("[-:]", text)
    if len(parts) != 4:  # noqa: PLR2004  # version, algorithm, block size, digits
        raise HashError(f"{shown(text)} isn't a hash like v1-sha256-128M-<digits>.")
    version, algorithm, block, digits = parts
    if version != VERSION:
        raise HashError(f"The version {shown(version)} is unknown; known is {VERSION}.")
    scheme = Scheme(algorithm, block)
    count = 2 * scheme.digest_size
    if not re.match(f"[0-9a-fA-F]{{{count}}}\\Z", digits):
        raise HashError(f"{shown(text)}: {scheme.algorithm} makes {count} hexadecimal digits.")
    return scheme, digits.lower()


def shown(path: "str | bytes") -> str:
    """A path as people may see it: on one line, and without what could steer a terminal."""
    text = os.fsdecode(path)
    return text if text.isprintable() else ascii(text)[1:-1]


# --- What is there


class Entry:
    """A file, a directory or a link."""

    __slots__ = ("digests", "mode", "path", "size", "state", "target")

    def __init__(self, path: bytes, info: os.stat_result, target: bytes = b"") -> None:
        self.path = path
        """Relative; a directory's ends in `/`, a link's in `//`."""
        self.target = target
        """The text of a link."""
        self.mode = info.st_mode
        self.size = info.st_size if stat.S_ISREG(info.st_mode) else 0
        self.state = state_of(info)
        self.digests = b""
        """Of the blocks, one after the other."""

    @property
    def is_file(self) -> bool:
        """True if it can have blocks."""
        return not self.path.endswith(b"/")

    @property
    def is_link(self) -> bool:
        """True if it is a link, which has its text as its one block."""
        return self.path.endswith(b"//")


def state_of(info: os.stat_result) -> int:
    """A number that is another one once the file is replaced, or anything in it changes."""
    return hash((info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns))


class Tree:
    """A directory, and all that is in it now."""

    def __init__(
        self, root: "str | bytes", *, follow: bool = False, tolerant: bool = False
    ) -> None:
        """`root` may be a link, and others are followed with `follow`.

        What can't be hashed raises `HashError`; a `tolerant` tree collects it in `troubles`.
        """
        self.root = os.fsencode(root)
        self.follow = follow
        self.tolerant = tolerant
        self.troubles: dict[bytes, HashError] = {}
        info = look(self.root, follow=True)
        if not stat.S_ISDIR(info.st_mode):
            raise HashError(f"{shown(root)} isn't a directory.")
        self.top = Entry(b"", info)
        self.entries = sorted(self._scan(info), key=lambda entry: entry.path)
        """All below the top, by their paths."""

    @property
    def links(self) -> "list[Entry]":
        return [entry for entry in self.entries if entry.is_link]

    @property
    def files(self) -> "list[Entry]":
        return [entry for entry in self.entries if entry.is_file]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.entries)

    @property
    def digests(self) -> "dict[bytes, bytes]":
        """The hashes of the entries by path, once they are known."""
        return {entry.path: entry.digests for entry in self.entries}

    def full(self, path: bytes) -> bytes:
        """The path of something in the tree, from where this process stands."""
        return os.path.join(self.root, path)

    def check(self) -> None:
        """Raise `HashError` for the first path that isn't any more as it was."""
        for entry in [self.top, *self.entries]:
            place = self.full(entry.path)
            if entry.path:
                place = place.rstrip(b"/")
            if state_of(look(place, follow=self.follow or not entry.path)) != entry.state:
                raise changed(place)

    def trouble(self, path: bytes, error: HashError) -> None:
        """Take note that something can't be hashed, or raise it."""
        if not self.tolerant:
            raise error
        self.troubles[path] = error

    def _scan(self, top: os.stat_result) -> "Iterator[Entry]":
        pending: list[tuple[bytes, tuple[tuple[int, int], ...]]] = [(b"", (identity(top),))]
        while pending:
            folder, above = pending.pop()
            for name in self._names(folder):
                path = folder + name
                try:
                    info = self._look(path, above)
                except HashError as error:
                    self.trouble(path, error)
                    continue
                if stat.S_ISLNK(info.st_mode):
                    yield from self._link(path, info)
                    continue
                if stat.S_ISDIR(info.st_mode):
                    path += b"/"
                    pending.append((path, (*above, identity(info)) if self.follow else ()))
                yield Entry(path, info)

    def _link(self, path: bytes, info: os.stat_result) -> "Iterator[Entry]":
        full = self.full(path)
        try:
            target = os.readlink(full)
        except OSError as error:
            self.trouble(path, unreadable(full, error))
            return
        if self._stays(path, target):
            yield Entry(path + b"//", info, target)
            return
        why = "an absolute path" if target.startswith(b"/") else "which is not in it"
        self.trouble(path, HashError(
            f"{shown(full)} is a link to {shown(target)}, {why}: put a copy of what it leads to in "
            "its place (cp -RL), or a relative link to something that is in the directory."
        ))  # fmt: skip

    def _stays(self, path: bytes, target: bytes) -> bool:
        """True if each step of a link is in the tree, also where its target is missing."""
        top = os.path.realpath(self.root).rstrip(b"/") + b"/"
        place = os.path.realpath(os.path.dirname(self.full(path)))
        for part in target.split(b"/"):
            place = os.path.realpath(os.path.join(place, part))
            if not (place + b"/").startswith(top):
                return False
        return not target.startswith(b"/")

    def _names(self, folder: bytes) -> "Sequence[bytes]":
        try:
            return os.listdir(self.full(folder))
        except OSError as error:
            self.trouble(folder, unreadable(self.full(folder.rstrip(b"/")), error))
        return ()

    def _look(self, path: bytes, above: "tuple[tuple[int, int], ...]") -> os.stat_result:
        full = self.full(path)
        info = look(full, follow=self.follow)
        kinds = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
        if not any(is_kind(info.st_mode) for is_kind in kinds):
            raise HashError(f"{shown(full)} is neither a file nor a directory.")
        if identity(info) in above:
            raise HashError(f"{shown(full)} is a link to a directory that it is in.")
        return info


def look(path: bytes, *, follow: bool) -> os.stat_result:
    """Return the `lstat` of a path; raises `HashError`."""
    try:
        return os.stat(path, follow_symlinks=follow)
    except OSError as error:
        raise unreadable(path, error) from error


def identity(info: os.stat_result) -> "tuple[int, int]":
    """Device and inode, which no other file has."""
    return info.st_dev, info.st_ino


def unreadable(path: bytes, error: OSError) -> HashError:
    """The sentence for what the system says about a path."""
    return HashError(f"{shown(path)} can't be read: {error.strerror}.")


def changed(path: bytes) -> HashError:
    """The sentence for what is being written."""
    return HashError(f"{shown(path)} changed while it was read: wait until nobody writes there.")


# --- Digests


class Progress:
    """How far the hashing is."""

    def __init__(self, size: int) -> None:
        self.size = size
        """Bytes in all."""
        self.done = 0
        """Bytes so far."""
        self._begin = time.monotonic()

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.done / max(1e-3, time.monotonic() - self._begin)

    @property
    def left(self) -> "float | None":
        """Seconds that it will take yet; None while nobody can tell."""
        return (self.size - self.done) / self.rate if self.done else None

    def __str__(self) -> str:
        share = 100 * self.done // self.size if self.size else 100
        left = "" if self.left is None else f", {self.left:.0f} s left"
        return f"{share} % of {self.size / 1e9:.2f} GB, {self.rate / 1e6:.0f} MB/s{left}"


class Hashing:
    """Gives the files of a tree their digests, in several threads."""

    def __init__(self, tree: Tree, scheme: Scheme) -> None:
        self._tree = tree
        self._scheme = scheme
        files = tree.files
        self._blocks = {entry.path: [b""] * blocks_of(entry, scheme) for entry in files}
        self._work = shares(files, scheme)
        self._lock = threading.Lock()
        self._stopped = False
        self._failure: BaseException | None = None
        self.progress = Progress(sum(entry.size for entry in files))

    def run(self, threads: int, report: "Callable[[Progress], object]") -> None:
        """Do it; `report` is told how far it is, and stops all by raising something."""
        workers = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        try:
            for worker in workers:
                worker.start()
            for worker in workers:
                while worker.is_alive():
                    worker.join(TICK)
                    report(self.progress)
        finally:
            self._stopped = True
            for worker in workers:
                if worker.ident:
                    worker.join()
        if self._failure:
            raise self._failure
        report(self.progress)
        for entry in self._tree.files:
            entry.digests = b"".join(self._blocks[entry.path])
        for entry in self._tree.links:
            block = self._scheme.new(b"%b\0%d\0" % (entry.path, 0))
            block.update(entry.target)
            entry.digests = block.digest()

    def _run(self) -> None:
        buffer = memoryview(bytearray(PIECE))
        try:
            while not self._stopped:
                with self._lock:
                    share = next(self._work, ())
                if not share:
                    return
                for entry, first, last in share:
                    self._hash(entry, first, last, buffer)
        except BaseException as failure:  # noqa: BLE001  # it is raised again in `run`
            self._failure = failure
            self._stopped = True

    def _hash(self, entry: Entry, first: int, last: int, buffer: memoryview) -> None:
        """The digests of some blocks of a file."""
        path = self._tree.full(entry.path)
        try:
            file = os.open(path, READING | (0 if self._tree.follow else os.O_NOFOLLOW))
            try:
                if state_of(os.fstat(file)) != entry.state:
                    raise changed(path)
                os.lseek(file, first * self._scheme.block_size, os.SEEK_SET)
                for number in range(first, last):
                    self._blocks[entry.path][number] = self._digest(file, entry, number, buffer)
                if state_of(os.fstat(file)) != entry.state:
                    raise changed(path)
            finally:
                os.close(file)
        except OSError as error:
            self._tree.trouble(entry.path, unreadable(path, error))
        except HashError as error:
            self._tree.trouble(entry.path, error)

    def _digest(self, file: int, entry: Entry, number: int, buffer: memoryview) -> bytes:
        block = self._scheme.new(b"%b\0%d\0" % (entry.path, number))
        size = self._scheme.block_size
        left = min(size, entry.size - number * size)
        while left and not self._stopped:
            count = os.readv(file, [buffer[:left]])
            if not count:
                raise changed(self._tree.full(entry.path))
            block.update(buffer[:count])
            left -= count
            with self._lock:
                self.progress.done += count
        return block.digest()


# A pipe that has taken a file's place must not hold us.
READING = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


def blocks_of(entry: Entry, scheme: Scheme) -> int:
    """How many blocks a file has."""
    return -(-entry.size // scheme.block_size)


def shares(files: "Sequence[Entry]", scheme: Scheme) -> "Iterator[list[tuple[Entry, int, int]]]":
    """Divide the work among threads: files, each with its first block and the last one's next."""
    share: list[tuple[Entry, int, int]] = []
    size = 0
    step = max(1, SHARE // scheme.block_size)
    for entry in files:
        for first in range(0, blocks_of(entry, scheme), step):
            share.append((entry, first, min(first + step, blocks_of(entry, scheme))))
            size += min(entry.size, step * scheme.block_size)
            if size >= SHARE or len(share) == HANDFUL:
                yield share
                share, size = [], 0
    if share:
        yield share


# --- The value


def value_of(scheme: Scheme, digests: "Mapping[bytes, bytes]") -> str:
    """The value of entries: each path, and the digests of its blocks, one after the other."""
    paths = sorted(digests)
    whole = scheme.new(b"%d\0" % len(paths))
    whole.update(b"\0".join(paths) + b"\0")
    for path in paths:
        whole.update(digests[path])
    return scheme.value(whole.hexdigest())


def hash_tree(
    tree: Tree,
    scheme: Scheme,
    report: "Callable[[Progress], object]" = lambda _: None,
    threads: int = 0,
) -> str:
    """The value of a tree, whose entries get their digests.

    `report` is told of the progress about ten times a second, in the calling thread; what it
    raises ends the hashing. Raises `HashError` for what changed meanwhile, too; what is wrong
    with a tolerant tree is in its `troubles`.
    """
    Hashing(tree, scheme).run(threads or processors(), report)
    if not tree.tolerant:
        tree.check()
    return value_of(scheme, tree.digests)


def processors() -> int:
    """How many threads pay."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(MOST_THREADS, os.cpu_count() or 1)


# --- The program


def main() -> int:
    """The program's exit status: 0, 1 where the hash is another one, 2 where there is none."""
    options = arguments().parse_args()
    try:
        scheme, digits = Scheme(options.algorithm, options.block_size), ""
        if options.verify:
            scheme, digits = parse(options.verify)
        tree = Tree(options.directory, follow=options.follow_links)
        value = hash_tree(tree, scheme, Shown() if sys.stderr.isatty() else lambda _: None)
    except HashError as error:
        sys.stderr.write(f"dirhash: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{value}\n")
    return int(bool(digits) and value != scheme.value(digits))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dirhash", description="Print the hash of all that is in a directory."
    )
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("-a", "--algorithm", default="sha256", help=", ".join(ALGORITHMS))
    parser.add_argument("-b", "--block-size", default="128M", help="1 to 1023, with k, K, M or G")
    parser.add_argument("--verify", metavar="HASH", help="exit with 1 if DIR has another hash")
    parser.add_argument("--follow-links", action="store_true", help="hash what links lead to")
    return parser


class Shown:
    """The progress, on a terminal."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() > self._next:
            self._next += 1
            sys.stderr.write(f"\r\x1b[K{progress}")
            sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
