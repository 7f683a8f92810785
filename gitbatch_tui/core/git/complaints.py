"""Turns what git prints when it fails into a sentence that says what to do."""

from __future__ import annotations

import os
import re
import shlex
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import duration
from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_TROUBLE = re.compile(r"(?:fatal|error): (?P<what>.*)")
# Said besides, or instead: ssh's own words before it tell more.
_ADVICE = re.compile(
    r"hint: |warning: |Aborting$|(fatal: )?Could not read from remote repository|"
    r"Please make sure you have the correct access rights|and the repository exists"
)
# What git says, and what that is and asks for.
_SENTENCES = {
    r"detected dubious ownership in repository at '(?P<path>[^']+)'": (
        "git refuses {path}, since it belongs to somebody else. If you trust them: `git config "
        "--global --add safe.directory {quoted}`."
    ),
    r"shallow update not allowed|attempt to (?:fetch|push|clone) from a shallow": (
        "This clone is shallow, and a batch remote needs the whole history: `git fetch "
        "--unshallow`, then try again."
    ),
    r"No space left on device|Disk quota exceeded|unable to write (?:new )?(?:\w+ )?file": (
        "There is no room left on the disk, or in the quota, of this clone: make room, then try "
        "again."
    ),
    r"Please tell me who you are|unable to auto-detect|no (?:email|name) was given|empty ident": (
        'git doesn\'t know who you are: `git config --global user.name "NAME"` and `git config '
        "--global user.email ADDRESS`, then try again."
    ),
    r"invalid date format: (?P<path>[^\n]*)": (
        "git can't read the date {path}, which the variable GIT_COMMITTER_DATE or GIT_AUTHOR_DATE "
        "gives it: `unset GIT_COMMITTER_DATE GIT_AUTHOR_DATE`, then try again."
    ),
    r"xcrun: error|no developer tools were found|have not agreed to the Xcode": (
        "git is only Apple's placeholder here: `xcode-select --install` puts the real one in its "
        "place (and `sudo xcodebuild -license` agrees to its license); then try again."
    ),
    r"failed to sign the data|user\.signingkey|load public key|failed to write commit object": (
        "git is set to sign commits (commit.gpgSign) and can't: fix that, or `git config "
        "commit.gpgSign false` here, then try again."
    ),
    r"Commit \w+ (?:does not have a GPG signature|has an? (?:bad|untrusted) GPG signature)": (
        "git is set to merge only what is signed (merge.verifySignatures), and results aren't: "
        "`git config merge.verifySignatures false` here, then try again."
    ),
    r"could not fetch \w+ from promisor remote": (
        "This clone is a partial one, and the remote that has the rest of its files can't be "
        "asked: `git fetch` says why; when it works, try again."
    ),
    r"would lose untracked files in (?:them|it):\s*(?P<path>[^\n]+)": (
        "A folder of yours is where a file would come, {path}: move it away, then try again."
    ),
    r"object \w+: (?P<path>[a-z]+[A-Z]\w+: [^\n]+)\n(?:[^\n]*\n)*fatal: fsck error": (
        "git is set to check what it fetches (fetch.fsckObjects or transfer.fsckObjects), and "
        "refuses this: {path}. To have it all the same: `git config fetch.fsckObjects false` in "
        "this clone; then try again."
    ),
    r"transport '(?P<path>[\w-]+)' not allowed": (
        "git is set not to use {path} (protocol.allow): `git config protocol.{path}.allow "
        "always` allows it in this clone; then try again."
    ),
}
_LEFT_OVER = 30.0
"""Seconds after which the lock of a ref of ours belongs to nobody any more."""
_LOCK = re.compile(r"Unable to create '(?P<path>[^']+\.lock)': File exists")
_CONFIG = re.compile(r"could not lock config file (?P<path>[^:]+): File exists")


def sentence_for(said: str) -> str:
    """Say in a sentence what has to be done; empty where git's own words have to do."""
    if lock := _LOCK.search(said):
        return about_lock(Path(lock["path"]))
    if lock := _CONFIG.search(said):
        return about_lock(Path(f"{lock['path']}.lock"))
    if "' not allowed" in said and "GIT_ALLOW_PROTOCOL" in os.environ:
        return "The variable GIT_ALLOW_PROTOCOL keeps git from that: change it, then try again."
    for symptom, sentence in _SENTENCES.items():
        if match := re.search(symptom, said):
            path = match.groupdict().get("path") or ""
            return sentence.format(path=one_line(path), quoted=shlex.quote(one_line(path)))
    return ""


def remove_left_over(said: str) -> None:
    """Remove the lock of a ref that this program alone writes, where its git was killed.

    No git holds such a lock for longer than an instant.
    """
    lock = _LOCK.search(said)
    if lock and "/refs/gitbatch/" in lock["path"]:
        with suppress(OSError):
            path = Path(lock["path"])
            if time.time() - path.stat().st_mtime > _LEFT_OVER:
                path.unlink()


def about_lock(path: Path) -> str:
    """Describe a lock of git's that is in the way: its age, and what to do."""
    place = one_line(str(path))
    return (
        f"git's lock {place} is there{_age(path)}: another git is at work in this clone, or one "
        f"was killed. Where none is: `rm {shlex.quote(place)}`, then try again."
    )


def _age(path: Path) -> str:
    try:
        seconds = time.time() - path.stat().st_mtime
    except OSError:
        return ""
    return f" since {duration(timedelta(seconds=seconds))}"


def reason_in(said: Sequence[str]) -> str:
    """The line that names the trouble, without its punctuation; never git's last advice."""
    lines = [line for line in said if line.strip() and not _ADVICE.match(line)]
    named = [match["what"] for line in lines if (match := _TROUBLE.match(line))]
    return one_line((named or lines[-1:] or ["it gave no reason"])[0]).strip().rstrip(".")
