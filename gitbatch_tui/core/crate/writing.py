"""Writes a crate, as a zip file or a folder: file by file, and there as a whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gitbatch_tui.core.base.files import temporary_folder
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

ZIP = ".zip"
_LARGE = 2**31 - 1
"""Bytes above which a zip file needs its newer form."""


@dataclass(frozen=True)
class Written:
    """A file as it stands in the crate."""

    name: str
    size: int
    """In bytes."""
    sha256: str


class Sink(Protocol):
    """A folder or an archive that a crate is written to."""

    def open(self, name: str, size: int | None) -> IO[bytes]:
        """A new file of that name, of so many bytes if that is known."""
        ...


def add(sink: Sink, name: str, chunks: Iterable[bytes], size: int | None = None) -> Written:
    """Write a file, and say what was written."""
    digest, length = hashlib.sha256(), 0
    with sink.open(name, size) as file:
        for chunk in chunks:
            digest.update(chunk)
            length += len(chunk)
            file.write(chunk)
    return Written(name, length, digest.hexdigest())


@contextmanager
def new_crate(target: Path) -> Iterator[Sink]:
    """A sink for a file `*.zip` or a folder, which is at `target` when the context has ended well.

    Raises `Refused` where something is there already, or nothing can be written.
    """
    try:
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise Refused(f"{one_line(str(target))} is there already: say another place by --to.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(target.parent) as folder:
            new = folder / "crate"
            with _zip(new) if target.suffix.lower() == ZIP else _folder(new) as sink:
                yield sink
            new.replace(target)
    except OSError as error:
        raise Refused(
            f"{one_line(str(target))} could not be written: {error.strerror or error}."
        ) from error


class _ZipWriter:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def open(self, name: str, size: int | None) -> IO[bytes]:
        return self._archive.open(
            zipfile.ZipInfo(name), "w", force_zip64=size is None or size > _LARGE
        )


class _FolderWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str, size: int | None) -> IO[bytes]:  # noqa: ARG002  # folders need no size
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


@contextmanager
def _zip(path: Path) -> Iterator[Sink]:
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:
        yield _ZipWriter(archive)


@contextmanager
def _folder(path: Path) -> Iterator[Sink]:
    path.mkdir()
    try:
        yield _FolderWriter(path)
    except BaseException:
        shutil.rmtree(path)
        raise
