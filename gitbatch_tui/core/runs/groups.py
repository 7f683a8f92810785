"""Names of several runs at once: `12-23`, `sweep:42`, a branch."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.listing import list_remote, list_runs
from gitbatch_tui.core.runs.parameters import parameters_of
from gitbatch_tui.core.runs.published import remote_called
from gitbatch_tui.errors import UnknownName
from gitbatch_tui.models import DOCTORS_BRANCH, SWEEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.runs.listing import Listing
    from gitbatch_tui.models import BatchRemote, Run

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ONE = re.compile(r"(?:.*#)?[0-9]+")
_RANGE = re.compile(r"([1-9][0-9]{0,14})-([1-9][0-9]{0,14})")


def is_one(word: str) -> bool:
    """True for the name of a single run: `42`, `batch#42`."""
    return _ONE.fullmatch(word) is not None


def sweep_number(word: str) -> int | None:
    """The number in `sweep:42` or `batch#sweep:42`; None for anything else."""
    number = word.rpartition("#")[2].removeprefix(SWEEP)
    is_sweep = word.rpartition("#")[2].startswith(SWEEP) and number.isascii() and number.isdigit()
    return int(number) if is_sweep and len(number) < 16 else None  # noqa: PLR2004  # as runs


def expand(
    clone: Clone,
    hosts: Hosts,
    words: Iterable[str],
    last: int | None = None,
    *,
    unfinished: bool = False,
) -> tuple[str, ...]:
    """The names of all runs that are meant, each once.

    A word is a run, `12-23`, `sweep:42` or a branch, perhaps with `REMOTE#` before it; a server
    is asked only where it isn't a run. `last` adds so many of the newest runs of all batch
    remotes; of groups with `unfinished` only runs count that aren't over. Raises
    `UnknownName` for a word that means none.
    """
    names: dict[str, None] = {}
    for word in words:
        if is_one(word):
            names[word] = None
            continue
        group = [run for run in runs_of(clone, hosts, word) if not (unfinished and run.state.final)]
        if not group:
            raise UnknownName(f"All runs of {one_line(word)} are over.")
        names |= dict.fromkeys(run.name for run in group)
    if last:
        newest = reversed(newest_runs(clone, hosts, last))
        names |= dict.fromkeys(run.name for _, run in newest)
    return tuple(names)


def runs_of(clone: Clone, hosts: Hosts, word: str) -> list[Run]:
    """The runs that a word for several means, the oldest first; raises `UnknownName` for none."""
    name, mark, rest = word.rpartition("#")
    runs = _known(clone, hosts, remote_called(clone, name if mark and name else None, rest))
    found = _meant(rest, runs)
    if not found and (sweep_number(rest) or _RANGE.fullmatch(rest)):
        raise UnknownName(f"There are no runs {one_line(word)}: `gitbatch-tui runs` lists all.")
    if not found:
        raise UnknownName(
            f"{one_line(word)} is no run and no group of runs: write a number, 12-23, sweep:42, or "
            "a branch that has runs; REMOTE# may come before it."
        )
    return sorted(found, key=lambda run: run.number)


def newest_runs(clone: Clone, hosts: Hosts, count: int) -> list[tuple[BatchRemote, Run]]:
    """So many of the newest runs of all batch remotes, the oldest of them first.

    Raises why one can't be asked only where no other has runs.
    """
    remotes = clone.batch_remotes() or (remote_called(clone, None),)
    listings = list_runs(clone, hosts, remotes, count)
    runs = [(each.remote, run) for each in listings for run in reversed(_visible(each))]
    trouble = next((each.trouble for each in listings if each.trouble), None)
    if trouble and not runs:
        raise trouble
    return sorted(runs, key=lambda each: each[1].submitted or _LONG_AGO)[-count:]


def newest_sweep(clone: Clone, hosts: Hosts, remote: str | None = None) -> list[Run]:
    """The runs of the newest sweep of a batch remote; raises `UnknownName` where there is none."""
    runs = _known(clone, hosts, clone.batch_remote(remote))
    number = max((run.sweep for run in runs), default=0)
    if not number:
        raise UnknownName("There is no sweep yet: name runs, such as 12-23, or a branch.")
    return sorted((run for run in runs if run.sweep == number), key=lambda run: run.number)


def undone(runs: Sequence[Run]) -> list[Run]:
    """The runs of a sweep that are to be run again: of each row the newest, if it didn't succeed.

    The oldest first.
    """
    newest: dict[tuple[tuple[str, str], ...], Run] = {}
    for run in sorted(runs, key=lambda run: run.number):
        newest[tuple(sorted(parameters_of(run).items()))] = run
    failed = [run for run in newest.values() if run.state.undone]
    return sorted(failed, key=lambda run: run.number)


def undone_among(chosen: Iterable[Run], known: Iterable[Run]) -> list[list[Run]]:
    """Gather the chosen runs that are to be run again in lists that can be run in one go.

    Each list is of one sweep, or of one commit; all runs that are `known` decide, since what
    failed may have been run again already.
    """
    families: dict[object, list[Run]] = {}
    for run in known:
        families.setdefault(_family(run), []).append(run)
    names = {run.name for run in chosen}
    lists = [[run for run in undone(family) if run.name in names] for family in families.values()]
    return [again for again in lists if again]


def _family(run: Run) -> object:
    return run.remote, run.sweep, run.branch, run.commit


def _meant(word: str, runs: Sequence[Run]) -> list[Run]:
    if found := _RANGE.fullmatch(word):
        first, last = sorted((int(found[1]), int(found[2])))
        return [run for run in runs if first <= run.number <= last]
    if number := sweep_number(word):
        return [run for run in runs if run.sweep == number]
    return [run for run in runs if run.branch == word]


def _known(clone: Clone, hosts: Hosts, remote: BatchRemote) -> list[Run]:
    """All runs of a batch remote, the newest first, without those of the doctor."""
    listing = list_remote(clone, hosts, remote)
    if listing.trouble and not listing.runs:
        raise listing.trouble
    return _visible(listing)


def _visible(listing: Listing) -> list[Run]:
    return [run for run in listing.runs if not run.branch.startswith(DOCTORS_BRANCH)]
