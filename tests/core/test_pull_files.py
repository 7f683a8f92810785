"""Brings results home as files, where nobody has changed them here."""

from __future__ import annotations

import os

import pytest

from gitbatch_tui.core.results.arrival import Standing, Way
from gitbatch_tui.core.results.pull import look
from gitbatch_tui.core.submit.questions import Choices, Dirt
from gitbatch_tui.core.submit.situation import prepare
from gitbatch_tui.core.submit.submit import submit
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results
from tests.core.pulling import files, pull
from tests.lab import Lab, lab

__all__ = ["lab"]


def test_only_what_the_run_changed_and_nobody_here_is_brought(lab: Lab) -> None:
    job = "echo r >new; echo r >changed; rm gone; echo r >mine; rm mine2; echo r >own; chmod +x x"
    kept = dict.fromkeys(("changed", "gone", "mine", "mine2", "quiet", "x"), "0\n")
    number = lab.finish(job, **kept)
    lab.world.commit({"mine": "here\n", "mine2": "here\n", "own": "here\n", "apart": "here\n"})
    lab.world.write({"quiet": "not committed\n"})
    index = lab.world.git("ls-files", "--stage")
    done = pull(lab, number, Way.FILES)
    assert done.files
    assert sorted(done.files.brought) == ["changed", "new", "x"]
    assert done.files.removed == ("gone",)
    assert done.files.left == {
        "mine": "it was changed here",
        "mine2": "it was changed here",
        "own": "another one is here",
    }
    now = files(lab)
    assert (now["new"], now["changed"], now["mine"]) == ("r\n", "r\n", "here\n")
    assert (now["mine2"], now["own"], now["quiet"]) == ("here\n", "here\n", "not committed\n")
    assert "gone" not in now
    assert os.access(lab.world.clone / "x", os.X_OK)
    assert lab.world.git("ls-files", "--stage") == index
    assert not done.complete
    assert lab.run(number).results is Results.WAITING


def test_what_came_completely_is_pulled(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.commit({"mine": "1\n"})
    done = pull(lab, number, Way.FILES)
    assert done.complete
    assert done.done == "Files of batch#1: 1 brought."
    assert lab.run(number).results is Results.PULLED
    assert pull(lab, number, Way.FILES).done == "Files of batch#1: 1 here already."


def test_folders_and_files_may_change_places(lab: Lab) -> None:
    job = "rm a; mkdir a; echo 1 >a/b; rm -r d; echo 1 >d; ln -s a link; rm l; echo 1 >l"
    lab.world.clone.joinpath("l").symlink_to("a")
    number = lab.finish(job, a="0\n", **{"d/e/f": "0\n"})
    lab.world.commit({"mine": "1\n"})
    done = pull(lab, number, Way.FILES)
    assert done.files
    assert done.files.left == {}
    now = files(lab)
    assert (now["a/b"], now["d"], now["link"], now["l"]) == ("1\n", "1\n", "-> a", "1\n")


def test_nothing_is_written_through_a_link_that_leads_out(lab: Lab) -> None:
    number = lab.finish("mkdir out; echo 1 >out/file")
    outside = lab.world.root / "outside"
    outside.mkdir()
    lab.world.clone.joinpath("out").symlink_to(outside)
    done = pull(lab, number, Way.FILES)
    assert done.files
    assert done.files.left == {"out/file": "out is no folder here"}
    assert list(outside.iterdir()) == []


def test_names_of_any_kind_arrive(lab: Lab) -> None:
    names = ["-x", "a b", "tab\there", 'quo"te', "ü", "new\nline", "*", ":(top)x", "$(id)"]
    lab.world.write({"make.sh": "#!/bin/sh\n" + "".join(f"echo 1 >'{n}'\n" for n in names)})
    number = lab.finish("./make.sh")
    lab.world.commit({"mine": "1\n"})
    done = pull(lab, number, Way.FILES)
    assert done.files
    assert sorted(done.files.brought) == sorted(names)
    assert all(lab.world.clone.joinpath(name).read_text() == "1\n" for name in names)


def test_gits_own_filters_apply(lab: Lab) -> None:
    number = lab.finish("printf '1\\n2\\n' >out.txt", __gitattributes="*.txt text eol=crlf\n")
    lab.world.commit({"mine": "1\n"})
    pull(lab, number, Way.FILES)
    assert lab.world.clone.joinpath("out.txt").read_bytes() == b"1\r\n2\r\n"
    assert pull(lab, number, Way.FILES).done == "Files of batch#1: 1 here already."


def test_no_temporary_file_is_left(lab: Lab) -> None:
    number = lab.finish("echo 1 >out")
    lab.world.commit({"mine": "1\n"})
    pull(lab, number, Way.FILES)
    assert list(lab.world.clone.rglob("*gitbatch-tui-*")) == []


def submit_snapshot(lab: Lab) -> int:
    choices = Choices(dirt=Dirt.SNAPSHOT)
    number = submit(prepare(lab.batch), choices, lambda _: None).receipt.run
    lab.world.settled(number)
    return number


def test_they_come_home_as_files_and_the_real_push_works(lab: Lab) -> None:
    lab.finish("true", data="0\n")
    lab.world.write({"data": "1\n", "run.sh": "#!/bin/sh\ncp data out\n"})
    number = submit_snapshot(lab)
    branches = lab.world.git("for-each-ref", "refs/heads")
    assert look(lab.batch, number).standing is Standing.SNAPSHOT
    pull(lab, number)
    assert lab.world.git("for-each-ref", "refs/heads") == branches
    assert (files(lab)["out"], files(lab)["data"]) == ("1\n", "1\n")
    assert lab.run(number).results is Results.PULLED
    lab.world.commit({})
    assert lab.world.push().status == 0


def test_what_was_changed_since_is_left(lab: Lab) -> None:
    lab.finish("true")
    lab.world.write({"run.sh": "#!/bin/sh\necho 1 >out; echo 1 >run.log\n"})
    number = submit_snapshot(lab)
    lab.world.write({"out": "mine\n"})
    done = pull(lab, number)
    assert done.files
    assert done.files.left == {"out": "another one is here"}
    assert done.files.brought == ("run.log",)
    with pytest.raises(Refused, match="comes as files"):
        pull(lab, number, Way.MERGE)
