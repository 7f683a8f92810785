"""Signatures of a person who signs commits, by gpg, ssh or whatever git is set to use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.git.names import not_an_option

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone

_FORMAT = "--format=%G?%x00%GS%x00%GK"


class Trust(StrEnum):
    """How far a signature is to be trusted."""

    GOOD = "good"
    BAD = "bad"
    EXPIRED = "expired"
    """It, or the key that made it, was good until a day that is over."""
    REVOKED = "revoked"
    """Whoever owns the key has said that it isn't to be trusted any more."""
    UNKNOWN = "unknown"
    """It can't be checked here, or is of somebody whom this git doesn't know or trust."""


# Of `%G?`, as `git help log` has them.
_TRUST = {
    "G": Trust.GOOD,
    "B": Trust.BAD,
    "X": Trust.EXPIRED,
    "Y": Trust.EXPIRED,
    "R": Trust.REVOKED,
}


@dataclass(frozen=True)
class Signer:
    """The person who has signed a commit."""

    trust: Trust
    name: str
    """As the person's git knows them; else empty."""
    key: str = ""
    """The id of the key, as git has it; may be empty."""


def signing(clone: Clone) -> tuple[str, ...]:
    """The option for `git commit-tree`: commit.gpgSign is the person's word that they sign."""
    wanted = clone.try_git("config", "--type=bool", "commit.gpgSign")
    return ("--gpg-sign",) if wanted == "true" else ()


def signer_of(clone: Clone, commit: str) -> Signer | None:
    """The signer of a commit that is here; None where nobody has signed it."""
    raw = clone.try_git("cat-file", "commit", commit) or ""
    if not any(line.startswith("gpgsig") for line in raw.partition("\n\n")[0].split("\n")):
        return None
    words = ("log", "-1", _FORMAT, not_an_option(commit), "--")
    letter, name, key = (*(clone.try_git(*words) or "").split("\0"), "", "", "")[:3]
    return Signer(_TRUST.get(letter, Trust.UNKNOWN), one_line(name), one_line(key))
