"""Sentences of dialogs about making, checking and removing batch remotes."""

from __future__ import annotations

import shlex
from enum import Enum
from itertools import zip_longest
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import BAD, plural, size
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.programs import WORDS
from gitbatch_tui.core.setup.templates import is_program
from gitbatch_tui.ui.sentences import Confirmation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.setup.contents import BaseContents
    from gitbatch_tui.core.setup.doctor import HealthCheck
    from gitbatch_tui.core.setup.plan import SetupPlan
    from gitbatch_tui.models import BatchRemote


def about_plan(plan: SetupPlan) -> Confirmation:
    """Every command that is going to run."""
    wanted, found = plan.wanted, plan.found
    steps = [f"{number}. {step.words}\n   $ {step.command}" for number, step in
             enumerate(plan.steps, 1)]  # fmt: skip
    there = f"Over there: {found.git}." if found.git else "There is no git over there."
    heading = f"{'Upgrade' if found.version else 'Set up'} {wanted.name} at {wanted.location}"
    if found.foreign_hook and not wanted.replace_hook:
        return Confirmation(heading, (_FOREIGN,), "move it aside, and look at the plan", "leave")
    return Confirmation(heading, (*plan.notes, *steps, there), "do it", "leave")


_FOREIGN = (
    "There is a post-receive hook of somebody else's, and only one can be there. Ours can take its "
    "place; the other one is kept beside it under another name, and no longer runs."
)


def check_line(check: HealthCheck) -> str:
    """Write the result of one check of the doctor in a line."""
    return f"{check.verdict.sign} {check.name}: {check.words}"


def verdict(remote: BatchRemote, checks: Sequence[HealthCheck]) -> str:
    """Sum up the checks of the doctor in a sentence."""
    worst = {check.verdict.value for check in checks}
    if "fail" in worst:
        return f"Something is wrong with {remote.name}: see the lines with {BAD}."
    if "warn" in worst:
        return f"{remote.name} works; see the lines with !, and press s to submit a branch."
    return f"{remote.name} is fine: press s to submit a branch."


def ways_to_script(schedulers: Sequence[str]) -> list[tuple[str, str | None]]:
    """The schedulers for which a schedule.sh can be written, to choose from."""
    ways: list[tuple[str, str | None]] = [
        (f"write one for {name}: {WORDS[name]}{recommended}", name)
        for name, recommended in zip_longest(schedulers, [" (recommended)"], fillvalue="")
    ]
    return [*ways, ("not now", None)]


def about_committing(paths: Sequence[Path]) -> Confirmation:
    """Ask whether these files are to be committed; the first is at the top of the work tree."""
    top = paths[0].parent
    names = [str(path.relative_to(top)) for path in paths]
    programs = [path.name for path in paths if is_program(path)]
    data = [name for name in names if name not in programs]
    others = f" and {plural(len(data), 'other file')}" if data else ""
    commands = [
        f"$ git add --chmod=+x {' '.join(programs)}",
        *([f"$ git add -- {one_line(shlex.join(data))}"] if data else []),
        f"$ git commit -m 'Run as a batch job' -- {one_line(shlex.join(names))}",
    ]
    return Confirmation(
        f"Commit {' '.join(programs)}{others}?",
        ("Only what is committed can be submitted.", "\n".join(commands)),
        "commit and submit", "not yet",
    )  # fmt: skip


class Undo(Enum):
    """Ways to undo a set-up."""

    UPGRADE = "upgrade"
    FORGET = "forget"
    REMOVE = "remove"


def ways_to_undo(remote: BatchRemote) -> list[tuple[str, Undo]]:
    """The ways to undo a remote, from the harmless to the final."""
    forget = f"forget it here: {remote.name} is removed from this clone only", Undo.FORGET
    if remote.published:
        return [forget]
    return [
        ("upgrade it: compare what is installed there with ours, and renew it", Undo.UPGRADE),
        forget,
        ("remove it there, too, with all its runs: shows first what would be lost", Undo.REMOVE),
    ]


def about_forgetting(remote: BatchRemote) -> Confirmation:
    """Ask whether to forget a batch remote, and say what stays."""
    if remote.published:
        again = f"gitbatch-tui setup --from {remote.published}"
        return Confirmation(
            f"Forget {remote.name}?",
            (f"The runs that were published on {remote.published} are removed from this clone.",
             f"They stay there: `{again}` brings them again."),
            "forget it",
        )  # fmt: skip
    return Confirmation(
        f"Forget {remote.name}?",
        (f"The remote {remote.name} and its history are removed from this clone.",
         f"{remote.location} stays as it is, and can be added again with a."),
        "forget it",
    )  # fmt: skip


def about_removing(remote: BatchRemote, contents: BaseContents) -> Confirmation:
    """Ask whether to remove a batch remote for good, and say what would be lost."""
    lines = [f"{contents.base}: {plural(contents.runs, 'run')}, {size(contents.size)}."]
    if contents.active:
        names = ", ".join(f"{remote.name}#{run}" for run in contents.active)
        lines.append(f"These have not ended, and are cancelled: {names}.")
    if contents.others:
        lines.append(f"Not ours, and lost as well: {', '.join(contents.others)}.")
    if contents.lost:
        lines.append(contents.lost)
    lost = "Results that were not pulled are lost for good."
    return Confirmation(
        f"Remove {remote.name} for good?", ("\n".join(lines), lost), "remove it all", is_final=True
    )
