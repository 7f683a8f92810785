"""Every error that a person can do something about.

    GitBatchError
    ├── Unreachable         a host can't be asked
    │   ├── LoginNeeded
    │   ├── HostKeyUnknown
    │   ├── HostKeyChanged
    │   ├── TimedOut
    │   └── BadAnswer
    ├── BadLocation
    ├── BadConfig
    ├── CommandFailed       has a status
    ├── NotARepository
    ├── NotABatchRemote
    │   └── OnlyPublished
    ├── UnknownName
    ├── PushRefused
    ├── RunNotConfirmed
    ├── Conflict
    ├── Refused
    │   ├── OlderServer
    │   ├── NoPython
    │   └── WrongWord       what was expected
    └── Stopped

Anything else that is raised is a mistake in the program.
"""

from __future__ import annotations


class GitBatchError(Exception):
    """The base of them all: `str()` is one sentence that says what happened and what to do."""

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail
        """What a program printed, for those who ask; may be empty."""


class Unreachable(GitBatchError):
    """A host can't be asked, so nothing is known about what is there."""

    login: tuple[str, ...] = ()
    """The command with which a person logs in; empty where that wouldn't help."""


class LoginNeeded(Unreachable):
    """The host wants a password, a passphrase or a second factor: a person has to log in."""


class HostKeyUnknown(Unreachable):
    """The host was never seen before, and a person has to accept its key."""


class HostKeyChanged(Unreachable):
    """The host shows another key than it did before: stop, and let a person find out why."""


class TimedOut(Unreachable):
    """No answer came in time; what was asked for may have happened all the same."""


class BadAnswer(Unreachable):
    """The answer of a host can't be understood: it is cut, garbled or without an end."""


class BadLocation(GitBatchError):
    """A text isn't a place where a batch remote can be."""


class BadConfig(GitBatchError):
    """The configuration file can't be read or contains something unknown."""


class CommandFailed(GitBatchError):
    """A program answered with another exit status than zero."""

    def __init__(self, sentence: str, *, status: int, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.status = status


class NotARepository(GitBatchError):
    """The folder isn't in a git repository."""


class NotABatchRemote(GitBatchError):
    """The remote exists but has no hook of ours: it has to be set up first."""


class OnlyPublished(NotABatchRemote):
    """Somebody has published the runs of a batch remote, which can't be asked from this clone."""


class UnknownName(GitBatchError):
    """No remote, run or branch has that name; the sentence names those that exist."""


class PushRefused(GitBatchError):
    """The server didn't take the push, so nothing has changed there."""


class RunNotConfirmed(GitBatchError):
    """The push arrived but no receipt came back: no run may be assumed."""


class Conflict(GitBatchError):
    """Two changes touch the same lines or files; nothing was overwritten."""


class Refused(GitBatchError):
    """We decline to do it, and the sentence says why."""


class OlderServer(Refused):
    """A batch remote is of an older version, which can't do what is asked for."""


class WrongWord(Refused):
    """A word of a filter isn't one that it understands."""

    def __init__(self, word: str, expected: str, at_length: str = "") -> None:
        """`at_length` is the same with all that a line of the screen has no room for."""
        end = "" if expected.endswith("?") else "."
        super().__init__(f"{word}: {at_length or expected}{end}")
        self.expected = f"{expected}{end}"
        """What was expected in its place, without the word, in one line."""


class NoPython(Refused):
    """A host has no python3, which alone could read the data over there."""


class Stopped(GitBatchError):
    """A person stopped it; the sentence says what was done by then, and what wasn't."""
