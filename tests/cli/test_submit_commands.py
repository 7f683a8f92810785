"""The commands that start runs, as a person and as a script meets them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.batches import PROJECT
from tests.support.command_line import ROOT, call, command, press_ctrl_c
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB

if TYPE_CHECKING:
    from tests.support.project import Project

CLEAN = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho hello\n"}


def test_submit_says_the_run_and_what_schedule_sh_printed(project: Project) -> None:
    commit = project.world.commit({**CLEAN, "schedule.sh": NO_JOB})
    said = call(project, "submit")
    assert (said.status, said.out) == (0, f"batch#1 is {commit[:7]} of master.\n")
    assert "scheduled\n" in said.err
    assert "run=1" not in said.err


def test_submit_for_programs_is_json_on_stdout_and_nothing_else(project: Project) -> None:
    commit = project.world.commit(CLEAN)
    said = call(project, "submit", "--json", "-o", "lr=0.1")
    assert said.json == {
        "version": 1,
        "run": "batch#1",
        "number": 1,
        "remote": "batch",
        "branch": "master",
        "commit": commit,
        "state": "submitted",
        "options": ["lr=0.1"],
        "notes": [],
    }
    assert project.world.facts(1, "request")["option"] == "lr=0.1"


def test_submit_wait_ends_as_the_job_does(project: Project) -> None:
    project.world.commit({**CLEAN, "run.sh": "#!/bin/sh\nexit 7\n"})
    said = call(project, "submit", "--wait")
    assert said.status == 7
    assert said.err.endswith("batch#1: failed 7.\n")
    assert call(project, "submit", "--again", "--wait", "--json").json["state"] == "failed"


def test_waiting_for_a_run_that_submitted_nothing_ends_and_is_no_success(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = project.world.root / "programs"
    project.world.script(programs / "sbatch", "#!/bin/sh\necho >&2 invalid partition\nexit 1\n")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    project.world.commit({"schedule.sh": "#!/bin/sh\nsbatch job.sh\necho well, well\n"})
    said = call(project, "submit", "--wait")
    assert said.status == 126
    assert "batch#1: unknown: sbatch failed with exit status 1" in said.err
    end = "There is nothing to wait for; `gitbatch-tui cancel batch#1` ends it.\n"
    assert said.err.endswith(end)
    again = call(project, "wait", "1")
    assert (again.status, again.err.endswith(end)) == (126, True)


def test_a_rejected_run_is_said_with_its_reason_and_is_no_success(project: Project) -> None:
    project.world.commit({"schedule.sh": "#!/bin/sh\necho sbatch is away\nexit 3\n"})
    said = call(project, "submit")
    assert said.status == 1
    assert said.out == "batch#1 was rejected: schedule.sh ended with exit status 3.\n"
    assert "sbatch is away" in said.err
    assert "`gitbatch-tui log batch#1 --which schedule`" in said.err


def test_a_schedule_sh_that_hangs_is_stopped_and_named(project: Project) -> None:
    project.world.bare("config", "gitbatch.scheduleTimeout", "1")
    project.world.commit({"schedule.sh": "#!/bin/sh\nexec sleep 60\n"})
    said = call(project, "submit")
    assert said.out == "batch#1 was rejected: schedule.sh took longer than 1 s and was stopped.\n"


def test_a_terminal_sees_what_takes_its_time_and_a_file_does_not(project: Project) -> None:
    project.world.commit({**CLEAN, "schedule.sh": "#!/bin/sh\nsleep 3\n"})
    with Terminal(command(project, "submit")) as terminal:
        terminal.expect("pushed; waiting for schedule.sh")
        terminal.expect(" s, ctrl+c stops)")
        terminal.expect("batch#1 is ")
        assert terminal.end() == 0
    assert "pushing" not in call(project, "submit", "--again").err


def test_what_a_server_says_can_not_steer_the_terminal(project: Project) -> None:
    project.world.commit({**CLEAN, "schedule.sh": "#!/bin/sh\nprintf '\\033]0;owned\\007\\n'\n"})
    said = call(project, "submit")
    assert "<ESC>]0;owned<BEL>" in said.err
    assert "\x1b" not in said.err + said.out


def test_one_name_may_be_a_remote_or_a_branch(project: Project) -> None:
    project.world.commit(CLEAN)
    project.world.git("branch", "other")
    assert "of other." in call(project, "submit", "other").out
    assert "of master." in call(project, "submit", "batch", "--again").out
    assert "no batch remote nowhere here; known: batch" in call(project, "submit", "nowhere").err
    said = call(project, "submit", "batch", "nowhere")
    assert "There is no branch nowhere here; known: master, other." in said.err


def test_where_nobody_can_be_asked_the_options_that_decide_are_named(project: Project) -> None:
    project.world.commit(CLEAN)
    project.world.write({"run.sh": "#!/bin/sh\necho changed\n"})
    said = call(project, "submit")
    assert said.status == 1
    assert "A file is not committed: run.sh. Nothing was submitted: " in said.err
    assert "(--head)" in said.err
    assert "(--snapshot)" in said.err
    assert call(project, "submit", "--snapshot").out.endswith("of master-snapshot.\n")


def test_files_that_git_does_not_know_are_mentioned(project: Project) -> None:
    project.world.commit(CLEAN)
    project.world.write({"data.csv": "1\n"})
    assert (
        "Not part of the commit, since git doesn't know it: data.csv" in call(project, "submit").err
    )


def test_a_terminal_is_asked_in_words(project: Project) -> None:
    project.world.commit(CLEAN)
    project.world.write({"run.sh": "#!/bin/sh\necho changed\n"})
    with Terminal(command(project, "submit")) as terminal:
        terminal.expect("A file is not committed: run.sh.")
        terminal.expect("1  commit first")
        terminal.expect("2  submit ")
        terminal.expect("3  submit a snapshot")
        terminal.expect("Which")
        terminal.type("2\n")
        terminal.expect("batch#1 is ")
        assert terminal.end() == 0
    assert project.world.settled(1)["state"] == "succeeded"


def test_the_first_answer_changes_nothing(project: Project) -> None:
    project.world.commit(CLEAN)
    project.world.write({"run.sh": "#!/bin/sh\necho changed\n"})
    with Terminal(command(project, "submit")) as terminal:
        terminal.expect("Which")
        terminal.type("\n")
        terminal.expect("Nothing was submitted")
        assert terminal.end() == 1
    assert not list((project.world.base / "runs").glob("[0-9]*"))


def test_one_question_can_follow_another(project: Project) -> None:
    project.world.commit(PROJECT)
    project.world.git("push", "-q", "batch", "HEAD")
    project.world.settled(1)
    project.world.commit({"notes": "1"})
    project.world.write({"notes": "2"})
    with Terminal(command(project, "submit")) as terminal:
        terminal.expect("A file is not committed: notes.")
        terminal.expect("Which")
        terminal.type("2\n")
        terminal.expect("master on batch has results of batch#1")
        terminal.expect("Which")
        terminal.type("2\n")
        terminal.expect("batch#2 is ")
        assert terminal.end() == 0


def test_ctrl_c_in_a_push_says_what_was_done(project: Project) -> None:
    project.world.commit(CLEAN)
    marker = project.world.root / "reached"
    hook = f"#!/bin/sh\n: >{marker}\nexec sleep 30\n"
    project.world.script(project.world.repo / "hooks/pre-receive", hook)
    err = press_ctrl_c(project, "submit", once=marker.exists)
    assert err.endswith("gitbatch-tui: interrupted. Nothing was pushed.\n")


def test_ctrl_c_in_a_submission_without_a_push_says_that_a_run_may_have_started(
    project: Project,
) -> None:
    marker, gate = project.world.root / "reached", project.world.root / "gate"
    held = f": >{marker}; until test -e {gate}; do sleep 0.1; done"
    wait = f"test -z $GITBATCH_OPTION_x || {{ {held}; }}"
    schedule = f'#!/bin/sh\n{wait}\nexec "$GITBATCH" spawn true\n'
    project.world.commit({"schedule.sh": schedule})
    assert call(project, "submit", "--wait").status == 0
    err = press_ctrl_c(project, "submit", "--again", "-o", "x=1", once=marker.exists)
    gate.touch()
    assert err.endswith(
        "interrupted. A run may have started all the same: `gitbatch-tui runs` shows it.\n"
    )
    assert project.world.settled(2)["state"] == "succeeded"


def test_a_terminated_push_leaves_no_process(project: Project) -> None:
    project.world.commit(CLEAN)
    marker = project.world.root / "reached"
    hook = f"#!/bin/sh\necho $$ >{marker}.new\nmv {marker}.new {marker}\nexec sleep 30\n"
    project.world.script(project.world.repo / "hooks/pre-receive", hook)
    process = subprocess.Popen(command(project, "submit"), cwd=ROOT, start_new_session=True)
    wait_until(marker.exists)
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGTERM
    hook_process = Path(f"/proc/{marker.read_text().strip()}/stat")
    wait_until(lambda: not hook_process.exists() or ") Z " in hook_process.read_text())


def test_rerun_keeps_parameters_and_replaces_one(project: Project) -> None:
    project.world.commit(CLEAN)
    call(project, "submit", "-o", "lr=0.1", "-o", "seed=1")
    said = call(project, "rerun", "batch#1", "-o", "lr=0.2", "-o", "new=x", "--json")
    assert said.status == 0
    assert [run["run"] for run in said.json] == ["batch#2"]
    request = (project.world.run(2) / "request").read_text()
    assert "option: lr=0.2\noption: seed=1\noption: new=x" in request
    assert "\norigin: rerun 1\n" in request


def test_parameters_are_in_what_submit_and_rerun_say(project: Project) -> None:
    project.world.commit(CLEAN)
    commit = project.world.git("rev-parse", "--short=7", "HEAD")
    said = call(project, "submit", "-o", "lr=0.1", "-o", "seed=1").out
    assert said == f"batch#1 is {commit} of master, with lr=0.1, seed=1.\n"
    said = call(project, "rerun", "1", "-o", "lr=0.2").out
    assert said == f"batch#2 is {commit} of master, with lr=0.2, seed=1.\n"
    assert call(project, "rerun", "1", "--json").json[0]["options"] == ["lr=0.1", "seed=1"]


def test_rerun_takes_several_and_names_what_is_not_there(project: Project) -> None:
    project.world.commit(CLEAN)
    call(project, "submit", "--wait")
    assert call(project, "rerun", "1", "batch#1").out.count(" is ") == 2
    said = call(project, "rerun", "1", "17")
    assert (said.status, said.err[:42]) == (1, "gitbatch-tui: There is no run batch#17; th")
    assert not project.world.run(4).exists(), "where a name is wrong, nothing has begun"


def test_a_rerun_of_several_says_what_has_begun_where_one_cannot(project: Project) -> None:
    project.world.commit(CLEAN)
    call(project, "submit", "--wait")
    call(project, "rerun", "1")
    call(project, "wait", "2")
    shutil.rmtree(project.world.run(2))  # its record is still there
    said = call(project, "rerun", "1", "2", "batch#1", "--json")
    assert [run["run"] for run in said.json] == ["batch#3"]
    assert said.status == 1
    assert said.err.splitlines()[-1].startswith("gitbatch-tui: batch#2: ")
    assert said.err.endswith(" Not begun, either: batch#1.\n")


@pytest.mark.parametrize("words", [("submit", "--bogus"), ("rerun",), ("new", "cron")])
def test_usage_mistakes_end_with_2(project: Project, words: tuple[str, ...]) -> None:
    said = call(project, *words)
    assert said.status == 2
    assert said.err.startswith("Usage: gitbatch-tui ")


def test_a_umask_that_shuts_oneself_out_keeps_no_job_from_running(project: Project) -> None:
    world = project.world
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho made >result\n"})
    done = subprocess.run(
        command(project, "submit", "--wait"),
        cwd=ROOT,
        umask=0o777,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = world.call("sh", "-c", f'umask 777; exec "{world.repo}/gitbatch/gitbatch" rerun 1')
    assert world.settled(answer.run)["state"] == "succeeded", answer.output
    assert (world.run(answer.run) / "tree/result").stat().st_mode & 0o777 == 0o600
