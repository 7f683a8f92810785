"""Remembers which results a clone has, for as long as its branches and the results are the same.

git has to walk the history to tell that, and nothing else of a list takes as long.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from gitbatch_tui.core.runs.last_report import state_home

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone


class Asked:
    """Which of these results can be reached from these tips, asked for remotes of a clone."""

    def __init__(
        self, clone: Clone, remotes: Iterable[str], tips: Iterable[str], results: Iterable[str]
    ) -> None:
        self._file = state_home() / "pulled" / _hash(str(clone.git_dir), *sorted(remotes))[:20]
        self._question = _hash(_cut(clone), *sorted(tips), "", *sorted(results))

    def recall(self) -> set[str] | None:
        """The answer of the last time; None where that was another question."""
        with suppress(OSError, UnicodeDecodeError):
            question, *pulled = self._file.read_text("ascii").split("\n")
            if question == self._question:
                return set(pulled)
        return None

    def remember(self, pulled: Iterable[str]) -> None:
        """Keep an answer; where it can't be written, nothing is kept and nothing is said."""
        new = _beside(self._file)
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text("\n".join((self._question, *pulled)), "ascii")
            new.replace(self._file)


def _cut(clone: Clone) -> str:
    """Where the history of a shallow clone ends: beyond that, nothing is reached."""
    with suppress(FileNotFoundError):
        return (clone.common_dir / "shallow").read_text("ascii")
    return ""


def _beside(file: Path) -> Path:
    return file.with_suffix(f".{os.getpid()}")


def _hash(*words: str) -> str:
    return sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()
