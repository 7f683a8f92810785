"""Answers a request in a process of its own, on the machine where the data is.

A request and what is answered are JSON objects, a line each: `{"progress": TEXT}` now and then,
at the end `{"result": ...}` or `{"error": SENTENCE}`.
"""

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from gitbatch_tui.core.dirhash import HashError, Scheme, shown
from gitbatch_tui.core.frozen import FrozenError
from gitbatch_tui.core.frozen.freeze import Freezing
from gitbatch_tui.core.frozen.use import unseen
from gitbatch_tui.core.frozen.verify import HashCheck, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIBLING = b"archive"
"""The archive beside the directory, where none is named or configured."""
UNSET = 1
"""The status of `git config` for what isn't set."""
PAUSE = 0.5
"""Seconds between two lines of progress."""


def answer(request: "Mapping[str, Any]", tell: "Callable[[object], object]") -> "dict[str, Any]":
    """Do what a request asks for and return its result; raises `FrozenError`."""
    try:
        if request["do"] == "freeze":
            return _freeze(request, tell)
        return {"data": [_facts(each) for each in verify(_path(request["path"]), tell)]}
    except HashError as error:
        raise FrozenError(str(error)) from error
    except OSError as error:
        where = shown(error.filename) if isinstance(error.filename, (str, bytes)) else "A file"
        raise FrozenError(
            f"{where}: {error.strerror}. Nothing is lost: the same command goes on from here."
        ) from error


def _freeze(request: "Mapping[str, Any]", tell: "Callable[[object], object]") -> "dict[str, Any]":
    scheme = Scheme(request["algorithm"], request["block"])
    bases = [_path(base) for base in request["bases"]]
    directory = _path(request["path"])
    archive = _path(request["archive"]) if request["archive"] else configured(request["base"])
    beside = os.path.join(os.path.dirname(os.path.abspath(directory)), SIBLING)
    freezing = Freezing(directory, archive or beside, scheme, tell)
    how = freezing.freeze(bases)
    return {
        "hash": freezing.value,
        "how": how,
        "link": os.fsdecode(freezing.place),
        "data": os.fsdecode(freezing.target),
        "unseen": unseen(),
    }


def configured(base: str) -> bytes:
    """The archive in gitbatch.archive of a batch remote, or of the clone we are in; or nothing."""
    where = ["--git-dir", os.fsdecode(_path(base)) + "/repo.git"] if base else []
    argv = ["git", *where, "config", "--path", "gitbatch.archive"]
    try:
        done = subprocess.run(  # noqa: UP022  # Python 3.6 has no capture_output
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
        )
    except FileNotFoundError:
        return b""
    if done.returncode > UNSET:
        said = shown((done.stderr.strip().splitlines() or [b"git config failed"])[-1])
        raise FrozenError(f"Which archive gitbatch.archive means can't be known: {said}.")
    return done.stdout.rstrip(b"\n")


def _path(text: str) -> bytes:
    return os.fsencode(os.path.expanduser(text))


def _facts(verdict: HashCheck) -> "dict[str, Any]":
    return {
        "hash": verdict.value,
        "data": os.fsdecode(verdict.data),
        "good": verdict.good,
        "actual": verdict.actual,
        "altered": {os.fsdecode(path): how for path, how in verdict.altered.items()},
        "why": verdict.why,
    }


class ProgressLines:
    """Prints progress, not too often; a reader that has gone ends us."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PAUSE

    def __call__(self, progress: object) -> None:
        if time.monotonic() > self._next:
            self._next = time.monotonic() + PAUSE
            say(progress=str(progress))


def say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def main(request: str) -> int:
    """Answer on stdout; the exit status is 0 with a result, and 1 with an error."""
    try:
        say(result=answer(json.loads(request), ProgressLines()))
    except FrozenError as error:
        say(error=str(error))
        return 1
    return 0
