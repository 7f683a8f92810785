"""Separates the commands that changed something from those that only asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.server import calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.base.journal import JournalEntry

_GIT_ASKS = frozenset(
    "cat-file check-attr diff diff-tree for-each-ref log ls-files ls-remote ls-tree merge-base "
    "rev-list rev-parse show status symbolic-ref version worktree".split()
)
_SERVER_ASKS = frozenset("files folder jobs log pages status verify version watch".split())
_ASKING = frozenset({calls.CHECKSUM, calls.JOB, calls.NOTE_PAGES, calls.SIZE, calls.TELL, ":"})
"""Scripts that ask, or that hand on what schedulers said."""
_CALLING = frozenset({calls.APART, calls.CALL, calls.LASTING})


def is_change(entry: JournalEntry) -> bool:
    """Tell whether a command did something, or may have: what isn't known to ask has."""
    first, *words = entry.command
    if first == "git":
        return not _git_asks(words)
    if first in _CALLING:
        return len(words) < 2 or words[1] not in _SERVER_ASKS  # noqa: PLR2004  # the folder, a word
    return first not in _ASKING and not _scheduler_is_asked(first)


def _git_asks(words: Sequence[str]) -> bool:
    verbs = [word for word in words if not word.startswith("-") and "=" not in word]
    if not verbs:
        return True
    if verbs[0] == "config":
        return any(word.startswith("--get") for word in words)
    if verbs[0] == "fetch":
        return any("refs/gitbatch/log" in word for word in words)  # what was recorded since
    return verbs[0] in _GIT_ASKS


def _scheduler_is_asked(script: str) -> bool:
    asks = (
        ask
        for adapter in adapters().values()
        for ask in (adapter.ask, getattr(adapter, "find", ""))
    )
    return any(ask and script.endswith(ask) for ask in asks)
