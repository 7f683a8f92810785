"""All deeds that change something, together."""

from __future__ import annotations

from gitbatch_tui.ui.deeds.cancelling import Cancelling
from gitbatch_tui.ui.deeds.pulling import Pulling
from gitbatch_tui.ui.deeds.submitting import Submitting


class Doing(Cancelling, Pulling, Submitting):
    """The app's class builds on this one."""
