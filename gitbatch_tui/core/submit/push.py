"""Pushes a commit to a branch of a batch remote, and believes in a run only by its receipt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.server.client import Claim
from gitbatch_tui.core.server.receipts import parse_receipts
from gitbatch_tui.core.submit.refusal import explain, refused_here
from gitbatch_tui.errors import PushRefused, RunNotConfirmed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.process import GitProcess
    from gitbatch_tui.models import BatchRemote, Receipt

SERVER = "remote: "
"""How git marks the lines of the server."""

OnLine = Callable[[str], None]
"""Is told every line of git's as it comes, harmless; the server's begin with `remote: `."""
_FOR_OTHERS = re.compile(r"gitbatch: (run=|when it has ended|\S+ is here: no run, its sweep)")
"""Receipts, and lines for those who push by plain git."""


def said_to_people(line: str) -> str:
    """Return what a line of the server says to a person, without its mark; empty for nothing."""
    said = line.removeprefix(SERVER).rstrip()
    return "" if _FOR_OTHERS.match(said) else said


@dataclass(frozen=True)
class Update:
    """A branch of the batch remote, and the commit to which it is to move."""

    branch: str
    commit: str
    expected: str | None = None
    """Its commit there, when it may be moved away from that; empty: it isn't there yet. None:
    it may only move forward."""
    token: str = ""
    """What makes this submit one run, in whatever way it is tried; empty where the server knows
    nothing of tokens."""
    starts: bool = True
    """Whether the push starts a run; False: those of a sweep are started after it."""

    @property
    def claim(self) -> Claim | None:
        """The claim for a server that knows of tokens."""
        return Claim(self.token, self.commit) if self.token else None


@dataclass(frozen=True)
class PushResult:
    """The result of a push that went well."""

    receipt: Receipt | None
    """None: nothing was run, since the branch was there already, or the push wasn't to."""
    lines: tuple[str, ...]
    """What the server said, harmless."""


class PushCut(Exception):
    """The push ended without a word on whether the branch has moved."""

    def __init__(self, said: Sequence[str], status: int | None = None) -> None:
        super().__init__(reason_in(said) if any(said) else _silent(status))
        self.said = tuple(said)


def push_once(
    batch: Batch,
    update: Update,
    options: Sequence[str] = (),
    on_line: OnLine = lambda _: None,
) -> PushResult:
    """Push, handing on every line of git's as it comes.

    Raises `PushRefused`, `RunNotConfirmed`, or `PushCut` when only the server knows.
    """
    command = ("push", *_flags(update, options), "--", batch.remote.name, _refspec(update))
    return _outcome(batch, update, batch.follow_git(*command, on_line=on_line))


def _flags(update: Update, options: Sequence[str]) -> Iterator[str]:
    yield from ("--porcelain", "--progress", "--no-follow-tags")
    yield from (f"--push-option={option}" for option in options)
    if not update.starts:
        yield "--push-option=gitbatch-sweep"
    if update.token:
        yield f"--push-option=gitbatch-token={update.token}"
    if update.expected is not None:
        yield f"--force-with-lease=refs/heads/{update.branch}:{update.expected}"


def _refspec(update: Update) -> str:
    return f"{update.commit}:refs/heads/{update.branch}"


def _outcome(batch: Batch, update: Update, running: GitProcess) -> PushResult:
    remote = batch.remote
    lines = tuple(server_lines(running.said))
    kind, summary = _ref_line(running.stdout, update)
    if kind == "!":
        sentence = _cut_short_here(running) or explain(
            remote.name, update.branch, summary, (*lines, *_unpacking(running))
        )
        raise PushRefused(sentence, detail="\n".join(running.said))
    if running.status or not kind:
        _check_options(remote, running)
        hook = batch.clone.path / batch.clone.git("rev-parse", "--git-path", "hooks/pre-push")
        if refusal := refused_here(hook, running):
            raise PushRefused(refusal, detail="\n".join(running.said))
        raise PushCut(running.said, running.status)
    if kind == "=" or not update.starts:
        return PushResult(None, lines)
    receipts = parse_receipts(lines, {clean(update.branch): update.commit})
    if not receipts:
        raise _unconfirmed(remote, update, lines)
    return PushResult(receipts[-1], lines)


def _silent(status: int | None) -> str:
    how = f"was killed by signal {-status}" if status and status < 0 else "ended"
    return f"git push {how} without a word"


def server_lines(said: Sequence[str]) -> Iterator[str]:
    """The lines of the server among those of git."""
    return (line.removeprefix(SERVER).rstrip() for line in said if line.startswith(SERVER))


def _cut_short_here(running: GitProcess) -> str:
    """Why git could not send it: the server says then only that something is missing."""
    fatal = (line for line in running.said if line.startswith("fatal: "))
    return next((sentence for line in fatal if (sentence := sentence_for(line))), "")


def _unpacking(running: GitProcess) -> Iterator[str]:
    """Lines in which the server's git says why it could not take the commits."""
    begin = "error: remote unpack failed: "
    for line in running.said:
        if line.startswith(begin):
            yield f"error: {line.removeprefix(begin).rstrip()}"


def _ref_line(stdout: str, update: Update) -> tuple[str, str]:
    """Git's sign for the branch, and its words; the sign is empty where it doesn't say."""
    for line in stdout.splitlines():
        sign, _, rest = line.partition("\t")
        refs, _, summary = rest.partition("\t")
        if refs == _refspec(update):
            return sign, summary
    return "", ""


def _check_options(remote: BatchRemote, running: GitProcess) -> None:
    if any("does not support push options" in line for line in running.said):
        raise PushRefused(
            f"{remote.name} takes no parameters: `gitbatch-tui setup {remote.name} "
            f"{remote.location}` mends that."
        )


def _unconfirmed(remote: BatchRemote, update: Update, lines: Sequence[str]) -> RunNotConfirmed:
    branch = one_line(update.branch)
    begin = f"gitbatch: no run for {branch}: "
    for line in reversed(lines):
        if line.startswith(begin):
            return RunNotConfirmed(
                f"{branch} was pushed, but there is no run: {line.removeprefix(begin)}.",
                detail="\n".join(lines),
            )
    return RunNotConfirmed(
        f"{branch} was pushed, but no run was confirmed, so there is none: `gitbatch-tui doctor "
        f"{remote.name}` says why, `gitbatch-tui setup {remote.name} {remote.location}` mends the "
        f"hook, and then `gitbatch-tui submit {remote.name} {branch}` starts the run.",
        detail="\n".join(lines),
    )
