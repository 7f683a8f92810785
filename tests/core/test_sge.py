"""Grid Engine's answers, as they were captured in every state, in plain words."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.sge import Sge
from gitbatch_tui.models import State
from tests.support.captures import captured

HOME = "/home/user/sge"
FILES = {"stdout": f"{HOME}/ok.sh.o1", "stderr": f"{HOME}/ok.sh.e1"}
FREE_SLOT = "waits for a free slot"


def text(name: str) -> str:
    """What a file of the captures holds; or the text itself."""
    if "\n" in name or name.startswith("<"):
        return name
    return captured(f"sge/{name}.txt").stdout.decode() if name else ""


def answer(
    queue: str = "", details: str = "", slots: str = "", gone: str = "", **ended: str
) -> Answer:
    """What the adapter's script prints, put together from files of captures, or from text.

    `ended`: `job_8="qacct_array"`.
    """
    parts = []
    for job, name in ended.items():
        said = captured(f"sge/{name}.txt")
        number = job.removeprefix("job_")
        parts.append(f"gitbatch: ended {number}\n{said.stdout.decode()}{said.stderr.decode()}")
    names = {"queue": queue, "details": details, "slots": slots, "gone": gone}
    parts += [f"gitbatch: {title}\n{text(name)}" for title, name in names.items()]
    return Answer(0, "\n".join([*parts, "gitbatch: end\n"]).encode(), b"")


def listed(letters: str, more: str = "") -> str:
    number = "<JB_job_number>7</JB_job_number>"
    return f"<job_list>{number}<state>{letters}</state>{more}</job_list>"


def state(answer: Answer, job: str) -> JobState | None:
    return Sge().read(answer, {job}).get(job)


@pytest.mark.parametrize(
    ("queue", "details", "job", "expected"),
    [
        ("running", "running", "1", (State.RUNNING, "")),
        ("pending", "pending", "4", (State.QUEUED, "waits for slots of smp")),
        (
            "Eqw",
            "Eqw",
            "10",
            (
                State.QUEUED,
                (
                    "couldn't be started: can't open output file \"/no/such/dir/\": No such file "
                    "or directory. Cancel it, or fix that and `qmod -cj` it"
                ),
            ),
        ),
        ("waiting", "waiting", "31", (State.QUEUED, "held by you or an operator")),
        ("waiting", "waiting", "32", (State.QUEUED, "waits for job 31")),
        (
            "waiting",
            "waiting",
            "33",
            (State.QUEUED, "begins Tue Dec 31 23:59:00 2030 UTC"),
        ),
        ("waiting", "waiting", "35", (State.QUEUED, FREE_SLOT)),
        ("waiting", "", "31", (State.QUEUED, "held by you or an operator")),
        ("waiting", "", "35", (State.QUEUED, "waits for its turn")),
    ],
)
def test_a_job_in_the_queue_is_told_in_plain_words(
    queue: str, details: str, job: str, expected: tuple[State, str]
) -> None:
    said = answer(f"qstat_xml_{queue}", f"qstat_j_{details}" if details else "")
    found = state(said, job)
    assert found
    assert (found.state, found.reason) == expected


def test_a_job_that_runs_says_where_it_does_since_when_and_what_it_writes() -> None:
    found = state(answer("qstat_xml_running", "qstat_j_running"), "1")
    assert found
    assert (found.host, found.name, found.directory) == ("localhost", "ok.sh", HOME)
    assert found.started == datetime(2026, 11, 22, 14, 43, 36, tzinfo=UTC)
    assert found.files == FILES


def test_what_is_held_and_what_can_never_begin_are_marked() -> None:
    held = state(answer("qstat_xml_waiting", "qstat_j_waiting"), "31")
    stuck = state(answer("qstat_xml_Eqw", "qstat_j_Eqw"), "10")
    too_big = state(answer("qstat_xml_waiting", "qstat_j_waiting", "qstat_g_c"), "34")
    waits = state(answer("qstat_xml_waiting", "qstat_j_waiting"), "32")
    assert held
    assert stuck
    assert too_big
    assert waits
    marks = [(each.held, each.never) for each in (held, stuck, too_big, waits)]
    assert marks == [(True, False), (False, True), (False, True), (False, False)]


def test_what_the_cluster_can_never_give_is_named() -> None:
    said = answer("qstat_xml_waiting", "qstat_j_waiting", "qstat_g_c")
    found = state(said, "34")
    assert found
    assert found.reason == "asks for 50 slots, and there are 4: will never start"
    assert found.submitted == datetime(2026, 11, 22, 19, 45, 29, tzinfo=UTC)


def test_a_job_that_runs_and_is_held_runs() -> None:
    found = state(answer("qstat_xml_pending"), "3")
    assert found
    assert (found.state, found.held) == (State.RUNNING, False)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("r", (State.RUNNING, "")),
        ("t", (State.RUNNING, "goes to its node")),
        ("Rr", (State.RUNNING, "")),
        ("hr", (State.RUNNING, "")),
        ("dr", (State.RUNNING, "is being deleted")),
        ("dt", (State.RUNNING, "is being deleted")),
        ("s", (State.RUNNING, "suspended by a person")),
        ("S", (State.RUNNING, "suspended, with its queue")),
        ("T", (State.RUNNING, "suspended: its node is too busy")),
        ("qw", (State.QUEUED, "waits for its turn")),
        ("hRwq", (State.QUEUED, "held by you or an operator")),
        ("Eqw", (State.QUEUED, "waits for its turn")),
        ("dqw", (State.QUEUED, "is being deleted")),
        ("xyz", (State.UNKNOWN, "Grid Engine says xyz")),
        ("", (State.UNKNOWN, "Grid Engine says nothing")),
    ],
)
def test_every_letter_has_its_meaning_and_others_are_shown(
    letters: str, expected: tuple[State, str]
) -> None:
    found = state(answer(listed(letters)), "7")
    assert found
    assert (found.state, found.reason) == expected


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ('(-l gpu=4) cannot run in queue "g" because it offers only hc:gpu=0.000000', "gpu=4"),
        ('(-l mf=9G) cannot run at host "a" because it offers only hl:mf=1G', "mf=9G"),
        ('cannot run because it exceeds limit "a////" in rule "jobs/1"', "the quota jobs/1"),
    ],
)
def test_what_a_job_waits_for_comes_before_full_queues(notes: str, words: str) -> None:
    details = f"""\
job_number:                 7
job_name:                   x
scheduling info:            queue instance "all.q@a" dropped because it is full
                            {notes}
"""
    found = state(answer(listed("qw"), details), "7")
    assert found
    assert found.reason == f"waits for {words}"


QUEUED = datetime(2026, 11, 22, 14, 44, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 22, 14, 44, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "job", "outcome"),
    [
        ("done", "1", (State.SUCCEEDED, "", 0)),
        ("just_after", "1", (State.SUCCEEDED, "", 0)),
        ("fail", "2", (State.FAILED, "exit status 3", 3)),
        (
            "deleted",
            "7",
            (State.FAILED, "killed by signal 9: by qdel, a limit or a person", None),
        ),
        (
            "killed",
            "12",
            (State.FAILED, "killed by signal 9: by qdel, a limit or a person", None),
        ),
        (
            "limit",
            "9",
            (State.FAILED, "stopped at its limit (h_rt=2) after using 2s, 3.473MB", None),
        ),
        (
            "not_started",
            "17",
            (State.FAILED, "Grid Engine failed it (26: opening input/output file)", None),
        ),
    ],
)
def test_how_a_job_ended_is_told_by_qacct(
    name: str, job: str, outcome: tuple[State, str, int | None]
) -> None:
    said = answer(**{f"job_{job}": f"qacct_{name}"})
    found = state(said, job)
    assert found
    assert (found.state, found.reason, found.exit) == outcome


def test_the_end_is_in_utc_and_missing_where_nothing_ran() -> None:
    assert Sge().read(answer(job_7="qacct_deleted"), {"7"})["7"].ended == ENDED
    assert Sge().read(answer(job_7="qacct_deleted"), {"7"})["7"].submitted == QUEUED
    assert Sge().read(answer(job_17="qacct_not_started"), {"17"})["17"].ended is None


@pytest.mark.parametrize("name", ["unknown", "deleted_pending"])
def test_a_job_that_neither_knows_is_gone(name: str) -> None:
    assert state(answer(job_4=f"qacct_{name}"), "4") is None


def test_where_qacct_can_not_answer_nothing_is_believed() -> None:
    said = answer(job_4="qacct_unknown")
    mute = said.stdout.replace(b"error: job id 99999 not found", b"no jobs running since startup")
    assert state(Answer(0, mute, b""), "4") == JobState(
        State.UNKNOWN, "it has left the queue, and no jobs running since startup"
    )


def test_a_job_that_has_left_the_queue_and_is_not_in_qacct_is_presumed_deleted() -> None:
    """It ended a moment ago, or it was deleted before it began."""
    found = state(answer(gone="qstat_xml_gone", job_34="qacct_unknown"), "34")
    assert found
    assert (found.state, found.presumed) == (State.UNKNOWN, State.CANCELLED)


def test_tasks_that_were_deleted_before_they_began_are_not_forgotten() -> None:
    found = state(answer(gone="qstat_xml_gone", job_13="qacct_deleted_tasks"), "13")
    assert found
    assert {task: str(each.state) for task, each in found.tasks.items()} == {
        "13.1": "succeeded",
        "13.2": "succeeded",
        "13.3": "unknown",
        "13.4": "unknown",
    }
    assert found.presumed is State.CANCELLED


def test_the_tasks_of_an_array_have_states_of_their_own() -> None:
    found = state(answer("qstat_xml_array"), "8")
    assert found
    assert {task: each.state for task, each in found.tasks.items()} == {
        "8.1": State.RUNNING,
        "8.2": State.QUEUED,
        "8.3": State.QUEUED,
        "8.4": State.QUEUED,
    }
    assert (found.state, found.reason) == (State.RUNNING, "3 queued, 1 running")
    held = state(answer("qstat_xml_array"), "9")
    assert held
    assert list(held.tasks) == ["9.1", "9.3"]
    assert held.state is State.QUEUED


def test_tasks_that_have_ended_count_while_others_run() -> None:
    found = state(answer("qstat_xml_Eqw", job_8="qacct_array"), "8")
    assert found
    assert {task: (each.state, each.exit) for task, each in found.tasks.items()} == {
        "8.1": (State.FAILED, 1),
        "8.2": (State.FAILED, 2),
        "8.3": (State.RUNNING, None),
        "8.4": (State.QUEUED, None),
    }


def test_an_array_has_ended_when_all_its_tasks_have() -> None:
    found = state(answer(job_8="qacct_array"), "8")
    assert found
    assert (found.state, found.exit) == (State.FAILED, 1)
    assert found.reason == "4 failed; 8.1: exit status 1"
    assert len(found.tasks) == 4


def test_a_task_that_has_left_the_queue_and_is_nowhere_else_yet_still_counts() -> None:
    details = "job_number:   8\njob-array tasks:            1-6:1\n"
    found = state(answer("qstat_xml_array", details), "8")
    assert found
    assert list(found.tasks) == [f"8.{number}" for number in range(1, 7)]
    assert found.tasks["8.6"] == JobState(
        State.RUNNING, "it has left the queue; how it ended isn't known yet"
    )


def test_output_goes_where_qsub_was_told() -> None:
    details = """\
job_number:                 7
owner:                      ann
sge_o_home:                 /home/ann
cwd:                        /data/x
stderr_path_list: /logs/$JOB_NAME.$TASK_ID
job_name:                   fit
stdout_path_list: /data/x/logs/
env_list:                   A=1
job_name:                   made up
job-array tasks:            3-3:1
"""
    listed = "<job_list><JB_job_number>7</JB_job_number><state>r</state><tasks>3</tasks></job_list>"
    said = answer().stdout.decode()
    said = said.replace("gitbatch: queue", f"gitbatch: queue\n{listed}")
    said = said.replace("gitbatch: details", f"gitbatch: details\n{details}")
    found = state(Answer(0, said.encode(), b""), "7")
    assert found
    assert found.tasks["7.3"].files == {
        "stdout": "/data/x/logs/fit.o7.3",
        "stderr": "/logs/fit.3",
    }


def test_an_answer_about_many_jobs_tells_of_those_that_are_known() -> None:
    said = answer("qstat_xml_pending", job_1="qacct_done", job_99="qacct_unknown")
    known = Sge().read(said, {"1", "3", "4", "99"})
    assert {job: str(each.state) for job, each in known.items()} == {
        "1": "succeeded",
        "3": "running",
        "4": "queued",
    }


@pytest.mark.parametrize(
    "said",
    [
        captured("sge/down_qstat.txt"),
        Answer(1, b"", b"qstat gave no answer in time\n"),
        Answer(127, b"", b"sh: qstat: not found\n"),
        Answer(0, answer("qstat_xml_array").stdout[:-20], b""),
        Answer(0, b"", b""),
    ],
)
def test_no_answer_means_nothing_is_known(said: Answer) -> None:
    with pytest.raises(ValueError, match=r"commlib error|in time|not found|was cut"):
        Sge().read(said, {"8"})


def test_the_script_is_read_by_every_shell() -> None:
    for shell in ("dash", "bash"):
        subprocess.run([shell, "-n", "-c", Sge().ask], check=True)
