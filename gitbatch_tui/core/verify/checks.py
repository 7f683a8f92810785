"""Checks each claim of a run by itself, from what the clone has and the server says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural, short
from gitbatch_tui.core.git.changed_files import SUBMODULE
from gitbatch_tui.core.git.worktree_changes import changes_between
from gitbatch_tui.core.runs import record_files, records
from gitbatch_tui.core.runs.published import unpublished
from gitbatch_tui.core.server import environment
from gitbatch_tui.core.server.verification_report import TreeState
from gitbatch_tui.core.verify.check import green, named, red, unknown
from gitbatch_tui.core.verify.history_checks import faults_in_chain, faults_of_run, rewritten
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from gitbatch_tui.core.server.environment import Environment
    from gitbatch_tui.core.verify.check import Case, Check

_OF_THE_JOB = ("variable ", "resource ", "scheduler", "module", "container")
"""Facts that nothing but the job itself can have."""
_INTERPRETERS = ("R", "julia")
_OF_THE_MACHINE = frozenset(
    {"host", "kernel", "processors", "processor", "memory", "gpu", "gpu driver", "system"}
)
"""Facts that are shown, and no more: kernels are renewed, and jobs move between nodes."""


def _results(case: Case) -> Check:
    run, report = case.run, case.report
    if run.results is Results.UNDELIVERED:
        return unknown("results", f"They are not in the repository: {run.undelivered}.")
    for what, commit in (("input", run.commit), ("commit with the results", run.result)):
        if commit and not case.here(commit):
            return _absent(case, what, commit)
    if run.result and not case.batch.clone.contains(run.result, run.commit):
        return red(
            "results", f"{short(run.result)} does not stand on the input {short(run.commit)}."
        )
    if report and report.result != run.result:
        there, ours = (short(result) or "none" for result in (report.result, run.result))
        return red("results", f"The record has {ours}, the run's own files have {there}.")
    if report and not report.kept:
        return red("results", "They are here, but not kept over there, or damaged.")
    return _with_large_files(case)


def _with_large_files(case: Case) -> Check:
    """The check of a run whose results in git are sound; those beside it may not be."""
    if linked := _linked(case):
        words = "Of what is a repository, only the id of a commit is in the result: "
        return unknown("results", f"{words}{named(linked)}.")
    large, report = record_files.large_files_of(case.batch.clone, case.run), case.report
    if not large:
        return green("results", f"{_standing(case)}.")
    count = plural(len(large), "large file")
    if not report:
        words = f"The server, which has {count}, can't be asked."
        return unknown("results", f"{words} {case.why}".rstrip())
    sound = {file for word, file in report.large if word == "ok"}
    if bad := [file.path for file in large if file not in sound]:
        return red("results", f"Large files aren't kept as they were: {named(bad)}.")
    return green("results", f"{_standing(case)}; {count} checked by hash.")


def _linked(case: Case) -> list[str]:
    """The files that the run made or changed, of which git has nothing but a link to a commit."""
    if not case.run.result:
        return []
    changes = changes_between(case.batch.clone, case.run.commit, case.run.result)
    return [change.path for change in changes if change.new_mode == SUBMODULE]


def _standing(case: Case) -> str:
    run = case.run
    if not run.result:
        return f"There are none; {short(run.commit)} is what ran"
    return f"{short(run.result)} stands on exactly {short(run.commit)}{_changed(case)}"


def _changed(case: Case) -> str:
    """Say what the run did to files that it began with."""
    ends = (case.run.commit, case.run.result)
    plain = ("--no-renames", "--no-ext-diff", "--name-only", "--diff-filter=MDT", "-z")
    listed = case.batch.clone.git("diff-tree", "-r", *plain, *ends, "--").split("\0")
    paths = [path for path in listed if path]
    return f", and changed what it began with: {named(paths)}" if paths else ""


def _chain(case: Case) -> Check:
    clone, remote = case.batch.clone, case.batch.remote.name
    if not records.tip(clone, remote):
        return unknown("record", "No record of it is here.")
    faults = [*rewritten(clone, remote), *faults_in_chain(clone, remote)]
    faults += faults_of_run(clone, case.run)
    if faults:
        return red("record", " ".join(faults))
    if case.trouble:
        words = "What is here is intact; whether the server still has the same isn't known."
        return unknown("record", f"{words} {case.why}".rstrip())
    return green("record", "Each stands on the one before, and is about this commit and tree.")


def _tree(case: Case) -> Check:
    name, report = "run tree", case.report
    if report is None:
        return unknown(name, case.unasked)
    if report.tree is TreeState.PRUNED:
        return unknown(name, "It was pruned: what ran can't be compared with it any more.")
    if report.tree is TreeState.UNREADABLE:
        return unknown(
            name, "It can't be compared with the result: git can't read that over there."
        )
    if report.altered:
        paths = [path for _, path in report.altered]
        return red(name, f"Files of it were changed since: {named(paths)}.")
    if report.unkept:
        words = f"It has files that are in no result: {named([*report.unkept])}."
        return unknown(name, words)
    return green(name, "All its files are as in the result.")


def _environment(case: Case) -> Check:
    name, then = "environment", record_files.environment_of(case.batch.clone, case.run)
    if then is None:
        return unknown(name, "It was not captured: no job of this run went by the wrapper.")
    now = case.report.environment if case.report else None
    if now is None:
        return unknown(name, case.unasked)
    silent = _unanswered(then, now)
    if "python" in silent:
        return unknown(name, "Its Python didn't say in time what is installed.")
    here = then.first("host") == now.first("host")
    apart = [d for d in environment.differences(then, now) if not d.key.startswith(_OF_THE_JOB)]
    machine = [str(change) for change in apart if change.key in _OF_THE_MACHINE]
    known = _OF_THE_MACHINE | silent | {"unanswered"}
    software = [str(change) for change in apart if change.key not in known]
    words = f" But for the machine: {'; '.join(machine)}." if machine and here else ""
    if not here:
        words = f" It ran on {then.first('host')}; {now.first('host')} was asked."
    if software:
        return red(name, f"It is another one now: {'; '.join(software)}.{words}")
    if silent:
        names = ", ".join(sorted(silent))
        return unknown(name, f"Not everything said in time what it is: {names}.{words}")
    return green(name, f"The same software is there.{words}")


def _unanswered(then: Environment, now: Environment) -> frozenset[str]:
    """The interpreters of which one of them doesn't tell, as on a machine that is busy."""
    silent = {name for each in (then, now) for name in each.facts.get("unanswered", ())}
    # An older server says nothing of those that were too slow.
    silent |= {name for name in _INTERPRETERS if now.first(name) and not then.first(name)}
    for each in (then, now):
        if each.first("python") and not each.first("python version"):
            silent.add("python")
    return frozenset(silent)


def _absent(case: Case, what: str, commit: str) -> Check:
    if case.report and not case.report.kept:
        return red(
            "results", f"The {what}, {short(commit)}, isn't here, and gone or damaged there."
        )
    remote = case.batch.remote
    why = str(unpublished(remote, "They")) if remote.published else case.why
    return unknown("results", f"The {what}, {short(commit)}, is not here. {why}".rstrip())


CLAIMS = (_results, _chain, _tree, _environment)
