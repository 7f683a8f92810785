"""Scripts: of a scheduler's adapter, run as a batch remote does; and a small schedule.sh."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.server.calls import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer(
    script: str,
    *args: str,
    env: Mapping[str, str] | None = None,
    shell: str = "sh",
    patience: int = 30,
) -> Answer:
    """What a script answers, with these variables added."""
    done = subprocess.run(
        [*shell.split(), "-c", f"patience={patience}\n{BOUNDS}{script}", "sh", *args],
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=patience + 30,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def schedule(*commands: str) -> dict[str, str]:
    """The files of a commit whose schedule.sh has these commands."""
    return {"schedule.sh": "\n".join(["#!/bin/sh", *commands, ""])}
