"""Brings commits of the batch remote into a branch here, wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.text import clean, one_line
from gitbatch_tui.errors import CommandFailed, Conflict, Refused

if TYPE_CHECKING:
    from gitbatch_tui.core.clone.repo import Clone
    from gitbatch_tui.core.machines.host import Answer

# Whatever a person has set for merges of their own.
_PLAIN = ("-c", "merge.autoStash=false", "merge", "--ff", "--commit", "--no-squash", "--no-edit")


@dataclass(frozen=True)
class Deed:
    """What bringing commits in is a part of, for the sentences when it can't be done."""

    done: str
    """Nothing was ...: `submitted`."""
    again: str
    """What to do once more: `submit again`."""
    instead: str
    """What else there is: `use --without-results`."""


def bring_in(clone: Clone, branch: str, commit: str, message: str, deed: Deed) -> None:
    """Fast-forward a branch to a commit, or merge it with this message.

    Raises `Conflict`, with the files, where both sides change the same; it is undone then.
    """
    if clone.commit_of("MERGE_HEAD"):
        raise Refused(
            "A merge is under way here: finish it with `git commit`, or undo it with `git merge "
            f"--abort`, and {deed.again}."
        )
    if clone.head().branch == branch:
        answer = clone.ask(*_PLAIN, "-m", message, commit)
        if answer.status:
            raise _undone(clone, answer, deed)
        return
    old = clone.branch(branch).commit
    behind = clone.ask("merge-base", "--is-ancestor", old, commit).status == 0
    if not behind or branch in clone.checked_out():
        raise Refused(
            f"To merge into {one_line(branch)}, it has to be checked out: `git checkout "
            f"{one_line(branch)}`, and {deed.again}."
        )
    clone.git("update-ref", "-m", message, f"refs/heads/{branch}", commit, old)


def _undone(clone: Clone, answer: Answer, deed: Deed) -> Conflict | CommandFailed:
    detail = clean(answer.stdout + answer.stderr).strip()
    if clone.commit_of("MERGE_HEAD"):
        both = clone.git("diff", "--name-only", "--diff-filter=U", "-z").strip("\0").split("\0")
        clone.git("merge", "--abort")
        names = ", ".join(one_line(path) for path in both)
        return Conflict(
            f"The results and your commits both change {names}. The merge was undone and nothing "
            f"was {deed.done}: merge by hand, or {deed.instead}.",
            detail=detail,
        )
    in_the_way = [line.strip() for line in detail.splitlines() if line.startswith("\t")]
    if in_the_way:
        names = ", ".join(one_line(path) for path in in_the_way)
        return Conflict(
            f"The results change {names} too, and your changes there aren't committed: commit "
            f"them first, or {deed.instead}. Nothing was {deed.done}.",
            detail=detail,
        )
    said = one_line(detail.rpartition("\n")[2])
    return CommandFailed(f"git merge failed: {said}", status=answer.status, detail=detail)
