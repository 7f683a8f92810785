"""What a stand-in for a submit command costs beside the command itself."""

from __future__ import annotations

import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import medians, show
from tests.support.worlds import NO_JOB, World

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)

SBATCH = "#!/bin/sh\nsleep 0.02\necho Submitted batch job 41\n"
"""As long as the real one takes on a quiet cluster."""


def test_a_stand_in_adds_under_15_ms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(tmp_path).build()
    number = world.submit({"schedule.sh": NO_JOB})
    command = tmp_path / "programs/sbatch"
    world.script(command, SBATCH)
    stand_in = world.repo / "gitbatch/bin/sbatch/sbatch"
    path = f"{stand_in.parent}:{command.parent}:{world.env['PATH']}"
    env = world.env | {"PATH": path, "GITBATCH_RUN_DIR": str(world.run(number))}

    def call(program: Path) -> None:
        argv = [str(program), "-J", "name", "--array=1-3", "job.sh"]
        subprocess.run(argv, env=env, check=True, capture_output=True)

    ways = {path.parent.name: partial(call, path) for path in (command, stand_in)}
    took = medians(ways, 40, lambda: None)
    added = 1000 * (took["sbatch"] - took["programs"])
    show(
        capsys,
        f"sbatch through its stand-in: {added:.1f} ms more, ratio "
        f"{took['sbatch'] / took['programs']:.2f}",
    )
    assert added < 15
