"""Facts, as workers post them: what has become known, or has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.apart import Apart
    from gitbatch_tui.core.runs import Listing
    from gitbatch_tui.core.view import View
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.models import Run


@dataclass
class CloneRead(Message):
    """What the clone says by itself: remotes, branches, recorded runs."""

    view: View


@dataclass
class RunsKnown(Message):
    """A server was asked; or it couldn't be, and this is what was known last."""

    listing: Listing


@dataclass
class ApartKnown(Message):
    """How far branches are from those of a remote."""

    remote: str
    apart: Mapping[str, Apart]
    """By branch; those that are equal, or of which nothing is known, are left out."""


@dataclass
class Cancelled(Message):
    """The server was told to stop a run."""

    run: Run
    here: bool
    """Whether its job could be ended; else only its scheduler can."""
    trouble: GitBatchError | None = None
    """Why it wasn't stopped."""
