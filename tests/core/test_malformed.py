"""No file, however broken, is more than a page, a comparison or a sentence."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.encoding import decoded
from gitbatch_tui.core.compare.contents import read_by
from gitbatch_tui.core.compare.files import Likeness, compare
from gitbatch_tui.core.compare.metrics import read_metrics
from gitbatch_tui.core.compare.numbers import EXACT, Tolerance
from gitbatch_tui.core.diffs.files import Comparison
from gitbatch_tui.core.diffs.grid import table_lines
from gitbatch_tui.core.diffs.notebook import notebook_lines
from gitbatch_tui.core.diffs.picture import SUFFIXES, picture_facts, picture_lines
from gitbatch_tui.core.diffs.text import patch_lines
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.logs.timeline import retell
from tests.support.malformed import KINDS, malformed
from tests.support.worlds import World

if TYPE_CHECKING:
    from pathlib import Path

EACH = 500


def look(kind: str, old: bytes, new: bytes) -> None:
    """All that is done to a file of that kind; what raises anything but ValueError fails."""
    for data in (old, new):
        retell(data)
        list(patch_lines([data[:7], data[7:]], "", ""))
        read_metrics(data, f"m{kind}")
        with suppress(ValueError):
            decoded(data)
    if kind in SUFFIXES:
        picture_facts([new])
        list(picture_lines(old, new))
    with suppress(ValueError):
        list(notebook_lines(old, new) if kind == ".ipynb" else table_lines(old, new, ".csv"))
    for tolerance in (EXACT, Tolerance(0.1, 1)):
        assert read_by(kind, old, new, tolerance)
        assert not read_by(kind, new, new, tolerance).differs


@pytest.mark.parametrize("kind", KINDS)
def test_no_malformed_file_is_more_than_a_page_or_a_sentence(kind: str) -> None:
    files = list(malformed(kind, EACH))
    for old, new in zip([b"", *files], files, strict=False):
        look(kind, old, new)


def test_malformed_files_among_results_have_a_page_each_and_are_compared(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.new_clone(world.clone)
    commits = []
    for side in (0, 1):
        for kind in KINDS:
            for at, data in enumerate(malformed(kind, 8)):
                file = world.clone / f"{at - at % 2}{kind}"
                if at % 2 == side:
                    file.write_bytes(data)
        commits.append(world.commit({}))
    with open_clone(world.clone) as clone:
        comparison = Comparison(clone, *commits)
        changes = comparison.files()
        assert len(changes) > 2 * len(KINDS)
        for change in changes:
            assert [line for part in comparison.page(change) for line in part], change.path
        found = compare(clone, commits[0], commits[1], commits[0])
    assert {file.likeness for file in found} <= {Likeness.ALIKE, Likeness.DIFFERS}
