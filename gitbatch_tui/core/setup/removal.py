"""Undoes setup: forgets a batch remote here, and removes its folder on the server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.errors import CommandFailed, NotABatchRemote, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host
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
me=$(id -u)
test -z "$(find "$base" -prune ! -user "$me")" || printf 'owner=%s\n' \
	"$(stat -c %U "$base" 2>/dev/null || stat -f %Su "$base" 2>/dev/null || echo 'somebody else')"
test -w "${{base%/*}}/" || printf 'hindrance=%s\n' "${{base%/*}}"
find "$base" -type d ! -user "$me" -exec sh -c '
	for folder
	do
		test -w "$folder" || printf "hindrance=%s\\n" "$folder"
	done
' sh {{}} + 2>/dev/null | head -n 5
find "$base/runs" -name tree -prune -o \\( -name request -o -name settled \\) -exec awk '
	/^(submitter|result): / {{
		parts = split(FILENAME, part, "/")
		key = substr($0, 1, index($0, ":") - 1)
		print key "=" part[parts - 1] "\t" substr($0, index($0, ":") + 2)
	}}' {{}} + 2>/dev/null
exit 0
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
rm -rf "$doomed" 2>/dev/null && exit
find "$doomed" -type d ! -perm -700 -exec chmod u+rwx {{}} \\;
rm -rf "$doomed" && exit
printf '%s\n' "$doomed"
exit 1
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
    owner: str = ""
    """Whose it is, if that is somebody else."""
    hindrances: tuple[str, ...] = ()
    """Folders that can't be emptied, or that it can't be taken from; five at most."""
    unpulled: tuple[tuple[str, int], ...] = ()
    """How many results are in no branch of the clone, by who has submitted their runs."""

    @property
    def lost(self) -> str:
        """A sentence about results that nobody would have any more; empty where there are none."""
        count = sum(number for _, number in self.unpulled)
        if not count:
            return ""
        whose = ", ".join(f"{number} of {who or 'nobody known'}" for who, number in self.unpulled)
        what = "The results of 1 run are" if count == 1 else f"The results of {count} runs are"
        return f"{what} in no branch here: {whose}."


def survey(host: Host, base: str, clone: Clone | None = None) -> Contents:
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
        owner=one_line(values.get("owner", [""])[0]),
        hindrances=tuple(one_line(name) for name in values.get("hindrance", [])),
        unpulled=tuple(_unpulled(clone, values).most_common()),
    )


def _unpulled(clone: Clone | None, values: Mapping[str, list[str]]) -> Counter[str]:
    here = set(clone.git("rev-list", "--branches").split()) if clone else set[str]()
    facts = {
        key: dict(line.partition("\t")[::2] for line in values.get(key, []))
        for key in ("submitter", "result")
    }
    away = [run for run, result in facts["result"].items() if result not in here]
    return Counter(one_line(facts["submitter"].get(run, "")) for run in away)


def remove_base(host: Host, contents: Contents, *, force: bool = False) -> None:
    """Remove the folder, with everything that was surveyed in it.

    Raises `Refused` where it is somebody else's or can't be removed as a whole, and while runs are
    active or something else is in there; with `force`, these runs are cancelled first, and
    everything goes.
    """
    _check_removable(contents)
    if not force:
        _check_unneeded(contents)
    runs = [str(run) for run in contents.active]
    answer = host.run(_REMOVE, contents.base, "force" if force else "", *runs, timeout=_LONG)
    if answer.status == _ACTIVE:
        raise Refused("Nothing was removed: a run has just begun. Look again.")
    if answer.status:
        left = one_line(clean(answer.stdout).strip()) or contents.base
        raise CommandFailed(
            f"{contents.base} on {host.name} could not be removed as a whole: what is left is "
            f"{left}.",
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


def _check_removable(contents: Contents) -> None:
    if contents.owner:
        raise Refused(
            f"Nothing was removed: {contents.base} belongs to {contents.owner}, and only they may "
            "remove it. Without --server, the remote here is removed."
        )
    if contents.hindrances:
        names = ", ".join(contents.hindrances)
        raise Refused(
            f"Nothing was removed: you may not write in {names}, so it could not be removed as a "
            "whole. Ask their owner."
        )


def _check_unneeded(contents: Contents) -> None:
    if contents.active:
        runs = ", ".join(str(run) for run in contents.active)
        raise Refused(f"Nothing was removed: runs have not ended ({runs}). Cancel them first.")
    if contents.others:
        names = ", ".join(contents.others)
        raise Refused(f"Nothing was removed: {contents.base} has files of another kind: {names}.")
