"""A batch remote that a group shares: all push, and each run is its submitter's."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.invariants import processes
from tests.support.people import GROUP, only_root
from tests.support.waiting import wait_until
from tests.support.worlds import wait_only

if TYPE_CHECKING:
    from tests.support.groups import Group

pytestmark = only_root
SLOW = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\n"


def test_everybody_of_the_group_pushes_and_gets_the_results_of_their_own_run(group: Group) -> None:
    done = group.install("--shared", str(GROUP))
    assert done.returncode == 0, done.stderr
    assert "it is shared with the group" in done.stdout
    job = "#!/bin/sh\nid -u >who\n"
    for number, (who, branch) in enumerate(
        [(group.anna, "a"), (group.ben, "b"), (group.anna, "b2"), (group.ben, "a2")], 1
    ):
        pushed = group.submit(who, job, branch)
        assert f"run={number} " in pushed.stderr, pushed.stderr
        assert "results: delivered" in group.settled(number)
        group.must(who, "git", "pull", "-q", "batch", branch, at=who.home / "clone")
        assert (who.home / "clone/who").read_text() == f"{who.uid}\n"
        (who.home / "clone/who").unlink()
        assert (group.base / f"runs/{number}").stat().st_uid == who.uid
    for who in (group.anna, group.ben):
        assert group.must(who, group.gitbatch, "log", "1") is not None
        told = group.must(who, "git", "--git-dir", group.base / "repo.git", "fsck", "--no-dangling")
        assert told == ""


def test_the_group_sees_jobs_that_were_submitted_under_a_closed_umask(group: Group) -> None:
    group.install("--shared", str(GROUP))
    job = """#!/bin/sh
umask 077
mkdir programs
printf '#!/bin/sh\\numask >mask; echo Submitted batch job 41\\n' >programs/sbatch
chmod +x programs/sbatch
PATH=$PWD/programs:$PATH "${GITBATCH%/*}/bin/sbatch/sbatch" --parsable run.sh
"""
    group.submit(group.anna, job)
    wait_until((group.base / "runs/1/finished").exists)
    seen = group.must(group.ben, group.gitbatch, "jobs", "1")
    assert "intents=0" in seen
    assert "job=slurm 41\trun=1\thow=recorded" in seen
    # The job's own files are as closed as its script wants them.
    assert (group.base / "runs/1/tree/mask").read_text() == "0077\n"
    group.must(group.anna, group.gitbatch, "settle", "1", "lost")


def test_in_a_group_the_system_says_whose_word_it_is_on_one_line(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, SLOW).stderr
    liar = ("env", "LOGNAME=root", "USER=root", group.gitbatch)
    group.must(group.ben, *liar, "cancel", "1")
    group.must(group.ben, *liar, "attest", "1", "note", "Note", "good")
    word = f": {group.ben.uid}"
    _, by = (group.base / "runs/1/cancelled").read_text().splitlines()
    assert by == f"by{word}"
    request = (group.base / "runs/1/request").read_text().splitlines()
    assert f"submitter{word}" in request
    assert str(group.ben.uid) not in request
    log = ("git", "--git-dir", group.base / "repo.git", "log", "-1", "--format=%b")
    noted = group.must(group.ben, *log, "refs/gitbatch/log").splitlines()
    assert f"By{word}" in noted
    assert str(group.ben.uid) not in noted


def test_a_run_is_its_submitters_alone_to_cancel_settle_and_prune(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.anna, SLOW).stderr
    assert "own=no" in group.must(group.ben, group.gitbatch, "status")
    assert "own=no" not in group.must(group.anna, group.gitbatch, "status")
    for order in (("cancel", "1"), ("settle", "1", "failed")):
        refused = group.ben.call(group.gitbatch, *order)
        assert refused.returncode == 1
        assert (
            refused.stderr
            == "gitbatch: run 1 belongs to 64001: only they, or root, can change it\n"
        )
    assert not (group.base / "runs/1/cancelled").exists()
    assert group.anna.call(group.gitbatch, "cancel", "1").returncode == 0
    assert "state: cancelled" in group.settled(1)
    assert group.must(group.ben, group.gitbatch, "prune").startswith(
        "run=1\tkept=it belongs to 64001\n"
    )
    assert (group.base / "runs/1/tree").exists()
    assert group.ben.call("rm", "-rf", group.base / "runs/1").returncode != 0
    assert group.ben.call("mv", group.base / "runs/1", group.base / "runs/9").returncode != 0
    assert group.must(group.anna, group.gitbatch, "prune").startswith("run=1\tbytes=")


def test_the_programs_and_settings_stay_the_owners(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    repo = group.base / "repo.git"
    for command in (
        ("sh", "-c", f"echo x >>{repo}/hooks/post-receive"),
        ("mv", repo / "hooks", repo / "aside"),
        ("mv", repo / "gitbatch", repo / "aside"),
        ("sh", "-c", f"echo x >{group.base}/profile"),
        ("git", "--git-dir", repo, "config", "core.hooksPath", "/tmp"),
        ("mv", repo / "config", repo / "aside"),
    ):
        assert group.ben.call(*command).returncode != 0, command
    assert group.install().returncode == 0, "an upgrade keeps it shared"
    assert "run=1 " in group.submit(group.ben, "#!/bin/sh\n:\n").stderr


def test_the_owner_upgrades_what_members_have_pushed_to(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, "#!/bin/sh\necho 1 >made\n").stderr
    assert "results: delivered" in group.settled(1)
    done = group.install()
    assert done.returncode == 0, done.stderr
    assert "run=2 " in group.submit(group.anna, "#!/bin/sh\n:\n", "other").stderr
    assert "run=3 " in group.submit(group.ben, "#!/bin/sh\n:\n", "more").stderr


def test_who_watches_hears_of_a_change_of_anybodys_run(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    changed = group.base / "runs/.changed"
    group.submit(group.anna, "#!/bin/sh\n:\n")
    wait_until(lambda: changed.read_text().endswith(" 1\n"), what="news of the first run")
    group.settled(1)
    group.submit(group.ben, "#!/bin/sh\n:\n", "other")
    wait_until(lambda: changed.read_text().endswith(" 2\n"), what="news of the second run")
    group.settled(2)


def test_without_sharing_a_second_user_is_refused_and_nothing_begins(group: Group) -> None:
    assert (
        group.anna.call("sh", group.folder / "hooks/install", group.base, umask=0o002).returncode
        == 0
    )
    pushed = group.submit(group.ben, "#!/bin/sh\n:\n")
    assert pushed.returncode == 1
    assert "unable to create temporary object directory" in pushed.stderr
    assert not list((group.base / "runs").glob("[0-9]*"))
    assert "run=1 " in group.submit(group.anna, "#!/bin/sh\n:\n").stderr


def test_root_is_refused_where_only_its_owner_could_go_on(group: Group) -> None:
    assert group.anna.call("sh", group.folder / "hooks/install", group.base).returncode == 0
    root = replace(group.anna, uid=0, home=group.folder / "root", groups=()).settle_in()
    with (root.home / ".gitconfig").open("a") as settings:
        settings.write("[safe]\ndirectory = *\n")
    pushed = group.submit(root, "#!/bin/sh\n:\n")
    assert "gitbatch: no run for master: " in pushed.stderr
    assert "who could not change a run of root: push as " in pushed.stderr
    assert not list((group.base / "runs").glob("[0-9]*"))
    assert not list((group.base / "active").iterdir())


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--shared=nobodys", "is no member of the group nobodys"),
        ("--shared=a b", "a b is no name of a group"),
        ("--shared=", ""),
    ],
)
def test_a_group_that_it_can_not_be_shared_with_is_named(
    group: Group, option: str, why: str
) -> None:
    done = group.install(option)
    assert why in done.stderr
    assert (done.returncode == 0) is (not why)
    assert group.base.exists() is (not why)


def test_the_owner_has_a_members_job_ended_which_their_own_wrapper_does(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, SLOW).stderr
    wait_until((group.base / "runs/1/started").exists)
    asked = group.anna.call(group.gitbatch, "cancel", "1")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == "run 1: cancelled\n"
    assert "state: cancelled" in group.settled(1)
    assert "by: 64001" in (group.base / "runs/1/cancelled").read_text()
    assert (group.base / "runs/1/cancelled").stat().st_uid == group.ben.uid


def test_who_minds_the_owners_word_ends_with_a_wrapper_that_was_killed(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, SLOW).stderr
    base = group.base.resolve()
    run = base / "runs/1"
    wait_until(lambda: "sleep 5 " in processes(base).values(), what="who minds it to nap")
    (note,) = re.findall(r"(?m)^process: (\d+) ", (run / "started").read_text())
    os.kill(int(note), signal.SIGKILL)
    (run / "go").touch()
    wait_until(lambda: not processes(base), 20, lambda: f"the end of {processes(base)}")
    group.must(group.ben, group.gitbatch, "settle", "1", "lost")


def test_the_owners_word_is_minded_after_a_warning_that_all_of_a_job_had(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, SLOW.replace("\n", "\ntrap '' USR1\n", 1)).stderr
    base = group.base.resolve()
    wait_until(lambda: "sleep 5 " in processes(base).values(), what="who minds it to nap")
    (note,) = re.findall(r"(?m)^process: (\d+) ", (base / "runs/1/started").read_text())
    # As Grid Engine does, where a job is to be told (`-notify`).
    os.killpg(int(note), signal.SIGUSR1)
    assert group.must(group.anna, group.gitbatch, "cancel", "1") == "run 1: cancelled\n"


def test_what_waits_for_its_turn_ends_too_when_the_owner_wants_it(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    group.must(
        group.anna,
        "git",
        "--git-dir",
        group.base / "repo.git",
        "config",
        "gitbatch.localSlots",
        "1",
    )
    for number in (1, 2):
        assert f"run={number} " in group.submit(group.ben, SLOW).stderr
    assert group.must(group.anna, group.gitbatch, "cancel", "2") == "run 2: cancelled\n"
    assert "exit:" not in group.settled(2)
    assert not (group.base / "runs/2/started").exists()
    assert not (group.base / "runs/1/settled").exists()


def test_what_only_the_member_can_end_is_asked_for_in_words(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    clone = group.ben.home / "clone"
    silent = '#!/bin/sh\n"$GITBATCH" job mine 7\n'
    group.submit(group.ben, "#!/bin/sh\n:\n")
    (clone / "schedule.sh").write_text(silent)
    group.must(group.ben, "git", "commit", "-qam", "silent", at=clone)
    group.must(group.ben, "git", "push", "-q", "batch", "master", at=clone)
    wait_only(group.base / "repo.git", "heeded_within", 1)
    asked = group.anna.call(group.gitbatch, "cancel", "2")
    assert asked.returncode == 4
    assert asked.stdout.startswith("run 2 is of 64002: it was asked to end")
    assert not (group.base / "runs/2/cancelled").exists()
    group.must(group.ben, group.gitbatch, "status")
    wait_until((group.base / "runs/2/cancelled").exists, what="ben's next look to heed that")
    assert group.must(group.ben, group.gitbatch, "settle", "2", "cancelled")


def test_the_owners_prune_reaches_members_runs_with_their_next_look(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    group.submit(group.ben, "#!/bin/sh\necho 1 >new\n")
    group.settled(1)
    said = group.must(group.anna, group.gitbatch, "prune")
    assert said.startswith(
        "run=1\tkept=it belongs to 64002, whose next push or look here prunes it\n"
    )
    assert (group.base / "runs/1/tree").exists()
    group.must(group.ben, group.gitbatch, "status")
    wait_until(lambda: not (group.base / "runs/1/tree").exists(), what="the tree to be pruned")
    wait_until((group.base / "runs/1/heeded.prune").exists)
    group.must(group.anna, group.gitbatch, "prune")
    assert list((group.base / "wishes").iterdir()) == []


def test_others_can_wish_for_nothing(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.anna, SLOW).stderr
    assert group.ben.call("mkdir", group.base / "wishes").returncode != 0
    assert group.ben.call(group.gitbatch, "cancel", "1").returncode == 1
    assert group.ben.call(group.gitbatch, "give-up-runs").returncode == 1
    group.must(group.anna, group.gitbatch, "cancel", "1")
    group.submit(group.anna, "#!/bin/sh\n:\n", "other")
    group.settled(2)
    group.must(group.ben, group.gitbatch, "prune")
    assert not (group.base / "wishes").exists()


def test_what_members_have_given_up_can_be_removed_by_the_owner(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    group.submit(group.ben, "#!/bin/sh\nmkdir -m 700 closed; echo 1 >closed/new\n")
    group.settled(1)
    assert group.anna.call("rm", "-f", group.base / "runs/1/request").returncode != 0
    assert group.must(group.anna, group.gitbatch, "give-up-runs") == "run=1\tasked=64002\n"
    group.must(group.ben, group.gitbatch, "status")
    wait_until((group.base / "runs/1/heeded.give").exists, what="ben's next look to heed that")
    group.must(group.anna, "rm", "-rf", group.base)
