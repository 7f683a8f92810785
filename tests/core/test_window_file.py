"""Files that grow, appear, and are watched; copies and pagers of them."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.layout import Cells
from gitbatch_tui.core.logs.pager import page
from gitbatch_tui.core.logs.save import save
from gitbatch_tui.core.logs.source import LogFile, Seen
from gitbatch_tui.core.logs.viewer import Viewer
from gitbatch_tui.core.logs.window import Window, WindowView
from gitbatch_tui.errors import CommandFailed, Refused
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CELLS = Cells(len, lambda text, width: [text[i : i + width] for i in range(0, len(text), width)])


class Watcher:
    """Shows a file and remembers the last frame."""

    def __init__(self, path: Path) -> None:
        self.frame = WindowView()
        self.frames = 0
        self.viewer = Viewer(LogFile(path), CELLS, self._take)
        self.viewer.ask(lambda window: window.resize(40, 5))
        self.viewer.start()

    def _take(self, frame: WindowView) -> None:
        self.frame = frame
        self.frames += 1

    @property
    def last(self) -> str:
        return self.frame.rows[-1].text if self.frame.rows else ""

    def shows(self, text: str) -> None:
        wait_until(lambda: self.last == text, what=f"{text!r}, not {self.frame}")


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Callable[[str], Watcher]]:
    made: list[Watcher] = []

    def make(name: str) -> Watcher:
        made.append(Watcher(tmp_path / name))
        return made[-1]

    yield make
    for one in made:
        one.viewer.close()
    wait_until(lambda: not [t for t in threading.enumerate() if t.name.startswith("log-")])


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_is_written_is_shown(tmp_path: Path, watcher: Callable[[str], Watcher]) -> None:
    (tmp_path / "log").touch()
    seen = watcher("log")
    for n in range(20):
        append(tmp_path / "log", b"line %d\n" % n)
        seen.shows(f"line {n}")


def test_a_file_and_its_folder_may_appear_later(
    tmp_path: Path, watcher: Callable[[str], Watcher]
) -> None:
    seen = watcher("runs/42/log")
    wait_until(lambda: seen.frame.state == "not there yet")
    (tmp_path / "runs/42").mkdir(parents=True)
    append(tmp_path / "runs/42/log", b"here\n")
    seen.shows("here")
    assert seen.frame.state == ""


def test_a_file_that_vanishes_comes_back_with_its_folder(
    tmp_path: Path, watcher: Callable[[str], Watcher]
) -> None:
    path = tmp_path / "run/log"
    path.parent.mkdir()
    append(path, b"one\n")
    seen = watcher("run/log")
    seen.shows("one")
    path.unlink()
    path.parent.rmdir()
    wait_until(lambda: seen.frame.state == "deleted")
    assert seen.last == "one"
    path.parent.mkdir()
    append(path, b"two\n")
    seen.shows("two")


def test_only_so_many_frames_are_made_of_a_flood(
    tmp_path: Path, watcher: Callable[[str], Watcher]
) -> None:
    path = tmp_path / "log"
    path.touch()
    seen = watcher("log")
    with path.open("ab", buffering=0) as file:
        for n in range(20_000):
            file.write(b"line %d\n" % n)
    seen.shows("line 19999")
    assert seen.frames < 200


def test_what_cannot_be_read_is_said_and_tried_again(
    tmp_path: Path, watcher: Callable[[str], Watcher]
) -> None:
    path = tmp_path / "log"
    path.mkdir()
    seen = watcher("log")
    wait_until(lambda: seen.frame.state == "Is a directory")
    path.rmdir()
    append(path, b"a file\n")
    seen.shows("a file")


def test_actions_are_done_in_turn(tmp_path: Path, watcher: Callable[[str], Watcher]) -> None:
    append(tmp_path / "log", b"".join(b"%d\n" % n for n in range(100)))
    seen = watcher("log")
    seen.shows("99")
    for action in (Window.to_start, lambda w: w.scroll(3), lambda w: w.scroll(-1)):
        seen.viewer.ask(action)
    seen.shows("6")


# Copies


def test_a_copy_has_every_byte(tmp_path: Path) -> None:
    data = os.urandom(3_000_001)
    (tmp_path / "log").write_bytes(data)
    told: list[float] = []
    new = tmp_path / "copy"
    assert save(LogFile(tmp_path / "log"), new, threading.Event(), told.append) == len(data)
    assert new.read_bytes() == data
    assert told[-1] == 1.0
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~_umask()


def test_nothing_is_overwritten_unless_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"new")
    taken = tmp_path / "taken"
    taken.write_bytes(b"old")
    file = LogFile(tmp_path / "log")
    with pytest.raises(Refused, match="is there already; nothing was written"):
        save(file, taken, threading.Event())
    assert taken.read_bytes() == b"old"
    assert save(file, taken, threading.Event(), overwrite=True) == 3
    assert taken.read_bytes() == b"new"


def test_a_copy_that_is_stopped_or_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"data")
    stopped = threading.Event()
    stopped.set()
    assert save(LogFile(tmp_path / "log"), tmp_path / "copy", stopped) is None
    with pytest.raises(Refused, match="No such file or directory"):
        save(LogFile(tmp_path / "log"), tmp_path / "no/copy", threading.Event())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "log"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Pagers


def test_the_pager_gets_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_bytes(b"data")
    monkeypatch.setenv("PAGER", f"sh -c 'cp \"$1\" {tmp_path}/paged' pager")
    page(LogFile(tmp_path / "log"), 0)
    assert (tmp_path / "paged").read_bytes() == b"data"


def test_less_is_opened_at_the_place_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").write_bytes(b"data")
    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/said\n')
    less.chmod(0o755)
    monkeypatch.setenv("PAGER", f"{less} -S")
    page(LogFile(tmp_path / "log"), 2)
    assert (tmp_path / "said").read_text() == f"-S -n +2P {tmp_path}/log\n"


def test_a_pager_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").write_bytes(b"data")
    monkeypatch.setenv("PAGER", "no-such-pager")
    with pytest.raises(CommandFailed, match="no-such-pager, can't be started"):
        page(LogFile(tmp_path / "log"), 0)


class Buggy(LogFile):
    """Something in it was not foreseen: where it is looked at, or where it is followed."""

    at = ""

    def look(self) -> Seen:
        if self.at == "look":
            raise ZeroDivisionError
        return super().look()

    def follow(self, changed: Callable[[], None]) -> None:
        if self.at == "follow":
            raise ZeroDivisionError
        super().follow(changed)


@pytest.mark.parametrize("at", ["look", "follow"])
def test_a_bug_while_reading_is_raised_where_the_file_is_shown(tmp_path: Path, at: str) -> None:
    raised = threading.Event()

    def show(_: WindowView) -> None:
        try:
            viewer.check()
        except ZeroDivisionError:
            raised.set()

    file = Buggy(tmp_path / "log")
    file.at = at
    viewer = Viewer(file, CELLS, show)
    viewer.check()
    viewer.start()
    assert raised.wait(10)
    viewer.close()
