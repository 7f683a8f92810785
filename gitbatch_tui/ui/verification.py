"""Sentences of dialogs about verifying and reproducing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.compare.files import Compared
    from gitbatch_tui.core.verify.checks import Check
    from gitbatch_tui.core.verify.verify import Verification
    from gitbatch_tui.models import BatchRemote, Run


def verdict(verification: Verification) -> str:
    """Sum up the checks of a run in a sentence."""
    name = verification.run.name
    if verification.holds:
        return f"{name} is what it claims to be"
    return (
        f"{name} isn't what it was"
        if verification.refuted
        else f"{name}: not everything could be checked"
    )


def check_line(check: Check) -> str:
    """One claim."""
    return f"{check.colour.sign} {check.name}: {one_line(check.words)}"


def file_line(file: Compared) -> str:
    """One file that isn't byte for byte the same."""
    return f"{file.likeness.sign} {one_line(file.path)}: {one_line(file.words)}"


def ways_to_reproduce(
    run: Run, own: BatchRemote, remotes: Sequence[BatchRemote]
) -> list[tuple[str, BatchRemote | None]]:
    """Where a run can be run again, on its own batch remote first; never on a published one."""
    others = [remote for remote in remotes if remote != own and not remote.published]
    ways: list[tuple[str, BatchRemote | None]] = []
    if not own.published:
        ways.append((f"run {run.name} again, and compare the results", own))
    ways += [(f"run it on {one_line(other.name)}, and compare the results", other)
             for other in others]  # fmt: skip
    nothing = "nothing for now" if ways else "nothing for now: a adds a batch remote to run it on"
    return [*ways, (nothing, None)]
