from __future__ import annotations

import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer, LocalHost
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.hosts.process import REPOSITORY_VARIABLES
from gitbatch_tui.core.hosts.sharing import SESSIONS, STREAMS, SessionLimit
from gitbatch_tui.errors import CommandFailed, Refused, TimedOut, Unreachable
from tests.support.waiting import alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry


@pytest.fixture
def host() -> Iterator[LocalHost]:
    host = LocalHost()
    yield host
    host.close()


def test_a_script_gets_its_arguments_and_answers(host: LocalHost) -> None:
    answer = host.run('printf %s "$1"; printf %s "$2" >&2; exit 3', "$(id)", "it's")
    assert answer == Answer(3, b"$(id)", b"it's")


def test_a_script_reads_what_it_is_given_however_much(host: LocalHost) -> None:
    data = bytes(range(256)) * 8000
    assert host.run("cat", stdin=data) == Answer(0, data, b"")


def test_a_script_that_reads_nothing_of_it_is_no_trouble(host: LocalHost) -> None:
    assert host.run("exit 0", stdin=b"x" * 1_000_000).status == 0


def test_a_script_without_stdin_finds_its_end(host: LocalHost) -> None:
    assert host.run("cat; echo done").stdout == b"done\n"


def test_a_script_ended_by_a_signal_says_which(host: LocalHost) -> None:
    assert host.run("kill -KILL $$").status == 128 + 9


def test_a_failed_script_becomes_an_error_that_can_be_shown(host: LocalHost) -> None:
    with pytest.raises(CommandFailed, match="Nothing was installed") as failure:
        host.run("printf 'no \\033[31mspace' >&2; exit 28").check("Nothing was installed.")
    assert failure.value.status == 28
    assert failure.value.detail == "no <ESC>[31mspace"
    assert host.run("echo fine").check("not raised") == b"fine\n"


def test_a_script_that_takes_too_long_is_ended_with_its_children(host: LocalHost) -> None:
    script = "sleep 99 & echo $! >&2; trap '' TERM; wait; sleep 99"
    with pytest.raises(TimedOut) as late:
        host.run(script, timeout=0.3)
    assert not alive(int(late.value.detail))


def test_a_child_that_keeps_stdout_is_not_waited_for_and_lives_on(host: LocalHost) -> None:
    start = time.monotonic()
    child = int(host.run("sleep 99 & echo $!").stdout)
    assert time.monotonic() - start < 5
    assert alive(child)
    os.kill(child, 9)


def test_the_variables_of_a_repository_stay_here(
    host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    names = host.run("env | sed -n 's/^\\(GIT_[A-Z_]*\\)=.*/\\1/p'").stdout.decode().split()
    assert "GIT_AUTHOR_NAME" in names
    assert not REPOSITORY_VARIABLES & set(names)


def test_all_variables_that_git_calls_local_are_known() -> None:
    named = subprocess.check_output(["git", "rev-parse", "--local-env-vars"], text=True)
    assert set(named.split()) <= REPOSITORY_VARIABLES


def test_a_script_has_a_session_of_its_own(host: LocalHost) -> None:
    session = host.run("cut -d' ' -f6 /proc/self/stat").stdout
    assert int(session) != os.getsid(0)


def test_a_stream_comes_as_it_is_written(host: LocalHost, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    script = 'echo one; until test -e "$1"; do sleep 0.01; done; echo two; exit 5'
    with host.stream(script, str(gate)) as stream:
        chunks = iter(stream)
        assert next(chunks) == b"one\n"
        assert stream.status is None
        gate.touch()
        assert b"".join(chunks) == b"two\n"
        assert stream.status == 5


def test_closing_a_stream_from_another_thread_ends_it_here_and_there(host: LocalHost) -> None:
    with host.stream("echo $$; while :; do sleep 99; done") as stream:
        chunks = iter(stream)
        pid = int(next(chunks))
        closer = threading.Timer(0.1, stream.close)
        closer.start()
        assert list(chunks) == []
        assert stream.status is None
    wait_until(lambda: not alive(pid))


def test_leaving_a_stream_ends_a_script_that_ignores_being_asked(host: LocalHost) -> None:
    with host.stream("trap '' TERM; echo $$; while :; do sleep 0.1; done") as stream:
        pid = int(next(iter(stream)))
    assert not alive(pid)


def test_a_stream_nobody_reads_ends_just_the_same(host: LocalHost) -> None:
    with host.stream("yes") as stream:
        pass
    assert stream.status is None


def test_closing_a_host_ends_what_runs_and_starts_nothing_more() -> None:
    host = LocalHost()
    with host.stream("sleep 99") as stream:
        host.close()
        assert list(stream) == []
    with pytest.raises(Unreachable):
        host.run(":")


def test_every_command_comes_into_the_journal() -> None:
    entries: list[JournalEntry] = []
    host = LocalHost(entries.append)
    host.run('echo "$1"; echo err >&2; exit 2', "it's")
    with pytest.raises(TimedOut):
        host.run("sleep 99", timeout=0.1)
    with host.stream("echo x") as stream:
        list(stream)
    first, late, streamed = entries
    assert first.command == ('echo "$1"; echo err >&2; exit 2', "it's")
    assert (first.host, first.status, first.output) == ("local", 2, b"it's\nerr\n")
    assert (late.status, b"longer than 0.1 s" in late.output) == (None, True)
    assert (streamed.status, streamed.output) == (0, b"")
    assert late.seconds >= 0.1


def test_the_terminal_command_of_this_machine_is_plain_sh(host: LocalHost) -> None:
    argv = host.interactive('printf %s "$1"', "it's")
    assert subprocess.check_output(argv) == b"it's"
    assert host.login_command() == []
    assert host.environment() == {}
    with host.session():
        pass


def test_one_machine_is_one_host() -> None:
    with Hosts() as hosts:
        here = hosts.at(Location(None, "/a"))
        assert hosts.at(Location(None, "/b")) is here
        there = hosts.at(Location("hpc", "/a"))
        assert hosts.at(Location("hpc", "~/b")) is there
        assert hosts.at(Location("hpc", "/a", 2222)) is not there
        assert (here.name, there.name) == ("local", "hpc")


def test_streams_leave_a_session_for_commands() -> None:
    slots = SessionLimit("hpc")
    with ExitStack() as streams:
        for _ in range(STREAMS):
            streams.enter_context(slots.take_for_stream(0.1))
        with pytest.raises(Refused, match="hpc"), slots.take_for_stream(0.1):
            pass
        with slots.take(0.1), slots.take(0.1), ThreadPoolExecutor() as other_thread:
            late = other_thread.submit(slots.take(0.01).__enter__)
            assert isinstance(late.exception(), TimedOut)
    with slots.take_for_stream(0.1), slots.take(0.1):
        pass
    assert SESSIONS == STREAMS + 1
