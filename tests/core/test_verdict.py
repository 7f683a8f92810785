"""What becomes of a run by what its schedulers say, and what the server hears of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs.judge import GRACE, Evidence, Verdict, judge
from gitbatch_tui.core.schedulers.adapter import JobState, count, job_of, whole
from gitbatch_tui.core.server.protocol import fields_of
from gitbatch_tui.core.server.submissions import How, Intent, KnownJob, SubmittedJobs
from gitbatch_tui.models import Job, LiveRun, State

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 11, 22, 14, 31, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
JOB = Job("slurm", "11")
QUEUED = JobState(State.QUEUED, "waits for 4 GPUs")
HELD = JobState(State.QUEUED, "held by you", held=True)
RUNNING = JobState(State.RUNNING)
DONE = JobState(State.SUCCEEDED, exit=0, ended=LONG_AGO)
FAILED = JobState(State.FAILED, exit=3, ended=LONG_AGO)
TIMEOUT = JobState(State.FAILED, "ran out of time", ended=LONG_AGO)
CANCELLED = JobState(State.CANCELLED, "cancelled by you", ended=LONG_AGO)
ODD = JobState(State.UNKNOWN, "slurm says FROBNICATED")
NEVER = JobState(State.QUEUED, "what it waits for did not come: will never start", never=True)


def live(state: State = State.SUBMITTED, **facts: object) -> LiveRun:
    run = LiveRun(1, state, "no", "master", "c0ffee", LONG_AGO, None, None, "", "")
    return replace(run, **facts)  # type: ignore[arg-type]  # by name


def known(number: int = 11, state: str = "waiting", how: How = How.RECORDED) -> KnownJob:
    return KnownJob(Job("slurm", str(number)), how, state=state)


def evidence(
    jobs: Mapping[KnownJob, JobState | None],
    told: Mapping[KnownJob, tuple[KnownJob, ...]] | None = None,
) -> Evidence:
    return Evidence(SubmittedJobs(jobs=tuple(jobs), reported=told or {}), jobs, {})


def judged(
    run: LiveRun,
    *states: JobState | None,
    before: LiveRun | None = None,
    now: datetime = NOW,
    own: str = "waiting",
    how: How = How.RECORDED,
) -> Verdict:
    jobs = {known(number, own, how): state for number, state in enumerate(states, 11)}
    return judge(run, evidence(jobs), now, before)


def news(verdict: Verdict) -> list[str]:
    """What the server hears: ids and words."""
    return [f"{each.job.id} {each.word}" for each in verdict.news]


@pytest.mark.parametrize(
    ("states", "state", "reason", "heard"),
    [
        ([QUEUED], State.QUEUED, "waits for 4 GPUs", []),
        ([RUNNING], State.RUNNING, "", []),
        ([ODD], State.UNKNOWN, "slurm says FROBNICATED", []),
        ([DONE], State.SUCCEEDED, "", ["11 succeeded"]),
        ([FAILED], State.FAILED, "exit status 3", ["11 failed"]),
        ([TIMEOUT], State.FAILED, "ran out of time", ["11 failed"]),
        ([CANCELLED], State.CANCELLED, "cancelled by you", ["11 cancelled"]),
        ([None], State.UNKNOWN,
         "its scheduler doesn't know slurm 11 any more, and the job hasn't reported its end",
         ["11 absent"]),
        ([RUNNING, QUEUED], State.RUNNING, "1 queued, 1 running", []),
        ([DONE, QUEUED], State.RUNNING, "1 queued, 1 succeeded: waits for 4 GPUs",
         ["11 succeeded"]),
        ([DONE, None, RUNNING], State.RUNNING, "1 running, 1 succeeded",
         ["11 succeeded", "12 absent"]),
        ([DONE, TIMEOUT], State.FAILED, "1 succeeded, 1 failed; 12: ran out of time",
         ["11 succeeded", "12 failed"]),
        ([DONE, CANCELLED], State.CANCELLED, "1 succeeded, 1 cancelled; 12: cancelled by you",
         ["11 succeeded", "12 cancelled"]),
        ([DONE, DONE], State.SUCCEEDED, "", ["11 succeeded", "12 succeeded"]),
        ([DONE, None], State.UNKNOWN,
         "its scheduler doesn't know slurm 12 any more, and the job hasn't reported its end",
         ["11 succeeded", "12 absent"]),
    ],
)  # fmt: skip
def test_a_run_without_the_wrapper_is_as_its_scheduler_says(
    states: list[JobState | None], state: State, reason: str, heard: list[str]
) -> None:
    verdict = judged(live(), *states)
    assert (verdict.live.state, verdict.live.reason) == (state, reason)
    assert news(verdict) == heard
    assert verdict.live.job == JOB


def test_several_jobs_are_listed_each_with_its_own_state() -> None:
    array = JobState(State.RUNNING, tasks={"11_10": DONE, "11_2": QUEUED})
    tasks = judged(live(), array, FAILED).live.tasks
    assert [(task.job.id, task.state) for task in tasks] == [
        ("11_2", State.QUEUED),
        ("11_10", State.SUCCEEDED),
        ("12", State.FAILED),
    ]
    assert not judged(live(), RUNNING).live.tasks


def test_an_array_is_told_of_as_a_whole_when_its_last_task_has_ended() -> None:
    tasks = {"11_1": DONE, "11_2": TIMEOUT}
    both = JobState(State.FAILED, tasks=tasks)
    verdict = judged(live(), both)
    assert news(verdict) == ["11_1 succeeded", "11_2 failed", "11 failed"]
    last = fields_of(verdict.news[-1].line())
    assert (last["job"], last["tasks"], last["state"]) == ("slurm 11", "2", "failed")
    going = JobState(State.RUNNING, tasks={**tasks, "11_3": RUNNING})
    assert news(judged(live(), going)) == ["11_1 succeeded", "11_2 failed"]


def test_what_a_task_has_told_itself_comes_before_its_scheduler() -> None:
    array = known()
    own = KnownJob(Job("slurm", "11_1"), state="ended", exit=7, log="log.2", host="n1")
    said = JobState(State.RUNNING, tasks={"11_1": RUNNING, "11_2": RUNNING})
    verdict = judge(live(State.RUNNING), evidence({array: said}, {array: (own,)}), NOW, None)
    first, second = verdict.live.tasks
    assert (first.state, first.exit, first.log, first.host) == (State.FAILED, 7, "log.2", "n1")
    assert second.state is State.RUNNING
    assert news(verdict) == []


def test_a_job_that_was_just_submitted_may_not_be_known_yet() -> None:
    fresh = live(since=NOW - GRACE / 2)
    verdict = judged(fresh, None)
    assert verdict.live.state is State.SUBMITTED
    assert verdict.live.reason == "its scheduler doesn't know slurm 11 yet"


def test_a_job_that_tells_of_itself_is_not_queued_again_by_a_lagging_scheduler() -> None:
    just_begun = live(State.RUNNING, since=NOW - GRACE / 2)
    assert judged(just_begun, QUEUED, own="running").live.state is State.RUNNING
    assert judged(live(State.RUNNING), QUEUED, own="running").live.state is State.QUEUED


def test_a_job_whose_process_is_seen_is_not_absent_whatever_its_scheduler_says() -> None:
    verdict = judged(live(State.RUNNING), None, own="running")
    assert (verdict.live.state, news(verdict)) == (State.RUNNING, [])
    assert news(judged(live(State.RUNNING), None, own="gone")) == ["11 absent"]
    assert news(judged(live(State.RUNNING), None, own="unseen")) == ["11 absent"]


def test_what_the_server_knows_is_not_told_again() -> None:
    assert news(judged(live(State.RUNNING), DONE, own="ended")) == []
    assert news(judged(live(State.RUNNING), NEVER, own="never")) == []
    assert news(judged(live(), NEVER)) == ["11 never"]


def test_a_job_that_was_not_recorded_is_told_of_once_its_scheduler_knows_it() -> None:
    assert news(judged(live(), QUEUED, how=How.PRINTED)) == ["11 queued"]
    assert news(judged(live(), RUNNING, own="absent")) == ["11 running"]
    absent = judged(live(), None, how=How.PRINTED)
    assert "to which queue it was handed isn't known" in absent.live.reason
    assert absent.live.state is State.UNKNOWN


def test_a_job_that_failed_before_counts_even_if_the_rest_went_well() -> None:
    verdict = judged(live(State.RUNNING, exit=5), DONE, DONE)
    assert (verdict.live.state, verdict.live.exit) == (State.FAILED, 5)


def test_a_chain_is_stuck_when_nothing_that_is_left_can_begin() -> None:
    third = JobState(State.QUEUED, "waits for job 12", awaits=("12",))
    chain = judged(live(State.RUNNING), FAILED, NEVER, third)
    assert chain.live.stuck == (
        "slurm 12, slurm 13 can never begin (what it waits for did not come: will never start)"
    )
    assert not judged(live(State.RUNNING), RUNNING, NEVER).live.stuck
    elsewhere = replace(third, awaits=("99",))
    assert not judged(live(State.RUNNING), FAILED, NEVER, elsewhere).live.stuck


def test_a_run_is_held_when_all_that_waits_is() -> None:
    assert judged(live(), HELD).live.held
    assert judged(live(), HELD, HELD).live.held
    assert not judged(live(), HELD, QUEUED).live.held


def test_when_a_job_is_expected_to_begin_is_said() -> None:
    expected = replace(QUEUED, estimate=NOW + timedelta(hours=2))
    assert judged(live(), expected).live.reason == (
        "waits for 4 GPUs; expected to begin at 2026-11-22 16:31 UTC"
    )


def test_a_run_began_when_its_first_job_did() -> None:
    begun = replace(RUNNING, started=LONG_AGO)
    assert judged(live(), begun).live.started == LONG_AGO
    assert judged(live(started=NOW), begun).live.started == NOW


def test_a_rejected_run_stays_so_while_what_it_left_behind_runs() -> None:
    verdict = judged(live(State.REJECTED, reason="schedule.sh failed"), RUNNING, DONE)
    assert (verdict.live.state, verdict.live.reason) == (State.REJECTED, "schedule.sh failed")
    assert news(verdict) == ["12 succeeded"]


def unasked(run: LiveRun, why: str, before: LiveRun | None, now: datetime = NOW) -> LiveRun:
    job = known()
    return judge(run, Evidence(SubmittedJobs(jobs=(job,)), {}, {job: why}), now, before).live


def test_a_scheduler_that_can_not_be_asked_leaves_what_was_known_with_its_time() -> None:
    why = "no answer within 15 s"
    unknown = unasked(live(), why, None)
    assert (unknown.state, unknown.reason) == (
        State.SUBMITTED,
        "slurm can't be asked (no answer within 15 s)",
    )
    before = live(State.QUEUED, reason="waits for 4 GPUs")
    stale = unasked(live(), why, before)
    assert stale.state is State.QUEUED
    assert stale.reason == (
        "as of 14:31 UTC, slurm can't be asked (no answer within 15 s): waits for 4 GPUs"
    )
    assert unasked(live(), why, stale, NOW + GRACE) == stale


def test_a_job_that_tells_of_itself_runs_though_its_scheduler_can_not_be_asked() -> None:
    before = live(State.QUEUED, reason="waits for 4 GPUs")
    now = unasked(live(State.RUNNING), "down", before)
    assert (now.state, now.reason) == (State.RUNNING, "slurm can't be asked (down)")


def test_a_job_that_was_not_asked_about_yet_is_as_it_was() -> None:
    before = live(State.QUEUED, reason="waits for 4 GPUs", job=JOB)
    assert unasked(live(), "", before) == before
    assert unasked(live(), "", None) == live(job=JOB)


def test_without_jobs_only_what_was_submitted_is_unknown() -> None:
    nothing = evidence({})
    assert judge(live(), nothing, NOW, None).live.state is State.UNKNOWN
    assert judge(live(State.RUNNING), nothing, NOW, None).live == live(State.RUNNING)
    scheduling = Evidence(SubmittedJobs(scheduling=True), {}, {})
    assert judge(live(), scheduling, NOW, None).live == live()
    unclear = Evidence(SubmittedJobs(unclear=("slurm 7",)), {}, {})
    reason = judge(live(), unclear, NOW, None).live.reason
    assert "isn't known here to which queue slurm 7 was submitted" in reason


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
    assert (soon.live.state, news(soon)) == (State.UNKNOWN, [])
    then = judged(live(), LEFT, before=soon.live, now=NOW + GRACE)
    assert news(then) == ["11 cancelled"]
    assert judged(live(), DONE, before=soon.live).live.state is State.SUCCEEDED


def test_what_is_presumed_of_one_job_says_nothing_of_another() -> None:
    first = judged(live(), LEFT, ODD)
    then = judged(live(), LEFT, ODD, before=first.live, now=NOW + GRACE)
    assert (then.live.state, news(then)) == (State.UNKNOWN, ["11 cancelled"])


def test_a_job_that_was_killed_as_somebody_wanted_is_cancelled() -> None:
    run = live(State.RUNNING, job=JOB, reason="is being cancelled", cancelling=True)
    assert judged(run, RUNNING).live.reason == "is being cancelled"
    killed = replace(TIMEOUT, ended=NOW)
    assert judged(run, killed).live.state is State.CANCELLED
    assert judged(run, replace(FAILED, ended=NOW)).live.state is State.FAILED


def test_what_is_told_keeps_to_one_line_and_names_its_queue() -> None:
    job = KnownJob(Job("tsp", "0"), context=("TS_SOCKET=/tmp/a b",), state="waiting")
    said = JobState(
        State.FAILED, "killed\tby\nx", exit=3, started=LONG_AGO, ended=NOW, host="n1",
        files={"stdout": "/tmp/out"},
    )  # fmt: skip
    (line,) = [each.line() for each in judge(live(), evidence({job: said}), NOW, None).news]
    assert fields_of(line) == {
        "job": "tsp 0",
        "state": "failed",
        "exit": "3",
        "signal": "",
        "start": "2026-11-21T14:31:00Z",
        "end": "2026-11-22T14:31:00Z",
        "host": "n1",
        "name": "",
        "reason": "killed by x",
        "tasks": "",
        "log": "/tmp/out",
        "context": "TS_SOCKET=/tmp/a%20b",
    }


@pytest.mark.parametrize(
    ("run", "submitted", "jobless"),
    [
        (live(), SubmittedJobs(), True),
        (live(since=NOW), SubmittedJobs(), False),
        (live(), SubmittedJobs(scheduling=True), False),
        (live(), SubmittedJobs(intents=(Intent("1", "slurm", (), "", None),)), False),
        (live(), SubmittedJobs(unclear=("4711",)), False),
        (live(State.UNKNOWN, since=NOW), SubmittedJobs(), True),
        (live(State.UNKNOWN), SubmittedJobs(scheduling=True), False),
    ],
    ids=["nothing", "yet", "at work", "no answer", "a number", "all refused", "being scheduled"],
)
def test_a_run_without_a_job_can_not_be_waited_for(
    run: LiveRun, submitted: SubmittedJobs, *, jobless: bool
) -> None:
    assert judge(run, Evidence(submitted, {}, {}), NOW, None).live.jobless == jobless
