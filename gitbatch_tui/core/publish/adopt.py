"""Brings here what others have published on a git remote of the project, and undoes that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.runs.published import histories, refs_of, refspec_of
from gitbatch_tui.errors import Refused, UnknownName

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.runs.published import History

QUIET = ("--quiet", "--no-tags", "--no-recurse-submodules", "--refmap=")
"""For a fetch of what was published, and of nothing else."""
_BRANCHES = "refs/heads/gitbatch/*"
_SPECIAL = re.compile(r"[][\\.^$*+?(){}|]")
"""What means something in an expression of git's; `re.escape` would escape more than that."""


def adopt(clone: Clone, origin: str) -> list[History]:
    """Bring here what is published on a git remote; `git fetch` brings news of it from now on.

    The histories that are here then, of this remote. Raises `UnknownName` where there is no such
    remote, and `CommandFailed` where it can't be asked.
    """
    check_origin(clone, origin)
    clone.fetch(*QUIET, "--", origin, refspec_of(origin), f"+{_BRANCHES}:{_branches(origin)}")
    if refspec_of(origin) not in _refspecs(clone, origin):
        clone.git("config", "--add", _key(origin), refspec_of(origin))
    return [each for each in histories(clone) if each.remote.published == origin]


def disown(clone: Clone, origin: str) -> tuple[str, ...]:
    """Undo `adopt`: forget what was published on a git remote, whether that is still there or not.

    The names of what was forgotten, such as `origin/batch`. Where a forge keeps it as a branch,
    the next `git fetch` brings it again. Raises `UnknownName` where nothing of it is here.
    """
    names = tuple(each.remote.name for each in histories(clone) if each.remote.published == origin)
    refspec = refspec_of(origin)
    knows = refspec in _refspecs(clone, origin)
    if not names and not knows:
        raise UnknownName(f"Nothing that was published on {one_line(origin)} is here.")
    with locked(clone, f"forgetting what was published on {one_line(origin)}"):
        if knows:
            exactly = _SPECIAL.sub(r"\\\g<0>", refspec)
            clone.git("config", "--unset-all", _key(origin), f"^{exactly}$")
        refs = "".join(f"delete {ref}\n" for ref in refs_of(clone, origin))
        clone.git("update-ref", "--stdin", stdin=refs.encode("utf-8", "surrogateescape"))
    return names


def check_origin(clone: Clone, origin: str) -> None:
    """Raise `UnknownName` where there is no such git remote, `Refused` for a batch remote."""
    if origin in {remote.name for remote in clone.batch_remotes()}:
        raise Refused(f"{origin} is a batch remote, which has its history already.")
    remotes = git_remotes(clone)
    if origin not in remotes:
        names = ", ".join(map(one_line, remotes)) or "none"
        raise UnknownName(f"There is no remote {one_line(origin)} here; known: {names}.")


def git_remotes(clone: Clone) -> list[str]:
    """The ordinary git remotes of the clone, by name."""
    own = {remote.name for remote in clone.batch_remotes()}
    names = (clone.try_git("remote") or "").split("\n")
    return [name for name in names if name and name not in own]


def _key(origin: str) -> str:
    return f"remote.{origin}.fetch"


def _refspecs(clone: Clone, origin: str) -> list[str]:
    return (clone.try_git("config", "--get-all", _key(origin)) or "").split("\n")


def _branches(origin: str) -> str:
    return f"refs/remotes/{origin}/gitbatch/*"
