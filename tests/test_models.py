"""Facts: states, names and jobs."""

from __future__ import annotations

import pytest

from gitbatch_tui.models import Job, Run, State

ONE = "1" * 40


def test_only_five_states_are_final() -> None:
    assert {state for state in State if state.final} == {
        State.SUCCEEDED,
        State.FAILED,
        State.CANCELLED,
        State.LOST,
        State.REJECTED,
    }


def test_a_run_is_called_by_its_remote_and_number() -> None:
    assert Run("gpu", 42, State.RUNNING, "master", ONE).name == "gpu#42"


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("slurm 4711", Job("slurm", "4711")),
        ("slurm 11_[1-4%1]", Job("slurm", "11_[1-4%1]")),
        ("htcondor", Job("htcondor", "")),
        ("", None),
        ("  ", None),
    ],
)
def test_jobs_are_read(text: str, job: Job | None) -> None:
    assert Job.parse(text) == job
    assert job is None or str(job) == text
