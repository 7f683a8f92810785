"""From setup to results, with the git of one version here and of another one on the server.

Besides the installed one, those are tried that `sh tests/systems/build_gits` has made.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers.sshd import Sshd

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
BUILT = Path(os.environ.get("GITS") or CACHE / "gitbatch-tui/gits")
INSTALLED = "installed"
GITS = [INSTALLED, *sorted(path.parents[1].name for path in BUILT.glob("*/bin/git"))]
NEWER = {"--object-format=sha256": [2, 29], "--ref-format=reftable": [2, 45]}
PAIRS = [(client, server) for client in GITS for server in GITS]


def path_with(git: str) -> str:
    """The PATH on which this version is the first git."""
    return os.environ["PATH"] if git == INSTALLED else f"{BUILT / git / 'bin'}:{os.environ['PATH']}"


def formats() -> Iterator[tuple[str, str]]:
    """The gits, each with the options for repositories of a newer format that it knows."""
    for git in GITS:
        argv = [shutil.which("git", path=path_with(git)) or "git", "version"]
        said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        version = [int(number) for number in re.findall(r"\d+", said)[:2]]
        yield from ((git, option) for option, since in NEWER.items() if version >= since)


class Person:
    """Types commands in a clone, with one version of git."""

    def __init__(self, home: Path, git: str, place: str) -> None:
        self.git = git
        self.clone = home / "project"
        self.place = place
        self.clone.mkdir()
        variables = {"PATH": path_with(git), "PYTHONPATH": str(ROOT)}
        variables["GIT_SSH"] = os.environ["GITBATCH_SSH"]
        self.environment = {**os.environ, **variables}

    def types(self, *words: str) -> str:
        argv = [sys.executable, "-m", "gitbatch_tui", *words[1:]]
        done = subprocess.run(
            argv if words[0] == "gitbatch-tui" else words,
            cwd=self.clone,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def writes(self, **files: str) -> None:
        for name, text in files.items():
            path = self.clone / f"{name}.sh"
            path.write_text(text)
            path.chmod(0o755)
        self.types("git", "add", "-A")
        self.types("git", "commit", "-q", "-m", "More")


def a_day(person: Person) -> None:
    """Setup, a run, its results; a plain push, whose job outlives it; the end of all."""
    person.types("gitbatch-tui", "setup", "batch", person.place)
    person.types("gitbatch-tui", "new")
    person.writes(run="#!/bin/sh\necho 42 >results.txt\n")
    person.types("gitbatch-tui", "submit", "batch", "--wait")
    person.types("gitbatch-tui", "pull", "batch#1")
    assert (person.clone / "results.txt").read_text() == "42\n"
    assert re.search(r"\bgit\b", person.types("gitbatch-tui", "doctor", "batch"))
    person.writes(run="#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\n")
    pushed = person.types("git", "push", "batch", "HEAD")
    run = f"batch#{re.findall(r'run=([0-9]+)', pushed)[0]}"
    # The push has ended, and the job hasn't.
    assert "running" in person.types("gitbatch-tui", "runs", "batch")
    person.types("gitbatch-tui", "cancel", run, "--yes")
    assert "cancelled" in person.types("gitbatch-tui", "show", run)
    person.types("gitbatch-tui", "remove", "batch", "--server", "--yes")


@pytest.fixture
def place(sshd: Sshd) -> str:
    return f"hpc:{sshd.home}/base"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("client", "server"), PAIRS)
def test_every_git_works_with_every_other(
    clean_environment: Path, sshd: Sshd, place: str, client: str, server: str
) -> None:
    sshd.setenv(PATH=path_with(server))
    person = Person(clean_environment, client, place)
    person.types("git", "init", "-q")
    a_day(person)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("git", "option"), list(formats()))
def test_repositories_of_newer_formats_are_like_any_other(
    clean_environment: Path, sshd: Sshd, place: str, git: str, option: str
) -> None:
    sshd.setenv(PATH=path_with(git))
    person = Person(clean_environment, git, place)
    person.types("git", "init", "-q", option)
    a_day(person)
