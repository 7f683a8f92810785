"""examples/sge_hello, pushed unchanged: Grid Engine finds primes, and they are pulled."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.data import examples_dir
from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers.sge import Cell


def test_the_primes_come_home(tmp_path: Path, sge: Cell) -> None:
    world = World(tmp_path / "world").build()
    (world.base / "profile").write_text(sge.profile)
    shutil.copytree(examples_dir() / "sge_hello", world.clone, dirs_exist_ok=True)
    world.commit({})
    number = world.push(options=["limit=200"]).run
    facts = world.settled(number, 40)
    log = (world.run(number) / "log").read_text()
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), log
    assert f"job {facts['job'].removeprefix('sge ')} on node1" in log
    world.git("pull", "-q", "batch", "master")
    assert (world.clone / "primes.csv").read_text().splitlines()[-1] == "46,199"
    assert (world.clone / "counts.txt").read_text().split() == ["0-99", "25", "100-199", "21"]
