"""Cuts the power before a system call of an operation, or makes that call fail.

An operation is a program with all that it starts. Its calls come to us one after the other, before
they are made. What a power cut leaves is what is on the disk then: one operation that goes well
shows it for all of its calls.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pytest

from tests.support.seccomp import Call, Supervised, why_not
from tests.support.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.support.seccomp import Kind
    from tests.support.tree import State

T = TypeVar("T")

EVERYTHING = os.environ.get("GITBATCH_FUZZ") == "all"
AT_ANY_CALL = [
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "-"),
    pytest.mark.timeout(0 if EVERYTHING else 900),
    pytest.mark.fuzz,
]
"""Marks of the tests that try very many calls of an operation."""


def sample(found: Sequence[T], most: int, seed: str | int) -> list[T]:
    """All, or as many at random, which are the same each time."""
    if EVERYTHING or len(found) <= most:
        return list(found)
    return random.Random(seed).sample(found, most)


def can_trace() -> str:
    """Why strace can't make calls fail here; empty where it can."""
    if not shutil.which("strace"):
        return "strace isn't installed"
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else f"strace may not trace here: {done.stderr!r}"


class Point(NamedTuple):
    """The `number`-th call of an operation, and the `turn`-th of its kind, counted from 1."""

    number: int
    what: str
    kind: Kind | None = None
    turn: int = 0


class Cut(NamedTuple):
    """What is there, and what was said, when the power is cut before a call."""

    point: Point
    state: State
    output: str


def different(cuts: list[Cut]) -> list[Cut]:
    """One for each state: it doesn't matter before which call that was reached."""
    return list({(cut.state, cut.output): cut for cut in reversed(cuts)}.values())


@dataclass
class Operation:
    """A program that changes a folder, or a function that does so: it is spared its imports."""

    what: list[str] | Callable[[], object]
    at: Path
    env: Mapping[str, str]
    folder: Path
    stdin: str = ""

    def __post_init__(self) -> None:
        self.tree = Tree(self.folder)
        self.said = self.folder.with_name("said")

    def output(self) -> str:
        """What it has said so far."""
        return self.said.read_text(errors="replace")

    def cuts(self, most: int, seed: str | int) -> list[Cut]:
        """One for each call of an operation that goes well, and one for its end, or a sample."""
        before = self.tree.look()
        points = [*self.points(), Point(0, "the end")]
        self.tree.put_back(before)
        chosen = {point.number for point in sample(points, most, seed)}
        found: list[Cut] = []

        def look(number: int, call: Call) -> int:
            if number in chosen:
                found.append(Cut(Point(number, str(call)), self.tree.look(), self.output()))
            return 0

        assert self._do(look) == 0, self.output()
        if 0 in chosen:
            found.append(Cut(Point(0, "the end"), self.tree.look(), self.output()))
        return found

    def points(self) -> list[Point]:
        """All calls of an operation that goes well."""
        found: list[Point] = []
        turns: Counter[Kind] = Counter()

        def note(number: int, call: Call) -> int:
            turns[call.kind] += 1
            found.append(Point(number, str(call), call.kind, turns[call.kind]))
            return 0

        assert self._do(note) == 0, self.output()
        return found

    def fail_at(self, point: Point, error: str) -> tuple[str, str]:
        """Make a call fail: which it was, if the operation got there, and what that said."""
        failed = ""

        def fail(number: int, call: Call) -> int:
            nonlocal failed
            if number != point.turn:
                return 0
            failed = str(call)
            return int(getattr(errno, error))

        self._do(fail, only=point.kind, last=point.turn)
        return failed, self.output()

    def _do(
        self,
        before: Callable[[int, Call], int],
        only: Kind | None = None,
        last: int | None = None,
    ) -> int:
        """Its exit status; `before` hears of each call, and says which error it gets, or 0.

        What comes after the `last` call is let be.
        """
        number = 0
        with tempfile.TemporaryFile() as stdin, self.said.open("wb") as output:
            stdin.write(self.stdin.encode())
            stdin.seek(0)
            program = Supervised(
                self.what, at=self.at, env=self.env, stdin=stdin, output=output, only=only
            )
            for call in program.calls():
                error = 0
                if number != last and self._counts(call):
                    number += 1
                    error = before(number, call)
                program.answer(call, error)
        return program.process.returncode

    def _counts(self, call: Call) -> bool:
        """Reading a program and its libraries isn't worth a point each."""
        if call.name != "openat":
            return True
        path = call.text(1)
        return not path.startswith("/") or path.startswith(f"{self.folder.parent}/")
