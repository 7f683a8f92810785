"""Temporary folders don't outlive their programs; files are written as a whole, or not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.files import temporary_folder, write
from gitbatch_tui.errors import Refused
from tests.support.command_line import ROOT

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import os, signal, sys
from pathlib import Path
from gitbatch_tui.core.base.files import temporary_folder
with temporary_folder(*map(Path, sys.argv[1:])) as folder:
    (folder / "large").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return place


def test_a_folder_is_gone_when_it_is_not_needed_any_more(place: Path) -> None:
    with temporary_folder() as folder:
        (folder / "a").write_text("x")
        assert list(place.iterdir()) == [folder]
    assert list(place.iterdir()) == []


def test_what_a_killed_program_left_is_removed_by_the_next(place: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, check=False)
    assert len(list(place.iterdir())) == 1
    with temporary_folder() as folder:
        assert list(place.iterdir()) == [folder]


def test_what_a_killed_program_left_in_a_place_of_its_choice_is_hidden_and_removed(
    tmp_path: Path,
) -> None:
    subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False)
    (left,) = tmp_path.glob(".*")
    with temporary_folder(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert not left.exists()


def test_a_folder_that_is_in_use_and_what_is_somebody_else_s_stay(place: Path) -> None:
    (place / "other").mkdir()
    with temporary_folder() as one, temporary_folder() as two:
        assert set(place.iterdir()) == {one, two, place / "other"}


def test_links_in_a_circle_are_no_place_for_a_file_and_no_mistake_of_ours(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    with pytest.raises(Refused, match="Too many levels of symbolic links"):
        write(loop / "page.html", b"page")
    write(loop, b"page")
    assert loop.read_bytes() == b"page", "it led nowhere"
