"""Times, lengths, sizes and numbers of things as people read them, the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitbatch_tui.core.base.format import (
    age,
    duration,
    first_few,
    first_lines,
    plural,
    size,
    took,
)
from gitbatch_tui.models import Run, State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-90000, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (3600, "1h"), (2 * DAY - 1, "47h"),
     (2 * DAY, "2d"), (13 * DAY, "13d"), (14 * DAY, "2w"), (28 * DAY, "4w"), (45 * DAY, "6w"),
     (364 * DAY, "52w"), (729 * DAY, "104w"), (730 * DAY, "2y")],
)  # fmt: skip
def test_an_age_has_one_unit_and_is_never_in_the_future(seconds: int, words: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == words


def test_what_nobody_knows_is_not_said() -> None:
    assert age(None, NOW) == duration(None) == took(Run("b", 1, State.RUNNING, "x", "c"), NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0s"), (12, "12s"), (118, "1m58s"), (7500, "2h05m"), (273600, "3d04h")],
)
def test_a_duration_has_two_units(seconds: int, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (1_550_000, "1.6 MB"),
     (3 * 10**9, "3.0 GB"), (10**16, "10000.0 TB")],
)  # fmt: skip
def test_a_size_has_the_unit_that_fits(count: int, words: str) -> None:
    assert size(count) == words


def test_one_thing_is_no_several() -> None:
    counts = [plural(number, "run") for number in (0, 1, 2, 1200)]
    assert counts == ["0 runs", "1 run", "2 runs", "1,200 runs"]


@pytest.mark.parametrize(
    ("most", "words", "lines"),
    [
        (3, "a, b, c", ["a", "b", "c"]),
        (2, "a, b and 1 more", ["a", "b", "and 1 more"]),
        (1, "a and 2 more", ["a", "and 2 more"]),
    ],
)
def test_of_many_names_the_first_are_said_and_how_many_more_there_are(
    most: int, words: str, lines: list[str]
) -> None:
    assert first_few(["a", "b", "c"], most) == words
    assert first_lines(["a", "b", "c"], most) == lines
