"""`gitbatch.json` of a crate: what is needed to run an exported run again, and to check its files.

Version 1. Its names are documented in docs/formats.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitbatch_tui.core.crate.contents import Packed
    from gitbatch_tui.core.crate.parts import Part
    from gitbatch_tui.core.crate.writing import Written

FACTS = "gitbatch.json"
VERSION = 1


def facts_of(packed: Sequence[Packed], files: Mapping[str, Written]) -> dict[str, Any]:
    """The content of gitbatch.json; texts that aren't UTF-8 are written as Python's surrogates."""
    return {
        "version": VERSION,
        "runs": [_run(each) for each in packed],
        "files": {file.name: {"size": file.size, "sha256": file.sha256} for file in files.values()},
    }


def _run(packed: Packed) -> dict[str, Any]:
    run = packed.run
    times = {name: getattr(run, name) for name in ("submitted", "started", "finished", "settled")}
    return {
        "remote": run.remote,
        "number": run.number,
        "location": packed.location,
        "state": run.state,
        "exit": run.exit,
        "reason": run.reason,
        "branch": run.branch,
        "commit": run.commit,
        "tree": run.tree,
        "result": run.result,
        "subject": run.subject,
        "submitter": run.submitter,
        "options": list(run.options),
        "host": run.host,
        "note": run.note,
        "tags": list(run.tags),
        "job": str(run.job or ""),
        **{name: time.isoformat() if time else None for name, time in times.items()},
        "code": _parts(packed.code),
        "results": _parts(packed.results),
        "removed": list(packed.removed),
        "data": {path: _parts(parts) for path, parts in packed.data.items()},
        "missing": packed.missing,
    }


def _parts(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [
        {"name": part.name, "path": part.path, "mode": part.mode, "large": not part.blob}
        for part in parts
    ]
