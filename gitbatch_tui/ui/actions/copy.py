"""Copies ids, commits and commands of what is selected."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.state import is_nameless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection

Copy = tuple[str, str]
"""What it is, and the text."""


async def copy(app: GitBatchApp, selection: Selection) -> None:
    """Offer what can be copied, and copy one of it."""
    if not (selection.run or selection.branch or selection.remote):
        raise Refused("There is nothing to copy yet.")
    copies = copies_of(selection)
    menu = Choose("Copy", [(f"{name:<16}{one_line(text)}", text) for name, text in copies])
    menu.add_class("-single")
    text = await ask(app, menu)
    if text is not None:
        app.copy_to_clipboard(text)
        app.tell(f"Copied: {text}")


def copies_of(chosen: Selection) -> list[Copy]:
    """The most likely first: those of the pane in which the key was pressed."""
    run = chosen.run
    of_run = list(_of_run(run)) if run and not is_nameless(run) else []
    of_branch = list(_of_branch(chosen.branch, chosen.remote)) if chosen.branch else []
    of_remote = list(_of_remote(chosen.remote)) if chosen.remote else []
    if chosen.pane == "branches":
        return [*of_branch, *of_run, *of_remote]
    if chosen.pane == "remotes":
        return [*of_remote, *of_run, *of_branch]
    return [*of_run, *of_branch, *of_remote]


def _of_run(run: Run) -> Iterator[Copy]:
    yield "run", run.name
    yield "commit", run.commit
    if run.result:
        yield "result", run.result
        yield "plain git", shlex.join(["git", "fetch", run.remote, run.result])
    else:
        yield "plain git", shlex.join(["git", "show", run.commit])
    yield "our command", f"gitbatch-tui show {shlex.quote(run.name)}"
    yield "its log", f"gitbatch-tui log {shlex.quote(run.name)} -f"
    if run.job and run.job.id:
        yield "job", run.job.id


def _of_branch(branch: str, remote: BatchRemote | None) -> Iterator[Copy]:
    yield "branch", branch
    if remote:
        yield "push, plain git", shlex.join(["git", "push", remote.name, branch])


def _of_remote(remote: BatchRemote) -> Iterator[Copy]:
    yield "batch remote", remote.location
    yield "git's address", remote.repo_url
