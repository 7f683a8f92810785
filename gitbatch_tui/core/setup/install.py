"""Looks at what is installed on a host, and installs or upgrades it, with nothing but sh there."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.data import hook_files, installed_programs
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.git.blobs import blob_id
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import find_script
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitbatch_tui.core.hosts.host import Host
    from gitbatch_tui.core.schedulers.adapter import Adapter

_EXPAND = f"{BASE}repo=$base/repo.git\n"
NAME_PROGRAMS = """id_of () {
	test ! -f "$1" || git hash-object --no-filters "$1" 2>/dev/null
}
printf 'post-receive=%s\\n' "$(id_of "$repo/hooks/post-receive")"
(
	cd "$repo/gitbatch" 2>/dev/null || exit
	for file in gitbatch submit schedulers/*.sh schedulers/site/*.sh
	do
		test ! -f "$file" || set -- "$@" "$file"
	done
	shift
	git hash-object --no-filters "$@" 2>/dev/null | while read -r id
	do
		printf '%s=%s\\n' "$1" "$id"
		shift
	done
)
"""
"""sh: prints `NAME=ID` for each program in `$repo`, ID as git says it; has one argument."""

_INSPECT = f"""{_EXPAND}cd / || exit
hook=$repo/hooks/post-receive
printf 'base=%s\\n' "$base"
printf 'git=%s\\n' "$(git --version 2>/dev/null)"
printf 'version=%s\\n' "$(cat "$repo/gitbatch/version" 2>/dev/null)"
{NAME_PROGRAMS}test ! -d "$repo/gitbatch" || test -w "$repo/gitbatch" || printf 'owner=%s\\n' \\
	"$(stat -c %U "$repo" 2>/dev/null || stat -f %Su "$repo" 2>/dev/null || echo 'somebody else')"
if {{ test -e "$hook" || test -h "$hook"; }} &&
	! grep -q gitbatch/gitbatch "$hook" 2>/dev/null
then
	echo foreign=yes
fi
"""
_INSTALL = """test -d "${TMPDIR:-/tmp}" && test -w "${TMPDIR:-/tmp}" || TMPDIR=/tmp
folder=${TMPDIR:-/tmp}/gitbatch-$1 total=$2
shift 2
umask 077
mkdir "$folder" && cd "$folder" || exit
trap 'cd / && rm -rf "$folder"' EXIT
trap 'exit 129' HUP INT TERM
cat >all
if test "$(wc -c <all)" -ne "$total"
then
	echo "the files did not arrive whole" >&2
	exit 1
fi
folders=. files='' lengths=''
while test "$1" != --
do
	case $1 in */*) folders="$folders ./${1%/*}" ;; esac
	files="$files ./$1" lengths="$lengths $2"
	shift 2
done
mkdir -p $folders || exit
LC_ALL=C awk -v files="$files" -v lengths="$lengths" '
	BEGIN { split(files, file, " "); split(lengths, left, " "); at = 1 }
	{ print >file[at] }
	--left[at] == 0 { close(file[at++]) }
' all
# A pipe ends as its last program does.
if test "$(cat $files | wc -c)" -ne "$(wc -c <all)"
then
	echo "the files could not be unpacked in $folder: is its disk full?" >&2
	exit 1
fi
umask 022
shift
sh ./install "$@"
"""
_PROFILE = f"""{_EXPAND}if test -e "$base/profile"
then
	cat >/dev/null
	exit 0
fi
cat >"$base/profile.$$.tmp" && mv "$base/profile.$$.tmp" "$base/profile"
"""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMMAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True)
class Installed:
    """The installation that was found on a host."""

    base: str
    """The folder, absolute."""
    git: str
    """As `git --version` says it; empty where there is none."""
    version: str
    """Of our program over there; empty where there is none."""
    differing: tuple[str, ...]
    """Which of the installed files aren't ours, byte for byte."""
    foreign_hook: bool
    """Whether somebody else's post-receive is there."""
    owner: str = ""
    """Whose it is, where we may not write there."""


def inspect(host: Host, base: str) -> Installed:
    """Look at what is installed at `base`; changes nothing."""
    answer = host.run(_INSPECT, base)
    text = answer.check(f"{host.name} can't be looked at.").decode("utf-8", "surrogateescape")
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    version = one_line(found.get("version", ""))
    return Installed(
        base=found.get("base", base),
        git=one_line(found.get("git", "")),
        version=version,
        differing=differing(found) if version else (),
        foreign_hook="foreign" in found,
        owner=one_line(found.get("owner", "")),
    )


def install(host: Host, base: str, *flags: str) -> str:
    """Make or upgrade a batch remote, and return what install said in a sentence.

    Raises `Refused` with install's own sentence; nothing has changed then.
    """
    files = hook_files() | site_grammars()
    lines = {name: str(content.count(b"\n")) for name, content in files.items()}
    whole = b"".join(files.values())
    table = chain.from_iterable(lines.items())
    args = (secrets.token_hex(8), str(len(whole)), *table, "--", *flags, "--", base)
    answer = host.run(_INSTALL, *args, stdin=whole, timeout=300)
    if answer.status:
        raise Refused(_reason(answer.stderr), detail=clean(answer.stderr))
    said = clean(answer.stdout).splitlines()
    return "; ".join(line for line in said if not line.startswith("add it to a clone"))


def write_profile(host: Host, base: str, text: str) -> None:
    """Write BASE/profile; one that is there is kept."""
    content = f"{text.rstrip()}\n".encode()
    host.run(_PROFILE, base, stdin=content).check(f"{base}/profile can't be written.")


def differing(found: Mapping[str, str]) -> tuple[str, ...]:
    """The programs that aren't ours, byte for byte, by what `NAME_PROGRAMS` printed."""
    programs = installed_programs() | site_grammars()
    ids = {name: blob_id(len(content), [content]) for name, content in programs.items()}
    return tuple(name for name in ids if found.get(name) != ids[name])


def _reason(stderr: bytes) -> str:
    lines = [line for line in clean(stderr).splitlines() if line.strip()]
    last = lines[-1].removeprefix("install: ") if lines else "install failed without a word"
    return f"{last[:1].upper()}{last[1:]}."


def site_grammars() -> dict[str, bytes]:
    """The files that `install` takes besides ours, by their path below `hooks`.

    An adapter brings its part along as `commands`, the programs that submit jobs, and `grammar`,
    functions in sh as hooks/gitbatch.d/27-grammar.sh describes them. One without both, or of a
    name that sh can't say, has none: its jobs are known where schedule.sh names them.
    """
    written = {
        f"schedulers/site/{adapter.name}.sh": _written(adapter) for adapter in adapters().values()
    }
    return {path: text.encode() for path, text in written.items() if text}


def _written(adapter: Adapter) -> str:
    grammar = getattr(adapter, "grammar", "")
    commands = [word for word in getattr(adapter, "commands", ()) if _COMMAND.fullmatch(word)]
    if not _NAME.fullmatch(adapter.name) or not (grammar or commands):
        return ""
    parts = [f"{adapter.name}_commands='{' '.join(commands)}'", grammar.strip()]
    if (find := find_script(adapter)) and f"{adapter.name}_find" not in grammar:
        parts.append(f"{adapter.name}_find () (\n{find.strip()}\n)")
    return "\n\n".join(parts) + "\n"
