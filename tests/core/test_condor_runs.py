"""Runs whose jobs HTCondor has, told of by a stand-in that replays captures; no job runs here."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs import judge, stop
from gitbatch_tui.core.jobs.hold import hold, release
from gitbatch_tui.core.logs.run_files import further_files
from gitbatch_tui.core.schedulers.condor_timeline import timeline
from gitbatch_tui.core.schedulers.htcondor import HTCondor
from gitbatch_tui.core.server import submissions
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, State
from tests.support.cancelling import cancel
from tests.support.scripts import answer
from tests.support.servers.condor_replay import Replay, captured
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project

SUBMIT = "#!/bin/sh\ncondor_submit run.sub\n"
FILES = {"schedule.sh": SUBMIT, "run.sub": "executable = run.sh\nqueue\n", ".gitignore": "*.log\n"}


@pytest.fixture(autouse=True)
def _no_grace(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    project.world.waits_for_nothing()
    # The captured jobs were submitted when they were captured.
    monkeypatch.setattr(submissions, "_SKEW", timedelta(days=10000))


def submit(project: Project, condor: Replay, cluster: int) -> int:
    condor.submits(cluster)
    return project.world.submit(FILES)


def seen(project: Project) -> tuple[State, str]:
    run = project.listing().runs[0]
    return run.state, run.reason


def test_a_plain_submit_file_is_followed_to_its_end(project: Project, condor: Replay) -> None:
    number = submit(project, condor, 2)
    condor.queue("014-q-json-attrs-just-submitted")
    run = project.run(number)
    assert (run.state, run.reason, run.job) == (
        State.QUEUED,
        "waits for a machine",
        Job("htcondor", "2"),
    )
    condor.queue("018-q-json-attrs-running-lines")
    assert project.run(number).state is State.RUNNING
    assert condor.calls("condor_history") == [], "what waits or runs is in the queue"
    (project.world.run(number) / "tree/out.txt").write_text("what the job made\n")
    condor.queue()
    condor.history("022-h-json-attrs-done0")
    run = project.run(number)
    assert (run.state, run.exit) == (State.SUCCEEDED, 0)
    assert project.world.settled(number)["results"] == "delivered"
    assert project.world.bare("show", "master:out.txt") == "what the job made"
    asked = len(condor.calls("condor_q"))
    project.run(number)
    assert len(condor.calls("condor_q")) == asked


REMOVED = "removed: via condor_rm (by user user)"
ENDS = {
    "026-h-json-attrs-exit3": (3, "failed", "3", "exit status 3"),
    "030-h-json-attrs-sig9": (4, "failed", None, "killed by signal 9"),
    "261-h-json-attrs-completed-left-removed": (25, "failed", "3", "exit status 3"),
    "060-h-json-attrs-removed-idle": (7, "cancelled", None, REMOVED),
    "088-h-json-attrs-removed-running": (9, "cancelled", None, REMOVED),
    "301-h-json-attrs-xfer": (33, "succeeded", "0", None),
}


@pytest.mark.parametrize("history", ENDS)
def test_a_run_is_settled_as_the_history_tells_of_its_job(
    project: Project, condor: Replay, history: str
) -> None:
    cluster, *end = ENDS[history]
    number = submit(project, condor, cluster)
    condor.history(history)
    project.listing()
    facts = project.world.settled(number)
    assert [facts.get(name) for name in ("state", "exit", "reason")] == end


def test_a_job_that_stays_in_the_queue_after_its_end_is_over(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 25)
    condor.queue("256-q-json-attrs-completed-left")
    project.listing()
    assert project.world.settled(number)["state"] == "failed"


def test_a_job_whose_files_are_in_the_spool_is_over_when_they_were_fetched(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 34)
    condor.queue("307-q-json-attrs-spool-completed")
    state, reason = seen(project)
    assert state is State.RUNNING
    assert reason.endswith("condor_transfer_data 34 brings them")
    condor.queue()
    condor.says("condor_history", captured("307-q-json-attrs-spool-completed"))
    project.listing()
    assert project.world.settled(number)["state"] == "succeeded"


def test_a_job_that_is_held_when_it_has_exited_is_not_over(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 26)
    (ad,) = json.loads(captured("275-q-json-attrs-held-periodic"))
    ad |= {"HoldReason": "exit code was not 0", "ExitBySignal": False, "ExitCode": 3}
    condor.says("condor_q", json.dumps([ad]))
    assert seen(project) == (State.QUEUED, "held by its own policy: exit code was not 0")
    assert project.world.facts(number) == {}


def test_a_job_is_held_released_and_cancelled(project: Project, condor: Replay) -> None:
    number = submit(project, condor, 9)
    condor.queue("066-q-json-attrs-running-long")
    with pytest.raises(Refused, match="nothing to hold"):
        hold(project.server, number)
    condor.queue("073-q-json-attrs-held-byuser")
    assert seen(project) == (State.QUEUED, "held by you: held by the test")
    condor.replays("condor_hold", "075-hold-twice")
    with pytest.raises(Refused, match=r"^htcondor 9 could not be held: Job 9\.0 already held"):
        hold(project.server, number)
    release(project.server, number)
    condor.queue("066-q-json-attrs-running-long")
    assert cancel(project.server, number).complete
    assert condor.calls("condor_hold") == ["-constraint ClusterId == 9 && JobStatus == 1"]
    assert condor.calls("condor_release") == ["-constraint ClusterId == 9 && JobStatus == 5"]
    assert condor.calls("condor_rm") == ["9"]
    condor.queue("086-q-json-attrs-just-removed")
    condor.history("088-h-json-attrs-removed-running")
    wait_until(lambda: project.run(number).state.final, 30)
    facts = project.world.settled(number)
    assert facts["state"] == "cancelled"


def test_a_removal_that_fails_cancels_nothing(project: Project, condor: Replay) -> None:
    number = submit(project, condor, 9)
    condor.queue("066-q-json-attrs-running-long")
    condor.replays("condor_rm", "455-nobody-rm")
    done = cancel(project.server, number)
    assert "htcondor 9 could not be stopped: " in done.trouble
    assert "Permission denied to remove job 55.0" in done.trouble
    assert not (project.world.run(number) / "cancelled").exists()
    assert project.run(number).state is State.RUNNING


def test_a_schedd_that_goes_away_when_it_was_told_has_not_said_that_the_job_ended(
    project: Project, condor: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submit(project, condor, 9)
    condor.queue("066-q-json-attrs-running-long")
    said = condor.folder / "said/condor_q"
    away = f"#!/bin/sh\n: >{said}/stdout\necho 1 >{said}/status\n"
    (condor.folder / "condor_rm").write_text(away)
    monkeypatch.setattr(stop, "ENDING", 0)
    done = cancel(project.server, number)
    assert (done.stopped, done.ending) == ([], ["htcondor 9"])
    assert project.world.facts(number) == {}


def test_a_job_that_takes_its_time_to_end_is_not_cancelled_yet(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 29)
    condor.queue("289-q-json-attrs-removing-X")
    state, reason = seen(project)
    assert state is State.RUNNING
    assert reason.startswith("it was removed, and still has to end on slot1_2@")
    assert project.world.facts(number) == {}


def test_the_tasks_of_a_cluster_are_told_apart(project: Project, condor: Replay) -> None:
    condor.replays("condor_submit", "032-submit-queue3")
    number = project.world.submit(FILES)
    condor.queue("035-q-json-attrs-queue3")
    (live,) = project.server.status(number).runs
    assert live.state is State.SUBMITTED
    assert seen(project) == (State.RUNNING, "3 running")
    condor.queue()
    condor.history("037-h-json-attrs-queue3")
    project.listing()
    assert project.world.settled(number)["state"] == "cancelled"


AWAY = ["534-scheddoff-q-json", "572-crashed-q-json"]


@pytest.mark.parametrize("away", AWAY)
def test_a_schedd_that_is_away_changes_nothing(project: Project, condor: Replay, away: str) -> None:
    number = submit(project, condor, 9)
    condor.queue("066-q-json-attrs-running-long")
    assert seen(project)[0] is State.RUNNING
    condor.queue(away)
    for _ in range(2):
        state, reason = seen(project)
        assert state is State.RUNNING
        assert re.match(r"as of \d\d:\d\d UTC, htcondor can't be asked \(", reason)
    assert cancel(project.server, number).trouble.startswith(
        "htcondor 9 could not be stopped: htcondor can't be asked ("
    )
    assert not condor.calls("condor_rm")
    assert project.world.facts(number) == {}
    condor.history("088-h-json-attrs-removed-running")
    project.listing()
    assert project.world.settled(number)["state"] == "cancelled"


def test_a_run_whose_jobs_nobody_can_stop_is_given_up_where_that_is_wanted(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 9)
    condor.queue(AWAY[0])
    done = cancel(project.server, number, give_up=True)
    assert (done.words, done.trouble) == ("htcondor 9 given up, and may go on", "")
    facts = project.world.settled(number)
    assert facts["state"] == "cancelled"
    assert facts["reason"].startswith("given up: htcondor 9 could not be stopped: ")


def test_a_schedd_that_hangs_is_left_after_a_time_of_our_own(
    project: Project, condor: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(project, condor, 9)
    condor.hangs("condor_q")
    monkeypatch.setattr(HTCondor, "ask", HTCondor.ask.replace("within 15", "within 1"))
    assert seen(project) == (
        State.SUBMITTED,
        "htcondor can't be asked (condor_q gave no answer in time)",
    )


@pytest.mark.parametrize("garbage", ["garbage", "{}", "[{]", '[{"ClusterId": "\\u001b"}]'])
def test_garbage_changes_nothing(project: Project, condor: Replay, garbage: str) -> None:
    number = submit(project, condor, 9)
    condor.says("condor_q", garbage)
    state, reason = seen(project)
    assert state is State.SUBMITTED
    assert reason.startswith("htcondor can't be asked (")
    assert project.world.facts(number) == {}


def test_a_job_that_nobody_knows_is_lost(project: Project, condor: Replay) -> None:
    number = submit(project, condor, 9)
    project.listing()
    facts = project.world.settled(number)
    assert facts["state"] == "lost"
    assert "doesn't know htcondor 9 any more" in facts["reason"]


def test_a_job_that_was_there_before_the_run_is_not_its_job(
    project: Project, condor: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = '#!/bin/sh\n"$GITBATCH" job htcondor 9\n'
    number = project.world.submit({**FILES, "schedule.sh": schedule})
    (ad,) = json.loads(captured("066-q-json-attrs-running-long"))
    condor.says("condor_q", json.dumps([ad | {"QDate": 1700000000}]))
    monkeypatch.setattr(submissions, "_SKEW", timedelta(minutes=2))
    with pytest.raises(Refused, match="nothing to hold"):
        hold(project.server, number)
    project.listing()
    assert project.world.settled(number)["state"] == "lost"


def test_a_job_may_be_late_in_the_history(project: Project, condor: Replay) -> None:
    number = submit(project, condor, 9)
    program = condor.folder / "condor_history"
    first = f"if ! test -e {program}.asked\nthen\n\t: >{program}.asked\n\techo '[]'\n\texit\nfi\n"
    condor.history("088-h-json-attrs-removed-running")
    program.write_text(program.read_text().replace("cat ", f"{first}cat ", 1))
    project.listing()
    assert project.world.settled(number)["state"] == "cancelled"


class TestEventLogs:
    """Among the files of a run, they are evidence of their own."""

    def place(self, project: Project, number: int, label: str) -> None:
        (project.world.run(number) / "tree/condor_log.txt").write_text(captured(label))

    def test_tell_what_a_job_is_in_while_the_schedd_is_away(
        self, project: Project, condor: Replay
    ) -> None:
        number = submit(project, condor, 59)
        self.place(project, number, "580-userlog-across-graceful-restart")
        condor.queue("534-scheddoff-q-json")
        assert seen(project) == (State.RUNNING, "by its event log, as condor_q can't be asked")

    def test_tell_the_end_of_a_job_that_the_history_has_forgotten(
        self, project: Project, condor: Replay
    ) -> None:
        number = submit(project, condor, 3)
        self.place(project, number, "027-userlog-exit3")
        project.listing()
        facts = project.world.settled(number)
        assert (facts["state"], facts["exit"]) == ("failed", "3")

    def test_of_other_clusters_tell_nothing(self, project: Project, condor: Replay) -> None:
        number = submit(project, condor, 27)
        self.place(project, number, "023-userlog-done0")
        project.listing()
        assert project.world.settled(number)["state"] == "lost"


def test_what_no_machine_of_the_pool_has_is_said(project: Project, condor: Replay) -> None:
    submit(project, condor, 8)
    condor.queue("053-q-json-attrs-idle-toobig")
    condor.pool(fitting=True)
    assert seen(project) == (State.QUEUED, "waits for a machine")
    condor.pool(fitting=False)
    asks = "asks for 64 CPUs and 64 MB of memory: no machine of the pool has that"
    assert seen(project) == (State.QUEUED, f"{asks}, so it will never start")


def test_programs_of_htcondor_that_are_missing_are_named(project: Project, condor: Replay) -> None:
    submit(project, condor, 9)
    (condor.folder / "condor_q").unlink()
    reason = "there is no condor_q on the PATH: BASE/profile can set it"
    assert seen(project) == (State.SUBMITTED, f"htcondor can't be asked ({reason})")


@pytest.mark.parametrize(
    "label", ["090-submit-nofile", "091-submit-badexe", "094-submit-badsyntax", "451-root-submit"]
)
def test_a_submission_that_fails_is_rejected(project: Project, condor: Replay, label: str) -> None:
    condor.replays("condor_submit", label)
    project.world.commit(FILES)
    (receipt,) = project.world.push().receipts
    assert receipt.state == "rejected"
    log = (project.world.run(receipt.run) / "schedule.log").read_text()
    assert "ERROR: " in log


def test_what_is_named_instead_of_a_job_reaches_no_program(
    project: Project, condor: Replay
) -> None:
    project.world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job htcondor -all\n'})
    assert seen(project) == (State.UNKNOWN, "HTCondor has no jobs of that name")
    assert "HTCondor has no such job" in cancel(project.server, 1).trouble
    assert not [call for call in condor.calls("condor_q") if "-all" in call]
    assert condor.calls("condor_rm") == []


def test_the_event_log_is_a_page_that_tells_the_course_of_the_job(
    project: Project, condor: Replay
) -> None:
    number = submit(project, condor, 3)
    (ad,) = json.loads(captured("026-h-json-attrs-exit3"))
    tree = project.world.run(number) / "tree"
    condor.says("condor_history", json.dumps([ad | {"Iwd": str(tree), "UserLog": "own.log"}]))
    (tree / "own.log").write_text(captured("027-userlog-exit3"))
    (tree / "exit3.3.0.out").write_text("what it printed\n")
    project.listing()
    project.world.settled(number)
    pages = {file.name: file.open() for file in further_files(project.server, number)}
    events = pages["events"]
    told = events.read(0, events.look().size).decode()
    assert told == timeline(captured("027-userlog-exit3"))
    assert {"stderr", "events"} <= set(pages)


REQUIREMENTS = (
    '\\/Expr((TARGET.Arch == \\"X86_64\\") && (TARGET.Memory >= RequestMemory) && '
    "(TARGET.HasFoo) && (TARGET.FileSystemDomain == MY.FileSystemDomain))\\/"
)


@pytest.mark.parametrize(
    ("machines", "word"),
    [
        ("echo slot1", "busy 7.0"),
        ('case "$*" in *HasFoo*) ;; *) echo slot1 ;; esac', "unmet 7.0"),
        ('case "$*" in *TotalSlot*) ;; *) echo slot1 ;; esac', "too-big 7.0"),
        ("exit 1", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_the_pool_is_asked_for_a_machine_by_what_it_has_in_all(
    condor: Replay, shell: str, machines: str, word: str
) -> None:
    ad = {
        "ClusterId": 7, "FileSystemDomain": "site", "JobStatus": 1, "ProcId": 0,
        "RequestCpus": 2, "RequestDisk": 30, "RequestGPUs": 1, "RequestMemory": 64,
        "Requirements": "R",
    }  # fmt: skip
    text = json.dumps([ad], indent=2).replace('"R"', f'"{REQUIREMENTS}"')
    condor.says("condor_q", text)
    status = condor.folder / "condor_status"
    status.write_text(f'#!/bin/sh\necho "$6" >>{condor.folder}/asked\n{machines}\n')
    status.chmod(0o755)
    said = answer(HTCondor().ask, "7", env={"PATH": os.environ["PATH"]}, shell=shell)
    lines = said.stdout.decode().splitlines()
    found = [line for line in lines if line.startswith(("busy ", "unmet ", "too-big "))]
    assert [" ".join(line.split()) for line in found] == ([word] if word else [])
    asked = (condor.folder / "asked").read_text().splitlines()[0]
    assert asked == (
        "(TotalSlotCpus >= 2 && TotalSlotMemory >= 64 && TotalSlotDisk >= 30 && "
        'TotalSlotGPUs >= 1 && ((Arch == "X86_64") && (TotalSlotMemory >= 64) && (HasFoo) && '
        '(FileSystemDomain == "site"))) =?= true'
    )
