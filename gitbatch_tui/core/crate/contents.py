"""Puts the files of runs into a crate, and notes which of them are missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.fetch import fetch_input
from gitbatch_tui.core.crate.parts import Part, contents, files_of, name_for, written_by
from gitbatch_tui.core.crate.writing import Sink, Written, add
from gitbatch_tui.core.results.revisions import outcome_commit
from gitbatch_tui.core.runs.published import history_called
from gitbatch_tui.core.runs.record_files import file_of, large_files_of
from gitbatch_tui.core.runs.statement import log_in
from gitbatch_tui.errors import CommandFailed, GitBatchError, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import BatchRemote, Link, Run


CODE = "code"
LOG = "log.txt"
ENVIRONMENT = "environment.txt"


@dataclass
class Packed:
    """A run, and what of it is in the crate."""

    run: Run
    location: str
    """Where its batch remote is, for people."""
    folder: str
    """What it wrote stands below it."""
    code: Sequence[Part] = ()
    results: list[Part] = field(default_factory=list)
    removed: Sequence[str] = ()
    """Files of its code that it removed."""
    data: dict[str, list[Part]] = field(default_factory=dict)
    """Frozen data, by the link that leads to it."""
    others: list[str] = field(default_factory=list)
    """Its log and its environment, where there are."""
    missing: list[str] = field(default_factory=list)
    """What belongs to it and isn't there, each in a few words."""


class Packing:
    """Fills a crate, run by run; code that several have in common stands there once."""

    def __init__(self, sink: Sink, tell: Callable[[str], None], *, with_data: bool) -> None:
        self.files: dict[str, Written] = {}
        """All that was written, by name."""
        self.packed: list[Packed] = []
        self._sink = sink
        self._tell = tell
        self._with_data = with_data
        self._code: dict[str, tuple[Sequence[Part], Sequence[str]]] = {}
        self._away: dict[BatchRemote, Unreachable] = {}

    def write(self, name: str, chunks: Iterable[bytes], size: int | None = None) -> Written:
        """Put a file into the crate."""
        self.files[name] = written = add(self._sink, name, chunks, size)
        return written

    def pack(self, batch: Batch, run: Run) -> None:
        """Put all that is known of a run into the crate."""
        self._tell(f"exporting {run.name}")
        packed = Packed(run, batch.remote.location, self._new_folder(run))
        self.packed.append(packed)
        self._pack_code(batch, packed)
        self._pack_results(batch, packed)
        self._pack_large(batch, packed)
        self._pack_log(batch, packed)
        if environment := file_of(batch.clone, run, "environment"):
            data = environment.encode("utf-8", "surrogateescape")
            packed.others.append(self.write(f"{packed.folder}/{ENVIRONMENT}", [data]).name)
        for link in run.links:
            self._pack_data(batch, packed, link)

    def _new_folder(self, run: Run) -> str:
        folder = f"runs/{name_for(run.remote).replace('/', '-')}-{run.number}"
        while any(each.folder == folder for each in self.packed):
            folder += "_"  # origin/batch and origin-batch
        return folder

    def _pack_code(self, batch: Batch, packed: Packed) -> None:
        commit = packed.run.commit
        try:
            fetch_input(batch, packed.run)
        except GitBatchError as error:
            packed.missing.append(f"the code of commit {abbreviated(commit)}: {error}")
            return
        if commit not in self._code:
            self._code[commit] = files_of(batch.clone, commit, f"{CODE}/{abbreviated(commit)}")
            self._write_parts(batch, self._code[commit][0])
        packed.code, submodules = self._code[commit]
        packed.missing += [f"the submodule {one_line(path)}" for path in submodules]

    def _pack_results(self, batch: Batch, packed: Packed) -> None:
        run = packed.run
        try:
            result = outcome_commit(batch, run, self._tell)
            fetch_input(batch, run)
        except GitBatchError as error:
            packed.missing.append(f"the results of {run.name}: {error}")
            return
        written = written_by(batch.clone, run.commit, result, f"{packed.folder}/results")
        packed.results, packed.removed = written.parts, written.removed
        self._write_parts(batch, packed.results)
        packed.missing += [
            f"the repository {one_line(path)}, of which git holds a commit's id alone"
            for path in written.repositories
        ]
        if run.ignored:
            packed.missing.append(f"what .gitignore keeps out of the results: {run.ignored}")

    def _write_parts(self, batch: Batch, parts: Sequence[Part]) -> None:
        for part, chunks in contents(batch.clone, parts):
            if self.write(part.name, chunks, part.size).size != part.size:
                raise CommandFailed(f"git can't read {one_line(part.path)} as a whole.", status=1)

    def _pack_large(self, batch: Batch, packed: Packed) -> None:
        """Files that are in no commit, but on the server, under their hashes."""
        for file in large_files_of(batch.clone, packed.run):
            name = f"{packed.folder}/results/{name_for(file.path)}"
            if name in self.files:
                name = f"{packed.folder}/large/{name_for(file.path)}"
            try:
                chunks = self._read(batch, packed.run, f"content:{file.hash}")
            except GitBatchError as error:
                packed.missing.append(
                    f"{one_line(file.path)} ({file.size} bytes, sha256 {file.hash}): {error}"
                )
                continue
            if self.write(name, chunks, file.size).sha256 != file.hash:
                raise Refused(f"{one_line(file.path)} came otherwise than it is recorded.")
            packed.results.append(Part(name, file.path, "100644", "", file.size))

    def _pack_log(self, batch: Batch, packed: Packed) -> None:
        try:
            if batch.remote.published:
                chunks = published_log(batch, packed.run)
            else:
                chunks = self._read(batch, packed.run, "log")
        except GitBatchError as error:
            packed.missing.append(f"the log of {packed.run.name}: {error}")
            return
        packed.others.append(self.write(f"{packed.folder}/{LOG}", chunks).name)

    def _pack_data(self, batch: Batch, packed: Packed, link: Link) -> None:
        """Data that the run read through a link; by its hash alone, unless it is asked for."""
        path = one_line(link.path)
        told = f" (hash {link.hash})" if link.hash else ", which isn't frozen"
        if not self._with_data or not link.hash:
            packed.missing.append(f"the data {path}{told}")
            return
        folder = f"data/{name_for(link.hash)}"
        try:
            listed = batch.server.files.tree(packed.run.number, link.path)
        except GitBatchError as error:
            packed.missing.append(f"the data {path}{told}: {error}")
            return
        parts = [
            Part(f"{folder}/{name_for(inside)}", inside, "100644", "", size)
            for size, inside in listed
        ]
        for part in parts:
            if part.name not in self.files:
                chunks = self._read(batch, packed.run, f"tree:{part.path}")
                self.write(part.name, chunks, max(part.size, 0))
        packed.data[link.path] = parts

    def _read(self, batch: Batch, run: Run, file: str) -> Iterator[bytes]:
        """Read a file of a run; a server that couldn't be reached once isn't asked again."""
        if batch.remote in self._away:
            raise self._away[batch.remote]
        try:
            return read(batch, run, file)
        except Unreachable as error:
            self._away[batch.remote] = error
            raise


def published_log(batch: Batch, run: Run) -> Iterator[bytes]:
    """The bytes that the job printed, as they were published; raises where they weren't."""
    history = history_called(batch.clone, batch.remote.name)
    if history and run.number in history.statement.logs:
        return iter((log_in(batch.clone, history.statement, run.number) or b"",))
    raise CommandFailed("it was not published.", status=1)


def read(batch: Batch, run: Run, file: str) -> Iterator[bytes]:
    """A file of a run, as `gitbatch log --file` takes it; raises at once where it isn't there."""
    chunks = _chunks(batch, run, file)
    first = next(chunks, None)
    return chain(() if first is None else (first,), chunks)


def _chunks(batch: Batch, run: Run, file: str) -> Iterator[bytes]:
    server = batch.server
    with server.files.stream(run.number, file) as stream:
        yield from stream
    if failure := server.failure_of(stream):
        raise failure
