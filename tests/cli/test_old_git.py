"""The oldest git that is promised to do, on the laptop as well as on the server."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

GIT_2_17 = """#!/bin/sh
for word
do
	case "$word" in
	switch | restore | maintenance | --end-of-options | --no-write-fetch-head | \\
	--show-object-format | --object-format=* | --no-auto-maintenance | --no-auto-gc | \\
	--pathspec-from-file* | --no-relative)
		echo "error: unknown option $word" >&2
		exit 129
		;;
	version | --version)
		echo git version 2.17.1
		exit
		;;
	esac
done
exec {git} -c protocol.version=0 "$@"
"""
"""A git that has none of what came later, as far as anybody here might use it."""


@pytest.fixture
def _old_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "old/git"
    program.parent.mkdir()
    program.write_text(GIT_2_17.format(git=shutil.which("git")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.mark.usefixtures("_old_git")
def test_git_2_17_is_enough_for_every_command(project: Project, tmp_path: Path) -> None:
    assert call(project, "setup", "old", str(tmp_path / "base")).status == 0
    assert call(project, "remove", "old", "--server", "--yes").status == 0
    project.finish("echo 1 >number; echo said")
    expected = {
        "submit --again --wait": "batch#2",
        "runs": "batch#1",
        "show 1": "succeeded",
        "log 1": "said",
        "diff 1": "+1",
        "diff 1 2": "",
        "diff 1 --json": "number",
        "pull 1": "were brought into",
        "pull 2 --files": "here already",
        "get 1 number": "is here already",
        "rerun 1": "batch#3",
        "wait 3": "",
        "prune batch --dry-run": "can go",
        "doctor": "ok",
    }
    for words, part in expected.items():
        said = call(project, *words.split())
        assert (said.status, part in said.out + said.err) == (0, True), (words, said)
