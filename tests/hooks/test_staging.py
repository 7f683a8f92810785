"""What git can't take, or shouldn't, is kept, or left out by itself and named."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.support.failing_git import FailingGit
from tests.support.worlds import JOB_AT_ONCE, World

if TYPE_CHECKING:
    from collections.abc import Mapping

IDENTITY = "git -c user.name=x -c user.email=x@example.org"
REPOSITORY = (
    f"git init -q part && cd part && echo weights >w.bin && git add . && {IDENTITY} commit -qm p"
)


def outcome(world: World, job: str, **files: str) -> Mapping[str, str]:
    """What is told of a run whose job is this sh program."""
    named = {name.replace("__", "."): text for name, text in files.items()}
    scripts = {"schedule.sh": JOB_AT_ONCE, "run.sh": f"#!/bin/sh\nset -e\n{job}\n"}
    return world.settled(world.submit({**scripts, **named}))


def content(world: World, facts: Mapping[str, str], path: str) -> str:
    return world.bare("show", f"{facts['result']}:{path}")


def listed(world: World, facts: Mapping[str, str]) -> list[str]:
    """The files that the run made."""
    commits = (facts["commit"], facts["result"])
    return world.bare("diff-tree", "-r", "--name-only", *commits).split("\n")


def test_the_files_of_a_repository_among_the_results_come_home(each_shell: World) -> None:
    facts = outcome(each_shell, f"({REPOSITORY}); echo 1 >other")
    assert listed(each_shell, facts) == ["other", "part/w.bin"]
    assert content(each_shell, facts, "part/w.bin") == "weights"
    assert facts["warning"].endswith("without their history: the repositories part")


def test_beside_a_secret_the_files_of_repositories_come_home_too(world: World) -> None:
    born = "mkdir -p born/in && git init -q born && echo 1 >born/in/x"
    facts = outcome(world, f"({REPOSITORY}); {born}; echo KEY=1 >.env; echo 2 >had", had="1\n")
    assert listed(world, facts) == ["born/in/x", "had", "part/w.bin"]
    assert "they look like keys or passwords: .env" in facts["warning"]
    assert "git can't take it" not in facts["warning"]


def test_a_repository_that_the_job_committed_as_a_link_comes_as_files_too(world: World) -> None:
    facts = outcome(world, f"({REPOSITORY}) && git add part 2>/dev/null && {IDENTITY} commit -qm r")
    assert listed(world, facts) == ["part/w.bin"]


def test_repositories_in_repositories_and_without_a_commit_come_as_files(world: World) -> None:
    job = (
        f"({REPOSITORY}); git init -q part/in; echo 2 >part/in/b; git init -q bare; echo 3 >bare/c"
    )
    facts = outcome(world, job)
    assert listed(world, facts) == ["bare/c", "part/in/b", "part/w.bin"]


def test_repositories_of_any_name_come_as_files(each_shell: World) -> None:
    names = ['"quoted', "back\\slash", "part"]
    each = " ".join(f"'{name}'" for name in names)
    made = f'for n in {each}; do git init -q "$n"; echo 1 >"$n/x"; done'
    facts = outcome(each_shell, f"{made}\n(cd '\"quoted' && git add . && {IDENTITY} commit -qm q)")
    assert [content(each_shell, facts, f"{name}/x") for name in names] == ["1", "1", "1"]
    assert facts["warning"].endswith("the repositories " + " ".join(names))


def test_a_tree_with_a_repository_is_pruned_only_with_what_is_ignored(world: World) -> None:
    outcome(world, f"({REPOSITORY})")
    assert "whose history is nowhere else: part" in world.gitbatch("prune", "--dry-run").output
    assert "bytes=" in world.gitbatch("prune", "--dry-run", "--ignored").output


@pytest.mark.parametrize(
    ("bad", "attributes"),
    [
        ("mkdir -p lib/.Git && echo x >lib/.Git/HEAD", ""),
        ("printf abc >lib/z.u16", "*.u16 working-tree-encoding=UTF-16\n"),
        (
            'awk \'BEGIN { printf "abc" >"lib/z\\351.u16" }\'',
            "*.u16 working-tree-encoding=UTF-16\n",
        ),
    ],
    ids=["a name", "an encoding", "an encoding, and a name that is no text"],
)
def test_what_git_refuses_is_left_out_by_itself_and_named(
    each_shell: World, bad: str, attributes: str, request: pytest.FixtureRequest
) -> None:
    world = each_shell
    if "no text" in request.node.name and world.shell and not world.shell.reads_bytes:
        pytest.skip("this shell has no names that are no text")
    job = f"mkdir lib && for n in 1 2 3 4 5 6 7; do echo $n >lib/$n; done; rm old; {bad}"
    facts = outcome(world, job, old="x", __gitattributes=attributes)
    assert facts["results"] == "delivered"
    assert listed(world, facts) == [*(f"lib/{n}" for n in range(1, 8)), "old"]
    assert "left out, git can't take it: lib/" in facts["warning"]
    assert facts["started"] == world.facts(1, "started")["time"]
    assert "in the results: lib/" in world.gitbatch("prune", "--dry-run").output
    assert "file\t?\tlib/" in world.gitbatch("verify", facts["run"]).output


def test_what_has_no_content_is_named(world: World) -> None:
    socket = "import socket; socket.socket(socket.AF_UNIX).bind('s')"
    job = f'mkfifo p; mkdir -p empty/inner full; echo 1 >full/x; python3 -c "{socket}"'
    facts = outcome(world, job)
    assert listed(world, facts) == ["full/x"]
    assert sorted(facts["warning"].partition(": ")[2].split()) == ["empty/inner/", "p", "s"]


MADE = "echo 1 >made; git add made; git commit -qm m"
ELSEWHERE = {
    "branch": f"git checkout -q -b side; {MADE}; git checkout -q -",
    "detached": f"git checkout -q --detach; {MADE}; git checkout -q -",
    "reset": f"{MADE}; git reset -q --hard HEAD^",
}


@pytest.mark.parametrize("job", ELSEWHERE.values(), ids=list(ELSEWHERE))
def test_what_a_job_committed_and_left_is_its_result(world: World, job: str) -> None:
    facts = outcome(world, job)
    assert facts["results"] == "delivered"
    assert content(world, facts, "made") == "1"
    assert world.tip(facts["place"]) == facts["result"]


def test_what_a_job_stashed_is_kept_and_told(world: World) -> None:
    facts = outcome(world, "echo 1 >made; git add made; git stash -q")
    commit, _, where = facts["elsewhere"].partition(" ")
    assert (facts["results"], where) == ("delivered", "refs/stash")
    assert world.bare("show", f"{commit}:made") == "1"
    assert world.bare("rev-list", "-1", commit, "^refs/gitbatch/keep") == ""


def test_a_branch_whose_commit_is_not_there_hides_no_other_commits(world: World) -> None:
    start = (
        "git rev-parse HEAD >../id; git config core.hooksPath /dev/null; git checkout -q -b side"
    )
    side = "echo 1 >made; git add made; git commit -q -m side; git checkout -q master"
    bad = "tr 0-9a-f 1 <../id >.git/refs/heads/bad"
    facts = outcome(world, f"{start}; {side}; {bad}; echo 2 >result")
    assert listed(world, facts) == ["result"]
    commit = facts["elsewhere"].partition(" ")[0]
    assert world.bare("show", f"{commit}:made") == "1"


def test_what_a_job_committed_in_another_work_tree_is_kept_and_told(world: World) -> None:
    beside = "git worktree add -q --detach ../beside && cd ../beside && echo 1 >made"
    facts = outcome(world, f"{beside} && git add made && git commit -qm made --no-verify")
    commit, _, where = facts["elsewhere"].partition(" ")
    assert (world.bare("show", f"{commit}:made"), where) == ("1", "no branch")
    assert world.bare("rev-list", "-1", commit, "^refs/gitbatch/keep") == ""
    assert "bytes=" in world.gitbatch("prune").output


def test_two_branches_of_a_job_are_both_kept_and_told(world: World) -> None:
    side = "git checkout -q -b {0} {1}; echo {0} >{0}; git add .; git commit -q -m {0} --no-verify"
    job = "start=$(git rev-parse HEAD); GIT_DIR=.git; git config core.hooksPath /dev/null\n"
    facts = outcome(world, f"{job}{side.format('a', '$start')}\n{side.format('b', '$start')}\n")
    assert content(world, facts, "b") == "b"
    commit, _, where = facts["elsewhere"].partition(" ")
    assert (where, world.bare("show", f"{commit}:a")) == ("a", "a")


AWAY = {
    "unchanged": "git update-index --assume-unchanged 'a \"b' c",
    "skipped": "git update-index --skip-worktree 'a \"b' c",
    "both": "git update-index --skip-worktree c; git update-index --assume-unchanged c 'a \"b'",
}


@pytest.mark.parametrize("job", AWAY.values(), ids=list(AWAY))
def test_files_that_git_was_told_not_to_look_at_are_results_once_they_changed(
    world: World, job: str
) -> None:
    inputs = {'a "b': "1\n", "c": "1\n"}
    facts = outcome(world, f"{job}; echo 2 >'a \"b'; echo 3 >c; touch -t 200001010000 c", **inputs)
    assert [content(world, facts, path) for path in inputs] == ["2", "3"]


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(world: World) -> None:
    facts = outcome(
        world,
        "git sparse-checkout set --no-cone /kept /run.sh >/dev/null; rm kept; mkdir x; echo 1 >x/y",
        kept="1",
        left="2",
    )
    assert listed(world, facts) == ["kept", "x/y"]
    assert content(world, facts, "left") == "2"


BIG = "head -c 3000 /dev/zero >big.dat; echo 1 >small"
HASH = hashlib.sha256(bytes(3000)).hexdigest()


def test_a_large_file_is_kept_beside_the_repository(each_shell: World) -> None:
    world = each_shell
    world.bare("config", "gitbatch.largeFile", "2k")
    facts = outcome(world, BIG)
    assert listed(world, facts) == ["small"]
    assert (world.base / "large/sha256" / HASH).read_bytes() == bytes(3000)
    line = f"{HASH}\t3000\tbig.dat"
    assert (world.run(1) / "large").read_text() == f"{line}\n"
    assert world.bare("show", "refs/gitbatch/log:large") == line
    assert f"large\tok\t{HASH}\t3000\tbig.dat" in world.gitbatch("verify", "1").output
    assert "bytes=" in world.gitbatch("prune").output
    assert not (world.run(1) / "tree").exists()
    assert world.gitbatch("files", "1").output == "3000\tbig.dat\n"
    gone = world.gitbatch("files", "1", "small")
    assert (gone.status, "is not there any more: its input and" in gone.output) == (1, True)
    assert world.gitbatch("log", "1", "--file", "tree:big.dat").output == "\0" * 3000


def test_names_of_any_kind_come_home_beside_a_large_file(each_shell: World) -> None:
    world = each_shell
    world.bare("config", "gitbatch.largeFile", "2k")
    job = """
head -c 3000 /dev/zero >'large.*\\x'
echo 1 >"$(printf 'two\\nlines')"; echo 2 >'large.xyx'; echo 3 >-n
awk 'BEGIN { print 4 >"bad\\377" }' # yash makes no such name
"""
    facts = outcome(world, job)
    assert listed(world, facts) == ["-n", r'"bad\377"', "large.xyx", r'"two\nlines"']
    assert "warning" not in facts


@pytest.mark.parametrize("question", ["check-attr", "ls-files -- :", "ls-files --others"])
def test_where_git_cannot_say_whether_a_large_file_is_new_the_results_wait(
    each_shell: World, tmp_path_factory: pytest.TempPathFactory, question: str
) -> None:
    world = each_shell
    world.bare("config", "gitbatch.largeFile", "2k")
    git = FailingGit(world, tmp_path_factory.mktemp("failing"), question)
    number = world.submit({"schedule.sh": git.schedule, "run.sh": f"#!/bin/sh\n{BIG}\n"})
    assert world.settled(number)["results"].startswith("undelivered: ")
    git.mend()
    assert world.gitbatch("settle", str(number)).status == 0
    facts = world.settled(number)
    assert listed(world, facts) == ["small"]
    assert (world.run(number) / "large").read_text() == f"{HASH}\t3000\tbig.dat\n"


def test_a_large_file_that_is_not_what_was_kept_stays(world: World) -> None:
    world.bare("config", "gitbatch.largeFile", "2k")
    outcome(world, BIG)
    kept = world.base / "large/sha256" / HASH
    kept.chmod(0o600)
    kept.write_bytes(b"x")
    assert f"large\taltered\t{HASH}\t3000\tbig.dat" in world.gitbatch("verify", "1").output
    assert "not in the results: big.dat" in world.gitbatch("prune").output
    kept.unlink()
    assert f"large\tmissing\t{HASH}\t3000\tbig.dat" in world.gitbatch("verify", "1").output


def test_a_large_file_that_was_damaged_is_mended_by_the_next_run_that_makes_it(
    world: World,
) -> None:
    world.bare("config", "gitbatch.largeFile", "2k")
    outcome(world, BIG)
    kept = world.base / "large/sha256" / HASH
    kept.chmod(0o600)
    kept.write_bytes(b"")
    world.commit({"other": "1"})
    world.settled(world.push("+HEAD").run)
    assert kept.read_bytes() == bytes(3000)


def test_a_large_file_that_was_altered_in_the_run_tree_is_told(world: World) -> None:
    world.bare("config", "gitbatch.largeFile", "2k")
    outcome(world, BIG)
    path = world.run(1) / "tree/big.dat"
    path.write_bytes(bytes(2999) + b"x")
    said = world.gitbatch("verify", "1").output
    assert f"large\tok\t{HASH}\t3000\tbig.dat\nfile\tM\tbig.dat\n" in said
    path.unlink()
    assert "file\tM\tbig.dat\n" in world.gitbatch("verify", "1").output


def test_large_files_that_the_commit_has_and_ignored_ones_are_no_large_results(
    world: World,
) -> None:
    world.bare("config", "gitbatch.largeFile", "2k")
    job = f"{BIG}; cp big.dat mine; cp big.dat x.tmp"
    facts = outcome(world, job, mine="x", __gitignore="*.tmp\n")
    assert listed(world, facts) == ["mine", "small"]
    assert (world.run(1) / "large").read_text().split() == [HASH, "3000", "big.dat"]
    assert (facts["ignored"], facts["ignored-files"], facts["ignored-bytes"]) == (
        *("x.tmp", "1", "3000"),
    )


def test_a_setting_names_results_that_are_ignored(world: World) -> None:
    world.bare("config", "gitbatch.largeFile", "2k")
    world.bare("config", "--add", "gitbatch.results", "out/**")
    world.bare("config", "--add", "gitbatch.results", "*.ckpt")
    job = f"{BIG}; mkdir out; echo 1 >out/a; cp big.dat out/b; echo 2 >c.ckpt; echo 3 >d.tmp"
    facts = outcome(world, job, __gitignore="out/\n*.ckpt\n*.tmp\n*.dat\n")
    assert listed(world, facts) == ["c.ckpt", "out/a", "small"]
    assert (world.run(1) / "large").read_text() == f"{HASH}\t3000\tout/b\n"
    assert facts["ignored-files"] == "2"


def test_files_under_git_lfs_come_as_pointers_whose_contents_are_kept(each_shell: World) -> None:
    world = each_shell
    facts = outcome(world, "printf weights >m.bin", __gitattributes="*.bin filter=lfs -text\n")
    digest = hashlib.sha256(b"weights").hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 7"
    assert content(world, facts, "m.bin") == pointer
    assert (world.base / "large/sha256" / digest).read_bytes() == b"weights"
    assert "\nfile\t" not in world.gitbatch("verify", "1").output
    assert "bytes=" in world.gitbatch("prune", "--dry-run").output


def test_the_repositorys_configuration_names_the_limit_in_git_s_own_way(world: World) -> None:
    world.bare("config", "gitbatch.largeFile", "0")
    facts = outcome(world, BIG)
    assert listed(world, facts) == ["big.dat", "small"]
    assert not (world.base / "large").exists()
