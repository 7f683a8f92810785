"""Keeps what the screen knows up to date: the clone, and every batch remote."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import Run, State
from gitbatch_tui.ui.branch_comparison import BranchComparison
from gitbatch_tui.ui.state import AppState, RemoteView, newest_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.watch.overview import CloneOverview
    from gitbatch_tui.core.watch.remote_watcher import RemoteWatcher
    from gitbatch_tui.models import BatchRemote, Receipt, Results
    from gitbatch_tui.ui.session import Session


@dataclass
class Begun:
    """A run that is shown while it is submitted."""

    run: Run
    receipt: Receipt | None = None
    """Set as soon as there is one."""


class Live:
    """Reads the clone, and watches it and every remote in threads of their own.

    Everything else happens in the caller's thread: `hand_over(function, *arguments)` has to bring
    calls there from any other one, in their order. `start` runs a function in a thread.
    """

    def __init__(
        self,
        session: Session,
        *,
        start: Callable[[Callable[[], None]], object],
        hand_over: Callable[..., object],
        changed: Callable[[], None],
        missing: Callable[[GitBatchError], None],
    ) -> None:
        """`changed` is called when `state` is another one; `missing` where there is no clone."""
        self.state = AppState()
        self.view: CloneOverview | None = None
        """The clone as it was read last."""
        self.comparison = BranchComparison()
        self._session = session
        self._start, self._hand_over = start, hand_over
        self._changed, self._missing = changed, missing
        self._nameless = 0
        self._watchers: dict[BatchRemote, RemoteWatcher] = {}
        self._watched = False
        """Whether the first picture is drawn, and what changes is looked after."""
        self._reading = self._read_again = False

    def close(self) -> None:
        """Stop watching, without waiting for anybody."""
        for watcher in self._watchers.values():
            watcher.end()

    # The clone

    def reread(self) -> None:
        """Read the clone again; of calls that come while it is read, one more reading follows."""
        if self._reading:
            self._read_again = True
            return
        self._reading, self._read_again = True, False
        self._start(self._read)

    def _read(self) -> None:
        from gitbatch_tui.core.watch.overview import look  # noqa: PLC0415  # after the first picture

        try:
            view = look(self._session.path, self._session.record)
        except GitBatchError as error:
            self._hand_over(self._has_read, self._missing, error)
        else:
            self._hand_over(self._has_read, self._take_and_watch, view)

    def _has_read(self, take: Callable[[Any], None], result: Any) -> None:
        self._reading = False
        take(result)
        if self._read_again:
            self.reread()

    def _take_and_watch(self, view: CloneOverview) -> None:
        self.take_clone(view)
        if self._watched:
            self._start(self._read_rest)
        self.watch()

    def _read_rest(self) -> None:
        """Read what takes longer: what others have published, and which results are here by now."""
        from gitbatch_tui.core.runs.listing import list_published  # noqa: PLC0415  # as above
        from gitbatch_tui.core.runs.locate import locate_again  # noqa: PLC0415  # as above

        with self._session.clone() as clone:
            listings = list_published(clone, self._session.hosts)
            found = locate_again(clone, [run for view in self.state.own for run in view.runs])
        self._hand_over(self._take_located, found)
        self._hand_over(self._take_published, listings)

    def _take_located(self, found: Mapping[str, Results]) -> None:
        self.state = self.state.with_results(found)
        self._show_branches()

    def _take_published(self, listings: Sequence[Listing]) -> None:
        """Show what others have published, below the clone's own batch remotes."""
        published = tuple(RemoteView(each.remote, each.runs, asked=True) for each in listings)
        if published == self.state.published:
            return
        remotes = (*self.state.own, *published)
        shown = self._still_shown([view.remote.name for view in remotes])
        self.state = replace(self.state, remotes=remotes, remote=shown)
        self._show_branches()

    def take_clone(self, view: CloneOverview) -> None:
        """Show the clone; what servers said since stays."""
        self.view = view
        self.comparison.try_again()
        old = self.state
        own = tuple(
            old.own_view(remote.name) or RemoteView(remote, tuple(view.runs[remote.name]))
            for remote in view.remotes
        )
        names = {remote.name for remote in view.remotes}
        published = [view for view in old.published if view.remote.name not in names]
        remotes = (*own, *published)
        shown = self._still_shown([view.remote.name for view in remotes])
        branch = old.branch if old.branch in view.branches else None
        self.state = AppState(remotes, remote=shown, branch=branch, loaded=True, begun=old.begun)
        self._show_branches()

    def _still_shown(self, names: Sequence[str]) -> str | None:
        """The remote whose runs were shown; the first, to begin with and when that is gone."""
        old = self.state
        if old.loaded and old.remotes and (old.remote is None or old.remote in names):
            return old.remote
        return next(iter(names), None)

    def show_only(self, remote: str | None, branch: str | None) -> None:
        """Show the runs of one remote, or of all; of one branch, or of all."""
        self.state = replace(self.state, remote=remote, branch=branch)
        self._show_branches()

    # Servers

    def now_for(self, remote: str) -> datetime:
        """The time by a remote's clock."""
        view = self.state.views.get(remote)
        now = self._session.clock()
        return now + view.skew if view else now

    def watch(self) -> None:
        """Watch every batch remote that there is, and no other; and the clone."""
        if self.view and not self._watched:
            self._watched = True
            self._start(self._watch_clone)
            self._start(self._read_rest)
            self._show_branches()
        from gitbatch_tui.core.watch.remote_watcher import RemoteWatcher  # noqa: PLC0415  # as above

        wanted = {view.remote for view in self.state.own}
        for remote in self._watchers.keys() - wanted:
            self._watchers.pop(remote).end()
        for remote in sorted(wanted - self._watchers.keys(), key=lambda remote: remote.name):
            watcher = RemoteWatcher(self._session.path, self._session.hosts, remote)
            self._watchers[remote] = watcher
            self._start(partial(watcher.attend, self._heard))

    @contextmanager
    def beginning(self, remote: BatchRemote, what: Run | Situation) -> Iterator[Begun]:
        """Show a run of a commit while it is submitted; it goes unless there is a receipt."""
        self._nameless -= 1
        run = Run(remote.name, self._nameless, State.SUBMITTED, what.branch, what.commit)
        run = replace(run, subject=what.subject, submitted=self.now_for(remote.name))
        begun = Begun(run)
        self._show_begun(run, *self.state.begun)
        try:
            yield begun
        finally:
            others = [other for other in self.state.begun if other is not run]
            confirmed = begun.receipt
            if confirmed and not self.state.find(remote.name, confirmed.run):
                others.insert(0, replace(run, number=confirmed.run, state=confirmed.state))
            self._show_begun(*others)

    def _show_begun(self, *runs: Run) -> None:
        self.state = replace(self.state, begun=runs)
        self._changed()

    def ask_again(self, *remotes: BatchRemote) -> None:
        """Ask again what is true: these remotes, or all."""
        self.reread()
        for remote, watcher in self._watchers.items():
            if not remotes or remote in remotes:
                watcher.nudge()

    def _watch_clone(self) -> None:
        from gitbatch_tui.core.watch.clone_watcher import watch_clone  # noqa: PLC0415  # as above

        folders = self.view.folders if self.view else ()

        def tell() -> None:
            self._hand_over(self.reread)

        watch_clone(folders, self._session.closed, tell)

    def _heard(self, listing: Listing) -> None:
        self._hand_over(self.take_listing, listing)

    def take_listing(self, listing: Listing) -> None:
        """Show what a server said; or that it can't be asked, with what was known last."""
        old = self.state.views.get(listing.remote.name)
        if old is None:
            return
        skew = listing.now - self._session.clock()
        view = RemoteView(listing.remote, listing.runs, True, listing.trouble, listing.as_of, skew)
        listed = {run.key for run in view.runs}
        begun = tuple(run for run in self.state.begun if run.key not in listed)
        self.state = replace(self.state.with_view(view), begun=begun)
        if listing.runs and newest_number(listing.runs) != newest_number(old.runs):
            # Somebody pushed, so the clone may know more.
            self.reread()
        self._show_branches()

    # Branches

    def _show_branches(self) -> None:
        """Show branches as they compare to the remote; counting goes on behind."""
        branches = self.comparison.compare(self.view, self.state)
        self.state = replace(self.state, branches=branches)
        self._changed()
        if self._watched:
            self.comparison.count(self._session, self._start, self._take_counted)

    def _take_counted(self, take: Callable[[], None]) -> None:
        self._hand_over(take)
        self._hand_over(self._show_branches)
