"""Keeps one host object, and so one connection, for each machine that is used."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from gitbatch_tui.core.hosts.host import Host, LocalHost

if TYPE_CHECKING:
    from gitbatch_tui.core.base.journal import Journal
    from gitbatch_tui.core.hosts.location import Location


class Hosts:
    """The machines of one screen or one command."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal
        """Is told of every command, on any machine."""
        self._lock = threading.Lock()
        self._hosts: dict[tuple[str | None, int | None], Host] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def at(self, location: Location) -> Host:
        """The machine that a location is on; nothing is connected yet."""
        key = (location.host, location.port)
        with self._lock:
            if key not in self._hosts:
                self._hosts[key] = self._new(*key)
            return self._hosts[key]

    def close(self) -> None:
        """End everything that runs; connections stay when another program uses them."""
        with self._lock:
            hosts = list(self._hosts.values())
            self._hosts.clear()
        for host in hosts:
            host.close()

    def _new(self, destination: str | None, port: int | None) -> Host:
        if destination is None:
            return LocalHost(self.journal)
        from gitbatch_tui.core.hosts.ssh import SshHost  # noqa: PLC0415  # only far hosts need it

        return SshHost(destination, port, journal=self.journal)
