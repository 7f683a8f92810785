"""Other people on this machine: only root can be them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
GROUP = 64999
"""No group of this machine: numbers do."""


@dataclass(frozen=True)
class Person:
    """Somebody with a number, a home, and the groups that they are in."""

    uid: int
    home: Path
    groups: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def settle_in(self) -> Person:
        """Give them their home, with a name for git."""
        self.home.mkdir(exist_ok=True)
        settings = f"[user]\nname = {self.uid}\nemail = {self.uid}@example.org\n"
        (self.home / ".gitconfig").write_text(f"{settings}[init]\ndefaultBranch = master\n")
        self.owns(self.home)
        return self

    def owns(self, path: Path) -> None:
        """Let them own all that is there."""
        subprocess.run(["chown", "-hR", f"{self.uid}:{self.uid}", path], check=True)

    def call(
        self, *command: str | Path, at: Path | None = None, umask: int = 0o022
    ) -> subprocess.CompletedProcess[str]:
        """What a program of theirs says."""
        mine = {"HOME": str(self.home), "GIT_CONFIG_GLOBAL": str(self.home / ".gitconfig")}
        return subprocess.run(
            command,
            cwd=at or self.home,
            env={**self.env, **mine, "LOGNAME": str(self.uid)},
            user=self.uid,
            group=self.uid,
            extra_groups=self.groups,
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )
