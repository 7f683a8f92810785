"""How soon after its end the results of a local job can be pulled."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bench.measure import show
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(0)


def differs(ref: Path, commit: str) -> bool:
    return ref.read_text().strip() != commit


RUN = "#!/bin/sh\necho result >result\nexec date +%s.%N >../ended\n"


@pytest.mark.parametrize("files", [50, 5000])
def test_the_end_of_a_job_is_soon_followed_by_its_results(
    files: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path).build()
    world.write({f"folder{n % 50}/file{n}": f"{n}\n" * 20 for n in range(files)})
    world.commit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": RUN})
    took: list[float] = []
    for turn in range(15):
        commit = world.commit({"change": f"{turn}\n"}, branch=f"branch{turn}")
        run = world.push().run
        ref = world.repo / "refs/heads" / f"branch{turn}"
        wait_until(partial(differs, ref, commit))
        took.append(time.time() - float((world.run(run) / "ended").read_text()))
        world.settled(run)
    median = statistics.median(took)
    show(capsys, f"job's end to pullable, {files} files: {median:.3f} s, at most {max(took):.3f} s")
    assert median < 0.5
