"""What deeds that change something share: the remote of a run, and a clone for a worker."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.ui.deeds.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from textual.message import Message

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.dialogs.dialog import Dialog


class Acting(Showing):
    """The methods that open something are for workers, each of which opens its own."""

    _again: tuple[GitBatchError | None, Message | None] = (None, None)

    def remote_of(self, run: Run) -> BatchRemote:
        """The batch remote that a run is on."""
        view = self.board.views.get(run.remote)
        if view is None:
            raise Refused(f"{run.remote} is no batch remote of this clone any more.")
        return view.remote

    def now_for(self, remote: str) -> datetime:
        """The time by a remote's clock."""
        view = self.board.views.get(remote)
        return self.clock() + view.skew if view else self.clock()

    @contextmanager
    def clone(self) -> Iterator[Clone]:
        """The clone, for as long as a worker needs it."""
        from gitbatch_tui.core.git.opening import open_clone  # noqa: PLC0415  # it imports GitPython

        with open_clone(self.path, self.journaled) as clone:
            yield clone

    @contextmanager
    def batch(self, remote: BatchRemote) -> Iterator[Batch]:
        """The clone together with a batch remote."""
        from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # like the clone

        with self.clone() as clone:
            yield Batch(clone, self.hosts, remote)

    def server(self, remote: BatchRemote) -> Server:
        """The other side of a batch remote; nothing is asked yet."""
        from gitbatch_tui.core.server.client import server_of  # noqa: PLC0415  # like the clone

        return server_of(self.hosts, remote)

    @contextmanager
    def troubleshooting(self) -> Iterator[None]:
        """Let a handler raise what a person can do something about."""
        try:
            yield
        except GitBatchError as error:
            self.show_trouble(error)

    @contextmanager
    def closing(self, dialog: Dialog[Any], again: Message | None = None) -> Iterator[None]:
        """Close a dialog where its worker fails; the trouble itself is shown in its one place.

        `again` is what to ask for once more when that was mended, such as by logging in.
        """
        try:
            yield
        except GitBatchError as error:
            self._again = (error, again)
            self.call_from_thread(dialog.close)
            raise

    def take_again(self, error: GitBatchError) -> Message | None:
        """What was asked for when the error came."""
        (failed, again), self._again = self._again, (None, None)
        return again if failed is error else None
