"""Follows logs: each byte once, whatever becomes of the connection or of the file."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts import backoff
from gitbatch_tui.core.logs.follow import Follow, follow
from gitbatch_tui.errors import GitBatchError, UnknownName, Unreachable
from tests.support.servers.sshd import HOST, Sshd
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.project import Project

UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
GROWING = """i=0
until test -e ../go
do
	i=$((i + 1))
	printf 'line %s \\303\\274 \\000 %s\\r' "$i" "$i"
	test $((i % 50)) != 0 || sleep 0.02
done"""


class Reader:
    """Follows in a thread."""

    def __init__(self, project: Project, number: int, file: str = "log", offset: int = 0) -> None:
        self.said: list[str] = []
        self.data = bytearray()
        self.error: GitBatchError | None = None
        self.follow: Follow = follow(project.server, number, file, offset, self.said.append)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        try:
            for chunk in self.follow:
                self.data += chunk
        except GitBatchError as error:
            self.error = error

    def has(self, condition: Callable[[bytes], bool]) -> None:
        wait_until(lambda: condition(bytes(self.data)), what=f"the right bytes; {self.said}")

    def has_more(self) -> None:
        so_far = len(self.data)
        self.has(lambda data: len(data) > so_far)

    def end(self) -> bytes:
        self.thread.join(20)
        assert not self.thread.is_alive()
        if self.error:
            raise self.error
        return bytes(self.data)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST", 0.02)


def go(project: Project, number: int) -> None:
    project.world.run(number).joinpath("go").touch()
    project.world.settled(number)


def readers_of(project: Project) -> list[int]:
    """The processes that read a log of this project's batch remote."""
    needle = f"{project.world.base}\0log\0".encode()
    lines = ((p, p / "cmdline") for p in Path("/proc").glob("[0-9]*"))
    found = []
    for process, line in lines:
        with suppress(OSError):
            if needle in line.read_bytes():
                found.append(int(process.name))
    return found


def kill(processes: list[int], reader: Reader) -> None:
    """Kill them with their groups, and wait until the reader has noticed."""
    said = len(reader.said)
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(process), signal.SIGKILL)
    wait_until(lambda: len(reader.said) > said)


def test_a_log_that_grows_is_followed_to_its_end(project: Project) -> None:
    number = project.begin(f"echo one; {UNTIL_GO}; echo two")
    reader = Reader(project, number)
    reader.has(lambda data: data == b"one\n")
    go(project, number)
    assert reader.end() == b"one\ntwo\n"
    assert reader.said == []


def test_a_log_that_is_not_there_yet_is_waited_for(project: Project) -> None:
    number = project.begin(UNTIL_GO)
    reader = Reader(project, number, "tree:later")
    later = project.world.run(number) / "tree/later"
    wait_until(lambda: readers_of(project))
    later.write_bytes(b"here")
    reader.has(lambda data: data == b"here")
    go(project, number)
    assert reader.end() == b"here"


def test_following_a_run_that_has_ended_gives_the_rest_and_ends(project: Project) -> None:
    number = project.finish("printf '\\377\\376abc'")
    assert Reader(project, number).end() == b"\xff\xfeabc"
    assert Reader(project, number, offset=3).end() == b"bc"
    assert Reader(project, number, "log.7").end() == b""


def test_following_can_be_stopped_from_another_thread(project: Project) -> None:
    number = project.begin(f"echo one; {UNTIL_GO}")
    reader = Reader(project, number)
    reader.has(bool)
    reader.follow.close()
    assert reader.end() == b"one\n"
    wait_until(lambda: not readers_of(project))
    go(project, number)


@pytest.mark.usefixtures("impatient")
def test_a_reader_that_is_killed_twenty_times_loses_and_repeats_nothing(project: Project) -> None:
    number = project.begin(GROWING)
    reader = Reader(project, number)
    for _ in range(20):
        reader.has_more()
        kill(readers_of(project), reader)
    go(project, number)
    assert reader.end() == project.world.run(number).joinpath("log").read_bytes()


@pytest.mark.usefixtures("impatient")
def test_twenty_lost_connections_lose_and_repeat_nothing(project: Project, sshd: Sshd) -> None:
    number = project.begin(GROWING)
    project.move_behind(HOST)
    reader = Reader(project, number)
    for _ in range(20):
        reader.has_more()
        kill(sshd.processes(), reader)
    go(project, number)
    assert reader.end() == project.world.run(number).joinpath("log").read_bytes()
    assert set(reader.said) == {"The connection to hpc was lost; reconnecting."}


def test_a_file_that_is_cut_short_is_said_and_read_from_its_start(project: Project) -> None:
    number = project.begin(UNTIL_GO)
    project.world.run(number).joinpath("tree/own.log").write_bytes(b"a long first line\n")
    reader = Reader(project, number, "tree:own.log")
    reader.has(bool)
    project.world.run(number).joinpath("tree/own.log").write_bytes(b"new\n")
    reader.has(lambda data: data.endswith(b"new\n"))
    go(project, number)
    assert reader.end() == b"a long first line\nnew\n"
    assert reader.said == ["The file tree:own.log was cut short. It is read from its start."]


def test_a_file_that_is_replaced_is_read_to_its_end_and_then_the_new_one(project: Project) -> None:
    number = project.begin(UNTIL_GO)
    own = project.world.run(number) / "tree/own.log"
    own.write_bytes(b"one\n")
    reader = Reader(project, number, "tree:own.log")
    reader.has(bool)
    with own.open("ab") as file:
        file.write(b"two\n")
    own.rename(own.with_name("own.log.1"))
    own.write_bytes(b"three, which is longer\n")
    reader.has(lambda data: data.endswith(b"longer\n"))
    go(project, number)
    assert reader.end() == b"one\ntwo\nthree, which is longer\n"
    assert "was replaced by another file" in reader.said[0]


def test_a_file_that_is_deleted_is_said_and_waited_for(project: Project) -> None:
    number = project.begin(UNTIL_GO)
    own = project.world.run(number) / "tree/own.log"
    own.write_bytes(b"one\n")
    reader = Reader(project, number, "tree:own.log")
    reader.has(bool)
    own.unlink()
    wait_until(lambda: reader.said)
    assert "was deleted" in reader.said[0]
    own.write_bytes(b"two\n")
    reader.has(lambda data: data.endswith(b"two\n"))
    go(project, number)
    assert reader.end() == b"one\ntwo\n"


def test_where_the_first_contact_fails_nothing_is_tried_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITBATCH_SSH", "/bin/false")
    project.move_behind(HOST)
    with pytest.raises(Unreachable):
        list(follow(project.server, 1))


def test_following_an_unknown_run_says_so(project: Project) -> None:
    with pytest.raises(UnknownName, match="no run 9"):
        list(follow(project.server, 9))
