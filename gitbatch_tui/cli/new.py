"""The commands to begin with: files to start from, and a demonstration."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path

import click

from gitbatch_tui.cli.names import json_option
from gitbatch_tui.cli.output import is_interactive, note, print_json, say
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.setup.demo import Act, clean_up, furnish, perform
from gitbatch_tui.core.setup.templates import is_program, write_templates
from gitbatch_tui.core.submit.situation import JOB, SCRIPT


@click.command()
@click.argument("scheduler", type=click.Choice(SCHEDULERS), default=SCHEDULERS[0])
@click.option("--force", is_flag=True, help="Replace a schedule.sh that is there.")
@json_option
def new(scheduler: str, *, force: bool, as_json: bool) -> None:
    """Write a schedule.sh for SCHEDULER, and a run.sh where there is none.

    schedule.sh runs on the server and submits the job. run.sh is the job: put your command into it.
    For htcondor, run.sub says what the job needs. All are short, and yours to change. The embedded
    scheduler `local` needs nothing but sh.

    JSON: written (a list of paths), scheduler.
    """
    with open_clone(Path.cwd()) as clone:
        written = write_templates(clone.path, scheduler, replace=force)
    if as_json:
        print_json({"written": [str(path) for path in written], "scheduler": scheduler})
        return
    names = " ".join(path.name for path in written)
    kept = "" if JOB in names else f" {JOB} was here already and was kept."
    others = "".join(f"git add {path.name} && " for path in written if not is_program(path))
    say(f"Wrote {names} for {scheduler}.{kept} Look at them, then:")
    say(f"    {others}git add --chmod=+x {SCRIPT} {JOB} && git commit -m 'Run as a batch job'")


@click.command()
@click.option("--headless", is_flag=True, help="Show the commands instead of the screen.")
@click.option("--keep", is_flag=True, help="Keep the project and its batch remote.")
def demo(*, headless: bool, keep: bool) -> None:
    """See it work, in a throw-away project with a throw-away batch remote on this machine.

    In a terminal the screen opens, and a line on it says which key to press next. With
    --headless, or without a terminal, the commands of a whole round are shown and run, which takes
    some seconds; the exit status is 0 only if the results came home. Everything is removed
    afterwards, unless you say --keep.
    """
    folder = Path(tempfile.mkdtemp(prefix="gitbatch-demo-"))
    try:
        with if_interrupted(f"{folder} is kept." if keep else "The demo was removed."):
            code = _perform(folder) if headless or not is_interactive() else _open(folder)
    finally:
        if not keep:
            clean_up(folder)
    note(f"Kept in {folder}." if keep else "The demo was removed.")
    click.get_current_context().exit(code)


def _open(folder: Path) -> int:
    from gitbatch_tui.ui.demo import open_demo  # noqa: PLC0415  # only the screen needs it

    return open_demo(furnish(folder))


def _perform(folder: Path) -> int:
    say(f"A project to play with, in {folder / 'hello'}: a pendulum, slowed down by the air.")
    if not perform(folder, _announce):
        return complain("the results of the demo didn't come home.", 1)
    say("\nThat is all: push to run, pull to fetch. In a project of yours:")
    say("    gitbatch-tui new && gitbatch-tui setup batch ~/.batch/my_project")
    return 0


def _announce(act: Act) -> None:
    # A run's name needs no quotes where a word doesn't begin with its mark.
    command = shlex.join(act.command).replace("'batch#1'", "batch#1")
    say(f"\n{act.words}\n    $ {command}")
    sys.stdout.flush()
