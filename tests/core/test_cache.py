"""Whoever goes on looking at a remote reads its history once, and then only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.runs import cache, records
from gitbatch_tui.core.runs.cache import RecordsCache
from gitbatch_tui.models import Badge, Results

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.models import Run
    from tests.support.project import Project


@pytest.fixture
def known(project: Project) -> RecordsCache:
    """A past with two runs."""
    project.finish("exit 3")
    project.finish("echo 1 >out")
    project.listing()
    known = RecordsCache("batch")
    assert [run.number for run in known.read(project.clone)] == [2, 1]
    return known


def run_again(project: Project) -> None:
    project.world.settled(project.server.rerun(1).run)


def agree(project: Project, known: RecordsCache) -> list[Run]:
    """What is kept, which is what a whole reading would give."""
    project.listing()
    runs = known.read(project.clone)
    assert runs == records.read(project.clone, "batch")
    return runs


def test_runs_that_are_new_are_added(project: Project, known: RecordsCache) -> None:
    run_again(project)
    assert [run.number for run in agree(project, known)] == [3, 2, 1]


def test_what_is_found_out_about_an_old_run_is_added_to_it(
    project: Project, known: RecordsCache
) -> None:
    project.world.gitbatch("attest", "2", "verified")
    assert agree(project, known)[0].badge is Badge.VERIFIED


def test_where_nothing_is_new_no_record_is_read_again(
    project: Project, known: RecordsCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(records, "records_in")
    assert [run.number for run in known.read(project.clone)] == [2, 1]


@pytest.mark.parametrize("few", [0, 100])
def test_many_new_runs_are_read_like_few(
    project: Project, known: RecordsCache, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(cache, "_FEW", few)
    run_again(project)
    run_again(project)
    assert [run.number for run in agree(project, known)] == [4, 3, 2, 1]


def test_the_history_of_another_repository_takes_the_place_of_the_old_one(
    project: Project, known: RecordsCache
) -> None:
    ref = records.log_ref("batch")
    first = project.clone.git("rev-list", "--max-parents=0", ref).strip()
    project.clone.git("update-ref", ref, first)
    assert known.read(project.clone) == []


def test_results_that_were_pulled_since_are_known_as_such(
    project: Project, known: RecordsCache
) -> None:
    def results(clone: Clone) -> list[Results]:
        return [run.results for run in known.locate(clone, known.read(clone))]

    assert results(project.clone) == [Results.WAITING, Results.NONE]
    project.world.git("fetch", "-q", "batch")
    project.world.git("merge", "-q", "batch/master")
    assert results(project.clone) == [Results.PULLED, Results.NONE]
