"""Puts the schedulers of a server in the order in which a person may want to choose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.server.calls import BOUNDS
from gitbatch_tui.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.hosts.host import Host

_PATIENCE = 2
"""Seconds that a scheduler's programs have; they are asked at the same time."""
_LONGEST = 3
"""Seconds that all of it takes at most."""
_QUESTION = f"""{BASE}test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
patience=$2
shift 2
{BOUNDS}"""


def best_first(host: Host, names: Sequence[str], base: str = "/dev/null") -> tuple[str, ...]:
    """These schedulers, but those at the end that don't answer.

    `names` are the best first. Those before `local` are asked about a job, after the profile of the
    batch remote in `base`, for no longer than three seconds: programs may be there without a
    cluster.
    """
    clusters = names[: names.index("local")]
    with ThreadPoolExecutor(max_workers=max(1, len(clusters))) as pool:
        answers = pool.map(lambda name: _answers(host, name, base), clusters)
        silent = [name for name, answered in zip(clusters, answers, strict=True) if not answered]
    return (*(name for name in names if name not in silent), *silent)


def _answers(host: Host, name: str, base: str) -> bool:
    adapter = adapters()[name]
    script, words = _QUESTION + adapter.ask, (base, str(_PATIENCE), "1")
    try:
        # Nobody needs to know that job: what counts is that something is said.
        adapter.read(host.run(script, *words, timeout=_LONGEST), ["1"])
    except (ValueError, TimedOut):
        return False
    return True
