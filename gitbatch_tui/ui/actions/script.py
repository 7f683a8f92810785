"""Writes a schedule.sh where a branch has none, opens it in the editor, and commits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.terminal import editor_command
from gitbatch_tui.core.setup.project import look_at, to_ignore, unknown_to_git
from gitbatch_tui.core.setup.templates import (
    commit_templates,
    ignore,
    templates_in,
    write_templates,
)
from gitbatch_tui.core.submit.script import JOB
from gitbatch_tui.ui.actions.terminal import in_terminal
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.setup_sentences import about_committing, ways_to_script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.ui.app import GitBatchApp

_WHY = (
    "schedule.sh hands your job to a scheduler; it is the one file that a project needs. run.sh is "
    "the job: it runs what is found here, and opens in your editor."
)


async def offer_script(app: GitBatchApp, schedulers: Sequence[str]) -> bool:
    """Have one written, edited and committed; each step is offered, and none is needed.

    One that is there, and that git doesn't have yet, is only to be committed. True where what is
    committed is to be submitted.
    """
    paths, runs = await app.session.with_clone(lambda clone: templates_in(clone.path)), ""
    if not paths:
        ways = ways_to_script(schedulers)
        scheduler = await ask(app, Choose("There is no schedule.sh yet", ways, [_WHY]))
        if not scheduler:
            return False
        paths, runs = await app.session.with_clone(lambda clone: _write(clone, scheduler))
        in_terminal(app, editor_command(next(path for path in paths if path.name == JOB)))
    besides = await app.session.with_clone(lambda clone: unknown_to_git(clone, runs))
    paths = (*paths, *(path for path in besides if path not in paths))
    if not await ask(app, Confirm(about_committing(paths))):
        return False
    await app.session.with_clone(lambda clone: commit_templates(clone, paths))
    app.live.reread()
    return True


def _write(clone: Clone, scheduler: str) -> tuple[tuple[Path, ...], str]:
    """Write the files; return them, and what run.sh runs."""
    project, lines = look_at(clone.path), to_ignore(clone)
    write_templates(clone.path, scheduler, project=project)
    ignored = ignore(clone, lines)
    # What describes the job may have been there, and unknown to git, too.
    there = templates_in(clone.path)
    return (*there, ignored) if ignored else there, project.runs
