"""The commands runs, show, wait and log."""

from __future__ import annotations

import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.cli.listing import HEADER, without_small_columns
from gitbatch_tui.cli.table import table
from tests.support.command_line import ROOT, call, command
from tests.support.servers.sshd import HOST, Sshd
from tests.support.slurm_runs import PATIENCE, at_site
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.slurm import Slurm

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
KEYS = {
    *("run", "remote", "number", "state", "branch", "commit", "tree", "subject", "submitter"),
    *("origin", "options", "submitted", "started", "finished", "settled", "exit", "reason"),
    *("job", "host", "result", "place", "results", "undelivered", "ignored", "warning", "as_of"),
    *("links", "tasks", "badge", "findings", "held", "stuck", "sweep", "note", "tags"),
    *("used", "deadline"),
}


def test_runs_are_a_table_with_the_newest_first(project: Project) -> None:
    project.finish("exit 3")
    project.finish("echo 1 >out")
    said = call(project, "runs")
    header, second, first = said.out.splitlines()
    assert header.split() == "run state branch commit age took job results subject".split()
    assert second.startswith("batch#2  succeeded  master")
    assert first.startswith("batch#1  failed 3   master")
    assert "not pulled" in second
    assert (said.status, said.err) == (0, "")


def test_without_runs_or_remotes_it_is_said_what_to_do(project: Project) -> None:
    assert call(project, "runs").out == "No runs yet: `gitbatch-tui submit batch` starts one.\n"
    project.world.git("config", "--unset", "remote.batch.gitbatch")
    said = call(project, "runs")
    assert said.status == 1
    assert "no batch remote here yet: `gitbatch-tui setup" in said.err


def test_runs_for_programs_has_documented_keys(project: Project) -> None:
    number = project.finish("echo 1 >out")
    said = call(project, "runs", "--json").json
    (remote,) = said["remotes"]
    (run,) = said["runs"]
    assert remote.keys() == {"name", "location", "now", "as_of", "trouble", "published"}
    assert run.keys() == KEYS
    shown = call(project, "show", f"batch#{number}", "--json").json
    assert shown.pop("environment")["host"] == [run["host"]]
    assert {"version": 1} | run == shown
    assert (run["run"], run["number"], run["state"]) == (f"batch#{number}", number, "succeeded")
    assert run["settled"].endswith("Z")
    assert all(key in call(project, "runs", "--help").out for key in KEYS)


def test_what_a_run_used_is_shown_and_is_a_column_where_that_is_asked_for(project: Project) -> None:
    number = project.finish("sh -c 'i=0; while test $i -lt 200000; do i=$((i + 1)); done'")
    header, row = call(project, "runs", "--used").out.splitlines()
    at = header.index("used")
    assert row[at:].startswith("cpu ")
    assert "used" not in call(project, "runs").out
    shown = call(project, "show", str(number)).out
    assert re.search(r"(?m)^  used +\d+s of CPU time$", shown)
    assert call(project, "show", str(number), "--json").json["used"]["cpu"] > 0


def test_the_doctors_runs_are_shown_only_with_all(project: Project) -> None:
    project.world.commit({}, branch="gitbatch-doctor-1")
    project.finish("true")
    assert "No runs" in call(project, "runs").out
    assert call(project, "runs", "--json").json["runs"] == []
    assert "gitbatch-doctor-1" in call(project, "runs", "--all").out


def test_runs_works_offline_and_says_so(project: Project) -> None:
    project.finish("true")
    call(project, "runs")
    project.world.base.rename(project.world.root / "away")
    said = call(project, "runs")
    assert "batch#1  succeeded" in said.out
    assert "The batch remote at" in said.err
    assert "is gone: what was fetched from it is still here" in said.err
    assert "shown as they were known at" in said.err
    assert said.status == 0
    assert call(project, "runs", "--json").json["runs"][0]["as_of"]


def test_where_the_batch_remote_is_gone_what_was_fetched_can_be_read_and_pulled(
    project: Project,
) -> None:
    project.finish("echo 1 >out")
    assert call(project, "diff", "1").status == 0
    project.world.base.rename(project.world.root / "away")
    shown = call(project, "show", "1")
    assert (shown.status, shown.out.split()[:2]) == (0, ["batch#1", "succeeded"])
    assert "is gone: what was fetched from it is still here" in shown.err
    assert "This is what was known at" in shown.err
    difference = call(project, "diff", "1")
    assert (difference.status, "+1\n" in difference.out) == (0, True)
    assert call(project, "pull", "1").out == "The results of batch#1 were brought into master.\n"
    missing = call(project, "show", "2")
    assert missing.status == 1
    assert "There is no run batch#2; the newest is batch#1 as far as is known" in missing.err


def test_where_nothing_could_be_asked_nobody_says_that_there_are_no_runs(project: Project) -> None:
    project.world.base.rename(project.world.root / "away")
    said = call(project, "runs")
    assert said.out == ""
    assert "There is no batch remote at" in said.err
    assert "`gitbatch-tui setup NAME" in said.err


def test_a_batch_remote_whose_program_can_not_be_run_is_not_said_to_be_missing(
    project: Project,
) -> None:
    # To whoever asks, a file system that is mounted noexec looks like that.
    program = project.world.repo / "gitbatch/gitbatch"
    program.chmod(0o644)
    for said in (call(project, "runs"), call(project, "cancel", "1")):
        assert "There is no batch remote" not in said.err
        assert "can't be run: either its file system is mounted noexec, or it isn't" in said.err
    program.chmod(0o755)


def test_parameters_are_a_column_where_there_are_any(project: Project) -> None:
    project.finish("true")
    assert "parameters" not in call(project, "runs").out
    project.server.rerun(1, ["lr=0.1", "seed=2"])
    project.world.settled(2)
    header, second, first = call(project, "runs").out.splitlines()
    column = header.index("parameters")
    assert second[column:].startswith("lr=0.1 seed=2  ")
    assert first[column:].split()[0] == project.run(1).commit[:7]


def test_a_host_that_can_not_be_reached_is_named_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.world.git("remote", "set-url", "batch", "ssh://batch/base/repo.git")
    assert call(project, "runs").err.startswith("batch can't be reached: ")


def test_ctrl_c_while_a_log_is_followed_says_that_the_run_goes_on(project: Project) -> None:
    gate = project.world.root / "gate"
    project.begin(f"echo first; until test -e {gate}; do sleep 0.1; done")
    process = subprocess.Popen(
        command(project, "log", "1", "-f"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"first\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    gate.touch()
    assert process.returncode == 130
    assert err.decode().endswith("interrupted. You follow it no longer; the run isn't touched.\n")
    assert project.world.settled(1)["state"] == "succeeded"


def test_a_login_that_a_server_wants_is_asked_in_the_terminal(project: Project, sshd: Sshd) -> None:
    project.finish("true")
    project.move_behind(HOST)
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(sshd.folder / "id")]
    subprocess.run(change, check=True)
    assert "needs you to log in" in call(project, "runs").err
    with Terminal(command(project, "runs")) as terminal:
        terminal.expect("wants you to log in")
        terminal.expect("passphrase")
        terminal.type_secretly("secret\n")
        terminal.expect("batch#1  succeeded")
        assert terminal.end() == 0


def test_show_tells_what_happened_when(project: Project) -> None:
    number = project.finish("echo 1 >out; echo 2 >x.tmp", __gitignore="*.tmp\n")
    said = call(project, "show", str(number))
    lines = said.out.splitlines()
    assert lines[0] == f"batch#{number}  succeeded"
    assert any("subject    a change" in line for line in lines)
    assert any("ignored    x.tmp" in line for line in lines)
    assert any("on master, not pulled: `gitbatch-tui pull" in line for line in lines)
    assert [line.split("  ")[2].split()[0] for line in lines[-4:]] == [
        "submitted",
        "started",
        "ended",
        "settled:",
    ]


def test_show_lists_the_links_that_lead_out_of_the_run_tree(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    value = f"v1-sha256-128M-{'ab' * 32}"
    data = tmp_path_factory.mktemp("archive") / value
    data.mkdir(mode=0o555)
    (project.world.clone / "data").symlink_to(data)
    (project.world.clone / "gone").symlink_to("/no/such\x1b[31m/place")
    number = project.finish("true")
    lines = call(project, "show", str(number)).out.splitlines()
    assert f"  link       data -> {data}" in lines
    assert "  link       gone -> /no/such<ESC>[31m/place (missing)" in lines
    found = call(project, "show", str(number), "--json").json["links"]
    assert found[0] == {"path": "data", "target": str(data), "state": "ok", "hash": value}
    assert (found[1]["state"], found[1]["hash"]) == ("missing", "")


def test_what_a_record_contains_can_not_steer_the_terminal(project: Project) -> None:
    project.world.write({"schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn true\n'})
    project.world.git("add", "--all")
    project.world.git("commit", "-q", "-m", "\x1b]52;c;cHduZWQ=\x07 \u202egnp.exe")
    project.world.settled(project.world.push().run)
    for words in (["runs"], ["show", "1"]):
        out = call(project, *words).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "<ESC>]52;c;" in out


@pytest.mark.parametrize(
    ("job", "status", "said"),
    [
        ("true", 0, "succeeded"),
        ("exit 7", 7, "failed 7"),
        ("kill -9 $$", 125, "failed"),
    ],
)
def test_wait_ends_as_the_job_did(project: Project, job: str, status: int, said: str) -> None:
    number = project.begin(job)
    done = call(project, "wait", str(number))
    assert done.status == status
    assert f"batch#{number} {said}" in done.err


def test_wait_for_what_never_ran_is_126_and_for_what_can_not_be_asked_127(project: Project) -> None:
    project.world.settled(project.world.submit({"schedule.sh": "#!/bin/sh\nexit 1\n"}))
    assert call(project, "wait", "1").status == 126
    assert call(project, "wait", "9").status == 127
    assert call(project, "wait", "nope#1").status == 127
    project.world.base.rename(project.world.root / "away")
    assert call(project, "wait", "2").status == 127
    assert call(project, "runs").status == 0


def test_what_is_recorded_needs_no_waiting(project: Project) -> None:
    project.finish("exit 4")
    call(project, "runs")
    project.world.base.rename(project.world.root / "away")
    assert call(project, "wait", "1").status == 4


def test_log_prints_the_very_bytes(project: Project) -> None:
    number = project.finish("printf 'a\\033[31m\\377\\r\\n\\000b'")
    done = subprocess.run(
        command(project, "log", str(number)), cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout == b"a\x1b[31m\xff\r\n\x00b"
    assert done.stderr == b""


def test_log_in_a_terminal_can_not_steer_it(project: Project) -> None:
    number = project.finish("printf 'a\\033]0;x\\007\\303\\274\\377 1%%\\r2%%\\r\\nb\\n'")
    with Terminal(command(project, "log", str(number))) as terminal:
        assert terminal.end() == 0
        assert b"a<ESC>]0;x<BEL>\xc3\xbc<0xFF> 1%\r\n2%\r\nb\r\n" in terminal.said


def test_log_follows_to_the_end(project: Project, tmp_path: Path) -> None:
    number = project.begin(f"echo one; {UNTIL_GO}; echo two")
    out = tmp_path / "out"
    with out.open("wb") as file:
        follower = subprocess.Popen(
            command(project, "log", "-f", str(number)), cwd=ROOT, stdout=file
        )
    wait_until(lambda: out.read_bytes() == b"one\n")
    project.world.run(number).joinpath("go").touch()
    assert follower.wait(20) == 0
    assert out.read_bytes() == b"one\ntwo\n"


def test_log_follows_a_job_of_which_only_its_scheduler_knows(
    project: Project, slurm: Slurm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_site(slurm, project, monkeypatch)
    job = f"#!/bin/sh\necho one\n{UNTIL_GO}\necho two\n"
    number = project.world.submit(
        {"schedule.sh": "#!/bin/sh\nsbatch run.sh\n", "run.sh": job, ".gitignore": "slurm*\n"}
    )
    out = tmp_path / "out"
    with out.open("wb") as file:
        follower = subprocess.Popen(
            command(project, "log", "-f", str(number)), cwd=ROOT, stdout=file
        )
    wait_until(lambda: out.read_bytes() == b"one\n", PATIENCE)
    assert call(project, "log", str(number)).out == "one\n"
    project.world.run(number).joinpath("go").touch()
    assert follower.wait(PATIENCE) == 0
    assert out.read_bytes() == b"one\ntwo\n"
    assert project.world.facts(number)["state"] == "succeeded"


def test_log_asks_the_scheduler_where_a_job_prints(
    project: Project, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_site(slurm, project, monkeypatch)
    script = "#!/bin/sh\nsbatch -o ../said run.sh\n"
    job = f"#!/bin/sh\necho one\n{UNTIL_GO}\n"
    number = project.world.submit({"schedule.sh": script, "run.sh": job})
    said = project.world.run(number) / "said"
    wait_until(lambda: said.exists() and said.read_text(), PATIENCE)
    assert call(project, "log", str(number)).out == "one\n"
    project.world.run(number).joinpath("go").touch()


def test_following_a_run_that_can_never_end_says_how_to_end_it(
    project: Project, slurm: Slurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_site(slurm, project, monkeypatch)
    script = """#!/bin/sh
first=$(sbatch --parsable --wrap '"$GITBATCH" run ./run.sh')
sbatch --dependency="afterok:$first" --wrap '"$GITBATCH" run ./run.sh'
"""
    number = project.world.submit({"schedule.sh": script, "run.sh": "#!/bin/sh\nexit 3\n"})
    name = f"batch#{number}"
    with subprocess.Popen(
        command(project, "log", "-f", str(number)), stderr=subprocess.PIPE, encoding="utf-8"
    ) as follower:
        assert follower.stderr
        said = iter(follower.stderr.readline, "")
        stuck = next(line for line in said if "never" in line)
        assert stuck.startswith(f"{name}: ")
        assert next(said) == f"`gitbatch-tui cancel {name}` removes what is left of it.\n"
        assert call(project, "cancel", str(number)).status == 0
        assert follower.wait(PATIENCE) == 0


def test_other_files_of_a_run_have_names(project: Project) -> None:
    number = str(project.finish("mkdir d; echo own >d/own.log"))
    assert call(project, "log", number, "--which", "schedule").out.startswith(
        f"job local {number} "
    )
    assert call(project, "log", number, "--which", "d/own.log").out == "own\n"
    assert call(project, "log", number, "--which", "stdout").out == ""
    said = call(project, "log", number)
    assert said.err == f"There is nothing in log of batch#{number}, which has succeeded.\n"
    said = call(project, "log", number, "--which", "nope.txt")
    assert (said.status, said.out) == (1, "")
    assert f"batch#{number} has no nope.txt; known: log, schedule; or write the path" in said.err


def test_a_reader_that_has_seen_enough_is_no_trouble(project: Project) -> None:
    number = project.finish("i=0; while test $i -lt 20000; do i=$((i + 1)); echo $i; done")
    with subprocess.Popen(
        command(project, "log", str(number)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout
        assert program.stderr
        assert program.stdout.readline() == b"1\n"
        program.stdout.close()
        assert b"Traceback" not in program.stderr.read()


def test_a_table_is_aligned_by_columns_of_the_terminal_not_by_letters() -> None:
    rows = [("a", "b"), ("日本", "x"), ("e\u0301", "y"), ("z" * 60, "w" * 500)]
    lines = list(table(rows))
    assert lines[1] == "日本" + " " * 30 + "x"
    assert lines[2] == "e\u0301" + " " * 33 + "y"
    assert lines[3].startswith("z" * 31 + "…  w")
    assert lines[3].endswith("w…")


@pytest.mark.parametrize("branch", ["short", "a-branch-with-a-name-that-says-all-that-was-tried"])
def test_rows_fit_80_columns_and_keep_number_and_state(
    branch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    row = (
        *("batch#1234", "succeeded, reproduced", branch, "lr=0.1  model=resnet", "1a2b3c4"),
        *("3 months", "12 h 03 min", "slurm 12345678", "delivered", "somebody", "Try it"),
    )
    lines = list(table([HEADER, row]))
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].startswith("batch#1234  succeeded, reproduced  ")
    assert "1a2b3c4" in lines[1]


def test_parameters_are_whole_where_columns_that_matter_less_can_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = (
        *("batch#6", "succeeded", "master", "lr=0.3  seed=3", "42bc763", "10s", "4s", "slurm 6"),
        *("not pulled", "ada", "Run as a batch job"),
    )
    monkeypatch.setenv("COLUMNS", "80")
    narrow = list(table(without_small_columns([HEADER, row])))
    assert all(len(line) <= 80 for line in narrow)
    assert "lr=0.3  seed=3  42bc763  10s  4s    not pulled" in narrow[1]
    monkeypatch.setenv("COLUMNS", "120")
    assert "Run as a batch job" in list(table(without_small_columns([HEADER, row])))[1]
