"""The histories that others have published, as far as this clone has fetched them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.names import branch_of
from gitbatch_tui.core.runs import records
from gitbatch_tui.core.runs.statement import Statement, read
from gitbatch_tui.errors import OnlyPublished, UnknownName
from gitbatch_tui.models import BatchRemote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitbatch_tui.core.git.repo import Clone

PUBLISHED = "published"
_MOST = 100
"""As many histories as are looked at."""
_FORMAT = "--format=%(objectname) %(objecttype) %(objectsize) %(refname)"
_PLAIN = re.compile(r"[\w./,+@=-]+")
_OURS = "refs/gitbatch/"
_THEIRS = "refs/remotes/"
_BRANCH = "gitbatch/"


@dataclass(frozen=True)
class History:
    """The runs of a batch remote, as somebody has published them."""

    remote: BatchRemote
    """With a name such as `origin/batch`, and nothing that could be asked."""
    statement: Statement


def ref_there(name: str) -> str:
    """The ref under which the runs of a batch remote are published."""
    return f"{_OURS}{name}/{PUBLISHED}"


def branch_there(name: str) -> str:
    """The branch of that history, where a forge takes branches only."""
    return f"refs/heads/{_BRANCH}{name}"


def ref_here(origin: str, name: str) -> str:
    """The ref under which a clone keeps what it has fetched of that."""
    return f"{_OURS}{origin}/{name}/{PUBLISHED}"


def refspec_of(origin: str) -> str:
    """The refspec with which `git fetch` brings news of it."""
    return f"+{_OURS}*/{PUBLISHED}:{_OURS}{origin}/*/{PUBLISHED}"


def histories(clone: Clone) -> list[History]:
    """The histories that are here, by name, without those of the clone's own batch remotes."""
    if not (published := list(_tips(clone))):
        return []
    own = clone.batch_remotes()
    tips = {tip for remote in own if (tip := records.tip(clone, remote.name))}
    names = {remote.name for remote in own}
    found = (_history(clone, *each) for each in published if f"{each[0]}/{each[1]}" not in names)
    foreign = (each for each in found if each and not _is_of_one(clone, each.statement.log, tips))
    return sorted(foreign, key=lambda each: each.remote.name)


def history_called(clone: Clone, name: str | None) -> History | None:
    """`origin/batch`, or `batch` where there is one of that name, or the only one for None."""
    return _called(histories(clone), name)


def _called(found: Sequence[History], name: str | None) -> History | None:
    exact = [each for each in found if each.remote.name == name]
    fits = exact or [
        each for each in found if name is None or each.remote.name.endswith(f"/{name}")
    ]
    return fits[0] if len(fits) == 1 else None


def remote_called(clone: Clone, name: str | None, wanted: str = "") -> BatchRemote:
    """A batch remote, or a history that was published; raises as `Clone.batch_remote` does.

    `wanted` is a run, or several, of one that wasn't named: the error says how to name it.
    """
    try:
        return clone.batch_remote(name)
    except UnknownName:
        several = clone.batch_remotes() if name is None else ()
        if several and wanted:
            ways = " or ".join(one_line(f"{remote.name}#{wanted}") for remote in several)
            raise UnknownName(f"There are several batch remotes: write {ways}.") from None
        if several:
            raise
        found = histories(clone)
        if history := _called(found, name):
            return history.remote
        if not found:
            raise
    own = [*clone.batch_remotes(), *(history.remote for history in found)]
    names = ", ".join(remote.name for remote in own)
    raise UnknownName(f"There are several histories of runs: name one of {names}.")


def refs_of(clone: Clone, origin: str) -> list[str]:
    """The refs here of what was published on a git remote, whatever it is called there.

    Records of a batch remote of the clone that has such a name are none of them.
    """
    ours, theirs = f"{_OURS}{origin}/", f"{_THEIRS}{origin}/{_BRANCH}"
    refs = clone.git("for-each-ref", "--format=%(refname)", ours, theirs).split("\n")
    published = [ref for ref in refs if ref.startswith(ours) and ref.endswith(f"/{PUBLISHED}")]
    branches = [ref for ref in refs if ref.startswith(theirs)]
    names = {ref.removeprefix(_OURS).removesuffix(f"/{PUBLISHED}") for ref in published}
    names |= {f"{origin}/{ref.removeprefix(theirs)}" for ref in branches}
    names -= {remote.name for remote in clone.batch_remotes()}
    logs = {records.log_ref(name) for name in names}
    return [*published, *branches, *(ref for ref in refs if ref in logs)]


def unpublished(remote: BatchRemote, what: str) -> OnlyPublished:
    """The error for what isn't in a published history; `what` is the plural of a noun."""
    return OnlyPublished(
        f"{what} were not published on {remote.published}: whoever has the batch remote publishes "
        f"them by `{publishing(remote)}`."
    )


def publishing(remote: BatchRemote) -> str:
    """The command by which whoever has the batch remote publishes its results and logs."""
    name = remote.name.removeprefix(f"{remote.published}/")
    return f"gitbatch-tui publish {name} --results"


def _tips(clone: Clone) -> Iterator[tuple[str, str, str]]:
    """The git remote, the name and the commit of what was published, refs of ours before branches.

    What has a strange name, is no commit, or too large for a statement, isn't looked at.
    """
    lines = clone.git("for-each-ref", _FORMAT, _OURS, _THEIRS).split("\n")
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        commit, kind, size, ref = (*line.split(" ", 3), "", "", "", "")[:4]
        place = _place(ref)
        if place and kind == "commit" and int(size) <= bounds.RECORD and len(found) < _MOST:
            found.setdefault(place, commit)
    yield from ((*place, commit) for place, commit in found.items())


def _place(ref: str) -> tuple[str, str] | None:
    """The git remote and the name in one of the two kinds of refs."""
    if ref.startswith(_OURS) and ref.endswith(f"/{PUBLISHED}"):
        origin, _, name = ref[len(_OURS) : -len(PUBLISHED) - 1].partition("/")
    else:
        origin, _, rest = ref.removeprefix(_THEIRS).partition("/")
        name = rest.removeprefix(_BRANCH) if rest.startswith(_BRANCH) else ""
    fits = origin and branch_of(name) and is_name(name)
    return (origin, name) if fits else None


def is_name(name: str) -> bool:
    """True if a history can have that name: its own refs stand below it.

    Commands that people copy have it, and so nothing in it means something to a shell.
    """
    plain = _PLAIN.fullmatch(name) and name == one_line(name)
    return bool(plain) and {"log", PUBLISHED}.isdisjoint(name.split("/"))


def _history(clone: Clone, origin: str, name: str, commit: str) -> History | None:
    statement = read(clone, commit)
    if statement is None:
        return None
    called = f"{origin}/{name}"
    if records.tip(clone, called) != statement.log:
        clone.git("update-ref", records.log_ref(called), statement.log)
    return History(BatchRemote(called, statement.location, "", "", published=origin), statement)


def _is_of_one(clone: Clone, log: str, tips: Iterable[str]) -> bool:
    """True if these records are those of a batch remote of the clone, which knows them better."""
    return log in tips or any(not clone.ask("merge-base", log, tip).status for tip in tips)
