"""Reads the lines in which a batch remote answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.names import branch_of
from gitbatch_tui.errors import BadAnswer
from gitbatch_tui.models import Job, LiveRun, Report, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIVE_FIELDS = "state ended branch commit exit job result reason stuck".split()
_STATES = {str(state): state for state in State}
_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FLAT = {ord(sign): " " for sign in "\t\n\r"}
_CANCELLING = "is being cancelled"
"""The server's words for a job on another machine that was to be stopped."""
_TIME_SIGNS = len("2026-11-22T16:41:11Z")


@dataclass(frozen=True)
class Pruned:
    """The run trees that went, or would go."""

    freed: int
    """In bytes."""
    removed: dict[int, int]
    """The bytes of each run's tree."""
    kept: dict[int, str]
    """Why each of the others is needed."""


@dataclass(frozen=True)
class Checked:
    """The result of checking a server's invariants."""

    problems: tuple[str, ...]
    mended: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What may be in order, and what to do if it isn't."""


def read_reports(lines: Iterator[str]) -> Iterator[Report]:
    """Every complete answer among the lines; one that was cut isn't there.

    Raises `BadAnswer` for one that can't be understood.
    """
    head: dict[str, str] | None = None
    runs: list[LiveRun] = []
    for line in lines:
        if line.startswith("gitbatch\t"):
            head, runs = fields_of(line), []
        elif line.startswith("run=") and head is not None:
            runs.append(_live(fields_of(line)))
            if len(runs) > bounds.LINES:
                raise bounds.too_long("A report", bounds.LINES, "runs")
        elif line == "end" and head is not None:
            yield _report(head, runs)
            head = None


def read_report(host: str, text: str) -> Report:
    """The only answer in a text; raises `BadAnswer` when it was cut or garbled."""
    for report in read_reports(iter(text.split("\n"))):
        return report
    raise cut(host, text)


def live_of(report: Report, number: int) -> LiveRun:
    """One run of an answer; raises `BadAnswer` where it has only others."""
    for live in report.runs:
        if live.number == number:
            return live
    raise garbled(write_report(report))


def write_report(report: Report) -> str:
    """A report in the words of the server."""
    head = {"now": int(report.now.timestamp()), "version": report.version, "log": report.log_tip}
    lines = ["gitbatch\t" + line_of(head)]
    for live in report.runs:
        fields = {"run": live.number, **{name: getattr(live, name) for name in _LIVE_FIELDS}}
        fields |= {"since": live.since, "started": live.started, "as-of": live.as_of}
        fields["deadline"] = live.deadline
        lines.append(line_of(fields | {"held": "yes" if live.held else "no"}))
    return "\n".join([*lines, "end\n"])


def line_of(fields: Mapping[str, object]) -> str:
    """`key=value` fields in a line, separated by tabs; None is an empty value."""
    return "\t".join(f"{key}={_value(value)}" for key, value in fields.items())


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else str(value).translate(_FLAT)


def cut(host: str, text: str) -> BadAnswer:
    """The error for an answer that stops before its end."""
    return BadAnswer(
        f"The answer of {host} came only in part, so nothing of it counts: try again.",
        detail=one_line(text[-500:]),
    )


def garbled(text: str) -> BadAnswer:
    """The error for an answer that is complete, and makes no sense."""
    return BadAnswer(
        "The batch remote's answer can't be understood, so nothing of it counts: `gitbatch-tui "
        "doctor` says what is there.",
        detail=one_line(text[-500:]),
    )


def fields_of(line: str) -> dict[str, str]:
    """The `key=value` fields of a line, separated by tabs."""
    pairs = (field.partition("=") for field in line.split("\t"))
    return {key: value for key, equals, value in pairs if equals}


def time_of(text: str) -> datetime | None:
    """An ISO 8601 time in UTC, as the server writes it; None for anything else."""
    if len(text) != _TIME_SIGNS or not text.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """A number; None for anything else, also for one that is too long to be meant."""
    sound = text.isascii() and text.isdigit() and len(text) <= bounds.DIGITS
    return int(text) if sound else None


def id_of(text: str) -> str:
    """The id of an object; empty for anything else, which git might take for a command."""
    return text if _ID.fullmatch(text) else ""


def state_of(word: str, reason: str) -> tuple[State, str]:
    """A state and its reason; a word that we don't know is unknown, and is shown."""
    if state := _STATES.get(word):
        return state, reason
    return State.UNKNOWN, f"the state {one_line(word) or 'is missing'} is not known; {reason}"


def read_pruned(host: str, text: str) -> Pruned:
    """The answer to `prune`; raises `BadAnswer` when it was cut or garbled."""
    lines = [fields_of(line) for line in text.split("\n") if "=" in line]
    if not lines or "freed" not in lines[-1]:
        raise cut(host, text)
    try:
        removed = {
            _number(line, "run"): _number(line, "bytes") for line in lines if "bytes" in line
        }
        kept = {_number(line, "run"): one_line(line["kept"]) for line in lines if "kept" in line}
        return Pruned(_number(lines[-1], "freed"), removed, kept)
    except ValueError as error:
        raise garbled(text) from error


def read_checked(host: str, text: str) -> Checked:
    """The answer to `check`; raises `BadAnswer` when it says neither `ok` nor a problem."""
    lines = [one_line(line) for line in text.split("\n")]
    said = {
        kind: tuple(line.removeprefix(kind) for line in lines if line.startswith(kind))
        for kind in ("problem: ", "mended: ", "note: ")
    }
    if not said["problem: "] and "ok" not in lines:
        raise cut(host, text)
    return Checked(said["problem: "], said["mended: "], said["note: "])


def _number(fields: Mapping[str, str], key: str) -> int:
    """Raises ValueError where there is no number of that name."""
    number = number_of(fields.get(key, ""))
    if number is None:
        raise ValueError(key)
    return number


def _live(fields: Mapping[str, str]) -> LiveRun:
    get = fields.get
    state, reason = state_of(get("state", ""), one_line(get("reason", "")))
    return LiveRun(
        number=number_of(get("run", "")) or 0,
        state=state,
        ended=get("ended", "no"),
        branch=branch_of(get("branch", "")),
        commit=id_of(get("commit", "")),
        since=time_of(get("since", "")),
        exit=number_of(get("exit", "")),
        job=Job.parse(one_line(get("job", ""))),
        result=id_of(get("result", "")),
        reason=reason,
        started=time_of(get("started", "")),
        held=get("held") == "yes",
        stuck=one_line(get("stuck", "")),
        own=get("own", "yes") != "no",
        cancelling=reason == _CANCELLING,
        as_of=time_of(get("as-of", "")),
        deadline=time_of(get("deadline", "")),
    )


def _report(head: Mapping[str, str], runs: list[LiveRun]) -> Report:
    try:
        now = datetime.fromtimestamp(_number(head, "now"), UTC)
    except (ValueError, OverflowError, OSError) as error:  # a year that no calendar has
        raise garbled(f"now={head.get('now')}") from error
    known = tuple(run for run in runs if run.number)
    takes = [head.get(word) == "yes" for word in ("token", "sweep")]
    return Report(now, head.get("version", ""), id_of(head.get("log", "")), known, *takes)
