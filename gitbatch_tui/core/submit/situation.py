"""Looks at both sides before a branch is submitted, so that nothing comes as a surprise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.submit.script import lacks_script, objection
from gitbatch_tui.models import DOCTORS_BRANCH, Run, State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.runs.listing import Listing

BRING = "gitbatch.bringResults"
"""The setting of a clone that remembers whether results are brought in before a submit."""
_WISHES = {"true": True, "false": False}


@dataclass(frozen=True)
class Situation:
    """A commit that is to run, and all that bears on it."""

    batch: Batch
    branch: str
    """As it is called on the batch remote."""
    commit: str
    tree: str
    subject: str
    tip: str
    """Where the branch is on the batch remote; empty where it isn't there yet."""
    ahead: int
    """Commits that the batch remote's branch hasn't."""
    behind: int
    """Commits that ours hasn't: results, or what somebody else has pushed."""
    objection: str
    """Why schedule.sh of this commit, or its run.sh, can't run; empty where they can."""
    runs: tuple[Run, ...]
    """All runs of the batch remote, the newest first, but the doctor's."""
    lacks_script: bool = False
    """Whether there is no schedule.sh, in the commit or beside it."""
    unpulled: tuple[Run, ...] = ()
    """The runs whose results are among the commits that ours hasn't."""
    overtaken: bool = False
    """Whether other commits are among them, too."""
    changes: tuple[str, ...] = ()
    """Files that differ from the commit, if it is what is checked out."""
    untracked: tuple[str, ...] = ()
    checked_out: bool = False
    """Whether it is the branch that the work tree is of."""
    snapshot: bool = False
    """Whether the commit is a snapshot, which has its branch to itself."""
    brings_results: bool | None = None
    """What the person wants done with results that ours hasn't, from now on: bring them in, or
    leave them; None: ask."""
    takes_tokens: bool = False
    """Whether the batch remote knows a submit by its token, in whatever way it is tried."""
    takes_sweeps: bool = False
    """Whether the batch remote starts many runs at once."""

    @property
    def own_runs(self) -> tuple[Run, ...]:
        """The runs of this very commit on this branch, the newest first."""
        mine = (self.branch, self.commit)
        return tuple(run for run in self.runs if (run.branch, run.commit) == mine)

    @property
    def maker(self) -> Run | None:
        """The run that delivered the commit; None where it is somebody's own."""
        if self.own_runs:
            return None
        return next((run for run in self.runs if run.result == self.commit), None)

    @property
    def as_it_runs(self) -> Situation:
        """The situation with the commit that runs: for one that a run delivered, its own."""
        return replace(self, commit=self.maker.commit) if self.maker else self

    @property
    def is_pushed(self) -> bool:
        """True if the batch remote's branch has the commit already."""
        return bool(self.tip) and self.ahead == 0

    @property
    def rerunnable(self) -> bool:
        """True if running it again needs no push: it is there, and has a run."""
        return self.is_pushed and bool(self.own_runs)

    @property
    def orphaned(self) -> bool:
        """True if the branch was pushed, but its hook never started a run."""
        return self.tip == self.commit and not self.own_runs and not self.maker

    @property
    def repeated(self) -> Run | None:
        """The run whose commit is run once more, so that nothing has to be pushed.

        That of a result is its maker's: what a job made isn't what is to run.
        """
        return self.maker or (self.own_runs[0] if self.rerunnable else None)

    def twin(self, options: Sequence[str]) -> Run | None:
        """The newest run that succeeded with exactly this tree and these options."""
        for run in self.runs:
            same = run.tree == self.tree and sorted(run.options) == sorted(options)
            if same and run.state is State.SUCCEEDED:
                return run
        return None


def prepare(batch: Batch, branch: str | None = None) -> Situation:
    """The situation of a branch; None is the one that is checked out.

    Raises `UnknownName` or `Refused` where there is no such branch, or no commit in it.
    """
    clone = batch.clone
    head = clone.head()
    chosen = clone.current_branch() if branch is None else clone.branch(branch)
    here = chosen.name == head.branch
    return look(
        batch,
        chosen.name,
        chosen.commit,
        changes=clone.changes() if here else (),
        untracked=clone.untracked() if here else (),
        checked_out=here,
    )


def look(  # noqa: PLR0913  # what is known already of the work tree
    batch: Batch,
    branch: str,
    commit: str,
    *,
    changes: tuple[str, ...] = (),
    untracked: tuple[str, ...] = (),
    checked_out: bool = False,
) -> Situation:
    """The situation of any commit that is to be submitted as a branch."""
    clone = batch.clone
    listing, tip = _server_side(batch, branch)
    runs = tuple(run for run in listing.runs if not run.branch.startswith(DOCTORS_BRANCH))
    theirs = _commits(clone, commit, tip) if tip else []
    unpulled = tuple(run for run in runs if run.result in theirs)
    tree, subject = clone.git("log", "-1", "--format=%T%n%s", commit, "--").split("\n", 1)
    return Situation(
        batch=batch,
        branch=branch,
        commit=commit,
        tree=tree,
        subject=subject,
        tip=tip,
        ahead=len(_commits(clone, tip, commit)) if tip else 0,
        behind=len(theirs),
        objection=objection(clone, commit),
        lacks_script=lacks_script(clone, commit),
        runs=runs,
        unpulled=unpulled,
        overtaken=len(theirs) > 0 and (not unpulled or any(run.commit in theirs for run in runs)),
        changes=changes,
        untracked=untracked,
        checked_out=checked_out,
        brings_results=_WISHES.get(clone.config(BRING) or ""),
        takes_tokens=listing.takes_tokens,
        takes_sweeps=listing.takes_sweeps,
    )


def _server_side(batch: Batch, branch: str) -> tuple[Listing, str]:
    """The runs, and the tip of the branch, whose commits are here then, too.

    Both are asked for at once: far away, each question takes several round trips.
    """
    with ThreadPoolExecutor(1) as thread:
        tip = thread.submit(batch.tip, branch)
        listing = batch.listing(with_news=True)
    return listing, _fetched(batch, branch, tip.result())


def _fetched(batch: Batch, branch: str, tip: str) -> str:
    """The tip again, when its commits are here."""
    if tip and batch.clone.commit_of(tip) is None:
        name = batch.remote.name
        batch.fetch(f"+refs/heads/{branch}:refs/remotes/{name}/{branch}")
        return batch.clone.git("rev-parse", "--verify", f"refs/remotes/{name}/{branch}")
    return tip


def _commits(clone: Clone, old: str, new: str) -> Collection[str]:
    """The commits that `new` has and `old` hasn't."""
    return clone.git("rev-list", new, f"^{old}", "--").split()
