"""Writes a schedule.sh where a branch has none, opens it in the editor, and commits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.terminal import editor_command
from gitbatch_tui.core.setup.templates import commit_templates, write_templates
from gitbatch_tui.ui.actions.terminal import in_terminal
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.sentences import about_committing, ways_to_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.ui.app import GitBatchApp

_WHY = "schedule.sh hands your job to a scheduler; it is the one file that a project needs."


async def offer_script(app: GitBatchApp, schedulers: Sequence[str]) -> None:
    """Ask for which scheduler it is to be; each further step is offered, and none is needed."""
    ways = ways_to_script(schedulers)
    scheduler = await ask(app, Choose("There is no schedule.sh yet", ways, [_WHY]))
    if not scheduler:
        return
    paths = await app.session.with_clone(lambda clone: write_templates(clone.path, scheduler))
    in_terminal(app, editor_command(paths[0]))
    if await ask(app, Confirm(about_committing(paths))):
        await app.session.with_clone(lambda clone: commit_templates(clone, paths))
        app.live.reread()
        app.tell("schedule.sh is committed: press s to submit.")
