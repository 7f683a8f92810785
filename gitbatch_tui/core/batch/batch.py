"""A clone together with one of its batch remotes and the way there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.cancellation import Cancellation
from gitbatch_tui.core.hosts.diagnosis import named
from gitbatch_tui.core.runs.listing import list_remote, list_with_news
from gitbatch_tui.core.server.client import Server, server_of
from gitbatch_tui.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitbatch_tui.core.git.process import GitProcess
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.models import BatchRemote, Run


@dataclass(frozen=True)
class Batch:
    """A batch remote of a clone, with the host and the server that it is on."""

    clone: Clone
    hosts: Hosts
    remote: BatchRemote
    stop: Cancellation = field(default_factory=Cancellation, compare=False)
    """For pushes and fetches, which may take their time."""

    @property
    def server(self) -> Server:
        return server_of(self.hosts, self.remote)

    @property
    def host(self) -> Host:
        return self.server.host

    def listing(self, *, with_news: bool = False) -> Listing:
        """All runs as the server knows them now; raises where it can't say.

        `with_news`: there are likely to be new records, which are asked for at the same time.
        """
        listed = list_with_news if with_news else list_remote
        listing = listed(self.clone, self.hosts, self.remote)
        if listing.trouble:
            raise named(listing.trouble, self.host.name) from listing.trouble
        return listing

    def runs(self) -> tuple[Run, ...]:
        """The runs alone, the newest first."""
        return self.listing().runs

    def tip(self, branch: str) -> str:
        """The commit of a branch of the batch remote; empty where there is none of that name."""
        ref = f"refs/heads/{branch}"
        listing = self.ask_git("ls-remote", self.remote.name, ref)
        lines = (line.partition("\t") for line in listing.split("\n"))
        return next((commit for commit, _, name in lines if name == ref), "")

    def fetch(self, *refspecs: str) -> None:
        """Bring these refs here, and no others."""
        quiet = ("--quiet", "--no-tags", "--no-recurse-submodules")
        with self._connected() as environment:
            self.clone.fetch(*quiet, "--", self.remote.name, *refspecs, environment=environment)

    def ask_git(self, *args: str) -> str:
        """Run a git command that connects, and return its output; raises `Unreachable` first."""
        with self._connected() as environment:
            return self.clone.git(*args, environment=environment)

    def follow_git(self, *args: str, on_line: Callable[[str], object]) -> GitProcess:
        """Run a git command that connects and takes its time; return it when it has ended.

        `on_line` gets each line that it writes to stderr, and `stop` ends it.
        """
        with (
            self.host.session(),
            self.clone.process(*args, environment=self.host.environment()) as running,
            self.stop.ends(running),
        ):
            for line in running:
                on_line(line)
            return running

    @contextmanager
    def _connected(self) -> Iterator[dict[str, str]]:
        with self.host.session():
            try:
                yield self.host.environment()
            except CommandFailed as error:
                raise named(error, self.host.name) from error
