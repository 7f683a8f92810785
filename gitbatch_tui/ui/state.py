"""State of the screen: facts from the core, put together for showing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import DOCTORS_BRANCH, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import BatchRemote, Results, Run
    from gitbatch_tui.ui.run_groups import RunGroup


@dataclass(frozen=True)
class RemoteView:
    """A batch remote and how it is; or what others have published of one."""

    remote: BatchRemote
    runs: tuple[Run, ...] = ()
    """The newest first."""
    asked: bool = False
    """Whether its server answered, or didn't, since the screen was opened."""
    trouble: GitBatchError | None = None
    """Why it can't be asked; None while it answers."""
    as_of: datetime | None = None
    """None while it answers; else when it answered last, if ever."""
    skew: timedelta = timedelta()
    """How far the server's clock is ahead of this machine's."""

    @property
    def running(self) -> int:
        return sum(run.state is State.RUNNING for run in self.runs)

    @property
    def queued(self) -> int:
        return sum(run.state in {State.QUEUED, State.SUBMITTED} for run in self.runs)

    @property
    def scheduler(self) -> str:
        """The one that its newest job ran under; empty before the first."""
        return next((run.job.scheduler for run in self.runs_of_people if run.job), "")

    @property
    def runs_of_people(self) -> Iterator[Run]:
        """All runs but the doctor's, which says nothing of a project; the newest first."""
        return (run for run in self.runs if not run.branch.startswith(DOCTORS_BRANCH))


@dataclass(frozen=True)
class BranchView:
    """A local branch, and what a submit to the chosen remote would bring."""

    name: str
    commit: str
    current: bool
    ahead: int | None = None
    """Commits that the remote's branch lacks; None where that isn't known or there is none."""
    behind: int | None = None
    known_there: bool = False
    """Whether the remote has a branch of that name."""
    last: Run | None = None
    """The newest run of this branch on the chosen remote."""


@dataclass(frozen=True)
class AppState:
    """Everything that the panes show."""

    remotes: tuple[RemoteView, ...] = ()
    branches: tuple[BranchView, ...] = ()
    remote: str | None = None
    """Whose runs are shown; None: all."""
    branch: str | None = None
    """Only this branch's runs; None: all."""
    loaded: bool = False
    """Whether the clone has been read."""
    begun: tuple[Run, ...] = ()
    """What this screen has submitted and no server has listed yet; the newest first."""
    views: Mapping[str, RemoteView] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        views = {view.remote.name: view for view in self.remotes}
        object.__setattr__(self, "views", views)

    @property
    def own(self) -> tuple[RemoteView, ...]:
        """The batch remotes of the clone."""
        return tuple(view for view in self.remotes if not view.remote.published)

    @property
    def published(self) -> tuple[RemoteView, ...]:
        """The histories that others have published, which can only be looked at."""
        return tuple(view for view in self.remotes if view.remote.published)

    def runs(self) -> list[Run]:
        """List the runs of the pane Runs, before any filter: the newest first."""
        views = self.remotes if self.remote is None else [self.views[self.remote]]
        found = [run for view in views for run in view.runs if self._has(run)]
        if len(views) > 1:
            found.sort(key=_began, reverse=True)
        shown = {view.remote.name for view in views}
        return [*(run for run in self.begun if run.remote in shown and self._has(run)), *found]

    def _has(self, run: Run) -> bool:
        if self.branch is None:
            return not run.branch.startswith(DOCTORS_BRANCH)
        return run.branch == self.branch

    def with_view(self, view: RemoteView) -> AppState:
        """Copy the state with another view of one remote."""
        name = view.remote.name
        return replace(
            self, remotes=tuple(view if old.remote.name == name else old for old in self.remotes)
        )

    def with_results(self, found: Mapping[str, Results]) -> AppState:
        """Copy the state, with the places where results are by now, by their commits."""
        views = []
        for view in self.remotes:
            runs = tuple(
                replace(run, results=found[run.result])
                if run.results is not found.get(run.result, run.results)
                else run
                for run in view.runs
            )
            views.append(view if view.remote.published else replace(view, runs=runs))
        return replace(self, remotes=tuple(views))

    def own_view(self, remote: str) -> RemoteView | None:
        """The view of a batch remote; a history that was published under its name is another."""
        view = self.views.get(remote)
        return view if view and not view.remote.published else None

    def remote_of(self, run: Run) -> BatchRemote:
        """The batch remote that a run is on; raises `Refused` where that is none any more."""
        view = self.views.get(run.remote)
        if view is None:
            raise Refused(f"{run.remote} is no batch remote of this clone any more.")
        return view.remote

    def own_remote_of(self, run: Run) -> BatchRemote:
        """The batch remote on which something is to be done to a run; raises `Refused`, too.

        Nothing can be done to a run that others have published.
        """
        remote = self.remote_of(run)
        if remote.published:
            raise Refused(
                f"{run.name} was published on {remote.published}, and can only be looked at here: "
                "v verifies it, and runs it again on a batch remote of yours."
            )
        return remote

    def find(self, remote: str, number: int) -> Run | None:
        """A run by its name."""
        view = self.views.get(remote)
        return next((run for run in view.runs if run.number == number), None) if view else None


@dataclass(frozen=True)
class Selection:
    """The models that the cursors were on when a key was pressed."""

    pane: str
    remote: BatchRemote | None
    branch: str | None
    run: Run | None
    marked: tuple[Run, ...]
    group: RunGroup | None = None
    """Where a whole group of runs is selected, and so no single one."""
    foreign: bool = False
    """Whether one of the runs that are meant can only be looked at, as others have published it."""

    def any_remote(self) -> BatchRemote:
        """The selected batch remote, or published history; raises `Refused` where there is none."""
        if self.remote is None:
            raise Refused("There is no batch remote yet: press a to add one.")
        return self.remote

    def the_remote(self) -> BatchRemote:
        """The selected batch remote of the clone; raises `Refused` where there is none."""
        remote = self.any_remote()
        if remote.published:
            raise Refused(
                f"{remote.name} only shows what was published on {remote.published}: choose a "
                "batch remote of yours in Remotes, or press a to add one."
            )
        return remote

    def the_run(self) -> Run:
        """The selected run; raises `Refused` where there is none."""
        if self.group:
            title, count = self.group.title, plural(len(self.group.runs), "run")
            raise Refused(f"{title} has {count}: press enter to see them, and choose one.")
        if self.run is None:
            self.any_remote()  # without one, that comes first
            raise Refused("No run is selected: press s to submit one, or 3 to go to Runs.")
        if is_nameless(self.run):
            raise Refused("This run is being submitted: wait until it has a number.")
        return self.run

    def the_runs(self) -> tuple[Run, ...]:
        """The marked runs; without any, the selected one, or those of the selected group.

        Raises `Refused` where there is none.
        """
        return self.meant or (self.the_run(),)

    @property
    def meant(self) -> tuple[Run, ...]:
        """All runs that a key would act on; none where there are none."""
        several = self.marked or (self.group.runs if self.group else ())
        runs = several or ((self.run,) if self.run else ())
        return tuple(run for run in runs if not is_nameless(run))

    @property
    def is_several(self) -> bool:
        """Tell whether more than one run is meant."""
        return len(self.meant) > 1


def is_nameless(run: Run) -> bool:
    """Tell whether a run is being submitted, so that it has no number yet."""
    return run.number < 1


def _began(run: Run) -> tuple[float, str, int]:
    return (run.submitted.timestamp() if run.submitted else 0, *run.key)


def newest_by_branch(runs: Iterable[Run]) -> dict[str, Run]:
    """The newest run of each branch, where newer ones come first."""
    found: dict[str, Run] = {}
    for run in runs:
        found.setdefault(run.branch, run)
    return found


def newest_number(runs: Iterable[Run]) -> int:
    """The number of the newest run, where newer ones come first; the doctor's count for nothing."""
    numbers = (run.number for run in runs if not run.branch.startswith(DOCTORS_BRANCH))
    return next(numbers, 0)
