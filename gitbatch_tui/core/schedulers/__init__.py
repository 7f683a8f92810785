"""What is known about the schedulers of sites: an adapter each, all of them asked the same way.

A site adds its own: an entry point of the group `gitbatch_tui.schedulers` that makes one.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from gitbatch_tui.core.schedulers.at import At
from gitbatch_tui.core.schedulers.local import Local
from gitbatch_tui.core.text import one_line
from gitbatch_tui.errors import BadPlugin, UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter

GROUP = "gitbatch_tui.schedulers"


@cache
def adapters() -> Mapping[str, Adapter]:
    """All adapters by name, ours and a site's; raises `BadPlugin` where one can't be loaded."""
    found: dict[str, Adapter] = {adapter.name: adapter for adapter in (Local(), At())}
    for entry in entry_points(group=GROUP):
        try:
            adapter = cast("Callable[[], Adapter]", entry.load())()
        except Exception as error:  # somebody else's code may raise anything
            raise BadPlugin(
                f"The scheduler {one_line(entry.name)} of {one_line(entry.value)} can't be loaded: "
                f"{one_line(str(error))}. Mend or uninstall the package it comes from."
            ) from error
        found[adapter.name] = adapter
    return found


def adapter_of(name: str) -> Adapter:
    """The adapter of a scheduler; raises `UnknownName` with those that there are."""
    known = adapters()
    if name not in known:
        raise UnknownName(
            f"There is no scheduler {one_line(name)}; known are {', '.join(known)}.",
        )
    return known[name]
