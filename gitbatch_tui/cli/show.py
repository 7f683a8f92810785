"""The command that shows all that is known of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.listing import (
    json_of,
    known_at,
    state_words,
    task_cells,
    timeline,
)
from gitbatch_tui.cli.names import any_run_argument, json_option
from gitbatch_tui.cli.opening import has_logged_in, opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.table import table
from gitbatch_tui.core.base.format import took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.jobs.accounting import accounted
from gitbatch_tui.core.runs import usage
from gitbatch_tui.core.runs.find import FoundRun, find
from gitbatch_tui.core.runs.record_files import environment_and_tasks_of
from gitbatch_tui.models import BatchRemote, Results, Run

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@any_run_argument
@click.option("--environment", "whole", is_flag=True, help="Also all that the job computed with.")
@json_option
def show(run: str, *, whole: bool, as_json: bool) -> None:
    """Show everything that is known of RUN.

    JSON: the keys of a run in `runs --json`, and environment: what the job computed with, a list
    for each key.
    """
    with opened() as (clone, hosts):
        with status(f"asking for {run}"):
            found = find(clone, hosts, run)
        if has_logged_in(hosts, found):
            found = find(clone, hosts, run)
        with status(f"asking what {run} used"):
            found = replace(found, run=accounted(hosts, found.remote, [found.run], found.now)[0])
        environment, tasks = environment_and_tasks_of(clone, found.run)
        found = replace(found, run=replace(found.run, tasks=tasks))
    if found.trouble:
        note(f"{found.trouble} This is what was known{known_at(found.run.as_of)}.")
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


def _facts(found: FoundRun) -> Iterator[tuple[str, str]]:
    run = found.run
    facts = {
        "why": run.reason,
        "stuck": f"{run.stuck}: `gitbatch-tui cancel {run.name}` removes it" if run.stuck else "",
        "subject": run.subject,
        "published": _published(found.remote),
        "branch": run.branch,
        "commit": run.commit,
        "parameters": "  ".join(run.options),
        "sweep": f"sweep:{run.sweep}" if run.sweep else "",
        "note": run.note,
        "tags": "  ".join(run.tags),
        "job": str(run.job or ""),
        "took": took(run, found.now),
        **dict(usage.facts(run, found.now)),
        "hint": usage.hint(run),
        "results": _results(run),
        "ignored": run.ignored,
        "warning": run.warning,
    }
    yield from ((name, one_line(value)) for name, value in facts.items() if value)
    yield from (("link", one_line(str(link))) for link in run.links)


def _published(remote: BatchRemote) -> str:
    """The git remote with a run that others have published, and where it ran; else empty."""
    return f"on {remote.published}; it ran at {remote.location}" if remote.published else ""


def _results(run: Run) -> str:
    """The commit with the results, and the command that brings them; or why there is none."""
    match run.results:
        case Results.NONE:
            return "none" if run.settled else ""
        case Results.UNDELIVERED:
            return f"not delivered: {run.undelivered} (`gitbatch-tui pull {run.name}` tries again)"
        case Results.WAITING | Results.UNLOCATED:
            place = f" on {run.place}" if run.place else ""
            return f"{run.result}{place}, not pulled: `gitbatch-tui pull {run.name}`"
        case Results.PULLED:
            return f"{run.result}, pulled"
        case Results.ELSEWHERE:
            return "none on its branch"
        case Results.ON_THEIR_WAY:
            return "still being brought home"
