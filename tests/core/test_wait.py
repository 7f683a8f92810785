"""Waits for runs."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts import backoff
from gitbatch_tui.core.runs.wait import exit_status, wait
from gitbatch_tui.errors import UnknownName, Unreachable
from gitbatch_tui.models import State
from tests.support.servers.sshd import HOST, Sshd
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from gitbatch_tui.models import LiveRun
    from tests.support.project import Project

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        (State.SUCCEEDED, 0, 0),
        (State.SUCCEEDED, None, 0),
        (State.FAILED, 3, 3),
        (State.FAILED, None, 1),
        (State.FAILED, 0, 1),
        (State.FAILED, 137, 125),
        (State.CANCELLED, 143, 126),
        (State.LOST, None, 126),
        (State.REJECTED, 1, 126),
    ],
)
def test_the_exit_status_tells_the_job_from_everything_else(
    state: State, status: int | None, expected: int
) -> None:
    assert exit_status(state, status) == expected


def test_waiting_ends_with_the_run_and_tells_what_happens(project: Project) -> None:
    number = project.begin(f"{UNTIL_GO}; exit 3")
    states: list[State] = []
    ends: list[LiveRun] = []

    def run() -> None:
        ends.append(wait(project.server, number, lambda live: states.append(live.state)))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: State.RUNNING in states)
    project.world.run(number).joinpath("go").touch()
    thread.join(20)
    (end,) = ends
    assert (end.state, end.exit, end.ended) == (State.FAILED, 3, "settled")


def test_waiting_for_a_run_that_is_over_is_one_question(project: Project) -> None:
    number = project.finish("true")
    assert wait(project.server, number).state is State.SUCCEEDED


def noticed_loss(sshd: Sshd, said: list[str], times: int) -> bool:
    """Cut all connections; whether that was said often enough by now."""
    sshd.kill()
    return len(said) >= times


def test_waiting_survives_lost_connections(
    project: Project, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "FIRST", 0.02)
    number = project.begin(UNTIL_GO)
    project.move_behind(HOST)
    seen: list[LiveRun] = []
    said: list[str] = []
    ends: list[LiveRun] = []

    def run() -> None:
        ends.append(wait(project.server, number, seen.append, said.append))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: seen)
    for times in range(1, 4):
        wait_until(partial(noticed_loss, sshd, said, times))
    project.world.run(number).joinpath("go").touch()
    thread.join(20)
    assert ends
    assert ends[0].state is State.SUCCEEDED


def test_what_can_not_be_asked_is_an_error_at_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnknownName):
        wait(project.server, 9)
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.move_behind(HOST)
    with pytest.raises(Unreachable):
        wait(project.server, 1)
