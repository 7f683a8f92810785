"""The commands that put a run to the proof: verify and reproduce."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from gitbatch_tui.cli.names import json_option, run_argument
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import print_json, say, status
from gitbatch_tui.core.batch import Batch
from gitbatch_tui.core.checks import Colour
from gitbatch_tui.core.runs import resolve
from gitbatch_tui.core.verify import verify as prove
from gitbatch_tui.errors import Unreachable

if TYPE_CHECKING:
    from gitbatch_tui.core.verify import Verification

NOT_PROVEN = 1
"""The exit status where not everything is green."""
_SIGNS = {Colour.GREEN: "✔", Colour.RED: "✖", Colour.UNKNOWN: "?"}


@click.command()
@run_argument
@json_option
def verify(run: str, *, as_json: bool) -> None:
    """Check that RUN is still what it claims to be.

    Its results stand on exactly its input; its record is intact; what ran is what is in the run
    tree. The exit status is 0 only if all of that is green. What can't be told any more, since
    it was pruned or nobody can be asked, is neither green nor red.

    JSON: run, verified, checks (a list of name, colour (green, red or unknown) and words).
    """
    with opened() as (clone, hosts):
        remote, number = resolve(clone, run)
        batch = Batch(clone, hosts, remote)
        # Without the server, there is still something to verify.
        with suppress(Unreachable):
            reach(batch.host)
        with status(f"verifying {run}"):
            verification = prove(batch, number)
    if as_json:
        print_json(_verification_json(verification))
    else:
        _print_verification(verification)
    click.get_current_context().exit(0 if verification.holds else NOT_PROVEN)


def _verification_json(verification: Verification) -> dict[str, Any]:
    checks = [
        {"name": check.name, "colour": check.colour, "words": check.words}
        for check in verification.checks
    ]
    return {"run": verification.run.name, "verified": verification.holds, "checks": checks}


def _print_verification(verification: Verification) -> None:
    say(f"{verification.run.name}  {'verified' if verification.holds else 'not verified'}")
    for check in verification.checks:
        say(f"  {_SIGNS[check.colour]} {check.name:<12} {check.words}")
