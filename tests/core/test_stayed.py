"""What stays on the server is told, and comes when it is asked for, as it was."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.results.get import get
from gitbatch_tui.core.results.stayed import what_stayed
from gitbatch_tui.core.runs.record_files import large_files_of
from gitbatch_tui.core.server.file_answers import LargeFile
from gitbatch_tui.core.verify.reproduce import Trial, conclude
from gitbatch_tui.core.verify.verify import verify
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Results
from tests.support.pulling import pull

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

BIG = 'head -c 3000 /dev/zero >big.dat; echo "$GITBATCH_OPTION_x" >>big.dat'
CONTENT = bytes(3000) + b"\n"
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def large(project: Project) -> Project:
    """A project where 2000 bytes are large."""
    project.world.bare("config", "gitbatch.largeFile", "2000")
    return project


def test_large_and_ignored_files_are_told_with_their_sizes(large: Project) -> None:
    job = f"{BIG}; echo 1 >x.tmp; mkdir t; head -c 999 /dev/zero >t/y.tmp; mkfifo p"
    large.finish(job, __gitignore="*.tmp\n")
    run = large.run(1)
    assert large_files_of(large.clone, run) == (LargeFile(HASH, 3001, "big.dat"),)
    get_it = "`gitbatch-tui get batch#1 PATH` copies them."
    assert what_stayed(large.clone, run) == (
        f"1 large file, 3.0 kB, stayed on the server (big.dat): {get_it}",
        f"2 files, 1.0 kB, that git ignores stayed there (t/, t/y.tmp, x.tmp): {get_it}",
        "batch#1: left out, there is nothing in it: p.",
    )


def test_a_run_that_left_large_files_only_did_not_leave_nothing(large: Project) -> None:
    large.finish(BIG)
    run = large.run(1)
    assert (run.results, run.large, run.result) == (Results.ELSEWHERE, 1, "")
    assert pull(large, 1).done == "batch#1 has succeeded and changed nothing on its branch."


def test_a_large_file_comes_with_the_hash_of_its_record(large: Project, tmp_path: Path) -> None:
    large.finish(BIG)
    assert large.run(1).settled
    large.world.gitbatch("prune")
    target = tmp_path / "here"
    assert get(large.batch, 1, "big.dat", target).copied == [target]
    assert target.read_bytes() == CONTENT


def test_a_large_file_with_another_hash_does_not_come(large: Project, tmp_path: Path) -> None:
    large.finish(BIG)
    assert large.run(1).settled
    large.world.gitbatch("prune")
    kept = large.world.base / "large/sha256" / HASH
    kept.chmod(0o600)
    kept.write_bytes(b"x" * 3001)
    got = get(large.batch, 1, "big.dat", tmp_path / "here")
    assert got.left == {"big.dat": f"what came has another hash than its record, {HASH[:12]}"}
    assert list(tmp_path.glob("*here*")) == []
    (results, *_) = verify(large.batch, 1).checks
    assert results.words == "Large files aren't kept as they were: big.dat."


def test_runs_whose_large_files_differ_do_not_reproduce_each_other(large: Project) -> None:
    large.finish(BIG)
    same = large.again(1)
    other = large.server.rerun(1, ("x=2",)).run
    large.world.settled(other)
    trial = Trial(large.batch, large.run(1), large.batch)
    assert conclude(trial, same, lambda _: None).holds
    reproduction = conclude(trial, other, lambda _: None)
    assert [(file.path, file.words) for file in reproduction.files] == [
        ("big.dat", "its large content has another hash"),
    ]
    assert not reproduction.holds


def test_a_large_file_that_is_declared_volatile_may_differ(large: Project) -> None:
    random = "head -c 3000 /dev/urandom >big.dat; cp big.dat slurm-$GITBATCH_RUN.out"
    large.finish(random, __gitattributes="big.dat gitbatch-volatile\n")
    trial = Trial(large.batch, large.run(1), large.batch)
    reproduction = conclude(trial, large.again(1), lambda _: None)
    assert [(file.path, str(file.likeness)) for file in reproduction.files] == [
        ("big.dat", "volatile"),
        ("slurm-1.out", "volatile"),
        ("slurm-2.out", "volatile"),
    ]
    assert reproduction.holds


@pytest.mark.parametrize("largest", [(2000, 9000), (9000, 2000)], ids=["before", "afterwards"])
def test_what_is_large_in_one_of_two_runs_is_compared_with_the_commit_of_the_other(
    project: Project, largest: tuple[int, int]
) -> None:
    before, afterwards = map(str, largest)
    project.world.bare("config", "gitbatch.largeFile", before)
    project.finish(BIG)
    project.world.bare("config", "gitbatch.largeFile", afterwards)
    trial = Trial(project.batch, project.run(1), project.batch)
    assert conclude(trial, project.again(1), lambda _: None).files == ()
    other = project.server.rerun(1, ("x=2",)).run
    project.world.settled(other)
    assert [(file.path, file.words) for file in conclude(trial, other, lambda _: None).files] == [
        ("big.dat", "its large content has another hash"),
    ]


@pytest.fixture
def lfs(project: Project) -> Project:
    """A project whose clone has git-lfs set up, and whose server hasn't."""
    if not shutil.which("git-lfs"):
        pytest.skip("git-lfs is not installed")
    project.world.git("lfs", "install", "--local", "--force")
    # There is no store of git-lfs to push to.
    (project.world.clone / ".git/hooks/pre-push").unlink()
    return project


def test_contents_of_files_under_git_lfs_come_home_with_the_results(lfs: Project) -> None:
    lfs.finish("echo new >model.bin", __gitattributes="*.bin filter=lfs diff=lfs -text\n")
    pull(lfs, 1)
    assert (lfs.world.clone / "model.bin").read_text() == "new\n"
    assert lfs.world.git("status", "--short") == ""
    assert lfs.world.git("show", "HEAD:model.bin").startswith("version https://git-lfs")


def test_where_the_content_of_a_pointer_is_missing_nothing_is_changed(lfs: Project) -> None:
    lfs.finish("echo new >model.bin", __gitattributes="*.bin filter=lfs diff=lfs -text\n")
    shutil.rmtree(lfs.world.base / "large")
    head = lfs.world.git("rev-parse", "HEAD")
    with pytest.raises(Refused, match=r"model\.bin of batch#1 stands under git-lfs"):
        pull(lfs, 1)
    assert lfs.world.git("rev-parse", "HEAD") == head
    assert lfs.world.git("status", "--short") == ""
