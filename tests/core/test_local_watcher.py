"""A batch remote on this machine tells by its files what happens there."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base import watch_files
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.server.client import Server, server_of
from gitbatch_tui.core.watch import local_watcher
from gitbatch_tui.core.watch.local_watcher import LocalWatcher
from gitbatch_tui.models import Job
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.base.journal import JournalEntry
    from gitbatch_tui.models import Report
    from tests.support.project import Project

NEVER = 3600.0
WAITS = "while ! test -e ../go; do sleep 0.1; done"


class Reader:
    """Collects reports in a thread of its own."""

    def __init__(self, server: Server) -> None:
        self.reports: list[Report] = []
        self._watch = LocalWatcher(server)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        for report in self._watch:
            self.reports.append(report)

    def states(self) -> list[tuple[int, str]]:
        """Of the newest report."""
        return [(live.number, str(live.state)) for live in self.reports[-1].runs]

    def shows(self, *states: tuple[int, str]) -> None:
        wait_until(lambda: self.reports and self.states() == list(states), 20, str(states))

    def close(self) -> None:
        self._watch.close()
        self._thread.join()


@pytest.fixture
def reader(project: Project) -> Iterator[Reader]:
    reader = Reader(project.server)
    yield reader
    reader.close()


@pytest.fixture
def only_files_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("ASKED", "BUSY", "IDLE"):
        monkeypatch.setattr(local_watcher, patience, NEVER)


@pytest.mark.usefixtures("only_files_tell")
def test_a_run_is_followed_through_its_states_without_asking_again(
    project: Project, reader: Reader
) -> None:
    reader.shows()
    number = project.begin(WAITS)
    reader.shows((number, "running"))
    (project.world.run(number) / "go").touch()
    reader.shows()
    assert reader.reports[-1].log_tip != reader.reports[0].log_tip


@pytest.mark.usefixtures("only_files_tell")
def test_a_log_that_grows_is_no_reason_to_ask(project: Project) -> None:
    entries: list[JournalEntry] = []
    project.hosts = Hosts(entries.append)
    number = project.begin(WAITS)
    reader = Reader(server_of(project.hosts, project.remote))
    reader.shows((number, "running"))
    asked = settled_count(entries)
    log = project.world.run(number) / "log"
    for _ in range(50):
        with log.open("ab") as file:
            file.write(b"one more line\n")
    (project.world.run(number) / "go").touch()
    reader.shows()
    reader.close()
    assert len(entries) - asked < 10


def test_where_nothing_is_announced_it_is_asked_now_and_then(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_watcher, "stamp", lambda _: None)
    for patience in ("ASKED", "BUSY", "IDLE"):
        monkeypatch.setattr(local_watcher, patience, 0.1)
    reader = Reader(project.server)
    reader.shows()
    number = project.begin(WAITS)
    reader.shows((number, "running"))
    (project.world.run(number) / "go").touch()
    reader.shows()
    reader.close()


class Hour:
    """An hour that passes as fast as somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.looks = 0

    def wait(self, seconds: float) -> bool:
        self.passed += seconds
        self.looks += 1
        return self.is_set()

    def is_set(self) -> bool:
        return self.passed >= 3600


def test_while_nothing_goes_on_it_is_looked_once_a_second_and_asked_once_a_minute(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = Hour()
    monkeypatch.setattr(watch_files, "time", SimpleNamespace(monotonic=lambda: hour.passed))
    watcher = LocalWatcher(project.server)
    monkeypatch.setattr(watcher, "_closed", hour)
    assert len(list(watcher)) <= 60
    assert hour.looks < 3600 + 60 * 12


@pytest.mark.parametrize(("scheduler", "seconds"), [("local", 10), ("slurm", 5)])
def test_while_a_job_runs_it_is_asked_more_often_where_a_scheduler_may_know_more(
    project: Project, monkeypatch: pytest.MonkeyPatch, scheduler: str, seconds: int
) -> None:
    number = project.begin(WAITS)
    server = project.server
    wait_until(lambda: [live.state for live in server.status().runs] == ["running"])
    report = server.status()
    (project.world.run(number) / "go").touch()
    project.world.settled(number)
    job = Job(scheduler, "4711")
    lives = tuple(replace(live, job=job) for live in report.runs)
    monkeypatch.setattr(server, "status", lambda: replace(report, runs=lives))
    hour = Hour()
    monkeypatch.setattr(watch_files, "time", SimpleNamespace(monotonic=lambda: hour.passed))
    watcher = LocalWatcher(server)
    monkeypatch.setattr(watcher, "_closed", hour)
    asked = len(list(watcher))
    assert 0.9 < asked / (3600 / seconds) <= 1


def settled_count(entries: Sequence[JournalEntry]) -> int:
    """How many there are when no more come."""
    seen = -1

    def same() -> bool:
        nonlocal seen
        before, seen = seen, len(entries)
        return before == seen

    event = threading.Event()
    while not same():
        event.wait(1)
    return seen
