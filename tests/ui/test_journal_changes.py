"""Which of the commands that were run did something, and which only asked."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.base.journal import JournalEntry
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.server import calls
from gitbatch_tui.ui.changes import is_change

SLURM = adapters()["slurm"]
ASKING = {
    "refs": ("git", "for-each-ref", "refs/heads"),
    "a setting": ("git", "config", "--null", "--get-regexp", "x"),
    "new records": ("git", "-c", "gc.auto=0", "fetch", "--", "batch", "+refs/gitbatch/log:refs/x"),
    "runs": (calls.CALL, "/base", "status"),
    "a stream": (calls.LASTING, "/base", "watch"),
    "a scheduler": (calls.BOUNDED + SLURM.ask, "/base", "4", "--", "4711"),
    "news for the server": (calls.TELL, "/base"),
}
DOING = {
    "a push": ("git", "-c", "x=y", "push", "batch", "master"),
    "results": ("git", "fetch", "--", "batch", "0123456789"),
    "a merge": ("git", "merge", "--ff-only", "x"),
    "a new setting": ("git", "config", "--local", "--replace-all", "a.b", "c"),
    "a cancellation": (calls.CALL, "/base", "cancel", "7"),
    "a rerun": (calls.APART, "/base", "rerun", "7"),
    "an order to a scheduler": (calls.BOUNDED + SLURM.cancel, "/base", "4", "--", "4711"),
    "what nobody knows": ("sh install", "/base"),
}


def entry(command: tuple[str, ...]) -> JournalEntry:
    return JournalEntry("local", command, 0, b"", 0.1)


@pytest.mark.parametrize("name", ASKING)
def test_what_only_asks_is_no_change(name: str) -> None:
    assert not is_change(entry(ASKING[name]))


@pytest.mark.parametrize("name", DOING)
def test_what_changes_something_is_one(name: str) -> None:
    assert is_change(entry(DOING[name]))
