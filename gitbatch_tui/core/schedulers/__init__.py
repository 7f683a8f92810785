"""The schedulers of sites: an adapter each, all of them asked in one way.

A site adds its own: an entry point of the group `gitbatch_tui.schedulers` that makes one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, cast

from gitbatch_tui.core.base.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter

GROUP = "gitbatch_tui.schedulers"
_OURS = {
    "adapter": "Local",
    "at": "At",
    "flux": "Flux",
    "htcondor": "HTCondor",
    "lsf": "Lsf",
    "oar": "Oar",
    "pbs": "Pbs",
    "sge": "Sge",
    "slurm": "Slurm",
    "tsp": "Tsp",
}
"""The class of each module; they are imported when a scheduler is to be asked."""
_PARTS = ("name", "ask", "cancel", "hold", "release", "read")


class Loaded(NamedTuple):
    """All adapters by name, and a sentence for each that can't be used."""

    adapters: Mapping[str, Adapter]
    troubles: tuple[str, ...]


def adapters() -> Mapping[str, Adapter]:
    """All adapters by name, ours and a site's."""
    return load().adapters


@cache
def load() -> Loaded:
    """Find the adapters; one of a site that can't be loaded is no reason to do without others."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # it is slow to import

    ours: list[Adapter] = [
        getattr(import_module(f"{__name__}.{module}"), name)() for module, name in _OURS.items()
    ]
    found = {adapter.name: adapter for adapter in ours}
    troubles = []
    for entry in entry_points(group=GROUP):
        try:
            adapter = cast("Callable[[], Adapter]", entry.load())()
            attrgetter(*_PARTS)(adapter)
            found[adapter.name] = adapter
        except Exception as error:  # noqa: BLE001  # somebody else's code may raise anything
            why = one_line(f"{type(error).__name__}: {error}")
            troubles.append(
                f"The scheduler {one_line(entry.name)} of {one_line(entry.value)} can't be used "
                f"({why}): repair or uninstall the package that it comes from."
            )
    return Loaded(found, tuple(troubles))
