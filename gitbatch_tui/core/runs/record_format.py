"""Reads records as `git log` prints them: what each says, and what all of them make of a run."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds, usage
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.names import branch_of
from gitbatch_tui.core.runs.remarks import Remarks
from gitbatch_tui.core.server.protocol import id_of, number_of, state_of, time_of
from gitbatch_tui.models import (
    Badge,
    Elsewhere,
    Finding,
    Job,
    Link,
    Results,
    Run,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitbatch_tui.models import Usage

_LONGEST_SIGNATURE = 2**15
_BADGES = {str(badge): badge for badge in Badge}

Fields = dict[str, str]
"""A record; what may come several times, such as options, is one value, a line each."""
_SEVERAL = frozenset({"Option", "Link", "Differs", "Volatile", "Elsewhere", "Tag", "Untag"})


def records_in(chunks: Iterable[bytes]) -> Iterator[Fields]:
    """The records in what `git log` prints, as it comes."""
    pending = b""
    for chunk in chunks:
        *messages, pending = (pending + chunk).split(b"\0\n")
        for message in messages:
            yield _fields(message[: bounds.RECORD].decode("utf-8", "surrogateescape"))
        if len(pending) > bounds.RECORD:
            # The last byte may be the first one of the end.
            pending = pending[: bounds.RECORD] + pending[-1:]


def _fields(message: str) -> Fields:
    fields: Fields = {}
    for line in message.split("\n"):
        key, colon, value = line.partition(": ")
        if key in _SEVERAL and key in fields:
            fields[key] += f"\n{value}"
        elif colon:
            fields[key] = value
    return fields


def runs_in(remote: str, records: Iterable[Fields]) -> list[Run]:
    """The runs of these records, of which newer ones come first."""
    ends: dict[int, Fields] = {}
    found: dict[int, list[Finding]] = {}
    remarks: dict[int, Remarks] = {}
    used: dict[int, Usage] = {}
    runs: dict[int, Run] = {}
    for fields in islice(records, bounds.RECORDS):
        number = number_of(fields.get("Run", ""))
        if not number or number in runs:
            continue
        if "Finding" in fields:
            found.setdefault(number, []).extend(_findings(fields))
            remarks.setdefault(number, Remarks()).take(fields)
            if later := usage.read(fields.get("Used", "")):
                used.setdefault(number, later)
        elif fields.get("State") != "submitted":
            ends.setdefault(number, fields)
        else:
            runs[number] = _run(remote, number, fields, ends.pop(number, {}))
    # An end without a beginning: its first record was lost with the machine's power.
    runs |= {number: _run(remote, number, end, end) for number, end in ends.items()}
    for number in found.keys() & runs.keys():
        runs[number] = remarks[number].on(_with(runs[number], found[number]))
    for number in used.keys() & runs.keys():
        whole = usage.completed(runs[number].used, used[number])
        runs[number] = replace(runs[number], used=whole, accounted=True)
    return list(runs.values())


def _run(remote: str, number: int, first: Mapping[str, str], last: Mapping[str, str]) -> Run:
    state, reason = state_of(last.get("State", "submitted"), _text(last, "Reason"))
    results, undelivered = _results(last)
    options = first.get("Option")
    return Run(
        remote=remote,
        number=number,
        state=state,
        branch=branch_of(first.get("Branch", "")),
        commit=_id(first, "Commit"),
        tree=_id(first, "Tree"),
        subject=_text(first, "Subject"),
        submitter=_text(first, "Submitter"),
        origin=_text(first, "Origin"),
        options=tuple(options.split("\n")) if options else (),
        sweep=number_of(first.get("Sweep", "")) or 0,
        submitted=time_of(first.get("Time", "")) if first is not last else None,
        started=time_of(last.get("Started", "")),
        finished=time_of(last.get("Finished", "")),
        settled=time_of(last.get("Time", "")),
        exit=number_of(last.get("Exit", "")),
        reason=reason,
        job=Job.parse(_text(last, "Job")),
        host=_text(last, "Host"),
        result=_id(last, "Result"),
        place=branch_of(last.get("Place", "")),
        results=results,
        undelivered=undelivered,
        ignored=_text(last, "Ignored"),
        ignored_files=number_of(last.get("Ignored-Files", "")) or 0,
        ignored_bytes=number_of(last.get("Ignored-Bytes", "")) or 0,
        elsewhere=_elsewhere(last),
        large=number_of(last.get("Large", "")) or 0,
        warning=_text(last, "Warning"),
        links=_links(last),
        used=usage.read(last.get("Used", "")),
    )


def _findings(fields: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the findings in a record; none for a word of a later version."""
    word = fields["Finding"]
    if word in _BADGES:
        yield Finding(
            badge=_BADGES[word],
            result=_id(fields, "Result"),
            time=time_of(fields.get("Time", "")),
            by=_text(fields, "By"),
            tolerance=_text(fields, "Tolerance"),
            differs=_lines(fields, "Differs"),
            volatile=_lines(fields, "Volatile"),
            signature=_text(fields, "Signature")[:_LONGEST_SIGNATURE],
        )


def _with(run: Run, findings: Iterable[Finding]) -> Run:
    """The run with what was found out about its results; they may have been others before."""
    return replace(run, findings=tuple(f for f in findings if f.result == run.result))


def _lines(fields: Mapping[str, str], key: str) -> tuple[str, ...]:
    return tuple(map(one_line, fields[key].split("\n"))) if fields.get(key) else ()


def _text(fields: Mapping[str, str], key: str) -> str:
    value = fields.get(key)
    return one_line(value) if value else ""


def _links(fields: Mapping[str, str]) -> tuple[Link, ...]:
    text = fields.get("Link")
    lines = text.split("\n") if text else ()
    return tuple(
        Link.parse("\t".join(one_line(part) for part in line.split("\t"))) for line in lines
    )


def _id(fields: Mapping[str, str], key: str) -> str:
    return id_of(fields.get(key, ""))


def _results(fields: Mapping[str, str]) -> tuple[Results, str]:
    """The place of the results as the record knows it, and why they aren't delivered."""
    word, _, why = fields.get("Results", "none").partition(": ")
    if word == "undelivered":
        return Results.UNDELIVERED, one_line(why)
    if fields.get("Result"):
        return Results.WAITING, ""
    beside = fields.get("Elsewhere") or fields.get("Large")
    return (Results.ELSEWHERE if beside else Results.NONE), ""


def _elsewhere(fields: Mapping[str, str]) -> tuple[Elsewhere, ...]:
    pairs = (line.partition(" ") for line in fields.get("Elsewhere", "").split("\n"))
    return tuple(Elsewhere(commit, one_line(where)) for commit, _, where in pairs if id_of(commit))
