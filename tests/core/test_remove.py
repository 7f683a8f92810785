"""Undoing setup: what is shown, refused, and gone."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.runs.listing import list_remote
from gitbatch_tui.core.setup import contents as surveying
from gitbatch_tui.core.setup.contents import BaseContents, survey
from gitbatch_tui.core.setup.remove import forget_remote, remove_base
from gitbatch_tui.errors import NotABatchRemote, Refused
from tests.support.batches import new_world, open_batch
from tests.support.people import GROUP, Person, only_root
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.hosts.host import Host


@dataclass
class HostOf:
    """This machine, as somebody else is on it."""

    person: Person
    name: str = "here"

    def run(self, script: str, *args: str, stdin: bytes = b"", timeout: float = 60) -> Answer:
        del stdin, timeout
        done = self.person.call("sh", "-c", script, "sh", *args)
        return Answer(done.returncode, done.stdout.encode(), done.stderr.encode())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def test_a_survey_says_what_would_be_lost(world: World) -> None:
    world.push()
    world.settled(1)
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
    assert (contents.base, contents.runs, contents.active) == (str(world.base), 1, ())
    assert contents.size > 10_000
    assert contents.others == ()


def test_exactly_the_folder_is_removed(world: World) -> None:
    world.push()
    world.settled(1)
    neighbour = world.root / "neighbour"
    neighbour.write_text("stays")
    (world.run(1) / "tree/link").symlink_to(neighbour)
    locked = world.run(1) / "tree/locked"
    locked.mkdir()
    (locked / "file").write_text("")
    locked.chmod(0o500)
    with open_batch(world) as batch:
        remove_base(batch.host, survey(batch.host, batch.remote.base))
    assert not world.base.exists()
    assert not list(world.root.glob("base*"))
    assert neighbour.read_text() == "stays"


def test_nothing_is_removed_while_runs_are_active(world: World) -> None:
    world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexec sleep 60\n"})
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
        assert contents.active == (1,)
        with pytest.raises(Refused, match=r"runs have not ended \(1\)"):
            remove_base(batch.host, contents)
        assert world.base.exists()
        remove_base(batch.host, contents, force=True)
    assert not world.base.exists()


def test_a_run_that_begins_after_the_look_is_noticed(world: World) -> None:
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
        world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\nexec sleep 60\n"})
        with pytest.raises(Refused, match="a run has just begun"):
            remove_base(batch.host, contents)
    world.gitbatch("cancel", "1")


def test_files_of_another_kind_are_named_and_kept(world: World) -> None:
    (world.base / "thesis.tex").write_text("years of work")
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
        assert contents.others == ("thesis.tex",)
        with pytest.raises(Refused, match=r"files of another kind: thesis\.tex"):
            remove_base(batch.host, contents)
    assert (world.base / "thesis.tex").exists()


def test_what_is_no_batch_remote_is_never_removed(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "precious"
    folder.mkdir()
    with open_batch(world) as batch, pytest.raises(NotABatchRemote):
        survey(batch.host, str(folder))
    assert folder.exists()


def test_the_clone_forgets_the_remote_and_its_records(world: World) -> None:
    world.push()
    world.settled(1)
    with open_batch(world) as batch:
        list_remote(batch.clone, batch.hosts, batch.remote)
        assert "refs/gitbatch/batch/log" in world.git("for-each-ref")
        forget_remote(batch.clone, batch.remote)
    assert world.git("remote") == ""
    assert "batch" not in world.git("for-each-ref")
    assert "gitbatch" not in world.git("config", "--local", "--list")
    shutil.rmtree(world.base)


def test_a_remote_without_records_is_forgotten_too(world: World) -> None:
    with open_batch(world) as batch:
        forget_remote(batch.clone, batch.remote)
    assert world.git("remote") == ""


def test_results_that_nobody_has_pulled_are_counted_by_who_submitted_them(world: World) -> None:
    world.env["LOGNAME"] = "anna"
    for number in (1, 2):
        world.commit({"notes": f"{number}\n"}, branch=f"b{number}")
        world.push()
        world.settled(number)
    world.env["LOGNAME"] = "ben"
    world.commit({"notes": "3\n"}, branch="b3")
    world.push()
    world.settled(3)
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base, batch.clone)
        assert contents.lost == "The results of 3 runs are in no branch here: 2 of anna, 1 of ben."
        for branch in ("b1", "b3"):
            world.git("fetch", "-q", "batch", f"{branch}:pulled-{branch}")
        contents = survey(batch.host, batch.remote.base, batch.clone)
        assert contents.lost == "The results of 1 run are in no branch here: 1 of anna."
        world.git("fetch", "-q", "batch", "b2:pulled-b2")
        assert survey(batch.host, batch.remote.base, batch.clone).lost == ""


@only_root
def test_what_belongs_to_somebody_else_is_not_removed_also_not_by_force(world: World) -> None:
    somebody = Person(65534, world.root / "home", env=world.env)
    somebody.owns(world.base)
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
        for force in (False, True):
            with pytest.raises(Refused, match=r"belongs to \w+, and only they may remove it"):
                remove_base(batch.host, contents, force=force)
    assert (world.repo / "HEAD").exists()


@only_root
def test_what_can_not_be_removed_as_a_whole_is_not_touched(open_folder: Path) -> None:
    world = World(open_folder / "world").build()
    somebody = Person(65534, open_folder / "home", env=world.env).settle_in()
    somebody.owns(open_folder)
    foreign = world.base / "runs/1/tree/foreign"
    foreign.mkdir(parents=True)
    script = (surveying._SURVEY, "sh", str(world.base))
    said = somebody.call("sh", "-c", *script)
    assert f"hindrance={foreign}\n" in said.stdout, said.stderr
    contents = BaseContents(str(world.base), 0, (), (), 0, hindrances=(str(foreign),))
    with Hosts() as hosts, pytest.raises(Refused, match=f"you may not write in {foreign}"):
        remove_base(hosts.at(Location.parse(str(world.base))), contents)
    assert foreign.exists()


@only_root
def test_a_removal_that_was_cut_short_is_completed_by_the_next(world: World) -> None:
    left = world.root / "base.removed.4711"
    (left / "runs/1").mkdir(parents=True)
    (left / "runs/1/held").write_text("")
    foreign = world.root / "base.removed.of-somebody"
    foreign.mkdir()
    with open_batch(world) as batch:
        contents = survey(batch.host, batch.remote.base)
        assert (contents.leftovers, contents.gone) == ((str(left),), False)
        shutil.rmtree(world.base)
        contents = survey(batch.host, batch.remote.base)
        assert (contents.leftovers, contents.gone) == ((str(left),), True)
        remove_base(batch.host, contents)
        assert [path.name for path in world.root.glob("base*")] == [foreign.name]
        with pytest.raises(NotABatchRemote):
            survey(batch.host, batch.remote.base)


@only_root
def test_the_others_of_a_group_are_asked_for_runs_that_only_they_can_remove(
    open_folder: Path,
) -> None:
    world = World(open_folder / "world").build("--shared", str(GROUP))
    world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\n:\n"})
    world.settled(1)
    world.left_alone(1)
    Person(64002, open_folder / "ben", (GROUP,)).owns(world.run(1))
    anna = Person(64001, open_folder / "anna", (GROUP,), world.env).settle_in()
    subprocess.run(["chown", "-R", "--from=0", f"64001:{GROUP}", open_folder], check=True)
    contents = BaseContents(
        str(world.base), 1, (), (), 0, hindrances=(str(world.run(1)),), shared=True
    )
    with pytest.raises(Refused, match="were asked to give up their runs"):
        remove_base(cast("Host", HostOf(anna)), contents)
    assert (world.base / "wishes/1.give").exists()
