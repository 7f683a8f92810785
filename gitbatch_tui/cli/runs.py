"""The commands that look at runs: runs, show and wait."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.listing import (
    HEADER,
    JSON_KEYS,
    cells,
    iso,
    json_of,
    state_words,
    table,
    task_cells,
    timeline,
    without_idle_columns,
)
from gitbatch_tui.cli.names import json_option, remote_argument, run_argument
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import is_interactive, note, print_json, say, status
from gitbatch_tui.cli.trouble import FAILED
from gitbatch_tui.core.base.format import took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.listing import (
    Found,
    Listing,
    find,
    list_remote,
    list_runs,
)
from gitbatch_tui.core.runs.published import histories, remote_called
from gitbatch_tui.core.runs.record_files import environment_of
from gitbatch_tui.core.runs.tasks import of_run as tasks_of
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import BadAnswer, GitBatchError, HostKeyUnknown, LoginNeeded
from gitbatch_tui.models import DOCTORS_BRANCH, Results, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.models import BatchRemote

SHOWN = 50
"""As many runs as people are shown at once."""


@click.command(
    help=f"""List runs: those of REMOTE, or of all batch remotes of this clone.

    The newest {SHOWN} of each are shown; --json gives all of them. What can't be asked is shown
    as it was last known; the exit status is 1 where an answer can't be understood.

    Runs that others have published are listed, too, as origin/batch#42.

    JSON: remotes (name, location, now, as_of, trouble, published: on which git remote, where that
    is all that is known of it) and runs, the newest first, each with
    {JSON_KEYS}"""
)
@remote_argument()
@click.option("--all", "everything", is_flag=True, help="All runs, also those of the doctor.")
@json_option
def runs(remote: str | None, *, everything: bool, as_json: bool) -> None:
    with opened() as (clone, hosts):
        chosen = _all_remotes(clone) if remote is None else (remote_called(clone, remote),)
        # Where there is none, this says what to do.
        chosen = chosen or (clone.batch_remote(),)
        with status(f"asking {', '.join(remote.location for remote in chosen)}"):
            newest = None if everything or as_json else SHOWN
            listings = list_runs(clone, hosts, chosen, newest)
        listings = [
            list_remote(clone, hosts, listing.remote, newest)
            if _has_logged_in(hosts, listing)
            else listing
            for listing in listings
        ]
    listings = [_visible(listing, everything=everything) for listing in listings]
    if as_json:
        _print_json(listings)
    else:
        for listing in listings:
            _warn(listing)
        _print_table(listings, limit=None if everything else SHOWN)
    _fail_of_nonsense(*listings)


@click.command(
    help=f"""Show everything that is known of RUN.

    JSON: {JSON_KEYS} `environment` has a list for each key of what the job computed with."""
)
@run_argument
@click.option("--environment", "whole", is_flag=True, help="Also all that the job computed with.")
@json_option
def show(run: str, *, whole: bool, as_json: bool) -> None:
    with opened() as (clone, hosts):
        with status(f"asking for {run}"):
            found = find(clone, hosts, run)
        if _has_logged_in(hosts, found):
            found = find(clone, hosts, run)
        environment = environment_of(clone, found.run)
        found = replace(found, run=replace(found.run, tasks=tasks_of(clone, found.run)))
    if found.trouble:
        note(f"{found.trouble} This is what was known{_at(found.run.as_of)}.")
    if as_json:
        print_json(json_of(found.run) | {"environment": environment and environment.facts})
        return
    say(f"{found.run.name}  {state_words(found.run)}")
    for name, value in _facts(found):
        say(f"  {name:<10} {value}")
    if environment:
        say(f"  {'computed':<10} on {environment}")
    for line in table(list(map(task_cells, found.run.tasks)), whole=True):
        say(f"  {line}")
    for when, what in timeline(found.run):
        say(f"  {when.astimezone():%Y-%m-%d %H:%M:%S}  {what}")
    for key, values in environment.facts.items() if environment and whole else ():
        for value in values:
            say(f"  {key}: {value}")


def _all_remotes(clone: Clone) -> tuple[BatchRemote, ...]:
    """The batch remotes, and what others have published."""
    return (*clone.batch_remotes(), *(each.remote for each in histories(clone)))


def _has_logged_in(hosts: Hosts, answer: Listing | Found) -> bool:
    """Whether that was what the server wanted, and the person has done it now."""
    if not isinstance(answer.trouble, LoginNeeded | HostKeyUnknown) or not is_interactive():
        return False
    try:
        reach(server_of(hosts, answer.remote).host)
    except GitBatchError:
        return False
    return True


def _visible(listing: Listing, *, everything: bool) -> Listing:
    if everything:
        return listing
    runs = [run for run in listing.runs if not run.branch.startswith(DOCTORS_BRANCH)]
    return replace(listing, runs=tuple(runs))


def _print_json(listings: Sequence[Listing]) -> None:
    """Print a run a line: there may be many, and so it is quick."""
    remotes = json.dumps([_remote_json(listing) for listing in listings])
    runs = (json.dumps(json_of(run)) for listing in listings for run in listing.runs)
    sys.stdout.write(f'{{"remotes": {remotes},\n"runs": [')
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
    shown = f" Its runs are shown as they were known{_at(listing.as_of)}." if listing.runs else ""
    said, name = str(listing.trouble), f"{listing.remote.name}: "
    note(f"{'' if said.startswith(name.replace(':', '')) else name}{said}{shown}")


def _at(when: datetime | None) -> str:
    return f" at {when.astimezone():%Y-%m-%d %H:%M}" if when else ""


def _print_table(listings: Sequence[Listing], limit: int | None) -> None:
    shown = [(run, listing.now) for listing in listings for run in listing.runs[:limit]]
    if not shown:
        if not any(listing.trouble for listing in listings):
            say("No runs yet: `gitbatch-tui submit` starts one.")
        return
    rows = without_idle_columns([HEADER, *(cells(run, now) for run, now in shown)])
    for line in table(rows, whole=not sys.stdout.isatty()):
        say(line)
    if len(shown) < sum(len(listing.runs) for listing in listings):
        say("There are older runs: --all shows them, too.")


def _facts(found: Found) -> Iterator[tuple[str, str]]:
    run = found.run
    facts = {
        "why": run.reason,
        "stuck": f"{run.stuck}: `gitbatch-tui cancel {run.name}` removes it" if run.stuck else "",
        "subject": run.subject,
        "published": _published(found.remote),
        "branch": run.branch,
        "commit": run.commit,
        "options": "  ".join(run.options),
        "job": str(run.job or ""),
        "took": took(run, found.now),
        "results": _results(run),
        "ignored": run.ignored,
        "warning": run.warning,
    }
    yield from ((name, one_line(value)) for name, value in facts.items() if value)
    yield from (("link", one_line(str(link))) for link in run.links)


def _published(remote: BatchRemote) -> str:
    """Where a run that others have published was found, and where it ran."""
    return f"on {remote.published}; it ran at {remote.location}" if remote.published else ""


def _results(run: Run) -> str:
    """Where the results are, and how to get them."""
    match run.results:
        case Results.NONE:
            return "none" if run.settled else ""
        case Results.UNDELIVERED:
            return f"not delivered: {run.undelivered} (`gitbatch-tui pull {run.name}` tries again)"
        case Results.WAITING:
            place = f" on {run.place}" if run.place else ""
            return f"{run.result}{place}, waiting: `gitbatch-tui pull {run.name}`"
        case Results.PULLED:
            return f"{run.result}, pulled"
        case Results.ELSEWHERE:
            return "none on its branch"
        case Results.ON_THEIR_WAY:
            return "still being brought home"


def _fail_of_nonsense(*listings: Listing | Found) -> None:
    """End with a failure where a server answered, but not in a way that can be understood."""
    if any(isinstance(listing.trouble, BadAnswer) for listing in listings):
        click.get_current_context().exit(FAILED)
