"""Reads what a clone knows without asking a server, for the first picture of the screen.

git starts at once and writes into files while the caller does something else; `read` then has
hardly anything to wait for.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from gitbatch_tui.core.base.journal import HERE, KEPT_BYTES, JournalEntry, journaled
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.calling import ENVIRONMENT, OPTIONS
from gitbatch_tui.core.git.remotes import PATTERN, batch_remotes_in, parse_settings
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.core.runs.record_format import records_in, runs_in
from gitbatch_tui.errors import CommandFailed, NotARepository, Refused
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.models import BatchRemote, Run

_RECORDS = "refs/gitbatch/*/log"
_CHUNK = 1 << 20
RECORDS = 200
"""How many are read at most, of all remotes together; a first picture shows no more."""
_QUESTIONS = {
    "place": (
        *("rev-parse", "--is-bare-repository", "--absolute-git-dir", "--git-common-dir"),
        "--show-toplevel",
    ),
    "settings": ("config", "--null", "--get-regexp", PATTERN),
    "head": ("symbolic-ref", "--quiet", "HEAD"),
    "refs": ("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"),
    # The ref comes last, so that no record can say that it stands on another one.
    "records": (
        *("log", "--no-color", "--format=%B%nRef: %S%x00"),
        *(f"--max-count={RECORDS}", f"--glob={_RECORDS}"),
    ),
}
_FATAL = 128
"""git's exit status for what it refuses."""


@dataclass(frozen=True)
class CloneOverview:
    """A clone without asking any server."""

    path: Path
    """Its top folder."""
    folders: tuple[Path, ...]
    """Where git keeps what it knows of it."""
    remotes: tuple[BatchRemote, ...]
    branches: Mapping[str, str]
    """The commit of each local branch."""
    current: str
    """The branch that is checked out, even before its first commit; empty when detached."""
    theirs: Mapping[str, Mapping[str, str]]
    """By remote: the commit of each of its branches, as it was last seen."""
    runs: Mapping[str, Sequence[Run]]
    """By remote: what was recorded lately, the newest first."""


class StartupQuery:
    """git, answering; leaving the context ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began = time.monotonic()
        self._journal: Journal | None = None
        self._stack = ExitStack()
        self._answers: dict[str, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}
        self._git = shutil.which("git")

    def __enter__(self) -> Self:
        if self._git and self._path.is_dir():
            for name, question in _QUESTIONS.items():
                self._answers[name] = self._ask(question)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, journal: Journal | None = None) -> CloneOverview:
        """Read git's answers; raises `Refused` without git, `NotARepository` outside of a clone."""
        if not self._git:
            raise Refused("There is no git on PATH: install git, then start again.")
        self._journal = journal
        place = self._lines("place")
        if len(place) < 4:  # noqa: PLR2004  # a bare one has no top level
            if self._answers and self._answers["place"][0].returncode not in {0, _FATAL}:
                from gitbatch_tui.core.git.folders import find_folders  # noqa: PLC0415  # seldom

                find_folders(self._path)  # this is no git: it says why
            raise NotARepository(_outside(self._path, bare="true" in place))
        remotes = batch_remotes_in(parse_settings(self._text("settings")))
        branches, theirs = _sorted_out(self._lines("refs"), remotes)
        current = self._text("head").strip().removeprefix("refs/heads/")
        folders = {Path(place[1]), (self._path / place[2]).resolve()}
        runs = self._runs(remotes)
        return CloneOverview(
            Path(place[3]), tuple(folders), remotes, branches, current, theirs, runs
        )

    def _ask(self, question: Sequence[str]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        # A file takes everything; a pipe would stop git until somebody reads.
        file = self._file()
        process = subprocess.Popen(
            [self._git or "git", *OPTIONS, *question],
            cwd=self._path,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.DEVNULL,
            env={**clean_environment(), **ENVIRONMENT},
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process, file

    def _runs(self, remotes: Sequence[BatchRemote]) -> dict[str, list[Run]]:
        by_ref: dict[str, list[dict[str, str]]] = {}
        file = self._answer("records")
        for record in records_in(iter(lambda: file.read(_CHUNK), b"")):
            by_ref.setdefault(record.pop("Ref", ""), []).append(record)
        found = {}
        for remote in remotes:
            records = by_ref.get(_RECORDS.replace("*", remote.name), [])
            # The beginning of the oldest ones may have been cut off.
            runs = [run for run in runs_in(remote.name, records) if run.submitted]
            found[remote.name] = sorted(
                map(_unlocated, runs), key=lambda run: run.number, reverse=True
            )
        return found

    def _answer(self, name: str) -> IO[bytes]:
        if name not in self._answers:
            return self._file()
        process, file = self._answers[name]
        process.wait()
        if self._journal:
            file.seek(0)
            said = file.read(KEPT_BYTES)
            seconds = time.monotonic() - self._began
            command = ("git", *_QUESTIONS[name])
            self._journal(JournalEntry(HERE, command, process.returncode, said, seconds))
        file.seek(0)
        return file

    def _file(self) -> IO[bytes]:
        return self._stack.enter_context(tempfile.TemporaryFile())

    def _text(self, name: str) -> str:
        return self._answer(name).read().decode("utf-8", "surrogateescape")

    def _lines(self, name: str) -> list[str]:
        return [line for line in self._text(name).split("\n") if line]


def _unlocated(run: Run) -> Run:
    # To find out takes git longer than all else, and is for later.
    is_open = run.results is Results.WAITING
    return replace(run, results=Results.UNLOCATED) if is_open else run


def look(path: Path, journal: Journal | None = None) -> CloneOverview:
    """Read what a clone knows by itself, with all the waiting."""
    with StartupQuery(path) as beginning:
        return beginning.read(journal)


def begin_clone(path: Path, journal: Journal | None = None) -> CloneOverview:
    """Make the folder a repository, and look at it."""
    command = ("git", "init", "--quiet", "--", str(path))
    with journaled(journal, HERE, command) as note:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=clean_environment(),
            check=False,
        )
        note.status, note.output = done.returncode, done.stdout + done.stderr
    if done.returncode:
        raise CommandFailed(
            f"git init failed in {one_line(str(path))}.",
            status=done.returncode,
            detail=clean(done.stderr),
        )
    return look(path, journal)


def _outside(path: Path, *, bare: bool) -> str:
    where = one_line(str(path))
    if bare:
        return f"{where} is a bare repository: work in a clone of it."
    return f"{where} is in no git repository."


def _sorted_out(
    lines: Sequence[str], remotes: Sequence[BatchRemote]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    branches: dict[str, str] = {}
    theirs: dict[str, dict[str, str]] = {remote.name: {} for remote in remotes}
    for line in lines:
        commit, _, ref = line.partition(" ")
        if ref.startswith("refs/heads/"):
            branches[ref.removeprefix("refs/heads/")] = commit
        for remote in remotes:
            prefix = f"refs/remotes/{remote.name}/"
            if ref.startswith(prefix):
                theirs[remote.name][ref.removeprefix(prefix)] = commit
    return branches, theirs
