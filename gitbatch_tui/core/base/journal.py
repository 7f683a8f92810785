"""The commands that were run on a person's behalf, each with its output and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_BYTES = 65536
"""How much of a command's output its entry keeps."""
HERE = "local"
"""What this machine is called."""


@dataclass(frozen=True)
class JournalEntry:
    """One command, for the journal."""

    host: str
    command: tuple[str, ...]
    status: int | None
    """None when no status came back, or when we ended the command."""
    output: bytes
    """stdout, then stderr; or the trouble. Raw, cut at `KEPT_BYTES`, empty for a stream."""
    seconds: float


Journal = Callable[[JournalEntry], None]
"""Gets every command when it has ended, in the thread that ran it."""


class JournalNote:
    """Collects the status and output of one command for its entry in the journal."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.output = b""

    def ended(self, status: int, output: bytes) -> None:
        """Keep a command's exit status and what it printed."""
        self.status = status
        self.output = output


@contextmanager
def journaled(
    journal: Journal | None, host: str, command: tuple[str, ...]
) -> Iterator[JournalNote]:
    """Tell the journal of a command, also when it fails."""
    note = JournalNote()
    start = time.monotonic()
    try:
        yield note
    except GitBatchError as error:
        note.output = f"{error}\n{error.detail}".encode()
        raise
    finally:
        if journal:
            seconds = time.monotonic() - start
            journal(JournalEntry(host, command, note.status, note.output[:KEPT_BYTES], seconds))
