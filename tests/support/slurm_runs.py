"""Runs of a batch remote whose scheduler is the real Slurm."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs import judge
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    import pytest

    from gitbatch_tui.models import Run, State
    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

# Not for ever, where nobody is left to say so.
UNTIL_GO = "#!/bin/sh\nn=0\nuntil test -e {} || test $n = 999; do n=$((n + 1)); sleep 0.1; done\n"
PATIENCE = 40


def at_site(slurm: Slurm, project: Project, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    """Slurm, as the batch remote's site has it: known by BASE/profile alone."""
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    project.world.waits_for_nothing()
    (project.world.base / "profile").write_text(f"SLURM_CONF={slurm.conf}\nexport SLURM_CONF\n")
    return slurm


def until(project: Project, number: int, state: State, reason: str = "") -> Run:
    """The run, as soon as it is in this state for this reason."""
    seen: list[Run] = []

    def there() -> Run | None:
        run = project.run(number)
        seen.append(run)
        return run if run.state is state and reason in run.reason else None

    try:
        return wait_until(there, PATIENCE)  # type: ignore[return-value]  # never None
    except AssertionError as error:
        raise AssertionError(f"{seen[-1].state}: {seen[-1].reason}") from error


def go(project: Project, number: int) -> None:
    (project.world.run(number) / "tree/go").touch()
