"""Copies many files of a run tree in one session of its host, each as if it were copied alone."""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from gitbatch_tui.core.base.files import obstacle
from gitbatch_tui.core.git.names import is_safe
from gitbatch_tui.core.hosts.backoff import Backoff
from gitbatch_tui.core.results.download import Closing, Download, stopped
from gitbatch_tui.core.server.contents import GONE, SUM
from gitbatch_tui.core.server.protocol import garbled
from gitbatch_tui.errors import BadAnswer, OlderServer, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitbatch_tui.core.server.contents import Contents

_LONGEST_SUM = 100
"""Bytes of what `cksum` says."""


@dataclass(frozen=True)
class RequestedFile:
    """A file of a run tree, and its place here: a name below a folder."""

    path: str
    size: int
    root: Path
    name: str

    @property
    def target(self) -> Path:
        return self.root / self.name


class FolderDownload(Download):
    """Asks for all files at once, and takes them as they come."""

    _contents: Contents | None = None
    """The answer, while a file of it is taken."""
    _place = ""
    """What of that file was asked for."""

    def files(self, wanted: Iterable[RequestedFile]) -> None:
        """Copy each to its place; what prevents it is noted.

        Raises `Stopped`, and `Unreachable` where trying again is of no use.
        """
        asked: deque[tuple[str, RequestedFile]] = deque()
        alone: deque[RequestedFile] = deque()
        for each in wanted:
            if place := self._place_to_ask_for(each):
                asked.append((place, each))
            else:
                alone.append(each)
        try:
            self._together(asked, alone)
        except OlderServer:
            alone.extend(each for _, each in asked)
        for each in alone:
            self.file(each.path, each.size, each.root, each.name)

    def _place_to_ask_for(self, each: RequestedFile) -> str:
        """An offset, or `SUM`; empty for a file that is begun, or that needs no asking."""
        try:
            if not is_safe(each.name) or obstacle(each.root, each.target):
                return ""
            if os.path.lexists(each.target):
                is_like = each.target.is_file() and each.target.stat().st_size == each.size
                return SUM if is_like else ""
            return "" if os.path.lexists(self._part(each.path, each.target)) else "0"
        except OSError:
            return ""

    def _together(
        self, asked: deque[tuple[str, RequestedFile]], alone: deque[RequestedFile]
    ) -> None:
        backoff = Backoff(self._batch.host.name, threading.Event())
        while count := len(asked):
            try:
                self._take_all(asked, backoff)
            except BadAnswer:
                raise
            except Unreachable as error:
                backoff.wait(error, self._progress.said)
                _, each = asked[0]
                if len(asked) == count or os.path.lexists(self._part(each.path, each.target)):
                    alone.append(asked.popleft()[1])

    def _take_all(self, asked: deque[tuple[str, RequestedFile]], backoff: Backoff) -> None:
        wanted = [(place, each.path) for place, each in asked]
        files = self._batch.server.files
        with (
            files.contents(self._number, wanted) as contents,
            self._batch.stop.ends(Closing(contents.stream)),
        ):
            backoff.reached()
            while asked:
                self._take(*asked[0], contents)
                asked.popleft()
                backoff.worked()

    def _take(self, place: str, each: RequestedFile, contents: Contents) -> None:
        contents.begin()
        self._place, self._contents = place, contents
        try:
            self.file(each.path, each.size, each.root, each.name)
        finally:
            self._contents = None
        for _ in contents.pieces():
            pass  # nobody wants it any more
        self._check(contents)

    def _fill(self, path: str, size: int, part: Path, file: IO[bytes]) -> str:
        contents = self._contents
        if contents is None or self._place == SUM or os.fstat(file.fileno()).st_size:
            return super()._fill(path, size, part, file)
        for piece in contents.pieces():
            file.write(piece)
            self._progress.came(path, self._done + file.tell(), self._total)
        file.flush()
        self._check(contents)
        came = file.tell()
        if contents.status or came < size:
            if not came:
                part.unlink()
            return _why(contents.status, came, size)
        return ""

    def _sum_there(self, path: str) -> str:
        contents = self._contents
        if contents is None or self._place != SUM:
            return super()._sum_there(path)
        said = b""
        for piece in contents.pieces():
            said += piece
            if len(said) > _LONGEST_SUM:
                raise garbled(repr(said))
        self._check(contents)
        return said.decode("ascii", "replace")

    def _check(self, contents: Contents) -> None:
        """Raise why a stream has ended before all of a file came."""
        if contents.status is not None:
            return
        if self._batch.stop.asked:
            raise stopped()
        if failure := self._batch.server.failure_of(contents.stream):
            raise failure
        raise Unreachable(f"{self._batch.host.name} has sent only a part of the files.")


def _why(status: int | None, came: int, size: int) -> str:
    if status == GONE:
        return "it is not there any more"
    if status:
        return "it could not be read there"
    return f"only {came} of its {size} bytes could be read"
