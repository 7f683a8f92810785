"""Lets the doctor check a batch remote, line by line, with a real run there and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.setup.doctor import Health, diagnose, is_mendable
from gitbatch_tui.ui.actions.submit import submit
from gitbatch_tui.ui.dialogs.progress import show_progress
from gitbatch_tui.ui.setup_sentences import check_line, verdict

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.setup.doctor import HealthCheck
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.dialogs.progress import ProgressDialog
    from gitbatch_tui.ui.state import Selection

MEND, SUBMIT = "m", "s"
"""Keys that go on from what the doctor found."""
PATIENCE = 30
"""Seconds in which a host has to answer at all."""


async def doctor(app: GitBatchApp, selection: Selection) -> None:
    """Check the selected batch remote; then mend it, or submit, where that is wanted."""
    remote = selection.the_remote()
    way = await _check(app, remote, "Examining ...", repair=False)
    if way == MEND:
        way = await _check(app, remote, "Mending what can be mended ...", repair=True)
    if way == SUBMIT:
        await app.attempt(submit, selection)


async def _check(app: GitBatchApp, remote: BatchRemote, words: str, *, repair: bool) -> str:
    """Show what the doctor finds; the key with which a person goes on, empty for none."""
    with show_progress(app, f"Doctor of {remote.name}", words) as progress:
        host = app.session.server(remote).host
        await asyncio.to_thread(host.run, ":", timeout=PATIENCE)
        await examine(app, progress, remote, repair=repair)
    return await progress.closed()


async def examine(
    app: GitBatchApp, progress: ProgressDialog, remote: BatchRemote, *, repair: bool = False
) -> None:
    """Show every check as soon as it is done, and in the end what they come to."""

    def check(batch: Batch) -> list[HealthCheck]:
        checks = []
        for found in diagnose(replace(batch, stop=progress.stop), repair=repair):
            checks.append(found)
            progress.tell(check_line(found))
        return checks

    checks = await app.session.with_batch(remote, check)
    if progress.stop.asked:
        progress.end("Stopped.")
        return
    ways = {MEND: "mend it"} if any(map(is_mendable, checks)) and not repair else {}
    if all(check.verdict is not Health.FAIL for check in checks):
        ways[SUBMIT] = "submit a branch"
    progress.end(verdict(remote, checks), ways)
