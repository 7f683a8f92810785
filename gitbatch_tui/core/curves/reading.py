"""Reads the metrics of a run as they grow: by byte offset, never anything twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.encoding import UTF_16
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.columns import ROOM, Columns
from gitbatch_tui.core.curves.events import is_event_file
from gitbatch_tui.core.curves.files import BlobFile, FarFile
from gitbatch_tui.core.logs.source import DELETED, NOT_THERE
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitbatch_tui.core.curves.files import MetricsFile
    from gitbatch_tui.models import Run

PIECE, FAR_PIECE = 1 << 18, 1 << 22
"""Bytes that are read at once, here and from a server."""
_PLACES, _ROWS = 200, 5
"""Where a first picture looks into a long file, and at about how many rows there."""
_READERS = 4
"""Threads that look into files; results among them have to be unpacked."""
_HEAD = 4096


class RunMetrics:
    """The metrics of a run, as far as they were read; `update` learns more."""

    def __init__(
        self,
        run: Run,
        files: Mapping[str, MetricsFile],
        *,
        room: int = ROOM,
        inherited: Mapping[str, BlobFile] | None = None,
        note: str = "",
    ) -> None:
        """The first of the files, by their paths, that is there is read.

        One that is as it was in the run's commit, `inherited`, isn't the run's.
        """
        self.run = run
        self.columns = self._growing = Columns("", room)
        self.is_whole = False
        """Whether all was read that is there by now."""
        self.is_unreachable = False
        """Whether the server gave no answer the last time."""
        self._files = dict(files)
        self._inherited = inherited or {}
        self._room = room
        self._path = ""
        self._offset = self._generation = 0
        self._compared, self._is_same = (-1, -1), False
        self._note = note
        self._has_sample = False

    @property
    def is_near(self) -> bool:
        """True where looking costs next to nothing."""
        return not any(isinstance(file, FarFile) for file in self._files.values())

    @property
    def stamp(self) -> object:
        """A value that changes whenever there is something new to see."""
        return self.columns, self.columns.count, self.is_whole, self._note

    def notes(self) -> list[str]:
        """Say what is the matter with the file."""
        return [*([self._note] if self._note else []), *self.columns.notes()]

    def sample(self) -> bool:
        """Read a little from everywhere in a long file that is near; whether there is one."""
        if self._has_sample or not self.is_near:
            return self._has_sample
        try:
            file, size = self._find()
            is_own = file is not None and not self._is_inherited(file, size)
            has_lines = not is_event_file(self._path)
            data = _sampled(file, size) if file and is_own and has_lines else b""
        except (GitBatchError, OSError):
            return False  # whoever reads the whole of it says why it can't be
        if data:
            self.columns = Columns(self._path, self._room, is_sample=True)
            self.columns.feed(data)
            self.columns.stretch(size / len(data))
            self._has_sample = True
        return bool(data)

    def update(self) -> Iterator[None]:
        """Read what is new; yields whenever some of it has been read."""
        self.is_unreachable = False
        try:
            file, size = self._find()
            if file and not self._is_inherited(file, size):
                yield from self._read(file, size)
            else:
                self.is_whole = True
        except GitBatchError as error:
            self._note = one_line(str(error))
            self.is_unreachable = True
        except OSError as error:
            self._note = one_line(error.strerror or str(error))

    def finish(self) -> None:
        """Take what comes last: nothing more will be written."""
        self.columns.finish()

    def close(self) -> None:
        """Let go of the files."""
        for file in (*self._files.values(), *self._inherited.values()):
            file.close()

    def _find(self) -> tuple[MetricsFile | None, int]:
        """The file that is there, as it is now, and its size; None before there is one."""
        troubles = []
        for path in [self._path] if self._path else self._files:
            seen = self._files[path].look()
            if not seen.state:
                self._note = ""
                self._begin(path, seen.generation)
                return self._files[path], seen.size
            if seen.state not in {NOT_THERE, DELETED}:
                troubles.append(f"{one_line(path)}: {one_line(seen.state)}")
        if troubles:
            self._note = "; ".join(troubles)
        elif self._path:
            self._note = f"{one_line(self._path)} has vanished"
        elif self._files:
            yet = "" if self.run.state.final else " yet"
            self._note = f"no {' or '.join(map(one_line, self._files))}{yet}"
        return None, 0

    def _begin(self, path: str, generation: int) -> None:
        if (path, generation) != (self._path, self._generation):
            self._path, self._generation, self._offset = path, generation, 0

    def _is_inherited(self, file: MetricsFile, size: int) -> bool:
        own = self._inherited.get(self._path)
        if own is None or self._offset or own.size != size:
            return False
        if self._compared != (seen := (self._generation, size)):
            self._compared, self._is_same = seen, file.read(0, size) == own.read(0, size)
        if self._is_same:
            name = one_line(self._path)
            self._note = f"{name} came with the commit, this run hasn't changed it"
        return self._is_same

    def _read(self, file: MetricsFile, size: int) -> Iterator[None]:
        piece = PIECE if self.is_near else FAR_PIECE
        if not self._offset:
            self._growing = Columns(self._path, self._room)
        while self._offset < size and not self._growing.is_full:
            data = file.read(self._offset, min(piece, size - self._offset))
            if not data:
                break
            self._growing.feed(data)
            self._offset += len(data)
            if not self._has_sample:
                self.columns = self._growing
            yield
        # Until then, a first picture shows more of it.
        self.columns = self._growing
        self._has_sample = False
        self.is_whole = True


def sampled(metrics: Iterable[RunMetrics]) -> Iterator[bool]:
    """Sample each of these, side by side; for each in turn, whether there is one."""
    with ThreadPoolExecutor(_READERS) as threads:
        yield from threads.map(RunMetrics.sample, metrics)


def _sampled(file: MetricsFile, size: int) -> bytes:
    return file.sample(_sample_of) if isinstance(file, BlobFile) else _sample_of(file, size)


def _sample_of(file: MetricsFile, size: int) -> bytes:
    """The first lines and some from everywhere else; nothing of a file that is soon read."""
    head = file.read(0, _HEAD)
    if head.startswith(UTF_16):  # no single byte ends a line
        return b""
    lines = head.split(b"\n")[:-1]
    longest = max(map(len, lines), default=0)
    piece = longest * (_ROWS + 1)
    if not longest or size < 2 * _PLACES * piece:
        return b""
    places = (size * place // _PLACES for place in range(1, _PLACES))
    pieces = [file.read(place, piece) for place in places] + [file.read(size - piece, piece)]
    first = b"\n".join([*lines[:_ROWS], b""])
    return first + b"".join(data[data.find(b"\n") + 1 : data.rfind(b"\n") + 1] for data in pieces)
