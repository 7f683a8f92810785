"""Whatever a batch remote answers: one sentence or none, never a crash, and bounded memory."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.hosts import framing
from gitbatch_tui.core.runs.record_format import records_in, runs_in
from gitbatch_tui.core.server import file_answers, protocol
from gitbatch_tui.core.server.calls import decode
from gitbatch_tui.core.server.file_answers import read_folder
from gitbatch_tui.core.server.job_answers import read_jobs
from gitbatch_tui.core.server.verification_report import read_verification_report
from gitbatch_tui.errors import GitBatchError
from tests.support import command_line
from tests.support.command_line import call
from tests.support.memory import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.project import Project

ANSWERS = 300
MOST_MEMORY = 200
"""MB that a command may need."""
ID = "5" * 40
SOUND = {
    "status": f"gitbatch\tnow=1764100000\tversion=0.1.0\tlog={ID}\ttoken=yes\n"
    f"run=42\tstate=running\tended=no\tbranch=master\tcommit={ID}\tsince=2026-11-22T16:41:11Z\t"
    "exit=\tjob=slurm 4711\tresult=\treason=\nend\n",
    "jobs": f"gitbatch\tnow=1764100000\tversion=0.1.0\tlog={ID}\n"
    "run=42\taccepted=2026-11-22T16:41:11Z\tdir=/b/runs/42\tscheduling=no\tintents=1\n"
    "job=slurm 4711\trun=42\thow=recorded\ttasks=3\tcontext=SLURM_CONF=/etc/a%20b\tstate=waiting\n"
    "job=slurm 4711_3\trun=42\thow=recorded\tstate=ended\texit=7\tend=2026-11-22T16:41:12Z\n"
    "intent=1.2.n1\trun=42\tscheduler=sge\ttime=2026-11-22T16:41:11Z\tcontext=\nend\n",
    "pages": "events\tevents\t/x/log\t\nlog\tlog.2\t/x/log.2\t/y\n",
    "folder": "folder\ttree=there\tentries=2\nfile\t12\ta%0Ab\nlink\t-\tb\nend\tmore=no\n",
    "files": "12\tout/a\n-\ta?b\n3\tb\n",
    "verify": f"gitbatch\tnow=1764100000\tversion=0.1.0\tlog={ID}\nrun=42\tstate=succeeded\n"
    f"proof\tresult={ID}\tkept=yes\ttree=there\nfile\tM\tout\nenvironment\thost: n1\nend\n",
    "prune": "run=7\tbytes=4096\nrun=8\tkept=its results\nfreed=4096\n",
    "check": "problem: a\nmended: b\nok\n",
    "stat": "size=12\tinode=44\n",
    "records": f"run 42 succeeded\n\nRun: 42\nState: succeeded\nBranch: master\nCommit: {ID}\n"
    f"Result: {ID}\nPlace: master\nExit: 0\nTime: 2026-11-22T16:41:11Z\nLink: a\tb\tok\t\n\0\n"
    "run 42 submitted\n\nRun: 42\nState: submitted\nOption: a=1\n\0\n",
    "ssh": "motd\n\nT begin\nanswer\n\nT end 0\n",
}
READERS: dict[str, Callable[[str], object]] = {
    "status": lambda text: protocol.read_report("host", text),
    "jobs": lambda text: read_jobs("host", text),
    "pages": file_answers.read_pages,
    "folder": lambda text: read_folder("host", text, "x"),
    "files": lambda text: [file_answers.read_file(line) for line in text.split("\n") if line],
    "verify": lambda text: read_verification_report("host", text),
    "prune": lambda text: protocol.read_pruned("host", text),
    "check": lambda text: protocol.read_checked("host", text),
    "stat": file_answers.read_stat,
    "records": lambda text: runs_in("batch", records_in([encoded(text)])),
    "ssh": lambda text: framing.unwrap("T", encoded(text), encoded(text)),
}
COMMANDS = (
    *("runs batch", "show batch#1", "pull batch#1", "get batch#1 out there", "doctor batch"),
    *("prune batch --yes", "verify batch#1", "cancel batch#1", "submit --again"),
)
NASTY = [
    *(
        "",
        "\0",
        "\n",
        "\t",
        "=",
        "-1",
        "0",
        "9" * 5000,
        "99999999999999",
        "1e9",
        "٣",
        "\ud800\udc80",
    ),
    *("9999-99-99T99:99:99Z", "0000-01-01T00:00:00Z", "x:refs/replace/1", "../../x", ".git/config"),
    *("\x1b]0;x\x07", "\u202e", "a" * 70_000, "run=1", "end", "gitbatch\t", "T ", "T end 999999"),
]


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def spoiled(text: str, chance: random.Random) -> str:
    """A sound answer with a few things in it replaced, repeated, cut or swapped."""
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.choices(range(len(text) + 1), k=2))
        to = min(to, at + chance.choice((0, 1, 5, 30)))
        middle = chance.choice(
            (chance.choice(NASTY), text[at:to] * 3, text[to:at], text[::-1][at:to])
        )
        text = text[:at] + middle + text[to:]
    return text


@pytest.mark.parametrize("reader", READERS)
def test_no_answer_crashes_its_reader(reader: str) -> None:
    chance = random.Random(reader)
    READERS[reader](SOUND[reader])
    for _ in range(ANSWERS):
        text = spoiled(SOUND[reader], chance)
        with suppress(GitBatchError):
            READERS[reader](decode(encoded(text)))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("source", ["cat /dev/zero", "yes run=1"])
def test_an_answer_without_an_end_is_given_up_and_needs_little_memory(
    project: Project, command: str, source: str
) -> None:
    project.finish("mkdir out; echo 1 >out/a")
    (project.world.repo / "gitbatch/gitbatch").write_text(f"#!/bin/sh\nexec {source}\n")
    done = measure(command_line.command(project, *command.split()))
    assert done.status not in {0, -9}, done.said
    assert b"Traceback" not in done.said
    assert done.megabytes < MOST_MEMORY


@pytest.mark.parametrize("source", ["cat /dev/zero", "yes", "yes '\033[2J\303'"])
def test_a_log_without_an_end_passes_through_little_memory(project: Project, source: str) -> None:
    project.finish("true")
    (project.world.repo / "gitbatch/gitbatch").write_text(f"#!/bin/sh\nexec {source}\n")
    line = command_line.command(project, "log", "batch#1")
    done = measure(line, 2**25)
    assert done.megabytes < MOST_MEMORY
    assert len(done.said) == 2**25, done.said[-1000:]


def test_a_large_log_is_followed_through_little_memory(project: Project) -> None:
    number = project.finish("yes 'a line of it' | head -n 4000000")
    line = command_line.command(project, "log", f"batch#{number}", "-f")
    done = measure(line, 2**25)
    assert (len(done.said), done.said[:13]) == (2**25, b"a line of it\n")
    assert done.megabytes < MOST_MEMORY


def test_the_memory_of_a_command_is_its_own_whoever_starts_it() -> None:
    ours = b"x" * (2 * MOST_MEMORY * 10**6)
    python = [sys.executable, "-c"]
    assert measure([*python, "pass"]).megabytes < MOST_MEMORY
    assert measure([*python, f"b'x' * {len(ours)}"]).megabytes > 2 * MOST_MEMORY
    assert measure([*python, "print('y' * 99); exit(3)"], 9).said == b"y" * 9


def test_an_answer_about_other_runs_is_one_sentence(project: Project) -> None:
    project.begin("sleep 60")
    program = project.world.repo / "gitbatch/gitbatch"
    others = SOUND["status"].replace("end\n", "run=43\tstate=running\tended=no\nend\n")
    project.world.script(program, f"#!/bin/sh\ncat <<'END'\n{others}END\n")
    for words in (("cancel", "1", "--yes"), ("hold", "1")):
        said = call(project, *words)
        assert said.status == 1
        assert "answer can't be understood" in said.err, said


def test_what_makes_no_sense_is_told_in_a_sentence_and_the_rest_is_shown(project: Project) -> None:
    project.finish("echo 1 >out")
    assert call(project, "runs").status == 0
    head = "gitbatch\\tnow=99999999999999\\tversion=0.1.0\\tlog=0\\nend\\n"
    (project.world.repo / "gitbatch/gitbatch").write_text(f"#!/bin/sh\nprintf '{head}'\n")
    said = call(project, "runs")
    assert said.status == 1
    assert "answer can't be understood" in said.err
    assert "batch#1" in said.out


def test_a_record_without_an_end_is_read_in_part() -> None:
    chunk = b"x" * 65536
    endless = (chunk for _ in range(200))
    records = list(records_in([b"Run: 1\nState: failed\n\0\nRun: 2\nSubject: ", *endless, b"\0\n"]))
    assert [record["Run"] for record in records] == ["1", "2"]
    assert len(records[1]["Subject"]) < 2 * bounds.RECORD


def test_what_is_no_name_and_no_id_is_as_if_it_were_not_there() -> None:
    fields = f"run=1\tstate=running\tbranch=x:refs/replace/{ID}\tcommit=--upload-pack=x"
    (run,) = next(iter(protocol.read_reports(iter(["gitbatch\tnow=1", fields, "end"])))).runs
    assert (run.branch, run.commit) == ("", "")
