"""What the screen knows, and what it tells of by itself; without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs.listing import Listing
from gitbatch_tui.core.watch.overview import CloneOverview
from gitbatch_tui.errors import GitBatchError, NotARepository, Refused
from gitbatch_tui.models import BatchRemote, Job, Receipt, Run, State
from gitbatch_tui.ui import present
from gitbatch_tui.ui.live import Live
from gitbatch_tui.ui.notifications import Notifications
from gitbatch_tui.ui.session import Session
from gitbatch_tui.ui.state import Selection
from tests.ui.gallery import NOW, Gallery, before

if TYPE_CHECKING:
    from collections.abc import Callable

REMOTE = BatchRemote("batch", "/base", "/base/repo.git", "")
COMMIT = "1f" * 20
RUN = Run("batch", 1, State.RUNNING, "master", COMMIT, submitted=before(minutes=5))


def overview(*remotes: BatchRemote, branches: dict[str, str] | None = None) -> CloneOverview:
    names = [remote.name for remote in remotes]
    return CloneOverview(
        Path(),
        (),
        remotes,
        branches or {"master": COMMIT},
        "master",
        {name: {} for name in names},
        dict.fromkeys(names, ()),
    )


def listing(*runs: Run) -> Listing:
    return Listing(REMOTE, runs, NOW, None)


@dataclass
class Person:
    """Hears what is told, and looks at one run at most."""

    told: list[tuple[str, str]] = field(default_factory=list)
    on_desktop: list[tuple[str, str]] = field(default_factory=list)
    rung: int = 0
    looks_at: Run | None = None
    later: list[Callable[[], None]] = field(default_factory=list)

    def tell(self, text: str, title: str = "", severity: str = "") -> None:  # noqa: ARG002  # as the app's
        self.told.append((title, text))

    def tell_desktop(self, title: str, text: str) -> None:
        self.on_desktop.append((title, text))

    def bell(self) -> None:
        self.rung += 1

    def is_looking_at(self, run: Run) -> bool:
        return self.looks_at == run

    def set_timer(self, _: float, callback: Callable[[], None]) -> None:
        self.later.append(callback)

    def a_second_passes(self) -> None:
        callbacks, self.later = self.later, []
        for callback in callbacks:
            callback()


class World:
    """What is known of a folder; threads run when a test says so."""

    def __init__(self, path: Path) -> None:
        self.person = Person()
        self.shown = 0
        self.missing: list[GitBatchError] = []
        self.threads: list[Callable[[], None]] = []
        self.notifications = Notifications(self.person)
        self.live = Live(
            Session(path, lambda: NOW),
            start=self.threads.append,
            hand_over=lambda call, *arguments: call(*arguments),
            changed=self._changed,
            missing=self.missing.append,
        )

    def _changed(self) -> None:
        self.shown += 1
        self.notifications.look(self.live.state)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.live.take_clone(overview(REMOTE))
    return world


def test_a_clone_is_read_and_where_there_is_none_that_is_said(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery")
    gallery.commits("refs/heads/master", ["Begin"])
    world = World(gallery.clone)
    world.live.reread()
    world.threads.pop()()
    assert [branch.name for branch in world.live.state.branches] == ["master"]
    nowhere = World(tmp_path)
    nowhere.live.reread()
    nowhere.threads.pop()()
    assert isinstance(nowhere.missing[0], NotARepository)
    assert not nowhere.live.state.loaded


def test_calls_that_come_while_the_clone_is_read_cause_one_more_reading(tmp_path: Path) -> None:
    world = World(tmp_path)
    for _ in range(5):
        world.live.reread()
    assert len(world.threads) == 1
    world.threads.pop()()
    assert len(world.threads) == 1
    world.threads.pop()()
    assert world.threads == []


def test_what_a_server_said_stays_when_the_clone_is_read_again(world: World) -> None:
    world.live.take_listing(listing(RUN))
    world.live.take_clone(overview(REMOTE))
    assert world.live.state.runs() == [RUN]
    world.live.take_clone(overview())
    assert world.live.state.runs() == []


def test_a_run_that_ends_is_told_of_unless_a_person_looks_at_it(world: World) -> None:
    ended = replace(RUN, state=State.FAILED, exit=3, subject="Try it")
    world.live.take_listing(listing(RUN))
    world.live.take_listing(listing(ended))
    world.person.a_second_passes()
    assert world.person.told == [("batch#1 ✖ failed 3", "Try it")]
    other = replace(RUN, number=2)
    world.live.take_listing(listing(other, ended))
    world.person.looks_at = replace(other, state=State.SUCCEEDED)
    world.live.take_listing(listing(world.person.looks_at, ended))
    world.person.a_second_passes()
    assert len(world.person.told) == 1


def test_what_a_person_cancels_is_not_told_once_more(world: World) -> None:
    runs = [replace(RUN, number=number) for number in (1, 2)]
    world.live.take_listing(listing(*runs))
    for run in runs:
        world.notifications.expect(run)
    states = (State.CANCELLED, State.SUCCEEDED)
    ended = [replace(run, state=state) for run, state in zip(runs, states, strict=True)]
    world.live.take_listing(listing(*ended))
    world.person.a_second_passes()
    # The other one ended by itself before.
    assert [title for title, _ in world.person.told] == ["batch#2 ✔ succeeded"]


def test_runs_that_end_together_are_one_notification_of_the_desktop(world: World) -> None:
    runs = [replace(RUN, number=number) for number in (1, 2)]
    world.live.take_listing(listing(*runs))
    world.live.take_listing(listing(*(replace(run, state=State.SUCCEEDED) for run in runs)))
    world.person.a_second_passes()
    assert world.person.on_desktop == [
        ("2 runs have ended", "batch#1 ✔ succeeded, batch#2 ✔ succeeded")
    ]


def test_what_was_over_when_the_screen_was_opened_is_no_news(world: World) -> None:
    world.live.take_listing(listing(replace(RUN, state=State.SUCCEEDED)))
    world.person.a_second_passes()
    assert world.person.told == []


def test_the_bell_rings_once_for_runs_that_end_together(world: World) -> None:
    world.notifications.rings = True
    runs = [replace(RUN, number=number) for number in range(1, 9)]
    world.live.take_listing(listing(*runs))
    world.live.take_listing(listing(*(replace(run, state=State.SUCCEEDED) for run in runs)))
    world.person.a_second_passes()
    assert world.person.rung == 1
    [(title, text)] = world.person.told
    assert title == "8 runs have ended"
    assert text.endswith("and 3 more")


def test_a_run_that_can_never_begin_is_told_of_once(world: World) -> None:
    waiting = replace(RUN, state=State.QUEUED, job=Job("slurm", "4711"))
    stuck = replace(waiting, stuck="it waits for a job that failed")
    for runs in (waiting, stuck, stuck):
        world.live.take_listing(listing(runs))
    assert world.person.told == [
        ("batch#1", "it waits for a job that failed. Press c to remove what is left.")
    ]


def test_a_run_is_listed_from_the_key_on_until_its_server_lists_it(world: World) -> None:
    live = world.live
    with live.beginning(REMOTE, RUN) as begun:
        [row] = live.state.runs()
        assert present.state_words(row) == "○ submitting…"
        with pytest.raises(Refused, match="is being submitted"):
            Selection("runs", REMOTE, "master", row, ()).the_run()
        begun.receipt = Receipt(7, COMMIT, State.SUBMITTED, "master")
    assert [run.number for run in live.state.runs()] == [7]
    live.take_listing(listing(replace(RUN, number=7)))
    assert live.state.runs() == [replace(RUN, number=7)]


def test_a_submit_that_fails_leaves_no_row_behind(world: World) -> None:
    with pytest.raises(Refused), world.live.beginning(REMOTE, RUN):
        raise Refused("The server declines.")
    assert world.live.state.runs() == []


def test_only_what_is_shown_is_listed_while_it_is_submitted(world: World) -> None:
    world.live.show_only("batch", "other")
    with world.live.beginning(REMOTE, RUN):
        assert world.live.state.runs() == []


def test_a_cancelled_run_is_said_to_be_cancelled_and_nothing_else() -> None:
    run = replace(RUN, state=State.CANCELLED, reason="exit status 143", exit=143)
    assert present.state_words(run) == "■ cancelled"
    assert present.state_sentence(run) == "batch#1 ■ cancelled"
