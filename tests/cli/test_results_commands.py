"""The commands pull, get and diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call, command
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project


def test_pull_without_a_name_brings_the_newest_of_each_branch(project: Project) -> None:
    project.finish("date +%N >out")
    project.finish_on("other", "date +%N >out")
    project.world.git("checkout", "-q", "master")
    project.world.git("branch", "-q", "-D", "other")
    said = call(project, "pull")
    assert said.status == 0
    assert said.out == "The results of batch#1 were brought into master.\n"
    assert "Other results aren't pulled: batch#2." in said.err
    assert (project.world.clone / "out").exists()
    assert (
        call(project, "pull", "batch").out
        == "There are no new results for a branch that is here.\n"
    )


def test_of_several_results_of_one_commit_somebody_has_to_say_which(project: Project) -> None:
    project.finish("date +%N >out")
    project.again(1)
    said = call(project, "pull")
    assert (said.status, said.out) == (1, "")
    assert "have results that aren't pulled: batch#1, batch#2." in said.err
    assert "Other results" not in said.err
    assert not (project.world.clone / "out").exists()
    with Terminal(command(project, "pull")) as terminal:
        terminal.expect("Which")
        terminal.type("2\n")
        assert terminal.end() == 0
    assert project.world.git("rev-parse", "HEAD") == project.run(2).result


def test_results_become_a_branch_or_take_the_place_of_those_here(project: Project) -> None:
    project.finish("date +%N >out")
    project.again(1)
    assert call(project, "pull", "--branch", "batch#2").out.endswith("are the branch batch-2.\n")
    assert call(project, "pull", "2", "--branch", "other").out.endswith("are the branch other.\n")
    assert call(project, "pull", "1").status == 0
    assert call(project, "pull", "2", "--take").status == 0
    assert project.world.git("diff", "HEAD", "other") == ""


def test_get_without_a_path_lists_what_there_is(project: Project) -> None:
    project.finish("echo 123 >out; mkdir sub; echo 1 >sub/x")
    said = call(project, "get", "1")
    assert said.status == 0
    assert {"4 bytes  out", "2 bytes  sub/x"} <= {line.strip() for line in said.out.splitlines()}
    listed = call(project, "get", "batch#1", "--json").json
    assert {"version": 1, "run": "batch#1", "path": "out", "size": 4} in listed


def test_files_of_several_runs_have_a_folder_each(project: Project, tmp_path: Path) -> None:
    project.finish('echo "$GITBATCH_RUN" >out')
    project.again(1)
    said = call(project, "get", "batch#1", "batch#2", "out", str(tmp_path))
    assert said.status == 0
    assert (tmp_path / "run-1/out").read_text() == "1\n"
    assert (tmp_path / "run-2/out").read_text() == "2\n"


def test_runs_of_one_number_of_two_remotes_have_a_folder_each(
    project: Project, tmp_path: Path
) -> None:
    project.finish('pwd >"out"')
    assert call(project, "setup", "other", str(tmp_path / "base")).status == 0
    assert call(project, "submit", "other", "--again", "--wait").status == 0
    said = call(project, "get", "batch#1", "other#1", "out", str(tmp_path / "got"))
    assert said.status == 0, said.err
    assert {file.relative_to(tmp_path).as_posix() for file in tmp_path.glob("got/*/*")} == {
        "got/batch-1/out",
        "got/other-1/out",
    }


def test_pull_never_speaks_of_the_doctors_runs(project: Project) -> None:
    project.finish_on("gitbatch-doctor-1", "echo 1 >out")
    project.world.git("checkout", "-q", "-b", "master")
    said = call(project, "pull")
    assert (said.out, said.err) == ("There are no new results for a branch that is here.\n", "")


def test_where_there_is_a_choice_the_options_are_named(project: Project) -> None:
    project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    said = call(project, "pull", "1")
    assert said.status == 1
    assert "master has commits of its own since batch#1" in said.err
    assert "(--merge)" in said.err
    assert "(--files)" in said.err
    assert call(project, "pull", "1", "--merge").status == 0
    assert (project.world.clone / "out").exists()


@pytest.mark.parametrize(("answer", "status", "there"), [("2", 0, True), ("", 1, False)])
def test_a_terminal_is_asked(project: Project, answer: str, status: int, there: bool) -> None:
    project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    with Terminal(command(project, "pull", "1")) as terminal:
        terminal.expect("2  bring only the files that the run changed")
        terminal.expect("Which")
        terminal.type(f"{answer}\n")
        assert terminal.end() == status
    assert (project.world.clone / "out").exists() == there


def test_files_that_were_left_are_named_and_the_status_says_so(project: Project) -> None:
    project.finish("echo 1 >out; echo 1 >new")
    project.world.commit({"out": "mine\n"})
    said = call(project, "pull", "1", "--files")
    assert said.status == 1
    assert said.out.splitlines() == [
        "Files of batch#1: 1 brought, 1 left as they are here.",
        "  left out: another one is here",
    ]
    assert "`gitbatch-tui get 'batch#1' out out-1` copies" in said.err
    assert f"`git merge {project.run(1).result[:12]}`" in said.err
    again = call(project, "pull", "1", "--files", "--json")
    assert again.json == {
        "version": 1,
        "pulled": [
            {
                "run": "batch#1",
                "done": "Files of batch#1: 1 here already, 1 left as they are here.",
                "brought": [],
                "removed": [],
                "same": ["new"],
                "left": [{"path": "out", "why": "another one is here"}],
                "stayed": [],
            }
        ],
        "waiting": [],
        "failed": [],
    }


def test_one_branch_that_can_not_be_pulled_leaves_the_others_alone(project: Project) -> None:
    project.finish("echo 1 >out")
    project.finish_on("exp", "echo 2 >out2")
    project.world.git("checkout", "-q", "master")
    project.world.commit({"mine": "1\n"})
    said = call(project, "pull", "--json")
    assert said.status == 1
    assert [pulled["run"] for pulled in said.json["pulled"]] == ["batch#2"]
    assert [failed["run"] for failed in said.json["failed"]] == ["batch#1"]


def test_pull_names_what_exists(project: Project) -> None:
    assert "no batch remote gpu here; known: batch" in call(project, "pull", "gpu").err
    said = call(project, "pull", "7")
    assert said.status == 1
    assert "There is no run batch#7; there are none yet" in said.err


def test_get_copies_and_says_where(project: Project, tmp_path: Path) -> None:
    number = str(project.finish("mkdir d; echo 1 >d/x", __gitignore="d\n"))
    target = tmp_path / "copy"
    said = call(project, "get", number, "d", str(target))
    assert (said.status, said.out) == (0, f"{target}/x\n")
    assert (target / "x").read_text() == "1\n"
    again = call(project, "get", number, "d", str(target), "--json")
    assert again.json == {"version": 1, "copied": [], "there": [f"{target}/x"], "left": []}
    (target / "x").write_text("mine\n")
    third = call(project, "get", number, "d", str(target))
    assert third.status == 1
    assert "left d/x" in third.err
    assert call(project, "get", number, "nope").status == 1


def test_where_nothing_can_be_copied_to_that_is_said(project: Project, tmp_path: Path) -> None:
    project.finish("mkdir d; echo 1 >d/x")
    (tmp_path / "file").write_text("mine\n")
    long = str(tmp_path / ("x" * 300))
    for runs, dest, why in (
        (["batch#1"], long, "left d/x: it could not be written: File name too long"),
        (["batch#1", "batch#1"], long, "can't be made: File name too long."),
        (["batch#1", "batch#1"], str(tmp_path / "file"), "can't be made: Not a directory."),
    ):
        said = call(project, "get", *runs, "d/x", dest)
        assert (said.status, said.out) == (1, "")
        assert why in said.err


def test_of_a_pruned_run_the_large_files_are_copied_and_the_way_to_the_others_is_said(
    project: Project, tmp_path: Path
) -> None:
    project.world.bare("config", "gitbatch.largeFile", "1000")
    project.finish("mkdir d; echo 1 >d/small; head -c 2000 /dev/zero >d/big")
    there = call(project, "get", "1", ".", str(tmp_path / "there"))
    assert "is not there any more" not in there.err
    assert (tmp_path / "there/d/small").exists()
    assert project.world.gitbatch("prune").status == 0
    way = "All else is in git: `gitbatch-tui pull batch#1 --files` brings it."
    for path in (".", "d"):
        gone = call(project, "get", "1", path, str(tmp_path / f"gone-{path}"))
        assert (gone.status, gone.out.count("\n")) == (0, 1)
        assert way in gone.err
    assert way in call(project, "get", "1").err
    project.finish_on("other", "echo 2 >only")
    assert project.world.gitbatch("prune").status == 0
    nothing = call(project, "get", "2").err
    assert "large files" not in nothing
    assert "What it made is in git: `gitbatch-tui pull batch#2 --files` brings it." in nothing
    assert way not in call(project, "get", "1", "d/big", str(tmp_path / "big")).err
    assert call(project, *way.split("`")[1].split()[1:]).status == 0
    assert (project.world.clone / "d/small").read_text() == "1\n"


def test_diff_is_a_patch_that_git_can_apply(project: Project) -> None:
    project.finish("echo 1 >out; printf '\\377\\000' >bytes", out="0\n")
    said = call(project, "diff", "1")
    assert said.status == 0
    assert "-0\n+1\n" in said.out
    assert project.world.call("git", "apply", stdin=said.out).output == ""
    assert (project.world.clone / "bytes").read_bytes() == b"\xff\x00"
    files = call(project, "diff", "1", "--json").json["files"]
    assert files == [
        {
            "status": "A",
            "path": "bytes",
            "old_path": "bytes",
            "added": None,
            "deleted": None,
            "binary": True,
        },
        {
            "status": "M",
            "path": "out",
            "old_path": "out",
            "added": 1,
            "deleted": 1,
            "binary": False,
        },
    ]


def test_diff_of_two_runs_compares_their_results(project: Project) -> None:
    project.finish("date +%s%N >out")
    project.again(1)
    project.finish_on("other", "true")
    assert "+++ b/out" in call(project, "diff", "1", "2").out
    assert "--- a/out\n+++ /dev/null" in call(project, "diff", "1", "3").out
    assert call(project, "diff", "1", "1").out == ""


def test_diff_of_two_runs_leaves_out_what_came_with_their_commits(project: Project) -> None:
    project.finish("echo 1 >out; echo same >kept", notes="one\n", kept="same\n")
    project.finish_on("other", "echo 2 >out", notes="two\n", more="there\n")
    files = call(project, "diff", "1", "2", "--json").json["files"]
    assert [(each["status"], each["path"]) for each in files] == [("M", "out")]
    both = [project.finish_on("idle", "true"), project.finish_on("idler", ": nothing")]
    assert call(project, "diff", *map(str, both)).out == ""


def test_diff_in_a_terminal_can_not_steer_it(project: Project) -> None:
    project.finish("printf '\\033]0;x\\007\\n' >out")
    with Terminal(command(project, "diff", "1")) as terminal:
        assert terminal.end() == 0
        assert b"+<ESC>]0;x<BEL>" in terminal.said
        assert b"\x1b]0" not in terminal.said
