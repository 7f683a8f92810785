"""The commands to begin with: files to start from, and a demonstration."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import json_option
from gitbatch_tui.cli.opening import here
from gitbatch_tui.cli.output import is_interactive, note, print_json, say
from gitbatch_tui.cli.submit import submit
from gitbatch_tui.cli.trouble import complain, if_interrupted
from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.hosts.terminal import editor_command, run_here
from gitbatch_tui.core.schedulers.programs import WORDS
from gitbatch_tui.core.setup.demo import Act, clean_up, furnish, perform
from gitbatch_tui.core.setup.project import Project, look_at, to_ignore, unknown_to_git
from gitbatch_tui.core.setup.sites import best_first, schedulers_here
from gitbatch_tui.core.setup.templates import (
    commit_templates,
    ignore,
    is_program,
    write_templates,
)
from gitbatch_tui.core.submit.script import JOB, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone


@click.command()
@click.argument(
    "scheduler",
    type=click.Choice(SCHEDULERS, case_sensitive=False),
    required=False,
    metavar="[SCHEDULER]",
)
@click.option("--force", is_flag=True, help="Replace a schedule.sh that is there.")
@json_option
@click.pass_context
def new(ctx: click.Context, scheduler: str | None, *, force: bool, as_json: bool) -> None:
    """Write a schedule.sh for SCHEDULER, and a run.sh where there is none.

    schedule.sh runs on the server and submits the job. run.sh is the job: it runs what is found
    here (a Snakefile, train.py or main.py, a notebook, ...), and until then fails and says that a
    command is missing. Data and checkpoints that are in no commit go into .gitignore. For htcondor,
    run.sub says what the job needs. All are short, and yours to change.

    Without SCHEDULER, it is `local`, the embedded one, which needs nothing but sh; a terminal says
    what else is here, and asks. It then opens run.sh, and commits and submits if you like: with
    what run.sh runs, and in a project without commits all files but large and hidden ones.

    JSON: written (a list of paths), scheduler, runs (what run.sh runs; empty: nothing was found),
    ignored (lines for .gitignore).
    """
    asks = is_interactive() and not as_json
    scheduler = scheduler or (_choose() if asks else SCHEDULERS[0])
    with open_clone(here()) as clone:
        project, lines = look_at(clone.path), to_ignore(clone)
        written = write_templates(clone.path, scheduler, replace=force, project=project)
        ignored = ignore(clone, lines)
    runs = project.runs if any(path.name == JOB for path in written) else ""
    if as_json:
        print_json(
            {
                "written": [str(path) for path in written],
                "scheduler": scheduler,
                "runs": runs,
                "ignored": lines,
            }
        )
        return
    _describe(scheduler, written, project if runs else Project(), lines, ignored)
    edited = asks and _edited(clone.path / JOB)
    with open_clone(here()) as clone:
        besides = [path for path in unknown_to_git(clone, runs) if path not in written]
        paths = [*written, *([ignored] if ignored else []), *besides]
        if edited:
            _commit(ctx, clone, paths)
        else:
            _say_how_to_commit(clone, paths)


def _commit(ctx: click.Context, clone: Clone, paths: Sequence[Path]) -> None:
    """Commit these files if a person likes, and submit them where there is a batch remote."""
    remotes = clone.batch_remotes()
    names = [one_line(str(path.relative_to(clone.path))) for path in paths]
    note(f"To be committed: {' '.join(names)}")
    asked = "Commit and submit it?" if remotes else "Commit it?"
    if not click.confirm(asked, default=True, err=True):
        return
    commit_templates(clone, paths)
    if remotes:
        ctx.invoke(submit)
    else:
        say(f"    gitbatch-tui setup batch ~/.batch/{shlex.quote(clone.path.name)}")


def _choose() -> str:
    """Ask for which of the schedulers that are here it is to be."""
    there = schedulers_here()
    if len(there) == 1:
        return there[0]
    there = best_first(LocalHost(), there)
    for name in there:
        note(f"    {name:<9} {WORDS[name]}{' (recommended)' if name == there[0] else ''}")
    chosen: str = click.prompt(
        "For which scheduler",
        type=click.Choice(SCHEDULERS, case_sensitive=False),
        default=there[0],
        show_choices=False,
        err=True,
    )
    return chosen


def _describe(
    scheduler: str,
    written: Sequence[Path],
    project: Project,
    lines: Sequence[str],
    ignored: Path | None,
) -> None:
    names = " ".join(path.name for path in written)
    kept = "" if JOB in names else f" {JOB} was here already and was kept."
    say(f"Wrote {names} for {scheduler}.{kept}")
    if project.runs:
        others = f" (here are also: {', '.join(project.others)})" if project.others else ""
        note(f"{JOB} runs {project.runs}{others}.")
    elif not kept:
        note(f"Put your command into {JOB}: until then it fails, and says so.")
    if lines:
        where = "Added to .gitignore" if ignored else "To be added to .gitignore"
        note(f"{where}, since no commit has it: {' '.join(lines)}")


def _edited(job: Path) -> bool:
    """Open run.sh in the person's editor, if they like; True where they did."""
    if not click.confirm(f"Open {job.name} in your editor?", default=True, err=True):
        return False
    return run_here(editor_command(job)) == 0


def _say_how_to_commit(clone: Clone, paths: Sequence[Path]) -> None:
    data = [str(path.relative_to(clone.path)) for path in paths if not is_program(path)]
    others = f"git add -- {one_line(shlex.join(data))} && " if data else ""
    say("Look at them, then:")
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
    from gitbatch_tui.ui.start import open_demo  # noqa: PLC0415  # only the screen needs it

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
