"""Undoes setup: forgets a batch remote here, and removes its folder on the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.clone.lock import locked
from gitbatch_tui.core.remote.report import number_of
from gitbatch_tui.core.text import clean, one_line
from gitbatch_tui.errors import CommandFailed, NotABatchRemote, Refused

if TYPE_CHECKING:
    from gitbatch_tui.core.clone.repo import Clone
    from gitbatch_tui.core.machines.host import Host
    from gitbatch_tui.models import BatchRemote

_MISSING = 66
_ACTIVE = 3
_LONG = 3600

_SURVEY = f"""base=$1
case $base in '~/'*) base=$HOME/${{base#??}} ;; esac
base=$(cd "$base" 2>/dev/null && pwd -P) && test -x "$base/repo.git/gitbatch/gitbatch" ||
exit {_MISSING}
printf 'base=%s\\n' "$base"
for file in "$base"/* "$base"/.[!.]*
do
	case "${{file##*/}}" in
	'*' | '.[!.]*' | repo.git | repo.git.*.tmp | runs | active | queue | profile | install.lock) ;;
	*) printf 'other=%s\\n' "${{file##*/}}" ;;
	esac
done
for run in "$base/runs"/[0-9]*
do
	test ! -d "$run" || echo "run=${{run##*/}}"
done
for run in "$base/active"/[0-9]*
do
	test ! -e "$run" || echo "active=${{run##*/}}"
done
size=$(du -sk "$base" 2>/dev/null)
echo "size=${{size%%[!0-9]*}}"
"""
# Moved first: from then on nothing can be pushed to it, and no run can begin.
_REMOVE = f"""base=$1
test "$base" = "$(cd "$base" && pwd -P)" && test -x "$base/repo.git/gitbatch/gitbatch" ||
exit {_MISSING}
force=$2
shift 2
test -n "$force" || test -z "$(ls "$base/active")" || exit {_ACTIVE}
for run
do
	"$base/repo.git/gitbatch/gitbatch" cancel "$run"
done
doomed=$base.removed.$$
mv "$base" "$doomed" || exit
rm -rf "$doomed" 2>/dev/null || {{
	chmod -R u+rwx "$doomed"
	rm -rf "$doomed"
}}
"""


@dataclass(frozen=True)
class Contents:
    """What is in the folder of a batch remote."""

    base: str
    """Absolute, and free of links."""
    runs: int
    active: tuple[int, ...]
    """Runs that have not ended."""
    others: tuple[str, ...]
    """Files that are no part of a batch remote."""
    size: int
    """In bytes."""


def survey(host: Host, base: str) -> Contents:
    """Look at what would be lost; raises `NotABatchRemote` where there is nothing of ours."""
    answer = host.run(_SURVEY, base, timeout=_LONG)
    if answer.status == _MISSING:
        raise NotABatchRemote(
            f"There is no batch remote in {base} on {host.name}; without --server, the remote here "
            "is removed."
        )
    text = answer.check(f"{base} on {host.name} can't be looked at.").decode(errors="replace")
    pairs = [line.partition("=")[::2] for line in text.splitlines()]
    values = {key: [value for name, value in pairs if name == key] for key, _ in pairs}
    return Contents(
        base=values["base"][0],
        runs=len(values.get("run", [])),
        active=tuple(sorted(int(run) for run in values.get("active", []) if run.isdigit())),
        others=tuple(one_line(name) for name in values.get("other", [])),
        size=(number_of(values["size"][0]) or 0) * 1024,
    )


def remove_base(host: Host, contents: Contents, *, force: bool = False) -> None:
    """Remove the folder, with everything that was surveyed in it.

    Raises `Refused` while runs are active or something else is in there; with `force`, these
    runs are cancelled first, and everything goes.
    """
    if not force:
        _check_unneeded(contents)
    runs = [str(run) for run in contents.active]
    answer = host.run(_REMOVE, contents.base, "force" if force else "", *runs, timeout=_LONG)
    if answer.status == _ACTIVE:
        raise Refused("Nothing was removed: a run has just begun. Look again.")
    if answer.status:
        raise CommandFailed(
            f"{contents.base} on {host.name} could not be removed as a whole: see what is left.",
            status=answer.status,
            detail=clean(answer.stderr),
        )


def forget_remote(clone: Clone, remote: BatchRemote) -> None:
    """Remove the remote from the clone, with what was fetched from it; branches here stay.

    The remote goes last: what is interrupted can be done again.
    """
    with locked(clone, f"removing {remote.name}"):
        ours = f"refs/gitbatch/{remote.name}/"
        refs = clone.git("for-each-ref", "--format=delete %(refname)", ours)
        if refs:
            clone.git("update-ref", "--stdin", stdin=f"{refs}\n".encode())
        if clone.config(f"remote.{remote.name}.url") is not None:
            clone.git("remote", "remove", remote.name)


def _check_unneeded(contents: Contents) -> None:
    if contents.active:
        runs = ", ".join(str(run) for run in contents.active)
        raise Refused(f"Nothing was removed: runs have not ended ({runs}). Cancel them first.")
    if contents.others:
        names = ", ".join(contents.others)
        raise Refused(f"Nothing was removed: {contents.base} has files of another kind: {names}.")
