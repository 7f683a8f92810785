"""How soon remotes, branches and runs are on the screen, against a bare app with one table."""

from __future__ import annotations

import statistics
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.bench.measure import show
from tests.support.paint import seconds_to
from tests.ui.gallery import NOW, Gallery, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

ALLOWED = 1.25
ROUNDS = 11
RUNS, BRANCHES = 1000, 50
BARE = """
from textual.app import App
from textual.widgets import DataTable

class Bare(App):
    def compose(self):
        yield DataTable()

    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("run", "state", "branch")
        for number in range(40):
            table.add_row(str(number), "bare state", "master")

Bare().run()
"""


def crowded(root: Path, *, reachable: bool) -> Gallery:
    """Three remotes, 50 branches and 1,000 runs."""
    gallery = Gallery(root)
    first = gallery.commits("refs/heads/master", ["Begin"])
    for number in range(1, BRANCHES):
        gallery.commits(f"refs/heads/topic-{number:02}", [f"Topic {number}"], first)
    told = [
        Told(number, "succeeded", f"topic-{number % BRANCHES:02}", f"Change {number}",
             NOW - timedelta(minutes=RUNS - number), 12, exit="0", job=f"slurm {number}")
        for number in range(1, RUNS - 1)
    ]  # fmt: skip
    gallery.remote("batch", told)
    gallery.remote("second", told[:1])
    if reachable:
        gallery.remote("third", told[:1])
    else:
        gallery.unreachable("third", root / "ssh")
    return gallery


def test_the_first_picture_takes_hardly_longer_than_that_of_a_bare_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITBATCH_SSH", str(tmp_path / "away" / "ssh"))
    near = crowded(tmp_path / "near", reachable=True).clone
    away = crowded(tmp_path / "away", reachable=False).clone
    ours = [sys.executable, "-m", "gitbatch_tui"]
    seen = ["third", "topic-07", "Change 998"]
    ways: dict[str, Callable[[], float]] = {
        "bare": lambda: seconds_to(["bare state"], [sys.executable, "-c", BARE], tmp_path),
        "ours": lambda: seconds_to(seen, ours, near),
        "unreachable": lambda: seconds_to(seen, ours, away),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):
        for name, way in ways.items():
            seconds = way()
            if turn:  # the first round warms up
                taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    ratio = medians["ours"] / medians["bare"]
    slower = medians["unreachable"] / medians["ours"]
    show(capsys, f"first picture: {medians['ours']:.3f} s, {ratio:.2f} times a bare app")
    show(capsys, f"with an unreachable remote: {slower:.2f} times that")
    assert ratio < ALLOWED
    assert slower < 1.1
