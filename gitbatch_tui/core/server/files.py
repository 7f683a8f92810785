"""Asks a batch remote's server for the files of its runs: their logs, pages and run trees."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.server.calls import (
    CALL,
    CHECKSUM,
    LASTING,
    LONG,
    NOTE_PAGES,
    decode,
    lines_of,
)
from gitbatch_tui.core.server.contents import Contents
from gitbatch_tui.core.server.file_answers import (
    PAGE,
    FolderPage,
    LogStat,
    Page,
    read_file,
    read_folder,
    read_pages,
    read_stat,
)
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.hosts.host import Stream
    from gitbatch_tui.core.server.calls import Calls


_ENTER = BASE + """cd "$base/runs/$2/tree" 2>/dev/null"""
_SHELL = f"""{_ENTER} && exec "${{SHELL:-/bin/sh}}\""""


class ServerFiles:
    """The files of the runs of a batch remote; a `file` is `log`, `schedule`, or `tree:PATH`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, run: int, file: str = "log", offset: int = 0, size: int | None = None) -> bytes:
        """Bytes of a file of a run: `log`, `schedule`, or `tree:PATH`."""
        limit = () if size is None else ("--bytes", str(size))
        place = ("--file", file, "--offset", str(offset))
        return self._calls.call("log", str(run), *place, *limit)

    def stream(
        self, run: int, file: str = "log", offset: int = 0, *, follow: bool = False
    ) -> AbstractContextManager[Stream]:
        """Read a file of a run as a stream; with `follow`, until the run is settled."""
        place = (str(run), "--file", file, "--offset", str(offset))
        if follow:
            return self._calls.stream(LASTING, "log", *place, "--follow")
        return self._calls.stream(CALL, "log", *place)

    @contextmanager
    def contents(self, run: int, wanted: Sequence[tuple[str, str]]) -> Iterator[Contents]:
        """Read many files of a run tree: of each an offset, or `SUM`, and its path.

        A path has no line ends. A server that can't do this yet sends nothing, and fails.
        """
        mark = secrets.token_hex(16)
        lines = "".join(f"{place}\t{path}\n" for place, path in wanted)
        asked = f"{mark}\n{lines}".encode("utf-8", "surrogateescape")
        with self._calls.stream(CALL, "contents", str(run), stdin=asked) as stream:
            yield Contents(stream, mark)

    def stat(self, run: int, file: str = "log") -> LogStat:
        """Size and identity of a file of a run."""
        return read_stat(self._calls.text("log", str(run), "--file", file, "--stat"))

    def checksum(self, run: int, file: str) -> str:
        """The output of `cksum` for a file of a run."""
        return decode(self._calls.ask(CHECKSUM, str(run), file, timeout=LONG).stdout).strip()

    def find(
        self,
        run: int,
        text: str,
        *,
        after: int = 0,
        before: int | None = None,
        file: str = "log",
    ) -> int | None:
        """The offset of the next occurrence `after`, or of the last one `before`, if any."""
        bound = ("--after", str(after)) if before is None else ("--before", str(before))
        args = ("log", str(run), "--file", file, "--find", text, *bound)
        answer = self._calls.ask(CALL, *args, timeout=LONG)
        if answer.status and answer.stderr.strip():
            raise self._calls.failed(answer)
        return number_of(decode(answer.stdout).strip())

    def tree(self, run: int, path: str = "") -> tuple[tuple[int, str], ...]:
        """Size and path of a run tree's files at or below `path`; -1 where a name has line ends.

        Raises `Refused` where there are more than anybody would list.
        """
        with self._calls.stream(CALL, "files", str(run), path) as stream:
            lines = filter(None, lines_of(stream))
            found = tuple(map(read_file, islice(lines, bounds.FILES + 1)))
        if len(found) > bounds.FILES:
            raise bounds.too_many_files()
        self._calls.check(stream)
        return found

    def folder(
        self, run: int, path: str = "", start: int = 0, most: int = PAGE, timeout: float = 60
    ) -> FolderPage | None:
        """Entries of one folder of a run tree, from that one on; None where the tree is gone.

        Raises `UnknownName` where it has no such folder.
        """
        place = ("--from", str(start), "--most", str(most), "--", path)
        answer = self._calls.text("folder", str(run), *place, timeout=timeout)
        return read_folder(self._calls.host.name, answer, path)

    def pages(self, run: int) -> tuple[Page, ...]:
        """The files of a run that people may want to read."""
        return read_pages(self._calls.text("pages", str(run)))

    def note_pages(self, pages: Sequence[tuple[int, str, str]]) -> None:
        """Remember such files: runs, names and paths; a path is the server's."""
        lines = "".join(f"{run} {name} {path}\n" for run, name, path in pages)
        self._calls.ask(NOTE_PAGES, stdin=lines.encode("utf-8", "surrogateescape"))

    def shell(self, run: int) -> list[str]:
        """The command that opens a shell in a run tree, in the person's terminal.

        Raises `UnknownName` where the tree is gone, and `NotABatchRemote` where all of it is.
        """
        host, base = self._calls.host, self._calls.base
        if host.run(_ENTER, base, str(run)).status:
            self._calls.text("version")
            raise UnknownName(
                f"The tree of run {run} isn't on {host.name} any more: `gitbatch-tui prune` "
                "removes it once its results are in git."
            )
        return host.interactive(_SHELL, base, str(run))
