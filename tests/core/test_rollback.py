"""Whatever call fails in a clone, and wherever its program is killed: all as before, or done."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.results.download import PARTIAL
from gitbatch_tui.errors import GitBatchError
from tests.support import clone_changes
from tests.support.clone_changes import CHANGES, Given
from tests.support.faults import AT_ANY_CALL, Operation, different, sample
from tests.support.project import open_project
from tests.support.waiting import wait_until
from tests.support.worlds import World

if TYPE_CHECKING:
    from tests.support.tree import State

KILLS = 30
ERRORS = 15
"""Points of each operation that are tried, unless all are."""
AGAIN = 20.0
"""Seconds after which a git that has lost its program has ended."""

pytestmark = AT_ANY_CALL

AT_ONCE = {"merge", "forward", "snapshot", "prune", "upgrade"}
FILE_BY_FILE = {"files", "get"}
"""Where an error may leave a file out, which is said then. The others are settings of git's."""


@dataclass
class Clone:
    """A clone that can be put back to how it was, in the same place."""

    world: World
    operation: Operation
    saved: State
    before: dict[str, str]
    kind: str
    given: Given

    @property
    def path(self) -> Path:
        return self.world.clone

    def put_back(self, state: State) -> None:
        wait_until(lambda: not processes_in(self.path), AGAIN, "the last point's processes to end")
        self.operation.tree.put_back(state)

    def state(self) -> dict[str, str]:
        """All that a person sees of it."""
        files: dict[str, str] = {}
        for here, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if name != ".git"]
            for path in (Path(here, name) for name in names if name != ".git"):
                if path.is_file():
                    facts = f"{path.stat().st_mode:o} {path.read_bytes()!r}"
                    files[str(path.relative_to(self.path))] = facts
        git = self.world.git
        refs = git(
            "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"
        )
        remotes = self.world.call("git", "config", "--get-regexp", r"^remote\.").output
        return {**files, "refs": refs, "index": git("ls-files", "-s"), "remotes": remotes}

    def left_over(self) -> list[Path]:
        """Locks, and what else is there only while something is under way."""
        git = self.path / ".git"
        # Whoever kills git while it tidies up leaves that, and git passes over it.
        upkeep = git / "objects/maintenance.lock"
        return [
            *(path for path in git.rglob("*.lock") if path != upkeep),
            *git.glob("*gitbatch-tui*"),
            *self.path.glob(".gitbatch-tui*"),
        ]


def processes_in(folder: Path) -> list[Path]:
    """The processes that name a folder in their command lines."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words and process.name != str(os.getpid()):
            found.append(process)
    return found


@pytest.fixture(params=CHANGES)
def clone(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    kind = request.param
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-01-01T00:00:00Z")
    world = World(tmp_path / "world").build()
    world.git("config", "maintenance.auto", "true")
    project = open_project(world)
    with project.clone, project.hosts:
        first = {
            "changed": "1\n" * 500,
            "removed": "1\n",
            "kept": "1\n",
            "schedule.sh": "#!/bin/sh\n",
        }
        old = world.commit(first)
        if kind == "prune":
            project.finish("echo 1 >result")
            world.git("checkout", "-q", "-f", "-B", "master", old)
        if kind == "upgrade":
            (world.repo / "gitbatch/version").write_text("0.0.9\n")
        if kind == "get":
            out = world.base / "runs/1/tree/out"
            number = project.finish("mkdir out; head -c 300000 /dev/zero >out/a; echo b >out/b")
            assert (number, out.exists()) == (1, True)
            old = world.git("rev-parse", "HEAD")
        world.git("checkout", "-q", "-b", "theirs")
        (world.clone / "removed").unlink()
        new = world.commit({"changed": "2\n" * 90_000, "new/deep/file": "new\n", "link.txt": "l\n"})
        world.git("checkout", "-q", "-f", "master")
        if kind == "merge":
            world.commit({"mine": "1\n"})
        world.write({"draft": "mine\n"})
        if kind in {"snapshot", "files"}:
            world.write({"kept": "changed here\n"})
    given = Given(old, new, str(world.base.with_name("other")))
    main = partial(clone_changes.main, kind, str(world.clone), *given)
    operation = Operation(main, world.root, world.env, world.root)
    made = Clone(world, operation, operation.tree.look(), {}, kind, given)
    made.before = made.state()
    return made


def state_after(clone: Clone) -> dict[str, str]:
    """What the operation has come to, when nothing failed."""
    assert clone.left_over() == []
    return clone.state()


def check_next(clone: Clone, after: dict[str, str], where: str, *, whole: bool) -> None:
    """What the next command finds, and does."""
    with open_clone(clone.path) as opened:
        assert opened.head().commit
    now = clone.state()
    if whole:
        assert now in (clone.before, after), where
    for name in now.keys() | clone.before.keys() if clone.kind in FILE_BY_FILE else ():
        stands = now.get(name, "")
        mine = (clone.before.get(name, ""), after.get(name, ""))
        assert stands in mine or PARTIAL in name, f"{where}: {name}"
    try:
        with open_clone(clone.path) as opened:
            CHANGES[clone.kind](opened, clone.given)
    except GitBatchError as error:
        pytest.fail(f"{where}: {error}")
    assert clone.state() == after, where
    assert clone.left_over() == [], where
    clone.world.git("fsck", "--no-dangling", "--connectivity-only")


def test_a_kill_anywhere_leaves_all_as_before_or_done(clone: Clone) -> None:
    cuts = clone.operation.cuts(KILLS, KILLS)
    after = state_after(clone)
    assert len(cuts) > 1
    for cut in different(cuts):
        clone.put_back(cut.state)
        where = f"{cut.point}: {cut.output}"
        check_next(clone, after, where, whole=clone.kind in AT_ONCE | {"files"})


def test_an_error_anywhere_leaves_all_as_before_or_done(clone: Clone) -> None:
    points = clone.operation.points()
    after = state_after(clone)
    errors = itertools.cycle(["ENOSPC", "EIO"])
    reached = 0
    for point, error in zip(sample(points, ERRORS, ERRORS), errors, strict=False):
        clone.put_back(clone.saved)
        failed, output = clone.operation.fail_at(point, error)
        reached += bool(failed)
        where = f"{error} for {failed}: {output}"
        check_next(clone, after, where, whole=clone.kind in AT_ONCE)
    assert reached > 0
