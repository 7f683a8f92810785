"""The commands that make a batch remote, and check it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import (
    completing,
    from_option,
    json_option,
    remote_argument,
    remotes,
    sites,
)
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.config import Site, read_config
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.hosts.location import FORMS, Location
from gitbatch_tui.core.publish.adopt import adopt
from gitbatch_tui.core.setup.doctor import Health, HealthCheck, diagnose
from gitbatch_tui.core.setup.plan import SetupPlan, SetupRequest, Step, apply, plan
from gitbatch_tui.core.setup.roundtrip import try_push
from gitbatch_tui.core.submit.script import objection
from gitbatch_tui.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitbatch_tui.core.git.repo import Clone

_NO_COMMITS = (
    "There are no commits here yet: `gitbatch-tui new` writes schedule.sh and run.sh to begin "
    "with; commit them."
)


@click.command(
    cls=Exclusive,
    exclusive=[
        ("--from", other)
        for other in ("NAME", "LOCATION", "--dry-run", "--replace-hook", "--shared")
    ],
)
@click.argument("name", required=False, shell_complete=completing(remotes, sites))
@click.argument("location", required=False)
@from_option("Bring the runs that were published there.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--replace-hook", is_flag=True, help="Move a hook that is there aside; it is kept.")
@click.option("--shared", metavar="GROUP", default="", help="Let this group over there push, too.")
@json_option
def setup(  # noqa: PLR0913  # one for each option
    name: str | None,
    location: str | None,
    *,
    origin: str | None,
    dry_run: bool,
    replace_hook: bool,
    shared: str,
    as_json: bool,
) -> None:
    """Make or upgrade a batch remote at LOCATION, and add it to this clone as NAME.

    LOCATION is /path, ~/path, host:path, user@host:path or ssh://user@host:port/path: a folder
    that is made if it doesn't exist. Without LOCATION, NAME is a site of the configuration file.
    The server needs git 2.17 and sh. In the end a push is tried, without a run. Running setup again
    upgrades; `gitbatch-tui remove` undoes it.

    With --from, nothing is made: the runs that others have published are brought here, to be
    looked at, and `git fetch` brings news of them from now on. `gitbatch-tui remove --from` undoes
    that.

    JSON: a list of steps, each with words, command, and said (what there was to say); of --from a
    list of name and location.
    """
    if origin:
        _adopt(origin, as_json=as_json)
        return
    if name is None:
        raise click.UsageError("NAME is missing: which batch remote is to be made?")
    with opened() as (clone, hosts):
        wanted = _wanted(clone, name, location, replace_hook=replace_hook)
        wanted = replace(wanted, shared=shared)
        host = hosts.at(wanted.location)
        reach(host)
        with status(f"looking at {host.name}"):
            planned = plan(clone, wanted, host)
        for text in planned.notes:
            (note if as_json else say)(text)
        steps = _steps(planned) if dry_run else _apply(planned)
        if not as_json:
            _print(steps)
        if not dry_run:
            _try_push(Batch(clone, hosts, clone.batch_remote(name)))
            advice = _advice(clone, name)
    if as_json:
        print_json([{"words": s.words, "command": s.command, "said": said} for s, said in steps])
    elif not dry_run:
        say(advice)


def _adopt(origin: str, *, as_json: bool) -> None:
    with opened() as (clone, _), status(f"asking {origin}"):
        found = [each.remote for each in adopt(clone, origin)]
    if as_json:
        print_json([{"name": remote.name, "location": remote.location} for remote in found])
        return
    for remote in found:
        say(f"{remote.name} has the runs of {remote.location}: `gitbatch-tui runs` lists them.")
    if not found:
        say(f"No runs of others are published on {origin}; `git fetch` brings those to come.")


def _wanted(clone: Clone, name: str, location: str | None, *, replace_hook: bool) -> SetupRequest:
    if location is not None:
        return SetupRequest(name, Location.parse(location), replace_hook=replace_hook)
    site = _site(name)
    place = Location.parse(site.location(clone.path.name))
    return SetupRequest(name, place, site.profile, replace_hook)


def _site(name: str) -> Site:
    sites = {site.name: site for site in read_config().sites}
    if name in sites:
        return sites[name]
    known = f"the configured sites are: {', '.join(sites)}" if sites else "no site is configured"
    raise UnknownName(f"Where is {name} to be? Write {FORMS}; {known}.")


def _steps(planned: SetupPlan) -> list[tuple[Step, str]]:
    return [(step, "") for step in planned.steps]


def _apply(planned: SetupPlan) -> list[tuple[Step, str]]:
    done: list[tuple[Step, str]] = []
    with status(f"setting up {planned.wanted.location}") as line:

        def on_step(step: Step, said: str) -> None:
            done.append((step, said))
            line.doing(step.words)

        with if_interrupted("Set up again: it completes what was interrupted."):
            apply(planned, on_step)
    return done


def _try_push(batch: Batch) -> None:
    """See that a push arrives, unless an older version over there would take it for a run."""
    if batch.server.status().takes_sweeps:
        with status("trying a push"):
            try_push(batch)


def _print(steps: list[tuple[Step, str]]) -> None:
    for step, said in steps:
        say(said or step.words)
        say(f"    {step.command}")


def _advice(clone: Clone, name: str) -> str:
    """Say what to do next."""
    head = clone.head().commit
    first = objection(clone, head) if head else _NO_COMMITS
    begin = f"{first}\nThen" if first else "Now"
    return (
        f"{begin} `gitbatch-tui submit {name}` runs your branch there; `gitbatch-tui doctor "
        f"{name}`\nchecks everything, and `gitbatch-tui remove {name} --server` undoes this."
    )


@click.command()
@remote_argument
@click.option("--repair", is_flag=True, help="Repair what is found wrong with its runs.")
@json_option
def doctor(remote: str | None, *, repair: bool, as_json: bool) -> None:
    """Check REMOTE, or all batch remotes, with a real run there and back.

    The run is on a branch of its own, which is removed afterwards; it changes nothing of yours, and
    takes 60 s at most. The exit status is 1 if a check fails.

    JSON: a list of checks, each with remote, name, verdict (ok, warn or fail), words.
    """
    checks: list[tuple[str, HealthCheck]] = []
    with opened() as (clone, hosts):
        all_of_them = () if remote else clone.batch_remotes()
        for found in all_of_them or (clone.batch_remote(remote),):
            batch = Batch(clone, hosts, found)
            reach(batch.host)
            for check in _watched(found.name, diagnose(batch, repair=repair)):
                checks.append((found.name, check))
                if not as_json:
                    say(f"{check.verdict:<5} {found.name}: {check.name}: {check.words}")
    if as_json:
        print_json([{"remote": name, **asdict(check)} for name, check in checks])
    click.get_current_context().exit(int(any(check.verdict is Health.FAIL for _, check in checks)))


def _watched(name: str, checks: Iterator[HealthCheck]) -> Iterator[HealthCheck]:
    """The checks, while a terminal is told that the next one is on its way."""
    while True:
        with status(f"checking {name}"), if_interrupted("The test was cancelled."):
            check = next(checks, None)
        if check is None:
            return
        yield check
