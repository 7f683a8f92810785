"""Lists the runs of batch remotes: what was recorded, and what is going on right now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.jobs.clarify import clarify, needs_asking
from gitbatch_tui.core.runs import last_report, records
from gitbatch_tui.core.runs.locate import locate
from gitbatch_tui.core.runs.published import histories
from gitbatch_tui.core.server.client import server_of
from gitbatch_tui.errors import GitBatchError, NotABatchRemote, OnlyPublished
from gitbatch_tui.models import Results, Run, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from gitbatch_tui.core.runs.cache import RecordsCache
    from gitbatch_tui.models import BatchRemote, LiveRun, Report


@dataclass(frozen=True)
class Listing:
    """The runs of one batch remote."""

    remote: BatchRemote
    runs: tuple[Run, ...]
    """The newest first."""
    now: datetime
    """By the server's clock, for ages; by this machine's where the server wasn't asked."""
    as_of: datetime | None
    """None: the server was asked just now. Else when it was asked last."""
    trouble: GitBatchError | None = None
    """Why the server, or its history, could not be read."""
    takes_tokens: bool = False
    """Whether the server knows a submit by its token."""
    takes_sweeps: bool = False
    """Whether it starts many runs at once."""


def list_runs(
    clone: Clone, hosts: Hosts, remotes: Sequence[BatchRemote], newest: int | None = None
) -> list[Listing]:
    """The runs of all these remotes, asked side by side; trouble is in the answers.

    With `newest`, only so many of the past of each are read, and one more where there are older
    ones; runs that haven't ended are always there.
    """
    if len(remotes) < 2:  # noqa: PLR2004  # one needs no threads
        return [list_remote(clone, hosts, remote, newest) for remote in remotes]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # one needs no threads

    with ThreadPoolExecutor(len(remotes)) as threads:
        return list(threads.map(lambda remote: list_remote(clone, hosts, remote, newest), remotes))


def list_remote(
    clone: Clone, hosts: Hosts, remote: BatchRemote, newest: int | None = None
) -> Listing:
    """The runs of one remote: a question to its server, and a fetch only where that is behind."""
    try:
        report = server_of(hosts, remote).status()
    except GitBatchError as error:
        return last_known(clone, remote, error, newest)
    return list_reported(clone, hosts, remote, report, newest)


def list_with_news(clone: Clone, hosts: Hosts, remote: BatchRemote) -> Listing:
    """The runs where new records are likely: those of a far host come while its server answers."""
    if not server_of(hosts, remote).host.login_command():
        return list_remote(clone, hosts, remote)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # one host needs no threads

    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(server_of(hosts, remote).status)
        # What is missing then is fetched once more, and the trouble with that is told.
        with suppress(GitBatchError):
            records.fetch(clone, server_of(hosts, remote).host, remote.name)
    try:
        answer = report.result()
    except GitBatchError as error:
        return last_known(clone, remote, error)
    return list_reported(clone, hosts, remote, answer)


def list_published(clone: Clone, hosts: Hosts) -> list[Listing]:
    """The runs that others have published, of each batch remote, as far as they are here."""
    return list_runs(clone, hosts, [each.remote for each in histories(clone)])


def list_reported(
    clone: Clone, hosts: Hosts, remote: BatchRemote, report: Report, newest: int | None = None
) -> Listing:
    """List the runs of a remote whose server has just been asked."""
    report, trouble = _caught_up(clone, hosts, remote, report)
    runs = merge(remote.name, _past(clone, remote, report.runs, newest), report.runs)
    located = tuple(locate(clone, runs))
    takes = (report.takes_tokens, report.takes_sweeps)
    return Listing(remote, located, report.now, None, trouble, *takes)


def list_again(
    clone: Clone, hosts: Hosts, remote: BatchRemote, report: Report, past: RecordsCache
) -> Listing:
    """List the runs for somebody who goes on looking, and keeps what is known of the past."""
    report, trouble = _caught_up(clone, hosts, remote, report)
    runs = merge(remote.name, past.read(clone), report.runs)
    return Listing(remote, tuple(past.locate(clone, runs)), report.now, None, trouble)


def _caught_up(
    clone: Clone, hosts: Hosts, remote: BatchRemote, report: Report
) -> tuple[Report, GitBatchError | None]:
    """Add what schedulers say; and say why the newest records could not be fetched."""
    report = clarified(clone, hosts, remote, report)
    last_report.remember(clone, remote, report)
    return report, catch_up(clone, hosts, remote, report)


def clarified(clone: Clone, hosts: Hosts, remote: BatchRemote, report: Report) -> Report:
    """The report with what schedulers say, where it leaves something open."""
    if not any(map(needs_asking, report.runs)):
        return report
    before, _ = last_report.recall(clone, remote) or (None, None)
    return clarify(server_of(hosts, remote), report, before)


def _past(
    clone: Clone, remote: BatchRemote, alive: Iterable[LiveRun], newest: int | None
) -> list[Run]:
    past = records.read(clone, remote.name, newest)
    known = {run.number for run in past}
    older = [live.number for live in alive if live.number not in known]
    if newest is not None and older:
        past += records.read_some(clone, remote.name, older)
        past.sort(key=lambda run: run.number, reverse=True)
    return past


def catch_up(
    clone: Clone, hosts: Hosts, remote: BatchRemote, report: Report
) -> GitBatchError | None:
    """Fetch the records that the report knows and the clone doesn't."""
    if report.log_tip == records.tip(clone, remote.name):
        return None
    try:
        records.fetch(clone, server_of(hosts, remote).host, remote.name)
    except GitBatchError as error:
        return error
    return None


def last_known(
    clone: Clone, remote: BatchRemote, trouble: GitBatchError, newest: int | None = None
) -> Listing:
    """The runs as they were last known; `trouble` says why the server could not be asked."""
    report, as_of = last_report.recall(clone, remote) or (None, None)
    alive = report.runs if report else ()
    past = _past(clone, remote, alive, newest)
    if isinstance(trouble, OnlyPublished):
        # There is nobody to be asked, and so it is no trouble that nobody was.
        return Listing(remote, tuple(locate(clone, past)), datetime.now(UTC), _newest_time(past))
    if past and isinstance(trouble, NotABatchRemote):
        trouble = NotABatchRemote(
            f"The batch remote at {remote.location} is gone: what was fetched from it is still "
            f"here for `runs`, `show` and `diff`, and `gitbatch-tui setup {remote.name} "
            f"{remote.location}` makes a new one."
        )
    when = as_of or _newest_time(past)
    runs = merge(remote.name, past, alive)
    known = [replace(run, as_of=when) for run in locate(clone, runs)]
    return Listing(remote, tuple(known), datetime.now(UTC), when, trouble)


def _newest_time(past: Sequence[Run]) -> datetime:
    times = [time for run in past for time in (run.settled, run.submitted) if time]
    return max(times, default=datetime.now(UTC))


def merge(remote: str, past: Iterable[Run], alive: Iterable[LiveRun]) -> list[Run]:
    """The recorded runs as the server knows them now, and those it knows alone; newest first."""
    fresh = {live.number: live for live in alive}
    runs = [_updated(run, fresh.pop(run.number, None)) for run in past]
    bare = [_updated(_unrecorded(remote, live), live) for live in fresh.values()]
    return sorted(runs + bare, key=lambda run: run.number, reverse=True) if bare else runs


def _unrecorded(remote: str, live: LiveRun) -> Run:
    return Run(remote, live.number, live.state, live.branch, live.commit)


def _updated(run: Run, live: LiveRun | None) -> Run:
    if live is None or (run.settled and not _came_back(run, live)):
        return run
    seen = live.since if live.state is State.RUNNING and live.since != run.submitted else None
    begun = live.started or seen
    return replace(
        run,
        state=live.state,
        reason=live.reason,
        exit=live.exit,
        job=live.job or run.job,
        tasks=live.tasks,
        held=live.held,
        stuck=live.stuck,
        deadline=live.deadline,
        submitted=run.submitted or (None if begun else live.since),
        started=run.started if live.is_home else begun,
        settled=live.since if live.is_home else None,
        result=live.result,
        results=_results(live),
    )


def _results(live: LiveRun) -> Results:
    if live.state.final and not live.is_home:
        return Results.ON_THEIR_WAY
    return Results.WAITING if live.result else Results.NONE


def _came_back(run: Run, live: LiveRun) -> bool:
    """True if a run was taken up again after its record; a record is newer than it looks."""
    return bool(not live.is_home and live.since and run.settled and live.since > run.settled)
