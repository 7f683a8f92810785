"""Asks servers, and believes only in whole answers."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer, LocalHost
from gitbatch_tui.core.server.client import Server
from gitbatch_tui.core.server.protocol import read_report, read_reports, time_of, write_report
from gitbatch_tui.errors import (
    CommandFailed,
    NotABatchRemote,
    Refused,
    RunNotConfirmed,
    UnknownName,
    Unreachable,
)
from gitbatch_tui.models import Job, LiveRun, State
from tests.support.servers.sshd import HOST, Sshd
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

TIP, COMMIT = "ab" * 20, "c" * 40
HEAD = f"gitbatch\tnow=1795364932\tversion=0.1.0\tlog={TIP}\n"
RUN = (
    f"run=42\tstate=running\tended=no\tbranch=a=b\tcommit={COMMIT}\t"
    "since=2026-11-22T16:41:11Z\texit=\t"
    "job=slurm 4711\tresult=\treason=why\n"
)
ONE = LiveRun(
    42,
    State.RUNNING,
    "no",
    "a=b",
    COMMIT,
    datetime(2026, 11, 22, 16, 41, 11, tzinfo=UTC),
    None,
    Job("slurm", "4711"),
    "",
    "why",
)


class Saying:
    """A host that gives one answer, and remembers the question."""

    name = "hpc"

    def __init__(self, stdout: str, status: int = 0, stderr: str = "") -> None:
        self.answer = Answer(status, stdout.encode(), stderr.encode())
        self.asked: tuple[str, ...] = ()

    def run(self, script: str, *args: str, **_: object) -> Answer:
        self.asked = (script, *args)
        return self.answer


def server(stdout: str, status: int = 0, stderr: str = "") -> Server:
    return Server(Saying(stdout, status, stderr), "~/base")  # type: ignore[arg-type]  # a stand-in


def test_an_answer_is_read() -> None:
    report = server(f"{HEAD}{RUN}end\n").status()
    assert report.now == datetime(2026, 11, 22, 16, 28, 52, tzinfo=UTC)
    assert (report.version, report.log_tip, report.runs) == ("0.1.0", TIP, (ONE,))
    assert read_report("x", write_report(report)) == report


@pytest.mark.parametrize("answer", ["", HEAD, f"{HEAD}{RUN}", f"{HEAD}{RUN}en", "Welcome!\nend\n"])
def test_an_answer_that_was_cut_is_no_empty_list(answer: str) -> None:
    with pytest.raises(Unreachable, match="came only in part"):
        server(answer).status()


def test_words_of_later_versions_are_unknown_and_shown() -> None:
    later = RUN.replace("running", "hibernating").replace("exit=", "exit=x\tmood=good")
    (live,) = server(f"{HEAD}{later}end\n").status().runs
    assert live.state is State.UNKNOWN
    assert live.reason == "the state hibernating is not known; why"


def test_a_watch_is_cut_into_answers_and_an_unfinished_one_is_none() -> None:
    lines = f"{HEAD}end\n{HEAD}{RUN}end\n{HEAD}{RUN}".split("\n")
    assert [len(report.runs) for report in read_reports(iter(lines))] == [0, 1]


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-22", "2026-13-22T16:41:11Z", "٢٠٢٦-11-22T16:41:1Z"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert time_of(text) is None


def test_where_there_is_no_batch_remote_it_is_said_how_to_make_one() -> None:
    with pytest.raises(
        NotABatchRemote, match=r"no batch remote at hpc:~/base: `gitbatch-tui setup"
    ):
        server("", 66).status()


def test_values_are_arguments_and_never_part_of_the_script() -> None:
    hostile = "$(touch x); `touch y`"
    host = Saying("")
    asked = Server(host, hostile)  # type: ignore[arg-type]  # a stand-in
    asked.files.find(1, hostile)
    script, *args = host.asked
    assert "touch" not in script
    assert args.count(hostile) == 2


def test_what_went_wrong_over_there_is_the_last_line_it_said() -> None:
    with pytest.raises(CommandFailed, match=r"^The disk is full\.$") as caught:
        server("", 1, "sh: warning\ngitbatch: the disk is full\n").files.read(1)
    assert "sh: warning" in caught.value.detail


def test_a_prune_or_check_that_was_cut_counts_as_nothing() -> None:
    with pytest.raises(Unreachable):
        server("run=7\tbytes=12\n").prune(dry_run=False)
    with pytest.raises(Unreachable):
        server("mended: x\n").check()
    assert server("problem: x\nmended: y\n", 1).check().problems == ("x",)


def test_a_batch_remote_in_the_home_folder_is_found_there(
    project: Project, sshd: Sshd, clean_environment: Path
) -> None:
    project.world.base.rename(clean_environment / "my base")
    assert Server(LocalHost(), "~/my base").status().runs == ()
    (clean_environment / "my base").rename(sshd.home / "my base")
    project.move_behind(HOST)
    with project.hosts:
        assert Server(project.server.host, "~/my base").status().runs == ()


def test_everything_that_can_be_asked_is_answered(project: Project) -> None:
    number = project.finish("printf 'one two\\none'; echo 1 >x.tmp", __gitignore="*.tmp\n")
    asked = project.server
    assert asked.files.read(number) == b"one two\none"
    assert asked.files.read(number, offset=4, size=3) == b"two"
    assert asked.files.stat(number).size == 11
    assert asked.files.stat(number, "log.2").inode == 0
    assert asked.files.find(number, "one", after=1) == 8
    assert asked.files.find(number, "one", before=8) == 0
    assert asked.files.find(number, "three") is None
    assert (2, "x.tmp") in asked.files.tree(number)
    assert asked.jobs(number)[number].directory == str(project.world.run(number))
    assert asked.settle(number) == f"run {number}: succeeded"
    assert asked.size() > 10_000
    wait_until(lambda: asked.check().problems == ())
    assert asked.prune(dry_run=True).kept == {
        number: "it has ignored files, which are nowhere else: x.tmp"
    }
    assert asked.prune(dry_run=True, ignored=True).removed.keys() == {number}
    with pytest.raises(Refused, match="has ended already: succeeded"):
        asked.cancel(number)
    with pytest.raises(UnknownName, match="There is no run 9 here"):
        asked.status(9)
    asked.job(number, Job("at", "12"))
    assert (project.world.run(number) / "jobs").read_text().endswith("at 12\n")


def test_a_rerun_is_told_line_by_line_and_confirmed(project: Project) -> None:
    number = project.finish("true")
    said: list[str] = []
    receipt = project.server.rerun(number, ["x=1 2"], said.append)
    assert (receipt.run, receipt.state, receipt.branch) == (2, State.SUBMITTED, "master")
    assert said[0].startswith("job local 2 ")
    project.world.settled(2)
    assert project.run(2).options == ("x=1 2",)


class Cut(LocalHost):
    """This machine, over a connection that is cut once: after a rerun was done."""

    cuts = 0

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        answer = super().run(script, *args, stdin=stdin, timeout=timeout)
        if "rerun" in args and not self.cuts:
            self.cuts += 1
            raise Unreachable("The connection was cut.")
        return answer


def test_a_rerun_whose_answer_is_cut_off_is_one_run_all_the_same(project: Project) -> None:
    number = project.finish("true")
    host = Cut()
    receipt = Server(host, str(project.world.base)).rerun(number)
    assert host.cuts == 1
    assert (receipt.run, receipt.state) == (2, State.SUBMITTED)
    project.world.settled(2)
    assert not project.world.run(3).exists()


def test_a_start_without_a_receipt_is_no_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandFailed, match="There is no branch nope here"):
        project.server.start("nope")
    project.finish("true")
    monkeypatch.setenv("PATH", "/nowhere:/usr/bin:/bin")
    runs = project.world.base / "runs"
    runs.rename(runs.with_name("away"))
    runs.write_text("no folder can be made here")
    with pytest.raises(RunNotConfirmed, match="No run was confirmed"):
        project.server.start("master")


def test_what_schedules_a_run_survives_the_one_who_asked(project: Project) -> None:
    number = project.world.submit(
        {"schedule.sh": "#!/bin/sh\nsleep 0.5\ntouch ../scheduled-it\n", "run.sh": "#!/bin/sh\n"}
    )
    code = (
        "import sys; from gitbatch_tui.core.hosts.host import LocalHost; "
        "from gitbatch_tui.core.server.client import Server; "
        "Server(LocalHost(), sys.argv[1]).rerun(int(sys.argv[2]), (), print)"
    )
    asker = subprocess.Popen([sys.executable, "-c", code, str(project.world.base), str(number)])
    wait_until((project.world.run(2) / "schedule.log").exists)
    asker.kill()
    asker.wait()
    wait_until((project.world.run(2) / "scheduled-it").exists)
    wait_until(lambda: project.world.facts(2, "scheduled").get("exit") == "0")


def test_what_is_no_id_is_none() -> None:
    hostile = f"{HEAD}{RUN}end\n".replace(COMMIT, "--upload-pack=x").replace(TIP, "+a:refs/heads/b")
    report = server(hostile).status()
    assert (report.log_tip, report.runs[0].commit) == ("", "")
