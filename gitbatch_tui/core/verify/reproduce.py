"""Runs a commit again, here or on another batch remote, and compares the results.

The verdict becomes a record of the first run, so that every clone has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.batch.delivery import find_home
from gitbatch_tui.core.batch.fetch import fetch_input
from gitbatch_tui.core.compare.files import Compared, Likeness, compare
from gitbatch_tui.core.compare.large import Kept, compare_large
from gitbatch_tui.core.compare.numbers import EXACT
from gitbatch_tui.core.git.names import within_branch
from gitbatch_tui.core.results.revisions import outcome_commit
from gitbatch_tui.core.runs.record_files import environment_of, large_files_of
from gitbatch_tui.core.server.environment import differences
from gitbatch_tui.core.submit.push import SERVER, Update
from gitbatch_tui.core.submit.submit import push
from gitbatch_tui.core.verify.signatures import attest
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.models import Badge, Results, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.compare.numbers import Tolerance
    from gitbatch_tui.core.server.environment import Difference
    from gitbatch_tui.core.server.file_answers import LargeFile
    from gitbatch_tui.core.submit.push import OnLine
    from gitbatch_tui.models import Receipt, Run

_ENDED = frozenset({State.SUCCEEDED, State.FAILED})
_RECORDED = 20
"""How many paths a record names."""
_LONGEST = 200
_SUSPECTS = 5
_NOT_OURS = "that is kept where it ran, and only what was handed on is here."


@dataclass(frozen=True)
class Trial:
    """A run, and where and how it is to be reproduced."""

    batch: Batch
    run: Run
    there: Batch
    """May be the same one; on the same clone."""
    tolerance: Tolerance = EXACT
    """How far numbers may be apart."""
    large: tuple[LargeFile, ...] = ()
    """The large results of an exported run, of which there are no records here."""


@dataclass(frozen=True)
class Reproduction:
    """A run, its repetition, and how their results compare."""

    trial: Trial
    again: Run
    files: tuple[Compared, ...]
    """Those that aren't byte for byte the same."""
    surroundings: tuple[Difference, ...] = ()
    """What is known to have been another environment, but for the host."""
    unrecorded: str = ""
    """Why the verdict could not be recorded; empty where it was."""

    @property
    def other_end(self) -> str:
        """Say how the repetition ended, if that differs; else empty."""
        ends = [(each.state, each.exit) for each in (self.trial.run, self.again)]
        return "" if ends[0] == ends[1] else f"{_end(self.again)}, where {_end(self.trial.run)}"

    @property
    def holds(self) -> bool:
        return not self.other_end and not self.with_likeness(Likeness.DIFFERS)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences of what the two runs left out, which nobody can compare."""
        runs = self.trial.run, self.again
        return tuple(f"{run.name}: {run.warning}." for run in runs if run.warning)

    def with_likeness(self, likeness: Likeness) -> list[Compared]:
        return [file for file in self.files if file.likeness is likeness]


def begin(trial: Trial, on_line: OnLine) -> Receipt:
    """Start the repetition: the same commit, with the same parameters.

    On another batch remote, the commit is pushed to a branch of its own. What it is compared with
    is in the clone before that: without it, or without room, hours would go by for nothing. Raises
    `Refused` where there is nothing to reproduce, and whatever a push may raise.
    """
    _check(trial.run)
    run, there = trial.run, trial.there
    outcome_commit(trial.batch, run, on_line)
    trial.batch.clone.check_room()

    def on_theirs(line: str) -> None:
        on_line(f"{SERVER}{line}")

    if there.remote == trial.batch.remote:
        return there.server.rerun(run.number, run.options, on_theirs)
    commit = fetch_input(trial.batch, run, on_line)
    branch = f"reproduce-{within_branch(run.remote)}-{run.number}"
    known = {other.number for other in there.runs() if other.branch == branch}
    update = Update(branch, commit, there.tip(branch), there.server.new_token())
    if pushed := push(there, update, run.options, known, on_line):
        return pushed.receipt
    return there.server.start(branch, run.options, on_theirs, update.claim)


def conclude(trial: Trial, number: int, on_line: OnLine) -> Reproduction:
    """Compare the repetition of that number, which has ended, and record the verdict.

    Raises `Refused` where one of the two has no results to compare, or ran another commit.
    """
    _check(trial.run)
    run, there = trial.run, trial.there
    again = find_home(there, number, on_line).run
    if again.name == run.name or again.commit != run.commit:
        raise Refused(f"{again.name} is no repetition of {run.name}: it ran {short(again.commit)}.")
    _check(again)
    files = _differing(trial, again, on_line)
    reproduction = Reproduction(trial, again, tuple(files), _surroundings(trial, again))
    if trial.batch.remote.published:
        return replace(reproduction, unrecorded=_NOT_OURS)
    badge = Badge.REPRODUCED if reproduction.holds else Badge.DIFFERS
    try:
        attest(trial.batch, run, badge, [*_facts(reproduction)])
    except GitBatchError as error:
        # What took hours to find out is worth something by itself.
        return replace(reproduction, unrecorded=str(error))
    return reproduction


def _differing(trial: Trial, again: Run, on_line: OnLine) -> list[Compared]:
    """Fetch both results; return the files that aren't byte for byte the same, each once."""
    run, clone = trial.run, trial.batch.clone
    before = outcome_commit(trial.batch, run, on_line)
    after = outcome_commit(trial.there, again, on_line)
    source = fetch_input(trial.batch, run, on_line)
    old = Kept(before, _hashes(trial.large or large_files_of(clone, run)))
    new = Kept(after, _hashes(large_files_of(trial.there.clone, again)))
    committed = compare(clone, before, after, source, trial.tolerance)
    large = old.large.keys() | new.large.keys()
    others = [file for file in committed if file.path not in large]
    return others + compare_large(clone, old, new, source)


def _hashes(files: Sequence[LargeFile]) -> dict[str, str]:
    return {file.path: file.hash for file in files}


def _surroundings(trial: Trial, again: Run) -> tuple[Difference, ...]:
    then, now = (environment_of(trial.batch.clone, run) for run in (trial.run, again))
    if then is None or now is None:
        return ()
    return tuple(change for change in differences(then, now) if change.key != "host")


def _check(run: Run) -> None:
    if run.state not in _ENDED:
        why = f" ({run.reason})" if run.reason else ""
        raise Refused(f"{run.name} {run.state.phrase}{why}: there is nothing to compare.")


def summary(reproduction: Reproduction) -> str:
    """The verdict in a sentence."""
    names = f"{reproduction.again.name}", reproduction.trial.run.name
    if reproduction.other_end:
        return f"It came out otherwise: {reproduction.other_end}."
    if count := len(reproduction.with_likeness(Likeness.DIFFERS)):
        files = "a file" if count == 1 else f"{count} files"
        return f"{names[0]} differs from {names[1]} in {files}."
    limits = " in what could be compared" if reproduction.warnings else ""
    if reproduction.files:
        return f"{names[0]} reproduces {names[1]}; nothing that counts differs{limits}."
    if Results.NONE is reproduction.trial.run.results is reproduction.again.results:
        return f"{names[0]} ended as {names[1]} did; neither has results to compare."
    return f"{names[0]} reproduces {names[1]}: the results are identical{limits}."


def suspects(reproduction: Reproduction) -> str:
    """Say what was other about its environment, where it came out otherwise; else empty."""
    if reproduction.holds or not reproduction.surroundings:
        return ""
    shown = [str(change) for change in reproduction.surroundings[:_SUSPECTS]]
    more = len(reproduction.surroundings) - len(shown)
    words = "; ".join(shown) + (f"; and {more} more" if more else "")
    return f"Their environments differ: {words}."


def _facts(reproduction: Reproduction) -> Iterator[tuple[str, str]]:
    trial, number = reproduction.trial, reproduction.again.number
    same = trial.there.remote == trial.batch.remote
    yield "By", str(number) if same else f"{number} of {trial.there.remote.location}"
    if trial.tolerance:
        yield "Tolerance", str(trial.tolerance)
    if reproduction.other_end:
        yield "Differs", reproduction.other_end
    for key, likeness in (("Differs", Likeness.DIFFERS), ("Volatile", Likeness.VOLATILE)):
        paths = [one_line(file.path)[:_LONGEST] for file in reproduction.with_likeness(likeness)]
        yield from ((key, path) for path in paths[:_RECORDED])
        if len(paths) > _RECORDED:
            yield key, f"and {len(paths) - _RECORDED} more"


def _end(run: Run) -> str:
    status = "" if run.exit is None else f" with exit status {run.exit}"
    return f"{run.name} {run.state.words}{status}"
