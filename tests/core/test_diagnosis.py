from __future__ import annotations

import pytest

from gitbatch_tui.core.hosts.diagnosis import diagnose, diagnose_loss
from gitbatch_tui.errors import (
    HostKeyChanged,
    HostKeyUnknown,
    LoginNeeded,
    TimedOut,
    Unreachable,
)

CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r
Host key verification failed.\r
"""

UNKNOWN = """\
No ED25519 host key is known for hpc and you have requested strict checking.\r
Host key verification failed.\r
"""

# What ssh says, what it is, and a word of the next step.
SAID = {
    "no key fits": ("me@hpc: Permission denied (publickey,password).\r\n", LoginNeeded, "log in"),
    "too many keys": (
        "Received disconnect from 10.0.0.7 port 22:2: Too many authentication failures\r\n",
        LoginNeeded,
        "`ssh hpc`",
    ),
    "never seen": (
        UNKNOWN,
        HostKeyUnknown,
        "accept its host key",
    ),
    "changed": (CHANGED, HostKeyChanged, "administrators"),
    "no answer": (
        "ssh: connect to host hpc port 22: Connection timed out\r\n",
        TimedOut,
        "check the network",
    ),
    "no banner": ("Connection timed out during banner exchange\r\n", TimedOut, "network"),
    "gone quiet": ("Timeout, server hpc not responding.\r\n", TimedOut, "network"),
    "no such name": (
        "ssh: Could not resolve hostname hpc: Name or service not known\r\n",
        Unreachable,
        "check its name",
    ),
    "nobody listens": (
        "ssh: connect to host hpc port 22: Connection refused\r\n",
        Unreachable,
        "Connection refused",
    ),
    "a firewall": (
        "ssh: connect to host hpc port 22: Permission denied\r\n",
        Unreachable,
        "port 22",
    ),
    "closed at once": (
        "kex_exchange_identification: Connection closed by remote host\r\n",
        Unreachable,
        "closed by remote host",
    ),
    "no session": (
        "mux_client_request_session: session request failed: Session open refused by peer\r\n",
        Unreachable,
        "close another",
    ),
    "nothing": ("", Unreachable, "no reason"),
}


@pytest.mark.parametrize(("said", "kind", "words"), SAID.values(), ids=SAID)
def test_what_ssh_says_becomes_an_error_with_the_next_step(
    said: str, kind: type[Unreachable], words: str
) -> None:
    failure = diagnose("hpc", "ssh hpc", 255, said.encode())
    assert type(failure) is kind
    assert words in str(failure)
    assert "\r" not in failure.detail
    assert "<CR>" not in failure.detail


def test_a_host_that_runs_nothing_is_no_dead_host() -> None:
    failure = diagnose("hpc", "ssh -p 22 hpc", 1, b"This account is currently not available.\n")
    assert "`ssh -p 22 hpc true`" in str(failure)


def test_a_lost_connection_leaves_open_what_happened() -> None:
    assert type(diagnose_loss("hpc", b"")) is Unreachable
    assert type(diagnose_loss("hpc", b"Timeout, server hpc not responding.\r\n")) is TimedOut


@pytest.mark.parametrize("hostile", ["\x1b]52;c;x\x07", "\u202e", "{host} {0}", "[red]"])
def test_an_error_shows_hostile_words_harmlessly(hostile: str) -> None:
    failure = diagnose("{line}", "ssh hpc", 255, f"first\n{hostile}\n".encode())
    assert str(failure).isprintable()
    assert "\x1b" not in failure.detail
