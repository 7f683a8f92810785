"""How the branches of the clone compare to those of a batch remote."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gitbatch_tui.ui.state import BranchView, newest_by_branch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from gitbatch_tui.core.watch.clone_watcher import CommitPair, Divergence
    from gitbatch_tui.core.watch.overview import CloneOverview
    from gitbatch_tui.ui.session import Session
    from gitbatch_tui.ui.state import AppState


class BranchComparison:
    """Remembers how far commits are apart, and which pairs of them are still to be counted."""

    def __init__(self) -> None:
        self._counted: dict[CommitPair, Divergence] = {}
        self._uncountable: set[CommitPair] = set()
        """Pairs of which one commit isn't here."""
        self._pairs: dict[str, CommitPair] = {}
        """By the name of a branch: its commit here, and another one there."""
        self._counting = False

    def compare(self, view: CloneOverview | None, state: AppState) -> tuple[BranchView, ...]:
        """The branches of a clone, each with its newest run; the current first.

        They stand beside those of the remote that is shown, or of the first one.
        """
        ours = view.branches if view else {}
        names = [each.remote.name for each in state.remotes]
        remote = state.remote or (names[0] if names else None)
        theirs = view.theirs.get(remote, {}) if view and remote else {}
        last = newest_by_branch(state.views[remote].runs if remote else ())
        self._pairs = {
            name: (commit, theirs[name])
            for name, commit in ours.items()
            if theirs.get(name, commit) != commit
        }
        current = view.current if view else ""
        views = (
            BranchView(
                name, commit, name == current, *self._apart(name), name in theirs, last.get(name)
            )
            for name, commit in ours.items()
        )
        return tuple(sorted(views, key=lambda view: (not view.current, view.name)))

    def count(
        self,
        session: Session,
        start: Callable[[Callable[[], None]], object],
        hand_over: Callable[[Callable[[], None]], None],
    ) -> None:
        """Count in a thread what can be counted, unless that is under way.

        `hand_over` gets, in that thread, what takes the counts in the caller's.
        """
        pairs = self._uncounted()
        if not pairs or self._counting:
            return
        self._counting = True

        def work() -> None:
            from gitbatch_tui.core.watch.clone_watcher import count_divergence  # noqa: PLC0415  # after the first picture

            counted: dict[CommitPair, Divergence] = {}
            try:
                count_divergence(session.path, pairs, counted, session.record)
            finally:
                hand_over(partial(self._take, pairs, counted))

        start(work)

    def _take(
        self, asked: AbstractSet[CommitPair], counted: Mapping[CommitPair, Divergence]
    ) -> None:
        self._counting = False
        self._counted.update(counted)
        self._uncountable |= asked - counted.keys()

    def try_again(self) -> None:
        """Count also what couldn't be counted before: a fetch may have brought the commits."""
        self._uncountable.clear()

    def _uncounted(self) -> set[CommitPair]:
        """The pairs that can be counted, and aren't yet."""
        return set(self._pairs.values()) - self._counted.keys() - self._uncountable

    @property
    def is_counted(self) -> bool:
        """True when it is known how far every branch is from the remote's."""
        return all(pair in self._counted for pair in self._pairs.values())

    def _apart(self, name: str) -> tuple[int | None, int | None]:
        """How many commits a branch is ahead and behind; None while that isn't known."""
        pair = self._pairs.get(name)
        return (self._counted.get(pair) if pair else None) or (None, None)
