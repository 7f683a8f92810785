"""The command that checks whether a run is still what it claims to be."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gitbatch_tui.cli.names import any_run_argument, json_option
from gitbatch_tui.cli.opening import opened, reach
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.runs.find import resolve
from gitbatch_tui.core.verify.verify import verify as prove
from gitbatch_tui.errors import OnlyPublished, Unreachable

if TYPE_CHECKING:
    from gitbatch_tui.core.verify.reproduce import Reproduction
    from gitbatch_tui.core.verify.verify import Verification

_NOT_PROVEN = 1
"""The exit status where not everything is green."""


@click.command()
@any_run_argument
@click.option("--without-data", is_flag=True, help="Don't hash frozen data, which takes long.")
@json_option
def verify(run: str, *, without_data: bool, as_json: bool) -> None:
    """Check that RUN is still what it claims to be.

    Checked are: its results follow exactly the commit that ran; its record is intact; the run tree
    holds what ran; the same software is installed; frozen data has its hash. The exit status is 0
    only if every check is green. A check that can't be made any more, because the run tree was
    pruned or the server can't be reached, counts as unknown.

    It also says who has signed what was found before, or what was published.

    JSON: run, verified, checks (a list of name, colour (green, red or unknown) and words), signed
    (a list of what, by and trust: good, bad, expired, revoked, or unknown: it can't be checked
    here, or is of somebody whom git doesn't know or trust).
    """
    with opened() as (clone, hosts):
        remote, number = resolve(clone, run)
        batch = Batch(clone, hosts, remote)
        # Without the server, there is still something to verify.
        with suppress(Unreachable, OnlyPublished):
            reach(batch.host)
        with status(f"verifying {run}") as line:
            verification = prove(batch, number, with_data=not without_data, tell=line.doing)
    if as_json:
        print_json(_verification_json(verification))
    else:
        _print_verification(verification)
    end_with(verification)


def end_with(proof: Verification | Reproduction) -> NoReturn:
    """End the command with the exit status of what was found out."""
    if proof.unrecorded:
        note(f"This could not be recorded in the run's history: {proof.unrecorded}")
    click.get_current_context().exit(0 if proof.holds else _NOT_PROVEN)


def _verification_json(verification: Verification) -> dict[str, Any]:
    checks = [
        {"name": check.name, "colour": check.colour, "words": check.words}
        for check in verification.checks
    ]
    signed = [
        {"what": each.about, "by": each.by, "trust": each.signer.trust}
        for each in verification.signed
    ]
    facts = {"run": verification.run.name, "verified": verification.holds}
    return {**facts, "checks": checks, "signed": signed}


def _print_verification(verification: Verification) -> None:
    say(f"{verification.run.name}  {'verified' if verification.holds else 'not verified'}")
    for check in verification.checks:
        say(f"  {check.colour.sign} {check.name:<12} {check.words}")
    for each in verification.signed:
        say(f"  {each}")
