"""Looks at what is in the folder of a batch remote, before it is removed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.errors import NotABatchRemote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.host import Host

MISSING = 66
"""The status that says: there is no batch remote."""
_LONG = 3600

_SURVEY = f"""{BASE}me=$(id -u)
parent=$(cd "${{base%/*}}/" 2>/dev/null && pwd -P)
for left in "${{parent%/}}/${{base##*/}}".removed.[0-9]*
do
	test -z "$(find "$left" -prune -user "$me" 2>/dev/null)" || printf 'left=%s\\n' "$left"
done
base=$(cd "$base" 2>/dev/null && pwd -P) && test -x "$base/repo.git/gitbatch/gitbatch" ||
exit {MISSING}
printf 'base=%s\\n' "$base"
test ! -f "$base/repo.git/gitbatch/shared" || echo shared=yes
for file in "$base"/* "$base"/.[!.]*
do
	case "${{file##*/}}" in
	'*' | '.[!.]*' | repo.git | repo.git.*.tmp | runs | active | queue | wishes) ;;
	profile | on-end | install.lock | undelivered | large) ;;
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


@dataclass(frozen=True)
class BaseContents:
    """The contents of a batch remote's folder."""

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
    shared: bool = False
    """Whether it is a group's."""
    leftovers: tuple[str, ...] = ()
    """What an earlier removal could not remove, by absolute path."""
    gone: bool = False
    """Whether there is nothing but that."""

    @property
    def lost(self) -> str:
        """A sentence about results that nobody would have any more; empty where there are none."""
        count = sum(number for _, number in self.unpulled)
        if not count:
            return ""
        whose = ", ".join(f"{number} of {who or 'nobody known'}" for who, number in self.unpulled)
        what = "The results of 1 run are" if count == 1 else f"The results of {count} runs are"
        return f"{what} in no branch here: {whose}."


def survey(host: Host, base: str, clone: Clone | None = None) -> BaseContents:
    """Look at what would be lost; raises `NotABatchRemote` where there is nothing of ours."""
    answer = host.run(_SURVEY, base, timeout=_LONG)
    text = answer.text
    pairs = [line.partition("=")[::2] for line in text.splitlines()]
    values = {key: [value for name, value in pairs if name == key] for key, _ in pairs}
    leftovers = tuple(values.get("left", []))
    if answer.status == MISSING and leftovers:
        return BaseContents(base, 0, (), (), 0, leftovers=leftovers, gone=True)
    if answer.status == MISSING:
        raise NotABatchRemote(
            f"There is no batch remote in {base} on {host.name}; without --server, the remote here "
            "is removed."
        )
    answer.check(f"{base} on {host.name} can't be looked at.")
    return BaseContents(
        base=values["base"][0],
        runs=len(values.get("run", [])),
        active=tuple(sorted(int(run) for run in values.get("active", []) if run.isdigit())),
        others=tuple(one_line(name) for name in values.get("other", [])),
        size=(number_of(values["size"][0]) or 0) * 1024,
        owner=one_line(values.get("owner", [""])[0]),
        hindrances=tuple(one_line(name) for name in values.get("hindrance", [])),
        unpulled=tuple(_unpulled(clone, values).most_common()),
        shared="shared" in values,
        leftovers=leftovers,
    )


def _unpulled(clone: Clone | None, values: Mapping[str, list[str]]) -> Counter[str]:
    here = set(clone.git("rev-list", "--branches").split()) if clone else set[str]()
    facts = {
        key: dict(line.partition("\t")[::2] for line in values.get(key, []))
        for key in ("submitter", "result")
    }
    away = [run for run, result in facts["result"].items() if result not in here]
    return Counter(one_line(facts["submitter"].get(run, "")) for run in away)
