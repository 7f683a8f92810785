"""What `new` writes."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.config import SCHEDULERS
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.errors import Refused, UnknownName

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_gets_an_executable_script_that_sh_reads(
    tmp_path: Path, scheduler: str
) -> None:
    schedule, *jobs = write_templates(tmp_path, scheduler)
    assert (schedule, jobs[-1]) == (tmp_path / "schedule.sh", tmp_path / "run.sh")
    for path in (schedule, jobs[-1]):
        assert os.access(path, os.X_OK)
        subprocess.run(["sh", "-n", path], check=True)


def test_htcondor_gets_a_submit_file_that_is_no_program(tmp_path: Path) -> None:
    _, submit_file, _ = write_templates(tmp_path, "htcondor")
    assert submit_file == tmp_path / "run.sub"
    assert not os.access(submit_file, os.X_OK)
    submit_file.write_text("mine")
    assert write_templates(tmp_path, "htcondor", replace=True) == (tmp_path / "schedule.sh",)
    assert submit_file.read_text() == "mine"


def test_a_schedule_sh_is_never_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "schedule.sh").write_text("mine")
    with pytest.raises(Refused, match="--force"):
        write_templates(tmp_path, "local")
    assert (tmp_path / "schedule.sh").read_text() == "mine"
    assert not (tmp_path / "run.sh").exists()


def test_a_run_sh_is_kept_even_where_schedule_sh_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "schedule.sh").write_text("old")
    (tmp_path / "run.sh").write_text("my experiment")
    assert write_templates(tmp_path, "slurm", replace=True) == (tmp_path / "schedule.sh",)
    assert "sbatch" in (tmp_path / "schedule.sh").read_text()
    assert (tmp_path / "run.sh").read_text() == "my experiment"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (tmp_path / "schedule.sh").symlink_to(elsewhere)
    write_templates(tmp_path, "at", replace=True)
    assert elsewhere.read_text() == "theirs"
    assert not (tmp_path / "schedule.sh").is_symlink()


def test_an_unknown_scheduler_gets_the_list_of_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="local, at, slurm, htcondor, sge"):
        write_templates(tmp_path, "cron")
    assert not list(tmp_path.glob("*.sh"))
