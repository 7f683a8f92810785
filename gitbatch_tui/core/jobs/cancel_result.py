"""The result of cancelling a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitbatch_tui.errors import GitBatchError


@dataclass
class CancelResult:
    """The jobs that were cancelled, and those that could not be."""

    stopped: list[str] = field(default_factory=list)
    """Jobs that have ended by it."""
    ending: list[str] = field(default_factory=list)
    """Jobs that were told to end, and take their time."""
    left: dict[str, str] = field(default_factory=dict)
    """Jobs that could not be stopped, or of which nothing is known, each with the reason."""
    asked: str = ""
    """What somebody else was asked, whose run it is; nothing where it is ours, or has ended."""
    given_up: bool = False
    """Whether the run was ended all the same."""
    error: GitBatchError | None = None
    """Why nothing was done, such as that the run is over, or its host can't be reached."""

    @property
    def complete(self) -> bool:
        """True if nothing was left, or the run was ended all the same."""
        return not (self.left or self.asked or self.error) or self.given_up

    @property
    def words(self) -> str:
        """Say what was done; empty where no job had to be named."""
        parts = [
            f"{', '.join(self.stopped)} stopped" if self.stopped else "",
            f"{', '.join(self.ending)} told to end" if self.ending else "",
            f"{', '.join(self.left)} given up, and may go on" if self.given_up else "",
        ]
        return "; ".join(part for part in parts if part)

    @property
    def trouble(self) -> str:
        """Say what was not done; empty where all was."""
        left = [
            f"{name} could not be stopped: {why}"
            for name, why in self.left.items()
            if not self.given_up
        ]
        return "; ".join([*left, *filter(None, [self.asked, str(self.error or "")])])
