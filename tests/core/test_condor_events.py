"""The event log of HTCondor: as evidence, and as a timeline."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.schedulers.condor_events import states_of
from gitbatch_tui.core.schedulers.condor_timeline import timeline
from gitbatch_tui.models import State
from tests.support.servers.condor_replay import captured, labels

SLOT = "slot1_1@127-0-0-1.localdomain"
WAITS = "waits for a machine"

LOGS = [
    ("023-userlog-done0", "2.0", State.SUCCEEDED, 0, ""),
    ("027-userlog-exit3", "3.0", State.FAILED, 3, "exit status 3"),
    ("031-userlog-sig9", "4.0", State.FAILED, None, "killed by signal 9"),
    ("038-userlog-queue3", "5.2", State.CANCELLED, None, "removed: via condor_rm (by user user)"),
    (
        "061-userlog-removed-idle",
        "7.0",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    (
        "089-userlog-held-released-removed",
        "9.0",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    (
        "210-userlog-held-onsubmit",
        "18.0",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    (
        "247-userlog-onexithold",
        "23.0",
        State.QUEUED,
        None,
        "held by its own policy: exit code was not 0",
    ),
    ("251-userlog-retry", "24.0", State.FAILED, 3, "exit status 3"),
    ("271-userlog-susp", "27.0", State.RUNNING, None, ""),
    (
        "277-userlog-perhold",
        "26.0",
        State.QUEUED,
        None,
        "held by its own policy: ran longer than 8 s",
    ),
    (
        "291b-userlog-stubborn-final",
        "29.0",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    ("302-userlog-xfer", "33.0", State.SUCCEEDED, 0, ""),
    ("314-userlog-vac", "35.0", State.QUEUED, None, f"was taken off its machine and {WAITS}"),
    ("580-userlog-across-graceful-restart", "59.0", State.RUNNING, None, ""),
]
HELD = (
    "217-userlog-badout",
    "240-userlog-badinput",
    "414-userlog-notexec",
    "418-userlog-outdenied",
)
QUEUE3 = """\
2026-11-22
14:37:53  5.0     submitted
14:37:53  5.1     submitted
14:37:53  5.2     submitted
14:37:56  5.1     began on slot1_2@127-0-0-1.localdomain (3s after submission)
14:37:56  5.0     began on slot1_1@127-0-0-1.localdomain (3s after submission)
14:37:56  5.2     began on slot1_3@127-0-0-1.localdomain (3s after submission)
14:37:56  5.1     left its machine after 0s, with up to 3 MB of memory: Claim deactivated
14:37:56  5.2     left its machine after 0s, with up to 6 MB of memory: Claim deactivated
14:37:56  5.1     removed: via condor_rm (by user user)
14:37:56  5.0     left its machine after 0s, with up to 3 MB of memory: Claim deactivated
14:37:56  5.2     removed: via condor_rm (by user user)
14:37:56  5.0     removed: via condor_rm (by user user)
"""


@pytest.mark.parametrize(
    ("label", "task", "state", "exit_", "reason"), LOGS, ids=[row[0] for row in LOGS]
)
def test_an_event_log_says_what_its_jobs_are_in(
    label: str, task: str, state: State, exit_: int | None, reason: str
) -> None:
    told = states_of(captured(label))[task]
    assert (told.state, told.reason, told.exit) == (state, reason, exit_)
    assert told.held == reason.startswith("held")


@pytest.mark.parametrize("label", HELD)
def test_an_event_log_says_why_a_job_is_held(label: str) -> None:
    (state,) = states_of(captured(label)).values()
    assert state.state is State.QUEUED
    assert state.reason.startswith("held: its ")


def test_no_captured_event_log_is_left_out() -> None:
    assert {*HELD, *(row[0] for row in LOGS)} == set(labels("userlog"))


def test_an_event_log_is_told_line_by_line() -> None:
    assert timeline(captured("027-userlog-exit3")) == (
        "2026-11-22\n"
        "14:37:49  submitted\n"
        f"14:37:52  began on {SLOT} (3s after submission)\n"
        "14:37:52  ended: exit status 3 after 0s, with up to 6 MB of memory\n"
    )


def test_an_event_log_names_the_job_where_there_are_several() -> None:
    assert timeline(captured("038-userlog-queue3")) == QUEUE3


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("089-userlog-held-released-removed", "14:38:29  held by user: held by the test"),
        ("089-userlog-held-released-removed", f"14:38:32  began again on {SLOT}"),
        ("217-userlog-badout", "14:40:05  Error from starter on"),
        ("251-userlog-retry", "14:41:18  ended, and waits to begin again: exit status 3 after"),
        ("271-userlog-susp", "14:41:29  suspended\n14:41:29  continued\n"),
        ("291b-userlog-stubborn-final", "14:51:47  left its machine after 10m01s"),
        ("302-userlog-xfer", "14:43:25  its output files are on their way home\n"),
        (
            "580-userlog-across-graceful-restart",
            "with up to 6 MB of memory: Startd was shutdown",
        ),
    ],
)
def test_an_event_log_tells_what_happened(label: str, line: str) -> None:
    assert line in timeline(captured(label))


@pytest.mark.parametrize("label", labels("userlog"))
def test_an_event_log_that_is_cut_anywhere_is_told_as_far_as_it_goes(label: str) -> None:
    log = captured(label)
    whole = timeline(log)
    for end in range(0, len(log), 97):
        part = timeline(log[:end]).splitlines()
        assert "\n".join(part[:-1]) in whole


@pytest.mark.parametrize(
    ("stamp", "told_as"),
    [
        ("2026-11-22 14:37:43", "2026-11-22\n14:37:43  submitted\n"),
        ("2026-11-22T14:37:43.123Z", "2026-11-22\n14:37:43  submitted\n"),
        ("2026-11-22 14:37:43.5+0100", "2026-11-22\n14:37:43  submitted\n"),
        ("11/22 14:37:43", "11-22\n14:37:43  submitted\n"),
        ("02/30 14:37:43", ""),
        ("99/99 99:99:99", ""),
    ],
)
def test_an_event_log_has_times_in_several_forms(stamp: str, told_as: str) -> None:
    assert timeline(f"000 (007.000.000) {stamp} Job submitted from host: <x>\n...\n") == told_as


def test_an_event_log_says_when_the_day_changes_and_cleans_what_others_wrote() -> None:
    log = (
        "000 (007.000.000) 2026-11-22 23:59:59 Job submitted from host: <x>\n...\n"
        "garbage\n...\n"
        "099 (007.000.000) 2026-11-23 01:00:00 Some\x1b[31m news\n\twith \u202edetails\n...\n"
    )
    assert timeline(log).splitlines()[2:] == [
        "2026-11-23",
        "01:00:00  Some<ESC>[31m news: with <U+202E>details",
    ]


@pytest.mark.parametrize("log", ["", "...\n...\n", "<?xml ?>\n<c/>", "\x00" * 100])
def test_a_file_that_is_no_event_log_has_no_lines(log: str) -> None:
    assert timeline(log) == ""
    assert states_of(log) == {}
