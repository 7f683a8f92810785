"""Schedulers: what they print, and the runs whose jobs only they know of."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs import judge
from gitbatch_tui.core.jobs.cancel import left_behind
from gitbatch_tui.core.jobs.cancel_result import CancelResult
from gitbatch_tui.core.jobs.clarify import clarify
from gitbatch_tui.core.jobs.hold import hold, toggle_hold
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.at import ATD, At
from gitbatch_tui.core.schedulers.programs import called, looked_for
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, Receipt, Run, State
from tests.support.cancelling import cancel
from tests.support.scripts import answer
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
AT_NOW = "#!/bin/sh\necho ./run.sh | at now\n"
AT_LATER = "#!/bin/sh\necho ./run.sh | at now + 1 hour\n"


def said(stdout: str, status: int = 0) -> Answer:
    return Answer(status, stdout.encode(), b"")


class TestAt:
    """What at prints."""

    def test_waiting_and_running_jobs_are_told_apart(self) -> None:
        listed = "11\tSun Nov 22 14:33:00 2026 = user\n12\tSun Nov 22 14:38:00 2026 a user\n"
        assert At().read(said(listed), {"11", "12", "13"}) == {
            "11": JobState(State.RUNNING),
            "12": JobState(State.QUEUED, "at begins it Sun Nov 22 14:38:00 2026"),
        }

    @pytest.mark.parametrize(
        ("now", "queue", "reason"),
        [
            ("Sun Nov 22 14:39:59 2026", "a", "at begins it Sun Nov 22 14:38:00 2026"),
            (
                "Sun Nov 22 14:40:00 2026",
                "a",
                "it was due Sun Nov 22 14:38:00 2026: atd, which begins it, may not run there",
            ),
            ("Mon Nov 23 14:40:00 2026", "b", "batch begins it once the load there is low enough"),
            ("Mon Nov 23 14:40:00 2026", "C", "batch begins it once the load there is low enough"),
            ("", "a", "at begins it Sun Nov 22 14:38:00 2026"),
        ],
    )
    def test_a_job_whose_time_is_over_says_what_it_may_wait_for(
        self, now: str, queue: str, reason: str
    ) -> None:
        listed = f"12\tSun Nov 22 14:38:00 2026 {queue} user\n"
        assert At().read(said(f"{now}\n{listed}".lstrip()), {"12"}) == {
            "12": JobState(State.QUEUED, reason)
        }

    @pytest.mark.parametrize(
        "answer", [said("", 1), said("", 127), said("garbage\n"), said("11\tSun Nov\n")]
    )
    def test_an_answer_that_says_nothing_means_nothing_is_known(self, answer: Answer) -> None:
        with pytest.raises(ValueError, match=r"^(garbage|11 Sun Nov|)"):
            At().read(answer, {"11"})

    @pytest.mark.parametrize("shell", ["dash", "bash"])
    @pytest.mark.parametrize(
        ("system", "pid", "processes", "runs"),
        [
            ("Linux", "", "init\\n", False),
            ("Linux", "", "init\\natd\\n", True),
            ("Linux", "999999999", "matd\\n", False),
            ("Linux", "1", "", True),
            ("Linux", "?", "", True),
            ("Darwin", "", "", True),
        ],
    )
    def test_atd_is_said_to_be_away_only_where_nothing_of_it_is_seen(  # noqa: PLR0913  # a table
        self, tmp_path: Path, shell: str, system: str, pid: str, processes: str, *, runs: bool
    ) -> None:
        for name, does in {"uname": f"echo {system}", "ps": f"printf '{processes}'"}.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
            (tmp_path / name).chmod(0o755)
        if pid:
            (tmp_path / "pid").write_text(f"{pid}\n")
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        files = (str(tmp_path / "none"), str(tmp_path / "pid"))
        assert (answer(f'{ATD}atd_runs "$@"', *files, env=env, shell=shell).status == 0) is runs


class Spool:
    """An at that does nothing but list, with what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lists("")
        self.gives(3)

    def gives(self, job: int) -> None:
        """The id of what is submitted next."""
        script = f'#!/bin/sh\necho >&2 "job {job} at Sun Nov 22 14:33:00 2026"\n'
        (self.folder / "at").write_text(script)
        (self.folder / "at").chmod(0o755)

    def lists(self, lines: str, status: int = 0) -> None:
        (self.folder / "atq").write_text(f"#!/bin/sh\nprintf '{lines}'\nexit {status}\n")
        (self.folder / "atq").chmod(0o755)


@pytest.fixture
def spool(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> Spool:
    folder = tmp_path / "bin"
    folder.mkdir()
    path = f"{folder}:{project.world.env['PATH']}"
    monkeypatch.setenv("PATH", path)
    project.world.env["PATH"] = path
    return Spool(folder)


def submitted(project: Project, schedule: str = AT_NOW) -> int:
    return project.world.submit({"schedule.sh": schedule, "run.sh": "#!/bin/sh\n"})


def after_grace(project: Project, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    project.world.waits_for_nothing()
    return project.listing().runs[0]


def test_a_job_that_at_lists_is_shown_as_at_says(project: Project, spool: Spool) -> None:
    submitted(project)
    spool.lists("3\\tThu Nov 22 14:33:00 2096 a user\\n")
    run = project.listing().runs[0]
    assert (run.state, run.job) == (State.QUEUED, Job("at", "3"))
    assert run.reason == "at begins it Thu Nov 22 14:33:00 2096"
    spool.lists("3\\tSun Nov 22 14:33:00 2026 = user\\n")
    assert project.listing().runs[0].state is State.RUNNING


@pytest.mark.usefixtures("spool")
def test_a_job_that_is_gone_without_a_trace_is_lost_after_a_grace_period(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submitted(project)
    run = project.listing().runs[0]
    assert run.state is State.SUBMITTED
    assert run.reason == "its scheduler doesn't know at 3 yet"
    assert after_grace(project, monkeypatch).state is State.LOST
    facts = project.world.settled(number)
    assert facts["state"] == "lost"
    assert "doesn't know at 3 any more" in facts["reason"]


@pytest.mark.parametrize(("lines", "status"), [("garbage\\n", 0), ("", 1), ("", 127)])
def test_a_scheduler_that_can_not_be_asked_loses_nothing(
    project: Project, spool: Spool, monkeypatch: pytest.MonkeyPatch, lines: str, status: int
) -> None:
    number = submitted(project)
    spool.lists(lines, status)
    run = after_grace(project, monkeypatch)
    assert (run.state, run.job) == (State.SUBMITTED, Job("at", "3"))
    assert project.world.facts(number) == {}


@pytest.mark.usefixtures("spool")
def test_results_are_evidence_before_the_scheduler(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = '#!/bin/sh\n"$GITBATCH" job at 3\necho 1 >out; git add out; git commit -qm done\n'
    number = project.world.submit({"schedule.sh": job})
    assert after_grace(project, monkeypatch).state is State.SUCCEEDED
    assert project.world.settled(number)["state"] == "succeeded"


def test_without_any_job_it_is_said_that_none_was_recognised(project: Project) -> None:
    number = submitted(project, "#!/bin/sh\necho nothing\n")
    run = project.listing().runs[0]
    assert run.state is State.UNKNOWN
    assert run.reason.startswith("no job was recognised in what schedule.sh printed: ")
    assert project.run(number).state is State.UNKNOWN
    assert project.world.facts(number) == {}
    assert cancel(project.server, number).complete
    assert project.world.settled(number)["state"] == "cancelled"


def test_a_job_of_a_scheduler_that_is_not_known_here_is_left_to_it(project: Project) -> None:
    submitted(project, '#!/bin/sh\n"$GITBATCH" job loadleveler 4711\n')
    run = project.listing().runs[0]
    assert (run.state, run.job) == (State.UNKNOWN, Job("loadleveler", "4711"))
    assert "loadleveler can't be asked (it is not known here, but local, at" in run.reason


def test_many_runs_are_asked_for_at_once(project: Project, spool: Spool) -> None:
    for job in (3, 4, 5):
        spool.gives(job)
        submitted(project)
        project.world.commit({})
    spool.lists("".join(f"{job}\\tSun Nov 22 14:33:00 2026 a user\\n" for job in (3, 4, 5)))
    asked: list[str] = []
    run = project.server.host.run

    class Counting:
        name = "local"

        def run(self, script: str, *args: str, **more: Any) -> Answer:
            asked.append(script)
            return run(script, *args, **more)

    server = project.server
    report = server.status()
    server.host = server._calls.host = Counting()  # type: ignore[assignment]  # a stand-in
    states = [live.state for live in clarify(server, report).runs]
    assert states == [State.QUEUED] * 3
    assert len(asked) == 2


def test_an_id_that_was_given_again_is_that_of_the_newest_run(
    project: Project, spool: Spool
) -> None:
    submitted(project)
    project.world.commit({})
    submitted(project)
    spool.lists("3\\tThu Nov 22 14:33:00 2096 a user\\n")
    assert project.states() == {1: "submitted", 2: "queued"}


def test_a_scheduler_that_fails_shows_what_it_said_last_and_when(
    project: Project, spool: Spool
) -> None:
    submitted(project)
    spool.lists("3\\tThu Nov 22 14:33:00 2096 a user\\n")
    assert project.listing().runs[0].state is State.QUEUED
    spool.lists("", 1)
    for _ in range(2):
        run = project.listing().runs[0]
        assert run.state is State.QUEUED
        assert re.fullmatch(
            r"as of \d\d:\d\d UTC, at can't be asked \(it ended with status 1\): at begins it .*",
            run.reason,
        )


def test_the_sites_profile_says_where_its_programs_are(
    project: Project, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(project)
    spool.lists("3\\tSun Nov 22 14:33:00 2026 = user\\n")
    monkeypatch.setenv("PATH", project.world.env["PATH"].replace(f"{spool.folder}:", "/nowhere:"))
    (project.world.base / "profile").write_text(f"echo noise\nPATH='{spool.folder}':$PATH\n")
    assert project.listing().runs[0].state is State.RUNNING


def test_clarifying_a_report_without_questions_asks_nobody(project: Project) -> None:
    project.finish("true")
    report = replace(project.server.status(), now=datetime.now(UTC))
    server = project.server
    server.host = None  # type: ignore[assignment]  # nobody is asked
    assert clarify(server, report) == report


class TestRejected:
    """schedule.sh submits, and then fails."""

    SCHEDULE = "#!/bin/sh\nat now <run.sh\nexit 3\n"

    def test_its_jobs_are_named_and_can_be_cancelled(
        self, project: Project, spool: Spool, tmp_path: Path
    ) -> None:
        number = submitted(project, self.SCHEDULE)
        receipt = Receipt(number, "", State.REJECTED, "master")
        assert left_behind(project.server, receipt) == ()
        spool.lists("3\\tThu Nov 22 14:33:00 2096 a user\\n")
        said = "It had submitted at 3 by then: cancel run 1 to end that."
        assert left_behind(project.server, receipt) == (said,)
        gone = tmp_path / "gone"
        listed = spool.folder / "atq"
        (spool.folder / "atrm").write_text(f"#!/bin/sh\necho $1 >>{gone}; echo >{listed}\n")
        (spool.folder / "atrm").chmod(0o755)
        assert cancel(project.server, number).complete
        assert gone.read_text() == "3\n"
        assert project.world.settled(number)["state"] == "rejected"

    def test_without_any_of_them_there_is_nothing_to_cancel(
        self, project: Project, spool: Spool
    ) -> None:
        number = submitted(project, self.SCHEDULE)
        spool.lists("")
        assert cancel(project.server, number) == CancelResult()
        with pytest.raises(Refused, match="has ended already: rejected"):
            cancel(project.server, number)


def test_at_can_not_hold_and_says_so(project: Project, spool: Spool) -> None:
    number = submitted(project)
    spool.lists("3\\tThu Nov 22 14:33:00 2096 a user\\n")
    with pytest.raises(Refused, match="jobs of at can't be held"):
        toggle_hold(project.server, number)
    spool.lists("3\\tSun Nov 22 14:33:00 2026 = user\\n")
    with pytest.raises(Refused, match="There is nothing to hold: no job of run 1 waits"):
        hold(project.server, number)


@pytest.mark.usefixtures("atd")
class TestRealAt:
    """The real at."""

    def test_a_job_without_our_wrapper_runs_and_is_told_of(self, project: Project) -> None:
        job = f"#!/bin/sh\n{UNTIL_GO}\necho 1 >out; git add out; git commit -qm done\n"
        number = project.world.submit({"schedule.sh": AT_NOW, "run.sh": job})
        wait_until(lambda: project.run(number).state is State.RUNNING)
        assert "at can't stop what runs" in cancel(project.server, number).trouble
        project.world.run(number).joinpath("go").touch()
        wait_until(lambda: project.run(number).state is State.SUCCEEDED, 20)

    def test_a_job_that_waits_is_queued_and_can_be_cancelled(self, project: Project) -> None:
        number = submitted(project, AT_LATER)
        run = project.run(number)
        assert run.state is State.QUEUED
        assert run.job
        assert cancel(project.server, number).complete
        assert project.world.settled(number)["state"] == "cancelled"
        assert run.job.id not in project.world.call("atq").output.split()


def test_every_adapter_goes_by_its_name() -> None:
    assert {"local", "at", "htcondor"} <= set(adapters())
    assert all(adapter.name == name for name, adapter in adapters().items())


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ("sbatch run.sh", ("sbatch",)),
        ("#!/bin/sh\nset -e\n\tqsub -terse x", ("qsub",)),
        ("echo ./run.sh | at now", ("at",)),
        ("job=$(sbatch --parsable x)", ("sbatch",)),
        ("if command -v condor_submit\nthen condor_submit run.sub\nfi", ("condor_submit",)),
        ("test -x /usr/bin/tsp && tsp ./run.sh", ("tsp",)),
        ("# sbatch was here\necho look at this batch", ()),
        ('echo "qsub x"', ()),
        ("my-sbatch x; sbatch.py", ()),
        ("# it isn't\ncat <<EOT | qsub\nat now\nEOT\nbatch", ("qsub", "batch")),
        ("if ! command -v sbatch\nthen\n\techo 'that; at'\n\ttsp x\nfi", ("tsp",)),
        ('id="$(sbatch --parsable "$job")" && echo "$id; at"', ("sbatch",)),
        ("case $1 in\nat) qsub x ;;\nesac", ("qsub",)),
        ("A=1 env B=2 /opt/pbs/bin/qsub -v at=1 ${at} x", ("qsub",)),
        ("for at in 1 2; do condor_submit_dag x; done", ("condor_submit_dag",)),
    ],
)  # fmt: skip
def test_what_a_schedule_sh_calls_is_found(script: str, programs: tuple[str, ...]) -> None:
    assert called(script) == programs


def test_what_a_schedule_sh_asks_for_need_not_be_there() -> None:
    script = "if command -v sbatch >/dev/null\nthen sbatch x\nelif which qsub\nthen qsub x\nfi"
    assert looked_for(script) == ("sbatch", "qsub")
    assert called(script) == ("sbatch", "qsub")


def test_what_is_asked_for_first_comes_first_and_is_no_part_of_a_word() -> None:
    script = "# what is there, that at least\ntype condor_submit || command -v tsp || hash at"
    assert looked_for(script) == ("condor_submit", "tsp", "at")
