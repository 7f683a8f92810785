"""What a push costs: with our hook, with none, the ancestor's way, and after many runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import medians, show
from tests.support.worlds import NO_JOB, RECEIPT, World

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

# What the hook of this project's ancestor does: a linked work tree for each push, on a branch of
# its own, and the user's script in it.
ANCESTOR = """\
#!/bin/sh
base=$(realpath ..)
branch=$(date +%FT%H%M%S%N)
git worktree add "$base/$branch" || exit
cd "$base/$branch" || exit
./schedule.sh
echo "fetch the results with: git pull batch $branch"
"""


def settle_all(world: World) -> None:
    for number in (world.base / "active").iterdir():
        world.gitbatch("settle", number.name, "succeeded")


class Ways:
    """One clone that pushes each new commit to several bare repositories."""

    def __init__(self, root: Path, files: int) -> None:
        self.world = World(root).build()
        self.count = 0
        for name in ("plain", "ancestor"):
            bare = root / name / "repo.git"
            bare.parent.mkdir()
            self.world.git("init", "-q", "--bare", str(bare))
            self.world.git("remote", "add", name, str(bare))
        self.ancestor = root / "ancestor"
        self.world.script(self.ancestor / "repo.git/hooks/post-receive", ANCESTOR)
        self.world.write({f"folder{n % 50}/file{n}": f"{n}\n" * 20 for n in range(files)})
        self.world.commit({"schedule.sh": NO_JOB})

    def next_commit(self) -> None:
        self.count += 1
        self.world.commit({"changes": f"{self.count}\n"})
        settle_all(self.world)
        self.clear_ancestor()

    def clear_ancestor(self) -> None:
        """Forget its earlier work trees and branches, which make later pushes slower.

        The files stay: to delete thousands keeps the disk busy during the next push.
        """
        for tree in self.ancestor.glob("repo.git/worktrees/*"):
            shutil.rmtree(tree)
            self.world.git(
                "--git-dir", str(self.ancestor / "repo.git"), "branch", "-q", "-D", tree.name
            )

    def push(self, remote: str) -> None:
        subprocess.run(
            ["git", "push", "-q", remote, "master"],
            cwd=self.world.clone,
            env=self.world.env,
            check=True,
            capture_output=True,
        )


@pytest.mark.parametrize(("files", "rounds", "limit"), [(50, 40, 1.3), (5000, 16, 1.0)])
def test_a_push_costs_little_more_than_the_ancestors(
    files: int, rounds: int, limit: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = Ways(tmp_path, files)
    took = medians(
        {name: partial(ways.push, name) for name in ("plain", "ancestor", "batch")},
        rounds,
        ways.next_commit,
    )
    ratio = took["batch"] / took["ancestor"]
    show(
        capsys,
        f"push, {files} files: ours/ancestor's {ratio:.2f}, ours/no hook "
        f"{took['batch'] / took['plain']:.2f}  "
        + "  ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in took.items()),
    )
    assert ratio <= limit


def fill_history(world: World, runs: int, *, packed: bool) -> None:
    """Give a batch remote as many past runs, as pushes would have.

    The records are of today, and the inputs of the last century: what is pushed between those
    is slowed down by the records only.
    """
    stream: list[str] = []

    def commit(ref: str, message: str, parent: str, *merged: str) -> str:
        mark = len(stream) + 1
        time = 900000000 if ref == "refs/heads/past" else 1700000000
        stream.append(
            f"commit {ref}\nmark :{mark}\n"
            f"committer gitbatch <gitbatch@localhost> {time + mark} +0000\n"
            f"data {len(message)}\n{message}\nfrom {parent}\n"
            + "".join(f"merge {other}\n" for other in merged)
        )
        return f":{mark}"

    past = log = world.bare("rev-parse", "refs/gitbatch/log")
    keep = world.bare("rev-parse", "refs/gitbatch/keep")
    for run in range(1, runs + 1):
        facts = f"\n\nRun: {run}\nState: %s\nBranch: past\nSubject: a change\n"
        past = commit("refs/heads/past", f"input of {run}", past)
        keep = commit("refs/gitbatch/keep", f"run {run}", keep, past)
        log = commit("refs/gitbatch/log", f"run {run} submitted{facts % 'submitted'}", log)
        log = commit("refs/gitbatch/log", f"run {run} succeeded{facts % 'succeeded'}", log)
        world.run(run).mkdir()
        (world.run(run) / "settled").write_text(f"run: {run}\nstate: succeeded\nbranch: past\n")
    (world.base / "runs/.last").write_text(f"{runs}\n")
    git = ["git", "--git-dir", str(world.repo)]
    subprocess.run(
        [*git, "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"],
        input="".join(stream),
        text=True,
        check=True,
    )
    for pack in [] if packed else (world.repo / "objects/pack").glob("*.pack"):
        aside = pack.rename(world.root / "history.pack")
        pack.with_suffix(".idx").unlink()
        with aside.open("rb") as stored:
            subprocess.run([*git, "unpack-objects", "-q"], stdin=stored, check=True)


@pytest.mark.parametrize("date", ["2001-01-01T00:00:00Z", ""], ids=["old commits", "new commits"])
def test_a_push_costs_the_same_after_5000_runs(
    date: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worlds = {name: World(tmp_path / name) for name in ("none", "packed", "loose")}
    world = worlds["none"].build()
    world.commit({"schedule.sh": NO_JOB}, date=date)
    for name, past in worlds.items():
        if past is not world:
            past.clone = world.clone
            assert past.install().status == 0
            fill_history(past, 5000, packed=name == "packed")
        world.git("remote", "add", name, str(past.repo))
    count = 0

    def next_commit() -> None:
        nonlocal count
        count += 1
        world.commit({"changes": f"{count}\n"}, date=date)
        for each in worlds.values():
            settle_all(each)

    def push(name: str) -> None:
        answer = world.call("git", "push", name, "master")
        assert len(answer.receipts) == 1, answer.output

    took = medians({name: partial(push, name) for name in worlds}, 24, next_commit)
    ratios = {name: took[name] / took["none"] for name in ("packed", "loose")}
    show(
        capsys,
        f"push after 5,000 runs, {'old' if date else 'new'} commits: "
        + "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
        + f"  (none: {1000 * took['none']:.0f} ms)",
    )
    assert max(ratios.values()) <= 1.2


def test_storms_of_40_pushes_lose_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path).build()
    world.commit({"schedule.sh": NO_JOB} | {f"file{n}": f"{n}\n" for n in range(50)})
    seconds: list[float] = []
    outputs: list[str] = []
    for storm in range(5):
        commits = [world.commit({"change": f"{storm} {n}\n"}) for n in range(40)]
        start = time.perf_counter()
        pushes = [
            subprocess.Popen(
                ["git", "push", world.repo, f"{commit}:refs/heads/storm{storm}/{n}"],
                cwd=world.clone,
                env=world.env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for n, commit in enumerate(commits)
        ]
        outputs += [push.communicate()[0] for push in pushes]
        seconds.append(time.perf_counter() - start)
        assert not any(push.returncode for push in pushes), outputs
    receipts = [
        receipt.groups()
        for output in outputs
        for line in output.splitlines()
        if (receipt := RECEIPT.fullmatch(re.sub(r"^remote: ", "", line).rstrip()))
    ]
    runs = {int(folder.name) for folder in (world.base / "runs").iterdir() if folder.is_dir()}
    show(
        capsys,
        f"5 storms of 40 pushes: {len(receipts)} receipts, {len(runs)} runs, "
        f"{' '.join(f'{taken:.1f}' for taken in seconds)} s",
    )
    assert len(receipts) == 200
    assert {state for _, _, state, _ in receipts} == {"submitted"}
    assert {int(number) for number, _, _, _ in receipts} == runs
