"""The versions of what this program runs with, as a report of a fault has to name them.

Nothing of it is imported for that: Textual alone would take a fifth of a second.
"""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.hosts.process import clean_environment

_PATIENCE = 5
"""Seconds that git has to name its version."""


def versions() -> str:
    """Python's, Textual's and git's version in one line; what is missing is said to be so."""
    return f"Python {platform.python_version()}, {_textual()}, {_git()}"


def _textual() -> str:
    try:
        return f"Textual {version('textual')}"
    except PackageNotFoundError:
        return "no Textual"


def _git() -> str:
    # Apple's git without its developer tools asks for them instead.
    try:
        done = subprocess.run(
            ["git", "--version"],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "no git that can be run"
    said = one_line(done.stdout.decode("utf-8", "replace").strip())
    return said.replace("git version ", "git ") if said.startswith("git ") else "no git that works"
