"""Carries a script through any login shell, and its answer back past whatever that shell prints.

ssh hands one string to the account's login shell, which may be csh or fish, may print a greeting
first, and whose exit status 255 looks like ssh's own. So the string is one that they all read
alike, and the answer lies between two lines that contain a token.
"""

from __future__ import annotations

import re
import shlex
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.diagnosis import diagnose, diagnose_loss
from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.hosts.stream import ProcessStream

if TYPE_CHECKING:
    import subprocess

    from gitbatch_tui.core.hosts.connection import Connection
    from gitbatch_tui.core.hosts.pipes import Pipes
    from gitbatch_tui.errors import Unreachable


COMMAND_BYTES = 120_000
"""The longest command that is sent; Linux takes 128 KiB as one argument."""

# csh knows no longer words than some 9 kB.
_WORD = 1000
_MARK_BYTES = 100
# Within single quotes these are what they are for every shell, and for printf's %b.
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - set("'!\\")

_MARK = r"""mark () { printf '\n%s\n' "$1"; printf '\n%s\n' "$1" >&2; }"""
_WATCHER = """exec 3<&0
{ %s trap '' TERM; kill -TERM 0; sleep 1; kill -KILL 0; } <&3 >/dev/null 2>&1 &
watcher=$!"""


class EndOfScript(StrEnum):
    """When the script is to be ended over there, with all that runs in its session."""

    NEVER = ""
    """stdin belongs to the script."""
    ON_A_LINE = "read -r line || exit;"
    """When a line comes on stdin. A lost connection lets it finish."""
    AT_THE_END = "read -r line;"
    """When stdin ends, as it does when the connection is lost. Its stdout has no end mark."""


def wrap(script: str, args: tuple[str, ...], token: str, stop: EndOfScript) -> str:
    """The command line that runs a script and marks its answer with `token`."""
    run = shlex.join(["sh", "-c", script, "sh", *args])
    lines = [_MARK, f"mark '{token} begin'"]
    if stop:
        lines += [_WATCHER % stop, f"{run} </dev/null 3<&-"]
    else:
        lines += [run]
    quietly = " >/dev/null" if stop is EndOfScript.AT_THE_END else ""
    lines += ["status=$?", f'mark "{token} end $status"{quietly}']
    if stop:
        lines += ["kill $watcher", "exit 0"]
    return for_any_shell("\n".join(lines))


def for_any_shell(program: str) -> str:
    """A command line that makes any login shell run an sh program.

    Raises ValueError when it gets longer than a command line may be.
    """
    words: list[str] = [""]
    for sign in _signs(program):
        if len(words[-1]) + len(sign) > _WORD:
            words.append("")
        words[-1] += sign
    quoted = " ".join(f"'{word}'" for word in words)
    command = f"""exec sh -c 'eval "$(printf %b "$@")"' sh {quoted}"""
    if len(command) > COMMAND_BYTES:
        raise ValueError("too much for a command line; send it as stdin")
    return command


def _signs(program: str) -> list[str]:
    if "\0" in program:
        raise ValueError("a command can't contain NUL")
    return [
        sign if sign in _PLAIN else "".join(f"\\0{byte:03o}" for byte in _encoded(sign))
        for sign in program
    ]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def begin_mark(token: str) -> bytes:
    return f"\n{token} begin\n".encode()


def find_end(token: str, output: bytes) -> re.Match[bytes] | None:
    """The first end mark: nothing after it belongs to the answer; group 1 is the status."""
    return re.search(rb"\n%s end (\d{1,3})\n" % token.encode(), output)


def end_at_last(token: str, output: bytearray) -> re.Match[bytes] | None:
    """The end mark, if the output so far ends with it."""
    return find_end(token, bytes(output[-_MARK_BYTES:]))


def unwrap(token: str, stdout: bytes, stderr: bytes) -> Answer | None:
    """The script's own answer; None when it isn't complete."""
    _, begun, rest = stdout.partition(begin_mark(token))
    end = find_end(token, rest)
    if not begun or not end:
        return None
    return Answer(int(end[1]), rest[: end.start()], between_marks(token, stderr))


def between_marks(token: str, output: bytes) -> bytes:
    """The bytes between the marks, as far as they are there."""
    before, begun, rest = output.partition(begin_mark(token))
    content = rest if begun else before
    end = find_end(token, content)
    return content[: end.start()] if end else content


class SshStream(ProcessStream):
    """The stdout of a script on a host, without what the login shell says before it."""

    # The end is told on stderr, which overtakes what ssh still holds of stdout.
    _SILENCE = 5.0

    def __init__(
        self, process: subprocess.Popen[bytes], pipes: Pipes, token: str, connection: Connection
    ) -> None:
        super().__init__(process, pipes)
        self._token = token
        self._connection = connection
        self._begun = False

    @property
    def stderr(self) -> bytes:
        return between_marks(self._token, super().stderr)

    def _take(self) -> bytes:
        if not self._begun:
            mark = begin_mark(self._token)
            position = self._pipes.stdout.find(mark)
            if position < 0:
                return b""
            del self._pipes.stdout[: position + len(mark)]
            self._begun = True
        return super()._take()

    def _is_over(self) -> bool:
        return super()._is_over() or bool(end_at_last(self._token, self._pipes.stderr))

    def _finish(self) -> None:
        end = end_at_last(self._token, self._pipes.stderr)
        if end is None:
            raise self._failure()
        self.status = int(end[1])

    def _failure(self) -> Unreachable:
        name, login = self._connection.name, self._connection.login
        if self._begun:
            return diagnose_loss(name, self.stderr)
        # What came before the begin is still there: nothing was taken.
        output = bytes(self._pipes.stdout + self._pipes.stderr)
        return diagnose(name, login, self._process.poll(), output)
