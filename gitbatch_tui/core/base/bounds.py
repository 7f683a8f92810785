"""Holds every bound on what is taken from outside, in one place.

A server may be broken or hostile. What it says beyond these ends the connection with one sentence;
a number or a time that makes no sense is as if it weren't there. With them, a command or the screen
stays below 200 MB, whatever is sent.
"""

from __future__ import annotations

from gitbatch_tui.errors import BadAnswer, Refused

ANSWER = 8 * 2**20
"""Bytes of a whole answer, or of what is said before it, or of its complaints."""
GIT = 16 * 2**20
"""Bytes of what git says here, about commits that may be a server's."""
LINE = 2**20
"""Bytes of a line of a stream."""
LINES = 100_000
"""Lines of an answer, runs of a report, and lines of git's while it talks to a server."""
FILES = 500_000
"""Files of a run tree that are listed in one go."""
RECORD = 2**20
"""Bytes of a record; of a longer one only the beginning is read."""
RECORDS = 400_000
"""Records of a remote that are read, the newest first."""
DIGITS = 18
"""Digits of a number; a longer one is none."""


def too_long(what: str, most: int, unit: str = "") -> BadAnswer:
    """The error for what goes beyond a bound: of `most` bytes, where no other unit is named."""
    amount = f"{most} {unit}" if unit else f"{most >> 20} MB"
    return BadAnswer(
        f"{what} has more than {amount}, so reading it was given up: what answers there is no "
        "working batch remote."
    )


def too_many_files() -> Refused:
    """The error for a run tree with more files than are listed in one go."""
    return Refused(f"There are more than {FILES:,} files: name a folder that has fewer.")
