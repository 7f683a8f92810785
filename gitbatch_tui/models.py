"""The facts that everything else works with: frozen, and without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

DOCTORS_BRANCH = "gitbatch-doctor-"
"""How the branches of the doctor's own runs begin."""
SWEEP = "sweep:"
"""How the names of sweeps begin: `sweep:42`."""
RunKey = tuple[str, int]
"""The remote and the number of a run, which tell it from all others."""


class State(StrEnum):
    """The state of a run, or of a job."""

    SUBMITTED = "submitted"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """True if the run is over; `unknown` never is."""
        return self in _FINAL

    @property
    def undone(self) -> bool:
        """True if the run is over without what it was to do, and may be run again for that."""
        return self.final and self is not State.SUCCEEDED

    @property
    def words(self) -> str:
        """The word that people read; programs get the value."""
        return "interrupted" if self is State.LOST else self.value

    @property
    def phrase(self) -> str:
        """The state as a sentence about the run goes on: `is running`, `has failed`."""
        verb = {State.SUCCEEDED: "has", State.FAILED: "has", State.LOST: "was"}.get(self, "is")
        return f"{verb} {self.words}"


_FINAL = frozenset(
    {State.SUCCEEDED, State.FAILED, State.CANCELLED, State.LOST, State.REJECTED},
)


class Results(StrEnum):
    """The place of a run's results, as seen from a clone."""

    NONE = "none"
    WAITING = "waiting"
    """On the server, and in no branch of the clone."""
    PULLED = "pulled"
    UNDELIVERED = "undelivered"
    """Still in the run tree; `Run.undelivered` says why."""
    ELSEWHERE = "elsewhere"
    """Nothing on its branch, but in other commits (`Run.elsewhere`), or large files."""
    ON_THEIR_WAY = "on their way"
    """The jobs have ended, and what they left is still being brought home: nothing is known yet."""
    UNLOCATED = "not known yet"
    """On the server; whether they are in a branch of the clone, too, wasn't looked up yet."""

    @property
    def words(self) -> str:
        """The word that people read; programs get the value."""
        return "not pulled" if self is Results.WAITING else self.value


class Badge(StrEnum):
    """The outcome of looking into a run later."""

    VERIFIED = "verified"
    """It is what it claims to be."""
    UNVERIFIED = "unverified"
    """It was verified once, and isn't what it was."""
    REPRODUCED = "reproduced"
    """It came out the same again."""
    DIFFERS = "differs"

    @property
    def is_of_reproduction(self) -> bool:
        return self in {Badge.REPRODUCED, Badge.DIFFERS}


@dataclass(frozen=True)
class Finding:
    """One such look into a run, from its history."""

    badge: Badge
    result: str
    """The results that it was about; empty where there were none."""
    time: datetime | None
    by: str = ""
    """The run that came of running it again: `43`, or `7 of host:base` on another batch remote."""
    tolerance: str = ""
    """Relative to the numbers that were compared; empty where they had to be equal."""
    differs: tuple[str, ...] = ()
    """The paths that did; the last one may say how many more there are."""
    volatile: tuple[str, ...] = ()
    """The paths that differ, and may."""
    signature: str = ""
    """As the record has it, unchecked; empty where nobody has signed it."""


@dataclass(frozen=True)
class BatchRemote:
    """A git remote whose repository has the hook installed."""

    name: str
    location: str
    """What `Location.parse` reads; its path is `base`."""
    base: str
    """The folder on the server; may begin with `~/`, which only the server can expand."""
    repo_url: str
    """What git fetches from and pushes to."""
    published: str = ""
    """The git remote where its runs were published, which is all that is known of it here."""


@dataclass(frozen=True)
class Job:
    """The id of a job, and its scheduler."""

    scheduler: str
    """Empty where nobody said which one."""
    id: str
    """As the scheduler writes it; empty where it is known only that there is a job."""

    @classmethod
    def parse(cls, text: str) -> Job | None:
        """Read `slurm 4711`; None for an empty text."""
        scheduler, _, number = text.strip().partition(" ")
        return cls(scheduler, number.strip()) if scheduler else None

    def __str__(self) -> str:
        return f"{self.scheduler} {self.id}".strip()


@dataclass(frozen=True)
class Link:
    """A symbolic link that led out of a run tree when the run began."""

    path: str
    """In the run tree."""
    target: str
    """Where it led in the end; absolute."""
    state: str = ""
    """`ok`, `missing`, `unreadable`, or `writable`: it could be changed while the job ran."""
    hash: str = ""
    """Of the frozen data that it leads to; empty where it isn't frozen."""

    @classmethod
    def parse(cls, text: str) -> Link:
        """Read what a record says: path, target, state and hash, with tabs."""
        path, target, state, hash_value, *_ = (*text.split("\t"), "", "", "")
        return cls(path, target, state, hash_value)

    def __str__(self) -> str:
        trouble = "" if self.state == "ok" else f" ({self.state})"
        return f"{self.path} -> {self.target}{trouble}"


@dataclass(frozen=True)
class Elsewhere:
    """A commit of a job that isn't part of its result."""

    commit: str
    where: str
    """The branch or the ref that showed it in the run tree; or `no branch`."""

    def __str__(self) -> str:
        return f"{self.commit[:12]} ({self.where})"


@dataclass(frozen=True)
class Task:
    """One of several jobs of a run, or one of an array."""

    job: Job
    """With the id that the scheduler gives the task: `slurm 11_3`."""
    state: State
    reason: str = ""
    exit: int | None = None
    signal: str = ""
    """What ended it, where it didn't exit by itself."""
    started: datetime | None = None
    finished: datetime | None = None
    host: str = ""
    log: str = ""
    """What it printed, as `log --file` takes it; empty where nobody has kept that."""
    name: str = ""
    """As its owner named it."""


@dataclass(frozen=True)
class Usage:
    """The use that jobs made of a machine, and what they asked for; None is unknown."""

    cpu: float | None = None
    """Seconds of CPU time, of all jobs together."""
    wall: float | None = None
    """Seconds from the beginning to the end of the longest job."""
    memory: int | None = None
    """Bytes at the highest peak of a job."""
    gpu: float | None = None
    """How busy the GPUs were on average, in percent."""
    cores: int | None = None
    """Processor cores that were asked for: the most of a job, like all that follows."""
    memory_asked: int | None = None
    """Bytes."""
    limit: int | None = None
    """Seconds that it was allowed to take."""
    gpus: int | None = None
    reserved: float | None = None
    """The cores of each job times the seconds for which it had them, of all together."""


@dataclass(frozen=True, slots=True)
class Run:
    """The effect of one pushed commit of one branch."""

    remote: str
    number: int
    state: State
    branch: str
    commit: str
    """The full id of the input."""
    tree: str = ""
    """Empty until the record has been fetched, like the four below."""
    subject: str = ""
    submitter: str = ""
    origin: str = ""
    """`push`, or `rerun 41`."""
    options: tuple[str, ...] = ()
    """`name=value`, as they were given."""
    submitted: datetime | None = None
    """All times are UTC by the server's clock; None where the run didn't get there."""
    started: datetime | None = None
    finished: datetime | None = None
    settled: datetime | None = None
    exit: int | None = None
    reason: str = ""
    """Why it is in its state; may be empty."""
    job: Job | None = None
    host: str = ""
    """Where the job ran; empty until it began."""
    result: str = ""
    """The full id of the commit with the results; empty where there are none."""
    place: str = ""
    """The branch on the server that shows the results; empty where they are only kept."""
    results: Results = Results.NONE
    undelivered: str = ""
    """Why the results could not leave the run tree; empty unless `results` says so."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What the job committed beside its result; it is kept on the server."""
    ignored: str = ""
    """Outputs that .gitignore kept out of the results: a few names."""
    large: int = 0
    """How many large files it left, which are in no commit."""
    ignored_files: int = 0
    """How many files these are."""
    ignored_bytes: int = 0
    warning: str = ""
    links: tuple[Link, ...] = ()
    """Those that led out of the run tree; known once it is settled."""
    tasks: tuple[Task, ...] = ()
    """Where there are several: while it goes on, and of one run that is looked at."""
    held: bool = False
    """Its jobs wait until somebody releases them."""
    stuck: str = ""
    """Why it can never go on: what is left of it can't begin. Empty where it can."""
    findings: tuple[Finding, ...] = ()
    """The verdicts of verifying and reproducing these very results, the newest first."""
    as_of: datetime | None = None
    """None: the server was asked just now. Else what was known then, by this machine's clock."""
    sweep: int = 0
    """The number of the sweep that it is of, which is that of the sweep's first run; 0: of none."""
    note: str = ""
    """What somebody has noted about it last."""
    tags: tuple[str, ...] = ()
    """The words it was tagged with, in alphabetical order."""
    used: Usage | None = None
    """What its jobs used; None before the end, and where it isn't known."""
    accounted: bool = False
    """Whether its scheduler's accounting has been asked for that."""
    deadline: datetime | None = None
    """When its scheduler is going to stop it, while it runs; None where nobody says."""

    @property
    def name(self) -> str:
        return f"{self.remote}#{self.number}"

    @property
    def key(self) -> RunKey:
        return self.remote, self.number

    @property
    def end(self) -> datetime | None:
        """When its jobs had ended or, where nobody noted that, when it was settled."""
        return self.finished or self.settled

    def lasted(self, now: datetime | None = None) -> timedelta | None:
        """How long its jobs took, or have been running by `now`; None where that isn't known."""
        end = self.end if self.state.final else now
        return end - self.started if end and self.started else None

    @property
    def badge(self) -> Badge | None:
        """The newest word on whether it can be reproduced; without any, on whether it is sound."""
        if not self.findings:
            return None
        return min((f.badge for f in self.findings), key=lambda b: not b.is_of_reproduction)


@dataclass(frozen=True)
class LiveRun:
    """A server's report on one run, right now."""

    number: int
    state: State
    ended: str
    """`no`, `yes` (it is about to be settled) or `settled`."""
    branch: str
    commit: str
    since: datetime | None
    """When it entered what it is in."""
    exit: int | None
    job: Job | None
    result: str
    reason: str
    tasks: tuple[Task, ...] = ()
    """Where there are several, and their scheduler was asked."""
    started: datetime | None = None
    """When its first job began, where that is known."""
    held: bool = False
    """Its jobs wait until somebody releases them."""
    stuck: str = ""
    """Why it can never go on; empty where it can."""
    jobless: bool = False
    """Nothing is left that could tell of it: schedule.sh ended, and no job of it is known."""
    own: bool = True
    """Whether it is ours to change; in a group, others' runs aren't."""
    cancelling: bool = False
    """Its jobs are on another machine, and were to be stopped."""
    as_of: datetime | None = None
    """When this was so, where its schedulers can't be asked any more."""
    deadline: datetime | None = None
    """When its scheduler is going to stop it; None where nobody says."""

    @property
    def is_over(self) -> bool:
        """True if its jobs have ended, though what they left may still have to be brought home."""
        return self.ended != "no"

    @property
    def is_home(self) -> bool:
        """True if what the run left is where it will stay, so that it can be spoken of."""
        return self.ended == "settled"


@dataclass(frozen=True)
class Report:
    """A server's answer to `status`."""

    now: datetime
    """The server's clock."""
    version: str
    log_tip: str
    """The newest record; a clone that has it needs to fetch nothing."""
    runs: tuple[LiveRun, ...]
    takes_tokens: bool = False
    """Whether the server knows a submit by its token, however often it is tried."""
    takes_sweeps: bool = False
    """Whether the server starts many runs at once."""


@dataclass(frozen=True)
class Receipt:
    """The hook's confirmation of a run: nothing else proves that there is one."""

    run: int
    commit: str
    state: State
    """`submitted` or `rejected`."""
    branch: str
