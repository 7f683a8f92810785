"""Lets a person stop work that goes on in another thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Endable(Protocol):
    """Something that runs."""

    def terminate(self) -> None:
        """End it, from any thread."""
        ...


class Cancellation:
    """A cancellation flag for one operation; the worker polls `asked`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = False
        self._running: Endable | None = None

    @property
    def asked(self) -> bool:
        """True once somebody wants it to stop."""
        return self._asked

    def ask(self) -> None:
        """End the command that runs, and begin no other."""
        with self._lock:
            self._asked = True
            if self._running:
                self._running.terminate()

    @contextmanager
    def ends(self, running: Endable) -> Iterator[None]:
        """Let a command be ended for as long as the context lasts."""
        with self._lock:
            self._running = running
            if self._asked:
                running.terminate()
        try:
            yield
        finally:
            with self._lock:
                self._running = None
