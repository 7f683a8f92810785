"""How often a remote that can't be asked is tried again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.watch.remote_watcher import AWAY, LONGEST_PAUSE, RemoteWatcher
from gitbatch_tui.errors import HostKeyUnknown, LoginNeeded, Unreachable

if TYPE_CHECKING:
    from tests.support.project import Project

TRIES = 8


class Waits(threading.Event):
    """Never waits; ends the watcher after some tries."""

    def __init__(self, watcher: RemoteWatcher) -> None:
        super().__init__()
        self._watcher = watcher
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        if len(self.seconds) == TRIES:
            self._watcher.end()
        return False


@pytest.mark.parametrize(
    ("error", "longest"),
    [(Unreachable, AWAY), (LoginNeeded, LONGEST_PAUSE), (HostKeyUnknown, LONGEST_PAUSE)],
)
def test_a_host_that_may_come_back_is_tried_more_often_than_one_that_needs_a_person(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: type[Unreachable], longest: float
) -> None:
    def fail(*_: object) -> None:
        raise error("no")

    with Hosts() as hosts:
        watcher = RemoteWatcher(project.world.clone, hosts, project.remote)
        watcher._woken = waits = Waits(watcher)
        monkeypatch.setattr(watcher, "_keep_up", fail)
        monkeypatch.setattr(watcher, "_tell", lambda _: False)
        watcher.attend(lambda _: None)
    assert waits.seconds[0] == 4.0
    assert waits.seconds[-1] == longest
    assert waits.seconds == sorted(filter(None, waits.seconds))
