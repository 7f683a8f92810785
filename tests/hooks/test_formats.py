"""docs/formats.md names every key of the files that a run leaves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.scripts import schedule

if TYPE_CHECKING:
    from tests.support.worlds import World

ROW = re.compile(r"^\| (\w+) \| (.+) \|$", re.MULTILINE)
ROWS = dict(ROW.findall((Path(__file__).parents[2] / "docs/formats.md").read_text("utf-8")))
NAMED = re.compile(r"(variable|resource) .+")
"""Keys with a name in them."""
JOB = schedule(
    "export OMP_NUM_THREADS=2 SLURM_NTASKS=1 LOADEDMODULES=gcc/12",
    "echo 1 >.env; echo 1 >log.tmp; head -c 3000 /dev/zero >large",
    '"$GITBATCH" run sh -c "echo 1 >out"',
)


@pytest.fixture
def run(world: World) -> Path:
    """The folder of a run of which there is much to say."""
    world.bare("config", "gitbatch.largeFile", "2000")
    (world.clone / "link").symlink_to("/nowhere")
    world.commit({**JOB, ".gitignore": "*.tmp\n"})
    number = world.push(options=["lr=0.1"]).run
    world.settled(number)
    return world.run(number)


def test_every_key_of_the_files_of_a_run_is_told(run: Path) -> None:
    files = ("request", "scheduled", "started", "finished", "delivered", "settled", "environment")
    for file in files:
        lines = (run / file).read_text().splitlines()
        keys = {NAMED.sub(r"\1 NAME", line.partition(":")[0]) for line in lines}
        assert {key for key in keys if not re.search(rf"\b{key}\b", ROWS[file])} == set(), file
