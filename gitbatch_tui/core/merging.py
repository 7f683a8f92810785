"""Brings commits of the batch remote into a branch here, wholly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.text import clean, one_line
from gitbatch_tui.errors import CommandFailed, Conflict, Refused

if TYPE_CHECKING:
    from gitbatch_tui.core.host import Answer
    from gitbatch_tui.core.repo import Clone


def bring_in(clone: Clone, branch: str, commit: str, message: str) -> None:
    """Fast-forward a branch to a commit, or merge it with this message.

    Raises `Conflict`, with the files, where both sides change the same; it is undone then.
    """
    if clone.head().branch == branch:
        answer = clone.ask("merge", "--no-edit", "-m", message, commit)
        if answer.status:
            raise _undone(clone, answer)
        return
    old = clone.branch(branch).commit
    behind = clone.ask("merge-base", "--is-ancestor", old, commit).status == 0
    if not behind or branch in clone.checked_out():
        raise Refused(
            f"To merge into {one_line(branch)}, it has to be checked out: `git switch "
            f"{one_line(branch)}`, and submit again."
        )
    clone.git("update-ref", "-m", message, f"refs/heads/{branch}", commit, old)


def _undone(clone: Clone, answer: Answer) -> Conflict | CommandFailed:
    detail = clean(answer.stdout + answer.stderr).strip()
    if clone.commit_of("MERGE_HEAD"):
        both = clone.git("diff", "--name-only", "--diff-filter=U", "-z").strip("\0").split("\0")
        clone.git("merge", "--abort")
        names = ", ".join(one_line(path) for path in both)
        return Conflict(
            f"The results and your commits both change {names}. The merge was undone and nothing "
            "was submitted: merge by hand, or use --without-results.",
            detail=detail,
        )
    in_the_way = [line.strip() for line in detail.splitlines() if line.startswith("\t")]
    if in_the_way:
        names = ", ".join(one_line(path) for path in in_the_way)
        return Conflict(
            f"The results change {names} too, and your changes there aren't committed: commit "
            "them first. Nothing was submitted.",
            detail=detail,
        )
    said = one_line(detail.rpartition("\n")[2])
    return CommandFailed(f"git merge failed: {said}", status=answer.status, detail=detail)
