"""prune and check: nothing goes that is nowhere else, and what is broken is named or mended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.failing_git import FailingGit
from tests.support.invariants import processes
from tests.support.people import Person, only_root
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB, World, wait_only

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = os.environ.get("GITBATCH_FUZZ") == "all"
MANY = 1000 if EVERYTHING else 12
UNTIL_GO = "until test -e ../go; do sleep 0.1; done\n"
JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho $GITBATCH_RUN >result\n"}


def pruned(world: World, *options: str) -> dict[str, str]:
    """What prune says of each run: the bytes it freed, or why the tree was kept."""
    answer = world.gitbatch("prune", *options)
    assert answer.status == 0, answer.output
    *lines, last = answer.output.splitlines()
    assert last.startswith("freed=")
    fields = [line.split("\t") for line in lines]
    return {run.partition("=")[2]: fact for run, fact in fields}


def test_prune_removes_only_trees_whose_results_are_in_git(each_shell: World) -> None:
    world = each_shell
    world.bare("config", "gitbatch.localSlots", "4")
    done = world.submit(JOB)
    world.settled(done)
    running = world.submit({"run.sh": f"#!/bin/sh\n{UNTIL_GO}"}, branch="running")
    ignoring = world.submit(
        {".gitignore": "*.ckpt\n", "run.sh": "#!/bin/sh\necho x >big.ckpt\n"}, branch="ignoring"
    )
    world.settled(ignoring)
    touched = world.submit({"run.sh": "#!/bin/sh\n:\n"}, branch="touched")
    world.settled(touched)
    (world.run(touched) / "tree/by-hand").write_text("x")
    expected = {
        str(running): "kept=it is not settled",
        str(ignoring): "kept=it has ignored files, which are nowhere else: big.ckpt",
        str(touched): "kept=it has files that are not in the results: by-hand",
    }
    dry = pruned(world, "--dry-run")
    freed = dry.pop(str(done))
    assert freed.startswith("bytes=")
    assert int(freed.partition("=")[2]) > 0
    assert dry == expected
    assert (world.run(done) / "tree").exists()
    assert pruned(world) == {str(done): freed} | expected
    assert not (world.run(done) / "tree").exists()
    assert pruned(world, "--ignored").keys() == {str(running), str(ignoring), str(touched)}
    assert not (world.run(ignoring) / "tree").exists()
    (world.run(running) / "go").touch()
    world.settled(running)
    assert world.status(done)["state"] == "succeeded"


def test_a_tree_with_commits_that_were_never_delivered_is_kept(world: World) -> None:
    run = world.submit(JOB)
    world.settled(run)
    tree = world.run(run) / "tree"
    world.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "x", at=tree)
    assert pruned(world) == {
        str(run): "kept=it has commits that are not in the repository",
    }


@pytest.mark.fuzz
@pytest.mark.timeout(0 if EVERYTHING else 300)
def test_no_object_is_lost_by_pruning_between_many_runs(world: World) -> None:
    world.commit(JOB)
    results: list[str] = []
    for number in range(MANY):
        world.commit({"n": str(number)}, branch=f"b{number % 3}")
        run = world.push("+HEAD").run
        results.append(world.settled(run)["result"])
        if number % 4 == 3:
            assert set(pruned(world)) == {str(n) for n in range(run - 3, run + 1)}
            assert not list((world.base / "active").iterdir())
    for run, result in enumerate(results, 1):
        assert world.bare("show", f"{result}:result") == str(run)
    loose = world.bare("count-objects")
    assert int(loose.split()[0]) < 40
    answer = world.gitbatch("rerun", "1")
    world.receipts += answer.receipts
    assert world.settled(answer.run)["state"] == "succeeded"


LOCKED = "#!/bin/sh\nmkdir -p c/m\nhead -c 100000 /dev/urandom >c/m/x\nchmod -R a-w c\n"


@only_root
def test_prune_removes_folders_that_are_read_only_and_what_it_could_not_remove_before(
    open_folder: Path,
) -> None:
    world = World(open_folder / "world").build()
    ignored = {".gitignore": "link\nforeign\n"}
    world.settled(world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": LOCKED} | ignored))
    somebody = Person(65534, open_folder / "home", env=world.env).settle_in()
    elsewhere = open_folder / "elsewhere"
    elsewhere.mkdir(mode=0o500)
    folder = world.run(1) / "tree/c/m"
    (folder / "link").symlink_to(elsewhere)
    somebody.owns(open_folder)
    foreign = folder.parent / "foreign"
    foreign.mkdir(mode=0o755)
    (foreign / "file").write_bytes(os.urandom(50_000))
    prune = (world.repo / "gitbatch/gitbatch", "prune", "--ignored")
    first, freed = somebody.call(*prune).stdout.splitlines()
    why = r"\d{5} bytes of it can not be removed: \S*rm: .*foreign.*"
    assert re.fullmatch(rf"run=1\tkept={why}", first)
    assert 100_000 < int(freed.removeprefix("freed=")) < 1_000_000
    somebody.owns(world.run(1) / "pruned.tmp/c/foreign")
    left = world.run(1) / "pruned.tmp"
    assert left.exists()
    again, freed = somebody.call(*prune).stdout.splitlines()
    assert again.startswith("run=1\tbytes=")
    assert again.partition("bytes=")[2] == freed.partition("=")[2]
    assert not left.exists()
    assert elsewhere.stat().st_mode & 0o777 == 0o500
    assert somebody.call(*prune).stdout == "freed=0\n"


def test_a_tree_whose_job_went_back_after_it_had_delivered_is_pruned(world: World) -> None:
    back = "#!/bin/sh\necho x >made\ngit add made\ngit commit -q -m made\ngit checkout -q HEAD^\n"
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": back})
    assert world.settled(run)["result"]
    assert pruned(world)[str(run)].startswith("bytes=")


@pytest.fixture
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is no part of the world."""
    return tmp_path_factory.mktemp("beside")


def test_prune_asks_git_seven_times_a_tree(world: World, beside: Path) -> None:
    def questions(trees: int) -> int:
        for _ in range(trees):
            world.commit(JOB | {"n": str(len(world.receipts))})
            world.settled(world.push("+HEAD").run)
        asked.write_text("")
        answer = world.call(world.repo / "gitbatch/gitbatch", "prune", env={"PATH": path})
        assert answer.output.count("bytes=") == trees
        return len(asked.read_text().splitlines())

    asked = beside / "asked"
    real = shutil.which("git", path=world.env["PATH"])
    world.script(beside / "bin/git", f'#!/bin/sh\necho x >>{asked}\nexec {real} "$@"\n')
    path = f"{beside}/bin:{world.env['PATH']}"
    once = questions(1)
    # Four of them find a commit that is none, files that a job has hidden, and what is damaged.
    assert questions(4) - once <= 7 * 3


@pytest.mark.parametrize(
    ("program", "last"), [("git", "--no-renames"), ("mv", "pruned.tmp")], ids=["looked at", "moved"]
)
def test_nothing_is_told_of_what_another_prune_takes_away_while_it_is(
    world: World, beside: Path, program: str, last: str
) -> None:
    run = world.submit(JOB)
    world.settled(run)
    real = shutil.which(program, path=world.env["PATH"])
    world.script(
        beside / f"bin/{program}",
        f"""#!/bin/sh
case "$*" in
*{last}) rm -rf {world.run(run)}/tree ;;
esac
exec {real} "$@"
""",
    )
    answer = world.gitbatch("prune", env={"PATH": f"{beside}/bin:{world.env['PATH']}"})
    assert not (world.run(run) / "tree").exists()
    assert (answer.status, answer.output) == (0, "freed=0\n")


def test_a_tree_that_can_not_be_moved_out_of_the_way_is_kept_and_said_to_be(
    world: World, beside: Path
) -> None:
    run = world.submit(JOB)
    world.settled(run)
    world.script(beside / "bin/mv", "#!/bin/sh\necho >&2 mv: Read-only file system\nexit 1\n")
    answer = world.gitbatch("prune", env={"PATH": f"{beside}/bin:{world.env['PATH']}"})
    why = r"run=1\tkept=\d+ bytes of it can not be removed: mv: Read-only file system"
    assert re.fullmatch(why, answer.lines[0])
    assert answer.lines[1:] == ["freed=0"]
    assert pruned(world)[str(run)].startswith("bytes=")


def temporaries(world: World) -> list[str]:
    return sorted(path.name for path in (world.base / "runs").glob("*/**/*.tmp"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_prune_that_was_killed(
    world: World, beside: Path, how: signal.Signals
) -> None:
    run = world.submit(JOB)
    world.settled(run)
    real = shutil.which("git", path=world.env["PATH"])
    world.script(
        beside / "bin/git",
        f"""#!/bin/sh
case "$*" in
*' status '*)
	: >{beside}/began
	until test -e {beside}/go; do sleep 0.1; done
	;;
esac
exec {real} "$@"
""",
    )
    with subprocess.Popen(
        [world.repo / "gitbatch/gitbatch", "prune"],
        env=world.env | {"PATH": f"{beside}/bin:{world.env['PATH']}"},
        stdout=subprocess.DEVNULL,
    ) as prune:
        wait_until((beside / "began").exists, what="git to be asked")
        assert temporaries(world)
        prune.send_signal(how)
        (beside / "go").touch()
    wait_until(lambda: not processes(world.base), what="all of it to end")
    if how == signal.SIGKILL:
        assert temporaries(world)
        assert pruned(world, "--dry-run")[str(run)].startswith("bytes=")
    assert prune.returncode != 0
    assert pruned(world)[str(run)].startswith("bytes=")
    assert temporaries(world) == []


LEFT = ["links.tmp", "checkout.tmp", "request.4194305.tmp", "mirror.4194305.tmp/config"]


def leave(world: World, run: int) -> None:
    """What writers leave that are killed, in the folder of a run."""
    for name in [*LEFT, "told/slurm.7.4194305.tmp"]:
        path = world.run(run) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("half a li")


@pytest.mark.parametrize("later", ["prune", "check --repair"])
def test_what_killed_writers_left_of_a_run_goes_with_its_settle_or_later(
    world: World, later: str
) -> None:
    run = world.submit(JOB | {"run.sh": f"#!/bin/sh\n{UNTIL_GO}"})
    leave(world, run)
    (world.run(run) / "go").touch()
    world.settled(run)
    wait_until(lambda: temporaries(world) == [], what="the settle to sweep")
    leave(world, run)
    assert len(temporaries(world)) == len(LEFT) + 1
    world.gitbatch(*later.split())
    assert temporaries(world) == []


def test_a_settle_that_comes_too_late_leaves_nothing_of_who_asked_for_it(world: World) -> None:
    run = world.submit(JOB)
    world.settled(run)
    probe = world.run(run) / "room.tmp"
    probe.touch()  # by a contact that had found it unsettled
    world.gitbatch("settle", str(run))
    assert not probe.exists()


def test_prune_repacks_nothing_while_a_run_is_active(world: World) -> None:
    run = world.submit(JOB | {"run.sh": f"#!/bin/sh\n{UNTIL_GO}"})
    pruned(world)
    assert list((world.repo / "objects/pack").iterdir()) == []
    (world.run(run) / "go").touch()
    world.settled(run)
    pruned(world)
    assert len(list((world.repo / "objects/pack").glob("*.pack"))) == 1


LOCKS = [
    "refs/gitbatch/log.lock",
    "refs/gitbatch/keep.lock",
    "packed-refs.lock",
    "refs/heads/deep/name.lock",
]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_of_a_killed_git_are_named_and_removed(world: World, lock: str) -> None:
    path = world.repo / lock
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    answer = world.gitbatch("check")
    assert (answer.status, answer.lines) == (
        1,
        [f"problem: {path} was left by a git that was killed"],
    )
    answer = world.gitbatch("check", "--repair")
    assert (answer.status, answer.lines) == (
        0,
        [f"mended: removed {path}, left by a git that was killed", "ok"],
    )
    assert not path.exists()


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_a_lock_of_our_own_refs_does_not_stop_the_next_push(world: World, lock: str) -> None:
    (world.repo / lock).touch()
    run = world.submit(JOB)
    assert world.settled(run)["state"] == "succeeded"


def test_a_run_that_was_never_accepted_is_removed_after_a_while(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB})
    folder = world.run(1)
    folder.mkdir()
    (world.base / "active/1").touch()
    assert world.gitbatch("check", "--repair").output == "ok\n"
    assert folder.exists()
    # Not every find counts minutes.
    long_ago = time.time() - 2 * 86400
    os.utime(folder, (long_ago, long_ago))
    answer = world.gitbatch("check")
    assert answer.status == 1
    assert "run 1 was never accepted" in answer.output
    assert world.push().run == 2
    assert world.gitbatch("check", "--repair").lines[-1] == "ok"
    assert not folder.exists()


def test_numbers_of_runs_are_not_given_again_after_their_folders_went(world: World) -> None:
    for _ in range(3):
        world.commit({"schedule.sh": "#!/bin/sh\nexit 3\n"})
        world.settled(world.push().run)
    parent = "from refs/gitbatch/log^0\n"
    tag = "commit refs/gitbatch/log\ncommitter x <x@example.org> 1 +0000\ndata 10\nrun 1: tag\n"
    tags = tag + parent + tag * 100
    world.call("git", f"--git-dir={world.repo}", "fast-import", "--quiet", stdin=tags)
    assert world.bare("log", "-1", "--format=%s", "refs/gitbatch/log") == "run 1: tag"
    shutil.rmtree(world.base / "runs")
    world.receipts.clear()
    world.commit({})
    assert world.push().run == 4


def test_a_run_whose_directory_went_stays_active_until_git_tells_of_it(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git = FailingGit(world, tmp_path_factory.mktemp("tools"), " log ")
    run = world.submit({"schedule.sh": NO_JOB})
    shutil.rmtree(world.run(run))
    answer = world.gitbatch("settle", str(run), env=git.env)
    assert (answer.status, "fatal: Out of memory" in answer.output) == (1, True)
    assert (world.base / "active" / str(run)).exists()
    assert world.gitbatch("settle", str(run)).output == f"run {run}: lost\n"


def test_check_leaves_a_push_alone_that_is_under_way(world: World) -> None:
    world.commit({"schedule.sh": f"#!/bin/sh\n: >../reached\n{UNTIL_GO}"})
    push = subprocess.Popen(
        ["git", "push", "-q", "batch", "HEAD"],
        cwd=world.clone,
        env=world.env,
        stderr=subprocess.DEVNULL,
    )
    wait_until((world.run(1) / "reached").exists)
    records = world.bare("rev-parse", "refs/gitbatch/log")
    first = world.bare("rev-list", "--max-parents=0", records)
    for log in (records, first):
        world.bare("update-ref", "refs/gitbatch/log", log)
        assert world.gitbatch("check", "--repair").output == "ok\n"
        assert world.bare("rev-parse", "refs/gitbatch/log") == log
    world.bare("update-ref", "refs/gitbatch/log", records)
    (world.run(1) / "go").touch()
    push.wait(20)


def test_who_comes_while_a_run_is_being_settled_leaves_nothing_behind(world: World) -> None:
    run = world.submit({"schedule.sh": NO_JOB})
    settling = world.run(run) / "settling"
    settling.write_text(f"{world.process_name(os.getpid())}\n")
    wait_only(world.repo, "settling_takes", 0)
    # Whoever asks for a settle has tried whether there is room.
    room = world.run(run) / "room.tmp"
    room.touch()
    assert "is being settled" in world.gitbatch("settle", str(run)).output
    assert not room.exists()
    settling.unlink()


def test_check_waits_for_nobody_who_is_settling(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn true\n'})
    world.settled(run)
    wait_until(lambda: not processes(world.base), what="the end of all processes")
    mine = world.process_name(os.getpid())
    (world.run(run) / "settled").rename(world.run(run) / "settled.away")
    assert f"run {run} has ended, and is not settled" in world.gitbatch("check").output
    settling = world.run(run) / "settling"
    settling.write_text(f"{mine}\n")
    assert world.gitbatch("check").output == "ok\n"
    settling.unlink()
    started = world.run(run) / "started"
    before = started.read_text()
    after = re.sub("(?m)^process: .*", f"process: {mine}", before)
    started.write_text(after)
    assert world.gitbatch("check").output == "ok\n"
    started.write_text(before)
    (world.run(run) / "settled.away").rename(world.run(run) / "settled")


def test_a_missing_record_is_written_again(world: World) -> None:
    run = world.submit(JOB)
    world.settled(run)
    first = world.bare("rev-list", "--max-parents=0", "refs/gitbatch/log")
    world.bare("update-ref", "refs/gitbatch/log", first)
    answer = world.gitbatch("check")
    assert (answer.status, answer.lines) == (1, [f"problem: run {run} has no record"])
    answer = world.gitbatch("check", "--repair")
    assert answer.lines == [f"mended: wrote the record of run {run}", "ok"]
    record = world.bare("log", "-1", "--format=%B", "refs/gitbatch/log")
    assert f"Run: {run}\n" in record
    # What it came to, the file of the run says; its record is written when that is settled again.
    world.unsettle(run)
    world.settled_by_contact(run)


def test_a_run_that_began_after_check_had_read_the_history_has_its_record(
    world: World, beside: Path
) -> None:
    world.settled(world.submit(JOB))
    real = shutil.which("git", path=world.env["PATH"])
    push = f"{real} -C {world.clone} push -q batch HEAD:refs/heads/later >/dev/null 2>&1"
    world.script(
        beside / "bin/git",
        f"""#!/bin/sh
case "$*" in
*'log --format=%s refs/gitbatch/log')
	{real} "$@"
	PATH={world.env["PATH"]}
	export PATH
	{push}
	until test -f {world.run(2)}/settled; do sleep 0.1; done
	exit
	;;
esac
exec {real} "$@"
""",
    )
    answer = world.gitbatch("check", "--repair", env={"PATH": f"{beside}/bin:{world.env['PATH']}"})
    assert (answer.status, answer.output) == (0, "ok\n")
    subjects = world.bare("log", "--format=%s", "refs/gitbatch/log").splitlines()
    assert subjects.count("run 2 submitted") == 1


def test_results_that_nothing_keeps_are_named(world: World) -> None:
    run = world.submit(JOB)
    facts = world.settled(run)
    keep = world.bare("rev-parse", "refs/gitbatch/keep")
    first = world.bare("rev-list", "--max-parents=0", "--first-parent", keep)
    world.bare("update-ref", "refs/gitbatch/keep", first)
    assert "problem: not kept: " in world.gitbatch("check").output
    world.bare("update-ref", "refs/gitbatch/keep", keep)
    assert world.bare("cat-file", "-t", facts["result"]) == "commit"


def test_a_damaged_object_is_named(world: World) -> None:
    world.submit(JOB)
    world.settled(1)
    blob = world.bare("rev-parse", "master:run.sh")
    path = world.repo / "objects" / blob[:2] / blob[2:]
    saved = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    assert "problem: git fsck: " in world.gitbatch("check").output
    path.write_bytes(saved)


@pytest.mark.parametrize(
    ("make", "index"),
    [
        (["commit-graph", "write", "--reachable"], "info/commit-graph"),
        (["commit-graph", "write", "--reachable", "--split"], "info/commit-graphs/*.graph"),
        (["multi-pack-index", "write"], "pack/multi-pack-index"),
    ],
    ids=["a commit graph", "a commit graph in parts", "an index of packs"],
)
def test_a_damaged_index_of_what_is_there_is_named(
    world: World, make: list[str], index: str
) -> None:
    world.settled(world.submit(JOB))
    world.bare("repack", "-q", "-a")
    world.bare(*make)
    assert world.gitbatch("check").output == "ok\n"
    (path,) = (world.repo / "objects").glob(index)
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "problem: git fsck: " in world.gitbatch("check").output
    path.unlink()
    world.bare("commit-graph", "write", "--reachable")


def test_what_was_noted_of_old_submits_goes_and_nothing_of_that_name_in_a_run_tree(
    world: World,
) -> None:
    world.settled(world.submit(JOB))
    names = (".token.x", ".sweep.x")
    noted = [world.base / "runs" / name for name in names]
    of_the_job = [world.run(1) / "tree" / name for name in names]
    for path in (*noted, *of_the_job):
        path.touch()
    assert world.gitbatch("check", "--repair").output == "ok\n"
    assert all(path.exists() for path in noted)
    for path in (*noted, *of_the_job):
        os.utime(path, (time.time() - 31 * 86400,) * 2)
    assert world.gitbatch("check", "--repair").output == "ok\n"
    assert not any(path.exists() for path in noted)
    assert all(path.exists() for path in of_the_job)


@pytest.mark.parametrize("path", ["result", "run.sh"])
@pytest.mark.parametrize("left", [b"", b"x\x9cgarbage", None], ids=["empty", "garbage", "gone"])
def test_a_tree_stays_while_the_repository_has_its_files_by_name_only(
    world: World, path: str, left: bytes | None
) -> None:
    world.submit(JOB)
    world.settled(1)
    blob = world.bare("rev-parse", f"master:{path}")
    file = world.repo / "objects" / blob[:2] / blob[2:]
    saved = file.read_bytes()
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    assert "git can not read all of its results" in pruned(world, "--dry-run")["1"]
    assert "\tkept=no\t" in world.gitbatch("verify", "1").output
    file.unlink(missing_ok=True)
    file.write_bytes(saved)
    assert "\tkept=yes\t" in world.gitbatch("verify", "1").output
    assert pruned(world)["1"].startswith("bytes=")


@pytest.mark.parametrize("there", [True, False], ids=["by now", "nowhere"])
def test_a_commit_that_a_job_made_while_git_looked_is_no_loss(
    world: World, beside: Path, *, there: bool
) -> None:
    world.settled(world.submit(JOB))
    came = world.bare("rev-parse", "refs/gitbatch/keep") if there else "ab" * 20
    real = shutil.which("git", path=world.env["PATH"])
    # git lists objects first and asks refs later; this is what it says of what came in between.
    world.script(
        beside / "bin/git",
        f"""#!/bin/sh
case "$*" in
*fsck*)
	echo missing commit {came}
	exit 2
	;;
esac
exec {real} "$@"
""",
    )
    path = f"{beside}/bin:{world.env['PATH']}"
    said = world.call(world.repo / "gitbatch/gitbatch", "check", env={"PATH": path})
    assert (said.status == 0) is there
    assert ("problem: git fsck: missing commit" in said.output) is not there


def test_a_run_that_ended_unnoticed_is_settled_by_check(world: World) -> None:
    run = world.submit(JOB)
    world.settled(run)
    world.unsettle(run)
    assert "has ended, and is not settled: succeeded" in world.gitbatch("check").output
    assert world.gitbatch("check", "--repair").lines[-1] == "ok"
    assert world.settled(run)["state"] == "succeeded"


def test_check_tells_of_a_job_on_a_machine_that_may_be_no_more(world: World) -> None:
    run = world.submit(JOB | {"run.sh": f"#!/bin/sh\n{UNTIL_GO}"})
    wait_until((world.run(run) / "started").exists)
    began = (world.run(run) / "started").read_text()
    pid, start, *_ = world.facts(run, "started")["process"].split()
    elsewhere = re.sub("(?m)^process: .*", f"process: {pid} {start} another-boot/1 oldnode", began)
    (world.run(run) / "started").write_text(elsewhere)
    (world.run(run) / "jobs").write_text("")
    assert world.gitbatch("check").output == "ok\n"
    os.utime(world.run(run) / "request", (0, 0))
    said = world.gitbatch("check")
    assert said.status == 0
    assert f"note: run {run} may go on at oldnode, which can not be seen from" in said.output
    assert f'"gitbatch settle {run} lost" ends it\nok\n' in said.output
    (world.run(run) / "started").write_text(began)
    (world.run(run) / "go").touch()
    world.settled_by_contact(run)
