"""Publishes the runs of a batch remote on an ordinary remote of the project.

What was published before stays: each time, one commit is put on top of it. Where a forge takes no
other refs than branches, it is a branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.complaints import reason_in, sentence_for
from gitbatch_tui.core.git.names import branch_of
from gitbatch_tui.core.git.signing import signing
from gitbatch_tui.core.publish.adopt import QUIET, check_origin
from gitbatch_tui.core.publish.contents import PublishedContents, gather
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.listing import list_remote
from gitbatch_tui.core.runs.published import (
    branch_there,
    is_name,
    ref_here,
    ref_there,
)
from gitbatch_tui.core.runs.statement import Statement, read, words_of
from gitbatch_tui.errors import CommandFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.git.repo import Clone

    Tell = Callable[[str], None]

# A hook is for the person's own pushes: git-lfs's would ask for files that are on the server.
_PUSH = (
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    "--no-signed",
    "--no-recurse-submodules",
)
_THEIRS = "remote: "
"""How lines begin that are said over there."""
_LONGEST = 300
_TRIES = 5
"""How often it is built anew, where somebody else has just published."""


@dataclass(frozen=True)
class Publication:
    """The result of publishing."""

    to: str
    """The git remote."""
    ref: str
    """The ref over there, or the branch."""
    commit: str
    new: bool
    """Whether there was anything that wasn't published already."""
    runs: int
    """How many runs' results are there now."""


def publish(
    batch: Batch, to: str, *, name: str = "", results: bool = False, tell: Tell = lambda _: None
) -> Publication:
    """Bring the records of a batch remote to the git remote `to`, and results where asked to.

    `tell` hears what can't be brought. Raises `UnknownName` for a remote that isn't there,
    `Refused` where there are no records, or those of another batch remote of that name, and
    `CommandFailed` where git can't bring them.
    """
    name = name or batch.remote.name
    _check(batch.clone, to, name)
    if trouble := list_remote(batch.clone, batch.hosts, batch.remote).trouble:
        tell(f"{trouble} What is known here is published.")
    for _ in range(_TRIES):
        ref, before = _published(batch.clone, to, name)
        contents = gather(batch, before, results=results, tell=tell)
        commit = _commit(batch, name, before, contents)
        if before and commit == before.commit:
            return Publication(to, ref, commit, new=False, runs=len(before.results))
        old = before.commit if before else ""
        if placed := _push(batch.clone, to, commit, (ref, old), name):
            batch.clone.git("update-ref", ref_here(to, name), commit)
            return Publication(to, placed, commit, new=True, runs=len(contents.results))
    raise Refused(f"Others publish on {to} at the same time: try it again.")


def publish_after_pull(batch: Batch, tell: Tell) -> Publication | None:
    """Publish where `git config gitbatch.publish REMOTE` asks for it after each pull; else None."""
    to = batch.clone.config("gitbatch.publish")
    if not to:
        return None
    asked = batch.clone.try_git("config", "--type=bool", "gitbatch.publishResults")
    return publish(batch, to, results=asked == "true", tell=tell)


def _check(clone: Clone, to: str, name: str) -> None:
    check_origin(clone, to)
    if not (branch_of(name) and is_name(name)):
        raise Refused(f"Runs can't be published as {one_line(name)}: say another name by --as.")


def _published(clone: Clone, to: str, name: str) -> tuple[str, Statement | None]:
    """The ref on the git remote, and what was published there before, which is fetched."""
    places = ref_there(name), branch_there(name)
    listing = clone.git("ls-remote", "--", to, *places)
    there = dict(line.split("\t")[::-1] for line in listing.split("\n") if "\t" in line)
    ref = next((place for place in places if place in there), places[0])
    if ref not in there:
        return ref, None
    clone.fetch(*QUIET, "--", to, f"+{ref}:{ref_here(to, name)}")
    before = read(clone, clone.commit_of(ref_here(to, name)) or "")
    if before is None:
        raise Refused(f"{ref} on {to} is something else: publish under another name by --as.")
    return ref, before


def _commit(batch: Batch, name: str, before: Statement | None, contents: PublishedContents) -> str:
    """The commit to publish; the one that is published where that has it all."""
    clone = batch.clone
    log = _newest(batch, before)
    same_tree = before and clone.git("rev-parse", f"{before.commit}^{{tree}}") == contents.tree
    if before and log == before.log and same_tree:
        return before.commit
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    message = words_of(name, batch.remote.location, now).encode("utf-8", "surrogateescape")
    parents = dict.fromkeys([log, *([before.commit] if before else []), *contents.commits])
    words = (word for parent in parents for word in ("-p", parent))
    return clone.git("commit-tree", *signing(clone), *words, contents.tree, stdin=message)


def _newest(batch: Batch, before: Statement | None) -> str:
    """The newer ones of the records here and those that are published."""
    tip = records.tip(batch.clone, batch.remote.name)
    if not tip:
        raise Refused(f"{batch.remote.name} has no runs yet: there is nothing to publish.")
    if before is None or batch.clone.contains(tip, before.log):
        return tip
    if batch.clone.contains(before.log, tip):
        return before.log
    raise Refused(
        f"The runs of another batch remote are published under that name (of {before.location}): "
        "say another name by --as NAME."
    )


def _push(clone: Clone, to: str, commit: str, before: tuple[str, str], name: str) -> str:
    """The ref that has it now; empty where somebody else was faster. Raises `CommandFailed`.

    `before` is the ref that was there, and its commit.
    """
    said: list[str] = []
    for place in dict.fromkeys((before[0], branch_there(name))):
        with clone.process(*_PUSH, "--", to, f"{commit}:{place}") as running:
            said += running
            line = next(iter(_refused(running.stdout)), "")
        if not running.status:
            return place
        if "[rejected]" in line or "fetch first" in line:
            return ""
        if "[remote rejected]" not in line:
            break
        # git says in many ways that a ref has moved meanwhile, in the words of over there.
        if _commit_there(clone, to, before[0]) != before[1]:
            return ""
    here = [heard for heard in said if not heard.startswith(_THEIRS)]
    why = sentence_for("\n".join(here)) or f"{reason_in(_reason(line) or here)}.{_words_of(said)}"
    raise CommandFailed(
        f"The runs could not be published on {to}: {why}", status=1, detail="\n".join(said)
    )


def _words_of(said: Sequence[str]) -> str:
    """The first words of a hook over there, in which it may say why it declines."""
    words = [line.removeprefix(_THEIRS).strip() for line in said if line.startswith(_THEIRS)]
    told = one_line(" ".join(filter(None, dict.fromkeys(words))))[:_LONGEST].strip()
    return f" It says: {told}" if told else ""


def _commit_there(clone: Clone, to: str, ref: str) -> str:
    """The commit of a ref over there; empty where there is no such ref."""
    return clone.git("ls-remote", "--", to, ref).partition("\t")[0]


def _refused(stdout: str) -> Iterator[str]:
    return (line for line in stdout.split("\n") if line.startswith("!"))


def _reason(line: str) -> list[str]:
    """The last words of a line such as `!	a:b	[remote rejected] (hook declined)`."""
    return [one_line(line.rpartition("\t")[2])] if line else []
