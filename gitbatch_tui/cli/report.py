"""The command that writes runs as one page for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbatch_tui.cli.names import all_runs, completing, json_option
from gitbatch_tui.cli.opening import named_sides, opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.report_page.page import LARGEST
from gitbatch_tui.core.report_page.page import report as write
from gitbatch_tui.core.runs.groups import expand, newest_runs

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.models import Run

NEWEST = 50
"""As many runs as are reported where none is named."""


@click.command()
@click.argument("names", metavar="[RUN...]", nargs=-1, shell_complete=completing(all_runs))
@click.option(
    *("-o", "--output", "target"),
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The file to write.",
)
@click.option(
    "--metrics", metavar="PATH", default="", help="The file with metrics, as for `compare`."
)
@click.option(
    "--largest",
    type=click.IntRange(min=1),
    metavar="MB",
    default=LARGEST // 10**6,
    show_default=True,
    help="The most that the page may have; what doesn't fit is named.",
)
@json_option
def report(
    names: tuple[str, ...], *, target: Path, metrics: str, largest: int, as_json: bool
) -> None:
    """Write runs as one page, to send to somebody who has a browser and nothing else.

    It shows parameters, metrics, curves, verdicts, what differs in environments, logs, pictures and
    notebooks. It needs no network and runs no script. Without RUN, it has the newest 50.

    JSON: path, runs, bytes, missing (what could not be read, in sentences).
    """
    with opened() as (clone, hosts), status("asking for the runs") as line:
        sides = _sides(clone, hosts, names)
        written = write(sides, target, largest=largest * 10**6, metrics=metrics, tell=line.doing)
    if as_json:
        print_json(
            {
                "path": str(target),
                "runs": [run.name for _, run in sides],
                "bytes": written.size,
                "missing": written.missing,
            }
        )
        return
    for sentence in written.missing:
        note(f"Not on the page: {sentence}")
    say(f"{target}: {plural(len(sides), 'run')}, {size(written.size)}.")


def _sides(clone: Clone, hosts: Hosts, names: tuple[str, ...]) -> list[tuple[Batch, Run]]:
    """The runs that are named, in that order, with one question to each server."""
    if not names:
        newest = newest_runs(clone, hosts, NEWEST)
        return [(Batch(clone, hosts, remote), run) for remote, run in newest]
    return named_sides(clone, hosts, expand(clone, hosts, names))
