"""A real browser without a window, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000")


def rendered(page: Path, profile: Path) -> str:
    """The page as it is when all of it has been loaded and every script has run."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser is there: {', '.join(PROGRAMS)}")
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=50, check=True)
    return done.stdout.decode("utf-8", "replace")
