"""Looks at schedule.sh of a commit and the run.sh that it calls, and says why they can't run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone

SCRIPT = "schedule.sh"
NO_SCRIPT = f"There is no {SCRIPT} in this commit"
JOB = "run.sh"
# As a program of its own: `sh ./run.sh` needs no permission.
_CALLS_JOB = re.compile(
    r"""^[^#\n]*((^|["'`;&|(])\s*|\b(run|spawn)( --)? )\./run\.sh\b""", re.MULTILINE
)
_PLAIN = "100644"


def lacks_script(clone: Clone, commit: str) -> bool:
    """Tell whether there is no schedule.sh, in a commit or beside it."""
    return not (clone.path / SCRIPT).exists() and not _file(clone, commit, SCRIPT)[0]


def objection(clone: Clone, commit: str) -> str:
    """Say why schedule.sh of a commit, or the run.sh it calls, can't run; empty if they can."""
    mode, text = _file(clone, commit, SCRIPT)
    if lacks_script(clone, commit):
        return f"{NO_SCRIPT}: `gitbatch-tui new` writes one to commit."
    return _fault(clone, SCRIPT, mode, text) or _fault_of_job(clone, commit, text)


def _fault_of_job(clone: Clone, commit: str, script: str) -> str:
    if not _CALLS_JOB.search(script):
        return ""
    mode, text = _file(clone, commit, JOB)
    # schedule.sh may make it where it isn't in the commit.
    return _fault(clone, JOB, mode, text) if mode or (clone.path / JOB).exists() else ""


def _fault(clone: Clone, name: str, mode: str, text: str) -> str:
    if not mode:
        return _absence(clone, name)
    if mode == _PLAIN:
        return (
            f"{name} isn't executable: `git update-index --chmod=+x {name}`, commit and submit "
            "again."
        )
    if text.partition("\n")[0].endswith("\r"):
        return f"{name} has Windows line ends (CRLF): save it with LF, commit and submit again."
    return ""


def _absence(clone: Clone, name: str) -> str:
    head = clone.commit_of("HEAD")
    if head and _file(clone, head, name)[0]:
        return (
            f"{name} isn't in this commit, only in the one that is checked out: merge that into "
            "the branch, and submit again."
        )
    return f"{name} isn't committed yet: `git add {name}`, commit and submit again."


def _file(clone: Clone, commit: str, name: str) -> tuple[str, str]:
    """Mode and text of a file of a commit; empty where there is none, or no text to look at."""
    mode = clone.git("ls-tree", commit, "--", name).partition(" ")[0]
    if not mode.startswith("100"):
        return mode, ""
    return mode, clone.git("cat-file", "blob", f"{commit}:{name}")
