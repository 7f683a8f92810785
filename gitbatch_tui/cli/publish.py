"""The command that publishes runs on the project's ordinary remote."""

from __future__ import annotations

import click

from gitbatch_tui.cli.names import completing, json_option, origins, remote_argument
from gitbatch_tui.cli.opening import opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.publish.publish import publish as bring


@click.command()
@remote_argument
@click.option(
    "--to",
    metavar="GITREMOTE",
    default="origin",
    show_default=True,
    shell_complete=completing(origins),
    help="The git remote to publish on.",
)
@click.option("--results", is_flag=True, help="Also results, with their commits, and logs.")
@click.option(
    "--as", "name", metavar="NAME", default="", help="Publish under this name instead of REMOTE."
)
@json_option
def publish(remote: str | None, *, to: str, results: bool, name: str, as_json: bool) -> None:
    """Publish the runs of REMOTE on an ordinary git remote of the project.

    Records, with the verdicts of verifying and reproducing, go there under refs/gitbatch/NAME/, or
    to a branch gitbatch/NAME where a forge takes branches only. Whoever clones the project sees
    them by `gitbatch-tui setup --from origin`. They say who submitted what, and on which machine
    it ran: publish them only where everybody may read that.

    `git config gitbatch.publish origin` publishes after each pull; with
    `git config gitbatch.publishResults true`, results, too. Where you sign commits, this is signed.

    JSON: to, ref, commit, new (whether there was anything new), results (of how many runs).
    """
    with opened() as (clone, hosts):
        batch = Batch(clone, hosts, clone.batch_remote(remote))
        with status(f"publishing on {to}"):
            done = bring(batch, to, name=name, results=results, tell=note)
    if as_json:
        facts = {"to": done.to, "ref": done.ref, "commit": done.commit}
        print_json({**facts, "new": done.new, "results": done.runs})
        return
    if not done.new:
        note(f"{to} has all of it already.")
        return
    say(f"The runs of {batch.remote.name} are published on {to}, as {done.ref}.")
    say(f"A clone of it shows them after `gitbatch-tui setup --from {to}`.")
