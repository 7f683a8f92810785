"""A real run, or a push alone, there and back, on a branch of its own that nobody sees later."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.setup.push_settings import explained
from gitbatch_tui.core.submit.push import PushCut, Update, push_once
from gitbatch_tui.errors import GitBatchError, Refused
from gitbatch_tui.models import DOCTORS_BRANCH, LiveRun, State

if TYPE_CHECKING:
    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone

LIMIT = 60.0
"""Seconds after which the scheduler counts as busy."""
_PAUSE = 0.2

_SCHEDULE = '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n'
_RUN = """#!/bin/sh
echo {token} >answer
tries=0
until test -e asked || test "$tries" = 100
do
	sleep 0.1
	tries=$((tries + 1))
done
rm -f asked
"""
_ASK = (
    BASE
    + """cd "$base/runs/$2/tree" && test -e answer || exit 0
LC_ALL=C LANG=C TZ=XYZ-9 TERM=dumb "$base/repo.git/gitbatch/gitbatch" status "$2" |
	tr '\t' '\n' | sed -n 's/^state=//p'
: >asked
"""
)
"""As another person would, in another language and time zone, while the job runs."""
_TIP = f'{BASE}cd / && git --git-dir="$base/repo.git" rev-parse -q --verify "refs/heads/$2"'
# A program may stand between what is fetched and git: of the server's own settings, not BASE's.
_FETCH = f"""{BASE}cd / && repo=$base/repo.git trial=$base/.gitbatch-trial.$$
test -n "$(git --git-dir="$repo" config uploadpack.packObjectsHook)" || exit 0
format=$(git --git-dir="$repo" rev-parse --show-object-format 2>/dev/null)
GIT_DEFAULT_HASH=${{format:-sha1}} git init -q --bare "$trial" &&
git --git-dir="$trial" fetch -q --depth=1 "$repo" refs/gitbatch/log
status=$?
rm -rf "$trial"
exit "$status"
"""
_PERSON = {
    "GIT_AUTHOR_NAME": "gitbatch doctor",
    "GIT_AUTHOR_EMAIL": "doctor@localhost",
    "GIT_COMMITTER_NAME": "gitbatch doctor",
    "GIT_COMMITTER_EMAIL": "doctor@localhost",
}


class RoundTripOutcome(Enum):
    """The outcome of a round trip."""

    ARRIVED = auto()
    BUSY = auto()
    """It was accepted, and didn't get its turn in time."""
    STOPPED = auto()
    """A person stopped it."""
    FAILED = auto()


def round_trip(batch: Batch, limit: float = LIMIT) -> tuple[RoundTripOutcome, str]:
    """Push, run, commit, fetch, compare, remove: how it ended, in words."""
    token = secrets.token_hex(8)
    branch = f"{DOCTORS_BRANCH}{token}"
    start = time.monotonic()
    try:
        commit = _make_commit(batch.clone, token)
        receipt = push_once(batch, Update(branch, commit, "")).receipt
        if receipt is None:
            return RoundTripOutcome.FAILED, "the test branch was there already: try again"
        outcome, words = _follow(batch, receipt.run, token, start + limit)
        return outcome, words.format(seconds=time.monotonic() - start)
    except PushCut as cut:
        if batch.stop.asked:
            return RoundTripOutcome.STOPPED, "stopped; nothing was run"
        return RoundTripOutcome.FAILED, f"no push arrives: {explained(batch, cut)}"
    except GitBatchError as error:
        return RoundTripOutcome.FAILED, explained(batch, error)
    finally:
        with suppress(GitBatchError):
            batch.ask_git("push", "--quiet", batch.remote.name, f":refs/heads/{branch}")


def try_push(batch: Batch) -> None:
    """Push a branch that starts no run, and remove it again.

    Raises `Refused` where it doesn't arrive, with the setting of git's that is in the way.
    """
    branch = f"{DOCTORS_BRANCH}{secrets.token_hex(8)}"
    try:
        commit = _make_commit(batch.clone, branch)
        push_once(batch, Update(branch, commit, "", starts=False))
        try:
            trouble = _look_for(batch, branch, commit) or fetch_trouble(batch)
        finally:
            batch.ask_git("push", "--quiet", batch.remote.name, f":refs/heads/{branch}")
    except (GitBatchError, PushCut) as error:
        raise _not_arrived(batch, error) from error
    if trouble:
        raise _not_arrived(batch, trouble)


def _look_for(batch: Batch, branch: str, commit: str) -> str:
    """Why a branch that was pushed isn't seen; empty where it is."""
    if batch.tip(branch) == commit:
        return ""
    there = batch.host.run(_TIP, batch.remote.base, branch).stdout.decode().strip() == commit
    return "its branches are hidden from fetches" if there else "they go to another place"


def fetch_trouble(batch: Batch) -> str:
    """Say that nothing can be fetched, where the server's settings of git keep it from that."""
    failed = batch.host.run(_FETCH, batch.remote.base).status
    return "a program of uploadpack.packObjectsHook keeps back what is fetched" if failed else ""


def _not_arrived(batch: Batch, trouble: GitBatchError | PushCut | str) -> Refused:
    return Refused(
        f"{batch.remote.name} is there, but pushes from this clone don't get through: "
        f"{explained(batch, trouble)}. Fix that; `gitbatch-tui doctor {batch.remote.name}` tries "
        "again."
    )


def _make_commit(clone: Clone, token: str) -> str:
    """A commit of two scripts; neither branch nor index nor work tree is touched."""
    lines = ""
    for name, text in (("run.sh", _RUN.format(token=token)), ("schedule.sh", _SCHEDULE)):
        blob = clone.git("hash-object", "-w", "--no-filters", "--stdin", stdin=text.encode())
        lines += f"100755 blob {blob}\t{name}\n"
    tree = clone.git("mktree", stdin=lines.encode())
    return clone.git("commit-tree", "-m", "A test by the doctor", tree, environment=_PERSON)


def _follow(batch: Batch, run: int, token: str, deadline: float) -> tuple[RoundTripOutcome, str]:
    """Wait for the end of the run and compare what it made."""
    try:
        live = _await_end(batch, run, deadline)
    except KeyboardInterrupt:
        _cancel(batch, run)
        raise
    if live is None:
        _cancel(batch, run)
        if batch.stop.asked:
            return RoundTripOutcome.STOPPED, "stopped; the test was cancelled"
        return (
            RoundTripOutcome.BUSY,
            "accepted and queued: the scheduler is busy; the test was cancelled",
        )
    if live.state is not State.SUCCEEDED or not live.result:
        why = live.reason or "it left no result"
        return (
            RoundTripOutcome.FAILED,
            f"the test {batch.remote.name}#{run} ended as {live.state.words}: {why}",
        )
    batch.fetch(live.result)
    if batch.clone.try_git("cat-file", "blob", f"{live.result}:answer") != token:
        return (
            RoundTripOutcome.FAILED,
            f"the result of {batch.remote.name}#{run} isn't what the job wrote",
        )
    return RoundTripOutcome.ARRIVED, "pushed, run, committed and fetched in {seconds:.1f} s"


def _await_end(batch: Batch, run: int, deadline: float) -> LiveRun | None:
    """The run when it is settled; None where that takes too long, or a person stops it.

    Raises `GitBatchError` where the job was not seen to run while it did.
    """
    seen = ""
    while time.monotonic() < deadline and not batch.stop.asked:
        if not seen:
            answer = batch.host.run(_ASK, batch.remote.base, str(run))
            seen = one_line(answer.text.strip())
            if seen and seen != State.RUNNING:
                raise GitBatchError(f"the test runs, and is said to be {seen}")
        live = batch.server.live(run)
        if live.is_home:
            return live
        time.sleep(_PAUSE)
    return None


def _cancel(batch: Batch, run: int) -> None:
    with suppress(GitBatchError):
        batch.server.cancel(run)
