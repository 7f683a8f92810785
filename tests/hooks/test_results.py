"""How results come home: never lost, never over somebody's work, whatever the job left behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.failing_git import FailingGit
from tests.support.invariants import check_invariants
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, World

JOB_AT_ONCE = '#!/bin/sh\n"$GITBATCH" run ./run.sh\nexit 0\n'
UNTIL_GO = "until test -e ../go; do sleep 0.1; done\n"


def at_once(work: str) -> dict[str, str]:
    return {"schedule.sh": JOB_AT_ONCE, "run.sh": f"#!/bin/sh\n{work}\n"}


def waiting(work: str) -> dict[str, str]:
    return {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": f"#!/bin/sh\n{UNTIL_GO}{work}\n"}


def go(world: World, *runs: int) -> None:
    for run in runs:
        (world.run(run) / "go").touch()


def test_eight_runs_of_one_branch_that_end_together_keep_eight_results(world: World) -> None:
    world.bare("config", "gitbatch.localSlots", "8")
    world.commit(waiting('echo "$GITBATCH_RUN" >result'))
    runs = [world.push().run]
    for n in range(7):
        world.git("commit", "-q", "--amend", "-m", f"another {n}")
        runs.append(world.push("+HEAD").run)
    go(world, *runs)
    results = {run: world.settled(run) for run in runs}
    for run, facts in results.items():
        assert facts["results"] == "delivered"
        assert world.bare("show", f"{facts['result']}:result") == str(run)
        assert world.tip(facts["place"]) == facts["result"]
    assert [facts["place"] for facts in results.values()] == [
        *(f"master-run{run}" for run in runs[:-1]),
        "master",
    ]


def test_eight_runs_of_one_commit_move_the_branch_once(world: World) -> None:
    world.bare("config", "gitbatch.localSlots", "8")
    runs = [world.submit(waiting('echo "$GITBATCH_RUN" >result'))]
    for _ in range(7):
        answer = world.gitbatch("rerun", "1")
        world.receipts += answer.receipts
        runs.append(answer.run)
    go(world, *runs)
    results = [world.settled(run) for run in runs]
    kept = set(world.bare("rev-list", "refs/gitbatch/keep").split())
    assert {facts["result"] for facts in results} <= kept
    assert world.tip("master") in {facts["result"] for facts in results}
    side = world.bare("for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
    assert set(side) <= {"refs/heads/master", "refs/heads/master-run1"}


def test_what_the_user_pushed_meanwhile_stays_the_tip(each_shell: World) -> None:
    world = each_shell
    run = world.submit(waiting("echo new >result"))
    mine = world.commit({"run.sh": "#!/bin/sh\n:\n", "mine": "x"})
    other = world.push().run
    world.settled(other)
    go(world, run)
    facts = world.settled(run)
    assert facts["place"] == f"master-run{run}"
    assert world.tip("master") == mine
    assert world.bare("show", f"master-run{run}:result") == "new"


def test_results_never_overwrite_a_branch_of_that_name(world: World) -> None:
    run = world.submit(waiting("echo new >result"))
    mine = world.commit({"run.sh": "#!/bin/sh\n:\n"})
    taken = world.commit({"taken": "x"})
    receipts = world.push(f"{mine}:refs/heads/master", f"{taken}:refs/heads/master-run{run}")
    for receipt in receipts.receipts:
        world.settled(receipt.run)
    go(world, run)
    facts = world.settled(run)
    assert facts["place"] == f"master-run{run}-2"
    assert world.tip(f"master-run{run}") == taken
    assert world.tip(f"master-run{run}-2") == facts["result"]


def test_a_deleted_branch_does_not_come_back_but_its_results_are_shown(world: World) -> None:
    run = world.submit(waiting("echo new >result"), branch="topic")
    world.push(":topic")
    go(world, run)
    facts = world.settled(run)
    assert world.tip("topic") == ""
    assert world.tip(f"topic-run{run}") == facts["result"]


def test_results_that_no_branch_can_show_are_kept_all_the_same(world: World) -> None:
    run = world.submit(waiting("echo new >result"), branch="topic")
    world.push(":topic")
    for suffix in ("", *(f"-{number}" for number in range(2, 10))):
        world.bare("update-ref", f"refs/heads/topic-run{run}{suffix}/x", "refs/gitbatch/log")
    go(world, run)
    facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert "place" not in facts
    assert world.bare("show", f"{facts['result']}:result") == "new"


def test_commits_of_the_job_come_home_while_it_goes_on(each_shell: World) -> None:
    world = each_shell
    run = world.submit(
        {
            "schedule.sh": JOB_OF_ITS_OWN,
            "run.sh": "#!/bin/sh\necho 1 >step; git add step; git commit -qm 'step 1'\n"
            f": >../stepped\n{UNTIL_GO}echo 2 >step\n",
        }
    )
    wait_until((world.run(run) / "stepped").exists)
    assert world.bare("show", "master:step") == "1"
    go(world, run)
    facts = world.settled(run)
    assert world.bare("show", "master:step") == "2"
    assert world.bare("rev-list", "--count", f"{facts['commit']}..master") == "2"
    assert facts["place"] == "master"


def test_what_a_job_commits_on_a_branch_of_its_own_does_not_take_the_pushed_ones_place(
    each_shell: World,
) -> None:
    world = each_shell
    job = "git checkout -q -b try; echo 1 >try; git add .; git commit -qm try; git checkout -q -"
    facts = world.settled(world.submit(at_once(f"{job}\necho 2 >result")))
    assert facts["place"] == "master"
    assert world.bare("diff", "--name-only", facts["commit"], "master") == "result"
    tried, _, where = facts["elsewhere"].partition(" ")
    assert (where, world.bare("show", f"{tried}:try")) == ("try", "1")
    world.git("pull", "-q", "--ff-only", "batch", "master")
    world.git("commit", "-q", "--allow-empty", "-m", "more")
    assert world.push().run


def test_a_run_whose_job_removed_its_run_tree_says_what_was_lost(each_shell: World) -> None:
    world = each_shell
    facts = world.settled(world.submit(at_once('cd ..; rm -rf "$GITBATCH_RUN_DIR/tree"')))
    assert (facts["state"], facts["results"]) == ("succeeded", "none")
    assert facts["warning"].startswith("its run tree was removed")


def test_results_that_were_delivered_are_not_forgotten_with_the_run_tree(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job lsf 4711\n'})
    tree = world.run(run) / "tree"
    (tree / "result").write_text("1")
    world.git("-C", str(tree), "add", "result")
    world.git("-C", str(tree), "commit", "-q", "-m", "result")
    world.gitbatch("settle", str(run), "succeeded", "0")
    before = world.settled(run)
    world.gitbatch("prune")
    assert not tree.exists()
    world.gitbatch("settle", str(run), "failed", "4")
    after = world.settled(run)
    assert (after["state"], after["exit"]) == ("failed", "4")
    told = ("result", "place", "results")
    assert [after[key] for key in told] == [before[key] for key in told]
    assert after["results"] == "delivered"


def test_partial_results_of_a_failed_run_are_kept_and_move_no_branch(each_shell: World) -> None:
    world = each_shell
    run = world.submit(at_once("echo half >result\nexit 3"))
    facts = world.settled(run)
    assert (facts["state"], facts["exit"], facts["results"]) == ("failed", "3", "delivered")
    assert world.tip("master") == facts["commit"]
    assert "place" not in facts
    world.git("fetch", "-q", "batch", facts["result"])
    assert world.git("show", "FETCH_HEAD:result") == "half"


def test_commits_a_job_made_before_it_failed_are_on_the_branch(world: World) -> None:
    run = world.submit(
        at_once("echo good >good; git add good; git commit -qm good; echo half >half; exit 1")
    )
    facts = world.settled(run)
    assert world.bare("ls-tree", "--name-only", "master").split() == [
        "good",
        "run.sh",
        "schedule.sh",
    ]
    assert world.bare("show", f"{facts['result']}:half") == "half"


def test_results_have_the_author_of_the_input_commit(each_shell: World) -> None:
    world = each_shell
    world.write(at_once("echo new >result\nunset HOME"))
    world.git("add", ".")
    world.git("commit", "-q", "-m", "x", "--author", 'Jo "Joe" O\'Neill \\ Sr <jo@example.org>')
    answer = world.call("git", "push", "batch", "HEAD", env={"GIT_CONFIG_GLOBAL": "/dev/null"})
    facts = world.settled(answer.run)
    author = world.bare("log", "-1", "--format=%an <%ae>", facts["result"])
    assert author == 'Jo "Joe" O\'Neill \\ Sr <jo@example.org>'


def test_what_was_found_is_not_taken_for_a_jobs_own_where_git_can_not_tell(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git = FailingGit(world, tmp_path_factory.mktemp("tools"), "--format=%P %s")
    run = world.submit({"schedule.sh": "#!/bin/sh\necho 1 >made\necho Submitted batch job 4711\n"})
    answer = world.gitbatch("settle", str(run), "failed", env=git.env)
    assert answer.output == f"run {run}: failed\n"
    assert world.facts(run, "delivered")["collected"] == "yes"


@pytest.mark.parametrize("name", [".", " ", "\"'\\", "(no author)"])
def test_results_come_home_whatever_their_author_is_called(each_shell: World, name: str) -> None:
    world = each_shell
    world.commit(at_once("echo new >result; echo 2 >other; git add other; git commit -qm own"))
    made = world.git("cat-file", "commit", "HEAD")
    odd = re.sub(r"^author .* <", lambda _: f"author {name} <", made, flags=re.MULTILINE)
    write = ("git", "hash-object", "-t", "commit", "-w", "--stdin")
    commit = world.call(*write, stdin=f"{odd}\n").output.strip()
    facts = world.settled(world.push(f"{commit}:refs/heads/odd").run)
    assert (facts["results"], facts["place"]) == ("delivered", "odd")
    author = world.bare("log", "-2", "--format=%an", facts["result"])
    assert author.split("\n") == [name if "(" in name else "gitbatch"] * 2


def test_results_come_home_where_the_account_fetches_from_no_files(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text('[protocol "file"]\n\tallow = never\n')
    world.commit(at_once("echo new >result"))
    world.bare("fetch", "-q", str(world.clone), "HEAD:refs/heads/master")
    answer = world.gitbatch("start", "master", env={"HOME": str(home)})
    facts = world.settled(answer.run)
    assert (facts["results"], facts["place"]) == ("delivered", "master")


def test_a_run_that_changed_nothing_succeeded_and_says_so(each_shell: World) -> None:
    world = each_shell
    run = world.submit(at_once(":"))
    facts = world.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "none")
    assert world.tip("master") == facts["commit"]


def test_ignored_outputs_are_listed(each_shell: World) -> None:
    world = each_shell
    run = world.submit(
        {".gitignore": "*.ckpt\nbig/\n"} | at_once("echo x >a.ckpt; mkdir big; echo y >big/b")
    )
    facts = world.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "none")
    assert facts["ignored"] == "a.ckpt big/"


LEFT_BEHIND = {
    "a stale index.lock": ": >.git/index.lock",
    "a stale HEAD.lock": "mkdir -p .git/refs/heads; "
    ": >.git/HEAD.lock; : >.git/refs/heads/master.lock",
    "a broken index": "echo garbage >.git/index",
    "no index": "rm .git/index",
    "a half-done merge": "echo 1234 >.git/MERGE_HEAD; echo m >.git/MERGE_MSG",
    "a half-done rebase": "mkdir .git/rebase-merge; echo x >.git/rebase-merge/head-name",
    "a detached HEAD": "git checkout -q --detach",
    "another branch": "git checkout -q -b elsewhere",
    "hooks turned off": "git config core.hooksPath /dev/null",
    "a hook that refuses": "mkdir h; printf '#!/bin/sh\\nexit 1\\n' >h/pre-commit;"
    " chmod +x h/pre-commit; git config core.hooksPath h",
    "signing turned on": "git config commit.gpgSign true; git config user.signingKey nobody",
    "an identity unset": "git config --unset user.name; git config user.useConfigOnly true",
    "a work tree elsewhere": "git config core.worktree /nowhere",
    "a bare repository": "git config core.bare true",
    "its objects repacked": "git commit -q --allow-empty -m x; git gc -q --prune=now",
    "a HEAD that says nothing": "echo garbage >.git/HEAD",
    "an empty HEAD": "git commit -q --allow-empty -m x; : >.git/HEAD",
    "no repository": "rm -rf .git",
    "a branch without a commit": "git checkout -q --orphan fresh",
    "a branch whose file is empty": "mkdir -p .git/refs/heads; : >.git/refs/heads/master",
    "refs that can't be read": "echo garbage >.git/packed-refs; rm -rf .git/refs; mkdir .git/refs",
}


@pytest.mark.parametrize("case", LEFT_BEHIND)
def test_results_are_delivered_though_the_job_left(world: World, case: str) -> None:
    run = world.submit(at_once(f"echo new >result\n{LEFT_BEHIND[case]}\nexit 0"))
    facts = world.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), facts
    assert world.bare("show", f"{facts['result']}:result") == "new"
    assert world.tip(facts["place"]) == facts["result"]
    assert world.bare("merge-base", "--is-ancestor", facts["commit"], facts["result"]) == ""


def test_a_job_that_rewrites_history_loses_neither(world: World) -> None:
    run = world.submit(
        at_once("echo new >result; git add result; git commit -q --amend -m rewritten")
    )
    facts = world.settled(run)
    assert world.tip("master") == facts["commit"]
    assert world.tip(f"master-run{run}") == facts["result"]
    assert world.bare("show", f"{facts['result']}:result") == "new"


def test_branches_a_job_made_are_all_kept(world: World) -> None:
    run = world.submit(
        at_once(
            "for b in one two; do git checkout -q -b $b; echo $b >f; git add f;"
            " git commit -qm $b; git rev-parse HEAD >>../made; done; git checkout -q master"
        )
    )
    world.settled(run)
    made = (world.run(run) / "made").read_text().split()
    kept = world.bare("rev-list", "refs/gitbatch/keep").split()
    assert len(made) == 2
    assert set(made) <= set(kept)


def test_key_like_files_are_left_out_with_a_warning(each_shell: World) -> None:
    world = each_shell
    keys = ".env .env.local ID_RSA server.pem deep/secret.key credentials.json .netrc"
    run = world.submit(
        at_once(f"mkdir deep; for f in {keys}; do echo secret >$f; done; echo new >result.txt")
    )
    facts = world.settled(run)
    listed = world.bare("ls-tree", "-r", "--name-only", facts["result"]).split()
    assert set(listed) == {"result.txt", "run.sh", "schedule.sh"}
    for key in keys.split():
        assert key in facts["warning"]
        assert (world.run(run) / "tree" / key).exists()


def test_key_like_files_that_were_in_the_input_are_results_as_any_other(world: World) -> None:
    run = world.submit({".env": "a=1\n"} | at_once("echo a=2 >.env; echo x >new.pem"))
    facts = world.settled(run)
    assert world.bare("show", f"{facts['result']}:.env") == "a=2"
    assert "new.pem" in facts["warning"]
    assert ".env" not in facts["warning"]


def test_a_repository_within_the_results_is_no_obstacle(world: World) -> None:
    run = world.submit(
        at_once(
            "echo new >result; git init -q sub; echo x >sub/f; git init -q empty;"
            " git -C sub add f; git -C sub -c user.name=n -c user.email=e commit -qm x"
        )
    )
    facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert world.bare("show", f"{facts['result']}:result") == "new"


def test_unreadable_files_among_the_results_do_not_hold_back_the_others(world: World) -> None:
    if os.geteuid() == 0:
        work = "mkfifo pipe; echo new >result"
    else:
        work = "echo x >closed; chmod 0 closed; echo new >result"
    run = world.submit(at_once(work))
    facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert world.bare("show", f"{facts['result']}:result") == "new"


def test_results_that_could_not_be_read_for_a_while_are_delivered_by_a_later_settle(
    world: World,
) -> None:
    lose = (
        "git config core.hooksPath /dev/null; head -c 300000 /dev/urandom >big; echo x >lost\n"
        "git add big lost; git commit -qm made; blob=$(git rev-parse HEAD:lost); rm lost\n"
        "mv .git/objects/$(echo $blob | cut -c1-2)/$(echo $blob | cut -c3-) ../lost.blob\n"
        "echo $blob >../lost.id"
    )
    run = world.submit(at_once(lose))
    assert world.settled(run)["results"].startswith("undelivered: ")
    assert "undelivered" in world.gitbatch("check", "--repair").output
    blob = (world.run(run) / "lost.id").read_text().strip()
    place = world.run(run) / "tree/.git/objects" / blob[:2] / blob[2:]
    (world.run(run) / "lost.blob").rename(place)
    assert world.gitbatch("settle", str(run)).status == 0
    facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert world.bare("show", f"{facts['result']}^:lost") == "x"


@pytest.mark.parametrize("question", ["--parents", "--no-walk"])
def test_where_git_cannot_list_what_a_job_committed_its_results_wait(
    each_shell: World, tmp_path_factory: pytest.TempPathFactory, question: str
) -> None:
    world = each_shell
    git = FailingGit(world, tmp_path_factory.mktemp("failing"), question)
    beside = (
        "#!/bin/sh\ngit config core.hooksPath /dev/null; git checkout -q -b side; echo 1 >made\n"
        "git add made; git commit -q -m made; git checkout -q master\n"
    )
    run = world.submit({"schedule.sh": git.schedule, "run.sh": beside})
    assert world.settled(run)["results"].startswith("undelivered: git can not list the commits")
    git.mend()
    assert world.gitbatch("settle", str(run)).status == 0
    facts = world.settled(run)
    assert world.bare("show", f"{facts['result']}:made") == "1"


def limited(world: World, folder: Path, kilobytes: int) -> Path:
    """A folder with a git that may write files of that size only, as under a quota."""
    git = shutil.which("git")
    blocks = kilobytes * 2
    world.script(folder / "git", f'#!/bin/sh\ntrap "" XFSZ\nulimit -f {blocks}\nexec {git} "$@"\n')
    return folder


def test_results_larger_than_the_quota_stay_in_the_run_tree_and_can_be_retried(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    quota = limited(world, tmp_path_factory.mktemp("tools"), 64)
    run = world.submit(
        {
            "schedule.sh": f'#!/bin/sh\nPATH="{quota}:$PATH" exec "$GITBATCH" spawn ./run.sh\n',
            "run.sh": "#!/bin/sh\nhead -c 1000000 /dev/urandom >big; echo new >result\n",
        }
    )
    facts = world.settled(run)
    assert facts["state"] == "succeeded"
    assert facts["results"].startswith("undelivered: ")
    assert world.tip("master") == facts["commit"]
    assert (world.run(run) / "tree/big").stat().st_size == 1000000
    answer = world.gitbatch("settle", str(run))
    assert answer.output == f"run {run}: succeeded\n"
    facts = world.settled(run)
    assert facts["results"] == "delivered"
    assert world.bare("cat-file", "-s", f"{facts['result']}:big") == "1000000"
    assert world.tip("master") == facts["result"]


def without_git(world: World, folder: Path) -> str:
    """A PATH with everything of this machine but git."""
    for place in reversed(world.env["PATH"].split(":")):
        for program in os.scandir(place) if Path(place).is_dir() else ():
            link = folder / program.name
            if not program.name.startswith("git") and not link.is_symlink():
                link.symlink_to(program.path)
    return str(folder)


def test_a_job_on_a_node_without_git_is_settled_at_the_next_contact(
    each_shell: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = each_shell
    path = without_git(world, tmp_path_factory.mktemp("tools"))
    schedule = f'#!/bin/sh\nPATH={path} "$GITBATCH" run ./run.sh; exit 0\n'
    run = world.submit(
        {"schedule.sh": schedule, "run.sh": "#!/bin/sh\necho new >result; git init || exit 5\n"}
    )
    assert world.facts(run, "finished")["exit"] == "5"
    world.gitbatch("status")
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("failed", "5")
    assert world.bare("show", f"{facts['result']}:result") == "new"
    second = world.submit({"run.sh": "#!/bin/sh\necho newer >result\n"}, branch="next")
    assert world.facts(second) == {}
    world.submit(at_once(":"), branch="contact")
    facts = world.settled(second)
    assert (facts["state"], facts["place"]) == ("succeeded", "next")
    assert world.bare("show", "next:result") == "newer"
    world.settled(second + 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a job as somebody else")
def test_a_job_under_another_uid_is_settled_by_the_owner(open_folder: Path) -> None:
    world = World(open_folder / "world").build()
    nobody = f"{shutil.which('setpriv')} --reuid=65534 --regid=65534 --clear-groups"
    open_up = 'chmod 1777 "$GITBATCH_RUN_DIR" tree 2>/dev/null .; umask 022'
    run = world.submit(
        {
            "schedule.sh": f'#!/bin/sh\n{open_up}\n{nobody} "$GITBATCH" run ./run.sh\nexit 0\n',
            "run.sh": "#!/bin/sh\nid -u >who\n",
        }
    )
    assert world.facts(run, "finished")["exit"] == "0"
    world.gitbatch("status")
    facts = world.settled(run)
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert world.bare("show", "master:who") == "65534"
    check_invariants(world.base, world.receipts)


def test_what_is_delivered_can_be_pulled_by_plain_git(world: World) -> None:
    run = world.submit(at_once("echo new >result"))
    world.settled(run)
    done = subprocess.run(
        ["git", "pull", "-q", "batch", "master"], cwd=world.clone, env=world.env, check=False
    )
    assert done.returncode == 0
    assert (world.clone / "result").read_text() == "new\n"


UNSAFE = (
    "git takes the .gitmodules of the results for unsafe, and where it checks what is fetched it "
    "refuses them: gitmodulesUrl: disallowed submodule url: --upload-pack=evil"
)
OF_NOBODY = """
git cat-file commit HEAD | sed 's/^author .*/author nobody/' >../bad
git update-ref HEAD $(git hash-object -t commit -w --literally ../bad)
"""
FAULTS = {
    "a .gitmodules that could run a program": (
        "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = --upload-pack=evil\\n' >.gitmodules",
        UNSAFE,
    ),
    "a .gitmodules like many": (
        "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = ./x\\n' >.gitmodules",
        "",
    ),
    "a commit of nobody's": (
        OF_NOBODY,
        "",
    ),
}


@pytest.mark.parametrize(("work", "warning"), FAULTS.values(), ids=list(FAULTS))
def test_what_git_would_refuse_comes_home_and_what_is_unsafe_is_told_once(
    world: World, work: str, warning: str
) -> None:
    world.bare("config", "transfer.fsckObjects", "true")
    facts = world.settled(world.submit(at_once(work)))
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert world.tip(facts["place"]) == facts["result"]
    assert facts.get("warning", "") == warning
    assert world.gitbatch("check").output == "ok\n"
    tree = world.bare("rev-parse", f"{facts['result']}^{{tree}}")
    path = world.repo / "objects" / tree[:2] / tree[2:]
    path.rename(world.root / "missed")
    assert "problem: git fsck: " in world.gitbatch("check").output
    (world.root / "missed").rename(path)
    assert world.gitbatch("prune", "--ignored").lines[0].startswith("run=1\tbytes=")
