"""Reads what squeue and sacct print: a record for every job, task, or range of waiting tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

QUEUE_FIELDS = (
    "JobArrayID", "JobID", "State", "Reason", "exit_code", "SubmitTime", "StartTime", "EndTime",
    "tres-alloc", "tres-per-job", "tres-per-node", "NumNodes", "Dependency", "UserName", "Name",
    "STDOUT", "STDERR", "WorkDir", "NodeList", "BatchHost", "RestartCnt",
)  # fmt: skip
PAST_FIELDS = ("JobID", "State", "ExitCode", "Submit", "Start", "End", "NodeList", "JobName")
UNLIMITED = timedelta(days=365)
"""After it, a job without a limit is said to end."""
# A name or a path may hold anything, but hardly these.
FIELD, RECORD = "\x1f", "\x1e"

# `7`, `11_3`, `11_[4-9,12-20:2%1]`, `7+1` (a part of a heterogeneous job)
_ID = re.compile(r"(?P<job>\d+)(?:_\[(?P<range>[^]]*)\]|_(?P<task>\d+)|\+(?P<part>\d+))?")
# A job's name may hold line ends.
_PAST = re.compile(rf"\n(?=\d+[^\n{FIELD}]*{FIELD})")
_RANGE = re.compile(r"(\d+)(?:-(\d+)(?::(\d+))?)?")
_MOST = 10_000
"""As many waiting tasks of one array are told apart."""
# `gres:gpu:2`, `gres/gpu:a100:2`
_GPUS = re.compile(r"\bgpu\b(?::[A-Za-z][^:,=]*)?[:=]?(\d+)?")
_PATTERN = re.compile(r"%(\d*)([%AJNajnstux])")
_NO_TASK = "4294967294"
"""What Slurm writes for the task of a job that is no array."""


@dataclass(frozen=True)
class Record:
    """A line of squeue or sacct, in Slurm's own words."""

    id: str
    state: str
    exit: int
    signal: int
    submitted: str
    end: str
    reason: str = ""
    start: str = ""
    resources: str = ""
    dependency: str = ""
    nodes: str = ""
    """Those that it has or had, as Slurm lists them: `node[1-3]`."""
    name: str = ""
    directory: str = ""
    attempt: int | None = None
    """How often it was started before."""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def job(self) -> str:
        """The job or array that this belongs to."""
        match = _ID.fullmatch(self.id)
        return match["job"] if match else ""

    @property
    def before(self) -> frozenset[str]:
        """The jobs that all have to end before it."""
        # `afterok:18(unfulfilled),afterany:19_*(unfulfilled)`; with `?`, one of them is enough.
        waits = "" if "?" in self.dependency else self.dependency
        return frozenset(re.findall(r":(\d+)", waits))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that this is about: several where they wait."""
        match = _ID.fullmatch(self.id)
        if not match or match["range"] is None:
            return (self.id,)
        tasks = [task for part in match["range"].split(",") for task in _expand(part)]
        return tuple(f"{match['job']}_{task}" for task in tasks[:_MOST]) or (self.id,)


def read_queue(text: str, names: Sequence[str] = QUEUE_FIELDS) -> Iterator[Record]:
    """Records of squeue, with those of QUEUE_FIELDS that it knows.

    Raises ValueError where there is something else.
    """
    unknown = dict.fromkeys(QUEUE_FIELDS, "")
    for line in text.split(f"{RECORD}\n"):
        if line.strip():
            fields = line.lstrip("\n").removesuffix(RECORD).split(FIELD)
            yield _queued(unknown | dict(zip(names, fields, strict=True)))


def read_past(text: str) -> Iterator[Record]:
    """Records of sacct's PAST_FIELDS; raises ValueError where there is something else."""
    for line in _PAST.split(text.strip("\n")) if text.strip() else ():
        fields = dict(zip(PAST_FIELDS, line.split(FIELD), strict=True))
        status, signal = map(int, fields["ExitCode"].split(":"))
        yield _sound(
            Record(
                fields["JobID"],
                fields["State"],
                status,
                signal,
                fields["Submit"],
                fields["End"],
                start=fields["Start"],
                nodes=_nodes(fields["NodeList"]),
                name=fields["JobName"],
            )
        )


def _queued(fields: Mapping[str, str]) -> Record:
    status = int(fields["exit_code"] or 0)
    signal = status & 0x7F
    return _sound(
        Record(
            fields["JobArrayID"],
            fields["State"],
            0 if signal else status >> 8,
            signal,
            fields["SubmitTime"],
            fields["EndTime"],
            fields["Reason"],
            fields["StartTime"],
            _resources(fields),
            fields["Dependency"],
            _nodes(fields["NodeList"]),
            fields["Name"],
            fields["WorkDir"] if fields["WorkDir"].startswith("/") else "",
            int(fields["RestartCnt"]) if fields["RestartCnt"].isdigit() else None,
            _files(fields),
        )
    )


def _resources(fields: Mapping[str, str]) -> str:
    """The resources it asks for in all, with the GPUs, which not every site counts."""
    asked = fields["tres-alloc"]
    if "gres/gpu=" in asked:
        return asked
    if match := _GPUS.search(fields["tres-per-job"]):
        return f"{asked},gres/gpu={match[1] or 1}"
    if match := _GPUS.search(fields["tres-per-node"]):
        return f"{asked},gres/gpu={int(match[1] or 1) * int(fields['NumNodes'])}"
    return asked


def _nodes(listed: str) -> str:
    return "" if listed in {"(null)", "None assigned", "n/a"} else listed


def _sound(record: Record) -> Record:
    if not record.job:
        raise ValueError(record.id)
    return record


def _expand(part: str) -> Iterator[int]:
    """`4`, `4-9` or `4-20:2`; what follows a `%` says how many may run at once."""
    match = _RANGE.fullmatch(part.partition("%")[0])
    if match:
        first, last, step = match.groups()
        yield from range(int(first), int(last or first) + 1, int(step or 1) or 1)[:_MOST]


def _files(fields: Mapping[str, str]) -> dict[str, str]:
    """Paths, as far as they are one task's: those of a range are patterns yet."""
    match = _ID.fullmatch(fields["JobArrayID"])
    # Of a heterogeneous job the first part alone runs the script.
    if not match or match["range"] is not None or int(match["part"] or 0):
        return {}
    words = {
        "%": "%",
        "A": match["job"],
        "J": fields["JobID"],
        "N": fields["BatchHost"].partition(".")[0],
        "a": match["task"] or _NO_TASK,
        "j": fields["JobID"],
        # The batch script runs on the first node, as its first task.
        "n": "0",
        "s": "batch",
        "t": "0",
        "u": fields["UserName"],
        "x": fields["Name"],
    }
    paths = {name: _path(fields[name.upper()], match, words) for name in ("stdout", "stderr")}
    if paths["stderr"] == paths["stdout"]:
        del paths["stderr"]
    return {name: path for name, path in paths.items() if path[:1] == "/" and path != "/dev/null"}


def _path(pattern: str, number: re.Match[str], words: Mapping[str, str]) -> str:
    default = f"/slurm-{words['j']}.out"
    if number["task"] and pattern.endswith(default):
        # squeue doesn't say that the file of a task is named otherwise.
        return f"{pattern.removesuffix(default)}/slurm-{number[0]}.out"
    return _PATTERN.sub(lambda match: words[match[2]].rjust(int(match[1] or 0), "0"), pattern)
