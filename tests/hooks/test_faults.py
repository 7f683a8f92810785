"""Whatever call fails, and wherever the power is cut: nothing is lost, the next push works."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import installed_programs
from tests.support.faults import AT_ANY_CALL, Operation, different, sample
from tests.support.invariants import processes
from tests.support.waiting import wait_until
from tests.support.worlds import HOOKS, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.tree import State

CUTS = 100
ERRORS = 40
"""Points of an operation that are tried, unless all are."""
FEWEST = 30
"""Of which there are more than these, or they aren't seen."""

pytestmark = AT_ANY_CALL

WITHOUT_GIT = "awk cat date getconf grep ln mkdir mv rm sed setsid sh sleep".split()
"""With fewer tools than these, those of the system are looked for, git among them."""
ANSWER = "echo 42 >answer\n"


class Scene:
    """A world that can be put back to how it was, in the same place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.world = World(root).build()
        self.saved: State
        self.operation: Operation
        self.verify: Callable[[str], None]

    def will(self, at: Path, *argv: str | Path, stdin: str = "", **variables: str) -> None:
        """From how the world is now on, do this."""
        # In any other locale, each program reads a dozen files more before it begins.
        env = {**self.world.env, "LC_ALL": "C", **variables}
        self.operation = Operation([*map(str, argv)], at, env, self.world.base, stdin)
        self.saved = self.operation.tree.look()

    def put_back(self, state: State) -> None:
        """Once nothing of the last point runs any more."""
        wait_until(lambda: not processes(self.world.base), 30, "the last processes to end")
        self.operation.tree.put_back(state)

    def recover(self) -> None:
        """What any contact does, and then what a person may ask for."""
        self.world.gitbatch("status")
        answer = self.world.gitbatch("check", "--repair")
        assert answer.status == 0, answer.output

    def next_push_works(self) -> None:
        answer = self.world.push("HEAD:refs/heads/next")
        assert [receipt.state for receipt in answer.receipts] == ["submitted"], answer.output


def a_push(root: Path) -> Scene:
    """The hook, from the moved ref to the receipt."""
    scene = Scene(root)
    world = scene.world
    commit = world.commit({"schedule.sh": "#!/bin/sh\necho scheduled\n", "data": "1\n"})
    world.git("push", "-q", "--no-verify", str(world.repo), "HEAD:refs/heads/first")
    zeros = "0" * len(commit)
    world.bare("update-ref", "refs/heads/master", commit)
    line = f"{zeros} {commit} refs/heads/master\n"
    scene.will(world.repo, world.repo / "gitbatch/gitbatch", "receive", stdin=line, GIT_DIR=".")

    def verify(output: str) -> None:
        for number in {line.split("run=")[1].split()[0] for line in receipts_in(output)}:
            assert world.facts(int(number), "request")["commit"] == commit, output
            records = world.bare("log", "--format=%s", "refs/gitbatch/log")
            assert f"run {number} " in records, output
        scene.next_push_works()

    scene.verify = verify
    return scene


def receipts_in(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("gitbatch: run=")]


def ended_run(root: Path) -> Scene:
    """A run whose job has ended where there is no git, so that it is not settled."""
    scene = Scene(root)
    world = scene.world
    poor = root / "poor"
    poor.mkdir()
    for name in WITHOUT_GIT:
        program = shutil.which(name)
        assert program, name
        (poor / name).symlink_to(program)
    world.submit(
        {
            "schedule.sh": f'#!/bin/sh\nPATH={poor} exec "$GITBATCH" spawn ./run.sh\n',
            "run.sh": f"#!/bin/sh\nwhile test -d {root} && ! test -e {root}/go\n"
            f"do sleep 0.1; done\n{ANSWER}",
        }
    )
    # At its end a push settles what has ended by then.
    wait_until(lambda: not world.push_goes_on(), what="the push to have done all")
    (root / "go").touch()
    wait_until(lambda: world.facts(1, "finished"), what="the job to end")
    wait_until(lambda: not list((world.base / "queue").iterdir()), what="its slot to be free")
    return scene


def a_settle(root: Path) -> Scene:
    """Commit, deliver, record."""
    scene = ended_run(root)
    world = scene.world
    assert not (world.run(1) / "settled").exists()
    scene.will(root, world.repo / "gitbatch/gitbatch", "settle", "1")

    def verify(output: str) -> None:
        world.gitbatch("settle", "1")
        settled = world.settled(1)
        assert settled["state"] == "succeeded", output
        result = world.tip("master")
        assert world.bare("show", f"{result}:answer") == "42", output
        assert world.bare("rev-list", "--count", f"{settled['commit']}..{result}") == "1"
        assert "master-run1" not in world.bare("for-each-ref")
        scene.next_push_works()

    scene.verify = verify
    return scene


def a_delivery(root: Path) -> Scene:
    """What the run tree's post-commit hook does while the job goes on."""
    scene = ended_run(root)
    world = scene.world
    tree = world.run(1) / "tree"
    world.git("add", "answer", at=tree)
    world.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "an answer", at=tree)
    result = world.git("rev-parse", "HEAD", at=tree)
    scene.will(tree, world.repo / "gitbatch/gitbatch", "deliver")

    def verify(output: str) -> None:
        world.gitbatch("settle", "1")
        settled = world.settled(1)
        assert settled["result"] == result, output
        wait_until(lambda: world.tip("master") == result, what=f"the delivery of {settled}")
        scene.next_push_works()

    scene.verify = verify
    return scene


def an_install(root: Path) -> Scene:
    """From nothing."""
    scene = Scene(root)
    world = scene.world
    world.commit({"schedule.sh": "#!/bin/sh\necho scheduled\n"})
    shutil.rmtree(world.base)
    scene.will(root, "/bin/sh", HOOKS / "install", world.base)

    def verify(output: str) -> None:
        if world.repo.exists():
            answer = world.push("HEAD:refs/heads/at-once")
            assert answer.receipts, f"half a batch remote: {output}{answer.output}"
        again = world.install()
        assert again.status == 0, f"{output}{again.output}"
        leftovers = [path.name for path in world.base.glob("*.tmp")]
        assert not leftovers
        scene.next_push_works()

    scene.verify = verify
    return scene


def an_upgrade(root: Path) -> Scene:
    """Over an older program and hook."""
    scene = Scene(root)
    world = scene.world
    world.commit({"schedule.sh": "#!/bin/sh\necho scheduled\n"})
    older = (
        "hooks/post-receive",
        "gitbatch/gitbatch",
        "gitbatch/submit",
        "gitbatch/schedulers/at.sh",
    )
    for path in map(world.repo.joinpath, older):
        path.write_text(path.read_text() + "# an older one\n")
    (world.repo / "gitbatch/version").write_text("0.0.9\n")
    scene.will(root, "/bin/sh", HOOKS / "install", world.base)

    def verify(output: str) -> None:
        answer = world.push("HEAD:refs/heads/at-once")
        assert answer.receipts, f"{output}{answer.output}"
        again = world.install()
        assert again.status == 0, f"{output}{again.output}"
        for name, program in installed_programs().items():
            folder = "hooks" if name == "post-receive" else "gitbatch"
            assert (world.repo / folder / name).read_bytes() == program
        scene.next_push_works()

    scene.verify = verify
    return scene


def a_prune(root: Path) -> Scene:
    """Of a run whose results were delivered."""
    scene = Scene(root)
    world = scene.world
    world.submit(
        {
            "schedule.sh": '#!/bin/sh\nexec "$GITBATCH" run ./run.sh\n',
            "run.sh": f"#!/bin/sh\n{ANSWER}",
        }
    )
    result = world.settled(1)["result"]
    (world.run(1) / "tree/deep/er").mkdir(parents=True)
    scene.will(root, world.repo / "gitbatch/gitbatch", "prune")

    def verify(output: str) -> None:
        pruned = world.gitbatch("prune")
        assert pruned.status == 0, f"{output}{pruned.output}"
        assert not (world.run(1) / "tree").exists(), f"{output}{pruned.output}"
        assert not (world.run(1) / "pruned.tmp").exists()
        assert world.bare("show", f"{result}:answer") == "42", output
        world.commit({"schedule.sh": "#!/bin/sh\necho scheduled\n"})
        scene.next_push_works()

    scene.verify = verify
    return scene


OPERATIONS = {
    "a push": a_push,
    "a settle": a_settle,
    "a delivery": a_delivery,
    "an install": an_install,
    "an upgrade": an_upgrade,
    "a prune": a_prune,
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_power_cut_at_any_call_loses_nothing(operation: str, tmp_path: Path) -> None:
    scene = OPERATIONS[operation](tmp_path)
    cuts = scene.operation.cuts(CUTS, operation)
    assert len(cuts) > FEWEST
    for cut in different(cuts):
        scene.put_back(cut.state)
        check(scene, str(cut.point), cut.output, repair=operation != "an install")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_error_of_any_call_leaves_no_half_state(operation: str, tmp_path: Path) -> None:
    scene = OPERATIONS[operation](tmp_path)
    errors = itertools.cycle(("ENOSPC", "EIO", "ESTALE"))
    points = sample(scene.operation.points(), ERRORS, operation)
    reached = 0
    for point, error in zip(points, errors, strict=False):
        scene.put_back(scene.saved)
        failed, output = scene.operation.fail_at(point, error)
        reached += bool(failed)
        check(scene, f"{error} for {failed}", output, repair=operation != "an install")
    assert reached > FEWEST


def check(scene: Scene, where: str, output: str, *, repair: bool) -> None:
    try:
        if repair:
            scene.recover()
        scene.verify(output)
    except AssertionError as failure:
        failure.add_note(f"at {where}, which said: {output}")
        raise
