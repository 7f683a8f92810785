"""Cancelling several runs of one batch remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.jobs.cancel import CancelResult, cancel, keep_waiting
from gitbatch_tui.errors import Refused
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.project import Project

UNTIL_GO = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\n"


def test_what_waits_does_not_begin_while_others_are_cancelled_before_it(project: Project) -> None:
    world = project.world
    world.bare("config", "gitbatch.localSlots", "1")
    for _ in range(3):
        world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": UNTIL_GO})
    first = world.run(1)
    wait_until((first / "started").exists, what="the first to begin")
    assert keep_waiting(project.server, project.listing().runs) == {2, 3}
    (first / "go").touch()
    assert world.settled(1)["state"] == "succeeded"
    assert [world.settled_by_contact(number)["state"] for number in (2, 3)] == ["cancelled"] * 2
    assert not list(world.base.glob("runs/[23]/started"))
    assert cancel(project.server, 2, {2, 3}) == CancelResult()
    with pytest.raises(Refused, match="has ended already: cancelled"):
        cancel(project.server, 2)
