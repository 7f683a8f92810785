"""A clone whose every byte is always the same, with servers that always say the same."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.slurm_records import FIELD, QUEUE_FIELDS, RECORD
from tests.support.templates import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
_SERVER = """#!/bin/sh
# Says what is known, and goes on listening as the real one does.
printf 'gitbatch\\tnow={now}\\tversion=0.1.0\\tlog={tip}\\n'
cat <<'END'
{lines}end
END
test "$1" != watch || cat >/dev/null
"""
# Slurm agrees with the server, whether there is a Slurm here or not.
_JOB = {"JobArrayID": "4711", "JobID": "4711", "State": "RUNNING", "exit_code": "0",
        "SubmitTime": "2026-03-14T15:07:26", "StartTime": "2026-03-14T15:07:28"}  # fmt: skip
_SQUEUE = f"""#!/bin/sh
cat <<'END'
{FIELD.join(_JOB.get(field, "N/A") for field in QUEUE_FIELDS)}{RECORD}
END
"""
UNREACHABLE = """#!/bin/sh
echo "ssh: Could not resolve hostname gpu1: Name or service not known" >&2
exit 255
"""


def before(**ago: float) -> datetime:
    return NOW - timedelta(**ago)


@dataclass
class Told:
    """A run as its records, and its server, tell it."""

    number: int
    state: str
    branch: str = "master"
    subject: str = "Sum up the losses of a batch"
    submitted: datetime = NOW
    took: int | None = None
    exit: str = ""
    reason: str = ""
    job: str = ""
    result: str = ""
    commit: str = ""
    results: str = ""
    options: Sequence[str] = ()
    sweep: int = 0

    def __post_init__(self) -> None:
        self.commit = self.commit or hashlib.sha1(self.subject.encode()).hexdigest()  # noqa: S324  # as git does

    @property
    def over(self) -> bool:
        return self.state not in {"running", "queued", "submitted"}

    @property
    def started(self) -> datetime:
        return self.submitted + timedelta(seconds=2)

    def records(self) -> list[str]:
        first = {"Run": self.number, "State": "submitted", "Branch": self.branch,
                 "Commit": self.commit, "Subject": self.subject, "Submitter": "ada",
                 "Origin": "push", "Sweep": self.sweep or "",
                 "Time": _iso(self.submitted)}  # fmt: skip
        given = "".join(f"\nOption: {option}" for option in self.options)
        if not self.over:
            return [_message(f"run {self.number} submitted", first) + given]
        finished = self.started + timedelta(seconds=self.took or 0)
        last = {"Run": self.number, "State": self.state, "Branch": self.branch,
                "Commit": self.commit, "Exit": self.exit, "Reason": self.reason, "Job": self.job,
                "Result": self.result, "Results": self.results, "Time": _iso(finished)}  # fmt: skip
        if self.took is not None:
            last |= {"Started": _iso(self.started), "Finished": _iso(finished)}
        return [
            _message(f"run {self.number} submitted", first) + given,
            _message(f"run {self.number} {self.state}", last),
        ]

    def line(self) -> str:
        since = self.started if self.state == "running" else self.submitted
        fields = {"run": self.number, "state": self.state, "ended": "no", "branch": self.branch,
                  "commit": self.commit, "since": _iso(since), "exit": "", "job": self.job,
                  "result": "", "reason": self.reason}  # fmt: skip
        return "\t".join(f"{key}={value}" for key, value in fields.items()) + "\n"


@dataclass
class Gallery:
    """The clone, and a folder a batch remote."""

    root: Path
    clone: Path = field(init=False)
    _marks: int = 0

    def __post_init__(self) -> None:
        self.clone = self.root / "clone"
        if not self.clone.exists():
            self.clone.mkdir(parents=True)
            self.git("init", "-q", "-b", "master")

    def git(self, *args: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.clone, input=stdin, text=True, check=True, capture_output=True
        )
        return done.stdout.strip()

    def commits(self, ref: str, messages: Sequence[str], parent: str = "") -> str:
        """Make commits on a ref, each on the one before; the last one's id."""
        stream = []
        for index, message in enumerate(messages):
            when = int(NOW.timestamp()) - 86400 + index
            stream.append(f"commit {ref}\ncommitter Ada <ada@example.org> {when} +0000\n")
            stream.append(f"data {len(message.encode())}\n{message}\n")
            if parent and not index:
                stream.append(f"from {parent}\n")
        self.git("fast-import", "--quiet", "--force", stdin="".join(stream))
        return self.git("rev-parse", ref)

    def remote(
        self, name: str, told: Sequence[Told], logs: Mapping[int, str] | None = None
    ) -> Path:
        """A batch remote on this machine."""
        base = self.root / name
        tip = ""
        if told:
            oldest_first = sorted(told, key=lambda run: run.number)
            records = [record for run in oldest_first for record in run.records()]
            tip = self.commits(f"refs/gitbatch/{name}/log", records)
        self._add(name, str(base / "repo.git"), str(base))
        helper = base / "repo.git/gitbatch/gitbatch"
        helper.parent.mkdir(parents=True)
        lines = "".join(run.line() for run in told if not run.over)
        helper.write_text(_SERVER.format(now=int(NOW.timestamp()), tip=tip, lines=lines))
        helper.chmod(0o755)
        (base / "squeue").write_text(_SQUEUE)
        (base / "squeue").chmod(0o755)
        (base / "profile").write_text(f"PATH='{base}':$PATH\n")
        for number, log in (logs or {}).items():
            run = base / "runs" / str(number)
            run.mkdir(parents=True)
            (run / "log").write_text(log)
        return base

    def unreachable(self, name: str, ssh: Path) -> None:
        """A batch remote on a host that isn't there; `ssh` becomes the program that says so."""
        ssh.write_text(UNREACHABLE)
        ssh.chmod(0o755)
        self._add(name, f"{name}:/data/repo.git", "/data")

    def _add(self, name: str, url: str, base: str) -> None:
        self.git("config", f"remote.{name}.url", url)
        self.git("config", f"remote.{name}.fetch", f"+refs/heads/*:refs/remotes/{name}/*")
        self.git("config", f"remote.{name}.gitbatch", base)


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def _message(subject: str, fields: Mapping[str, object]) -> str:
    lines = [f"{key}: {value}" for key, value in fields.items() if value != ""]
    return "\n".join([subject, "", *lines])


def _made_once(make: Callable[[Path], Gallery]) -> Callable[[Path], Gallery]:
    """Let git make a gallery once in a process of tests, and copy it wherever a test wants it."""
    template = cache(lambda: Template.made_by(make))

    @wraps(make)
    def copied(root: Path) -> Gallery:
        template().copy(root)
        return Gallery(root)

    return copied


@_made_once
def furnished(root: Path) -> Gallery:
    """What most pictures show: three remotes, four branches, runs in every state."""
    gallery = Gallery(root)
    first = gallery.commits("refs/heads/master", ["Begin", "Sum up the losses of a batch"])
    for name, messages in _BRANCHES.items():
        gallery.commits(f"refs/heads/{name}", messages, first)
    rate = gallery.git("rev-parse", "exp/learning-rate")
    gallery.git("update-ref", "refs/remotes/batch/master", first)
    gallery.git("update-ref", "refs/remotes/batch/exp/learning-rate", f"{rate}~1")
    gallery.git("update-ref", "refs/remotes/batch/paper", gallery.git("rev-parse", "paper~1"))
    gallery.remote("batch", _told(first), {42: _LOG})
    gallery.remote("sdil", _TOLD_BY_SDIL)
    gallery.unreachable("gpu1", root / "ssh")
    return gallery


_BRANCHES = {
    "exp/learning-rate": ["Try a smaller learning rate", "Print every epoch"],
    "exp/dropout": ["Drop half of the units"],
    "paper": ["Figures of the paper", "Larger labels", "Fonts that can be embedded"],
}
_LOG = "".join(
    f"epoch {n:2}/20  loss {1.8 / n:.4f}  accuracy {1 - 0.5 / n:.3f}\n" for n in range(1, 8)
)


def _told(tip: str) -> list[Told]:
    result = "c" * 40
    return [
        Told(42, "running", "exp/learning-rate", "Try a smaller learning rate", before(seconds=120),
             job="slurm 4711"),
        Told(41, "queued", "paper", "Larger labels", before(minutes=14), reason="Priority",
             job="slurm 4709"),
        Told(40, "succeeded", "master", "Sum up the losses of a batch", before(hours=1), 12,
             exit="0", job="slurm 4702", result=result, commit=tip),
        Told(39, "failed", "exp/dropout", "Drop half of the units", before(hours=3), 4, exit="1",
             job="slurm 4699", reason="exit 1"),
        Told(38, "failed", "exp/dropout", "Drop all of the units", before(hours=4), 7260,
             exit="137", job="slurm 4698", reason="out of memory"),
        Told(37, "cancelled", "exp/dropout", "Drop a third of the units", before(hours=30), 61,
             job="slurm 4510"),
        Told(36, "lost", "paper", "Figures of the paper", before(days=3), job="slurm 4388",
             reason="the scheduler doesn't know it"),
        Told(35, "rejected", "paper", "Figures without schedule.sh", before(days=4),
             reason="schedule.sh is missing"),
        Told(34, "succeeded", "master", "Begin", before(days=20), 100000, exit="0",
             job="slurm 12", results="undelivered: no space is left on the disk"),
    ]  # fmt: skip


_TOLD_BY_SDIL = [
    Told(7, "queued", "exp/dropout", "Drop half of the units", before(minutes=2),
         reason="held by user", job="htcondor 118.0"),
    Told(6, "succeeded", "master", "Sum up the losses of a batch", before(hours=2), 3725,
         exit="0", job="htcondor 117.0", result="d" * 40),
]  # fmt: skip


@_made_once
def swept(root: Path) -> Gallery:
    """A batch remote with a sweep of twelve runs, in four states, and a few runs besides."""
    gallery = Gallery(root)
    tip = gallery.commits("refs/heads/master", ["Begin", "Train on all of the images"])
    gallery.git("update-ref", "refs/remotes/batch/master", tip)
    gallery.remote("batch", [*_sweep(tip), *_beside_the_sweep(tip)], {63: _LOG})
    return gallery


_RATES = ("0.01", "0.03", "0.1", "0.3")
_STATES_OF_A_SWEEP = (
    "failed",
    *("succeeded",) * 4,
    "cancelled",
    *("running",) * 3,
    *("queued",) * 3,
)


def _sweep(tip: str) -> list[Told]:
    rows = [(f"lr={rate}", f"seed={seed}", "data=cifar") for rate in _RATES for seed in (1, 2, 3)]
    pairs = zip(_STATES_OF_A_SWEEP, rows, strict=True)
    return [
        Told(number, state, "master", "Train on all of the images", before(minutes=20), 300,
             exit={"failed": "137", "succeeded": "0"}.get(state, ""), job=f"slurm {4700 + number}",
             reason={"failed": "out of memory", "queued": "Priority"}.get(state, ""),
             result="c" * 40 if state == "succeeded" else "", commit=tip, options=options, sweep=60)
        for number, (state, options) in enumerate(pairs, 60)
    ]  # fmt: skip


def _beside_the_sweep(tip: str) -> list[Told]:
    return [
        Told(72, "queued", "master", "Train on all of the images", before(minutes=3),
             reason="Resources; expected to begin at 2026-03-14 18:30 UTC", job="slurm 4800",
             commit=tip, options=("lr=1", "data=cifar")),
        Told(59, "succeeded", "master", "Begin", before(hours=30), 12, exit="0", job="slurm 4650",
             result="d" * 40, options=("lr=0.1", "data=mnist")),
    ]  # fmt: skip
