"""Upgrades a batch remote, or undoes its set-up: here, or there as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.ui.deeds.acting import Acting
from gitbatch_tui.ui.messages import Forgotten, Surveyed
from gitbatch_tui.ui.requests import PlanRequested

if TYPE_CHECKING:
    from gitbatch_tui.core.setup.contents import BaseContents
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.requests import UndoRequested
    from gitbatch_tui.ui.sentences import Undo


class Undoing(Acting):
    """What would be lost is shown first."""

    def on_undo_requested(self, request: UndoRequested) -> None:
        from gitbatch_tui.ui.dialogs.choose import Choose  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import Undo, ways_to_undo  # noqa: PLC0415  # seldom needed

        remote = request.remote

        def decided(way: Undo | None) -> None:
            if way is Undo.UPGRADE:
                self._upgrade(remote)
            elif way is Undo.FORGET:
                self._ask_to_forget(remote)
            elif way is Undo.REMOVE:
                self._survey(remote)

        heading = f"{remote.name}, {remote.location}"
        self.push_screen(Choose(heading, ways_to_undo(remote)), decided)

    def _upgrade(self, remote: BatchRemote) -> None:
        from gitbatch_tui.core.setup.plan import SetupRequest  # noqa: PLC0415  # seldom needed

        with self.troubleshooting():
            wanted = SetupRequest(remote.name, Location.parse(remote.location))
            self.post_message(PlanRequested(wanted))

    def _ask_to_forget(self, remote: BatchRemote) -> None:
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_forgetting  # noqa: PLC0415  # seldom needed

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            if agreed:
                self._forget(remote)

        self.push_screen(Confirm(about_forgetting(remote)), decided)

    @work(thread=True, exit_on_error=False, group="undo")
    def _forget(self, remote: BatchRemote) -> None:
        from gitbatch_tui.core.setup.remove import forget_remote  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            forget_remote(clone, remote)
        self.post_message(Forgotten(remote, there=False))

    @work(thread=True, exit_on_error=False, group="undo")
    def _survey(self, remote: BatchRemote) -> None:
        from gitbatch_tui.core.setup.contents import survey  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            contents = survey(self.server(remote).host, remote.base, clone)
        self.post_message(Surveyed(remote, contents))

    def on_surveyed(self, fact: Surveyed) -> None:
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_removing  # noqa: PLC0415  # seldom needed

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            if agreed:
                self._remove(fact.remote, fact.contents)

        self.push_screen(Confirm(about_removing(fact.remote, fact.contents)), decided)

    @work(thread=True, exit_on_error=False, group="undo")
    def _remove(self, remote: BatchRemote, contents: BaseContents) -> None:
        from gitbatch_tui.core.setup.remove import (  # noqa: PLC0415  # seldom needed
            forget_remote,
            remove_base,
        )

        host = self.server(remote).host
        remove_base(host, contents, force=bool(contents.active or contents.others))
        with self.clone() as clone:
            forget_remote(clone, remote)
        self.post_message(Forgotten(remote, there=True))

    def on_forgotten(self, fact: Forgotten) -> None:
        self.reread()
        remote = fact.remote
        rest = "is gone" if fact.there else "stays as it is"
        self.tell(f"{remote.name} was removed from this clone; {remote.location} {rest}.")
