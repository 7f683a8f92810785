"""Calls the `gitbatch` program of a batch remote: constant scripts, and values as arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base import bounds
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.hosts.location import BASE
from gitbatch_tui.errors import (
    CommandFailed,
    GitBatchError,
    NotABatchRemote,
    OlderServer,
    Refused,
    UnknownName,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gitbatch_tui.core.hosts.host import Answer, Host, Stream

LONG = 3600
"""Seconds for what goes through whole files or folders."""
CHANGED = 4
"""The status of a stream that ended since the file was cut, replaced or deleted."""
SIGNAL = 128
"""A status above it means that a signal ended the program."""
_UNFIT, _MISSING = 65, 66

_FIND = f"""{BASE}shift
helper=$base/repo.git/gitbatch/gitbatch
test -x "$helper" || {{
	test ! -f "$helper" || exit {_UNFIT}
	exit {_MISSING}
}}
"""
CALL = f'{_FIND}exec "$helper" "$@"'
LASTING = f"""{_FIND}sh -c 'trap "kill \\$!; exit" TERM; sleep 2147483647 & echo $$; wait' | {{
	read -r lender
	"$helper" "$@"
	status=$?
	kill "$lender"
	exit "$status"
}}"""
"""For what ends with its standard input: here it has none, so a sleep lends it one."""
APART = f"""{_FIND}if command -v setsid >/dev/null
then
	setsid "$helper" "$@"
else
	"$helper" "$@"
fi"""
"""For what schedules: it goes on when the connection, or this program, is gone."""
JOB = f"""{_FIND}GITBATCH_RUN_DIR=$(cd "$base" && pwd -P)/runs/$1
export GITBATCH_RUN_DIR
exec "$helper" job "$2" "$3\""""
CHECKSUM = f'{_FIND}"$helper" log "$1" --file "$2" | cksum'
TELL = f"""{_FIND}newline='
'
run='' told=''
tell () {{
	test -z "$run" || printf '%s' "$told" | "$helper" tell "$run" || exit
}}
while IFS= read -r line
do
	case $line in
	run=*) tell; run=${{line#run=}} told= ;;
	end) tell; exit ;;
	*) told=$told$line$newline ;;
	esac
done
echo >&2 'the connection was cut'
exit 1"""
"""Hands on what schedulers said: lines after a line `run=42`, of many runs; `end` is the last
line, so that nothing counts of which a part is missing."""
NOTE_PAGES = f"""{_FIND}base=$(cd "$base" && pwd -P)
export GITBATCH_RUN_DIR
while read -r run name path
do
	GITBATCH_RUN_DIR=$base/runs/$run
	"$helper" log-file "$name" "$path"
done
exit 0"""
"""A line is a run, a name and a path."""
BOUNDS = r"""deadline=$(($(date +%s) + patience))
within () {
	# SECONDS COMMAND...: no longer than that, nor than the script has left
	left=$((deadline - $(date +%s)))
	test "$left" -gt 0 || return 124
	test "$1" -le "$left" || {
		shift
		set -- "$left" "$@"
	}
	bounded "$@" </dev/null
	left=$?
	# Some say by which signal they ended it instead.
	case $left in
	143 | 137) return 124 ;;
	esac
	return "$left"
}
# What doesn't heed TERM is killed: hung programs must not pile up there.
if timeout -k 1 1 true >/dev/null 2>&1
then
	bounded () { timeout -k 1 "$@"; }
else
	bounded () {
		seconds=$1
		shift
		"$@" &
		bounded_one=$!
		{
			sleep "$seconds" && kill "$bounded_one" && sleep 1 && kill -KILL "$bounded_one"
		} >/dev/null 2>&1 &
		guard=$!
		wait "$bounded_one"
		bounded_one=$?
		kill "$guard" 2>/dev/null
		return "$bounded_one"
	}
fi
"""
"""What a script bounds its commands with; status 124 says that there was no answer in time."""
SITE = f"""{_FIND}test ! -f "$base/profile" || . "$base/profile" >/dev/null 2>&1
"""
"""Before a script that calls the site's programs: what puts them on PATH."""
BOUNDED = f"""{SITE}patience=$1
shift
while test "$1" != --
do
	export "$1"
	shift
done
shift
{BOUNDS}"""
"""Before a script that asks a scheduler: `SITE`, and `within`. Its arguments begin with the seconds
that the script has, the context in which it is run, `NAME=VALUE...`, and `--`."""
SIZE = f'{_FIND}du -sk "$base"'


class Calls:
    """The one place that runs something in a batch remote."""

    def __init__(self, host: Host, base: str) -> None:
        self.host = host
        self.base = base
        self.place = base if host.name == "local" else f"{host.name}:{base}"

    def ask(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        """The answer, whatever its status; raises `NotABatchRemote` where there is none."""
        answer = self.host.run(script, self.base, *args, stdin=stdin, timeout=timeout)
        if answer.status in {_UNFIT, _MISSING}:
            raise self.failure(answer.status, answer.stderr)
        return answer

    def do(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> None:
        """Have something done; raises, with the reason on stdout or stderr, where it wasn't."""
        answer = self.ask(script, *args, stdin=stdin, timeout=timeout)
        if answer.status:
            raise self.failed(answer)

    def call(self, *args: str, timeout: float = 60) -> bytes:
        """Run a subcommand and return its output; raises when its status isn't zero."""
        answer = self.ask(CALL, *args, timeout=timeout)
        if answer.status:
            raise self.failure(answer.status, answer.stderr)
        return answer.stdout

    def text(self, *args: str, timeout: float = 60) -> str:
        """Run a subcommand and decode its output; raises when its status isn't zero."""
        return decode(self.call(*args, timeout=timeout))

    def stream(self, script: str, *args: str, stdin: bytes = b"") -> AbstractContextManager[Stream]:
        """A subcommand that lasts."""
        return self.host.stream(script, self.base, *args, stdin=stdin)

    def check(self, stream: Stream) -> None:
        """Raise what the end of a stream means, unless it ended well or was closed."""
        if stream.status:
            raise self.failure(stream.status, stream.stderr)

    def failed(self, answer: Answer) -> GitBatchError:
        """The error for an answer whose status isn't zero; its stdout is the reason."""
        said = one_line(decode(answer.stdout).strip())
        if said and not answer.stderr.strip():
            return Refused(sentence(said))
        return self.failure(answer.status, answer.stderr)

    def failure(self, status: int, stderr: bytes) -> GitBatchError:
        """The error for another status than zero."""
        if status == _MISSING:
            return NotABatchRemote(
                f"There is no batch remote at {self.place}: "
                f"`gitbatch-tui setup NAME {self.place}` makes one.",
            )
        if status == _UNFIT:
            words = (
                f"The program of the batch remote at {self.place} can't be run: either its file "
                "system is mounted noexec, or it isn't executable any more, which "
                f"`gitbatch-tui setup NAME {self.place}` mends."
            )
            return CommandFailed(words, status=status)
        said = clean(stderr).strip()
        last = one_line(said.split("\n")[-1].removeprefix("gitbatch: "))
        if last.startswith(("there is no run ", "there is no folder ")):
            return UnknownName(sentence(f"{last} ({self.place})"))
        if last.startswith("there is no command "):
            return OlderServer(
                f"The batch remote at {self.place} is of an older version, which can't do that: "
                f"`gitbatch-tui setup NAME {self.place}` upgrades it.",
            )
        words = sentence(last) if last else f"The batch remote at {self.place} failed."
        return CommandFailed(words, status=status, detail=said)


def decode(output: bytes) -> str:
    """Text that can be turned back into the same bytes; raises `BadAnswer` for too many lines."""
    if output.count(b"\n") > bounds.LINES:
        raise bounds.too_long("The answer", bounds.LINES, "lines")
    return output.decode("utf-8", "surrogateescape")


def lines_of(stream: Stream) -> Iterator[str]:
    """The lines of a stream, each as soon as it is complete; then what is left without an end."""
    pending = b""
    for chunk in stream:
        *lines, pending = (pending + chunk).split(b"\n")
        yield from map(decode, lines)
        if len(pending) > bounds.LINE:
            raise bounds.too_long("A line of the answer", bounds.LINE)
    if pending:
        yield decode(pending)


def sentence(text: str) -> str:
    """Give a text a capital and a full stop."""
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return ended[:1].upper() + ended[1:]
