"""Pushes of all kinds, and which runs they start."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import (
    HOOKS,
    JOB_AT_ONCE,
    JOB_OF_ITS_OWN,
    NO_JOB,
    RECEIPT,
    Answer,
    Receipt,
)

if TYPE_CHECKING:
    from tests.support.worlds import World

HELLO = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho hello\necho new >result\n"}
WAITS = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\necho new >result\n"


def test_a_push_runs_the_pushed_commit_and_brings_its_results_home(each_shell: World) -> None:
    world = each_shell
    strange = {"with space": "x\n", "ümläut": "y\n", "bytes": "a\r\nb\0c\x7f", "deep/er/file": "z"}
    commit = world.commit(HELLO | strange, branch="feature")
    answer = world.push()
    run = answer.run
    assert (
        answer.lines.count(f"gitbatch: run={run} commit={commit} state=submitted branch=feature")
        == 1
    )
    facts = world.settled(run)
    assert (facts["state"], facts["exit"], facts["results"]) == ("succeeded", "0", "delivered")
    assert (world.run(run) / "log").read_text() == "hello\n"
    for name, text in strange.items():
        assert (world.run(run) / "tree" / name).read_bytes() == text.encode()
    world.git("pull", "-q", "batch", "feature")
    assert (world.clone / "result").read_text() == "new\n"
    assert world.git("rev-parse", "HEAD~1") == commit


def test_the_receipt_is_the_last_thing_the_pusher_reads(world: World) -> None:
    world.commit({"schedule.sh": "#!/bin/sh\nprintf 'no line end'\n"})
    lines = [line for line in world.push().output.splitlines() if line.startswith("remote: ")]
    assert lines[0].rstrip() == "remote: no line end"
    assert RECEIPT.fullmatch(lines[-1].removeprefix("remote: ").rstrip())


def test_pushing_a_branch_that_is_not_checked_out_runs_that_branch(world: World) -> None:
    world.commit(HELLO | {"which": "master"})
    world.git("push", "-q", "batch", "master:master")
    commit = world.commit({"which": "other"}, branch="other")
    world.git("checkout", "-q", "master")
    run = world.push("other").run
    assert world.settled(run)["commit"] == commit
    assert (world.run(run) / "tree/which").read_text() == "other"
    assert world.settled(1)["branch"] == "master"


def test_two_branches_and_a_tag_in_one_push_start_two_runs(each_shell: World) -> None:
    world = each_shell
    one = world.commit(HELLO, branch="one")
    two = world.commit({"more": "x"}, branch="two")
    world.git("tag", "-a", "-m", "a tag", "v1")
    answer = world.push("one", "two", "v1")
    assert {(each.commit, each.branch) for each in answer.receipts} == {(one, "one"), (two, "two")}
    assert "gitbatch: refs/tags/v1 is not a branch: no run" in answer.lines
    for receipt in answer.receipts:
        assert world.settled(receipt.run)["state"] == "succeeded"


def test_one_bad_branch_of_a_push_does_not_drop_the_others(world: World) -> None:
    world.commit({"nothing": "to run"}, branch="a-bad")
    world.commit(HELLO, branch="b-good")
    world.commit({"schedule.sh": "#!/bin/sh\nexit 3\n"}, branch="c-bad")
    states = {each.branch: each.state for each in world.push("a-bad", "b-good", "c-bad").receipts}
    assert states == {"a-bad": "rejected", "b-good": "submitted", "c-bad": "rejected"}
    world.settled(2)


def test_deleting_a_branch_starts_nothing_and_keeps_its_runs(world: World) -> None:
    run = world.submit(HELLO, branch="gone")
    result = world.settled(run)["result"]
    answer = world.push(":gone")
    assert answer.receipts == []
    assert "gitbatch: gone was deleted: no run" in answer.lines
    assert world.tip("gone") == ""
    assert world.bare("cat-file", "-t", result) == "commit"
    assert world.bare("merge-base", "--is-ancestor", result, "refs/gitbatch/keep") == ""


def test_a_forced_push_keeps_both_inputs_and_both_results(world: World) -> None:
    first = world.submit(HELLO | {"run.sh": WAITS, "input": "first"})
    world.git("commit", "-q", "--amend", "-m", "another")
    second = world.push("+HEAD").run
    for run in (first, second):
        (world.run(run) / "go").touch()
    results = {run: world.settled(run) for run in (first, second)}
    assert results[second]["place"] == "master"
    assert results[first]["place"] == f"master-run{first}"
    assert world.tip(f"master-run{first}") == results[first]["result"]


def test_rerun_starts_a_run_of_the_same_commit(each_shell: World) -> None:
    world = each_shell
    first = world.submit(HELLO)
    world.settled(first)
    world.git("pull", "-q", "batch", "master")
    assert world.push().lines[-1] == "Everything up-to-date"
    answer = world.gitbatch("rerun", str(first), "-o", "lr=0.1")
    (receipt,) = answer.receipts
    world.receipts.append(receipt)
    assert receipt.commit == world.facts(first)["commit"]
    facts = world.settled(receipt.run)
    assert facts["state"] == "succeeded"
    assert world.facts(receipt.run, "request")["origin"] == f"rerun {first}"
    assert world.facts(receipt.run, "request")["option"] == "lr=0.1"
    assert "place" not in facts
    assert world.bare("branch", "--list", "*run*") == ""


def test_start_runs_the_tip_of_a_branch_that_moved_without_a_run(world: World) -> None:
    commit = world.commit(HELLO)
    world.git("fetch", "-q", str(world.clone), at=world.repo)
    world.bare("update-ref", "refs/heads/master", commit)
    answer = world.gitbatch("start", "master")
    world.receipts += answer.receipts
    assert answer.receipts == [Receipt(1, commit, "submitted", "master")]
    assert world.settled(1)["place"] == "master"


def test_five_storms_of_40_pushes_give_200_receipts(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    outputs: list[Answer] = []
    for storm in range(5):
        commits = [world.commit({"change": f"{storm} {n}\n"}) for n in range(40)]
        refs = [f"{commit}:refs/heads/storm{storm}/{n}" for n, commit in enumerate(commits)]
        outputs += at_once(world, refs)
    assert {answer.status for answer in outputs} == {0}
    receipts = [receipt for answer in outputs for receipt in answer.receipts]
    world.receipts += receipts
    assert sorted(receipt.run for receipt in receipts) == list(range(1, 201))
    assert [answer.output for answer in outputs if "rejected" in answer.output] == []


def test_of_20_racing_pushes_to_one_new_branch_one_wins(world: World) -> None:
    base = world.commit({"schedule.sh": NO_JOB})
    refs: list[str] = []
    for n in range(20):
        refs.append(f"{world.commit({'change': str(n)})}:refs/heads/race")
        world.git("reset", "-q", "--hard", base)
    outputs = at_once(world, refs)
    winners = [answer for answer in outputs if answer.status == 0]
    assert len(winners) == 1
    world.receipts += winners[0].receipts
    assert winners[0].receipts[0].commit == world.tip("race")
    for answer in outputs:
        assert answer.status == 0 or "rejected" in answer.output
    assert [path.name for path in (world.base / "active").iterdir()] == ["1"]


def at_once(world: World, refs: list[str]) -> list[Answer]:
    pushes = [
        subprocess.Popen(
            ["git", "push", world.repo, ref],
            cwd=world.clone,
            env=world.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for ref in refs
    ]
    outputs = [push.communicate()[0] for push in pushes]
    return [Answer(push.returncode, output) for push, output in zip(pushes, outputs, strict=True)]


REFUSED = {
    "missing": ({"file": "x"}, "there is no schedule.sh in this commit"),
    "not executable": ({"schedule.sh": "echo x\n"}, "schedule.sh is not executable"),
    "Windows line ends": ({"schedule.sh": "#!/bin/sh\r\necho x\r\n"}, "Windows line ends"),
    "unknown interpreter": ({"schedule.sh": "#!/no/such/program\n"}, "could not be run (exit 12"),
    "failing": ({"schedule.sh": "#!/bin/sh\nexit 3\n"}, "ended with exit status 3"),
    "hanging": ({"schedule.sh": "#!/bin/sh\nsleep 60\n"}, "took longer than 1 s and was stopped"),
    "hanging on, deaf": (
        {"schedule.sh": "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n"},
        "took longer than 1 s and was stopped",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_schedule_script_that_can_not_work_means_rejected(each_shell: World, case: str) -> None:
    world = each_shell
    world.bare("config", "gitbatch.scheduleTimeout", "1")
    files, reason = REFUSED[case]
    world.commit(files)
    if case == "Windows line ends":
        (world.clone / "schedule.sh").write_bytes(files["schedule.sh"].encode())
        (world.clone / "schedule.sh").chmod(0o755)
        world.git("-c", "core.autocrlf=false", "commit", "-qa", "--amend", "-m", "crlf")
    answer = world.push()
    (receipt,) = answer.receipts
    assert answer.status == 0
    assert receipt.state == "rejected"
    assert reason in answer.output
    facts = world.settled(receipt.run)
    assert facts["state"] == "rejected"
    assert reason in facts["reason"]


@pytest.mark.parametrize("descriptor", ["1", "2", "3", "9"])
def test_children_that_hold_descriptors_do_not_hold_the_push(
    each_shell: World, descriptor: str
) -> None:
    world = each_shell
    held = "0 1 2 3 9".replace(descriptor, "")
    closed = " ".join(f"{each}>&-" for each in held.split() if each != "0")
    world.commit(
        {
            "schedule.sh": "#!/bin/sh\n"
            f"(until test -e ../go; do sleep 0.1; done) {closed} &\necho scheduled\n"
        }
    )
    answer = world.push()
    assert "scheduled" in answer.lines
    assert not (world.run(answer.run) / "go").exists()
    (world.run(answer.run) / "go").touch()


def test_a_long_output_is_cut_for_the_pusher_and_kept_whole(each_shell: World) -> None:
    world = each_shell
    world.commit({"schedule.sh": "#!/bin/sh\nsleep 0.3\nseq 200000\n"})
    answer = world.push()
    log = world.run(answer.run) / "schedule.log"
    assert log.read_text().splitlines() == [str(n) for n in range(1, 200001)]
    assert f"gitbatch: (the rest of what schedule.sh printed is in {log})" in answer.lines
    shown = [line for line in answer.lines if line.isdecimal()]
    assert shown[:-1] == [str(n) for n in range(1, len(shown))]
    assert 28000 < len("\n".join(shown)) < 32768


def test_what_schedule_prints_is_shown_while_it_runs(world: World) -> None:
    world.commit(
        {"schedule.sh": "#!/bin/sh\necho first\nuntil test -e ../go; do sleep 0.1; done\n"}
    )
    push = subprocess.Popen(
        ["git", "push", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert push.stderr is not None
    assert push.stderr.readline().rstrip() == "remote: first"
    assert push.poll() is None
    (world.run(1) / "go").touch()
    push.communicate()
    assert push.returncode == 0


def test_nothing_of_the_repositorys_environment_reaches_schedule_or_the_job(
    each_shell: World,
) -> None:
    world = each_shell
    world.commit(
        {"schedule.sh": f"{JOB_OF_ITS_OWN}env >../schedule.env\n", "run.sh": "#!/bin/sh\nenv\n"}
    )
    names = world.git("rev-parse", "--local-env-vars").split()
    # git itself refuses to start with the first two.
    names = sorted(set(names) - {"GIT_INTERNAL_SUPER_PREFIX", "GIT_CONFIG_COUNT"})
    ours = dict.fromkeys(names, "/nowhere") | {"GIT_DIR": "."}
    author = {"GIT_AUTHOR_NAME": "Somebody Else", "GIT_EDITOR": "false", "GIT_REFLOG_ACTION": "x"}
    command = (world.repo / "gitbatch/gitbatch", "start", "master")
    world.git("push", "-q", "batch", "HEAD:elsewhere")
    world.settled(1)
    commit = world.tip("elsewhere")
    world.bare("update-ref", "refs/heads/master", commit)
    answer = world.call(*command, at=world.root, env=ours | author)
    (receipt,) = answer.receipts
    world.settled(receipt.run)
    for name in ("schedule.env", "log"):
        seen = (world.run(receipt.run) / name).read_text()
        found = [line for line in seen.splitlines() if line.startswith("GIT_")]
        assert [line for line in found if line.partition("=")[0] in {*names, *author}] == []
    assert "GIT_DIR=" not in (world.run(1) / "log").read_text()
    assert "GIT_PUSH_OPTION" not in (world.run(1) / "log").read_text()


def test_a_variable_that_only_a_newer_git_has_does_not_reach_schedule(
    each_shell: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = each_shell
    commit = world.commit({"schedule.sh": "#!/bin/sh\nenv\n"})
    world.git("push", "-q", str(world.repo), "HEAD:refs/heads/first")
    git = shutil.which("git", path=world.env["PATH"])
    folder = tmp_path_factory.mktemp("newer")
    world.script(
        folder / "git",
        f"""#!/bin/sh
case "$*" in
*' rev-list '*) {git} "$@" 8>&1 | sed 's/"exe":"[^"]*"/"exe":"3.1.0"/' ;;
*--local-env-vars*) {git} "$@" && echo GIT_OF_LATER ;;
*) exec {git} "$@" ;;
esac
""",
    )
    world.bare("update-ref", "refs/heads/master", commit)
    answer = world.call(
        world.repo / "gitbatch/gitbatch",
        "receive",
        at=world.repo,
        env={"PATH": f"{folder}:{world.env['PATH']}", "GIT_OF_LATER": "1", "GIT_DIR": "."},
        stdin=f"{'0' * 40} {commit} refs/heads/master\n",
    )
    (receipt,) = answer.receipts
    seen = (world.run(receipt.run) / "schedule.log").read_text()
    assert "GIT_OF_LATER" not in seen
    assert "GIT_DIR" not in seen
    assert world.facts(receipt.run, "request")["versions"].endswith("git version 3.1.0")


def test_a_git_that_tells_nothing_of_itself_is_asked(
    each_shell: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = each_shell
    commit = world.commit({"schedule.sh": "#!/bin/sh\n"})
    world.git("push", "-q", str(world.repo), "HEAD:refs/heads/first")
    git = shutil.which("git", path=world.env["PATH"])
    folder = tmp_path_factory.mktemp("older")
    world.script(
        folder / "git",
        f"""#!/bin/sh
unset GIT_TRACE2_EVENT
test "$*" != version || exec echo git version 2.17.0
exec {git} "$@"
""",
    )
    world.bare("update-ref", "refs/heads/master", commit)
    before = datetime.now(tz=UTC).replace(microsecond=0)
    answer = world.call(
        world.repo / "gitbatch/gitbatch",
        "receive",
        at=world.repo,
        env={"PATH": f"{folder}:{world.env['PATH']}", "GIT_DIR": "."},
        stdin=f"{'0' * 40} {commit} refs/heads/master\n",
    )
    (receipt,) = answer.receipts
    request = world.facts(receipt.run, "request")
    assert request["versions"].endswith("git version 2.17.0")
    assert before <= datetime.fromisoformat(request["time"]) <= datetime.now(tz=UTC)


@pytest.mark.parametrize(
    "time",
    ["2000-02-29T08:09:59", "2024-03-01T00:00:00", "2027-12-31T23:59:08", "2100-01-01T10:00:00"],
)
def test_the_time_that_git_tells_is_counted_in_seconds(
    world: World, tmp_path_factory: pytest.TempPathFactory, time: str
) -> None:
    parts = [HOOKS / f"gitbatch.d/{part}.sh" for part in ("10-words", "20-start")]
    source = "".join(part.read_text() for part in parts)
    program = tmp_path_factory.mktemp("program") / "count"
    world.script(program, f"{source}\nepoch_of {time}Z; echo $epoch")
    counted = world.call(program).output
    assert int(counted) == datetime.fromisoformat(f"{time}Z").timestamp()


def test_a_job_may_call_itself_as_it_likes(world: World) -> None:
    world.commit({"schedule.sh": JOB_AT_ONCE, "run.sh": "#!/bin/sh\ngit config user.name Robot\n"})
    run = world.push().run
    assert world.settled(run)["state"] == "succeeded"
    assert world.git("config", "user.name", at=world.run(run) / "tree") == "Robot"


def test_a_name_in_capitals_is_not_that_of_another_in_small_letters(each_shell: World) -> None:
    world = each_shell
    world.commit({"schedule.sh": "#!/bin/sh\nenv | sort | grep OPTION_\n"})
    for options in (["LR=2", "lr=1"], ["lr=1", "LR=2"]):
        answer = world.push(options=options)
        assert [line for line in answer.lines if line.startswith("GITBATCH_OPTION")] == [
            "GITBATCH_OPTION_LR=2",
            "GITBATCH_OPTION_lr=1",
        ]
        world.commit({"other": "\n"})


def test_push_options_reach_schedule_by_their_names_and_are_recorded(each_shell: World) -> None:
    world = each_shell
    world.commit({"schedule.sh": "#!/bin/sh\nenv | sort | grep OPTION_ || :\n"})
    options = ["lr=0.5", "NAME=a b", "evil=$(touch /tmp/pwn)`id`;'\"", "bad-name=1", "flag", "=x"]
    answer = world.push(options=options)
    assert [line for line in answer.lines if line.startswith("GITBATCH_OPTION")] == sorted(
        [
            "GITBATCH_OPTION_LR=0.5",
            "GITBATCH_OPTION_lr=0.5",
            "GITBATCH_OPTION_NAME=a b",
            "GITBATCH_OPTION_EVIL=$(touch /tmp/pwn)`id`;'\"",
            "GITBATCH_OPTION_evil=$(touch /tmp/pwn)`id`;'\"",
            "GITBATCH_OPTION_FLAG=",
            "GITBATCH_OPTION_flag=",
        ]
    )
    request = (world.run(1) / "request").read_text().splitlines()
    assert [line for line in request if line.startswith("option: ")] == [
        f"option: {option}" for option in options
    ]
    record = world.bare("log", "-1", "--format=%B", "refs/gitbatch/log").splitlines()
    assert [line for line in record if line.startswith("Option: ")] == [
        f"Option: {option}" for option in options
    ]


def test_the_profile_prepares_schedule_and_job(each_shell: World) -> None:
    world = each_shell
    (world.base / "profile").write_text("SITE='of the profile'\nexport SITE\n")
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": '#!/bin/sh\necho "$SITE"\n'})
    world.settled(run)
    assert (world.run(run) / "log").read_text() == "of the profile\n"


def test_a_profile_that_exits_is_no_schedule_script_that_ended_well(each_shell: World) -> None:
    world = each_shell
    (world.base / "profile").write_text("exit 0\n")
    world.commit({"schedule.sh": NO_JOB})
    answer = world.push()
    assert [receipt.state for receipt in answer.receipts] == ["rejected"]
    sentence = f"{world.base}/profile ended by exit, before schedule.sh"
    assert sentence in world.settled(answer.run)["reason"]


def test_a_first_line_that_ends_with_a_tab_has_no_windows_line_end(each_shell: World) -> None:
    world = each_shell
    world.write({"schedule.sh": NO_JOB})
    script = world.clone / "schedule.sh"
    script.write_text(script.read_text().replace("\n", "\t\n", 1))
    world.commit({})
    assert [receipt.state for receipt in world.push().receipts] == ["submitted"]


def test_a_compiled_program_may_be_the_schedule_script(each_shell: World) -> None:
    world = each_shell
    world.commit({})
    program = shutil.which("true", path="/usr/bin:/bin")
    assert program
    shutil.copy(program, world.clone / "schedule.sh")
    world.commit({})
    assert [receipt.state for receipt in world.push().receipts] == ["submitted"]


def test_a_run_is_what_was_pushed_whatever_stands_in_its_place(each_shell: World) -> None:
    world = each_shell
    world.commit({"schedule.sh": NO_JOB})
    world.git("commit", "-q", "--amend", "-m", "another")
    pushed = world.commit({"x": "pushed\n"})
    world.git("replace", "HEAD", "HEAD~1")
    request = world.facts(world.push("refs/replace/*:refs/replace/*", "HEAD").run, "request")
    assert (request["commit"], request["subject"]) == (pushed, "a change")
    assert request["tree"] == world.git("--no-replace-objects", "rev-parse", "HEAD^{tree}")


def test_a_tree_with_a_git_directory_in_it_is_refused(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    blob = world.git("hash-object", "-w", "schedule.sh")
    tree = world.call("git", "mktree", stdin=f"100644 blob {blob}\tconfig\n").output.strip()
    bad = world.call("git", "mktree", stdin=f"040000 tree {tree}\t.git\n").output.strip()
    commit = world.git("commit-tree", "-m", "bad", bad)
    answer = world.push(f"{commit}:refs/heads/bad")
    assert answer.status != 0
    assert world.tip("bad") == ""
    assert list((world.base / "active").iterdir()) == []


def test_links_that_lead_out_of_the_tree_are_not_followed(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("secret\n")
    (world.clone / "out").symlink_to(secret)
    (world.clone / "outer").symlink_to(world.root)
    run = world.submit(
        {
            "schedule.sh": JOB_AT_ONCE,
            "run.sh": f"#!/bin/sh\nln -s {secret} more\nln -s {world.root} directory\n",
        }
    )
    result = world.settled(run)["result"]
    listed = world.bare("ls-tree", "-r", result).splitlines()
    kinds = {line.split("\t")[1]: line.split()[0] for line in listed}
    assert {kinds[name] for name in ("out", "outer", "more", "directory")} == {"120000"}
    files = world.gitbatch("files", str(run)).output.splitlines()
    assert sorted(line.split("\t")[1] for line in files) == ["run.sh", "schedule.sh"]


@pytest.mark.parametrize("link", ["schedule.sh", "sub"])
def test_a_schedule_script_may_be_a_link_within_the_tree(world: World, link: str) -> None:
    if link == "schedule.sh":
        world.write({"scripts/real.sh": NO_JOB})
        (world.clone / link).symlink_to("scripts/real.sh")
    else:
        (world.clone / link).symlink_to("..")
        world.write({"schedule.sh": NO_JOB})
    world.commit({})
    assert "scheduled" in world.push().lines


def test_submodules_and_lfs_files_are_warned_about(world: World) -> None:
    commit = world.commit({"schedule.sh": NO_JOB, ".gitattributes": "*.bin filter=lfs -text\n"})
    world.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    world.write({".gitmodules": '[submodule "module"]\n\tpath = module\n\turl = ./m\n'})
    world.git("add", ".gitmodules")
    world.git("commit", "-q", "-m", "module")
    answer = world.push()
    assert "gitbatch: warning: submodules arrive as empty directories" in answer.lines
    told = any("there is no git-lfs here" in line for line in answer.lines)
    assert told is (shutil.which("git-lfs") is None)
    assert answer.receipts[0].state == "submitted"


@pytest.mark.parametrize("way", ["with the run's variables", "without them"])
def test_a_job_that_pushes_its_results_starts_no_run(world: World, way: str) -> None:
    unset = "" if way.startswith("with the") else "unset GITBATCH_RUN_DIR\n"
    run = world.submit(
        {
            "schedule.sh": JOB_AT_ONCE,
            "run.sh": "#!/bin/sh\necho x >new; git add new; git commit -qm results\n"
            f"{unset}git push {world.repo} HEAD:refs/heads/pushed 2>&1\n",
        }
    )
    facts = world.settled(run)
    assert facts["state"] == "succeeded"
    log = (world.run(run) / "log").read_text()
    assert f"gitbatch: no run for pushed: run {run} pushed it" in log
    assert world.tip("pushed") == facts["result"]


def test_runs_are_numbered_on_when_the_counter_is_lost(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    assert world.push("HEAD:a").run == 1
    assert world.push("HEAD:b").run == 2
    (world.base / "runs/.last").unlink()
    assert world.push("HEAD:c").run == 3
    (world.base / "runs/.last").write_text("garbage\n")
    assert world.push("HEAD:d").run == 4
    (world.base / "runs/.last").write_text("1\n")
    assert world.push("HEAD:e").run == 5


def test_pushing_needs_no_home_and_no_identity_on_the_server(each_shell: World) -> None:
    world = each_shell
    world.commit(HELLO)
    bare = {"GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "", "EMAIL": ""}
    answer = world.call("git", "push", "batch", "HEAD", env=bare)
    facts = world.settled(answer.run)
    who = world.bare("log", "-1", "--format=%an <%ae>", facts["result"])
    assert who == "Test Person <person@example.org>"
    wait_until(lambda: world.tip("master") == facts["result"])


def test_a_commit_whose_run_could_not_be_recorded_is_kept_all_the_same(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tools = tmp_path_factory.mktemp("tools")
    git = shutil.which("git")
    twice = f"rm {tools}/full || rm {tools}/fuller"  # a first try, and one for its complaint
    say = "echo fatal: No space left on device >&2; exit 128"
    fails = f"{{ {twice}; }} 2>/dev/null && {{ {say}; }}"
    text = f'#!/bin/sh\ncase "$*" in *hash-object*) {fails} ;; esac\n'
    world.script(tools / "git", f'{text}exec {git} "$@"\n')
    lost = world.commit({"schedule.sh": NO_JOB})
    world.bare("fetch", "-q", str(world.clone), "HEAD:refs/heads/master")
    (tools / "full").touch()
    (tools / "fuller").touch()
    answer = world.call(
        world.repo / "gitbatch/gitbatch",
        "receive",
        at=world.repo,
        env={"PATH": f"{tools}:{world.env['PATH']}"},
        stdin=f"{'0' * len(lost)} {lost} refs/heads/master\n",
    )
    assert [receipt.state for receipt in answer.receipts] == ["rejected"], answer.output
    assert "the run could not be recorded: " in answer.output
    assert "No space left on device" in answer.output
    world.git("commit", "-q", "--amend", "-m", "another")
    world.push("+HEAD")
    assert lost in world.bare("rev-list", "refs/gitbatch/keep").split()
    assert world.gitbatch("check").output == "ok\n"
