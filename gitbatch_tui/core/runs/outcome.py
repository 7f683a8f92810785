"""Says in a few words what became of a run, and of verifying and reproducing it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.models import State

if TYPE_CHECKING:
    from gitbatch_tui.models import Finding, LiveRun, Run

# What the exit status says already.
_STATUS = re.compile(r"\Aexit status \d+(?:: |$)")


def outcome(run: Run | LiveRun) -> str:
    """`failed 7: reached its time limit`, `queued, held`, `running, stuck: ...`."""
    why = run.stuck or reason(run)
    return (
        f"{state_words(run)}: {why}"
        if why and run.state is not State.SUCCEEDED
        else state_words(run)
    )


def state_words(run: Run | LiveRun) -> str:
    """The state, with the exit status where it failed, and whether it is held or stuck."""
    if run.stuck:
        return f"{run.state.words}, stuck"
    return f"{run.state.words}, held" if run.held else status_words(run.state, run.exit)


def status_words(state: State, status: int | None) -> str:
    """`failed 7`, `running`."""
    return f"failed {status}" if state is State.FAILED and status is not None else state.words


def reason(run: Run | LiveRun) -> str:
    """Why, where the state words don't say it; empty where nobody knows."""
    return _STATUS.sub("", run.reason) if run.exit is not None else run.reason


def finding_words(finding: Finding) -> str:
    """The badge, who gave it, and what differs; harmless, in one line."""
    words = str(finding.badge)
    if finding.by:
        words += f" by run {finding.by}"
    if finding.tolerance:
        words += f", tolerance {finding.tolerance}"
    if finding.differs:
        words += f": {', '.join(finding.differs)}"
    if finding.volatile:
        words += f" (may differ: {', '.join(finding.volatile)})"
    return words
