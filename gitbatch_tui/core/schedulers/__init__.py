"""What is known about the schedulers of sites: an adapter each, all of them asked the same way.

A site adds its own: an entry point of the group `gitbatch_tui.schedulers` that makes one.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, cast

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.schedulers.at import At
from gitbatch_tui.core.schedulers.flux import Flux
from gitbatch_tui.core.schedulers.htcondor import HTCondor
from gitbatch_tui.core.schedulers.local import Local
from gitbatch_tui.core.schedulers.lsf import Lsf
from gitbatch_tui.core.schedulers.oar import Oar
from gitbatch_tui.core.schedulers.pbs import Pbs
from gitbatch_tui.core.schedulers.sge import Sge
from gitbatch_tui.core.schedulers.slurm import Slurm
from gitbatch_tui.core.schedulers.tsp import Tsp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.core.schedulers.adapter import Adapter

GROUP = "gitbatch_tui.schedulers"
_PARTS = ("name", "ask", "cancel", "hold", "release", "recognise", "read")


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
    ours = (Local, At, Flux, HTCondor, Lsf, Oar, Pbs, Sge, Slurm, Tsp)
    found: dict[str, Adapter] = {make.name: make() for make in ours}
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
                f"({why}): mend or uninstall the package that it comes from."
            )
    return Loaded(found, tuple(troubles))
