"""Runs programs, and leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

from gitbatch_tui.core.hosts.pipes import close_pipe
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GRACE = 1.0
"""Seconds that a program has for ending after SIGTERM."""

# `git rev-parse --local-env-vars`: they would point another git at the caller's repository.
REPOSITORY_VARIABLES = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT "
    "GIT_OBJECT_DIRECTORY GIT_DIR GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE "
    "GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_PREFIX GIT_SHALLOW_FILE "
    "GIT_COMMON_DIR GIT_INTERNAL_SUPER_PREFIX".split()
)
# What git does otherwise by them, or tells besides, is meant for the caller's own commands.
_OTHER_VARIABLES = frozenset(
    "GIT_NAMESPACE GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS "
    "GIT_ICASE_PATHSPECS GIT_EXTERNAL_DIFF GIT_DIFF_OPTS GIT_ATTR_SOURCE GIT_QUARANTINE_PATH "
    "GIT_REFLOG_ACTION GIT_MERGE_VERBOSITY GIT_FLUSH GIT_CURL_VERBOSE "
    "GIT_PROTOCOL_FROM_USER".split()
)


def clean_environment() -> dict[str, str]:
    """This process's environment without what ties git to a repository or spoils what it says."""
    return {name: value for name, value in os.environ.items() if not _is_the_callers(name, value)}


def _is_the_callers(name: str, value: str) -> bool:
    if name.startswith("GIT_TRACE"):
        return not value.startswith("/")  # a file takes what would come between git's words
    return name in REPOSITORY_VARIABLES or name in _OTHER_VARIABLES


_everybody: WeakSet[Processes] = WeakSet()


def end_all() -> None:
    """Kill every program that anybody here has running, for a process that ends at once."""
    for processes in tuple(_everybody):
        processes.kill()


class Processes:
    """The programs that one owner has running."""

    def __init__(self) -> None:
        _everybody.add(self)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def start(
        self, argv: Sequence[str], more_environment: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program in a session of its own; whatever happens, it has ended afterwards.

        What it has put into another session itself stays. Raises OSError when the program
        can't be started, and `Unreachable` when its owner has closed.
        """
        environment = {**clean_environment(), **(more_environment or {})}
        pipe = subprocess.PIPE
        with self._lock:
            if self._closed:
                raise Unreachable("This connection has been closed.")
            process = subprocess.Popen(
                argv, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, start_new_session=True
            )
            self._running.add(process)
        try:
            yield process
        finally:
            self._end(process)

    def refuse(self) -> None:
        """Start no other program."""
        with self._lock:
            self._closed = True

    def close(self) -> None:
        """Ask every program to end, and start no other."""
        self.refuse()
        with self._lock:
            for process in self._running:
                ask_to_end(process)

    def kill(self) -> None:
        """End every program with SIGKILL, without waiting for anything."""
        for process in tuple(self._running):
            signal_group(process, signal.SIGKILL)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            ask_to_end(process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            signal_group(process, signal.SIGKILL)
            process.wait()
        finally:
            for pipe in (process.stdin, process.stdout, process.stderr):
                close_pipe(pipe)
            with self._lock:
                self._running.discard(process)


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Send SIGTERM to a program and what runs in its session, unless it has ended."""
    signal_group(process, signal.SIGTERM)


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a program's process group, unless the program has ended."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
