"""The results and logs that are published beside the records, on top of what there is already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.batch.fetch import fetch_commits
from gitbatch_tui.core.git.trees import make_tree
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.statement import LOGS, RESULTS
from gitbatch_tui.errors import GitBatchError, NotABatchRemote, Unreachable
from gitbatch_tui.models import DOCTORS_BRANCH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.runs.statement import Statement
    from gitbatch_tui.models import Run

LOG_BYTES = 2**20
"""Of a longer log, only the end is published."""


@dataclass(frozen=True)
class PublishedContents:
    """The records, results and logs that are to be published."""

    tree: str
    commits: tuple[str, ...]
    """Those that have to be held on to, beside what was published before."""
    results: Mapping[int, str]
    """The commit with the results of each run, also of what was published before."""


def gather(
    batch: Batch, before: Statement | None, *, results: bool, tell: Callable[[str], None]
) -> PublishedContents:
    """Collect what was published before, and results and logs of the other runs if asked for."""
    known = dict(before.results) if before else {}
    runs = _settled(batch) if results else []
    new = [run for run in runs if known.get(run.number) != (run.result or run.commit)]
    _fetch(batch, new, tell)
    there = [run for run in new if batch.clone.commit_of(run.result or run.commit)]
    logs = _logs(batch, [run for run in new if not before or run.number not in before.logs], tell)
    known |= {run.number: run.result or run.commit for run in there}
    base = before.commit if before else ""
    commits = tuple(run.result or run.commit for run in there)
    return PublishedContents(_tree(batch.clone, base, known, logs), commits, known)


def _settled(batch: Batch) -> list[Run]:
    runs = records.read(batch.clone, batch.remote.name)
    return [run for run in runs if run.settled and not run.branch.startswith(DOCTORS_BRANCH)]


def _fetch(batch: Batch, runs: Sequence[Run], tell: Callable[[str], None]) -> None:
    """Bring the commits of all runs at once; where one of them is gone, each alone."""
    wanted = list(dict.fromkeys(run.result or run.commit for run in runs))
    try:
        if runs:
            fetch_commits(batch, runs[0], wanted)
    except (Unreachable, NotABatchRemote) as error:
        tell(f"Results that aren't here can't be published now: {error}")
    except GitBatchError:
        for run in runs:
            try:
                fetch_commits(batch, run, [run.result or run.commit])
            except GitBatchError as error:
                tell(f"{error}")


def _logs(batch: Batch, runs: Sequence[Run], tell: Callable[[str], None]) -> dict[int, bytes]:
    logs = {}
    for run in runs:
        try:
            size = batch.server.files.stat(run.number).size
            offset = max(0, size - LOG_BYTES)
            logs[run.number] = batch.server.files.read(run.number, offset=offset, size=LOG_BYTES)
        except (Unreachable, NotABatchRemote) as error:
            tell(f"Logs can't be published now: {error}")
            break
        except GitBatchError as error:
            tell(f"The log of {run.name} can't be published: {error}")
    return logs


def _tree(clone: Clone, base: str, results: Mapping[int, str], logs: Mapping[int, bytes]) -> str:
    """The tree of the commit `base` with the new logs, and all results."""
    listed = "".join(f"{run} {commit}\n" for run, commit in sorted(results.items()))
    files = {f"{LOGS}/{run}": log for run, log in logs.items()}
    files |= {RESULTS: listed.encode()} if listed else {}
    entries = (
        f"100644 {clone.git('hash-object', '-w', '--stdin', stdin=data)}\t{path}"
        for path, data in files.items()
    )
    return make_tree(clone, entries, base)
