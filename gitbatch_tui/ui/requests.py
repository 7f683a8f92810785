"""What a person asks for, with the things it is about; the app's deeds answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.board import Chosen


@dataclass
class SubmitRequested(Message):
    """Push a branch to a batch remote, so that it runs."""

    remote: BatchRemote
    branch: str


@dataclass
class PullRequested(Message):
    """Bring a run's results home."""

    run: Run


@dataclass
class DiffRequested(Message):
    """What one run changed, or two runs against each other."""

    runs: tuple[Run, ...]


@dataclass
class LogRequested(Message):
    """A run's log, full screen."""

    run: Run


@dataclass
class GlimpseRequested(Message):
    """A run's log, in the pane of the main screen."""

    run: Run


@dataclass
class CancelRequested(Message):
    """Stop runs; asks first."""

    runs: tuple[Run, ...]


@dataclass
class RerunRequested(Message):
    """The same commit again."""

    run: Run


@dataclass
class HoldRequested(Message):
    """Hold runs in the queue, or release those that are held."""

    runs: tuple[Run, ...]


@dataclass
class DetailsRequested(Message):
    """The whole record and timeline of a run."""

    run: Run


@dataclass
class ShellRequested(Message):
    """A shell in the run tree."""

    run: Run


@dataclass
class CopyRequested(Message):
    """A menu of what can be copied."""

    chosen: Chosen


@dataclass
class AddRequested(Message):
    """Set up a batch remote."""


@dataclass
class UndoRequested(Message):
    """Upgrade a batch remote, or undo its set-up."""

    remote: BatchRemote


@dataclass
class DoctorRequested(Message):
    """Check a batch remote with a real round trip."""

    remote: BatchRemote


@dataclass
class LoginRequested(Message):
    """Let ssh ask what it must in the real terminal."""

    remote: BatchRemote


@dataclass
class RefreshRequested(Message):
    """Ask again what is true."""

    remotes: tuple[BatchRemote, ...]


@dataclass
class JournalRequested(Message):
    """The commands that were run."""


@dataclass
class HelpRequested(Message):
    """The keys of a pane."""

    pane: str


@dataclass
class ShowRequested(Message):
    """The runs of one remote, or of all; of one branch, or of all."""

    remote: str | None
    branch: str | None


@dataclass
class OrderRequested(Message):
    """Remember how the runs are sorted."""

    column: str
    reverse: bool


@dataclass
class Declined(Message):
    """A key can't act here; a person has to be told why."""

    reason: str
