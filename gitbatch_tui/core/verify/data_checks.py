"""Checks that the data which a run read through links is what it was, by its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.freezing import FreezeClient
from gitbatch_tui.core.verify.check import Check, Colour, named
from gitbatch_tui.errors import CommandFailed, NoPython, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.verify.check import Case

_NAME = "data"


def check_data(case: Case) -> Check:
    """Hash every frozen input, where the run found it; that takes its time."""
    links = case.run.links
    if not links:
        return Check(_NAME, Colour.GREEN, "No link leads out of the run tree.")
    places = {link.target: link.hash for link in links if link.hash}
    found = [_look(case, target, value) for target, value in places.items()]
    found += [(Colour.UNKNOWN, words) for words in _not_frozen(case)]
    for colour in (Colour.RED, Colour.UNKNOWN):
        if sentences := [words for each, words in found if each is colour]:
            return Check(_NAME, colour, " ".join(sentences))
    kept = "The hash" if len(places) == 1 else f"Each of {len(places)} hashes"
    return Check(_NAME, Colour.GREEN, f"{kept} of what it read is as it was.")


def _not_frozen(case: Case) -> Iterator[str]:
    paths = [link.path for link in case.run.links if not link.hash]
    if paths:
        yield f"Not frozen, so what it was isn't known: {named(paths)}."


def _look(case: Case, target: str, value: str) -> tuple[Colour, str]:
    """Check one of the frozen inputs."""
    place = one_line(target)
    if not case.with_data:
        return Colour.UNKNOWN, f"{place} was left out."
    server = case.batch.server
    try:
        verdicts = FreezeClient(server.host, server.base).verify(
            target, lambda at: case.tell(str(at))
        )
    except (NoPython, Unreachable, CommandFailed) as error:
        return Colour.UNKNOWN, str(error)
    except Refused as error:
        return Colour.RED, str(error)
    verdict = verdicts[0]
    if verdict.hash != value:
        return Colour.RED, f"{place} leads to other data: {verdict.hash}."
    if not verdict.good:
        altered = named(list(verdict.altered)) or one_line(verdict.why)
        return Colour.RED, f"{place} was altered: {altered}."
    return Colour.GREEN, ""
