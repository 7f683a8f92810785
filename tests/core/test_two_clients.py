"""Several clients in one clone at once, and what one that was killed leaves to the next."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.identity import Identity
from gitbatch_tui.core.git.folders import LOCK
from gitbatch_tui.core.git.lock import locked
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.results.pull import bring, look
from gitbatch_tui.errors import Refused
from tests.support.command_line import at_once, command
from tests.support.pulling import files
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.project import Project


def test_three_merges_of_one_result_at_once_end_as_one_would(project: Project) -> None:
    number = project.finish("for i in 1 2 3 4 5 6; do echo $i >r$i; done")
    project.world.commit({"mine": "1\n"})
    pull = command(project, "pull", f"batch#{number}", "--merge")
    said = at_once([pull] * 3)
    assert [each.status for each in said] == [0, 0, 0], said
    assert {"mine", "r1", "r6"} < files(project).keys()
    assert project.world.git("status", "--porcelain") == ""
    assert project.world.git("rev-list", "--merges", "--count", "HEAD") == "1"
    assert not (project.clone.git_dir / LOCK).exists()


def test_three_set_ups_of_one_place_at_once_end_as_one_would(
    project: Project, tmp_path: Path
) -> None:
    base = tmp_path / "other"
    said = at_once([command(project, "setup", "other", str(base))] * 3)
    assert [each.status for each in said] == [0, 0, 0], said
    assert project.world.git("config", "--get-all", "remote.other.url") == f"{base}/repo.git"
    fetch = "+refs/heads/*:refs/remotes/other/*"
    assert project.world.git("config", "--get-all", "remote.other.fetch") == fetch
    assert project.clone.batch_remote("other").base == str(base)


def test_whoever_waits_too_long_hears_who_is_at_work(project: Project) -> None:
    number = project.finish("echo 1 >out")
    with (
        locked(project.clone, "pulling batch#9"),
        pytest.raises(Refused, match=rf"is pulling batch#9 .*process {os.getpid()} on"),
        locked(project.clone, "anything", patience=0.2),
    ):
        pass
    bring(look(project.batch, number))
    assert files(project)["out"] == "1\n"


@pytest.mark.parametrize(
    "facts",
    [
        {"start": "1"},
        {"pid": 2**22 + 1},
        {"boot": "before"},
    ],
    ids=["the number is another process's", "it has ended", "before the machine was started"],
)
def test_a_lock_of_a_process_that_is_gone_holds_nobody(
    project: Project, facts: Mapping[str, object]
) -> None:
    held = {"doing": "x", **Identity.of(os.getpid()).facts, **facts}
    (project.clone.git_dir / LOCK).write_text(json.dumps(held))
    with locked(project.clone, "pulling", patience=0):
        assert (project.clone.git_dir / LOCK).exists()
    assert not (project.clone.git_dir / LOCK).exists()


@pytest.mark.parametrize(
    "facts",
    [{"boot": "elsewhere", "host": "elsewhere"}, {"namespace": "pid:[1]", "pid": 2**22 + 1}],
    ids=["another machine", "a container"],
)
def test_a_process_that_cannot_be_seen_keeps_its_lock(
    project: Project, facts: Mapping[str, object]
) -> None:
    held = {"doing": "pulling", **Identity.of(os.getpid()).facts, **facts}
    (project.clone.git_dir / LOCK).write_text(json.dumps(held))
    with (
        pytest.raises(Refused, match=rf"If there is none any more, remove .*{LOCK}"),
        locked(project.clone, "pulling", patience=0),
    ):
        pass


def test_a_process_that_ended_before_it_was_asked_for_is_gone() -> None:
    with subprocess.Popen(["true"]) as brief:
        wait_until(lambda: not Identity.of(brief.pid).start, what="its end")
        assert Identity.of(brief.pid).is_gone()
    assert Identity.of(brief.pid).is_gone()
    assert not Identity.of(os.getpid()).is_gone()


def test_many_that_find_a_lock_left_over_take_it_one_at_a_time(project: Project) -> None:
    held = {"doing": "x", **Identity.of(os.getpid()).facts, "start": "1"}
    (project.clone.git_dir / LOCK).write_text(json.dumps(held))
    alone, done = threading.Lock(), []

    def take(_: int) -> None:
        with open_clone(project.world.clone) as clone, locked(clone, "counting"):
            assert alone.acquire(blocking=False)
            done.append(1)
            alone.release()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(take, range(24)))
    assert len(done) == 24
