"""Recognises text that login files print where git expects an answer."""

from __future__ import annotations

import re

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import CommandFailed, GitBatchError

_NOISE = re.compile(r"bad line length character: (.*)")


def noise_in(error: GitBatchError) -> str:
    """The beginning of what is printed; empty where that isn't what git failed of."""
    found = _NOISE.search(error.detail)
    return one_line(found[1]) if found else ""


def named(error: GitBatchError, host: str) -> GitBatchError:
    """The same error, or a better one where it is noise."""
    noise = noise_in(error)
    if not noise:
        return error
    return CommandFailed(
        f"git can't talk to {host}, since the login files there print text ({noise}...) even "
        "where nobody looks: let them print only in interactive shells.",
        status=1,
        detail=error.detail,
    )
