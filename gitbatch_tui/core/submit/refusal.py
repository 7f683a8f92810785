"""Turns git's few words for a refused push into a sentence that says what to do."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.core.git.process import GitProcess

# What git calls it, and what that is and asks for. The first that fits.
_REASONS = {
    r"hidden ref": (
        "{remote} hides its branches from pushes: take back transfer.hideRefs or "
        "receive.hideRefs over there; `gitbatch-tui doctor {remote}` says where they are."
    ),
    r"insufficient permission for adding": (
        "{remote} belongs to somebody else, and isn't shared with you: they can let a group push, "
        "with `gitbatch-tui setup NAME LOCATION --shared GROUP`; or set up one of your own."
    ),
    # Of a folder of somebody else's, as of a disk that takes no more files, git says only that.
    r"unable to create temporary object directory": (
        "{remote} can't be written: it belongs to somebody else, who can let a group push with "
        "`gitbatch-tui setup NAME LOCATION --shared GROUP`, or its disk or a quota is full. "
        "`gitbatch-tui doctor {remote}` says which."
    ),
    r"remote rejected\] \(non-fast-forward": (
        "{remote} is configured to keep {branch} from being replaced: pull its commits in first, "
        "or submit another branch."
    ),
    r"non-fast-forward|fetch first": (
        "{branch} on {remote} has commits that yours doesn't have: `gitbatch-tui submit {remote} "
        "{branch}` offers to pull them in, or to submit without them."
    ),
    # The second and third as newer versions of git say it.
    r"stale info|incorrect old value provided|reference does not exist": (
        "{branch} on {remote} has moved since it was looked at, so nothing was pushed: submit "
        "again to see what is new."
    ),
    r"shallow update not allowed": (
        "This clone is shallow, and a batch remote needs the whole history: `git fetch "
        "--unshallow`, then try again."
    ),
    r"couldn't write|No space left|quota exceeded": (
        "{remote} could not store it: {said}. Is its disk full, or a quota reached? `gitbatch-tui "
        "doctor {remote}` says how much is free."
    ),
    r"unpacker error": "{remote} didn't take the commits: {said}.",
    r"hook declined": "A hook on {remote} declined the push: {said}.",
    r"cannot create|refname conflict|directory file conflict": (
        "{branch} can't exist on {remote} beside the branches that are there: {said}."
    ),
    # The last one is what newer versions of git say of the lock of a branch that is none yet.
    r"failed to update ref|cannot lock|failed to lock|reference already exists": (
        "{branch} on {remote} is locked, by another push or by one that was killed: try again, "
        "and if it stays so, `gitbatch-tui doctor {remote} --repair` mends it."
    ),
}
_GAVE_UP = re.compile("error: failed to push some refs to ")
_WORDS = 5
_TROUBLE = re.compile(r"(?:fatal|error): (?P<what>.*)")


def explain(remote: str, branch: str, summary: str, said: Sequence[str]) -> str:
    """The sentence for a push of which git says `summary`, and the server `said`."""
    text = " ".join((summary, *said))
    words = {"remote": one_line(remote), "branch": one_line(branch), "said": _trouble_in(said)}
    for symptom, sentence in _REASONS.items():
        if re.search(symptom, text):
            return sentence.format(**words)
    return f"{words['remote']} refused {words['branch']}: {one_line(summary)}."


def refused_here(hook: Path, running: GitProcess) -> str:
    """The words of the clone's own pre-push hook; empty where it wasn't that hook that refused."""
    said = [*running.said, *running.stdout.splitlines()]
    elsewhere = any(line.startswith(("fatal: ", "remote: ", "To ")) for line in said)
    if running.status != 1 or elsewhere or not os.access(hook, os.X_OK):
        return ""
    words = [line.strip() for line in said if line.strip() and not _GAVE_UP.match(line)]
    return (
        f"This clone's own pre-push hook ({one_line(str(hook))}) refused: "
        f"{one_line('; '.join(words[-_WORDS:]) or 'it gave no reason').rstrip('.')}. Nothing was "
        "pushed: do what it asks, and submit again."
    )


def _trouble_in(said: Sequence[str]) -> str:
    """The line of the server's that names the trouble, or its first; without its punctuation."""
    lines = [line for line in said if line.strip()]
    named = [match["what"] for line in lines if (match := _TROUBLE.match(line))]
    return one_line((named or lines or ["it gave no reason"])[0]).strip().rstrip(".")
