"""The embedded scheduler: its jobs tell of themselves, so that nobody needs to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.core.schedulers.adapter import JobState


class Local:
    """Jobs of `"$GITBATCH" spawn`."""

    name = "local"
    ask = cancel = hold = release = ""

    def read(self, answer: Answer, ids: Collection[str]) -> dict[str, JobState]:  # noqa: ARG002
        raise ValueError("nobody was asked")
