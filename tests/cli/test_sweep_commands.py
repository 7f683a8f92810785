"""Sweeps on the command line: planned, submitted in one go, and gone on with."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.support.command_line import ROOT, call, command
from tests.support.servers.sshd import HOST
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.servers.sshd import Sshd
    from tests.support.worlds import World

PROJECT = {
    "schedule.sh": JOB_OF_ITS_OWN,
    "run.sh": '#!/bin/sh\necho "$GITBATCH_OPTION_lr" >rate\ntest "$GITBATCH_OPTION_lr" != 9\n',
}


def numbers(world: World) -> list[int]:
    return sorted(int(path.name) for path in (world.base / "runs").glob("[0-9]*"))


def test_a_sweep_is_planned_submitted_and_told(project: Project) -> None:
    commit = project.world.commit(PROJECT)
    said = call(project, "submit", "--sweep", "lr=1,9", "--sweep", "seed=1..2", "--wait")
    assert f"4 runs of master {commit[:7]}: lr x seed.\n" in said.err
    assert "batch#1  lr=1  seed=1\n" in said.out
    assert said.out.endswith("sweep:1: 4 runs.\n")
    assert "no run" not in said.err
    assert said.status == 1
    states = project.states()
    assert sorted(states.values()) == ["failed", "failed", "succeeded", "succeeded"]
    runs = project.listing().runs
    assert {run.sweep for run in runs} == {1}
    assert {run.options for run in runs} == {
        (f"lr={rate}", f"seed={seed}") for rate in (1, 9) for seed in (1, 2)
    }


def test_with_two_batch_remotes_every_command_that_is_named_can_be_given(
    project: Project, tmp_path: Path
) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    assert call(project, "setup", "gpu", str(tmp_path / "gpu")).status == 0
    said = call(project, "submit", "batch", "--sweep", "lr=1..2")
    named = said.err.rpartition("`gitbatch-tui ")[2].partition("`")[0]
    assert named == "compare batch#sweep:1"
    assert call(project, *named.split()).status == 0
    refused = call(project, "compare", "sweep:1")
    assert "several batch remotes: write batch#sweep:1 or gpu#sweep:1." in refused.err


def test_the_newest_runs_are_those_of_all_batch_remotes(project: Project, tmp_path: Path) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    assert call(project, "setup", "gpu", str(tmp_path / "gpu")).status == 0
    for remote in ("gpu", "batch"):
        assert call(project, "submit", remote).status == 0
    page = str(tmp_path / "page.html")
    shown = call(project, "report", "-o", page, "--json").json["runs"]
    assert sorted(shown) == ["batch#1", "gpu#1"]
    compared = call(project, "compare", "--last", "2").out
    assert "batch#1" in compared
    assert "gpu#1" in compared


def test_the_newest_runs_are_those_of_the_others_where_a_batch_remote_is_gone(
    project: Project,
) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    git = project.world.git
    git("remote", "add", "gone", "/nowhere/repo.git")
    git("config", "remote.gone.gitbatch", "/nowhere")
    refused = call(project, "compare", "--last", "1")
    assert "no batch remote at /nowhere" in refused.err
    assert call(project, "submit", "batch").status == 0
    assert "batch#1" in call(project, "compare", "--last", "1").out


def test_a_sweep_for_programs(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    said = call(project, "submit", "--sweep", "lr=1..2", "-o", "seed=7", "--json")
    assert said.status == 0
    assert said.json["sweep"] == "sweep:1"
    assert [run["options"] for run in said.json["runs"]] == [["seed=7", "lr=1"], ["seed=7", "lr=2"]]
    assert {run["state"] for run in said.json["runs"]} == {"submitted"}


def test_a_limit_that_only_local_keeps_to_is_said_to_have_no_effect_elsewhere(
    project: Project,
) -> None:
    limit = ("submit", "--sweep", "lr=1..3", "--at-most", "2")
    project.world.commit({**PROJECT, "schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n'})
    assert "no effect" not in call(project, *limit).err
    project.world.commit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 47"$GITBATCH_RUN"\n'})
    words = "The limit of 2 at a time has no effect: the jobs are those of slurm"
    said = call(project, *limit, "--without-results")
    assert said.status == 0
    assert words in said.err
    said = call(project, *limit, "--without-results", "--again", "--json")
    assert [note[: len(words)] for note in said.json["notes"]] == [words]
    for number in range(4, 10):
        assert project.world.gitbatch("settle", str(number), "cancelled").status == 0


def test_a_sweep_tells_once_what_its_runs_will_not_find(project: Project) -> None:
    project.world.commit({"schedule.sh": NO_JOB, ".gitmodules": ""})
    said = call(project, "submit", "--sweep", "lr=1..3")
    assert said.status == 0
    assert (said.out + said.err).count("submodules arrive as empty directories") == 1


def test_the_same_sweep_runs_again_only_when_that_is_wanted(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    words = ("submit", "--sweep", "lr=1..2")
    assert call(project, *words).status == 0
    said = call(project, *words)
    assert said.status == 1
    assert "sweep:1 has these very runs" in said.err
    assert numbers(project.world) == [1, 2]
    assert call(project, *words, "--again").out.endswith("sweep:3: 2 runs.\n")
    assert call(project, "submit", "--sweep", "lr=1..3").out.endswith("sweep:5: 3 runs.\n")


def test_a_sweep_is_the_same_one_when_results_of_it_were_pulled(project: Project) -> None:
    project.world.commit(PROJECT)
    words = ("submit", "--sweep", "lr=1..2")
    assert call(project, *words, "--wait").status == 0
    ran = project.run(1).commit
    assert call(project, "pull", "batch#2").status == 0
    assert project.world.git("rev-parse", "HEAD") != ran
    said = call(project, *words)
    assert said.status == 1
    assert f"sweep:1 has these very runs of {ran[:7]}" in said.err
    assert numbers(project.world) == [1, 2]


def test_a_commit_that_is_there_already_is_not_pushed_again(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    call(project, "submit")
    assert call(project, "submit", "--sweep", "lr=1..2").status == 0
    assert numbers(project.world) == [1, 2, 3]


def test_what_looks_wrong_or_large_is_asked_about(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    for words, why in (
        (("-o", "lr=0.1 epochs=4"), "epochs would be one of its own"),
        (("-o", "lr=0.1,0.2,0.4"), "`--sweep lr=0.1,0.2,0.4` would be 3 runs"),
        (("-o", "lr=1,1"), "`--sweep lr=1,1` would be 1 run."),
        (("--sweep", "lr=0.1 epochs=4"), "epochs would be one of its own"),
        (("--sweep", "a=1..100", "--sweep", "b=1..100"), "10,000 runs would be submitted"),
        (("--sweep", "a=2..1"), "has no values"),
    ):
        said = call(project, "submit", *words)
        assert said.status == 1
        assert why in said.err
    assert numbers(project.world) == []
    assert call(project, "submit", "-o", "lr=0.1 epochs=4", "--yes").status == 0


def test_several_values_for_a_run_again_are_asked_about_unless_it_had_them(
    project: Project,
) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    assert call(project, "submit", "-o", "layers=2,4", "--yes").status == 0
    for words, why in (
        (("-o", "lr=0.1,0.2"), "`--sweep lr=0.1,0.2` would be 2 runs"),
        (("-o", "lr=0.1 epochs=4"), "epochs would be one of its own"),
    ):
        said = call(project, "rerun", "1", *words)
        assert said.status == 1
        assert why in said.err
    assert call(project, "rerun", "1", "-o", "lr=3").status == 0
    assert call(project, "rerun", "1", "-o", "lr=0.1,0.2", "--yes").status == 0
    assert [
        project.world.facts(number, "request")["option"] for number in numbers(project.world)
    ] == ["layers=2,4", "lr=3", "lr=0.1,0.2"]


def test_a_file_with_a_fault_submits_nothing(project: Project, tmp_path: Path) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    file = tmp_path / "rows.csv"
    file.write_text("lr,seed\n1,2\n1,2,3\n")
    said = call(project, "submit", "--sweep-file", str(file))
    assert said.status == 1
    assert "rows.csv, line 3: 2 values were expected (lr, seed), not 3" in said.err
    file.write_text("lr,seed\n0.1 epochs=4,2\n")
    said = call(project, "submit", "--sweep-file", str(file))
    assert said.status == 1
    assert "epochs would be one of its own" in said.err
    assert numbers(project.world) == []
    file.write_text("lr,seed\n1,2\n1,3\n")
    assert call(project, "submit", "--sweep-file", str(file)).out.endswith("sweep:1: 2 runs.\n")


def test_a_submit_that_is_stopped_goes_on_and_again_tells_of_all(project: Project) -> None:
    world = project.world
    world.commit({**PROJECT, "schedule.sh": "#!/bin/sh\nsleep 0.2\n"})
    words = ("submit", "--sweep", "lr=1..20")
    with subprocess.Popen(
        command(project, *words), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as submit:
        wait_until((world.run(2) / "scheduled").exists, 60, "some to have begun")
        os.kill(submit.pid, signal.SIGINT)
        _, err = submit.communicate(timeout=30)
    assert b"the same command again starts only what is missing" in err
    runs = world.base / "runs"
    wait_until(lambda: len(list(runs.glob("[0-9]*/scheduled"))) == 20, 60, "the rest")
    assert numbers(world) == list(range(1, 21))
    assert "has these very runs" in call(project, *words).err


def test_what_never_began_of_a_sweep_is_started_by_the_same_command(project: Project) -> None:
    world = project.world
    world.commit({**PROJECT, "schedule.sh": NO_JOB})
    words = ("submit", "--sweep", "lr=1..2")
    assert call(project, *words).status == 0
    # As if the server had been switched off before schedule.sh.
    for name in ("scheduled", "settled", "schedule.log"):
        (world.run(2) / name).unlink(missing_ok=True)
    assert world.settled_by_contact(2)["state"] == "rejected"
    assert call(project, *words).out.endswith("sweep:1: 2 runs, 1 of them new.\n")
    assert numbers(world) == [1, 2, 3]
    assert "has these very runs" in call(project, *words).err


def test_a_sweep_over_ssh(project: Project, sshd: Sshd) -> None:
    del sshd
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    project.move_behind(HOST)
    assert call(project, "submit", "--sweep", "lr=1..5").out.endswith("sweep:1: 5 runs.\n")
    assert numbers(project.world) == [1, 2, 3, 4, 5]


def test_a_batch_remote_of_before_is_told_to_be_upgraded(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    program = project.world.repo / "gitbatch/gitbatch"
    program.write_text(program.read_text().replace("\\tsweep=yes", ""))
    said = call(project, "submit", "--sweep", "lr=1..2")
    assert said.status == 1
    assert "of an older version, which knows of no sweeps" in said.err
    assert project.world.tip("master") == "" or numbers(project.world) == []


MEASURES = {
    "schedule.sh": JOB_OF_ITS_OWN,
    "run.sh": '#!/bin/sh\nprintf \'{"loss": %s}\' "$GITBATCH_OPTION_lr" >metrics.json\n'
    'test "$GITBATCH_OPTION_lr" != 9 || test -e "$GITBATCH_RUN_DIR/../../mended"\n',
}


def test_what_failed_of_a_sweep_is_run_again_in_the_same_sweep(project: Project) -> None:
    project.world.commit(MEASURES)
    call(project, "submit", "--sweep", "lr=1,9,3", "--wait")
    (project.world.base / "mended").touch()
    for words in (("-o", "lr=8"), ("sweep:2",)):
        said = call(project, "rerun", "--failed", "sweep:1", *words)
        assert said.status == 2
        assert "--failed takes one sweep, whose runs keep their parameters" in said.err
    said = call(project, "rerun", "--failed", "sweep:1")
    assert said.out == "batch#4  lr=9\nsweep:1: 1 run.\n"
    project.world.settled(4)
    run = project.run(4)
    assert (run.state, run.sweep, run.origin) == ("succeeded", 1, "rerun 2")
    said = call(project, "rerun", "--failed", "sweep:1")
    assert said.status == 1
    assert "nothing has failed, or it has been run again already." in said.err


def test_far_away_what_failed_is_run_again_and_the_best_comes_home(
    project: Project, sshd: Sshd
) -> None:
    sshd.delay(0.02)
    project.move_behind(HOST)
    project.world.commit(MEASURES)
    call(project, "submit", "--sweep", "lr=5,9,3", "--wait")
    (project.world.base / "mended").touch()
    assert call(project, "rerun", "--failed", "sweep:1").out == "batch#4  lr=9\nsweep:1: 1 run.\n"
    assert project.world.settled(4)["state"] == "succeeded"
    said = call(project, "pull", "--best=-loss", "sweep:1")
    assert said.status == 0, said.err
    assert (project.world.clone / "metrics.json").read_text() == '{"loss": 9}'


def test_waiting_for_a_sweep_ends_when_the_last_is_over_and_as_the_worst(project: Project) -> None:
    project.world.commit(
        {
            "schedule.sh": JOB_OF_ITS_OWN,
            "run.sh": '#!/bin/sh\nexit "$GITBATCH_OPTION_code"\n',
        }
    )
    assert call(project, "submit", "--sweep", "code=0,5,3").status == 0
    done = call(project, "wait", "sweep:1")
    assert done.status == 5
    ends = [line for line in done.err.splitlines() if line.startswith("batch#")]
    assert [line.split()[:2] for line in ends] == [
        ["batch#1", "succeeded"],
        ["batch#2", "failed"],
        ["batch#3", "failed"],
    ]
    assert call(project, "wait", "sweep:9").status == 127


def test_groups_of_runs_are_compared_and_the_best_comes_home(project: Project) -> None:
    world = project.world
    world.commit(MEASURES)
    call(project, "submit", "--sweep", "lr=3,1,2", "--wait")
    for words in (("1-3",), ("sweep:1",), ("master",), ("--last", "3"), ("batch#sweep:1",)):
        said = call(project, "compare", *words, "--sort", "loss")
        assert [line.split()[0] for line in said.out.splitlines()[1:]] == [
            "batch#2",
            "batch#3",
            "batch#1",
        ]
    said = call(project, "pull", "--best", "loss")
    assert "batch#2 (lr=1) has the least loss 1 of 3 runs. `--best=-loss` takes" in said.err
    assert (world.clone / "metrics.json").read_text() == '{"loss": 1}'
    assert call(project, "pull", "--best", "-loss", "sweep:1").status == 0
    assert (world.clone / "metrics.json").read_text() == '{"loss": 3}'
    said = call(project, "pull", "--best", "loss", "3-3", "--files")
    assert "batch#3 has the least loss 2 of 1 run." in said.err
    said = call(project, "pull", "--best", "accuracy", "1-3")
    assert "has no number accuracy; known: loss" in said.err
    assert "is no run and no group of runs" in call(project, "compare", "nothing").err
    for word in ("sweep:2", "7-9"):
        assert f"There are no runs {word}" in call(project, "compare", word).err
    assert "sweep:1 isn't the name of one run" in call(project, "show", "sweep:1").err


def test_a_sweep_is_cancelled_as_a_whole_without_what_is_over(project: Project) -> None:
    world = project.world
    wait = "#!/bin/sh\ntest $GITBATCH_OPTION_a = 1 || sleep 600\n"
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": wait})
    world.bare("config", "gitbatch.localSlots", "4")  # rows are started side by side
    call(project, "submit", "--sweep", "a=1..4")
    world.settled(1)
    said = call(project, "cancel", "sweep:1", "--yes")
    assert said.status == 0
    assert said.out.splitlines() == [f"batch#{n} (a={n}) is cancelled." for n in (2, 3, 4)]
    for number in (2, 3, 4):
        assert world.settled(number)["state"] == "cancelled"
    said = call(project, "cancel", "1-4", "--yes")
    assert "All runs of 1-4 are over." in said.err


def test_of_a_sweep_those_that_wait_are_cancelled_before_those_that_run(project: Project) -> None:
    world = project.world
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nsleep 600\n"})
    world.bare("config", "gitbatch.localSlots", "1")
    call(project, "submit", "--sweep", "a=1..9")
    runs = world.base / "runs"
    wait_until(lambda: list(runs.glob("*/started")), what="the first to begin")
    (running,) = runs.glob("*/started")
    assert call(project, "cancel", "sweep:1", "--yes").status == 0
    when = {run.parent: run.stat().st_mtime_ns for run in runs.glob("*/cancelled")}
    assert len(when) == 9
    # Four are cancelled side by side.
    assert sum(other < when[running.parent] for other in when.values()) >= 5


def test_runs_show_what_tells_them_apart_and_are_chosen_by_it(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    call(project, "submit", "-o", "data=x", "--sweep", "lr=1..3")
    header, *rows = call(project, "runs").out.splitlines()
    assert header.split()[:5] == ["run", "state", "branch", "parameters", "commit"]
    assert "lr=3" in rows[0]
    assert "data=x" not in rows[0]
    said = call(project, "runs", "--where", "lr>1 data:x", "--json")
    assert [run["number"] for run in said.json["runs"]] == [3, 2]
    assert said.json["runs"][0]["sweep"] == 1
    assert call(project, "runs", "--where", "lr>3").out == "No run matches.\n"
    wrong = call(project, "runs", "--where", "results:bogus", "--json")
    assert (wrong.status, wrong.json["error"]["status"]) == (2, 2)
    assert wrong.json["error"]["message"] in wrong.err
    assert "no such results, but none, waiting, not pulled" in wrong.err


def test_notes_and_tags_are_in_the_history_that_every_clone_has(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    call(project, "submit", "--sweep", "lr=1..3")
    assert call(project, "note", "2", "looks", "odd").out == "batch#2: looks odd\n"
    assert call(project, "tag", "1-2", "good").status == 0
    assert call(project, "tag", "1", "good", "--remove").status == 0
    found = call(project, "runs", "--where", "tag:good note:odd", "--json").json["runs"]
    assert [(run["number"], run["note"], run["tags"]) for run in found] == [
        (2, "looks odd", ["good"])
    ]
    assert "looks odd" in call(project, "show", "2").out
    call(project, "note", "2", "--remove")
    assert call(project, "runs", "--where", "note:odd").out == "No run matches.\n"
    for words, why in (
        (("tag", "1", "a b"), "a b is no tag"),
        (("note", "1", "a\nb"), "one line"),
        (("note", "1"), "Say what to note"),
        (("note", "1", " "), "Say what to note"),
        (("note", "1", "a", "--remove"), "WORD... and --remove exclude each other"),
        (("tag", "good"), "Name the runs"),
    ):
        said = call(project, *words)
        assert said.status != 0
        assert why in said.err


def test_a_run_whose_folder_was_removed_is_known_and_holds_no_others_back(
    project: Project,
) -> None:
    project.world.commit(MEASURES)
    call(project, "submit", "--sweep", "lr=1..3", "--wait")
    shutil.rmtree(project.world.run(2))
    assert "succeeded" in call(project, "show", "2").out
    said = call(project, "tag", "sweep:1", "good")
    assert said.status == 1
    assert said.out == "batch#1 is tagged good.\nbatch#3 is tagged good.\n"
    assert "There is no run 2 here" in said.err


def test_a_tag_says_which_runs_have_it_where_the_next_cannot_be_asked_for(project: Project) -> None:
    project.world.commit({**PROJECT, "schedule.sh": NO_JOB})
    call(project, "submit")
    gone = project.world.root / "gone"
    project.world.git("remote", "add", "gone", str(gone / "repo.git"))
    project.world.git("config", "remote.gone.gitbatch", str(gone))
    said = call(project, "tag", "batch#1", "gone#1", "good")
    assert (said.status, said.out) == (1, "batch#1 is tagged good.\n")
    assert str(gone) in said.err


def test_the_plan_names_the_commit_that_runs_also_where_results_are_brought_in_before(
    project: Project,
) -> None:
    project.finish("echo $GITBATCH_RUN >result")
    before = project.world.commit({"idea": "another one\n"})
    project.world.git("config", "gitbatch.bringResults", "true")
    said = call(project, "submit", "--sweep", "lr=1..2")
    assert said.status == 0, said.err
    (commit,) = {run.commit for run in project.listing().runs if run.sweep}
    assert commit != before
    assert f"2 runs of master {commit[:7]}: lr." in said.err
    assert before[:7] not in said.err
