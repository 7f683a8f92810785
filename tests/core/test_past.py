"""Whoever goes on looking at a remote reads its history once, and then only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs import cache, records
from gitbatch_tui.core.runs.cache import Past
from gitbatch_tui.models import Badge, Results
from tests.lab import Lab, lab

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run

__all__ = ["lab"]


@pytest.fixture
def known(lab: Lab) -> Past:
    """A past with two runs."""
    lab.finish("exit 3")
    lab.finish("echo 1 >out")
    lab.listing()
    known = Past("batch")
    assert [run.number for run in known.read(lab.clone)] == [2, 1]
    return known


def run_again(lab: Lab) -> None:
    lab.world.settled(lab.server.rerun(1).run)


def agree(lab: Lab, known: Past) -> list[Run]:
    """What is kept, which is what a whole reading would give."""
    lab.listing()
    runs = known.read(lab.clone)
    assert runs == records.read(lab.clone, "batch")
    return runs


def test_runs_that_are_new_are_added(lab: Lab, known: Past) -> None:
    run_again(lab)
    assert [run.number for run in agree(lab, known)] == [3, 2, 1]


def test_what_is_found_out_about_an_old_run_is_added_to_it(lab: Lab, known: Past) -> None:
    lab.world.gitbatch("attest", "2", "verified")
    assert agree(lab, known)[0].badge is Badge.VERIFIED


def test_where_nothing_is_new_no_record_is_read_again(
    lab: Lab, known: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(records, "records_in")
    assert [run.number for run in known.read(lab.clone)] == [2, 1]


@pytest.mark.parametrize("few", [0, 100])
def test_many_new_runs_are_read_like_few(
    lab: Lab, known: Past, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(cache, "_FEW", few)
    run_again(lab)
    run_again(lab)
    assert [run.number for run in agree(lab, known)] == [4, 3, 2, 1]


def test_the_history_of_another_repository_takes_the_place_of_the_old_one(
    lab: Lab, known: Past
) -> None:
    ref = records.log_ref("batch")
    first = lab.clone.git("rev-list", "--max-parents=0", ref).strip()
    lab.clone.git("update-ref", ref, first)
    assert known.read(lab.clone) == []


def test_results_that_were_pulled_since_are_known_as_such(lab: Lab, known: Past) -> None:
    def results(clone: Clone) -> list[Results]:
        return [run.results for run in known.locate(clone, known.read(clone))]

    assert results(lab.clone) == [Results.WAITING, Results.NONE]
    lab.world.git("fetch", "-q", "batch")
    lab.world.git("merge", "-q", "batch/master")
    assert results(lab.clone) == [Results.PULLED, Results.NONE]
