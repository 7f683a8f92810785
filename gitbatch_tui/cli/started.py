"""Shows a push or a rerun while it goes on, and the run that it started."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.cli.output import Status, note, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.runs.find import find
from gitbatch_tui.core.runs.records import read_one
from gitbatch_tui.core.runs.wait import doing, exit_status
from gitbatch_tui.core.runs.wait import wait as wait_for
from gitbatch_tui.core.submit.push import SERVER, said_to_people
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.models import LiveRun, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.server.client import Server
    from gitbatch_tui.core.submit.push import OnLine
    from gitbatch_tui.core.submit.submit import Submission
    from gitbatch_tui.models import Receipt, Run

REJECTED = 1
"""The exit status where schedule.sh didn't schedule anything."""

_REASON = re.compile(r"gitbatch: run \d+ was rejected: (.*)")
_PROGRESS = re.compile(r"\d+% \(")


class Relay:
    """Hands on what the server says, as it comes, and remembers why it rejected a run."""

    def __init__(self) -> None:
        self.reason = ""

    def to(self, line: Status) -> OnLine:
        """The function to call with every line of a push; git's own only become its status."""

        def on_line(text: str) -> None:
            said = text.removeprefix(SERVER).rstrip()
            if said == text.rstrip() or _PROGRESS.search(said):
                all_sent = said.startswith("Total ")
                line.doing("pushed; waiting for schedule.sh" if all_sent else f"pushing: {said}")
            elif reason := _REASON.fullmatch(said):
                self.reason = reason[1]
            elif said_to_people(said):
                note(said)

        return on_line


def describe(remote: str, started: Submission, relay: Relay, options: Sequence[str]) -> None:
    """Say what has begun and with which options, or why nothing has."""
    receipt = started.receipt
    run = f"{remote}#{receipt.run}"
    for text in started.notes:
        note(text)
    if receipt.state is State.REJECTED:
        say(f"{run} was rejected: {relay.reason or 'see its log'}.")
        note(f"`gitbatch-tui log {run} --which schedule` shows what schedule.sh printed.")
    else:
        given = f", with {', '.join(map(one_line, options))}" if options else ""
        say(f"{run} is {short(receipt.commit)} of {one_line(receipt.branch)}{given}.")
        note(f"`gitbatch-tui log {run} -f` follows it.")


def facts(
    remote: str, started: Submission, state: str, options: Sequence[str]
) -> dict[str, object]:
    """The facts of a run that has begun, for programs."""
    facts = receipt_facts(remote, started.receipt, options)
    return {**facts, "state": state, "notes": list(started.notes)}


def receipt_facts(remote: str, receipt: Receipt, options: Sequence[str]) -> dict[str, object]:
    """The facts of a run at its beginning, for programs."""
    return {
        "run": f"{remote}#{receipt.run}",
        "number": receipt.run,
        "remote": remote,
        "branch": receipt.branch,
        "commit": receipt.commit,
        "state": receipt.state,
        "options": list(options),
    }


def await_end(server: Server, run: str, number: int, goes_on: str = "") -> tuple[LiveRun, int]:
    """Wait for a run: how it is then, and the exit status that stands for it.

    `goes_on` is what to say where the waiting is interrupted.
    """
    goes_on = goes_on or f"{run} goes on; `gitbatch-tui wait {run}` waits again."
    with status(f"waiting for {run}") as line, if_interrupted(goes_on):
        live = wait_for(server, number, lambda live: line.doing(doing(run, live)), note)
    return live, exit_status(live.state, live.exit)


def tell_what_stayed(batch: Batch, number: int) -> None:
    """Say what a run that has ended left on the server only; or why that isn't known."""
    remote = batch.remote.name
    try:
        run = read_one(batch.clone, remote, number)
        if run is None or not run.settled:
            run = find(batch.clone, batch.hosts, f"{remote}#{number}").run
    except GitBatchError as error:
        note(str(error))
        return
    for sentence in what_stayed(batch.clone, run):
        note(sentence)


def say_what_is_left(run: str, end: LiveRun | Run) -> None:
    """Say how to end a run that can never go on, or has nothing to wait for."""
    if end.stuck:
        note(f"`gitbatch-tui cancel {run}` removes what is left of it.")
    elif isinstance(end, LiveRun) and end.jobless:
        note(f"There is nothing to wait for; `gitbatch-tui cancel {run}` ends it.")
