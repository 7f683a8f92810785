"""Undoes setup: forgets a batch remote here, and removes its folder on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.server.client import Server
from gitbatch_tui.core.setup.contents import MISSING
from gitbatch_tui.errors import CommandFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.setup.contents import BaseContents
    from gitbatch_tui.models import BatchRemote

_ACTIVE = 3
_LONG = 3600

# Moved first: from then on nothing can be pushed to it, and no run can begin.
_REMOVE = f"""base=$1
test "$base" = "$(cd "$base" && pwd -P)" && test -x "$base/repo.git/gitbatch/gitbatch" ||
exit {MISSING}
force=$2
shift 2
test -n "$force" || test -z "$(ls "$base/active")" || exit {_ACTIVE}
for run
do
	"$base/repo.git/gitbatch/gitbatch" cancel "$run"
done
doomed=$base.removed.$$
mv "$base" "$doomed" || exit
printf '%s\\n' "$doomed"
"""
_CLEAR = """for doomed
do
	rm -rf "$doomed" 2>/dev/null && continue
	find "$doomed" -type d ! -perm -700 -exec chmod u+rwx {} \\;
	rm -rf "$doomed" || printf '%s\\n' "$doomed"
done
"""


def remove_base(host: Host, contents: BaseContents, *, force: bool = False) -> None:
    """Remove the folder, with everything that was surveyed in it.

    Raises `Refused` where it is somebody else's or can't be removed as a whole, and while runs are
    active or something else is in there; with `force`, these runs are cancelled first, and
    everything goes.
    """
    _check_removable(host, contents)
    if not force:
        _check_unneeded(contents)
    doomed = contents.leftovers
    if not contents.gone:
        doomed = (*doomed, _move_away(host, contents, force=force))
    _clear(host, contents.base, doomed)


def _move_away(host: Host, contents: BaseContents, *, force: bool) -> str:
    """Give the folder another name, after its runs were cancelled; that name."""
    runs = [str(run) for run in contents.active]
    answer = host.run(_REMOVE, contents.base, "force" if force else "", *runs, timeout=_LONG)
    if answer.status == _ACTIVE:
        raise Refused("Nothing was removed: a run has just begun. Look again.")
    said = answer.check(f"{contents.base} on {host.name} could not be removed.")
    return said.decode(errors="surrogateescape").splitlines()[-1]


def _clear(host: Host, base: str, doomed: Sequence[str]) -> None:
    answer = host.run(_CLEAR, *doomed, timeout=_LONG)
    left = ", ".join(one_line(line) for line in clean(answer.stdout).splitlines())
    if answer.status or left:
        raise CommandFailed(
            f"{base} on {host.name} could not be removed as a whole: what is left is "
            f"{left or ', '.join(doomed)}. Removing it once more tries again.",
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


def _check_removable(host: Host, contents: BaseContents) -> None:
    if contents.owner:
        raise Refused(
            f"Nothing was removed: {contents.base} belongs to {contents.owner}, and only they may "
            "remove it. Without --server, the remote here is removed."
        )
    if contents.hindrances:
        names = ", ".join(contents.hindrances)
        raise Refused(
            f"Nothing was removed: you may not write in {names}, so it could not be removed as a "
            f"whole. {_ask_others(host, contents)}"
        )


def _ask_others(host: Host, contents: BaseContents) -> str:
    """Say what can be done about the files of others in a folder, or what was done by that."""
    runs = f"{contents.base}/runs/"
    if not contents.shared or not all(name.startswith(runs) for name in contents.hindrances):
        return "Ask their owner."
    lines = Server(host, contents.base).give_up_runs()
    names = ", ".join(sorted({line.partition("asked=")[2] for line in lines}))
    return (
        f"{names} were asked to give up their runs, which their next push or look there does; "
        "then try again. Or root removes it."
    )


def _check_unneeded(contents: BaseContents) -> None:
    if contents.active:
        runs = ", ".join(str(run) for run in contents.active)
        raise Refused(f"Nothing was removed: runs have not ended ({runs}). Cancel them first.")
    if contents.others:
        names = ", ".join(contents.others)
        raise Refused(f"Nothing was removed: {contents.base} has files of another kind: {names}.")
