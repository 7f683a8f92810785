"""Comparing numbers, as they are written and wherever they stand."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.compare.numbers import EXACT, Tolerance, from_to, numbers_alike, texts_alike


def test_numbers_in_a_text_count_only_with_a_tolerance() -> None:
    assert not texts_alike("loss 0.5", "loss 0.51", EXACT)
    assert texts_alike("loss 0.5", "loss 0.51", Tolerance(0.1))
    assert not texts_alike("loss 0.5", "gain 0.51", Tolerance(0.1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version 1.20.3", "version 1.21.3"),
        ("on 2024-01-02", "on 2024-01-03"),
        ("at 12:30:59", "at 12:31:59"),
        ("sample-0042", "sample-0043"),
        ("sha 7e88f1", "sha 7e89f1"),
        ("path a/41/b", "path a/42/b"),
        ("x41", "x42"),
    ],
)
def test_names_dates_and_digests_in_a_text_are_no_numbers(old: str, new: str) -> None:
    assert not texts_alike(old, new, Tolerance(0.5))


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("1.0", "1.00", True),
        ("1e3", "1000", True),
        (" 7", "7 ", True),
        ("NaN", "nan", True),
        ("-inf", "-Infinity", True),
        ("18446744073709551617", "18446744073709551616", False),
        ("0.1000000000000000055", "0.1", False),
        ("007", "7", False),
        ("00.5", "0.5", False),
        ("+4930", "4930", False),
        ("1e400", "2e400", False),
        ("1e400", "10e399", False),
        ("9" * 400, "9" * 399 + "8", False),
        ("1e-320", "2e-320", False),
        ("nan", "0", False),
        ("inf", "1e308", False),
        ("inf", "-inf", False),
        ("", "0", False),
        ("", "nan", False),
        ("1_0", "10", False),
        ("\u0661", "1", False),
    ],
)
def test_numbers_are_compared_exactly_as_they_are_written(
    old: str, new: str, *, alike: bool
) -> None:
    assert numbers_alike(old, new, EXACT) is alike
    assert numbers_alike(new, old, EXACT) is alike


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "alike"),
    [
        ("100", "101", Tolerance(0.01), True),
        ("100", "102", Tolerance(0.01), False),
        ("1e-40", "2e-40", Tolerance(1e-3), False),
        ("1e-40", "2e-40", Tolerance(0.5), True),
        ("0", "1e-300", Tolerance(1e-3), False),
        ("0", "1e-300", Tolerance(1e-3, 1e-12), True),
        ("0", "1e-11", Tolerance(1e-3, 1e-12), False),
        ("5", "5.5", Tolerance(0, 0.5), True),
        ("5", "5.51", Tolerance(0, 0.5), False),
        ("1e308", "-1e308", Tolerance(1), False),
        ("inf", "1e308", Tolerance(1), False),
        ("nan", "1", Tolerance(1, 1e9), False),
        ("007", "7", Tolerance(1, 1e9), False),
    ],
)
def test_a_tolerance_is_relative_to_the_larger_number_and_has_no_floor(
    old: str, new: str, tolerance: Tolerance, *, alike: bool
) -> None:
    assert numbers_alike(old, new, tolerance) is alike
    assert numbers_alike(new, old, tolerance) is alike


def test_a_tolerance_says_what_it_is() -> None:
    assert [str(Tolerance(1e-6)), str(Tolerance(0, 2)), str(Tolerance(1e-6, 2))] == [
        "1e-06",
        "2 absolute",
        "1e-06 or 2 absolute",
    ]


def test_what_differs_far_behind_is_shown_from_there() -> None:
    words = from_to("a" * 500 + "b", "a" * 500 + "c")
    assert words == f"…{'a' * 30}b → …{'a' * 30}c"
    assert from_to("a  b", "a b") == "'a  b' → 'a b'"
