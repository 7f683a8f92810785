"""The commands that start runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.exclusive import Exclusive
from gitbatch_tui.cli.names import (
    branches,
    completing,
    json_option,
    option_option,
    remotes,
    yes_option,
)
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import is_interactive, note, print_json, status
from gitbatch_tui.cli.started import (
    REJECTED,
    Relay,
    await_end,
    describe,
    facts,
    say_what_is_left,
    tell_what_stayed,
)
from gitbatch_tui.cli.sweep import check_again, plan_of, start_sweep
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.runs.outcome import outcome
from gitbatch_tui.core.submit.questions import (
    ChangesChoice,
    Choices,
    Question,
    ResultsChoice,
    next_question,
)
from gitbatch_tui.core.submit.situation import Situation, prepare
from gitbatch_tui.core.submit.submit import Submission, snapshot
from gitbatch_tui.core.submit.submit import submit as start
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone


@click.command(
    cls=Exclusive,
    exclusive=[
        ("--head", "--snapshot"),
        ("--with-results", "--without-results"),
        # A snapshot is of the branch as it is here, and has a branch to itself over there.
        ("--snapshot", "--with-results"),
    ],
)
@click.argument("remote", required=False, shell_complete=completing(remotes, branches))
@click.argument("branch", required=False, shell_complete=completing(branches))
@option_option
@click.option(
    "--head", "dirt", flag_value="--head", help="Submit the last commit, without later changes."
)
@click.option(
    "--snapshot",
    "dirt",
    flag_value="--snapshot",
    help="Submit the files as they are, committed or not.",
)
@click.option(
    "--with-results",
    "results",
    flag_value="--with-results",
    help="Bring new results into the branch first.",
)
@click.option(
    "--without-results",
    "results",
    flag_value="--without-results",
    help="Leave new results on the server.",
)
@click.option("--again", is_flag=True, help="Run a commit that has run already.")
@click.option(
    "--sweep",
    "axes",
    metavar="NAME=VALUES",
    multiple=True,
    help="Many runs: VALUES are 0.1,0.3,1 or 1..9 or 0..1..0.25. Several are combined.",
)
@click.option(
    "--sweep-file",
    type=click.Path(path_type=Path),
    help="Many runs: one a row of a CSV file with a header, or of JSON lines.",
)
@click.option(
    "--at-most",
    type=click.IntRange(1),
    metavar="N",
    help="Of a sweep, run N at a time (only the scheduler 'local').",
)
@click.option("--wait", is_flag=True, help="Wait for the run, and end with its exit status.")
@yes_option
@json_option
def submit(  # noqa: PLR0913  # one for each option
    *,
    remote: str | None,
    branch: str | None,
    options: tuple[str, ...],
    dirt: str | None,
    results: str | None,
    again: bool,
    axes: tuple[str, ...],
    sweep_file: Path | None,
    at_most: int | None,
    wait: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Push BRANCH, or the one that is checked out, to REMOTE, so that it runs there.

    Where there is a choice, a terminal is asked; a script stops, and the error names the option to
    use. A commit that has run already runs again only with --again or with other parameters.

    --snapshot pushes a commit of all files that aren't ignored to BRANCH-snapshot; your branch,
    index and files stay as they are.

    A sweep is many runs of the commit in one go, each with parameters of its own: `--sweep
    lr=0.1,0.3,1 --sweep seed=1..3` makes 9 runs.

    The results of a sweep move no branch: `pull` brings those of a run. If a sweep is interrupted,
    the same command starts only the runs that are missing. From 1000 runs on it asks first, unless
    you give --yes.

    JSON: run, number, remote, branch, commit, state (submitted or rejected; with --wait the
    final one), options, notes; of a sweep: sweep, number, remote, branch, commit, notes and
    runs, each as above, without notes, and with reason (why it was rejected) and before
    (whether it had begun already). The exit status is 1 for a rejected run; with --wait it
    is that of `wait`.
    """
    rows = plan_of(axes, sweep_file, options, at_most, yes=yes)
    chosen = Choices(
        results=ResultsChoice(results) if results else None,
        dirt=ChangesChoice(dirt) if dirt else None,
        again=again,
        options=options,
    )
    with opened() as (clone, hosts):
        remote, branch = _sorted_out(clone, remote, branch)
        batch = Batch(clone, hosts, clone.batch_remote(remote))
        reach(batch.host)
        with status(f"looking at {batch.remote.location}"):
            situation = prepare(batch, branch)
        if rows:
            check_again(situation, rows, again=again)
            chosen = replace(chosen, again=True)
        situation, chosen = _decide(situation, chosen)
        if rows:
            start_sweep(situation, chosen, rows, wait=wait, as_json=as_json)
        relay = Relay()
        with status("pushing") as line:
            started = start(situation, chosen, relay.to(line))
        _conclude(batch, started, relay, options, wait=wait, as_json=as_json)


def _sorted_out(
    clone: Clone, remote: str | None, branch: str | None
) -> tuple[str | None, str | None]:
    """Remote and branch; a single name may be either."""
    if remote and not branch and remote not in remotes(clone) and remote in branches(clone):
        return None, remote
    return remote, branch


def _decide(situation: Situation, chosen: Choices) -> tuple[Situation, Choices]:
    """Ask until nothing is left to ask."""
    if situation.untracked and chosen.dirt is not ChangesChoice.SNAPSHOT:
        names = ", ".join(one_line(path) for path in situation.untracked[:3])
        more = " ..." if len(situation.untracked) > 3 else ""  # noqa: PLR2004  # as many as shown
        note(f"Not part of the commit, since git doesn't know it: {names}{more}")
    while True:
        situation, chosen, told = snapshot(situation, chosen)
        for text in told:
            note(text)
        question = next_question(situation, chosen)
        if question is None:
            return situation, chosen
        chosen = _ask(question)


def _ask(question: Question) -> Choices:
    if not is_interactive():
        raise question.refusal
    note(question.words)
    for number, answer in enumerate(question.answers, 1):
        note(f"  {number}  {answer}")
    choice = click.IntRange(1, len(question.answers))
    number = click.prompt("Which", type=choice, default=1, err=True)
    answer = question.answers[number - 1]
    if answer.choices is None:
        raise Refused(clean(f"Nothing was submitted: {answer}."))
    return answer.choices


def _conclude(  # noqa: PLR0913  # what has begun, and how it is to be shown
    batch: Batch,
    started: Submission,
    relay: Relay,
    options: tuple[str, ...],
    *,
    wait: bool,
    as_json: bool,
) -> None:
    remote, number = batch.remote.name, started.receipt.run
    if not as_json:
        describe(remote, started, relay, options)
    state, code = started.receipt.state, 0
    if state is State.REJECTED:
        code = REJECTED
    if wait:
        end, code = await_end(batch.server, f"{remote}#{number}", number)
        state = end.state
        note(f"{remote}#{number}: {outcome(end)}.")
        say_what_is_left(f"{remote}#{number}", end)
        tell_what_stayed(batch, number)
    if as_json:
        print_json(facts(remote, started, state, options))
    click.get_current_context().exit(code)
