"""What the environment of a job is made of, and what surrounds those who start one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.worlds import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable

DUMP = "#!/bin/sh\nenv >environment.txt\n"
OF_THE_RUN = ("GITBATCH", "PWD=", "_=", *(["OLDPWD="] if SYSTEM == "zsh" else []))
"""Beginnings of the lines that are each run's own; a job in zsh sets OLDPWD by itself."""

CLIENTS = {
    "another language": {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE", "LANGUAGE": "de:fr"},
    "a terminal": {"TERM": "xterm-256color", "COLUMNS": "80", "TMUX": "/tmp/x,1,0", "SHLVL": "7"},
    "programs of its own": {"PAGER": "less", "EDITOR": "vi", "GIT_PAGER": "cat", "LESS": "-R"},
    "traces of git and Python": {"GIT_TRACE": "1", "GIT_SSH": "x", "PYTHONPATH": "/x"},
    "a connection": {"SSH_CLIENT": "::1 1 2", "SSH_AUTH_SOCK": "/x", "XDG_RUNTIME_DIR": "/run/x"},
}


def kept(lines: Iterable[str]) -> list[str]:
    """The lines of an environment that are the same in each run, sorted."""
    return sorted(line for line in lines if not line.startswith(OF_THE_RUN))
