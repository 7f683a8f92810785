"""Asks a batch remote's server: one method a subcommand of the `gitbatch` program over there."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gitbatch_tui.core import bounds
from gitbatch_tui.core.machines.location import Location
from gitbatch_tui.core.proof.testimony import read_testimony
from gitbatch_tui.core.remote import report
from gitbatch_tui.core.remote.calls import (
    APART,
    BOUNDED,
    CALL,
    CHECKSUM,
    JOB,
    LASTING,
    NOTE_PAGES,
    SIZE,
    SUBMISSIONS,
    Calls,
    decode,
    lines_of,
    sentence,
)
from gitbatch_tui.core.text import clean, one_line
from gitbatch_tui.errors import GitBatchError, Refused, RunNotConfirmed
from gitbatch_tui.models import last_receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.machines.host import Answer, Host, Stream
    from gitbatch_tui.core.machines.hosts import Hosts
    from gitbatch_tui.core.proof.testimony import Testimony
    from gitbatch_tui.models import Badge, BatchRemote, Job, Receipt, Report

_LONG = 3600
"""Seconds for what goes through whole files or folders."""
_SCHEDULE = 400
"""Seconds that a run may take to be scheduled; schedule.sh's own limit is 300."""
_AT_ONCE = 1000
"""As many numbers of runs as surely fit a command line."""
PATIENCE = 4
"""Seconds that a scheduler has for an answer, where somebody waits for it."""
_ELSEWHERE = 3
"""The status that says: the job isn't on this host."""


def server_of(hosts: Hosts, remote: BatchRemote) -> Server:
    """The server of a batch remote; nothing is asked yet."""
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

    def status(self, *runs: int) -> Report:
        """The runs that aren't settled; or those that are named, settled or not."""
        return report.read_report(self.host.name, self._calls.tell("status", *map(str, runs)))

    @contextmanager
    def watch(self) -> Iterator[Reports]:
        """What `status` says, again and again: at every change, and at least every 10 s."""
        with self._calls.stream(LASTING, "watch") as stream:
            yield Reports(self._calls, stream)

    def log(self, run: int, file: str = "log", offset: int = 0, size: int | None = None) -> bytes:
        """Bytes of a file of a run: `log`, `schedule`, or `tree:PATH`."""
        limit = () if size is None else ("--bytes", str(size))
        place = ("--file", file, "--offset", str(offset))
        return self._calls.call("log", str(run), *place, *limit)

    def read_log(
        self, run: int, file: str = "log", offset: int = 0, *, follow: bool = False
    ) -> AbstractContextManager[Stream]:
        """The same as a stream; with `follow`, until the run is settled."""
        place = (str(run), "--file", file, "--offset", str(offset))
        if follow:
            return self._calls.stream(LASTING, "log", *place, "--follow")
        return self._calls.stream(CALL, "log", *place)

    def log_stat(self, run: int, file: str = "log") -> report.LogStat:
        """Size and identity of a file of a run."""
        return report.read_stat(self._calls.tell("log", str(run), "--file", file, "--stat"))

    def checksum(self, run: int, file: str) -> str:
        """What `cksum` says of a file of a run."""
        return decode(self._calls.ask(CHECKSUM, str(run), file, timeout=_LONG).stdout).strip()

    def find(
        self,
        run: int,
        text: str,
        *,
        after: int = 0,
        before: int | None = None,
        file: str = "log",
    ) -> int | None:
        """The offset of the next occurrence `after`, or of the last one `before`, if any."""
        bound = ("--after", str(after)) if before is None else ("--before", str(before))
        args = ("log", str(run), "--file", file, "--find", text, *bound)
        answer = self._calls.ask(CALL, *args, timeout=_LONG)
        if answer.status and answer.stderr.strip():
            raise self._failed(answer)
        return report.number_of(decode(answer.stdout).strip())

    def files(self, run: int, path: str = "") -> tuple[tuple[int, str], ...]:
        """Size and path of a run tree's files at or below `path`; -1 where a name has line ends."""
        lines = self._calls.tell("files", str(run), path, timeout=_LONG).split("\n")
        return tuple(report.read_file(line) for line in lines if line)

    def submissions(self, runs: Sequence[int]) -> dict[int, report.Submission]:
        """What is known of the jobs of many runs."""
        token = secrets.token_hex(8)
        answer = self._calls.ask(SUBMISSIONS, token, *map(str, runs[-_AT_ONCE:]))
        return report.read_submissions(token, decode(answer.stdout))

    def pages(self, run: int) -> tuple[report.Page, ...]:
        """The files of a run that people may want to read."""
        return report.read_pages(self._calls.tell("pages", str(run)))

    def note_pages(self, run: int, pages: Mapping[str, str]) -> None:
        """Remember such files, by name; a path is the server's."""
        words = [word for page in pages.items() for word in page]
        self._calls.ask(NOTE_PAGES, str(run), *words)

    def mark_cancelled(self, run: int, *, undo: bool = False) -> None:
        """Note that a run's jobs are to be stopped, before their scheduler stops them.

        Raises `Refused` if it's over.
        """
        answer = self._calls.ask(CALL, "cancel", "--unmark" if undo else "--mark", str(run))
        if answer.status:
            raise self._failed(answer)

    def cancel(self, run: int) -> bool:
        """Stop a run's jobs; False where only its scheduler can. Raises `Refused` if it's over."""
        answer = self._calls.ask(CALL, "cancel", str(run), timeout=120)
        if answer.status == _ELSEWHERE:
            return False
        if answer.status:
            said = one_line(decode(answer.stdout).strip())
            raise Refused(sentence(said)) if said else self._failed(answer)
        return True

    def rerun(
        self, run: int, options: Sequence[str] = (), on_line: Callable[[str], None] | None = None
    ) -> Receipt:
        """A new run of the same commit; raises `RunNotConfirmed` where no receipt came."""
        return self._schedule(["rerun", str(run), *_dashed(options)], on_line)

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
        return self._schedule(["start", branch, *words, *_dashed(options)], on_line)

    def submitted(self, token: str) -> Receipt | None:
        """The receipt of the run that a submit has by now; None where it has none."""
        answer = self._calls.ask(CALL, "submitted", token)
        return last_receipt(decode(answer.stdout).split("\n"))

    def ask_scheduler(self, script: str, *args: str, patience: int = PATIENCE) -> Answer:
        """The answer to a script of an adapter, run as schedule.sh is: after BASE/profile.

        The commands in it that are bounded have `patience` seconds in all.
        """
        return self._calls.ask(BOUNDED + script, str(patience), *args)

    def settle(self, run: int, state: str = "", exit_status: str = "", reason: str = "") -> str:
        """Bring a run that ended to its final state, or to the one that is given."""
        words = (state, exit_status, reason) if state else ()
        answer = self._calls.ask(CALL, "settle", str(run), *words, timeout=_LONG)
        if answer.status:
            said = one_line(decode(answer.stdout).strip())
            raise Refused(sentence(said)) if said else self._failed(answer)
        return one_line(decode(answer.stdout).strip())

    def verify(self, run: int) -> Testimony:
        """What speaks for a run being what it claims to be, and against it."""
        answer = self._calls.tell("verify", str(run), timeout=_LONG)
        return read_testimony(self.host.name, answer)

    def attest(self, run: int, badge: Badge, facts: Sequence[tuple[str, str]] = ()) -> None:
        """Record what verifying or reproducing a run came to; facts are keys and values."""
        words = [word for fact in facts for word in fact]
        self._calls.call("attest", str(run), str(badge), *words)

    def prune(self, *, dry_run: bool, ignored: bool = False) -> report.Pruned:
        """Remove run trees whose results are proven to be in the repository.

        `ignored`: also those with files that .gitignore kept out, which are nowhere else.
        """
        flags = (*(("--dry-run",) if dry_run else ()), *(("--ignored",) if ignored else ()))
        return report.read_pruned(self.host.name, self._calls.tell("prune", *flags, timeout=_LONG))

    def check(self, *, repair: bool = False) -> report.Checked:
        """Whether the invariants hold; `repair` mends what it can."""
        flags = ("--repair",) if repair else ()
        answer = self._calls.ask(CALL, "check", *flags, timeout=_LONG)
        return report.read_checked(self.host.name, decode(answer.stdout))

    def job(self, run: int, job: Job) -> None:
        """Note which job of which scheduler is this run's."""
        answer = self._calls.ask(JOB, str(run), job.scheduler, job.id)
        if answer.status:
            raise self._failed(answer)

    def size(self) -> int:
        """Bytes of everything in the batch remote."""
        answer = self._calls.ask(SIZE, timeout=_LONG)
        # du complains of what vanishes meanwhile, and says the sum all the same.
        return (report.number_of(decode(answer.stdout).partition("\t")[0]) or 0) * 1024

    def failure_of(self, stream: Stream) -> GitBatchError | None:
        """What the end of a stream means; None where it ended well, or we closed it."""
        return self._calls.failure(stream.status, stream.stderr) if stream.status else None

    def _failed(self, answer: Answer) -> GitBatchError:
        said = one_line(decode(answer.stdout).strip())
        if said and not answer.stderr.strip():
            return Refused(sentence(said))
        return self._calls.failure(answer.status, answer.stderr)

    def _schedule(self, args: list[str], on_line: Callable[[str], None] | None) -> Receipt:
        lines = self._listen(args, on_line) if on_line else self._wait_for(args)
        if receipt := last_receipt(lines):
            return receipt
        said = [line for line in lines if line.strip()] or ["the server said nothing"]
        raise RunNotConfirmed(
            f"No run was confirmed: {one_line(said[-1].removeprefix('gitbatch: '))}",
            detail=clean("\n".join(lines)),
        )

    def _wait_for(self, args: list[str]) -> list[str]:
        answer = self._calls.ask(APART, *args, timeout=_SCHEDULE)
        if answer.status and not answer.stdout.strip():
            raise self._failed(answer)
        return decode(answer.stdout).split("\n")

    def _listen(self, args: list[str], on_line: Callable[[str], None]) -> list[str]:
        lines: list[str] = []
        with self._calls.stream(APART, *args) as stream:
            for line in lines_of(stream):
                lines.append(line)
                if len(lines) > bounds.LINES:
                    raise bounds.too_long("The answer", bounds.LINES, "lines")
                on_line(clean(line))
        if not lines:
            self._calls.check(stream)
        return lines


class Reports:
    """A watch: iterating gives reports; raises `Unreachable` when the connection is lost."""

    def __init__(self, calls: Calls, stream: Stream) -> None:
        self._calls = calls
        self._stream = stream

    def __iter__(self) -> Iterator[Report]:
        yield from report.read_reports(lines_of(self._stream))
        self._calls.check(self._stream)

    def close(self) -> None:
        """Stop watching, from any thread; iterating then ends."""
        self._stream.close()


def _dashed(options: Sequence[str]) -> list[str]:
    return [word for option in options for word in ("-o", option)]
