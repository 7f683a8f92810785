"""Between a job's end and its results being home, nothing is said about them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from gitbatch_tui.core.base.cancellation import Cancellation
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.compare.runs import line_up
from gitbatch_tui.core.results.arrival import Relation
from gitbatch_tui.core.results.pull import look
from gitbatch_tui.core.results.revisions import changes_of
from gitbatch_tui.core.runs.wait import doing, wait
from gitbatch_tui.core.verify.reproduce import Trial, conclude
from gitbatch_tui.core.verify.verify import verify
from gitbatch_tui.errors import Refused, Stopped
from gitbatch_tui.models import Results, State
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.project import Project

T = TypeVar("T")


class Slow:
    """A project whose results take until `arrive` to come home: git's filter waits for it."""

    def __init__(self, project: Project, gate: Path) -> None:
        self.project, self.gate = project, gate
        gate.touch()
        waits = f"while test -e '{gate}'; do sleep 0.1; done; cat"
        project.world.git("config", "--global", "filter.slow.clean", waits)

    def begin(self) -> int:
        """The number of a run whose job has ended, and whose results are on their way."""
        number = self.project.begin("echo 1 >made.slow", __gitattributes="*.slow filter=slow\n")
        finished = self.project.world.run(number) / "finished"
        wait_until(finished.exists)
        return number

    def arrive(self) -> None:
        self.gate.unlink(missing_ok=True)


@pytest.fixture
def slow(project: Project, tmp_path: Path) -> Slow:
    return Slow(project, tmp_path / "gate")


def in_the_end(slow: Slow, number: int, action: Callable[[Callable[[str], None]], T]) -> T:
    """What an action gives that is begun too early; it waits, and says so."""
    said: list[str] = []
    given: list[T] = []
    thread = threading.Thread(target=lambda: given.append(action(said.append)))
    thread.start()
    wait_until(lambda: any("still being brought home" in line for line in said))
    assert not given
    slow.arrive()
    thread.join(30)
    assert slow.project.run(number).results is not Results.ON_THEIR_WAY
    return given[0]


def test_a_run_whose_job_has_ended_has_its_results_on_their_way(slow: Slow) -> None:
    number = slow.begin()
    run = slow.project.run(number)
    assert (run.state, run.results, run.settled) == (
        State.SUCCEEDED,
        Results.ON_THEIR_WAY,
        None,
    )
    with pytest.raises(Refused, match="still being brought home"):
        changes_of(slow.project.batch, run)
    with pytest.raises(Refused, match="still being brought home"):
        line_up([(slow.project.batch, run)])
    slow.arrive()


def test_pulling_waits_for_results_that_are_on_their_way(slow: Slow) -> None:
    number = slow.begin()
    arrival = in_the_end(slow, number, lambda tell: look(slow.project.batch, number, tell=tell))
    assert arrival.relation is Relation.AHEAD


def test_verifying_waits_for_results_that_are_on_their_way(slow: Slow) -> None:
    number = slow.begin()
    verification = in_the_end(
        slow, number, lambda tell: verify(slow.project.batch, number, tell=tell)
    )
    assert verification.run.result


def test_reproducing_waits_for_results_that_are_on_their_way(slow: Slow) -> None:
    slow.arrive()
    first = slow.begin()
    slow.project.world.settled(first)
    slow.gate.touch()
    again = slow.project.server.rerun(first).run
    wait_until((slow.project.world.run(again) / "finished").exists)
    batch = slow.project.batch
    trial = Trial(batch, slow.project.run(first), batch)
    reproduction = in_the_end(slow, again, lambda tell: conclude(trial, again, tell))
    assert reproduction.holds
    assert reproduction.again.result


def test_waiting_ends_when_the_results_are_home(slow: Slow) -> None:
    number = slow.begin()
    said: list[str] = []
    ends: list[str] = []

    def run() -> None:
        name = f"batch#{number}"
        end = wait(slow.project.server, number, lambda live: said.append(doing(name, live)))
        ends.append(end.ended)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: any(line.endswith("its results are being brought home") for line in said))
    assert not ends
    slow.arrive()
    thread.join(30)
    assert ends == ["settled"]


def test_whoever_waits_for_results_can_stop(slow: Slow) -> None:
    number = slow.begin()
    stop = Cancellation()
    batch = replace(slow.project.batch, stop=stop)
    with pytest.raises(Stopped, match="brought home all the same"):
        find_home(batch, number, lambda _: stop.ask())
    slow.arrive()
    slow.project.world.settled(number)


def test_asking_for_a_run_settles_it_where_nobody_else_does(slow: Slow) -> None:
    slow.arrive()
    number = slow.begin()
    slow.project.world.settled(number)
    settled = slow.project.world.run(number) / "settled"
    settled.unlink()
    (slow.project.world.base / "active" / str(number)).touch()
    slow.project.server.status(number)
    wait_until(settled.exists)
