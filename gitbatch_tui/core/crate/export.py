"""Exports runs as a crate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.crate.citation import Citation, parse_citation
from gitbatch_tui.core.crate.contents import Packing
from gitbatch_tui.core.crate.facts import FACTS, facts_of
from gitbatch_tui.core.crate.metadata import METADATA, PREVIEW, describe, import_library
from gitbatch_tui.core.crate.preview import page
from gitbatch_tui.core.crate.writing import new_crate
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.crate.contents import Packed
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

CITATION = "CITATION.cff"


@dataclass(frozen=True)
class Export:
    """A crate that was written."""

    path: Path
    runs: tuple[str, ...]
    files: int
    bytes: int
    missing: tuple[str, ...]
    """What belongs to the runs and isn't in the crate, each in a few words."""


def export(
    sides: Sequence[tuple[Batch, Run]],
    target: Path,
    *,
    with_data: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Export:
    """Write runs that have ended into a zip file (`*.zip`) or a new folder.

    What can't be had is named in the crate. `with_data` copies frozen data, too. Raises `Refused`
    for a run that goes on, where there is something already, or where the library isn't installed.
    """
    import_library()
    sides = list({run.name: (batch, run) for batch, run in sides}.values())
    for _, run in sides:
        if not run.state.final:
            raise Refused(f"{run.name} {run.state.phrase}: it can be exported when it has ended.")
    with new_crate(target) as sink:
        packing = Packing(sink, tell, with_data=with_data)
        for batch, run in sides:
            packing.pack(batch, run)
        _finish(packing, sides[0][0].clone)
    missing = dict.fromkeys(words for each in packing.packed for words in each.missing)
    total = sum(file.size for file in packing.files.values())
    names = tuple(run.name for _, run in sides)
    return Export(target, names, len(packing.files), total, tuple(missing))


def _finish(packing: Packing, clone: Clone) -> None:
    """Write what tells of the files, which were all written before."""
    packed, files = packing.packed, dict(packing.files)
    citation = _citation(clone, packed)
    title = _title(citation, packed)
    packing.write(PREVIEW, [page(title, packed, files).encode()])
    packing.write(FACTS, [json.dumps(facts_of(packed, packing.files), indent=1).encode()])
    metadata = describe(title, packed, {**files, FACTS: packing.files[FACTS]}, citation)
    packing.write(METADATA, [json.dumps(metadata, indent=1).encode()])


def _title(citation: Citation, packed: Sequence[Packed]) -> str:
    names = [each.run.name for each in packed]
    shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    return f"{citation.title}: {one_line(shown)}" if citation.title else one_line(shown)


def _citation(clone: Clone, packed: Sequence[Packed]) -> Citation:
    """Read CITATION.cff of the newest of the commits; an empty citation where it has none."""
    for part in packed[-1].code if packed else ():
        if part.path == CITATION:
            answer = clone.ask("cat-file", "blob", part.blob)
            return Citation() if answer.status else parse_citation(answer.stdout)
    return Citation()
