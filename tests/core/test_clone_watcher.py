"""What others do in a clone, or it does elsewhere, is noticed without asking git."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import pytest
import watchfiles

from gitbatch_tui.core.watch import clone_watcher
from gitbatch_tui.core.watch.clone_watcher import watch_clone
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTERVAL = 0.05


class Looks(threading.Event):
    """Counts how often somebody waited for it."""

    count = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.count += 1
        return super().wait(timeout)


class Watched:
    """A clone, and how often something of it was noticed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.noticed = 0
        self._ended = Looks()
        path.mkdir()
        self.git("init", "--quiet")
        self.git("commit", "--quiet", "--allow-empty", "--message", "One")
        folders = [path / ".git"]
        self._thread = threading.Thread(target=watch_clone, args=(folders, self._ended, self._tell))

    def _tell(self) -> None:
        self.noticed += 1

    def begin(self) -> None:
        self._thread.start()
        self.looks_again()

    def looks_again(self) -> None:
        seen = self._ended.count
        wait_until(lambda: self._ended.count > seen + 2)

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.path), *words], check=True)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(clone_watcher, "INTERVAL", INTERVAL)
    watched = Watched(tmp_path / "gitbatch")
    yield watched
    watched.close()


@pytest.mark.parametrize(
    "ref", ["refs/remotes/origin/ada/deep/er", "refs/heads/ada/x", "refs/tags/v1"]
)
def test_a_branch_of_any_depth_that_moves_is_noticed(watched: Watched, ref: str) -> None:
    watched.git("update-ref", ref, "HEAD")
    watched.git("commit", "--quiet", "--allow-empty", "--message", "Two")
    watched.begin()
    assert not watched.noticed
    watched.git("update-ref", ref, "HEAD")
    wait_until(lambda: watched.noticed)


def test_a_reftable_that_is_written_is_noticed(watched: Watched) -> None:
    tables = watched.path / ".git/reftable"
    tables.mkdir()
    watched.begin()
    (tables / "tables.list.lock").write_text("0x01-0x01.ref\n")
    (tables / "tables.list.lock").rename(tables / "tables.list")
    wait_until(lambda: watched.noticed)


def test_records_and_locks_are_no_news(watched: Watched) -> None:
    watched.git("update-ref", "refs/gitbatch/batch/log", "HEAD~0")
    watched.begin()
    (watched.path / ".git/refs/heads/master.lock").touch()
    watched.git("commit-tree", "HEAD^{tree}", "-m", "Two")
    watched.git("update-ref", "-d", "refs/gitbatch/batch/log")
    watched.looks_again()
    assert not watched.noticed


def test_without_notifications_commits_are_noticed_all_the_same(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[None]:
        raise OSError("no watches left")

    monkeypatch.setattr(watchfiles, "watch", refuse)
    watched.begin()
    watched.git("commit", "--quiet", "--allow-empty", "--message", "Two")
    wait_until(lambda: watched.noticed)
