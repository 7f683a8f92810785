"""All deeds that change something, together."""

from __future__ import annotations

from gitbatch_tui.ui.deeds.cancelling import Cancelling


class Doing(Cancelling):
    """The app's class builds on this one."""
