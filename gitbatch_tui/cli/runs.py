"""The command that lists runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.listing import (
    HEADER,
    JSON_KEYS,
    cells,
    iso,
    json_of,
    known_at,
    used_cell,
    without_idle_columns,
    without_small_columns,
)
from gitbatch_tui.cli.names import completing, json_option, published, remotes
from gitbatch_tui.cli.opening import has_logged_in, opened
from gitbatch_tui.cli.output import JSON_VERSION, note, say, status
from gitbatch_tui.cli.table import table
from gitbatch_tui.cli.trouble import FAILED
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.runs.facts import RESULTS, STATES
from gitbatch_tui.core.runs.filters import parse
from gitbatch_tui.core.runs.listing import Listing, list_remote, list_runs
from gitbatch_tui.core.runs.parameters import differing
from gitbatch_tui.core.runs.published import histories, remote_called
from gitbatch_tui.errors import BadAnswer
from gitbatch_tui.models import DOCTORS_BRANCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitbatch_tui.core.curves.latest import Values
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.runs.filters import Filter
    from gitbatch_tui.models import BatchRemote, Run, RunKey

SHOWN = 50
"""As many runs as people are shown at once."""


@click.command(
    help=f"""List runs: those of REMOTE, or of all batch remotes of this clone.

    The newest {SHOWN} of each are shown; --json gives all of them. What can't be asked is shown
    as it was last known; the exit status is 1 where an answer can't be understood.

    One column has the parameters that differ among the runs that are shown.

    \b
    --where 'state:failed,lost lr<0.1 age<2d by:anna tag:good -branch:old words'
      state by branch tag host results job remote  equal; a comma is "or", -WORD "not"
      subject note reason                          hold a text; commit begins with it
      run sweep exit age took                      compared by = < <= > >=; 90s 5m 2h 3d 1w
      any other name                               a parameter, or else a metric: lr<0.1 loss<0.2

    States: {", ".join(STATES)}.
    Results: {", ".join(RESULTS)}.

    Runs that others have published are listed, too, as origin/batch#42.

    JSON: remotes (name, location, now, as_of, trouble, published: on which git remote, where that
    is all that is known of it) and runs, the newest first, each with

    {JSON_KEYS}"""
)
@click.argument("remote", required=False, shell_complete=completing(remotes, published))
@click.option("--all", "everything", is_flag=True, help="All runs, also those of the doctor.")
@click.option("--where", "words", metavar="FILTER", default="", help="Only runs that match.")
@click.option("--used", is_flag=True, help="Also what each used of what it had asked for.")
@json_option
def runs(remote: str | None, *, everything: bool, words: str, used: bool, as_json: bool) -> None:
    wanted = parse(words)
    with opened() as (clone, hosts):
        newest = None if everything or as_json or wanted else SHOWN
        listings = _listed(clone, hosts, remote, newest)
        listings = [_visible(each, everything=everything) for each in listings]
        measured = _measured(clone, hosts, listings, wanted)
        listings = [_chosen(each, wanted, measured) for each in listings]
        if used:
            with status("asking what they used"):
                listings = [_accounted(hosts, each) for each in listings]
    if as_json:
        _print_json(listings)
    else:
        for listing in listings:
            _warn(listing)
        _print_table(listings, limit=None if everything else SHOWN, wanted=wanted, used=used)
    _fail_of_nonsense(*listings)


def _listed(clone: Clone, hosts: Hosts, name: str | None, newest: int | None) -> list[Listing]:
    """The runs of one remote or of all; a person is asked to log in where that is wanted."""
    chosen = _all_remotes(clone) if name is None else (remote_called(clone, name),)
    # Where there is none, this says what to do.
    chosen = chosen or (clone.batch_remote(),)
    with status(f"asking {', '.join(remote.location for remote in chosen)}"):
        listings = list_runs(clone, hosts, chosen, newest)
    return [
        list_remote(clone, hosts, listing.remote, newest)
        if has_logged_in(hosts, listing)
        else listing
        for listing in listings
    ]


def _all_remotes(clone: Clone) -> tuple[BatchRemote, ...]:
    """The batch remotes, and what others have published."""
    return (*clone.batch_remotes(), *(each.remote for each in histories(clone)))


def _visible(listing: Listing, *, everything: bool) -> Listing:
    if everything:
        return listing
    runs = [run for run in listing.runs if not run.branch.startswith(DOCTORS_BRANCH)]
    return replace(listing, runs=tuple(runs))


def _measured(
    clone: Clone, hosts: Hosts, listings: Sequence[Listing], wanted: Filter
) -> Mapping[RunKey, Values]:
    """Read what runs have measured, where the filter asks for more than parameters."""
    runs = [run for listing in listings for run in listing.runs]
    names = wanted.metrics_among(runs)
    if not names:
        return {}
    from gitbatch_tui.core.batch.fetch import fetch_results  # noqa: PLC0415  # few filters need it
    from gitbatch_tui.core.curves.latest import latest_values  # noqa: PLC0415  # as above

    note(f"No run has a parameter {' or '.join(names)}: what they measured counts.")
    sides: list[tuple[Batch, Run]] = []
    with status("reading metrics"):
        for listing in listings:
            if listing.trouble or listing.remote.published:
                continue
            batch = Batch(clone, hosts, listing.remote)
            fetch_results(batch, listing.runs)
            sides += [(batch, run) for run in listing.runs]
        return latest_values(sides) if sides else {}


def _chosen(listing: Listing, wanted: Filter, measured: Mapping[RunKey, Values]) -> Listing:
    if not wanted:
        return listing

    def metrics(run: Run) -> Values:
        return measured.get(run.key, {})

    matches = (wanted.matches(run, listing.now, metrics=metrics) for run in listing.runs)
    runs = tuple(compress(listing.runs, matches))
    return replace(listing, runs=runs)


def _accounted(hosts: Hosts, listing: Listing) -> Listing:
    from gitbatch_tui.core.jobs.accounting import accounted  # noqa: PLC0415  # only --used asks

    runs = accounted(hosts, listing.remote, listing.runs, listing.now)
    return replace(listing, runs=tuple(runs))


def _print_json(listings: Sequence[Listing]) -> None:
    """Print a run a line: there may be many, and so it is quick."""
    import json  # noqa: PLC0415  # text for people needs none

    remotes = json.dumps([_remote_json(listing) for listing in listings])
    runs = (json.dumps(json_of(run)) for listing in listings for run in listing.runs)
    sys.stdout.write(f'{{"version": {JSON_VERSION},\n"remotes": {remotes},\n"runs": [')
    for number, run in enumerate(runs):
        sys.stdout.write(f",\n{run}" if number else f"\n{run}")
    sys.stdout.write("\n]}\n")


def _remote_json(listing: Listing) -> dict[str, Any]:
    return {
        "name": listing.remote.name,
        "location": listing.remote.location,
        "now": iso(listing.now),
        "as_of": iso(listing.as_of),
        "trouble": str(listing.trouble) if listing.trouble else None,
        "published": listing.remote.published,
    }


def _warn(listing: Listing) -> None:
    if not listing.trouble:
        return
    shown = (
        f" Its runs are shown as they were known{known_at(listing.as_of)}." if listing.runs else ""
    )
    said, name = str(listing.trouble), f"{listing.remote.name}: "
    note(f"{'' if said.startswith(name.replace(':', '')) else name}{said}{shown}")


def _print_table(
    listings: Sequence[Listing], limit: int | None, wanted: Filter, *, used: bool
) -> None:
    shown = [(run, listing.now) for listing in listings for run in listing.runs[:limit]]
    if not shown:
        if not any(listing.trouble for listing in listings):
            own = [each.remote.name for each in listings if not each.remote.published]
            hint = f": `gitbatch-tui submit {own[0]}` starts one" if own else ""
            say("No run matches." if wanted else f"No runs yet{hint}.")
        return
    names = differing(run for run, _ in shown) if len(shown) > 1 else None
    rows = without_idle_columns([HEADER, *(cells(run, now, names) for run, now in shown)])
    if used:
        used_column = ["used", *(used_cell(run, now) for run, now in shown)]
        rows = [(*row[:-1], cell, row[-1]) for row, cell in zip(rows, used_column, strict=True)]
    if sys.stdout.isatty():
        rows = without_small_columns(rows)
    for line in table(rows, whole=not sys.stdout.isatty()):
        say(line)
    if len(shown) < sum(len(listing.runs) for listing in listings):
        say("There are older runs: --all shows them, too.")


def _fail_of_nonsense(*listings: Listing) -> None:
    """End with a failure where a server answered, but not in a way that can be understood."""
    if any(isinstance(listing.trouble, BadAnswer) for listing in listings):
        click.get_current_context().exit(FAILED)
