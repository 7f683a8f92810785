"""Reads the files that a run's records in git carry: its environment, its large results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitbatch_tui.core.git.blobs import blobs_at, contents_of
from gitbatch_tui.core.runs.records import log_ref, tip
from gitbatch_tui.core.server.environment import parse
from gitbatch_tui.core.server.large_files import parse_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.server.environment import Environment
    from gitbatch_tui.core.server.large_files import LargeFile
    from gitbatch_tui.models import Run


_OF_RUN = re.compile(r"run ([1-9][0-9]{0,17})\b")


def file_of(clone: Clone, run: Run, name: str) -> str | None:
    """The text of a file of a run's records, the newest that has one; needs no network."""
    pattern = f"--grep=^Run: {run.number}$"
    records = clone.try_git("log", "--format=%H", pattern, log_ref(run.remote), "--")
    for record in (records or "").split():
        text = clone.try_git("cat-file", "blob", f"{record}:{name}")
        if text is not None:
            return text
    return None


def environment_of(clone: Clone, run: Run) -> Environment | None:
    """The environment of a run by its newest record that has one; needs no network."""
    text = file_of(clone, run, "environment")
    return None if text is None else parse(text)


def environments_of(clone: Clone, runs: Sequence[Run]) -> list[Environment | None]:
    """The environments of many runs, which git is asked for all at once."""
    wanted = {(run.remote, run.number) for run in runs}
    places: dict[tuple[str, int], list[str]] = {}
    for remote in {run.remote for run in runs}:
        if not tip(clone, remote):
            continue
        for line in clone.git("log", "--format=%H %s", log_ref(remote), "--").split("\n"):
            record, _, subject = line.partition(" ")
            match = _OF_RUN.match(subject)
            if match and (remote, int(match[1])) in wanted:
                places.setdefault((remote, int(match[1])), []).append(record)
    asked = [(run, record) for run, records in places.items() for record in records]
    blobs = blobs_at(clone, [(record, "environment") for _, record in asked]) if asked else []
    newest = {run: blob for (run, _), blob in reversed([*zip(asked, blobs, strict=True)]) if blob}
    texts = contents_of(clone, newest.values())
    found = {run: parse(texts[blob].decode("utf-8", "replace")) for run, blob in newest.items()}
    return [found.get((run.remote, run.number)) for run in runs]


def large_files_of(clone: Clone, run: Run) -> tuple[LargeFile, ...]:
    """The large results of a run, as its record has them; needs no network."""
    return tuple(parse_large(file_of(clone, run, "large") or ""))
