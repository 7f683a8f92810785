"""Shows a run that has just begun, and what there is to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitbatch_tui.models import BatchRemote, Receipt
    from gitbatch_tui.ui.app import GitBatchApp


def show_started(
    app: GitBatchApp, remote: BatchRemote, receipt: Receipt, notes: Iterable[str] = ()
) -> None:
    """Put the cursor on the run that a receipt confirms, as soon as it is listed."""
    app.live.ask_again(remote)
    app.show_run(remote.name, receipt.run)
    for note in notes:
        app.tell(note)
    if receipt.state is State.REJECTED:
        name = f"{remote.name}#{receipt.run}"
        app.tell(f"schedule.sh of {name} failed: the run was rejected.", "", "warning")
