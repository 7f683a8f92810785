"""Opens a crate from somebody else, and trusts nothing in it before it is checked.

Nothing is unpacked under a name of the crate's, no link is followed, and nothing is run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zipfile
import zlib
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.crate.facts import FACTS, VERSION
from gitbatch_tui.core.crate.metadata import METADATA
from gitbatch_tui.core.crate.writing import ZIP
from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from typing import IO

_LARGEST_FACTS = 64 * 2**20
_CHUNK = 2**20
_FOREIGN = frozenset("\\:")
"""Of paths and drives of another system."""
_BOMB, _SMALL = 200, 64 * 2**20
"""How many times its own size a zip file may hold, beyond what is small anyway."""
_UNREADABLE = (OSError, zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error)
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Others may be unpacked to any size at once."""
_RUN = re.compile(r"(?:|(?:.+#)?[0-9]+)", re.DOTALL)
_TOO_MANY = 10**bounds.DIGITS
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CrateSource(Protocol):
    """A zip file or a folder; each file is found by its name, or isn't there."""

    def open(self, name: str) -> IO[bytes] | None:
        """The file of that name, if there is a plain one."""
        ...


@dataclass(frozen=True)
class Crate:
    """A crate whose `gitbatch.json` could be read."""

    name: str
    """That of its file or folder."""
    facts: Mapping[str, Any]
    source: CrateSource

    def recorded(self, name: str) -> tuple[int, str]:
        """The size in bytes and the SHA-256 that a file has to have; raises `Refused` for none."""
        entry = self.facts["files"].get(name)
        told = entry if isinstance(entry, dict) else {}
        size, sha256 = told.get("size"), told.get("sha256")
        if not is_number(size) or not _SHA256.fullmatch(str(sha256)):
            raise Refused(f"{FACTS} has no hash of {one_line(name)}.")
        return size, str(sha256)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file of it; raises `Refused` at its end where it isn't the one that was exported."""
        size, sha256 = self.recorded(name)
        digest, length = hashlib.sha256(), 0
        file = self.source.open(name)
        if file is None:
            raise Refused(f"{self.name} isn't whole: {one_line(name)} is not in it.")
        with file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                length += len(chunk)
                if length > size:
                    break
                yield chunk
        if (length, digest.hexdigest()) != (size, sha256):
            raise _altered(name, self.name)

    def check(self, besides: Container[str] = ()) -> None:
        """Read all files but these; raises `Refused` with one that isn't as it was exported."""
        for name in self.facts["files"]:
            if name not in besides:
                deque(self.chunks(name), maxlen=0)


@contextmanager
def opened_crate(path: Path) -> Iterator[Crate]:
    """The crate at a place; raises `Refused` for what is none, or can't be trusted to be read."""
    name = one_line(path.name)
    try:
        if path.is_dir():
            yield _crate(name, _FolderReader(path.resolve()))
            return
        with zipfile.ZipFile(path) as archive:
            yield _crate(name, _ZipReader(archive, name, path.stat().st_size))
    except _UNREADABLE as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise Refused(f"{name} can't be read as a crate: {one_line(why)}.") from error


def crate_called(text: str) -> tuple[Path, str] | None:
    """The place of a crate that an argument names, and which run of it, if it says that.

    `run.zip`, `folder`, `run.zip#42` or `run.zip#batch#42`; None for everything else, such as the
    name of a run.
    """
    words = text.split("#")
    for count in range(len(words), 0, -1):
        path, run = Path("#".join(words[:count])), "#".join(words[count:])
        if _RUN.fullmatch(run) and _is_crate(path):
            return path, run
    return None


def is_number(value: object) -> TypeGuard[int]:
    """True for a number that may be that of a run, or of bytes."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TOO_MANY


def _is_crate(path: Path) -> bool:
    try:
        return path.suffix.lower() == ZIP or (path / FACTS).is_file()
    except OSError:  # a place that can't be looked into
        return False


def _altered(file: str, crate: str) -> Refused:
    return Refused(f"{one_line(file)} of {crate} isn't the file that was exported.")


class _ZipReader:
    def __init__(self, archive: zipfile.ZipFile, name: str, size: int) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = archive.infolist()
        if len(entries) > bounds.LINES:
            raise Refused(f"{name} has more than {bounds.LINES} entries, and was not opened.")
        if sum(entry.file_size for entry in entries) > _BOMB * size + _SMALL:
            raise Refused(f"{name} would be far larger than it is, and was not opened.")
        for entry in entries:
            kind = stat.S_IFMT(entry.external_attr >> 16)
            inside = is_safe(entry.filename.rstrip("/")) and _FOREIGN.isdisjoint(entry.filename)
            if not inside or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise Refused(
                    f"{one_line(entry.filename)} in {name} is a link, or leads out of it: it was "
                    "not opened."
                )
            if entry.compress_type not in _PACKED:
                raise Refused(
                    f"{one_line(entry.filename)} in {name} is packed as no crate is: it was not "
                    "opened."
                )
            if entry.filename in self._entries:
                raise Refused(f"{one_line(entry.filename)} is twice in {name}: it was not opened.")
            self._entries[entry.filename] = entry

    def open(self, name: str) -> IO[bytes] | None:
        entry = self._entries.get(name)
        if entry is None or entry.is_dir() or entry.flag_bits & 1:
            return None
        return self._archive.open(entry)


class _FolderReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes] | None:
        path = self._folder / name
        # No part of it may be a link, and so it is where its name says.
        if not is_safe(name) or os.path.realpath(path) != str(path) or not path.is_file():
            return None
        return path.open("rb")


def _crate(name: str, source: CrateSource) -> Crate:
    data = _read(name, source, FACTS)
    facts = _parsed(name, FACTS, data)
    if not isinstance(facts.get("files"), dict):
        raise _unclear(name, FACTS)
    if facts.get("version") != VERSION:
        raise Refused(
            f"{name} was written by a newer version: upgrade this program, then try again."
        )
    told = _parsed(name, METADATA, _read(name, source, METADATA))
    if hashlib.sha256(data).hexdigest() not in _hashes_of(FACTS, told.get("@graph")):
        raise _altered(FACTS, name)
    return Crate(name, facts, source)


def _read(name: str, source: CrateSource, file: str) -> bytes:
    opened = source.open(file)
    if opened is None:
        raise Refused(f"{name} has no {file}: it was not exported by this program.")
    with opened:
        return opened.read(_LARGEST_FACTS + 1)


def _parsed(name: str, file: str, data: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(data) if len(data) <= _LARGEST_FACTS else None
        # Half a character, which JSON can spell, is in no name and no text.
        json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogateescape")
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise _unclear(name, file)
    return facts


def _hashes_of(file: str, graph: object) -> Iterator[object]:
    """The SHA-256 of a file by RO-Crate's own file, if it has one."""
    for entity in graph if isinstance(graph, list) else ():
        if isinstance(entity, dict) and entity.get("@id") == file:
            yield entity.get("sha256")


def _unclear(name: str, file: str) -> Refused:
    return Refused(f"{file} of {name} can't be understood.")
