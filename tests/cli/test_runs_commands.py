"""The commands runs, show, wait and log."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.cli.listing import table
from tests.cli.shop import ROOT, call, command
from tests.lab import Lab, lab
from tests.servers.sshd import HOST, Sshd, sshd
from tests.terminal import Terminal
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lab", "sshd"]

UNTIL_GO = "until test -e ../go; do sleep 0.05; done"
KEYS = {
    *("run", "remote", "number", "state", "branch", "commit", "tree", "subject", "submitter"),
    *("origin", "options", "submitted", "started", "finished", "settled", "exit", "reason"),
    *("job", "host", "result", "place", "results", "undelivered", "ignored", "warning", "as_of"),
    *("links", "tasks", "badge", "findings", "held", "stuck"),
}


def test_runs_are_a_table_with_the_newest_first(lab: Lab) -> None:
    lab.finish("exit 3")
    lab.finish("echo 1 >out")
    said = call(lab, "runs")
    header, second, first = said.out.splitlines()
    assert header.split() == "run state branch commit age took job results subject".split()
    assert second.startswith("batch#2  succeeded  master")
    assert first.startswith("batch#1  failed 3   master")
    assert "waiting" in second
    assert (said.status, said.err) == (0, "")


def test_without_runs_or_remotes_it_is_said_what_to_do(lab: Lab) -> None:
    assert call(lab, "runs").out == "No runs yet: `gitbatch-tui submit` starts one.\n"
    lab.world.git("config", "--unset", "remote.batch.gitbatch")
    said = call(lab, "runs")
    assert said.status == 1
    assert "no batch remote here yet: `gitbatch-tui setup" in said.err


def test_runs_for_programs_has_documented_keys(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    said = call(lab, "runs", "--json").json
    (remote,) = said["remotes"]
    (run,) = said["runs"]
    assert remote.keys() == {"name", "location", "now", "as_of", "trouble", "published"}
    assert run.keys() == KEYS
    shown = call(lab, "show", f"batch#{number}", "--json").json
    assert shown.pop("environment")["host"] == [run["host"]]
    assert run == shown
    assert (run["run"], run["number"], run["state"]) == (f"batch#{number}", number, "succeeded")
    assert run["settled"].endswith("Z")
    assert all(key in call(lab, "runs", "--help").out for key in KEYS)


def test_the_doctors_runs_are_shown_only_with_all(lab: Lab) -> None:
    lab.world.commit({}, branch="gitbatch-doctor-1")
    lab.finish("true")
    assert "No runs" in call(lab, "runs").out
    assert call(lab, "runs", "--json").json["runs"] == []
    assert "gitbatch-doctor-1" in call(lab, "runs", "--all").out


def test_runs_works_offline_and_says_so(lab: Lab) -> None:
    lab.finish("true")
    call(lab, "runs")
    lab.world.base.rename(lab.world.root / "away")
    said = call(lab, "runs")
    assert "batch#1  succeeded" in said.out
    assert "The batch remote at" in said.err
    assert "is gone: what was fetched from it is still here" in said.err
    assert "shown as they were known at" in said.err
    assert said.status == 0
    assert call(lab, "runs", "--json").json["runs"][0]["as_of"]


def test_where_the_batch_remote_is_gone_what_was_fetched_can_be_read_and_pulled(lab: Lab) -> None:
    lab.finish("echo 1 >out")
    assert call(lab, "diff", "1").status == 0
    lab.world.base.rename(lab.world.root / "away")
    shown = call(lab, "show", "1")
    assert (shown.status, shown.out.split()[:2]) == (0, ["batch#1", "succeeded"])
    assert "is gone: what was fetched from it is still here" in shown.err
    assert "This is what was known at" in shown.err
    difference = call(lab, "diff", "1")
    assert (difference.status, "+1\n" in difference.out) == (0, True)
    assert call(lab, "pull", "1").out == "The results of batch#1 were brought into master.\n"
    missing = call(lab, "show", "2")
    assert missing.status == 1
    assert "There is no run batch#2; the newest is batch#1 as far as is known" in missing.err


def test_where_nothing_could_be_asked_nobody_says_that_there_are_no_runs(lab: Lab) -> None:
    lab.world.base.rename(lab.world.root / "away")
    said = call(lab, "runs")
    assert said.out == ""
    assert "There is no batch remote at" in said.err
    assert "`gitbatch-tui setup NAME" in said.err


def test_parameters_are_a_column_where_there_are_any(lab: Lab) -> None:
    lab.finish("true")
    assert "options" not in call(lab, "runs").out
    lab.server.rerun(1, ["lr=0.1", "seed=2"])
    lab.world.settled(2)
    header, second, first = call(lab, "runs").out.splitlines()
    column = header.index("options")
    assert second[column:].startswith("lr=0.1 seed=2  a change")
    assert first[column:].split() == ["a", "change"]


def test_a_host_that_can_not_be_reached_is_named_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    lab.world.git("remote", "set-url", "batch", "ssh://batch/base/repo.git")
    assert call(lab, "runs").err.startswith("batch can't be reached: ")


def test_ctrl_c_while_a_log_is_followed_says_that_the_run_goes_on(lab: Lab) -> None:
    gate = lab.world.root / "gate"
    lab.begin(f"echo first; until test -e {gate}; do sleep 0.1; done")
    process = subprocess.Popen(
        command(lab, "log", "1", "-f"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"first\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    gate.touch()
    assert process.returncode == 130
    assert err.decode().endswith("interrupted. You follow it no longer; the run isn't touched.\n")
    assert lab.world.settled(1)["state"] == "succeeded"


def test_a_login_that_a_server_wants_is_asked_in_the_terminal(lab: Lab, sshd: Sshd) -> None:
    lab.finish("true")
    lab.move_behind(HOST)
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(sshd.folder / "id")]
    subprocess.run(change, check=True)
    assert "needs you to log in" in call(lab, "runs").err
    with Terminal(command(lab, "runs")) as terminal:
        terminal.expect("wants you to log in")
        terminal.expect("passphrase")
        terminal.type_secretly("secret\n")
        terminal.expect("batch#1  succeeded")
        assert terminal.end() == 0


def test_show_tells_what_happened_when(lab: Lab) -> None:
    number = lab.finish("echo 1 >out; echo 2 >x.tmp", __gitignore="*.tmp\n")
    said = call(lab, "show", str(number))
    lines = said.out.splitlines()
    assert lines[0] == f"batch#{number}  succeeded"
    assert any("subject    a change" in line for line in lines)
    assert any("ignored    x.tmp" in line for line in lines)
    assert any("on master, waiting: `gitbatch-tui pull" in line for line in lines)
    assert [line.split("  ")[2].split()[0] for line in lines[-4:]] == [
        "submitted",
        "started",
        "ended",
        "settled:",
    ]


def test_show_lists_the_links_that_lead_out_of_the_run_tree(
    lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> None:
    value = f"v1-sha256-128M-{'ab' * 32}"
    data = tmp_path_factory.mktemp("archive") / value
    data.mkdir(mode=0o555)
    (lab.world.clone / "data").symlink_to(data)
    (lab.world.clone / "gone").symlink_to("/no/such\x1b[31m/place")
    number = lab.finish("true")
    lines = call(lab, "show", str(number)).out.splitlines()
    assert f"  link       data -> {data}" in lines
    assert "  link       gone -> /no/such<ESC>[31m/place (missing)" in lines
    found = call(lab, "show", str(number), "--json").json["links"]
    assert found[0] == {"path": "data", "target": str(data), "state": "ok", "hash": value}
    assert (found[1]["state"], found[1]["hash"]) == ("missing", "")


def test_what_a_record_contains_can_not_steer_the_terminal(lab: Lab) -> None:
    lab.world.write({"schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn true\n'})
    lab.world.git("add", "--all")
    lab.world.git("commit", "-q", "-m", "\x1b]52;c;cHduZWQ=\x07 \u202egnp.exe")
    lab.world.settled(lab.world.push().run)
    for words in (["runs"], ["show", "1"]):
        out = call(lab, *words).out
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
def test_wait_ends_as_the_job_did(lab: Lab, job: str, status: int, said: str) -> None:
    number = lab.begin(job)
    done = call(lab, "wait", str(number))
    assert done.status == status
    assert f"batch#{number} {said}" in done.err


def test_wait_for_what_never_ran_is_126_and_for_what_can_not_be_asked_127(lab: Lab) -> None:
    lab.world.settled(lab.world.submit({"schedule.sh": "#!/bin/sh\nexit 1\n"}))
    assert call(lab, "wait", "1").status == 126
    assert call(lab, "wait", "9").status == 127
    assert call(lab, "wait", "nope#1").status == 127
    lab.world.base.rename(lab.world.root / "away")
    assert call(lab, "wait", "2").status == 127
    assert call(lab, "runs").status == 0


def test_what_is_recorded_needs_no_waiting(lab: Lab) -> None:
    lab.finish("exit 4")
    call(lab, "runs")
    lab.world.base.rename(lab.world.root / "away")
    assert call(lab, "wait", "1").status == 4


def test_log_prints_the_very_bytes(lab: Lab) -> None:
    number = lab.finish("printf 'a\\033[31m\\377\\r\\n\\000b'")
    done = subprocess.run(
        command(lab, "log", str(number)), cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout == b"a\x1b[31m\xff\r\n\x00b"
    assert done.stderr == b""


def test_log_in_a_terminal_can_not_steer_it(lab: Lab) -> None:
    number = lab.finish("printf 'a\\033]0;x\\007\\303\\274\\377 1%%\\r2%%\\r\\nb\\n'")
    with Terminal(command(lab, "log", str(number))) as terminal:
        assert terminal.end() == 0
        assert b"a<ESC>]0;x<BEL>\xc3\xbc<0xFF> 1%\r\n2%\r\nb\r\n" in terminal.said


def test_log_follows_to_the_end(lab: Lab, tmp_path: Path) -> None:
    number = lab.begin(f"echo one; {UNTIL_GO}; echo two")
    out = tmp_path / "out"
    with out.open("wb") as file:
        follower = subprocess.Popen(command(lab, "log", "-f", str(number)), cwd=ROOT, stdout=file)
    wait_until(lambda: out.read_bytes() == b"one\n")
    lab.world.run(number).joinpath("go").touch()
    assert follower.wait(20) == 0
    assert out.read_bytes() == b"one\ntwo\n"


def test_other_files_of_a_run_have_names(lab: Lab) -> None:
    number = str(lab.finish("mkdir d; echo own >d/own.log"))
    assert call(lab, "log", number, "--which", "schedule").out.startswith(f"job local {number} ")
    assert call(lab, "log", number, "--which", "d/own.log").out == "own\n"
    assert call(lab, "log", number, "--which", "stdout").out == ""
    said = call(lab, "log", number)
    assert said.err == f"There is nothing in log of batch#{number}, which has succeeded.\n"
    said = call(lab, "log", number, "--which", "nope.txt")
    assert (said.status, said.out) == (1, "")
    assert f"batch#{number} has no nope.txt: there is log, schedule; or write the path" in said.err


def test_a_reader_that_has_seen_enough_is_no_trouble(lab: Lab) -> None:
    number = lab.finish("i=0; while test $i -lt 20000; do i=$((i + 1)); echo $i; done")
    with subprocess.Popen(
        command(lab, "log", str(number)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
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
