"""Samples of metrics that stay on disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.state import state_home
from gitbatch_tui.core.curves.samples import keep_sample, kept_sample

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BLOB = "a" * 40


def test_a_sample_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert kept_sample(BLOB) == b""
    keep_sample(BLOB, b"step,loss\n1,2\n")
    assert kept_sample(BLOB) == b"step,loss\n1,2\n"


def test_the_oldest_samples_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    keep_sample(BLOB, b"old")
    os.utime(state_home() / "samples" / BLOB, (0, 0))
    for number in range(500):
        keep_sample(f"{number:040}", b"new")
    assert kept_sample(BLOB) == b""
    assert kept_sample(f"{499:040}") == b"new"
    assert len(list((state_home() / "samples").iterdir())) == 451


def test_a_folder_that_can_not_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitbatch-tui").write_text("a file\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    keep_sample(BLOB, b"lost")
    assert kept_sample(BLOB) == b""
