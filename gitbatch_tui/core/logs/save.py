"""Copies what a window looks onto into a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.logs.source import Source


def save(
    source: Source,
    path: Path,
    stop: threading.Event,
    progress: Callable[[float], None] = lambda _: None,
    *,
    overwrite: bool = False,
) -> int | None:
    """Write everything that is there now; the number of bytes, or None when it was stopped.

    Raises `Refused` when the file is there already and isn't to be overwritten, or can't be made.
    """
    try:
        return _save(source, path, stop, progress, overwrite=overwrite)
    except FileExistsError:
        raise Refused(f"{path} is there already; nothing was written.") from None
    except OSError as error:
        raise Refused(f"{path} could not be written: {error.strerror or error}.") from error


def _save(
    source: Source,
    path: Path,
    stop: threading.Event,
    progress: Callable[[float], None],
    *,
    overwrite: bool,
) -> int | None:
    size = source.look().size
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in _until(stop, source.chunks(0, size)):
                file.write(chunk)
                progress(min(1.0, file.tell() / max(1, size)))
            written = file.tell()
        if stop.is_set():
            return None
        _publish(new, path, overwrite=overwrite)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()
    return written


def _until(stop: threading.Event, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if stop.is_set():
            return
        yield chunk


def _publish(new: Path, path: Path, *, overwrite: bool) -> None:
    """Give the file its name; raises FileExistsError where it is taken."""
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
    if not overwrite:
        path.open("xb").close()
    new.replace(path)
