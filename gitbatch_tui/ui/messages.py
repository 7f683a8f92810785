"""Facts, as workers post them: what has become known, or has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.told import Told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.message import Message

    from gitbatch_tui.config import Config
    from gitbatch_tui.core.compare.runs import RunTable
    from gitbatch_tui.core.diffs.files import Comparison
    from gitbatch_tui.core.results.arrival import Arrival
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.core.setup.contents import BaseContents
    from gitbatch_tui.core.setup.plan import Plan
    from gitbatch_tui.core.setup.sites import ProposedSite
    from gitbatch_tui.core.submit.questions import Choices
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.verify.reproduce import Reproduction
    from gitbatch_tui.core.verify.verify import Verification
    from gitbatch_tui.core.watch.divergence import Divergence
    from gitbatch_tui.core.watch.overview import CloneOverview
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import BatchRemote, Receipt, Run
    from gitbatch_tui.ui.dialogs.progress import Progress


class CloneRead(Told):
    """What the clone says by itself: remotes, branches, recorded runs."""

    view: CloneOverview


class CloneChanged(Told):
    """Somebody committed, fetched, or changed a setting."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, CloneChanged)


class CloneMissing(Told):
    """There is no clone to read."""

    trouble: GitBatchError


class ConfigRead(Told):
    """What a person has configured."""

    config: Config


class ConfigBroken(Told):
    """The configuration can't be used."""

    trouble: GitBatchError


class RunsKnown(Told):
    """A server was asked; or it couldn't be, and this is what was known last."""

    listing: Listing


class ApartKnown(Told):
    """How far branches are from those of a remote."""

    remote: str
    apart: Mapping[str, Divergence]
    """By branch; those that are equal, or of which nothing is known, are left out."""


class DetailsKnown(Told):
    """Everything about a run was read."""

    run: Run
    """With its jobs and tasks."""


class Cancelled(Told):
    """The server was told to stop a run."""

    run: Run
    done: str
    """Which jobs were stopped; empty where none had to be named."""
    left: str = ""
    """Which could not be stopped, and why."""
    trouble: GitBatchError | None = None
    """Why none was."""


class Held(Told):
    """A run's jobs were held or released."""

    run: Run
    done: str
    """`held` or `released`; empty where neither was possible."""
    trouble: GitBatchError | None = None
    """Why not."""


class SituationKnown(Told):
    """Both sides have been looked at, for a submit."""

    situation: Situation
    choices: Choices
    """What has been decided already."""
    notes: tuple[str, ...] = ()


class Begun(Told):
    """There is a new run, or schedule.sh has rejected it."""

    remote: BatchRemote
    receipt: Receipt
    notes: tuple[str, ...] = ()
    """What was done besides, in sentences."""


class Arrived(Told):
    """A run's results were fetched, and a person has to say how they come home."""

    remote: BatchRemote
    arrival: Arrival


class Pulled(Told):
    """A run's results are in the clone."""

    remote: BatchRemote
    run: Run
    done: str
    """What was done, in a sentence."""
    changed: tuple[str, ...]
    """The names of the files that the run changed."""
    left: Mapping[str, str]
    """Files that were left as they are here, and why."""


class ShellReady(Told):
    """The run tree is there; this command opens a shell in it."""

    command: tuple[str, ...]


class PlacesKnown(Told):
    """Where a batch remote could be."""

    places: tuple[ProposedSite, ...]


class PlanKnown(Told):
    """What a set-up would do."""

    plan: Plan
    scheduler: str


class SetUp(Told):
    """A batch remote was made or upgraded, and checked."""

    remote: BatchRemote
    schedulers: tuple[str, ...]
    """Those that can be used there, the best first."""
    needs_script: bool
    """Whether what is checked out has no schedule.sh."""


class ScriptWritten(Told):
    """There is a schedule.sh to look at, and maybe a run.sh."""

    paths: tuple[Path, ...]


class ScriptCommitted(Told):
    """They are part of the branch."""

    paths: tuple[Path, ...]


class Surveyed(Told):
    """What would be lost with a batch remote."""

    remote: BatchRemote
    contents: BaseContents


class Forgotten(Told):
    """A batch remote is none any more."""

    remote: BatchRemote
    there: bool
    """Whether its folder is gone, too."""


class Compared(Told):
    """Two commits are in the clone, and can be looked at; the clone is open for that."""

    title: str
    comparison: Comparison


class Verified(Told):
    """The claims of a run have been looked into."""

    remote: BatchRemote
    verification: Verification


class Reproduced(Told):
    """A run was run again, and the results were compared."""

    progress: Progress
    """The dialog that showed it, which may be closed by now."""
    remote: BatchRemote
    reproduction: Reproduction


class LinedUp(Told):
    """What there is to know of runs side by side."""

    lineup: RunTable
