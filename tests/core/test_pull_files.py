"""Brings results home as files, where nobody has changed them here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.arrival import Relation, Way
from gitbatch_tui.core.results.pull import look
from gitbatch_tui.core.submit.questions import ChangesChoice, Choices
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import submit
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results
from tests.support.pulling import files, pull

if TYPE_CHECKING:
    from tests.support.project import Project


def test_only_what_the_run_changed_and_nobody_here_is_brought(project: Project) -> None:
    job = "echo r >new; echo r >changed; rm gone; echo r >mine; rm mine2; echo r >own; chmod +x x"
    job += "; echo r >away"
    kept = dict.fromkeys(("away", "changed", "gone", "mine", "mine2", "quiet", "x"), "0\n")
    number = project.finish(job, **kept)
    project.world.commit({"mine": "here\n", "mine2": "here\n", "own": "here\n", "apart": "here\n"})
    project.world.write({"quiet": "not committed\n"})
    project.world.clone.joinpath("away").unlink()
    index = project.world.git("ls-files", "--stage")
    done = pull(project, number, Way.FILES)
    assert done.files
    assert sorted(done.files.brought) == ["changed", "new", "x"]
    assert done.files.removed == ("gone",)
    assert done.files.left == {
        "away": "it was removed, or isn't checked out",
        "mine": "it was changed here",
        "mine2": "it was changed here",
        "own": "another one is here",
    }
    now = files(project)
    assert (now["new"], now["changed"], now["mine"]) == ("r\n", "r\n", "here\n")
    assert (now["mine2"], now["own"], now["quiet"]) == ("here\n", "here\n", "not committed\n")
    assert not {"away", "gone"}.intersection(now)
    assert os.access(project.world.clone / "x", os.X_OK)
    assert project.world.git("ls-files", "--stage") == index
    assert not done.complete
    assert project.run(number).results is Results.WAITING


def test_what_came_completely_is_pulled(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    done = pull(project, number, Way.FILES)
    assert done.complete
    assert done.done == "Files of batch#1: 1 brought."
    assert project.run(number).results is Results.PULLED
    assert pull(project, number, Way.FILES).done == "Files of batch#1: 1 here already."


def test_folders_and_files_may_change_places(project: Project) -> None:
    job = "rm a; mkdir a; echo 1 >a/b; rm -r d; echo 1 >d; ln -s a link; rm l; echo 1 >l"
    project.world.clone.joinpath("l").symlink_to("a")
    number = project.finish(job, a="0\n", **{"d/e/f": "0\n"})
    project.world.commit({"mine": "1\n"})
    done = pull(project, number, Way.FILES)
    assert done.files
    assert done.files.left == {}
    now = files(project)
    assert (now["a/b"], now["d"], now["link"], now["l"]) == ("1\n", "1\n", "-> a", "1\n")


def test_nothing_is_written_through_a_link_that_leads_out(project: Project) -> None:
    number = project.finish("mkdir out; echo 1 >out/file")
    outside = project.world.root / "outside"
    outside.mkdir()
    project.world.clone.joinpath("out").symlink_to(outside)
    done = pull(project, number, Way.FILES)
    assert done.files
    assert done.files.left == {"out/file": "out is no folder here"}
    assert list(outside.iterdir()) == []


def test_names_of_any_kind_arrive(project: Project) -> None:
    names = ["-x", "a b", "tab\there", 'quo"te', "ü", "new\nline", "*", ":(top)x", "$(id)"]
    project.world.write({"make.sh": "#!/bin/sh\n" + "".join(f"echo 1 >'{n}'\n" for n in names)})
    number = project.finish("./make.sh")
    project.world.commit({"mine": "1\n"})
    done = pull(project, number, Way.FILES)
    assert done.files
    assert sorted(done.files.brought) == sorted(names)
    assert all(project.world.clone.joinpath(name).read_text() == "1\n" for name in names)


def test_gits_own_filters_apply(project: Project) -> None:
    number = project.finish("printf '1\\n2\\n' >out.txt", __gitattributes="*.txt text eol=crlf\n")
    project.world.commit({"mine": "1\n"})
    pull(project, number, Way.FILES)
    assert project.world.clone.joinpath("out.txt").read_bytes() == b"1\r\n2\r\n"
    assert pull(project, number, Way.FILES).done == "Files of batch#1: 1 here already."


def test_no_temporary_file_is_left(project: Project) -> None:
    number = project.finish("echo 1 >out")
    project.world.commit({"mine": "1\n"})
    pull(project, number, Way.FILES)
    assert list(project.world.clone.rglob("*gitbatch-tui-*")) == []


def submit_snapshot(project: Project) -> int:
    choices = Choices(dirt=ChangesChoice.SNAPSHOT)
    number = submit(prepare(project.batch), choices, lambda _: None).receipt.run
    project.world.settled(number)
    return number


def test_they_come_home_as_files_and_the_real_push_works(project: Project) -> None:
    project.finish("true", data="0\n")
    project.world.write({"data": "1\n", "run.sh": "#!/bin/sh\ncp data out\n"})
    number = submit_snapshot(project)
    branches = project.world.git("for-each-ref", "refs/heads")
    assert look(project.batch, number).relation is Relation.SNAPSHOT
    pull(project, number)
    assert project.world.git("for-each-ref", "refs/heads") == branches
    assert (files(project)["out"], files(project)["data"]) == ("1\n", "1\n")
    assert project.run(number).results is Results.PULLED
    project.world.commit({})
    assert project.world.push().status == 0


def test_what_was_changed_since_is_left(project: Project) -> None:
    project.finish("true")
    project.world.write({"run.sh": "#!/bin/sh\necho 1 >out; echo 1 >run.log\n"})
    number = submit_snapshot(project)
    project.world.write({"out": "mine\n"})
    done = pull(project, number)
    assert done.files
    assert done.files.left == {"out": "another one is here"}
    assert done.files.brought == ("run.log",)
    with pytest.raises(Refused, match="comes as files"):
        pull(project, number, Way.MERGE)
