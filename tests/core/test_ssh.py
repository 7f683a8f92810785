"""Works on a real sshd: answers, streams, sessions, noise and hostile names."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.hosts.ssh import SshHost
from gitbatch_tui.errors import BadLocation, Refused, TimedOut, Unreachable
from tests.support.servers.sshd import HOST, SERVER_PID, Sshd
from tests.support.waiting import alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitbatch_tui.core.base.journal import JournalEntry


@pytest.fixture
def host(sshd: Sshd) -> Iterator[SshHost]:
    host = SshHost(HOST)
    yield host
    host.close()
    assert sshd.folder.exists()


def test_a_script_gets_its_arguments_and_answers(host: SshHost) -> None:
    words = ["it's", "$(id)", "two\nlines\n", "!!", "é▶", ""]
    answer = host.run("""printf '%s\\0' "$@"; echo oops >&2; exit 3""", *words)
    assert answer == Answer(3, "".join(f"{word}\0" for word in words).encode(), b"oops\n")


def test_a_script_reads_what_it_is_given_however_much(host: SshHost) -> None:
    data = bytes(range(256)) * 8000
    assert host.run("cat", stdin=data) == Answer(0, data, b"")


def test_exit_status_255_is_the_scripts_own(host: SshHost) -> None:
    assert host.run("exit 255").status == 255
    assert host.run("kill -TERM $$").status == 128 + 15


def test_one_connection_serves_all_commands_and_git(
    host: SshHost, sshd: Sshd, tmp_path: Path
) -> None:
    repository = tmp_path / "it's a repo.git"
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True)
    url = Location(HOST, "/x").git_url(str(repository))
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda n: host.run('echo "$1"', str(n)).stdout, range(8)))
    with host.session():
        environment = os.environ | host.environment()
        subprocess.run(["git", "ls-remote", url], env=environment, check=True)
    assert answers == [f"{n}\n".encode() for n in range(8)]
    assert sshd.connections() == 1


def test_the_connection_is_there_for_the_next_program_and_ends_with_the_last(sshd: Sshd) -> None:
    first, second = SshHost(HOST), SshHost(HOST)
    first.run(":")
    second.run(":")
    first.close()
    assert second.run("echo still").stdout == b"still\n"
    assert sshd.connections() == 1
    second.close()
    wait_until(lambda: not sshd.processes(), what="the connection to end")


def test_a_connection_that_is_there_is_not_greeted_unless_it_is_doubted(
    sshd: Sshd,
) -> None:
    first, second = SshHost(HOST), SshHost(HOST)
    first.run(":")
    before = sshd.log.count("Starting session")
    assert second.run("echo at once").stdout == b"at once\n"
    assert sshd.log.count("Starting session") == before + 1
    second.close()
    first.close()


def test_a_connection_that_was_lost_is_opened_again_by_the_next_program(sshd: Sshd) -> None:
    first, second = SshHost(HOST), SshHost(HOST)
    server = int(first.run(SERVER_PID).stdout)
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not alive(server), what="the server to end")
    assert second.run("echo there").stdout == b"there\n"
    assert sshd.connections() == 2
    first.close()
    second.close()


def test_a_connection_of_the_persons_own_is_used_and_left_alone(sshd: Sshd) -> None:
    socket = sshd.folder / "own"
    sshd.client("ControlMaster auto", f"ControlPath {socket}", "ControlPersist no")
    host = SshHost(HOST)
    host.run(":")
    host.close()
    assert socket.exists()
    subprocess.run([sshd.program, "-O", "exit", HOST], check=True, capture_output=True)


GATED = """
mkdir "$1/$$"
ls "$1" | wc -l
until test -e "$2"; do sleep 0.01; done
rmdir "$1/$$"
"""


def test_twenty_commands_on_one_host_use_at_most_four_sessions(
    host: SshHost, tmp_path: Path
) -> None:
    busy, gate = tmp_path / "busy", tmp_path / "gate"
    busy.mkdir()
    with ThreadPoolExecutor(20) as pool:
        commands = [pool.submit(host.run, GATED, str(busy), str(gate)) for _ in range(20)]
        wait_until(lambda: len(list(busy.iterdir())) == 4, what="four sessions")
        gate.touch()
        counts = [int(command.result().stdout) for command in commands]
    assert max(counts) <= 4


def test_a_fourth_stream_is_refused_and_commands_still_run(host: SshHost) -> None:
    with host.stream("sleep 99"), host.stream("sleep 99"), host.stream("sleep 99"):
        with pytest.raises(Refused, match=HOST), host.stream("sleep 99"):
            pass
        assert host.run("echo free").stdout == b"free\n"


def test_a_server_with_fewer_sessions_still_serves(host: SshHost, sshd: Sshd) -> None:
    sshd.server("MaxSessions 1")
    with host.stream("echo up; sleep 99") as stream:
        assert next(iter(stream)) == b"up\n"
        assert host.run("echo ok").stdout == b"ok\n"


def test_a_stream_comes_as_it_is_written(host: SshHost, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    script = 'echo one; until test -e "$1"; do sleep 0.01; done; echo two; echo e >&2; exit 5'
    with host.stream(script, str(gate)) as stream:
        chunks = iter(stream)
        assert next(chunks) == b"one\n"
        assert stream.stderr == b""
        gate.touch()
        assert b"".join(chunks) == b"two\n"
        assert (stream.status, stream.stderr) == (5, b"e\n")


def test_a_stream_is_byte_for_byte_what_was_written(host: SshHost, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(os.urandom(3_000_000))
    with host.stream('cat "$1"', str(log)) as stream:
        assert b"".join(stream) == log.read_bytes()


SILENT = 'tail -F "$1" 2>/dev/null & echo "$$ $!"; wait'


def test_closing_a_silent_stream_leaves_no_process_over_there(
    host: SshHost, tmp_path: Path
) -> None:
    with host.stream(SILENT, str(tmp_path / "missing")) as stream:
        chunks = iter(stream)
        pids = [int(word) for word in next(chunks).split()]
        assert all(map(alive, pids))
        closer = threading.Timer(0.1, stream.close)
        closer.start()
        assert list(chunks) == []
    wait_until(lambda: not any(map(alive, pids)), what="the tail to end")


def test_a_lost_connection_ends_a_stream_on_both_sides(host: SshHost, tmp_path: Path) -> None:
    server = int(host.run(SERVER_PID).stdout)
    with host.stream(SILENT, str(tmp_path / "missing")) as stream:
        chunks = iter(stream)
        pids = [int(word) for word in next(chunks).split()]
        os.kill(server, 9)
        with pytest.raises(Unreachable, match="lost"):
            list(chunks)
    wait_until(lambda: not any(map(alive, pids)), what="the tail to end")
    assert host.run("echo again").stdout == b"again\n"


def test_a_command_that_takes_too_long_ends_over_there(host: SshHost, tmp_path: Path) -> None:
    said = tmp_path / "pid"
    host.run("true")  # to have a connection, so that all of the time is the command's
    with pytest.raises(TimedOut, match="told to stop"):
        host.run('echo $$ >"$1"; sleep 99; sleep 99', str(said), timeout=2)
    wait_until(lambda: not alive(int(said.read_text())), what="the command to end")
    assert host.run("echo next").stdout == b"next\n"


def test_a_child_that_keeps_stdout_is_not_waited_for_and_lives_on(host: SshHost) -> None:
    start = time.monotonic()
    child = int(host.run("sleep 99 & echo $!").stdout)
    assert time.monotonic() - start < 5
    assert alive(child)
    os.kill(child, 9)


def test_a_command_goes_on_when_its_connection_is_lost(host: SshHost, tmp_path: Path) -> None:
    begun, gate, done = tmp_path / "begun", tmp_path / "gate", tmp_path / "done"
    script = 'touch "$1"; until test -e "$2"; do sleep 0.01; done; touch "$3"'
    server = int(host.run(SERVER_PID).stdout)
    with ThreadPoolExecutor() as pool:
        command = pool.submit(host.run, script, str(begun), str(gate), str(done))
        wait_until(begun.exists)
        os.kill(server, 9)
        assert isinstance(command.exception(), Unreachable)
        assert "look there" in str(command.exception())
    gate.touch()
    wait_until(done.exists, what="the command to go on")


NOISE = "echo Welcome to hpc; printf 'no newline'; echo module: command not found >&2\n"


@pytest.mark.parametrize("shell", ["bash", "csh", "dash", "busybox sh"])
def test_noise_and_strange_login_shells_change_no_answer(
    host: SshHost, sshd: Sshd, shell: str
) -> None:
    if not shutil.which(shell.split(maxsplit=1)[0]):
        pytest.skip(f"{shell} isn't installed")
    sshd.login_shell(shell, NOISE)
    sshd.server(f"Banner {banner(sshd)}")
    answer = host.run('printf %s "$1"; echo oops >&2; exit 9', "it's !1\n")
    assert answer == Answer(9, b"it's !1\n", b"oops\n")
    with host.stream("printf one; exit 4") as stream:
        assert b"".join(stream) == b"one"
        assert (stream.status, stream.stderr) == (4, b"")


def banner(sshd: Sshd) -> Path:
    path = sshd.folder / "banner"
    path.write_text("Authorized use only. Permission denied to others; sessions are timed out.\n")
    return path


def test_what_a_bashrc_prints_is_no_part_of_an_answer(host: SshHost, sshd: Sshd) -> None:
    (sshd.home / ".bashrc").write_text(NOISE)
    sshd.login_shell("bash")
    assert host.run("echo hello; echo oops >&2") == Answer(0, b"hello\n", b"oops\n")


HOSTILE = {
    "an option": "-oProxyCommand=touch pwned:/b",
    "a command": "$(touch pwned):/b",
    "backticks": "`touch pwned`:/b",
    "a semicolon": "hpc;touch pwned:/b",
    "a quote": "hpc';touch pwned;':/b",
    "a newline": "hpc\ntouch pwned:/b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_host_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(BadLocation):
        Location.parse(text)


def test_a_host_that_looks_like_an_option_is_none_to_ssh_either(sshd: Sshd, tmp_path: Path) -> None:
    pwned = tmp_path / "pwned"
    with pytest.raises(Unreachable):
        SshHost(f"-oProxyCommand=touch {pwned}").run(":")
    assert not pwned.exists()
    assert sshd.connections() == 0


@pytest.mark.parametrize("name", ["$(touch pwned)", "it's", 'a"b', "a\nb", "-x", "`id`", "é"])
def test_a_hostile_path_is_taken_literally(host: SshHost, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "paths"
    host.run('mkdir -p -- "$1/$2" && cd "$1" && touch -- "$2/file"', str(folder), name).check("")
    assert [path.name for path in folder.iterdir()] == [name]
    assert [path.name for path in (folder / name).iterdir()] == ["file"]


def test_the_journal_shows_the_script_and_not_its_envelope(sshd: Sshd) -> None:
    entries: list[JournalEntry] = []
    host = SshHost(HOST, journal=entries.append)
    host.run('echo "$1"', "it's")
    sshd.client("ProxyCommand false")
    host.close()
    with pytest.raises(Unreachable):
        host.run(":")
    first, failed = entries
    assert (first.host, first.command, first.status) == (HOST, ('echo "$1"', "it's"), 0)
    assert first.output == b"it's\n"
    assert (failed.status, b"closed" in failed.output) == (None, True)


def test_a_shell_in_the_terminal_gets_its_script_and_arguments(host: SshHost) -> None:
    argv = host.interactive('printf "%s|" "$@"; cat', "it's", "a\nb")
    assert argv[1] == "-t"
    answer = subprocess.run(argv, input=b"typed", capture_output=True, check=True)
    assert answer.stdout == b"it's|a\nb|typed"
