"""Asks a batch remote's server: one method a subcommand of the `gitbatch` program over there.

It is as long as that program has subcommands, and nothing but calls: how they are made is in
`calls`, and what comes back is read by `protocol` and its neighbours.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.server import protocol
from gitbatch_tui.core.server.calls import (
    APART,
    BOUNDED,
    CALL,
    JOB,
    LASTING,
    LONG,
    SIZE,
    TELL,
    Calls,
    decode,
    lines_of,
    sentence,
)
from gitbatch_tui.core.server.receipts import dashed, last_receipt, schedule
from gitbatch_tui.errors import GitBatchError, OnlyPublished, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gitbatch_tui.core.hosts.host import Answer, Host, Stream
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.server.files import ServerFiles
    from gitbatch_tui.core.server.submissions import SubmittedJobs
    from gitbatch_tui.core.server.verification_report import VerificationReport
    from gitbatch_tui.models import Badge, BatchRemote, Job, LiveRun, Receipt, Report

_AT_ONCE = 1000
"""As many numbers of runs as surely fit a command line."""
PATIENCE = 4
"""Seconds that a scheduler has for an answer, where somebody, or an order, waits for it."""
_ELSEWHERE = 3
"""The status that says: the job isn't on this host."""
_ASKED = 4
"""The status that says: somebody else was asked to."""


def server_of(hosts: Hosts, remote: BatchRemote) -> Server:
    """The server of a batch remote; nothing is asked yet.

    Raises `OnlyPublished` for what others have published: where that is is only their word.
    """
    if remote.published:
        raise OnlyPublished(
            f"{remote.name} only shows what was published on {remote.published}, so nothing can be "
            "asked or done there. To run something, name a batch remote of this clone; "
            "`gitbatch-tui setup NAME LOCATION` makes one."
        )
    return Server(hosts.at(Location.parse(remote.location)), remote.base)


class Claim(NamedTuple):
    """One submit, in whatever way it is tried: it has one run."""

    token: str
    commit: str


class Server:
    """The batch remote in folder `base` of a host."""

    def __init__(self, host: Host, base: str) -> None:
        self.host = host
        self.base = base
        self._calls = Calls(host, base)
        self.place = self._calls.place

    @cached_property
    def files(self) -> ServerFiles:
        """The files of its runs."""
        from gitbatch_tui.core.server.files import ServerFiles  # noqa: PLC0415  # lists need no files

        return ServerFiles(self._calls)

    def status(self, *runs: int) -> Report:
        """The runs that aren't settled; or those that are named, settled or not."""
        return protocol.read_report(self.host.name, self._calls.text("status", *map(str, runs)))

    def live(self, run: int) -> LiveRun:
        """One run as it is now, settled or not."""
        return protocol.live_of(self.status(run), run)

    @contextmanager
    def watch(self) -> Iterator[Reports]:
        """Follow `status`: a report at every change, and at least every 10 s."""
        with self._calls.stream(LASTING, "watch") as stream:
            yield Reports(self._calls, stream)

    def jobs(self, *runs: int) -> dict[int, SubmittedJobs]:
        """The jobs of these runs, as they were recorded and as their wrappers reported."""
        from gitbatch_tui.core.server.job_answers import read_jobs  # noqa: PLC0415  # few calls need it

        answer = self._calls.text("jobs", *map(str, runs[-_AT_ONCE:]))
        return read_jobs(self.host.name, answer)

    def tell(self, said: Mapping[int, Sequence[str]]) -> None:
        """Hand on what schedulers said of the jobs of runs, a line a job, and settle what is over.

        Lines are as `gitbatch tell` takes them.
        """
        lines = [line for run, told in said.items() for line in (f"run={run}", *told)]
        text = "\n".join([*lines, "end\n"]).encode("utf-8", "surrogateescape")
        self._calls.do(TELL, stdin=text, timeout=LONG)

    def mark_cancelled(self, *runs: int, undo: bool = False) -> None:
        """Note that the jobs of runs are to be stopped, before their scheduler stops them.

        Raises `Refused` if one is over; the others are marked all the same.
        """
        mark = "--unmark" if undo else "--mark"
        self._calls.do(CALL, "cancel", mark, *map(str, runs), timeout=120)

    def cancel(self, run: int) -> bool:
        """Stop a run's jobs; False where only its scheduler can. Raises `Refused` if it's over."""
        answer = self._calls.ask(CALL, "cancel", str(run), timeout=120)
        if answer.status == _ELSEWHERE:
            return False
        if answer.status:
            raise self._refused(answer)
        return True

    def ask_to_cancel(self, run: int) -> str:
        """Ask somebody else, as the owner of the batch remote, to stop their run's jobs.

        Says what was asked of them; nothing where that has come about already. Raises `Refused` if
        it's over.
        """
        answer = self._calls.ask(CALL, "cancel", str(run), timeout=120)
        said = one_line(decode(answer.stdout).strip())
        if answer.status == _ASKED:
            return said
        if answer.status:
            raise self._refused(answer)
        return ""

    def give_up_runs(self) -> tuple[str, ...]:
        """Ask the others, as the owner of a group's batch remote, for what only they can remove.

        A line for each of their runs, which ends with `asked=` and a name.
        """
        answer = self._calls.text("give-up-runs")
        return tuple(one_line(line) for line in answer.splitlines())

    def rerun(
        self,
        run: int,
        options: Sequence[str] = (),
        on_line: Callable[[str], None] | None = None,
        tasks: Sequence[int] = (),
        token: str | None = None,
    ) -> Receipt:
        """A new run of the same commit; raises `RunNotConfirmed` where no receipt came.

        schedule.sh hears of `tasks`, those of an array that are to run; without any, of none.
        Where the connection is cut, it is asked for again, and is one run all the same: by its
        token, which is made here unless there is one, empty for a server that knows of none.
        """
        only = ("--tasks", ",".join(map(str, tasks))) if tasks else ()
        token = self.new_token(run) if token is None else token
        claim = ("--token", token) if token else ()
        words = ["rerun", str(run), *only, *claim, *dashed(options)]
        try:
            return schedule(self._calls, words, on_line)
        except Unreachable:
            if not token:
                raise
        return schedule(self._calls, words, on_line)

    def new_token(self, *runs: int) -> str:
        """A token that makes one submit one run, also when repeated; empty for an older server."""
        return os.urandom(16).hex() if self.status(*runs).takes_tokens else ""

    def start(
        self,
        branch: str,
        options: Sequence[str] = (),
        on_line: Callable[[str], None] | None = None,
        claim: Claim | None = None,
    ) -> Receipt:
        """A run of a branch's tip, for a push that moved it and started none.

        With a claim, a run of its commit, and only where its token has none yet.
        """
        words = ("--commit", claim.commit, "--token", claim.token) if claim else ()
        return schedule(self._calls, ["start", branch, *words, *dashed(options)], on_line)

    def sweep(self, wanted: bytes) -> Iterator[str]:
        """Start the runs of a sweep; the lines of the answer, as they come.

        What is wanted, and the answer, are as `gitbatch sweep` has them.
        """
        with self._calls.stream(APART, "sweep", stdin=wanted) as stream:
            yield from lines_of(stream)
        self._calls.check(stream)

    def submitted(self, token: str) -> Receipt | None:
        """The receipt of the run that a submit has by now; None where it has none."""
        answer = self._calls.ask(CALL, "submitted", token)
        return last_receipt(decode(answer.stdout).split("\n"))

    def ask_scheduler(
        self,
        script: str,
        *args: str,
        context: Sequence[str] = (),
        patience: int = PATIENCE,
        timeout: float = 60,
    ) -> Answer:
        """The answer to a script of an adapter, run as schedule.sh is: after BASE/profile.

        `context` is what schedule.sh had set by then: `NAME=VALUE`, names as `context_of` has
        checked them. Two bounds: over there, its commands have `patience` seconds in all, after
        which it goes on without them, and answers. Here, the answer has `timeout` seconds to come,
        after which all of it is given up: raises `TimedOut`.
        """
        words = (str(patience), *context, "--", *args)
        return self._calls.ask(BOUNDED + script, *words, timeout=timeout)

    def settle(self, run: int, state: str = "", exit_status: str = "", reason: str = "") -> str:
        """Bring a run that ended to its final state, or to the one that is given."""
        words = (state, exit_status, reason) if state else ()
        answer = self._calls.ask(CALL, "settle", str(run), *words, timeout=LONG)
        if answer.status:
            raise self._refused(answer)
        return one_line(decode(answer.stdout).strip())

    def verify(self, run: int) -> VerificationReport:
        """Collect the evidence for and against a run being what it claims to be."""
        from gitbatch_tui.core.server import verification_report  # noqa: PLC0415  # few calls need it

        answer = self._calls.text("verify", str(run), timeout=LONG)
        return verification_report.read_verification_report(self.host.name, answer)

    def attest(self, run: int, badge: Badge, facts: Sequence[tuple[str, str]] = ()) -> None:
        """Record the verdict of verifying or reproducing a run; facts are keys and values."""
        words = [word for fact in facts for word in fact]
        self._calls.call("attest", str(run), str(badge), *words)

    def remark(self, run: int, facts: Sequence[tuple[str, str]]) -> None:
        """Record a note (`Note`) or tags (`Tag`, `Untag`) of a run."""
        kind = "note" if facts[0][0] == "Note" else "tag"
        words = [word for fact in facts for word in fact]
        self._calls.call("attest", str(run), kind, *words)

    def note_usage(self, used: Mapping[int, str]) -> None:
        """Record what the accounting of schedulers has of runs, in the words of records."""
        text = "".join(f"{run} {words}\n" for run, words in used.items())
        self._calls.do(CALL, "used", stdin=text.encode(), timeout=LONG)

    def prune(self, *, dry_run: bool, ignored: bool = False) -> protocol.Pruned:
        """Remove run trees whose results are proven to be in the repository.

        `ignored`: also those with files that .gitignore kept out, which are nowhere else.
        """
        flags = (*(("--dry-run",) if dry_run else ()), *(("--ignored",) if ignored else ()))
        return protocol.read_pruned(self.host.name, self._calls.text("prune", *flags, timeout=LONG))

    def check(self, *, repair: bool = False) -> protocol.Checked:
        """Check the server's invariants; `repair` mends what it can."""
        flags = ("--repair",) if repair else ()
        answer = self._calls.ask(CALL, "check", *flags, timeout=LONG)
        return protocol.read_checked(self.host.name, decode(answer.stdout))

    def job(self, run: int, job: Job) -> None:
        """Note which job of which scheduler is this run's."""
        self._calls.do(JOB, str(run), job.scheduler, job.id)

    def size(self) -> int:
        """Bytes of everything in the batch remote."""
        answer = self._calls.ask(SIZE, timeout=LONG)
        # du complains of what vanishes meanwhile, and says the sum all the same.
        return (protocol.number_of(decode(answer.stdout).partition("\t")[0]) or 0) * 1024

    def failure_of(self, stream: Stream) -> GitBatchError | None:
        """The error that ended a stream; None where it ended well, or we closed it."""
        return self._calls.failure(stream.status, stream.stderr) if stream.status else None

    def _refused(self, answer: Answer) -> GitBatchError:
        """The error for an answer whose reason, if it says one, is on its stdout."""
        said = one_line(decode(answer.stdout).strip())
        return Refused(sentence(said)) if said else self._calls.failed(answer)


class Reports:
    """A watch: iterating gives reports; raises `Unreachable` when the connection is lost."""

    def __init__(self, calls: Calls, stream: Stream) -> None:
        self._calls = calls
        self._stream = stream

    def __iter__(self) -> Iterator[Report]:
        yield from protocol.read_reports(lines_of(self._stream))
        self._calls.check(self._stream)

    def close(self) -> None:
        """Stop watching, from any thread; iterating then ends."""
        self._stream.close()
