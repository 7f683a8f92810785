"""How remotes, branches and runs become rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.base.format import age, short, took
from gitbatch_tui.models import State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.state import is_nameless
from gitbatch_tui.ui.widgets.columns import Column
from gitbatch_tui.ui.widgets.listing import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.state import BranchView, RemoteView

_NOW = timedelta()
ORDER = list(State)


@dataclass
class RemoteFace:
    """A batch remote in a row."""

    chosen: str | None = None
    """Whose runs are shown."""
    hint: str = "none yet: a adds one"
    columns: tuple[Column, ...] = (
        Column("sign", "", 1),
        Column("name", "", 6, most=24, share=2),
        Column("words", "", 11, most=24, share=2),
        Column("counts", "", 5, most=12, share=1, right=True),
    )

    def key(self, view: RemoteView) -> str:
        return view.remote.name

    def cells(self, view: RemoteView) -> Mapping[str, Cell]:
        is_chosen = self.chosen in {None, view.remote.name}
        return {
            "sign": Cell(*present.remote_state(view)),
            "name": Cell(view.remote.name, "bold" if is_chosen else ""),
            "words": Cell(*present.remote_words(view)),
            "counts": Cell(present.counts(view), "busy" if view.running else "warn"),
        }

    def words(self, view: RemoteView) -> str:
        return f"{view.remote.name} {view.remote.location}"

    def order(self, view: RemoteView, column: str) -> Any:  # noqa: ARG002
        return view.remote.name


@dataclass
class BranchFace:
    """A local branch in a row."""

    chosen: str | None = None
    """The branch whose runs are shown; None: all."""
    hint: str = "no commits yet"
    columns: tuple[Column, ...] = (
        Column("current", "", 1),
        Column("name", "", 8, share=1),
        Column("state", "", 9),
        Column("last", "", 1, rank=1),
    )

    def key(self, view: BranchView) -> str:
        return view.name

    def cells(self, view: BranchView) -> Mapping[str, Cell]:
        last = view.last
        return {
            "current": Cell("*" if view.current else "", "good"),
            "name": Cell(view.name, "bold" if view.name == self.chosen else ""),
            "state": Cell(*present.branch_state(view)),
            "last": Cell(present.sign(last.state), present.tone(last.state)) if last else Cell(""),
        }

    def words(self, view: BranchView) -> str:
        return view.name

    def order(self, view: BranchView, column: str) -> Any:  # noqa: ARG002
        return view.name


@dataclass
class RunFace:
    """A run in a row."""

    clock: Callable[[], datetime]
    skews: Mapping[str, timedelta] = field(default_factory=dict)
    """How far each remote's clock is ahead."""
    several: bool = False
    """Whether runs of more than one remote are shown."""
    hint: str = ""

    _FIRST = Column("run", "run", 4, most=6)
    _NAMED = Column("run", "run", 8, most=16, share=1)
    _OTHERS = (
        Column("state", "state", 11, most=30, share=2),
        Column("branch", "branch", 10, most=30, share=2),
        Column("commit", "commit", 7, rank=3),
        Column("subject", "subject", 12, most=90, share=4, rank=8),
        Column("age", "age", 4, right=True),
        Column("took", "took", 6, right=True, rank=4),
        Column("job", "job", 5, most=12, share=1, rank=5),
        Column("results", "results", 7, most=11, share=1, rank=2),
        Column("submitter", "by", 10, most=24, share=1, rank=9),
    )

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self._NAMED if self.several else self._FIRST, *self._OTHERS)

    def now(self, run: Run) -> datetime:
        """The time on the run's server."""
        return self.clock() + self.skews.get(run.remote, _NOW)

    def key(self, run: Run) -> tuple[str, int]:
        return run.remote, run.number

    def cells(self, run: Run) -> Mapping[str, Cell]:
        now = self.now(run)
        doubtful = run.as_of is not None and not run.state.final
        name = run.name if self.several else str(run.number)
        return {
            "run": Cell("" if is_nameless(run) else name, "bold"),
            "state": Cell(present.state_words(run), "dim" if doubtful else present.run_tone(run)),
            "branch": Cell(run.branch),
            "commit": Cell(short(run.commit), "dim"),
            "subject": Cell(run.subject),
            "age": Cell(age(run.submitted, now), "dim"),
            "took": Cell(took(run, now)),
            "job": Cell(run.job.id if run.job else "", "dim"),
            "results": Cell(*present.results_words(run)),
            "submitter": Cell(run.submitter, "dim"),
        }

    def words(self, run: Run) -> str:
        job = str(run.job) if run.job else ""
        badge = str(run.badge or "")
        known = (run.name, run.branch, run.commit, run.subject, run.submitter, job, badge)
        facts = (*known, *run.options)
        return " ".join((*facts, present.state_words(run), present.results_words(run)[0]))

    def order(self, run: Run, column: str) -> Any:
        return _ORDERS[column](run)


def _length(run: Run) -> float:
    end = run.finished or run.settled
    return (end - run.started).total_seconds() if end and run.started else -1


_ORDERS: dict[str, Callable[[Run], Any]] = {
    "run": lambda run: (run.remote, run.number),
    "state": lambda run: (ORDER.index(run.state), run.exit or 0),
    "branch": lambda run: run.branch,
    "commit": lambda run: run.commit,
    "subject": lambda run: run.subject.lower(),
    "age": lambda run: -(run.submitted.timestamp() if run.submitted else 0),
    "took": _length,
    "job": lambda run: (run.job.scheduler, run.job.id.zfill(12)) if run.job else ("", ""),
    "results": lambda run: run.results.value,
    "submitter": lambda run: run.submitter,
}
SORTABLE = ("", *_ORDERS)
"""The columns in the order in which `o` goes through them; the empty one is the newest first."""
