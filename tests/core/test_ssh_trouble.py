"""What happens on a real sshd when a login needs a person, a key is wrong, or a peer freezes."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.connection import CONNECT_SECONDS, PATIENCE
from gitbatch_tui.core.hosts.ssh import SshHost
from gitbatch_tui.errors import (
    HostKeyChanged,
    HostKeyUnknown,
    LoginNeeded,
    TimedOut,
    Unreachable,
)
from tests.support.servers.sshd import HOST, SERVER_PID, Sshd
from tests.support.terminal import Terminal
from tests.support.waiting import alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def host(sshd: Sshd) -> Iterator[SshHost]:  # noqa: ARG001  # the server has to be there
    host = SshHost(HOST, patience=4)
    yield host
    host.close()


def lock_key(sshd: Sshd, passphrase: str) -> None:
    argv = ["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", str(sshd.folder / "id")]
    subprocess.run(argv, check=True, capture_output=True)


def test_a_passphrase_is_asked_once_in_the_terminal(host: SshHost, sshd: Sshd) -> None:
    lock_key(sshd, "open sesame")
    with pytest.raises(LoginNeeded, match=f"ssh {HOST}") as needed:
        host.run("echo hi")
    assert "Permission denied" in needed.value.detail
    with Terminal(host.login_command()) as terminal:
        terminal.expect("passphrase")
        terminal.type_secretly("open sesame\n")
        assert terminal.end() == 0
        assert host.run("echo hi").stdout == b"hi\n"
    assert sshd.connections() == 1


def test_a_wrong_passphrase_changes_nothing(host: SshHost, sshd: Sshd) -> None:
    lock_key(sshd, "open sesame")
    sshd.client("NumberOfPasswordPrompts 1")
    with Terminal(host.login_command()) as terminal:
        terminal.expect("passphrase")
        terminal.type_secretly("wrong\n")
        assert terminal.end() != 0
    with pytest.raises(LoginNeeded):
        host.run(":")


def test_an_unknown_host_key_is_shown_to_a_person(host: SshHost, sshd: Sshd) -> None:
    known = sshd.folder / "known_hosts"
    known.unlink()
    with pytest.raises(HostKeyUnknown, match=f"ssh {HOST}"):
        host.run("echo hi")
    assert not known.exists()
    with Terminal(host.login_command()) as terminal:
        terminal.expect("fingerprint")
        terminal.expect("continue connecting")
        terminal.type("yes\n")
        assert terminal.end() == 0
        assert host.run("echo hi").stdout == b"hi\n"


def test_a_changed_host_key_stops_also_in_the_terminal(host: SshHost, sshd: Sshd) -> None:
    (sshd.folder / "known_hosts").write_text("* " + (sshd.folder / "id.pub").read_text())
    with pytest.raises(HostKeyChanged, match="administrators") as changed:
        host.run("echo hi")
    assert "ssh-keygen" in changed.value.detail
    with Terminal(host.login_command()) as terminal:
        assert terminal.end() != 0
    assert sshd.connections() == 0


def test_ten_panes_that_wait_for_a_login_try_it_once(host: SshHost, sshd: Sshd) -> None:
    (sshd.folder / "id.pub").write_text("")
    together = Barrier(10)

    def ask() -> type[BaseException] | None:
        together.wait()
        try:
            host.run(":")
        except Unreachable as failure:
            return type(failure)
        return None

    with ThreadPoolExecutor(10) as pool:
        kinds = {asked.result() for asked in [pool.submit(ask) for _ in range(10)]}
    assert kinds == {LoginNeeded}
    assert sshd.log.count("Connection from") == 1


def test_a_jump_host_that_needs_a_login_is_understood(host: SshHost, sshd: Sshd) -> None:
    sshd.client(f"ProxyCommand {sshd.program} -F {jump(sshd)} jump")
    with pytest.raises(LoginNeeded, match=f"ssh {HOST}"):
        host.run(":")


def jump(sshd: Sshd) -> Path:
    """A configuration with which nobody gets in."""
    path = sshd.folder / "jump_config"
    config = (sshd.folder / "ssh_config").read_text()
    path.write_text(config.replace(f"IdentityFile {sshd.folder}/id", "IdentityFile none"))
    return path


def test_a_frozen_peer_ends_a_stream_and_the_next_connection_works(
    host: SshHost, sshd: Sshd
) -> None:
    server = int(host.run(SERVER_PID).stdout)
    with host.stream("echo up; sleep 99") as stream:
        chunks = iter(stream)
        assert next(chunks) == b"up\n"
        sshd.freeze(server)
        with pytest.raises(Unreachable, match=HOST):
            list(chunks)
    assert host.run("echo back").stdout == b"back\n"
    assert sshd.connections() == 2


def test_a_frozen_peer_keeps_a_command_no_longer_than_asked(host: SshHost, sshd: Sshd) -> None:
    sshd.freeze(int(host.run(SERVER_PID).stdout))
    with pytest.raises(TimedOut, match="didn't answer within 1 s"):
        host.run("echo hi", timeout=1)
    sshd.thaw()
    assert host.run("echo hi").stdout == b"hi\n"


def test_a_frozen_peer_is_said_within_fifty_seconds() -> None:
    assert PATIENCE + CONNECT_SECONDS < 50


def test_ssh_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITBATCH_SSH", "/nowhere/ssh")
    with pytest.raises(Unreachable, match="install OpenSSH"):
        SshHost(HOST).run(":")


def test_a_broken_ssh_configuration_is_named(host: SshHost, sshd: Sshd) -> None:
    sshd.client("Nonsense yes")
    with pytest.raises(Unreachable, match="configuration") as broken:
        host.run(":")
    assert "nonsense" in broken.value.detail


def test_an_account_that_runs_no_commands_is_said(host: SshHost, sshd: Sshd) -> None:
    sshd.server("ForceCommand echo This account is not available.; exit 1")
    with pytest.raises(Unreachable, match="doesn't run commands") as refused:
        host.run(":")
    assert "not available" in refused.value.detail


def test_what_a_hostile_server_says_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\nprintf '\\033]0;evil\\007\\342\\200\\256' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("GITBATCH_SSH", str(program))
    with pytest.raises(Unreachable) as failure:
        SshHost(HOST).run(":")
    assert str(failure.value).isprintable()
    assert failure.value.detail == "<ESC>]0;evil<BEL><U+202E>"


def test_closing_a_host_ends_its_commands_on_both_sides(
    host: SshHost, sshd: Sshd, tmp_path: Path
) -> None:
    said = tmp_path / "pid"
    with ThreadPoolExecutor() as pool:
        command = pool.submit(host.run, 'echo $$ >"$1"; sleep 99; sleep 99', str(said))
        wait_until(lambda: said.exists() and said.read_text().strip())
        host.close()
        assert isinstance(command.exception(10), Unreachable)
    wait_until(lambda: not alive(int(said.read_text())), what="the command to end")
    wait_until(lambda: not sshd.processes(), what="the connection to end")
    with pytest.raises(Unreachable, match="closed"):
        host.run(":")
