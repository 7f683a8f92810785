"""freeze and verify-data, from the outside."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call, command
from tests.support.servers.sshd import HOST, Sshd
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.project import Project

IRIS = Path(__file__).parents[1] / "data/iris"
VALUE = "v1-sha256-128M-aa669dcefba57e01bd7ff0526a0001d2118f06adc8106d265b5743b0ee90084f"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(IRIS, tmp_path / "set/data")
    return tmp_path / "set/data"


def test_freeze_prints_the_hash_and_says_where_the_data_is(project: Project, data: Path) -> None:
    said = call(project, "freeze", str(data))
    assert (said.status, said.out) == (0, f"{VALUE}\n")
    assert said.err == f"{data} -> {data.parent}/archive/{VALUE}: moved into the archive\n"
    assert call(project, "verify-data", str(data)).out == f"ok       {VALUE}\n"


def test_freeze_and_verify_speak_json(project: Project, data: Path) -> None:
    kept = data.parent.parent / "kept"
    said = call(project, "freeze", str(data), "--archive", str(kept), "--json")
    assert said.json == {
        "version": 1,
        "hash": VALUE,
        "how": "moved",
        "link": str(data),
        "data": f"{kept}/{VALUE}",
        "unseen": "",
    }
    (verdict,) = call(project, "verify-data", str(kept), "--json").json
    assert verdict == {
        "version": 1,
        "hash": VALUE,
        "data": f"{kept}/{VALUE}",
        "good": True,
        "actual": VALUE,
        "altered": {},
        "why": "",
    }


def test_verify_data_names_what_was_altered_and_fails(project: Project, data: Path) -> None:
    call(project, "freeze", str(data))
    path = (data / "iris.csv").resolve()
    path.chmod(0o644)
    path.write_text("5.1\x1b[31m")
    said = call(project, "verify-data", str(data))
    assert said.status == 1
    assert said.out == f"ALTERED  {VALUE}\n         iris.csv: altered\n"


def test_a_refusal_is_one_sentence(project: Project, data: Path) -> None:
    call(project, "freeze", str(data))
    again = call(project, "freeze", str(data))
    assert again.status == 1
    assert "frozen data already: verify-data checks it." in again.err
    unknown = call(project, "freeze", str(data), "--block-size", "9T")
    assert "The block size 9T is unknown" in unknown.err


def test_data_is_frozen_where_a_batch_remote_is(project: Project, data: Path, sshd: Sshd) -> None:
    project.move_behind(HOST)
    shutil.copytree(data, sshd.home / "data")
    said = call(project, "freeze", "--on", "batch", "~/data")
    assert (said.status, said.out) == (0, f"{VALUE}\n"), said.err
    assert call(project, "verify-data", "--on", "batch", "~/archive").out == f"ok       {VALUE}\n"


def test_where_python_is_missing_what_is_here_too_can_be_checked_here(
    project: Project, data: Path, sshd: Sshd
) -> None:
    call(project, "freeze", str(data))
    project.move_behind(HOST)
    programs = sshd.home / "programs"
    programs.mkdir()
    for name in ("sh", "git"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (project.world.base / "profile").write_text(f"PATH={programs}\n")
    said = call(project, "verify-data", "--on", "batch", str(data))
    assert said.status == 1
    assert "There is no python3 on hpc" in said.err
    assert "can be hashed here: leave out --on." in said.err
    with Terminal(command(project, "verify-data", "--on", "batch", str(data))) as terminal:
        terminal.expect("check it here? [y/N]")
        terminal.type("y\n")
        terminal.expect(f"ok       {VALUE}")
        assert terminal.end() == 0
