"""The grammar that runs are chosen by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gitbatch_tui.core.base.format import took
from gitbatch_tui.core.runs.filters import parse
from gitbatch_tui.core.runs.groups import undone
from gitbatch_tui.core.runs.parameters import differing, named, parameter_words
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Badge, Finding, Results, Run, State

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RUN = Run(
    remote="batch",
    number=42,
    state=State.FAILED,
    branch="master",
    commit="1a2b3c4d" * 5,
    subject="Try a larger net",
    submitter="anna",
    options=("lr=0.10", "model=cnn", "name=a b", "layers=64,32"),
    submitted=NOW - timedelta(hours=30),
    started=NOW - timedelta(hours=29),
    finished=NOW - timedelta(hours=28),
    exit=3,
    host="node7",
    sweep=40,
    note="The net was too large",
    tags=("bad", "look"),
    results=Results.WAITING,
)

TRUE = """
    state:failed | state:lost,failed | state=FAILED | -state:running | state!=running
    lr:0.1 | lr=0.1 | lr<0.2 | lr<=0.1 | lr>=0.1 | lr>1e-3 | lr!=1 | -lr>1 | model:cnn,tree
    lr==0.1 | layers:64,32 | layers!=64
    age<2d | age>1d | age>=90m | took:1h | took<61m | exit:3 | exit>0
    sweep:40 | run>=42 | run:42,43
    by:anna | by:bert,anna | tag:bad | -tag:good | branch:master | host:NODE7 | commit:1a2b3c4
    results:waiting | results:"not pulled" | -results:none
    subject:larger | note:"too large" | net | lr=0.10 | "a b" | -tree | batch#42 | state:failed lr<1
"""
FALSE = """
    state:running | -state:failed | state!=failed | lr<0.1 | lr>0.1 | lr:1 | model:tree | model>1
    lr==1 | layers!=64,32 | layers:64,16
    none:1 | none<1 | age<1d | took>1h | exit:0 | sweep:41 | run<42 | by:ann | tag:ba | branch:mast
    commit:2b | results:pulled | subject:small | note:fine | tree | -net | state:failed lr>1
"""


def words(text: str) -> list[str]:
    return [word.strip() for line in text.strip().splitlines() for word in line.split(" | ")]


@pytest.mark.parametrize("text", words(TRUE))
def test_a_filter_lets_pass_what_is_so(text: str) -> None:
    assert parse(text).matches(RUN, NOW)


@pytest.mark.parametrize("text", words(FALSE))
def test_a_filter_holds_back_what_is_not_so(text: str) -> None:
    assert not parse(text).matches(RUN, NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("state:done", "no such state, but submitted, queued, "),
        ("results:bogus", "no such results, but none, waiting, not pulled, pulled, "),
        ("results:waiting,pullet", "perhaps pulled?"),
        ("-results:", "no such results"),
        ("commit:master", "the id of a commit has digits and the letters a to f"),
        ("run:1.5", "a whole number was expected"),
        ("sweep<nan", "a whole number was expected"),
        ("lr<nan", "a number was expected"),
        ("lr<big", "a number was expected"),
        ("age<soon", "a length of time is 90s"),
        ("exit:x", "a whole number was expected"),
        ("branch<a", "branch has no order: write branch:a"),
        ("lr < 0.1", "<: there are no blanks around it, as in lr<0.1"),
    ],
)
def test_a_filter_that_means_nothing_says_what_was_expected(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parse(text)


def test_an_empty_filter_lets_all_pass_and_an_open_quote_is_no_trouble() -> None:
    assert not parse("  ")
    assert parse("").matches(RUN, NOW)
    assert parse('note:"too').matches(RUN, NOW)


def test_what_never_began_is_in_no_length_of_time() -> None:
    waiting = Run("batch", 1, State.QUEUED, "master", "a" * 40)
    for text in ("took<1h", "took>0s", "age<1d", "age>0s"):
        assert not parse(text).matches(waiting, NOW)


def test_what_was_lost_took_as_long_as_lists_say_up_to_when_it_was_settled() -> None:
    lost = replace(RUN, state=State.LOST, finished=None, settled=NOW - timedelta(hours=27))
    assert took(lost, NOW) == "2h00m"
    assert parse("took:2h").matches(lost, NOW)
    assert parse("took:3h").matches(replace(RUN, state=State.RUNNING, finished=None),
                                    NOW - timedelta(hours=26))  # fmt: skip


def run(number: int, state: State, *options: str) -> Run:
    return Run("batch", number, state, "master", "a" * 40, options=options, sweep=1)


def test_parameters_that_differ_are_those_that_are_not_the_same_in_all() -> None:
    runs = [
        run(1, State.FAILED, "lr=1", "seed=1", "data=x"),
        run(2, State.FAILED, "lr=2", "data=x"),
    ]
    assert differing(runs) == ("lr", "seed")
    assert parameter_words(runs[0], differing(runs)) == "lr=1 seed=1"
    assert named(runs[1], differing(runs)) == "batch#2 (lr=2)"
    assert named(run(3, State.FAILED)) == "batch#3"
    assert differing(runs[:1]) == ()


def test_what_is_run_again_of_a_sweep_is_the_newest_run_of_each_row_that_did_not_succeed() -> None:
    runs = [
        run(1, State.SUCCEEDED, "a=1"),
        run(2, State.FAILED, "a=2"),
        run(3, State.LOST, "a=3"),
        run(4, State.RUNNING, "a=4"),
        run(5, State.SUCCEEDED, "a=2"),
        run(6, State.FAILED, "a=5", "b=1"),
        run(7, State.CANCELLED, "b=1", "a=5"),
    ]
    assert [each.number for each in undone(runs)] == [3, 7]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (replace(RUN, state=State.LOST), "state:interrupted"),
        (replace(RUN, state=State.LOST), "state:lost"),
        (replace(RUN, state=State.QUEUED, held=True), "state:held"),
        (replace(RUN, state=State.QUEUED, stuck="its job can never begin"), "state:STUCK"),
        (replace(RUN, findings=(Finding(Badge.VERIFIED, "", None),)), "state:verified"),
    ],
    ids=["interrupted", "lost", "held", "stuck", "verified"],
)
def test_every_word_that_a_list_shows_as_a_state_can_be_asked_for(found: Run, text: str) -> None:
    assert parse(text).matches(found, NOW)
    assert not parse(text).matches(RUN, NOW)


def test_a_misspelt_state_names_what_may_have_been_meant() -> None:
    for text, why in (("state:faild", "perhaps failed"), ("state:canceled", "perhaps cancelled")):
        with pytest.raises(Refused, match=rf"^{text}: {why}\?$"):
            parse(text)


def test_a_name_is_a_parameter_first_and_then_a_metric() -> None:
    measured = {"loss": 0.05, "lr": 7}
    assert parse("loss<0.1").matches(RUN, NOW, metrics=lambda _: measured)
    assert not parse("loss>0.1").matches(RUN, NOW, metrics=lambda _: measured)
    assert parse("lr=0.1").matches(RUN, NOW, metrics=lambda _: measured)
    assert parse("lr<1 loss<0.1 state:failed net").metrics_among([RUN]) == ("loss",)


def test_large_whole_numbers_are_not_taken_for_others() -> None:
    seeded = replace(RUN, options=("seed=9007199254740993", "fold=007"))
    assert parse("seed:9007199254740993 fold:7").matches(seeded, NOW)
    for text in ("seed:9007199254740992", "seed>9007199254740993", "seed<=9007199254740992"):
        assert not parse(text).matches(seeded, NOW)


def test_a_metric_may_have_a_slash_or_a_dash_in_its_name() -> None:
    measured = {"val/loss": 0.05, "top-1": 7}
    for text, holds in (
        ("val/loss<0.1 top-1>=7", True),
        ("val/loss<=0.04", False),
        ("-top-1=7", False),
        ("top-1!=7", False),
        ("images/x:y", False),  # a text
    ):
        found = parse(text)
        assert found.matches(RUN, NOW, metrics=lambda _: measured) is holds, text
    assert parse("val/loss<1 -top-1>2").metrics_among([RUN]) == ("val/loss", "top-1")
    assert parse("images/x:y").metrics_among([RUN]) == ()
