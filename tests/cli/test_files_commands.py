"""The command files, and the paths of a run tree that a shell completes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call, command
from tests.support.command_line import run as run_line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project


def completed(project: Project, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What a shell is offered for the last word."""
    line = ["gitbatch-tui", "-C", str(project.world.clone), *words]
    monkeypatch.setenv("COMP_WORDS", " ".join(line))
    monkeypatch.setenv("COMP_CWORD", str(len(line) - 1))
    monkeypatch.setenv("_GITBATCH_TUI_COMPLETE", "bash_complete")
    said = run_line(command(project)[:3])
    assert said.err == ""
    return [word.partition(",")[2] for word in said.out.splitlines() if word]


def test_files_are_listed_in_their_folders_ignored_ones_too(project: Project) -> None:
    project.finish("mkdir -p ck/deep; head -c 3000 /dev/zero >ck/deep/m; echo 1 >ck/a",
                   __gitignore="ck\n")  # fmt: skip
    said = call(project, "files", "1")
    assert said.status == 0
    lines = said.out.splitlines()
    assert lines[lines.index("      3.0 kB  ck/") :][:4] == [
        "      3.0 kB  ck/",
        "     2 bytes    a",
        "      3.0 kB    deep/",
        "      3.0 kB      m",
    ]
    below = call(project, "files", "batch#1", "ck/deep", "--json").json
    assert below["files"] == [{"path": "ck/deep/m", "size": 3000}]
    assert (below["run"], below["commit"], below["told"]) == ("batch#1", "", "")


@pytest.mark.parametrize("name", ["files", "get"])
def test_a_size_that_is_not_known_is_no_number(project: Project, name: str) -> None:
    project.finish("echo 123 >'a\nb'; echo 1 >c")
    lines = call(project, name, "1").out.splitlines()
    assert [line.split()[0] for line in lines if line.endswith("a?b")] == ["?"]
    listed = call(project, name, "1", "--json").json
    files = listed["files"] if name == "files" else listed
    assert {file["path"]: file["size"] for file in files if file["path"] in {"a?b", "c"}} == {
        "a?b": None,
        "c": 2,
    }


def test_where_the_run_tree_is_gone_they_are_those_of_the_results_and_that_is_said(
    project: Project,
) -> None:
    project.finish("echo 22 >out")
    project.world.gitbatch("prune")
    said = call(project, "files", "1")
    assert "3 bytes  out" in said.out
    assert "The run tree is not there any more" in said.err
    listed = call(project, "files", "1", "--json").json
    assert listed["commit"] == project.run(1).result
    assert {"path": "out", "size": 3} in listed["files"]


def test_what_is_no_path_is_said_in_a_sentence(project: Project) -> None:
    project.finish(":")
    for path, words in (("nowhere", "There is no file nowhere"), ("../x", "isn't in the run tree")):
        said = call(project, "files", "1", path)
        assert (said.status, said.out) == (1, ""), path
        assert words in said.err


def test_paths_of_a_run_tree_are_completed_a_folder_at_a_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.finish("mkdir -p ck/deep; : >ck/one; : >ck/other; : >cksum")
    assert completed(project, monkeypatch, "get", "1", "c") == ["ck/", "cksum"]
    assert completed(project, monkeypatch, "get", "1", "ck/o") == ["ck/one", "ck/other"]
    assert completed(project, monkeypatch, "files", "batch#1", "ck/") == [
        *("ck/deep/", "ck/one", "ck/other")
    ]
    assert completed(project, monkeypatch, "get", "1", "nowhere/") == []
    project.listing()
    assert "batch#1" in completed(project, monkeypatch, "get", "ba")


def test_a_server_that_says_nothing_holds_no_completion_up(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.finish("echo 1 >out")
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\ntest "$1" != -G || exec ssh "$@"\nexec sleep 60\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("GITBATCH_SSH", str(ssh))
    project.move_behind("somewhere")
    began = time.monotonic()
    assert completed(project, monkeypatch, "get", "1", "o") == []
    assert time.monotonic() - began < 10
