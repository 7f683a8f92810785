"""Schedulers are asked one question at a time, about everything, and not too often."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs.poller import (
    EVERY,
    LONGEST,
    PATIENCE,
    SHARE,
    PollResult,
    SchedulerPoller,
    ask,
)
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import JobState, is_id
from gitbatch_tui.core.schedulers.at import At
from gitbatch_tui.models import State
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.server.client import Server

RUNNING = "7\tSun Nov 22 14:33:00 2026 = user\n"


class Asked:
    """A server whose at says what a test wants, and the time that this takes."""

    def __init__(self) -> None:
        self.time = 0.0
        self.takes = 0.0
        self.answer = Answer(0, RUNNING.encode(), b"")
        self.questions: list[tuple[str, ...]] = []
        self.during: Callable[[], None] = lambda: None

    def ask_scheduler(
        self, _: str, *ids: str, context: tuple[str, ...], patience: int, timeout: float
    ) -> Answer:
        assert timeout > patience > PATIENCE, "a slow scheduler may answer later"
        self.questions.append((*context, *ids))
        self.time += self.takes
        self.during()
        return self.answer


class Desk:
    def __init__(self) -> None:
        self.asked = Asked()
        self.inquiry = SchedulerPoller(At(), clock=lambda: self.asked.time)

    def told(self, *ids: str, patience: float = 10) -> PollResult:
        question = self.inquiry.begin(cast("Server", self.asked), ids)
        return question.answer(time.monotonic() + patience)

    def about(self, *ids: str) -> dict[str, JobState | None]:
        return dict(self.told(*ids).states)

    def trouble(self, *ids: str) -> str:
        return self.told(*ids).trouble


def test_the_answer_holds_what_is_known_and_what_is_not() -> None:
    assert Desk().about("7", "8") == {"7": JobState(State.RUNNING), "8": None}


IDS = {
    "at": ["7"],
    "flux": ["fAVpNAfh", "\u0192AVpNAfh", "361532227584"],
    "lsf": ["123", "123[4]"],
    "oar": ["42"],
    "pbs": ["12", "12.node1", "109[].node1", "109[3].node1", "64.node1@node1"],
    "sge": ["9", "9.3"],
    "slurm": ["7", "11_3", "7+1", "7@big"],
    "tsp": ["0"],
}


@pytest.mark.parametrize("name", IDS)
def test_ids_of_every_form_are_ids_and_names_and_options_are_none(name: str) -> None:
    adapter = adapters()[name]
    assert all(is_id(adapter, each) for each in IDS[name])
    assert not [
        each for each in ("train", "-all", "7 8", "7\n", "", "*", "\u0663") if is_id(adapter, each)
    ]


def test_a_word_that_is_no_id_reaches_no_program_and_spoils_no_answer() -> None:
    desk = Desk()
    about = desk.about("train", "7")
    assert about["7"] == JobState(State.RUNNING)
    assert about["train"] == JobState(State.UNKNOWN, "at has no jobs of that name")
    assert desk.asked.questions == [("7",)]


def test_within_a_while_the_last_answer_is_good_enough() -> None:
    desk = Desk()
    desk.about("7")
    desk.asked.time += EVERY - 1
    assert desk.about("7") == {"7": JobState(State.RUNNING)}
    assert desk.about("8") == {}
    desk.asked.time += 1
    assert desk.about("8") == {"8": None}
    assert desk.asked.questions == [("7",), ("7", "8")]


def test_a_slow_scheduler_is_asked_less_often() -> None:
    desk = Desk()
    desk.asked.takes = 2
    desk.about("7")
    desk.asked.time += 2 * SHARE - 1
    desk.about("7")
    assert len(desk.asked.questions) == 1
    desk.asked.time += 1
    desk.about("7")
    assert len(desk.asked.questions) == 2


def test_one_that_does_not_answer_is_tried_less_and_less_often_and_nothing_is_forgotten() -> None:
    desk = Desk()
    desk.about("7")
    desk.asked.answer = Answer(124, b"", b"")
    desk.asked.time += EVERY
    assert desk.trouble("7") == "atq gave no answer in time"
    assert desk.about("7") == {"7": JobState(State.RUNNING)}
    for _ in range(10):
        desk.asked.time += LONGEST
        desk.trouble("7")
    asked = len(desk.asked.questions)
    desk.asked.time += LONGEST - 1
    desk.trouble("7")
    assert len(desk.asked.questions) == asked
    desk.asked.answer = Answer(0, b"", b"")
    desk.asked.time += 1
    assert desk.trouble("7") == ""
    assert desk.about("7") == {"7": None}


def test_nobody_asks_while_somebody_does() -> None:
    desk = Desk()
    others: list[dict[str, JobState | None]] = []

    def meanwhile() -> None:
        other = threading.Thread(target=lambda: others.append(desk.about("8")))
        other.start()
        other.join(10)

    desk.asked.during = meanwhile
    assert desk.about("7") == {"7": JobState(State.RUNNING)}
    assert others == [{}]
    assert desk.asked.questions == [("7",)]


def test_jobs_that_nobody_has_asked_for_in_a_while_are_left_out() -> None:
    desk = Desk()
    desk.about("7")
    desk.asked.time += 3 * LONGEST
    desk.about("8")
    assert desk.asked.questions == [("7",), ("8",)]


def _wait_for(event: threading.Event) -> None:
    event.wait(20)


def test_nobody_waits_longer_than_that_for_a_scheduler_that_hangs() -> None:
    desk = Desk()
    desk.about("7")
    desk.asked.time += EVERY
    hangs = threading.Event()
    desk.asked.during = partial(_wait_for, hangs)
    late = desk.told("7", patience=0.01)
    assert late.states == {"7": JobState(State.RUNNING)}
    assert late.trouble == f"no answer within {PATIENCE:g} s"
    assert desk.told("7").trouble == late.trouble, "it isn't asked again meanwhile"
    assert len(desk.asked.questions) == 2
    hangs.set()
    wait_until(lambda: not desk.told("7").trouble)


def test_a_fault_of_an_adapter_is_not_taken_for_silence() -> None:
    desk = Desk()

    def breaks() -> None:
        raise ZeroDivisionError

    desk.asked.during = breaks
    with pytest.raises(ZeroDivisionError):
        desk.about("7")


def test_jobs_are_asked_for_where_they_were_handed_to() -> None:
    asked = Asked()
    queue = ("TS_SOCKET=/tmp/gpu0",)
    inquiry = SchedulerPoller(At(), queue, clock=lambda: asked.time)
    inquiry.begin(cast("Server", asked), ["7"]).answer(time.monotonic() + 10)
    assert asked.questions == [("TS_SOCKET=/tmp/gpu0", "7")]


def test_more_ids_than_a_command_line_takes_are_several_questions() -> None:
    asked = Asked()
    ids = [str(10**30 + number) for number in range(2000)]
    ask(cast("Server", asked), At(), (), [*ids, "7"], 20)
    assert len(asked.questions) > 1
    assert [job for question in asked.questions for job in question] == [*ids, "7"]
    assert all(sum(map(len, question)) < 30_000 for question in asked.questions)
