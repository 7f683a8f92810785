"""Reads the clone, and keeps up with every batch remote while the screen is open."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import DOCTORS_BRANCH, Results
from gitbatch_tui.ui.board import Board, BranchView, RemoteView, newest_by_branch
from gitbatch_tui.ui.deeds.base import Deeds, local_clock
from gitbatch_tui.ui.messages import ApartKnown, CloneChanged, CloneMissing, CloneRead, RunsKnown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.core.watch.divergence import CommitPair, Divergence
    from gitbatch_tui.core.watch.overview import CloneOverview
    from gitbatch_tui.core.watch.remote_watcher import RemoteWatcher
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.requests import RefreshRequested


def _is_home(run: Run) -> bool:
    return run.state.final and run.results is not Results.ON_THEIR_WAY


class Looking(Deeds):
    """Everything that the panes show comes in here."""

    view: CloneOverview | None = None
    """The clone as it was read last."""
    _watched = False
    """Whether the first picture is drawn, and what changes is looked after."""
    _attentions: dict[BatchRemote, RemoteWatcher]
    _counted: dict[CommitPair, Divergence]
    _ended: threading.Event

    def __init__(self, path: Path, clock: Callable[[], datetime] = local_clock) -> None:
        super().__init__(path, clock)
        self._attentions = {}
        self._counted = {}
        self._ended = threading.Event()

    def on_unmount(self) -> None:
        self._ended.set()
        for attention in self._attentions.values():
            attention.end()
        self.hosts.close()

    # Asking

    def on_refresh_requested(self, request: RefreshRequested) -> None:
        self.reread()
        for remote, attention in self._attentions.items():
            if not request.remotes or remote in request.remotes:
                attention.nudge()

    @work(thread=True, exit_on_error=False, group="look", exclusive=True)
    def reread(self) -> None:
        """Read the clone again."""
        from gitbatch_tui.core.watch.overview import look  # noqa: PLC0415  # after the first picture

        try:
            self.post_message(CloneRead(look(self.path, self.journaled)))
        except GitBatchError as error:
            self.post_message(CloneMissing(error))

    @work(thread=True, exit_on_error=False, group="pulse", exclusive=True)
    def _watch_clone(self, folders: Sequence[Path]) -> None:
        from gitbatch_tui.core.watch.clone_watcher import watch_clone  # noqa: PLC0415  # like above

        def tell() -> None:
            self.post_message(CloneChanged())

        watch_clone(folders, self._ended, tell)

    @work(thread=True, exit_on_error=False, group="attend")
    def _attend(self, attention: RemoteWatcher) -> None:
        def tell(listing: Listing) -> None:
            self.post_message(RunsKnown(listing))

        attention.attend(tell)

    @work(thread=True, exit_on_error=False, group="count", exclusive=True)
    def _count(self, remote: str, pairs: Mapping[str, CommitPair]) -> None:
        from gitbatch_tui.core.watch.divergence import count_divergence  # noqa: PLC0415  # like above

        count_divergence(self.path, pairs.values(), self._counted, self.journaled)
        self.post_message(ApartKnown(remote, self._known(pairs)))

    def _known(self, pairs: Mapping[str, CommitPair]) -> dict[str, Divergence]:
        return {name: self._counted[pair] for name, pair in pairs.items() if pair in self._counted}

    # Facts

    def on_clone_changed(self, _: CloneChanged) -> None:
        self.reread()

    def on_clone_read(self, fact: CloneRead) -> None:
        self.take_view(fact.view)
        self.attend_all()

    def take_view(self, view: CloneOverview) -> None:
        """Show the clone; what servers said since stays."""
        self.view = view
        old = self.board
        remotes = tuple(
            old.views.get(remote.name) or RemoteView(remote, tuple(view.runs[remote.name]))
            for remote in view.remotes
        )
        chosen = self._still_chosen([remote.name for remote in view.remotes])
        branch = old.branch if old.branch in view.branches else None
        self.board = Board(remotes, remote=chosen, branch=branch, loaded=True)
        self.show_branches()

    def _still_chosen(self, names: Sequence[str]) -> str | None:
        """The remote whose runs were shown; the first, to begin with and when that is gone."""
        old = self.board
        if old.loaded and (old.remote is None or old.remote in names):
            return old.remote if old.remotes else next(iter(names), None)
        return next(iter(names), None)

    def attend_all(self) -> None:
        """Look at every batch remote that there is, and at no other; and at the clone."""
        if self.view and not self._watched:
            self._watched = True
            self._watch_clone(self.view.folders)
            self.show_branches()
        from gitbatch_tui.core.watch.remote_watcher import RemoteWatcher  # noqa: PLC0415  # like above

        wanted = {view.remote for view in self.board.remotes}
        for remote in self._attentions.keys() - wanted:
            self._attentions.pop(remote).end()
        for remote in sorted(wanted - self._attentions.keys(), key=lambda remote: remote.name):
            self._attentions[remote] = RemoteWatcher(self.path, self.hosts, remote)
            self._attend(self._attentions[remote])

    def on_runs_known(self, fact: RunsKnown) -> None:
        name = fact.listing.remote.name
        old = self.board.views.get(name)
        if old is None:
            return
        self.board = self.board.with_view(self._seen(fact.listing))
        if old.asked:
            self._tell_of_ends(old.runs, fact.listing.runs)
        if self._theirs_moved(old.runs, fact.listing.runs):
            self.reread()
        self.show_branches()

    def _seen(self, listing: Listing) -> RemoteView:
        skew = listing.now - self.clock()
        return RemoteView(listing.remote, listing.runs, True, listing.trouble, listing.as_of, skew)

    def _theirs_moved(self, old: Sequence[Run], new: Sequence[Run]) -> bool:
        """Whether runs began since: somebody pushed, so the clone may know more."""
        return bool(new) and (not old or new[0].number != old[0].number)

    def _tell_of_ends(self, old: Sequence[Run], new: Sequence[Run]) -> None:
        ours = (run for run in old if not run.branch.startswith(DOCTORS_BRANCH))
        before = {run.number for run in ours if not _is_home(run)}
        if ended := [run for run in new if _is_home(run) and run.number in before]:
            self.announce(ended)
        going = {run.number for run in old if not run.stuck}
        if stuck := [run for run in new if run.stuck and run.number in going]:
            self.announce_stuck(stuck)

    def announce(self, ended: Sequence[Run]) -> None:
        """Say that runs have ended."""
        raise NotImplementedError

    def announce_stuck(self, stuck: Sequence[Run]) -> None:
        """Say that runs can't go on."""
        raise NotImplementedError

    # Branches

    def on_apart_known(self, fact: ApartKnown) -> None:
        if fact.remote == self._compared():
            self.board = replace(self.board, branches=self._branches(fact.apart))
            self.show_board()

    def show_branches(self) -> None:
        """Show branches as they compare to the chosen remote; counting goes on behind."""
        remote, pairs = self._compared(), self._pairs()
        self.board = replace(self.board, branches=self._branches(self._known(pairs)))
        self.show_board()
        if remote and self._watched and any(pair not in self._counted for pair in pairs.values()):
            self._count(remote, pairs)

    def show_board(self) -> None:
        """Let the panes show what is known."""
        raise NotImplementedError

    def _compared(self) -> str | None:
        """The remote that branches are compared to: the chosen one, else the first."""
        names = [view.remote.name for view in self.board.remotes]
        return self.board.remote or (names[0] if names else None)

    def _pairs(self) -> dict[str, CommitPair]:
        theirs = self._theirs()
        ours = self.view.branches if self.view else {}
        return {
            name: (commit, theirs[name])
            for name, commit in ours.items()
            if theirs.get(name, commit) != commit
        }

    def _theirs(self) -> Mapping[str, str]:
        remote = self._compared()
        return self.view.theirs.get(remote, {}) if self.view and remote else {}

    def _branches(self, apart: Mapping[str, Divergence]) -> tuple[BranchView, ...]:
        if not self.view:
            return ()
        remote = self._compared()
        last = newest_by_branch(self.board.views[remote].runs if remote else ())
        views = (
            self._branch(name, commit, apart.get(name), last.get(name))
            for name, commit in self.view.branches.items()
        )
        return tuple(sorted(views, key=lambda view: (not view.current, view.name)))

    def _branch(
        self, name: str, commit: str, apart: Divergence | None, last: Run | None
    ) -> BranchView:
        ahead, behind = apart or (None, None)
        current = self.view.current if self.view else ""
        return BranchView(
            name, commit, name == current, ahead, behind, name in self._theirs(), last
        )
