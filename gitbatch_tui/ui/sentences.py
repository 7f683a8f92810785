"""What dialogs ask and say about runs and remotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.models import State
from gitbatch_tui.ui import present

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gitbatch_tui.models import Run

LISTED = 8
"""How many runs a question names one by one."""


@dataclass(frozen=True)
class Question:
    """Something to agree to."""

    heading: str
    paragraphs: tuple[str, ...]
    yes: str
    """What agreeing does, in a word or two."""
    no: str = "keep it"


def about_cancelling(runs: Sequence[Run], now: datetime) -> Question:
    """Names every run that would be stopped, and what that means."""
    if len(runs) == 1:
        run = runs[0]
        return Question(
            f"Cancel {run.name}?",
            (present.run_title(run), _fate(run, now)),
            "cancel it",
            "let it be",
        )
    named = [f"  {present.run_title(run)}: {run.state.value}" for run in runs[:LISTED]]
    more = [f"  and {len(runs) - LISTED} more"] if len(runs) > LISTED else []
    return Question(
        f"Cancel {len(runs)} runs?",
        ("\n".join(named + more), f"Their jobs are ended now. {_KEPT}"),
        "cancel them",
        "let them be",
    )


_KEPT = "What was written until then is kept with the run; no branch moves."


def _fate(run: Run, now: datetime) -> str:
    job = f" ({run.job})" if run.job else ""
    if run.state is not State.RUNNING:
        return f"It is {run.state.value}{job}, and will not begin."
    since = f" for {present.took(run, now)}" if run.started else ""
    return f"It has been running{since}{job}, and is ended now. {_KEPT}"
