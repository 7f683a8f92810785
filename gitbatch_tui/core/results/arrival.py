"""A run whose results have been fetched: how they stand to what is here, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.results.worktree import BroughtFiles
    from gitbatch_tui.models import Run


class Relation(StrEnum):
    """The relation of a run's results to what is here."""

    NOTHING = "nothing"
    """There are none."""
    HERE = "here"
    """The branch has them already."""
    AHEAD = "ahead"
    """They follow the branch: it can be moved to them."""
    NEW = "new"
    """There is no such branch here: it can be made."""
    APART = "apart"
    """The branch has gone another way: merge, or bring the files."""
    PARTIAL = "partial"
    """The run didn't succeed, and what it left isn't on its branch: merge, or bring the files."""
    SNAPSHOT = "snapshot"
    """The run was that of a snapshot, which is in no branch: bring the files."""


class Way(StrEnum):
    """A way to bring results home."""

    MERGE = "merge"
    FILES = "files"
    TAKE = "take"
    """Instead of the results that are here: a commit whose result files are this run's."""
    BRANCH = "branch"
    """As a branch of their own; no other one moves."""


@dataclass(frozen=True)
class Arrival:
    """A run whose results have been fetched, and are in no branch yet."""

    batch: Batch
    run: Run
    relation: Relation
    others: tuple[Run, ...] = ()
    """The other runs of the same commit, whose results may be here."""

    @property
    def needs_choice(self) -> bool:
        """True if a person has to say how."""
        return self.relation in {Relation.APART, Relation.PARTIAL}

    @property
    def situation(self) -> str:
        """Say in a sentence why there is a choice."""
        run, branch = self.run, one_line(self.run.branch)
        if self.relation is Relation.PARTIAL:
            return f"{run.name} {run.state.phrase}, and what it left is in no branch."
        return f"{branch} has commits of its own since {run.name}."

    @property
    def whereabouts(self) -> str:
        """Name the commit that has been fetched; a sentence that may go on."""
        return f"Its results were fetched as {abbreviated(self.run.result)}"

    @property
    def offer(self) -> str:
        """List the ways there are, where nobody can be asked."""
        branch = one_line(self.run.branch)
        return (
            f"{self.situation} {self.whereabouts}: merge them into {branch} "
            "(--merge), take them instead of those here (--take), bring only the files that it "
            "changed (--files), or have them as a branch of their own (--branch)."
        )


@dataclass(frozen=True)
class PullResult:
    """The result of bringing results home."""

    run: Run
    done: str
    """A sentence."""
    files: BroughtFiles | None = None
    """Set where files were brought, and not commits."""

    @property
    def complete(self) -> bool:
        """True if everything is here now."""
        return self.files is None or not self.files.left
