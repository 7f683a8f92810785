"""All deeds that change something, together."""

from __future__ import annotations

from gitbatch_tui.ui.deeds.cancelling import Cancelling
from gitbatch_tui.ui.deeds.comparing import Comparing
from gitbatch_tui.ui.deeds.holding import Holding
from gitbatch_tui.ui.deeds.lining_up import LiningUp
from gitbatch_tui.ui.deeds.proving import Proving
from gitbatch_tui.ui.deeds.pulling import Pulling
from gitbatch_tui.ui.deeds.rerunning import Rerunning
from gitbatch_tui.ui.deeds.scripting import Scripting
from gitbatch_tui.ui.deeds.setting_up import SettingUp
from gitbatch_tui.ui.deeds.submitting import Submitting
from gitbatch_tui.ui.deeds.telling import Telling
from gitbatch_tui.ui.deeds.undoing import Undoing


class Doing(
    Cancelling,
    Holding,
    Comparing,
    LiningUp,
    Proving,
    Pulling,
    Rerunning,
    Scripting,
    SettingUp,
    Submitting,
    Telling,
    Undoing,
):
    """The app's class builds on this one."""
