"""The commands to begin with: files to start from, and a demonstration."""

from __future__ import annotations

from pathlib import Path

import click

from gitbatch_tui.cli.names import json_option
from gitbatch_tui.cli.output import print_json, say
from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.repo import open_clone
from gitbatch_tui.core.templates import write_templates


@click.command()
@click.argument("scheduler", type=click.Choice(SCHEDULERS), default=SCHEDULERS[0])
@click.option("--force", is_flag=True, help="Replace a schedule.sh that is there.")
@json_option
def new(scheduler: str, *, force: bool, as_json: bool) -> None:
    """Write a schedule.sh for SCHEDULER, and a run.sh where there is none.

    schedule.sh is run on the server and submits the job; run.sh is the job. Both are short and
    yours to change. The embedded scheduler `local` needs nothing but sh.

    JSON: written (a list of paths), scheduler.
    """
    with open_clone(Path.cwd()) as clone:
        written = write_templates(clone.path, scheduler, replace=force)
    if as_json:
        print_json({"written": [str(path) for path in written], "scheduler": scheduler})
        return
    names = " ".join(path.name for path in written)
    say(f"Wrote {names} for {scheduler}. Look at them, then:")
    say(f"    git add --chmod=+x {names} && git commit -m 'Run as a batch job'")
