"""Turns what ssh, or git through ssh, says when it fails into an error that names the next step."""

from __future__ import annotations

import re

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.errors import (
    CommandFailed,
    GitBatchError,
    HostKeyChanged,
    HostKeyUnknown,
    LoginNeeded,
    TimedOut,
    Unreachable,
)

SSH_FAILED = 255
"""ssh's exit status when there is no connection."""

# What ssh says, and what that is and asks for. The first that fits.
_SYMPTOMS: dict[str, tuple[type[Unreachable], str]] = {
    "IDENTIFICATION HAS CHANGED|is marked as revoked|REVOKED HOST KEY": (
        HostKeyChanged,
        "{host} shows another host key than before: stop, and ask its administrators about it.",
    ),
    "Host key verification failed|No matching host key fingerprint": (
        HostKeyUnknown,
        "{host} isn't known to ssh yet: log in once with `{login}` and accept its host key.",
    ),
    r"Permission denied \(|Too many authentication failures|Authentication failed": (
        LoginNeeded,
        "{host} needs you to log in: do it here, or once with `{login}`.",
    ),
    "timed out|Timeout, server": (
        TimedOut,
        "{host} doesn't answer: check the network, then try again.",
    ),
    "Could not resolve hostname": (
        Unreachable,
        "{host} isn't a host that this machine can find: check its name and the network.",
    ),
    "Session open refused|open failed: administratively prohibited": (
        Unreachable,
        "{host} allows no further session on its connection: close another one first.",
    ),
    "Cannot execute command-line and remote command": (
        Unreachable,
        "ssh's configuration of {host} has a RemoteCommand: give it to a Host of its own there.",
    ),
    "Bad configuration option|bad configuration options": (
        Unreachable,
        "ssh can't read its configuration for {host}: {line}",
    ),
}
_NOISE = re.compile(r"bad line length character: (.*)")


def diagnose(host: str, login: str, status: int | None, output: bytes) -> Unreachable:
    """The error for a connection on which our command was never begun.

    `login` is the command a person would type; `status` is ssh's, None while it was running.
    """
    said = _readable(output)
    words = {"host": host, "login": login, "line": _last_line(said)}
    for symptom, (kind, sentence) in _SYMPTOMS.items():
        if re.search(symptom, said):
            return kind(sentence.format(**words), detail=said)
    if status not in {SSH_FAILED, None}:
        return Unreachable(
            f"{host} lets you in but doesn't run commands: see what `{login} true` says.",
            detail=said,
        )
    why = words["line"].rstrip(".")
    return Unreachable(f"{host} can't be reached: {why}.", detail=said)


def diagnose_loss(host: str, stderr: bytes) -> Unreachable:
    """The error for a connection that was lost while our command ran."""
    said = _readable(stderr)
    kind = TimedOut if re.search("timed out|Timeout, server", said) else Unreachable
    return kind(
        f"The connection to {host} was lost before the command had ended: look there what it did.",
        detail=said,
    )


def _readable(output: bytes) -> str:
    # ssh ends its lines as a terminal in raw mode needs them.
    return clean(output.replace(b"\r\n", b"\n")).strip()


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return one_line(lines[-1] if lines else "ssh gave no reason.")


def noise_in(error: GitBatchError) -> str:
    """The text of login files that broke git's connection; empty where it failed otherwise."""
    found = _NOISE.search(error.detail)
    return one_line(found[1]) if found else ""


def named(error: GitBatchError, host: str) -> GitBatchError:
    """Return the error; where login files printed text, a better one that says so."""
    noise = noise_in(error)
    if not noise:
        return error
    return CommandFailed(
        f"git can't talk to {host}, since the login files there print text ({noise}...) even "
        "where nobody looks: let them print only in interactive shells.",
        status=1,
        detail=error.detail,
    )
