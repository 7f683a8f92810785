"""Asks a batch remote's server, in one round trip, for all that decides whether it can work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.schedulers.at import ATD
from gitbatch_tui.core.schedulers.programs import SUBMITTERS, WHOSE
from gitbatch_tui.core.server.calls import BOUNDS
from gitbatch_tui.core.server.protocol import number_of
from gitbatch_tui.core.setup.install import NAME_PROGRAMS, differing
from gitbatch_tui.errors import NotABatchRemote

if TYPE_CHECKING:
    from gitbatch_tui.core.hosts.host import Host

_MISSING = 66
_EXAMINE = f"""{BASE}base=$(cd "$base" 2>/dev/null && pwd -P) && test -d "$base/repo.git" ||
exit {_MISSING}
repo=$base/repo.git
hook=$repo/hooks/post-receive
cd /
printf 'base=%s\\n' "$base"
printf 'user=%s\\n' "$(id -un)"
printf 'git=%s\\n' "$(git --version 2>/dev/null)"
printf 'version=%s\\n' "$(cat "$repo/gitbatch/version" 2>/dev/null)"
{NAME_PROGRAMS}if ! test -f "$hook"
then
	echo hook=missing
elif ! grep -q gitbatch/gitbatch "$hook"
then
	echo hook=foreign
elif ! test -x "$hook"
then
	echo 'hook=not executable'
elif head -n 1 "$hook" | grep -q "$(printf '\\r')"
then
	echo 'hook=Windows line ends'
fi
hooks=$(git --git-dir="$repo" config --path core.hooksPath)
test "$(cd "$hooks" 2>/dev/null && pwd -P)" = "$repo/hooks" ||
printf 'elsewhere=%s\\n' "${{hooks:-not set}}"
printf 'options=%s\\n' "$(git --git-dir="$repo" config receive.advertisePushOptions)"
# In a shared BASE, who doesn't own it writes in its folders alone.
set -- "$base"
test ! -f "$repo/gitbatch/shared" || test -n "$(find "$base" -prune -user "$(id -u)")" ||
set --
for folder in "$@" "$base/runs" "$base/active" "$base/queue" "$repo" "$repo/objects" "$repo/refs"
do
	test -w "$folder" && test -x "$folder" || printf 'unwritable=%s\\n' "$folder"
done
"$repo/gitbatch/gitbatch" try-place 2>/dev/null
free=$(df -Pk "$base" 2>/dev/null | awk 'NR == 2 {{ print $4 }}')
echo "free=$free"
test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
for tool in setsid flock {" ".join(SUBMITTERS)} conda
do
	command -v "$tool" >/dev/null 2>&1 && echo "tool=$tool"
done
test ! -r /proc/self/stat || echo tool=/proc
{{
	test -r /proc/sys/kernel/random/boot_id || sysctl -n kern.bootsessionuuid ||
	sysctl -n kern.boot_id
}} >/dev/null 2>&1 && echo 'tool=boot id'
{{
	command -v sha256sum || command -v shasum || command -v openssl
}} >/dev/null 2>&1 && echo tool=sha256sum
{ATD}! atd_runs /run/atd.pid /var/run/atd.pid || echo tool=atd
patience=5
{BOUNDS}{WHOSE}printf 'qstat=%s\\n' "$(pbs_qstat)"
exit 0
"""


@dataclass(frozen=True)
class ServerFacts:
    """The facts of a server, from one round trip."""

    base: str
    """Absolute, and free of links."""
    user: str
    git: str
    version: str
    differing: tuple[str, ...]
    """Which of our files aren't there as they are here."""
    hook: str
    """What is wrong with post-receive; empty where nothing is."""
    elsewhere: str
    """Where git looks for hooks instead (core.hooksPath); empty where it finds ours."""
    push_options: str
    unwritable: tuple[str, ...]
    fallen: str
    """What the file system there can't do, and has to; empty where nothing."""
    lacking: str
    """What it can't do that is done in another way; empty where nothing."""
    free: int
    """Bytes of free space."""
    tools: frozenset[str]
    """Which programs schedule.sh would find."""
    qstat: str = ""
    """Whose program it says it is: it and qsub are programs of several schedulers."""


def examine_server(host: Host, base: str) -> ServerFacts:
    """Ask for all facts at once; raises `NotABatchRemote` where there is none."""
    answer = host.run(_EXAMINE, base)
    if answer.status == _MISSING:
        raise NotABatchRemote(
            f"there is no batch remote in {base} on {host.name}: `gitbatch-tui setup NAME "
            "LOCATION` makes one"
        )
    text = answer.check(f"{host.name} can't be looked at.").decode("utf-8", "surrogateescape")
    pairs = [line.partition("=")[::2] for line in text.split("\n") if "=" in line]
    one = dict(pairs)
    return ServerFacts(
        base=one.get("base", base),
        user=one_line(one.get("user", "")),
        git=one_line(one.get("git", "")),
        version=one_line(one.get("version", "")) or "of no version",
        differing=differing(one),
        hook=one.get("hook", ""),
        elsewhere=one_line(one.get("elsewhere", "")),
        push_options=one.get("options", ""),
        unwritable=tuple(one_line(path) for key, path in pairs if key == "unwritable"),
        fallen=one_line(one.get("fallen", "")),
        lacking=one_line(one.get("lacking", "")),
        free=(number_of(one.get("free", "")) or 0) * 1024,
        qstat=one_line(one.get("qstat", "")),
        tools=frozenset(tool for key, tool in pairs if key == "tool"),
    )
