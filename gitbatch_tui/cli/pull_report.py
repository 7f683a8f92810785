"""Reports what a pull brought, for people and for programs."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gitbatch_tui.cli.output import note, say
from gitbatch_tui.cli.trouble import complain
from gitbatch_tui.core.base.format import abbreviated
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.results.worktree import BroughtFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.cli.pulls import Pulls
    from gitbatch_tui.core.results.arrival import PullResult
    from gitbatch_tui.models import Run


INCOMPLETE = 1
"""The exit status where something was left, or could not be brought."""


def json_of(pulls: Pulls, others: Sequence[Run]) -> dict[str, Any]:
    """The JSON of a pull; `others` have results that weren't asked for."""
    return {
        "pulled": [
            {**_json(pulled), "stayed": list(pulls.stayed.get(pulled.run.name, ()))}
            for pulled in pulls.done
        ],
        "waiting": [run.name for run in others],
        "failed": [{"run": name, "why": str(error)} for name, error in pulls.failed],
    }


def _json(pulled: PullResult) -> dict[str, Any]:
    files = pulled.files or BroughtFiles()
    lists = {
        "brought": list(files.brought),
        "removed": list(files.removed),
        "same": list(files.same),
        "left": [{"path": path, "why": why} for path, why in files.left.items()],
    }
    return {"run": pulled.run.name, "done": pulled.done, **lists}


def print_pulls(pulls: Pulls, others: Sequence[Run]) -> None:
    """Print what came and what did not; the exit status follows where something did not."""
    for pulled in pulls.done:
        say(pulled.done)
        left = pulled.files.left if pulled.files else {}
        for path, why in left.items():
            say(f"  left {one_line(path)}: {one_line(why)}")
        if left:
            note(_way_on(pulled.run, next(iter(left))))
        for sentence in pulls.stayed.get(pulled.run.name, ()):
            note(sentence)
    for _, error in pulls.failed:
        complain(str(error), INCOMPLETE)
    if not pulls.done and not pulls.failed:
        say("There are no new results for a branch that is here.")
    names = ", ".join(run.name for run in others if run.name not in pulls.offered)
    if names:
        note(f"Other results aren't pulled: {names}. `gitbatch-tui pull RUN` brings them.")


def _way_on(run: Run, path: str) -> str:
    """Say what can be done about a file that is another one here."""
    name = PurePosixPath(path)
    beside = f"{name.stem}-{run.number}{name.suffix}"
    copy = shlex.join(["get", run.name, one_line(path), one_line(beside)])
    return (
        f"`gitbatch-tui {copy}` copies what the run has beside yours; `git merge "
        f"{abbreviated(run.result)}` merges all of it."
    )
