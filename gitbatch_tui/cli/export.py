"""The command that hands on runs as a crate."""

from __future__ import annotations

from pathlib import Path

import click

from gitbatch_tui.cli.names import any_runs_argument, json_option
from gitbatch_tui.cli.opening import home_sides, opened
from gitbatch_tui.cli.output import note, print_json, say, status
from gitbatch_tui.cli.trouble import if_interrupted
from gitbatch_tui.core.base.format import plural, size
from gitbatch_tui.core.crate.export import Export
from gitbatch_tui.core.crate.export import export as write
from gitbatch_tui.core.runs.groups import expand


@click.command()
@any_runs_argument
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="DIR | FILE.zip",
    help="A new folder or zip file; batch-42.zip unless it is named.",
)
@click.option("--data", is_flag=True, help="Also copies of frozen data, not only its hashes.")
@json_option
def export(names: tuple[str, ...], *, to: Path | None, data: bool, as_json: bool) -> None:
    """Export runs as a Workflow Run RO-Crate, to hand on or to archive.

    It holds the code of the commit, the files that the run wrote, its log, environment,
    parameters, the verdicts of verifying and reproducing it, and a page to look at. CITATION.cff
    of the repository is used. What is lost or was never published is named in it. Anybody can run
    it again by `gitbatch-tui reproduce FILE.zip --on REMOTE`.

    JSON: path, runs, files, bytes, missing (a list of sentences).
    """
    with opened() as (clone, hosts), status("exporting") as line:
        sides = home_sides(clone, hosts, expand(clone, hosts, names))
        run = sides[0][1]
        target = to or Path(f"{run.remote.replace('/', '-')}-{run.number}.zip")
        with if_interrupted("Nothing was written."):
            done = write(sides, target, with_data=data, tell=line.doing)
    if as_json:
        print_json(_json(done))
        return
    say(f"{done.path}: {', '.join(done.runs)}, {plural(done.files, 'file')}, {size(done.bytes)}.")
    for words in done.missing:
        note(f"  not in it: {words}")


def _json(done: Export) -> dict[str, object]:
    return {
        "path": str(done.path),
        "runs": done.runs,
        "files": done.files,
        "bytes": done.bytes,
        "missing": done.missing,
    }
