"""Sets batch remotes up from an empty clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.setup.plan import SetupPlan, SetupRequest, apply, plan
from tests.support.worlds import NO_JOB

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts


def planned(clone: Clone, hosts: Hosts, place: str, **more: object) -> SetupPlan:
    """What there is to do to have a batch remote at this place."""
    location = Location.parse(place)
    wanted = SetupRequest("batch", location, **more)  # type: ignore[arg-type]  # by name
    return plan(clone, wanted, hosts.at(location))


def set_up(clone: Clone, hosts: Hosts, place: str, **more: object) -> list[str]:
    """What there was to say about each step."""
    said: list[str] = []
    apply(planned(clone, hosts, place, **more), lambda _, text: said.append(text))
    return said


def push(clone: Clone, hosts: Hosts, schedule: str = NO_JOB) -> str:
    """Push a commit, and return what the hook said."""
    if schedule:
        (clone.path / "schedule.sh").write_text(schedule)
        (clone.path / "schedule.sh").chmod(0o755)
    clone.git("add", "--all")
    clone.git("commit", "-q", "-m", "a change")
    host = hosts.at(Location.parse(clone.batch_remote("batch").location))
    answer = clone.ask("push", "batch", "HEAD", environment=host.environment())
    return answer.stderr.decode()
