"""What the server says of the jobs of runs, and jobs that nobody recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs import poller
from gitbatch_tui.core.jobs.search import search
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import JobState, find_script
from gitbatch_tui.core.server.job_answers import context_of, read_jobs
from gitbatch_tui.core.server.submissions import How, Intent, KnownJob, SubmittedJobs
from gitbatch_tui.errors import BadAnswer
from gitbatch_tui.models import Job, State

if TYPE_CHECKING:
    from gitbatch_tui.core.server.client import Server

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
HEAD = "gitbatch\tnow=1795600000\tversion=0.1.0\tlog=\n"
RUN = "run=42\taccepted=2026-11-25T19:00:00Z\tdir=/b/runs/42\tscheduling=no\tintents=0\n"


def job(job: str, /, **facts: str) -> str:
    fields = {"run": "42", "how": "recorded", "state": "waiting", **facts}
    return "\t".join([f"job={job}", *(f"{key}={value}" for key, value in fields.items())]) + "\n"


def read(*lines: str) -> SubmittedJobs:
    return read_jobs("hpc", "".join([HEAD, RUN, *lines, "end\n"]))[42]


def test_everything_that_is_known_of_a_job_is_read() -> None:
    end = {"state": "ended", "exit": "7", "signal": "", "end": "2026-11-25T19:30:00Z"}
    begin = {"start": "2026-11-25T19:10:00Z", "host": "n1", "log": "log", "name": "prep"}
    queue = "SLURM_CONF=/etc/a%20b SLURM_CLUSTERS=big"
    submitted = read(job("slurm 4711", tasks="3", context=queue, **begin, **end))
    (known,) = submitted.jobs
    assert known == KnownJob(
        Job("slurm", "4711"),
        How.RECORDED,
        ("SLURM_CLUSTERS=big", "SLURM_CONF=/etc/a b"),
        3,
        "ended",
        7,
        "",
        datetime(2026, 11, 25, 19, 10, tzinfo=UTC),
        datetime(2026, 11, 25, 19, 30, tzinfo=UTC),
        "n1",
        "log",
        "prep",
    )
    assert known.has_ended
    assert submitted.accepted == datetime(2026, 11, 25, 19, tzinfo=UTC)
    assert (submitted.directory, submitted.scheduling) == ("/b/runs/42", False)


@pytest.mark.parametrize(
    ("array", "tasks"),
    [
        ("slurm 11", ("slurm 11_1", "slurm 11_10")),
        ("sge 9", ("sge 9.1", "sge 9.2")),
        ("pbs 103[].server", ("pbs 103[1].server", "pbs 103[2].server")),
        ("htcondor 12", ("htcondor 12.0", "htcondor 12.1")),
    ],
)
def test_tasks_belong_to_their_array(array: str, tasks: tuple[str, ...]) -> None:
    other = array.replace("1", "7").replace("9", "7")
    submitted = read(job(array), *map(job, tasks), job(other))
    assert [str(known.job) for known in submitted.jobs] == [array, other]
    (own,) = submitted.reported.values()
    assert tuple(str(known.job) for known in own) == tasks


@pytest.mark.parametrize("turned", [1, -1])
def test_wrappers_of_one_job_are_one_job_that_goes_on_until_the_last_ends(turned: int) -> None:
    good = job(
        "slurm 7", state="ended", exit="0", start="2026-11-25T19:10:02Z", end="2026-11-25T19:30:00Z"
    )
    bad = job(
        "slurm 7", state="ended", exit="4", start="2026-11-25T19:10:00Z", end="2026-11-25T19:11:00Z"
    )
    left = job("slurm 7", state="running", start="2026-11-25T19:10:01Z")
    first, minute = datetime(2026, 11, 25, 19, 10, tzinfo=UTC), timedelta(minutes=1)

    def one(*lines: str) -> tuple[str, int | None, datetime | None, datetime | None]:
        submitted = read(*lines[::turned])
        (known,) = submitted.jobs
        assert not submitted.reported
        return known.state, known.exit, known.started, known.finished

    assert one(good, bad, left) == ("running", None, first, None)
    assert one(bad, good) == ("ended", 4, first, first + 20 * minute)


def test_one_number_in_two_queues_is_two_jobs() -> None:
    sockets = [f"TS_SOCKET=/tmp/gpu{number}" for number in (0, 1)]
    submitted = read(*(job("tsp 0", context=socket) for socket in sockets))
    assert [known.context for known in submitted.jobs] == [(socket,) for socket in sockets]


@pytest.mark.parametrize(
    "context",
    [
        "LD_PRELOAD=/tmp/x.so",
        "PATH=/tmp",
        "BASH_ENV=/tmp/x",
        "GIT_DIR=/tmp",
        "$(touch%20x)=1",
        "a-b=1",
        "=1",
        "SLURM_CONF",
        "SLURM_CONF=a%0Ab",
        "-M",
    ],
)
def test_a_context_that_no_script_may_be_given_leaves_the_job_unclear(context: str) -> None:
    assert context_of(context) is None
    submitted = read(job("slurm 7", context=context), job("slurm 8"))
    assert [known.job.id for known in submitted.jobs] == ["8"]
    assert submitted.unclear == ("slurm 7",)


def test_jobs_of_the_embedded_scheduler_are_its_own_business() -> None:
    submitted = read(job("local 42"), job("local 42.2"))
    assert submitted.jobs == ()
    assert submitted.is_sure, "nobody looks for others"


def test_a_number_of_nobody_knows_what_is_nobodys_job() -> None:
    submitted = read(job("- 7", how="bare"))
    assert submitted.jobs == ()
    assert not submitted.is_sure, "schedulers may know of jobs in the tree"


def test_an_answer_that_was_cut_says_nothing() -> None:
    with pytest.raises(BadAnswer):
        read_jobs("hpc", HEAD + RUN + job("slurm 7"))


def test_words_that_are_not_known_do_no_harm() -> None:
    submitted = read(job("slurm 7", how="dreamt", exit="x", tasks="-1"), "job=\trun=42\n", "odd\n")
    (known,) = submitted.jobs
    assert (known.how, known.exit, known.tasks) == (How.PRINTED, None, None)


def test_what_was_recorded_is_the_runs_and_what_was_printed_only_if_it_is_not_older() -> None:
    submitted = read(job("slurm 7"), job("slurm 8", how="printed"))
    recorded, printed = submitted.jobs
    old = JobState(State.RUNNING, submitted=NOW - timedelta(days=1))
    assert submitted.owns(recorded, old)
    assert not submitted.owns(printed, old)
    assert submitted.owns(printed, replace(old, submitted=NOW))


INTENT = Intent("1.2.n1", "slurm", (), "prep", NOW - timedelta(hours=1))


class Site:
    """A server whose schedulers list what a test wants."""

    def __init__(self, said: dict[str, str]) -> None:
        self.said = said
        self.host = type("Host", (), {"__hash__": object.__hash__})()
        self.place = "here"
        self.asked: list[tuple[str, ...]] = []

    def ask_scheduler(
        self, _: str, *args: str, context: tuple[str, ...], patience: int, timeout: float
    ) -> Answer:
        assert patience + 1 < timeout <= poller.PATIENCE + 2
        self.asked.append((*context, *args))
        names = [name for name, adapter in adapters().items() if find_script(adapter)]
        text = "".join(f"\x1e\n{self.said.get(name, '')}" for name in names)
        return Answer(0, text.encode(), b"")


def look(said: dict[str, str], **facts: object) -> tuple[list[str], list[str]]:
    """The jobs of the run after a search, and what the server hears, without who was asked."""
    submitted = replace(SubmittedJobs(directory="/b/runs/42"), **facts)  # type: ignore[arg-type]  # by name
    found, news = search(cast("Server", Site(said)), {42: submitted}, NOW)
    lines = [line for line in news.get(42, []) if not line.startswith("asked=")]
    return [str(known.job) for known in found[42].jobs], lines


def test_nobody_looks_for_more_where_all_was_recorded() -> None:
    site = Site({})
    known = KnownJob(Job("slurm", "7"))
    sure = SubmittedJobs(directory="/b/runs/42", jobs=(known,))
    search(cast("Server", site), {42: sure, 43: replace(sure, scheduling=True)}, NOW)
    assert site.asked == []


def test_jobs_that_work_in_the_tree_are_found() -> None:
    assert look({"slurm": "4711\n4712\n"}) == (
        ["slurm 4711", "slurm 4712"],
        ["job=slurm 4711\thow=found\tcontext=", "job=slurm 4712\thow=found\tcontext="],
    )
    wrapper = KnownJob(Job("slurm", "4711"), How.WRAPPER)
    assert look({"slurm": "4711\n4712\n"}, jobs=(wrapper,)) == (
        ["slurm 4711", "slurm 4712"],
        ["job=slurm 4712\thow=found\tcontext="],
    )


def test_a_job_is_not_found_again_where_the_account_has_the_same_queue() -> None:
    """What the profile sets is in no context, and in that of what the job tells."""
    wrapper = KnownJob(Job("slurm", "4711"), How.WRAPPER, ("SLURM_CONF=/a",))
    assert look({"slurm": "4711\n"}, jobs=(wrapper,)) == (["slurm 4711"], [])
    others = tuple(
        KnownJob(Job("tsp", "0"), How.WRAPPER, (f"TS_SOCKET=/{name}",)) for name in ("one", "two")
    )
    assert look({"slurm": "4711\n"}, jobs=(wrapper, *others))[1] == []


def test_a_job_of_the_same_id_in_another_queue_is_found() -> None:
    one = KnownJob(Job("slurm", "41"), How.WRAPPER, ("SLURM_CONF=/one",))
    two = KnownJob(Job("slurm", "42"), How.WRAPPER, ("SLURM_CONF=/two",))
    lines = look({"slurm": "41\n"}, jobs=(one, two))[1]
    assert lines == ["job=slurm 41\thow=found\tcontext=SLURM_CONF=/two"]


def test_a_call_without_an_answer_is_resolved_by_what_is_found() -> None:
    assert look({"slurm": "4711\n"}, intents=(INTENT,))[1] == ["intent=1.2.n1\tid=4711"]
    assert look({}, intents=(INTENT,))[1] == ["intent=1.2.n1\tid="]
    just_now = replace(INTENT, time=NOW)
    assert look({}, intents=(just_now,))[1] == [], "it may be at work"


def test_a_scheduler_that_complains_was_not_asked() -> None:
    said = {"slurm": "4711\nslurm_load_jobs error: Unable to contact slurm controller\n"}
    assert look(said, intents=(INTENT,)) == ([], [])


def test_looking_is_not_done_more_often_than_asking() -> None:
    site = Site({})
    for _ in range(3):
        search(cast("Server", site), {42: SubmittedJobs(directory="/b/runs/42")}, NOW)
    assert site.asked == [("/b/runs/42",)]
