"""Freezing, killed at every call that changes something, and failing at every one of them."""

from __future__ import annotations

import itertools
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import AT_ANY_CALL, sample
from tests.support.freeze_faults import FreezeTrial

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = AT_ANY_CALL

ELSEWHERE = (Path("/dev/shm"), Path("/var/tmp"))
"""One of them is in a file system that isn't that of the tests."""
ERRORS = ("ENOSPC", "EIO")
WAYS = ("moved", "copied", "linked")
FEWEST = 16
"""Calls of each way, or they aren't seen."""
SAMPLE = 20
"""Points of a way that are tried, unless all are."""
MOST_HIT = 0.7
"""What share of the points, at least, is reached: where a directory is read, it isn't the same
call each time."""


@pytest.fixture(params=WAYS)
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FreezeTrial]:
    root = tmp_path / "frost"
    root.mkdir()
    if request.param != "copied":
        yield FreezeTrial(root, root / "archive")
        return
    elsewhere = next((path for path in ELSEWHERE if is_apart(path, tmp_path)), None)
    if not elsewhere:
        pytest.skip("/dev/shm and /var/tmp are in the same file system")
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        yield FreezeTrial(root, Path(folder) / "archive")
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(exist_ok=True)


def is_apart(path: Path, other: Path) -> bool:
    """Whether it is in another file system."""
    return path.is_dir() and path.stat().st_dev != other.stat().st_dev


def test_a_kill_at_any_call_loses_nothing_and_the_next_try_completes_it(
    trial: FreezeTrial, request: pytest.FixtureRequest
) -> None:
    way = request.node.callspec.params["trial"]
    trial.build(archived=way == "linked")
    every = trial.points()
    assert len(every) >= FEWEST
    points = sample(every, SAMPLE, way)
    trial.is_frozen()
    killed = 0
    for point in points:
        trial.build(archived=way == "linked")
        done = trial.kill_at(point)
        killed += done.status == -signal.SIGKILL
        assert not trial.lost(), point
        trial.complete()
    assert killed >= MOST_HIT * len(points)


def test_an_error_of_any_call_loses_nothing_and_the_next_try_completes_it(
    trial: FreezeTrial, request: pytest.FixtureRequest
) -> None:
    way = request.node.callspec.params["trial"]
    trial.build(archived=way == "linked")
    failed = 0
    points = sample(trial.points(), SAMPLE, way)
    for point, error in zip(points, itertools.cycle(ERRORS), strict=False):
        trial.build(archived=way == "linked")
        done = trial.fail_at(point, error)
        failed += done.status != 0
        assert not trial.lost(), (point, done.said)
        if done.status and trial.place.is_dir() and not trial.place.is_symlink():
            assert [path.name for path in trial.place.parent.iterdir()] == ["data"], "tidied"
        trial.complete()
    # Metadata that can't be kept are passed over.
    assert failed >= MOST_HIT * len(points)
