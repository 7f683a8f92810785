"""cancel, prune, shell and doctor, from the outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import ROOT, call, command, press_ctrl_c
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.project import Project
    from tests.support.servers.sshd import Sshd

LASTING = "exec sleep 60"


def test_cancel_asks_a_terminal_and_not_a_script(project: Project) -> None:
    project.begin(LASTING)
    with Terminal(command(project, "cancel", "1")) as terminal:
        terminal.expect("batch#1  ")
        terminal.expect("Cancel it? [y/N]")
        terminal.type("n\n")
        terminal.expect("Nothing was cancelled.")
        assert terminal.end() == 1
    assert call(project, "cancel", "1").out == "batch#1 is cancelled.\n"
    assert project.world.settled(1)["state"] == "cancelled"


def test_cancel_takes_several_and_says_which_were_over(project: Project) -> None:
    project.finish("echo hello")
    project.begin(LASTING)
    said = call(project, "cancel", "1", "2", "--json")
    assert said.status == 1
    assert [each["cancelled"] for each in said.json] == [False, True]
    assert "batch#1: Run 1 has ended already: succeeded." in said.err


def test_a_run_that_succeeds_while_it_is_cancelled_is_not_called_cancelled(
    project: Project,
) -> None:
    project.begin("trap 'exit 0' TERM; : >../up; while :; do sleep 0.1; done")
    wait_until((project.world.run(1) / "up").exists, what="the job to heed signals")
    said = call(project, "cancel", "1", "--json")
    assert said.err == "gitbatch-tui: batch#1: Run 1 ended meanwhile: succeeded.\n"
    assert (said.status, said.json[0]["cancelled"]) == (1, False)
    assert project.world.settled(1)["state"] == "succeeded"


def test_cancel_withdraws_a_job_that_waits_in_its_scheduler(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = project.world.root / "programs"
    listed = "printf '7\\tSun Nov 22 14:33:00 2026 a user\\n'"
    project.world.script(programs / "atq", f"#!/bin/sh\n{listed}\n")
    withdraw = f'#!/bin/sh\necho "$@" >{programs}/withdrawn\n: >{programs}/atq\n'
    project.world.script(programs / "atrm", withdraw)
    project.world.submit({"schedule.sh": "#!/bin/sh\necho job 7 at Sun Nov 22 14:33:00 2026\n"})
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    assert call(project, "cancel", "1").out == "batch#1 is cancelled: at 7 stopped.\n"
    assert (programs / "withdrawn").read_text() == "7\n"
    assert project.world.settled(1)["state"] == "cancelled"


def test_cancel_stops_nothing_when_one_name_is_wrong(project: Project) -> None:
    project.begin(LASTING)
    assert call(project, "cancel", "1", "17").status == 1
    assert project.states() in ({1: "running"}, {1: "queued"}, {1: "submitted"})
    call(project, "cancel", "1")


def test_ctrl_c_in_a_cancel_says_what_is_cancelled_all_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, programs = project.world, project.world.root / "programs"
    listed = "printf '%s\\tSun Nov 22 14:33:00 2026 a user\\n' 7 8"
    world.script(programs / "atq", f"#!/bin/sh\n{listed}\n")
    marker = programs / "reached"
    world.script(programs / "atrm", f"#!/bin/sh\n: >{marker}\nexec sleep 60\n")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    for job in (7, 8):
        schedule = f"#!/bin/sh\necho job {job} at Sun Nov 22 14:33:00 2026\n"
        world.submit({"schedule.sh": schedule})
    err = press_ctrl_c(project, "cancel", "1", "2", once=marker.exists)
    assert "interrupted. Some may be cancelled all the same" in err
    assert '`gitbatch-tui show RUN` says "is being cancelled" while they wait' in err
    assert "is being cancelled" in call(project, "show", "2").out
    world.script(programs / "atrm", f"#!/bin/sh\n: >{programs}/atq\n")
    assert call(project, "cancel", "1", "2").status == 0
    assert set(project.states().values()) == {"cancelled"}


def test_prune_says_the_space_and_asks(project: Project) -> None:
    project.finish("echo x >result")
    said = call(project, "prune", "batch", "--dry-run")
    assert said.out.startswith("1 run tree of batch can go, ")
    assert call(project, "prune", "--dry-run").out == said.out
    refused = call(project, "prune")
    assert refused.status == 1
    assert "Remove 1 run tree of batch, " in refused.err
    tree = project.world.run(1) / "tree"
    assert tree.exists()
    pruned = call(project, "prune", "batch", "--yes", "--json").json
    assert set(pruned) == {"version", "freed", "removed", "kept"}
    assert pruned["removed"].keys() == {"1"}
    assert not tree.exists()


def test_shell_opens_in_the_run_tree_and_ends_as_it_does(project: Project) -> None:
    project.finish("echo x >result")
    done = subprocess.run(
        command(project, "shell", "1"),
        cwd=ROOT,
        input=b"pwd; cat result; exit 5\n",
        capture_output=True,
        env={**os.environ, "SHELL": "/bin/sh"},
        check=False,
    )
    assert done.returncode == 5
    assert done.stdout.decode() == f"{project.world.run(1)}/tree\nx\n"
    call(project, "prune", "batch", "--yes")
    said = call(project, "shell", "1")
    assert (said.status, "isn't on local any more" in said.err) == (1, True)


def test_a_shell_where_the_batch_remote_is_gone_does_not_speak_of_prune(project: Project) -> None:
    project.finish("echo 1")
    assert call(project, "show", "1").status == 0  # its record is here from now on
    shutil.rmtree(project.world.repo)
    shutil.rmtree(project.world.run(1))
    said = call(project, "shell", "1")
    assert said.status == 1
    assert "There is no batch remote at " in said.err


def test_a_shell_on_another_host_has_a_terminal(project: Project, sshd: Sshd) -> None:
    if os.getuid():
        pytest.skip("an sshd without root gives no terminal")
    project.finish("echo x >result")
    project.move_behind("hpc")
    with Terminal(command(project, "shell", "1")) as terminal:
        terminal.type("test -t 0 && cat result && pwd; exit 5\n")
        terminal.expect(f"{project.world.run(1)}/tree")
        assert terminal.end() == 5
    assert sshd.connections() == 1


def test_doctor_ends_with_1_when_something_fails(project: Project) -> None:
    said = call(project, "doctor")
    assert said.status == 0
    assert [line.split()[0] for line in said.out.splitlines()] == ["ok"] * 12
    (project.world.repo / "hooks/post-receive").chmod(0o644)
    said = call(project, "doctor", "batch", "--json")
    assert said.status == 1
    assert [check["name"] for check in said.json if check["verdict"] == "fail"] == [
        "hook",
        "round trip",
    ]


@pytest.mark.parametrize("shell", ["bash", "csh", "dash"])
def test_everything_works_over_ssh_whatever_the_login_shell(
    project: Project, sshd: Sshd, shell: str
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    sshd.login_shell(shell, "echo module: not found >&2")
    assert call(project, "setup", "far", "hpc:base").status == 0
    project.world.commit(
        {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho said so; echo x >r\n"}
    )
    assert call(project, "submit", "far", "--wait").status == 0
    expected = {
        "runs far": "far#1  succeeded",
        "show far#1": "succeeded",
        "log far#1 -f": "said so",
        "diff far#1": "+x",
        "pull far#1": "were brought into",
        "get far#1 run.sh copy": "copy",
        "rerun far#1": "far#2",
        "wait far#2": "",
        "doctor far": "ok",
        "prune far --yes": "can go",
    }
    for words, part in expected.items():
        said = call(project, *words.split())
        assert (said.status, part in said.out) == (0, True), (words, said)
    assert call(project, "remove", "far", "--server", "--yes").status == 0
    assert not (sshd.home / "base").exists()
