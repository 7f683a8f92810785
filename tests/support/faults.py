"""Makes one system call of one process of a deed fail, or cuts the power there.

A deed is a program of hooks/ with all that it starts. Each program found on PATH is a shim
that counts; the one whose turn it is runs under strace, which kills it at a call or makes the
call fail. `strace -f` alone can't do this: it counts the calls of each process apart.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CHANGES = ("write", "openat", "rename", "linkat", "unlink", "mkdir", "clone", "vfork", "fsync")
"""Calls after which the world is another one; what Linux on x86-64 and git 2.39 use of them."""

PROGRAMS = ("git", "mv", "ln", "rm", "mkdir", "cp", "chmod", "rmdir", "cmp")

SHIM = """\
#!/bin/sh
exec 8>>"$FAULT/lock"
flock 8
read -r count <"$FAULT/count"
count=$((count + 1))
echo "$count" >"$FAULT/count"
exec 8>&-
PATH=${{PATH#*:}}
if test -n "$FAULT_ALL"
then
	exec strace -f -o "$FAULT/trace.$count" -e trace="$FAULT_ALL" {program} "$@"
elif test "$count" != "$FAULT_TURN"
then
	exec {program} "$@"
fi
strace -f -o "$FAULT/hit" -e trace="$FAULT_CALL" -e inject="$FAULT_INJECT" {program} "$@"
status=$?
if test -n "$FAULT_CUT" && grep -q 'killed by SIGKILL' "$FAULT/hit"
then
	kill -s KILL -- "-$FAULT_GROUP"
fi
exit "$status"
"""


def can_trace() -> str:
    """Why faults can't be injected here; empty where they can."""
    if not shutil.which("strace"):
        return "strace isn't installed"
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else f"strace may not trace here: {done.stderr!r}"


@dataclass(frozen=True)
class Point:
    """The `number`-th `call` of the `turn`-th program; program 0 is the deed itself."""

    turn: int
    call: str
    number: int


@dataclass
class Deed:
    """A program of hooks/ that is done again and again, each time with another fault."""

    argv: list[str]
    at: Path
    env: Mapping[str, str]
    folder: Path
    stdin: str = ""

    def __post_init__(self) -> None:
        self.shims = self.folder / "shims"
        self.shims.mkdir(parents=True)
        for name in PROGRAMS:
            shim = self.shims / name
            shim.write_text(SHIM.format(program=shutil.which(name)))
            shim.chmod(0o755)

    def points(self) -> Iterator[Point]:
        """All calls of a deed that goes well."""
        self._run([*self._strace("trace.0", CHANGES), *self.argv], FAULT_ALL=",".join(CHANGES))
        for trace in sorted(self.folder.glob("trace.*"), key=lambda path: int(path.suffix[1:])):
            for call, count in counts(trace.read_text(errors="replace")).items():
                for number in range(1, count + 1):
                    yield Point(int(trace.suffix[1:]), call, number)
            trace.unlink()

    def cut_at(self, point: Point) -> tuple[bool, str]:
        """Kill the deed and all it had started at that call; whether it got there."""
        return self._inject(point, "signal=KILL", FAULT_CUT="yes")

    def fail_at(self, point: Point, error: str) -> tuple[bool, str]:
        """Make that call fail; whether the deed got there, and what it said."""
        return self._inject(point, f"error={error}")

    def _inject(self, point: Point, what: str, **extra: str) -> tuple[bool, str]:
        hit = self.folder / "hit"
        hit.unlink(missing_ok=True)
        inject = f"{point.call}:{what}:when={point.number}"
        argv = self.argv
        if point.turn == 0:
            argv = [*self._strace("hit", (point.call,)), "-e", f"inject={inject}", *argv]
        turn = {"FAULT_TURN": str(point.turn), "FAULT_CALL": point.call, "FAULT_INJECT": inject}
        output = self._run(argv, **turn, **extra)
        said = hit.read_text(errors="replace") if hit.exists() else ""
        return "(INJECTED)" in said or "killed by SIGKILL" in said, output

    def _strace(self, output: str, calls: tuple[str, ...]) -> list[str]:
        return ["strace", "-o", str(self.folder / output), "-e", f"trace={','.join(calls)}"]

    def _run(self, argv: list[str], **extra: str) -> str:
        (self.folder / "count").write_text("0\n")
        path = f"{self.shims}:{self.env['PATH']}"
        # The shell that becomes the deed leads the group that a cut kills.
        lead = ["/bin/sh", "-c", 'FAULT_GROUP=$$ exec "$@"', "sh", *argv]
        done = subprocess.Popen(
            lead,
            cwd=self.at,
            env={**self.env, "PATH": path, "FAULT": str(self.folder), **extra},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        try:
            output, _ = done.communicate(self.stdin, timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(done.pid, signal.SIGKILL)
            raise
        if done.returncode < 0:
            # strace dies as its program did: the rest of the group follows, as at a power cut.
            kill_group(done.pid)
        return output


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def counts(trace: str) -> Counter[str]:
    """How often each call was made, by the process that made it most often."""
    per_process: Counter[tuple[str, str]] = Counter()
    for line in trace.splitlines():
        match = re.match(r"(\d+ +)?(\w+)\(", line)
        if match:
            per_process[match[1] or "", match[2]] += 1
    most: Counter[str] = Counter()
    for (_, call), count in per_process.items():
        most[call] = max(most[call], count)
    return most
