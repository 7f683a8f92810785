"""What becomes of a run by what its schedulers say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gitbatch_tui.core.jobs.verdict import GRACE, Evidence, Verdict, judge
from gitbatch_tui.core.schedulers.adapter import JobState, count, job_of, whole
from gitbatch_tui.models import Job, Live, State

NOW = datetime(2026, 11, 22, 14, 31, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
JOB = Job("slurm", "11")
QUEUED = JobState(State.QUEUED, "waits for 4 GPUs")
RUNNING = JobState(State.RUNNING)
DONE = JobState(State.SUCCEEDED, exit=0, ended=LONG_AGO)
FAILED = JobState(State.FAILED, exit=3, ended=LONG_AGO)
TIMEOUT = JobState(State.FAILED, "ran out of time", ended=LONG_AGO)
CANCELLED = JobState(State.CANCELLED, "cancelled by you", ended=LONG_AGO)
ODD = JobState(State.UNKNOWN, "slurm says FROBNICATED")


def live(state: State = State.SUBMITTED, **facts: object) -> Live:
    run = Live(1, state, "no", "master", "c0ffee", LONG_AGO, None, None, "", "")
    return replace(run, **facts)  # type: ignore[arg-type]


def judged(
    run: Live, *states: JobState | None, before: Live | None = None, now: datetime = NOW
) -> Verdict:
    jobs = {Job("slurm", str(number)): state for number, state in enumerate(states, 11)}
    return judge(run, Evidence(jobs, {}), now, before)


@pytest.mark.parametrize(
    ("states", "state", "reason", "settles"),
    [
        ([QUEUED], State.QUEUED, "waits for 4 GPUs", False),
        ([RUNNING], State.RUNNING, "", False),
        ([ODD], State.UNKNOWN, "slurm says FROBNICATED", False),
        ([DONE], State.SUCCEEDED, "", True),
        ([FAILED], State.FAILED, "exit status 3", True),
        ([TIMEOUT], State.FAILED, "ran out of time", True),
        ([CANCELLED], State.CANCELLED, "cancelled by you", True),
        ([None], State.LOST, "its scheduler knows slurm 11 no more, and nothing says how it ended",
         True),
        ([RUNNING, QUEUED], State.RUNNING, "1 queued, 1 running", False),
        ([DONE, QUEUED], State.RUNNING, "1 queued, 1 succeeded: waits for 4 GPUs", False),
        ([DONE, None, RUNNING], State.RUNNING, "1 running, 1 succeeded", False),
        ([DONE, TIMEOUT], State.FAILED, "1 succeeded, 1 failed; 12: ran out of time", True),
        ([DONE, CANCELLED], State.CANCELLED, "1 succeeded, 1 cancelled; 12: cancelled by you",
         True),
        ([DONE, DONE], State.SUCCEEDED, "", True),
        ([DONE, None], State.LOST,
         "its scheduler knows slurm 12 no more, and nothing says how it ended", True),
    ],
)  # fmt: skip
def test_a_run_without_the_wrapper_is_as_its_scheduler_says(
    states: list[JobState | None], state: State, reason: str, *, settles: bool
) -> None:
    verdict = judged(live(), *states)
    assert (verdict.live.state, verdict.live.reason) == (state, reason)
    assert verdict.settles is settles
    assert verdict.live.job == JOB


def test_several_jobs_are_listed_each_with_its_own_state() -> None:
    array = JobState(State.RUNNING, tasks={"11_1": DONE, "11_2": QUEUED})
    tasks = judged(live(), array, FAILED).live.tasks
    assert [(task.job.id, task.state) for task in tasks] == [
        ("11_1", State.SUCCEEDED),
        ("11_2", State.QUEUED),
        ("12", State.FAILED),
    ]
    assert not judged(live(), RUNNING).live.tasks


def test_a_job_that_was_just_submitted_may_not_be_known_yet() -> None:
    fresh = live(since=NOW - GRACE / 2)
    verdict = judged(fresh, None)
    assert verdict.live.state is State.SUBMITTED
    assert verdict.live.reason == "its scheduler doesn't know slurm 11 yet"


def test_a_job_that_tells_of_itself_is_not_queued_again_by_a_lagging_scheduler() -> None:
    just_begun = live(State.RUNNING, since=NOW - GRACE / 2)
    assert judged(just_begun, QUEUED).live.state is State.RUNNING
    assert judged(live(State.RUNNING), QUEUED).live.state is State.QUEUED


def test_a_running_job_may_tell_its_end_later_than_its_scheduler() -> None:
    running = live(State.RUNNING)
    just_ended = replace(TIMEOUT, ended=NOW - GRACE / 2)
    assert not judged(running, just_ended).settles
    assert judged(running, just_ended).live.state is State.FAILED
    assert judged(running, TIMEOUT).settles
    assert not judged(running, replace(TIMEOUT, ended=None)).settles


def test_a_running_job_is_lost_only_when_it_is_not_known_twice_and_a_while_apart() -> None:
    running = live(State.RUNNING)
    first = judged(running, None)
    assert (first.live.state, first.settles) == (State.UNKNOWN, False)
    soon = judged(running, None, before=first.live, now=NOW + GRACE / 2)
    assert (soon.live.state, soon.settles) == (State.UNKNOWN, False)
    later = judged(running, None, before=soon.live, now=NOW + GRACE)
    assert (later.live.state, later.settles) == (State.LOST, True)


def test_results_say_more_than_a_scheduler_that_forgot() -> None:
    verdict = judged(live(result="c0ffee"), None)
    assert (verdict.live.state, verdict.settles) == (State.SUCCEEDED, True)


def test_a_job_that_failed_before_counts_even_if_the_rest_went_well() -> None:
    verdict = judged(live(State.RUNNING, exit=5), DONE, DONE)
    assert (verdict.live.state, verdict.live.exit) == (State.FAILED, 5)


def test_a_scheduler_that_can_not_be_asked_leaves_what_was_known_with_its_time() -> None:
    evidence = Evidence({}, {JOB: "no answer within 15 s"})
    unknown = judge(live(), evidence, NOW, None).live
    assert (unknown.state, unknown.reason) == (
        State.SUBMITTED,
        "slurm can't be asked (no answer within 15 s)",
    )
    before = live(State.QUEUED, reason="waits for 4 GPUs")
    stale = judge(live(), evidence, NOW, before).live
    assert stale.state is State.QUEUED
    assert stale.reason == (
        "as of 14:31 UTC, slurm can't be asked (no answer within 15 s): waits for 4 GPUs"
    )
    assert judge(live(), evidence, NOW + GRACE, stale).live == stale


def test_a_job_that_tells_of_itself_runs_though_its_scheduler_can_not_be_asked() -> None:
    before = live(State.QUEUED, reason="waits for 4 GPUs")
    now = judge(live(State.RUNNING), Evidence({}, {JOB: "down"}), NOW, before).live
    assert (now.state, now.reason) == (State.RUNNING, "slurm can't be asked (down)")


def test_a_job_that_was_not_asked_about_yet_is_as_it_was() -> None:
    before = live(State.QUEUED, reason="waits for 4 GPUs", job=JOB)
    evidence = Evidence({}, {JOB: ""})
    assert judge(live(), evidence, NOW, before).live == before
    assert judge(live(), evidence, NOW, None).live == live(job=JOB)


def test_without_jobs_only_what_was_submitted_is_unknown() -> None:
    nothing = Evidence({}, {})
    assert judge(live(), nothing, NOW, None).live.state is State.UNKNOWN
    assert judge(live(State.RUNNING), nothing, NOW, None).live == live(State.RUNNING)


@pytest.mark.parametrize(
    ("task", "job"),
    [
        ("11_3", "11"),
        ("11.3", "11"),
        ("11_3@big", "11@big"),
        ("11", "11"),
        ("abc", "abc"),
        ("", ""),
    ],
)
def test_a_task_belongs_to_its_array(task: str, job: str) -> None:
    assert job_of(task) == job


def test_states_are_counted_in_words() -> None:
    assert count([DONE, QUEUED, DONE]) == "1 queued, 2 succeeded"
    assert whole({"1": QUEUED}) is QUEUED


LEFT = JobState(State.UNKNOWN, "it has left the queue", presumed=State.CANCELLED)


def test_what_is_presumed_is_believed_when_nothing_else_was_said_for_a_while() -> None:
    first = judged(live(), LEFT)
    assert (first.live.state, first.live.reason) == (State.UNKNOWN, "it has left the queue")
    soon = judged(live(), LEFT, before=first.live, now=NOW + GRACE / 2)
    assert (soon.live.state, soon.settles) == (State.UNKNOWN, False)
    then = judged(live(), LEFT, before=soon.live, now=NOW + GRACE)
    assert (then.live.state, then.settles) == (State.CANCELLED, True)
    assert judged(live(), DONE, before=soon.live).live.state is State.SUCCEEDED


def test_nothing_is_presumed_while_another_job_says_what_nobody_understands() -> None:
    first = judged(live(), LEFT, ODD)
    then = judged(live(), LEFT, ODD, before=first.live, now=NOW + GRACE)
    assert (then.live.state, then.settles) == (State.UNKNOWN, False)


def test_a_job_that_was_killed_as_somebody_wanted_needs_no_grace() -> None:
    run = live(State.RUNNING, job=JOB, reason="is being cancelled")
    assert judged(run, RUNNING).live.reason == "is being cancelled"
    killed = replace(TIMEOUT, ended=NOW)
    assert judged(run, killed).settles
    assert judged(run, killed).live.state is State.CANCELLED
    assert not judged(live(State.RUNNING, job=JOB), killed).settles
    assert not judged(run, replace(FAILED, ended=NOW)).settles
