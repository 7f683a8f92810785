"""Brings a run's results home: as commits in the run's branch, or as files in the work tree.

Nothing is overwritten, and nothing that needs a decision happens without it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.batch.fetch import fetch_commits, fetch_input, fetch_result
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.git.merge import MergePurpose, bring_in
from gitbatch_tui.core.results.arrival import Arrival, PullResult, Relation, Way
from gitbatch_tui.core.results.lfs import bring_contents
from gitbatch_tui.core.results.taking import commit_instead, make_branch
from gitbatch_tui.core.results.worktree import bring_files
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.find import find
from gitbatch_tui.core.runs.locate import taken_ref
from gitbatch_tui.core.submit.snapshot import SUFFIX
from gitbatch_tui.errors import CommandFailed, Refused
from gitbatch_tui.models import Results, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.models import Run


def look(
    batch: Batch,
    number: int,
    on_line: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] | None = None,
) -> Arrival:
    """Fetch the results of a run, which may have to be waited for; nothing here is touched.

    `on_line` gets git's progress, `tell` the sentence that results are still on their way. Raises
    `Refused` for a run that isn't over, or whose results can't leave its tree.
    """
    run = _delivered(batch, number, tell or on_line)
    if run.results is Results.ELSEWHERE:
        fetch_commits(batch, run, [each.commit for each in run.elsewhere], on_line)
        return Arrival(batch, run, Relation.NOTHING)
    if run.results is Results.NONE:
        if not run.state.final:
            raise Refused(
                f"{run.name} {run.state.phrase}: "
                f"`gitbatch-tui wait {run.name}` waits for its results."
            )
        return Arrival(batch, run, Relation.NOTHING)
    fetch_input(batch, run, on_line)
    fetch_result(batch, run, on_line)
    bring_contents(batch, run, on_line)
    return Arrival(batch, run, _relation(batch, run), _siblings(batch, run))


def _siblings(batch: Batch, run: Run) -> tuple[Run, ...]:
    runs = records.read(batch.clone, batch.remote.name)
    return tuple(other for other in runs if other.commit == run.commit and other != run)


def bring(arrival: Arrival, way: Way | None = None, branch: str = "") -> PullResult:
    """Bring the results home, in the way that was chosen where there is a choice.

    Raises `Refused` where one is needed, and `Conflict` where it can't be done; then nothing was
    changed. Where another gitbatch-tui is at work in this clone, it waits for that first.
    """
    if way is Way.BRANCH and (arrival.run.result or arrival.run.elsewhere):
        with locked(arrival.batch.clone, f"pulling {arrival.run.name}"):
            name = make_branch(arrival.batch.clone, arrival.run, branch)
        words = f"The results of {arrival.run.name} are the branch {one_line(name)}."
        return PullResult(arrival.run, words)
    if arrival.relation is Relation.NOTHING:
        return _brought(arrival, way)
    with locked(arrival.batch.clone, f"pulling {arrival.run.name}"):
        # Somebody may have brought them meanwhile.
        return _brought(replace(arrival, relation=_relation(arrival.batch, arrival.run)), way)


def _brought(arrival: Arrival, way: Way | None) -> PullResult:
    run, relation = arrival.run, arrival.relation
    if relation is Relation.NOTHING:
        where = " on its branch" if run.elsewhere or run.large else ""
        return PullResult(run, f"{run.name} {run.state.phrase} and changed nothing{where}.")
    if way is Way.TAKE:
        return _take(arrival)
    if relation is Relation.HERE:
        return PullResult(run, f"The results of {run.name} are here already.")
    if relation is Relation.SNAPSHOT and way is Way.MERGE:
        raise Refused(
            f"{run.name} is that of a snapshot, which is no commit of yours: it comes as files."
        )
    if relation is Relation.SNAPSHOT and way is None and run.state is not State.SUCCEEDED:
        raise Refused(
            f"{run.name} {run.state.phrase}, and what it left may be half done: bring its files by "
            f"`gitbatch-tui pull {run.name} --files`."
        )
    if way is Way.FILES or relation is Relation.SNAPSHOT:
        return _bring_files(arrival)
    if arrival.needs_choice and way is None:
        raise Refused(arrival.offer)
    return _bring_commits(arrival)


def _delivered(batch: Batch, number: int, tell: Callable[[str], None]) -> Run:
    """The run; where its results could not be delivered, that is tried again."""
    name = f"{batch.remote.name}#{number}"
    found = find_home(batch, number, tell)
    if found.run.results is Results.UNDELIVERED:
        with suppress(CommandFailed, Refused):  # the run itself tells why it was in vain
            batch.server.settle(number)
        found = find(batch.clone, batch.hosts, name)
    if found.trouble and not batch.clone.commit_of(found.run.result or "-"):
        raise found.trouble
    if found.run.results is Results.UNDELIVERED:
        raise Refused(
            f"The results of {name} could not be delivered: {found.run.undelivered}. When that is "
            f"fixed, pull again; `gitbatch-tui get {name} PATH` copies single files."
        )
    return found.run


def _relation(batch: Batch, run: Run) -> Relation:
    clone = batch.clone
    tips = {branch.name: branch.commit for branch in clone.branches()}
    homes = [commit for commit in (tips.get(run.branch), clone.head().commit) if commit]
    if any(clone.contains(home, run.result) for home in homes):
        return Relation.HERE
    if run.branch not in tips and run.branch.endswith(SUFFIX):
        return Relation.SNAPSHOT
    if run.state not in {State.SUCCEEDED, State.RUNNING} and run.place != run.branch:
        return Relation.PARTIAL
    if run.branch not in tips:
        return Relation.NEW
    return Relation.AHEAD if clone.contains(run.result, tips[run.branch]) else Relation.APART


def _bring_commits(arrival: Arrival) -> PullResult:
    run, clone = arrival.run, arrival.batch.clone
    branch, message = one_line(run.branch), f"Merge results of {run.name}"
    missing = run.branch not in {branch.name for branch in clone.branches()}
    if missing and clone.head().branch != run.branch:
        # The empty old value: only if it isn't there.
        clone.git("update-ref", "-m", message, f"refs/heads/{run.branch}", run.result, "")
        return PullResult(
            run, f"The branch {branch} was made here, with the results of {run.name}."
        )
    purpose = MergePurpose(
        "changed", "pull again", f"bring single files: `gitbatch-tui pull {run.name} --files`"
    )
    bring_in(clone, run.branch, run.result, message, purpose)
    moved = arrival.relation in {Relation.AHEAD, Relation.NEW}
    how = "were brought into" if moved else "were merged into"
    return PullResult(run, f"The results of {run.name} {how} {branch}.")


def _take(arrival: Arrival) -> PullResult:
    batch, run = arrival.batch, arrival.run
    home = batch.clone.branch(run.branch) if run.branch else batch.clone.current_branch()
    new = commit_instead(batch, run, arrival.others, home.commit)
    purpose = MergePurpose("changed", "pull again", "have them as a branch of their own: --branch")
    bring_in(batch.clone, home.name, new, f"Take the results of {run.name}", purpose)
    words = f"The results in {one_line(home.name)} are those of {run.name} now."
    return PullResult(run, words)


def _bring_files(arrival: Arrival) -> PullResult:
    run, clone = arrival.run, arrival.batch.clone
    files = bring_files(clone, run.commit, run.result)
    if not files.left:
        clone.git("update-ref", taken_ref(run), run.result)
    counts = (
        (len(files.brought), "brought"),
        (len(files.removed), "removed"),
        (len(files.same), "here already"),
        (len(files.left), "left as they are here"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    return PullResult(run, f"Files of {run.name}: {said}.", files)
