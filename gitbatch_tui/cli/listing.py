"""Runs as people and programs read them on the command line."""

from __future__ import annotations

from dataclasses import asdict
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gitbatch_tui.cli.output import terminal_width
from gitbatch_tui.cli.table import room_for
from gitbatch_tui.core.base.format import age, duration, short, took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs import outcome, usage
from gitbatch_tui.core.runs.outcome import finding_words, status_words
from gitbatch_tui.core.runs.parameters import parameter_words
from gitbatch_tui.models import Finding, Results, Run, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

HEADER = (
    *("run", "state", "branch", "parameters", "commit", "age", "took", "job", "results"),
    *("by", "subject"),
)
_BY = HEADER.index("by")
_LEFT_OUT = ("by", "subject", "job", "took", "commit")
"""The columns that a narrow terminal has no room for, the first ones first."""
_PLAIN_FIELDS = (
    "remote number state branch commit tree subject submitter origin exit reason host result place "
    "results undelivered ignored warning held stuck sweep note tags"
).split()
_TIME_FIELDS = "submitted started finished settled as_of deadline".split()
_plain_facts, _times = attrgetter(*_PLAIN_FIELDS), attrgetter(*_TIME_FIELDS)

JSON_KEYS = """\b
      run, remote, number    batch#42, batch, 42
      branch, commit, tree   what ran; subject: its first line
      submitter, origin      who submitted it; push, rerun 41 or sweep 40
      options                the parameters, a list of NAME=VALUE
      state, reason, exit    the state, why it is so, and the job's exit status
      held, stuck            its jobs wait to be released; why it can never end
      job, host              SCHEDULER ID; the machine
      submitted, started, finished, settled, deadline (its scheduler ends it)
      as_of                  when this was so; null: now, by the server
      results                none, waiting, pulled, undelivered, on their way, or
                             elsewhere: large files or commits, none of them
                             on its branch
      result, place          the commit with the results; its server branch
      undelivered, ignored   why results are not delivered; outputs that
                             .gitignore kept out of them
      warning, note, tags    sentences and words
      links                  out of the run tree: path, target, state, hash
      sweep                  its number; 0: none
      used                   cpu, wall (seconds); memory (the peak, bytes); gpu
                             (percent); asked for: cores, memory_asked, limit,
                             gpus; reserved (core seconds)
      tasks                  several jobs, while they go on and in `show`: job,
                             name, state, reason, exit, signal, started,
                             finished, host, log
      badge                  verified, unverified, reproduced or differs
      findings               the verdicts of verifying and reproducing, the
                             newest first: badge, time, by, tolerance, differs,
                             volatile

    Times are UTC. What isn't known is null or empty."""
"""The keys of `json_of`, as help shows them."""


def json_of(run: Run) -> dict[str, Any]:
    """A run for programs; its keys are a promise."""
    fields: dict[str, Any] = {"run": run.name}
    fields.update(zip(_PLAIN_FIELDS, _plain_facts(run), strict=True))
    fields.update(zip(_TIME_FIELDS, map(iso, _times(run)), strict=True))
    fields["links"] = [asdict(link) for link in run.links]
    fields.update(options=run.options, job=str(run.job) if run.job else None)
    fields["tasks"] = list(map(_task_json, run.tasks))
    fields["used"] = asdict(run.used) if run.used else None
    fields["badge"] = run.badge
    fields["findings"] = [_finding_json(finding) for finding in run.findings]
    return fields


def _task_json(task: Task) -> dict[str, Any]:
    return {
        "job": str(task.job),
        "name": task.name,
        "state": task.state,
        "reason": task.reason,
        "exit": task.exit,
        "signal": task.signal,
        "started": iso(task.started),
        "finished": iso(task.finished),
        "host": task.host,
        "log": task.log,
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "badge": finding.badge,
        "time": iso(finding.time),
        "by": finding.by,
        "tolerance": finding.tolerance,
        "differs": finding.differs,
        "volatile": finding.volatile,
    }


def iso(time: datetime | None) -> str | None:
    """A time for programs."""
    return time.isoformat(timespec="seconds").removesuffix("+00:00") + "Z" if time else None


def known_at(when: datetime | None) -> str:
    """When something was known, to end a sentence with; nothing where nobody knows."""
    return f" at {when.astimezone():%Y-%m-%d %H:%M}" if when else ""


def used_cell(run: Run, now: datetime) -> str:
    """Say what a run used, for a column of its own."""
    return usage.brief(run, now) or "-"


def cells(run: Run, now: datetime, names: Sequence[str] | None = None) -> tuple[str, ...]:
    """A run's row under `HEADER`; of its parameters those of these names, or all."""
    return (
        run.name,
        state_words(run),
        one_line(run.branch),
        parameter_words(run, names),
        short(run.commit),
        age(run.submitted, now) or "-",
        took(run, now) or "-",
        str(run.job or "-"),
        "-" if run.results is Results.NONE else run.results.words,
        one_line(run.submitter),
        run.subject,
    )


def task_cells(task: Task) -> tuple[str, ...]:
    """A job or task in a row: its id, name, state, how long it took, where, and why."""
    took = duration(task.finished - task.started) if task.started and task.finished else ""
    words = (str(task.job), task.name, status_words(task.state, task.exit), took, task.host)
    return tuple(map(one_line, (*words, task.reason)))


def without_idle_columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Rows under `HEADER`, without parameters where there are none, or names where there is one."""
    said = [{row[at] for row in rows[1:]} for at in range(len(HEADER))]
    idle = {"parameters": not any(said[HEADER.index("parameters")]), "by": len(said[_BY]) < 2}  # noqa: PLR2004  # several
    kept = [at for at, name in enumerate(HEADER) if not idle.get(name)]
    return [tuple(row[at] for at in kept) for row in rows]


def without_small_columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Rows under `HEADER` without what matters least, where others would have to be cut for it."""
    shown = [tuple(row) for row in rows]
    for name in _LEFT_OUT:
        if room_for(shown) <= terminal_width():
            break
        kept = [at for at, header in enumerate(shown[0]) if header != name]
        shown = [tuple(row[at] for at in kept) for row in shown]
    return shown


def state_words(run: Run) -> str:
    """A state with what belongs to it, and the badge."""
    words = outcome.state_words(run)
    return f"{words}, {run.badge}" if run.badge else words


def timeline(run: Run) -> Iterable[tuple[datetime, str]]:
    """The times of a run, each with what happened then."""
    if run.submitted:
        by = f" by {run.submitter}" if run.submitter else ""
        again = f" ({run.origin})" if run.origin not in {"", "push"} else ""
        yield run.submitted, f"submitted{by}{again}"
    if run.started:
        place = f" on {run.host}" if run.host else ""
        yield run.started, f"started{place}"
    if run.finished:
        length = f", after {duration(run.finished - run.started)}" if run.started else ""
        yield run.finished, f"ended{_with(run.exit)}{length}"
    if run.settled:
        yield run.settled, f"settled: {run.state.words}"
    for finding in reversed(run.findings):
        if finding.time:
            yield finding.time, finding_words(finding)


def _with(status: int | None) -> str:
    return "" if status is None else f" with exit status {status}"
