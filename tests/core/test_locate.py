"""What was found out about results is remembered, and found out again where it may be another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.state import state_home
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.runs.locate import locate_again
from gitbatch_tui.core.watch.overview import look
from gitbatch_tui.models import Results

if TYPE_CHECKING:
    from gitbatch_tui.core.base.journal import JournalEntry
    from tests.support.project import Project

RESULT = "echo 1 >result"


def results(project: Project) -> tuple[list[str], bool]:
    """Where the results are, the newest first; and whether git had to look for them."""
    entries: list[JournalEntry] = []
    with open_clone(project.world.clone, entries.append) as project.clone:
        said = [str(run.results) for run in project.listing().runs]
    return said, any("cat-file" in entry.command for entry in entries)


def test_git_is_asked_once_as_long_as_nothing_changes(project: Project) -> None:
    project.finish(RESULT)
    assert results(project) == (["waiting"], True)
    assert results(project) == (["waiting"], False)


def test_a_branch_that_moves_is_looked_at(project: Project) -> None:
    project.finish(RESULT)
    results(project)
    project.world.git("pull", "-q", "batch", "master")
    assert results(project) == (["pulled"], True)
    project.world.git("reset", "-q", "--hard", "HEAD^")
    assert results(project) == (["waiting"], True)


def test_a_new_result_is_looked_for(project: Project) -> None:
    project.finish(RESULT)
    results(project)
    project.finish_on("other", RESULT)
    assert results(project) == (["waiting", "waiting"], True)


def test_what_a_shallow_clone_learns_of_its_history_counts(project: Project) -> None:
    project.finish(RESULT)
    project.world.git("pull", "-q", "batch", "master")
    project.world.commit({"more": ""})
    whole = project.world.git("rev-parse", "HEAD")
    shallow = project.clone.common_dir / "shallow"
    shallow.write_text(f"{whole}\n")
    assert results(project) == (["waiting"], True)
    shallow.unlink()
    assert results(project) == (["pulled"], True)


def test_what_is_remembered_may_be_nonsense_or_impossible_to_write(project: Project) -> None:
    project.finish(RESULT)
    results(project)
    (file,) = (state_home() / "pulled").iterdir()
    file.write_bytes(b"\xff\n")
    assert results(project) == (["waiting"], True)
    file.unlink()
    file.mkdir()
    assert results(project) == (["waiting"], True)


def test_the_first_picture_does_not_guess_where_results_are(project: Project) -> None:
    project.finish(RESULT)
    project.listing()
    project.world.git("pull", "-q", "batch", "master")
    runs = look(project.world.clone).runs["batch"]
    assert [run.results for run in runs] == [Results.UNLOCATED]
    assert [*locate_again(project.clone, runs).values()] == [Results.PULLED]
