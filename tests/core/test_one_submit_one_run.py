"""Each submit has a run and a receipt of its own, whatever others do at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.submit import submit as submitting
from gitbatch_tui.core.submit.push import PushCut, PushResult, Update, push_once
from gitbatch_tui.core.submit.questions import Choices
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import submit
from tests.support.command_line import at_once, command
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from gitbatch_tui.core.batch.batch import Batch
    from tests.support.project import Project

CLEAN = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho hello\n"}


def options_of(project: Project, number: int) -> list[str]:
    text = (project.world.run(number) / "request").read_text()
    return [line.removeprefix("option: ") for line in text.splitlines() if "option: " in line]


def test_submits_of_one_commit_with_other_parameters_at_once_are_runs_of_their_own(
    project: Project,
) -> None:
    project.world.commit(CLEAN)
    wanted = [f"lr=0.{number}" for number in range(1, 4)]
    said = at_once([command(project, "submit", "--json", "-o", option) for option in wanted])
    assert [each.status for each in said] == [0, 0, 0], said
    told = {each.json["number"]: each.json["options"] for each in said}
    assert sorted(option for options in told.values() for option in options) == wanted
    assert told == {number: options_of(project, number) for number in told}
    assert len(told) == 3


def test_a_push_that_is_cut_after_it_arrived_is_one_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.world.commit(CLEAN)

    def cut(batch: Batch, update: Update, options: Sequence[str], on_line: object) -> PushResult:
        del on_line
        push_once(batch, update, options)
        raise PushCut(["fatal: the connection was cut"])

    monkeypatch.setattr(submitting, "push_once", cut)
    started = submit(prepare(project.batch), Choices(options=("a=1",)), lambda _: None)
    assert started.receipt.run == 1
    assert project.states().keys() == {1}


def test_somebody_else_s_push_of_the_same_commit_is_no_run_of_this_submit(project: Project) -> None:
    project.world.commit(CLEAN)
    situation = prepare(project.batch)
    project.world.push()
    started = submit(situation, Choices(options=("a=1",)), lambda _: None)
    assert started.receipt.run == 2
    assert options_of(project, 2) == ["a=1"]
