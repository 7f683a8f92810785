"""What a person asks for, with the things it is about; the app's deeds answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.ui.told import Told

if TYPE_CHECKING:
    from gitbatch_tui.core.setup.plan import SetupRequest
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.board import Chosen


class SubmitRequested(Told):
    """Push a branch to a batch remote, so that it runs."""

    remote: BatchRemote
    branch: str


class PullRequested(Told):
    """Bring a run's results home."""

    run: Run


class DiffRequested(Told):
    """What one run changed, or two runs against each other."""

    runs: tuple[Run, ...]


class LogRequested(Told):
    """A run's log, full screen."""

    run: Run


class GlimpseRequested(Told):
    """A run's log, in the pane of the main screen."""

    run: Run


class CancelRequested(Told):
    """Stop runs; asks first."""

    runs: tuple[Run, ...]


class RerunRequested(Told):
    """The same commit again."""

    run: Run


class VerifyRequested(Told):
    """Check that a run is still what it claims to be."""

    run: Run


class ReproduceRequested(Told):
    """Run a commit again, and compare what comes of it."""

    run: Run
    remote: BatchRemote
    """Where to run it."""


class LineupRequested(Told):
    """Runs side by side: parameters, metrics, environments."""

    runs: tuple[Run, ...]


class HoldRequested(Told):
    """Hold runs in the queue, or release those that are held."""

    runs: tuple[Run, ...]


class DetailsRequested(Told):
    """The whole record and timeline of a run."""

    run: Run


class ShellRequested(Told):
    """A shell in the run tree."""

    run: Run


class CopyRequested(Told):
    """A menu of what can be copied."""

    chosen: Chosen


class AddRequested(Told):
    """Set up a batch remote."""


class UndoRequested(Told):
    """Upgrade a batch remote, or undo its set-up."""

    remote: BatchRemote


class DoctorRequested(Told):
    """Check a batch remote with a real round trip; `repair`: and mend what can be mended."""

    remote: BatchRemote
    repair: bool = False


class LoginRequested(Told):
    """Let ssh ask what it must in the real terminal."""

    remote: BatchRemote


class RefreshRequested(Told):
    """Ask again what is true."""

    remotes: tuple[BatchRemote, ...]


class JournalRequested(Told):
    """The commands that were run."""


class HelpRequested(Told):
    """The keys of a pane."""

    pane: str


class ShowRequested(Told):
    """The runs of one remote, or of all; of one branch, or of all."""

    remote: str | None
    branch: str | None


class OrderRequested(Told):
    """Remember how the runs are sorted."""

    column: str
    reverse: bool


class Declined(Told):
    """A key can't act here; a person has to be told why."""

    reason: str


class PlanRequested(Told):
    """Say what a set-up would do."""

    wanted: SetupRequest
    scheduler: str = ""
    """The one to write schedule.sh for; empty: what is found there."""


class ScriptRequested(Told):
    """Write a schedule.sh for a scheduler, and open it in the editor."""

    scheduler: str
