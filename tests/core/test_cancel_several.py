"""Cancelling several runs of one batch remote."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs import cancel as jobs
from gitbatch_tui.core.jobs import stop as stopping
from gitbatch_tui.core.jobs.cancel import cancel
from gitbatch_tui.core.jobs.cancel_result import CancelResult
from gitbatch_tui.core.jobs.stop import stop
from gitbatch_tui.core.schedulers.slurm import Slurm as Adapter
from gitbatch_tui.core.server.client import Server
from gitbatch_tui.core.server.protocol import live_of
from gitbatch_tui.errors import Unreachable
from tests.support.slurm_runs import at_site
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from gitbatch_tui.core.hosts.host import Answer
    from gitbatch_tui.models import LiveRun, Report
    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


def test_what_waits_does_not_begin_while_others_are_cancelled_before_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = project.world
    world.bare("config", "gitbatch.localSlots", "1")
    for _ in range(3):
        project.begin(UNTIL_GO)
    first = world.run(1)
    wait_until((first / "started").exists, what="the first to begin")
    runs = project.listing().runs

    def later(
        server: Server, numbers: Sequence[int], tried: Container[int]
    ) -> dict[int, CancelResult]:
        (first / "go").touch()
        assert world.settled(1)["state"] == "succeeded"
        return stop(server, numbers, tried)

    monkeypatch.setattr(jobs, "stop", later)
    ends = cancel(project.server, runs)
    assert [world.settled_by_contact(number)["state"] for number in (2, 3)] == ["cancelled"] * 2
    assert not list(world.base.glob("runs/[23]/started"))
    assert (ends[2], ends[3]) == (CancelResult(), CancelResult())
    assert "run 1 has ended already: succeeded" in ends[1].trouble.lower()
    again = cancel(project.server, project.listing().runs)
    assert "run 2 has ended already: cancelled" in again[2].trouble.lower()


def test_several_are_cancelled_at_a_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(2, timeout=30)

    def beside(
        server: Server, numbers: Sequence[int], tried: Container[int]
    ) -> dict[int, CancelResult]:
        together.wait()
        return stop(server, numbers, tried)

    monkeypatch.setattr(jobs, "stop", beside)
    for _ in range(2):
        project.begin(UNTIL_GO)
    heard: list[int] = []
    ends = cancel(project.server, project.listing().runs, heard.append)
    assert [ends[number].trouble for number in (1, 2)] == ["", ""]
    assert heard == [1, 2]


def test_of_a_host_that_is_gone_it_is_not_tried_again_and_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        project.begin(UNTIL_GO)
    runs = project.listing().runs
    asked: list[Sequence[int]] = []

    def lost(_: Server, numbers: Sequence[int], __: Container[int]) -> dict[int, CancelResult]:
        asked.append(numbers)
        raise Unreachable("The host is gone.")

    monkeypatch.setattr(jobs, "stop", lost)
    monkeypatch.setattr(jobs, "_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "_TOGETHER", 1)
    ends = cancel(project.server, runs)
    assert [ends[number].trouble for number in (1, 2)] == ["The host is gone."] * 2
    assert len(asked) == 1


def test_what_ended_by_a_mark_whose_call_was_cut_off_is_cancelled_without_trouble(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = project.world
    world.bare("config", "gitbatch.localSlots", "1")
    for _ in range(2):
        project.begin(UNTIL_GO)
    first = world.run(1)
    wait_until((first / "started").exists, what="the first to begin")
    runs = project.listing().runs
    mark = Server.mark_cancelled

    def cut_off(self: Server, *numbers: int, undo: bool = False) -> None:
        monkeypatch.setattr(Server, "mark_cancelled", mark)
        mark(self, *numbers, undo=undo)
        (first / "go").touch()
        assert world.settled_by_contact(2)["state"] == "cancelled"
        raise Unreachable("The connection was cut.")

    monkeypatch.setattr(Server, "mark_cancelled", cut_off)
    ends = cancel(project.server, runs)
    assert ends[2] == CancelResult()


def test_ours_are_stopped_before_others_are_asked_which_takes_a_while(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        project.begin(UNTIL_GO)
    seen: list[dict[int, str]] = []

    def of_somebody_else(report: Report, number: int) -> LiveRun:
        return replace(live_of(report, number), own=number != 1)

    def ask(_: Server, number: int) -> CancelResult:
        seen.append(project.states())
        return CancelResult(asked=f"run {number} was asked to end")

    monkeypatch.setattr(stopping, "live_of", of_somebody_else)
    monkeypatch.setattr(stopping, "_ask_owner", ask)
    ends = stop(project.server, [1, 2], ())
    assert [states[2] for states in seen] == ["cancelled"]
    assert (ends[1].trouble, ends[2].trouble) == ("run 1 was asked to end", "")


@pytest.mark.timeout(180)
def test_the_jobs_of_several_are_stopped_by_one_order(
    project: Project, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_site(slurm, project, monkeypatch)
    monkeypatch.setattr(jobs, "_AT_ONCE", 1)
    held = "#!/bin/sh\nsbatch -H --wrap='\"$GITBATCH\" run ./run.sh'\n"
    project.world.submit({"schedule.sh": held, "run.sh": "#!/bin/sh\n"})
    for _ in range(3):
        project.server.rerun(1)
    ordered: list[tuple[str, ...]] = []
    ask_scheduler = Server.ask_scheduler

    def ask(self: Server, script: str, *args: str, **options: int) -> Answer:
        if script == Adapter.cancel:
            ordered.append(args)
        return ask_scheduler(self, script, *args, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Server, "ask_scheduler", ask)
    ends = cancel(project.server, project.listing().runs)
    assert [len(args) for args in ordered] == [4]
    stopped = {job for done in ends.values() for job in done.stopped}
    assert stopped == {f"slurm {job}" for job in ordered[0]}
    assert project.states() == dict.fromkeys(range(1, 5), "cancelled")
