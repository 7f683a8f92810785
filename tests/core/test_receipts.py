"""Which lines of a push confirm a run."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.server.receipts import last_receipt, parse_receipts
from gitbatch_tui.core.submit.push import said_to_people
from gitbatch_tui.models import Receipt, State

ONE, TWO = "1" * 40, "2" * 40
HINT = "gitbatch: when it has ended: git pull THIS-REMOTE master"


def line(run: int, commit: str, branch: str, state: str = "submitted") -> str:
    return f"gitbatch: run={run} commit={commit} state={state} branch={branch}"


def test_every_branch_that_was_pushed_gets_its_receipt() -> None:
    lines = ["epoch 1", HINT, line(1, ONE, "a"), HINT, line(2, TWO, "b", "rejected") + "        "]
    assert parse_receipts(lines, {"a": ONE, "b": TWO}) == (
        Receipt(1, ONE, State.SUBMITTED, "a"),
        Receipt(2, TWO, State.REJECTED, "b"),
    )


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["hello"],
        [line(1, ONE, "a"), "printed later by somebody else"],
        [line(1, TWO, "a")],
        [line(1, ONE, "b")],
        [line(1, ONE, "a"), "gitbatch: no run for a: the disk is full"],
        [f" {line(1, ONE, 'a')}"],
        [line(1, ONE[:-1], "a")],
        [line(0, ONE, "a")],
        [line(1, ONE, "a", "succeeded")],
    ],
    ids=str,
)
def test_nothing_else_is_a_receipt(lines: list[str]) -> None:
    assert parse_receipts(lines, {"a": ONE}) == ()


def test_what_schedule_sh_prints_can_not_take_the_place_of_a_receipt() -> None:
    forged = line(99, ONE, "a")
    assert parse_receipts([forged, HINT, line(1, ONE, "a")], {"a": ONE}) == (
        Receipt(1, ONE, State.SUBMITTED, "a"),
    )


def test_other_refs_of_the_same_push_do_no_harm() -> None:
    lines = [HINT, line(1, ONE, "a"), "gitbatch: refs/tags/v1 is not a branch: no run"]
    assert [receipt.run for receipt in parse_receipts(lines, {"a": ONE})] == [1]


@pytest.mark.parametrize("branch", ["$(touch${IFS}x)", "a;b", "-x", "ü\u00a0x", "a=b", "{a,b}"])
def test_a_branch_of_any_name_is_recognised(branch: str) -> None:
    (receipt,) = parse_receipts([line(1, ONE, branch)], {branch: ONE})
    assert receipt.branch == branch


def test_the_answer_to_a_rerun_ends_with_its_receipt() -> None:
    assert last_receipt(["x", line(3, ONE, "a"), "", " "]) == Receipt(3, ONE, State.SUBMITTED, "a")
    assert last_receipt([line(3, ONE, "a"), "x"]) is None
    assert last_receipt([]) is None


def test_receipts_and_words_for_plain_git_are_not_said_to_people() -> None:
    told = ["epoch 1", "gitbatch: no run for a: the disk is full"]
    others = [line(1, ONE, "a"), HINT, "gitbatch: a is here: no run, its sweep follows"]
    said = [said_to_people(f"remote: {each}  ") for each in (*told, *others)]
    assert said == [*told, "", "", ""]
