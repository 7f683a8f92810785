"""The programs of this machine: those that take long to begin, and all but schedulers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gitbatch_tui.core.schedulers.programs import SUBMITTERS

PYTHON = """\
#!/bin/sh
case "${{PYTHONPATH-}}$1:$2" in
-c:*'"python version: "'*) echo 'python version: {version}' ;;
*) exec {python} "$@" ;;
esac
"""
GRID_ENGINE = Path("/usr/lib/gridengine")
"""Where Debian has its programs."""
CLIENT = """\
#!/bin/sh
: "${{SGE_ROOT:=/var/lib/gridengine}}" "${{SGE_CELL:=default}}"
export SGE_ROOT SGE_CELL
exec {program} "$@"
"""


@pytest.fixture(scope="session")
def own_programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the front of PATH: programs that begin sooner than those they stand for."""
    folder = tmp_path_factory.mktemp("programs")
    _python(folder, tmp_path_factory.mktemp("python"))
    _grid_engine(folder)
    return folder


def _python(folder: Path, environment: Path) -> None:
    """Make python3, which each job asks for its version and packages.

    What a version manager puts in its place is a shell script that looks for the real one first,
    and takes ten times as long; and Python itself takes four times as long where others have
    installed into it. This one is an environment without packages, and what it answers to that
    question a shell has said before it would have begun.
    """
    home = Path(sys.base_prefix) / "bin"
    settings = f"home = {home}\ninclude-system-site-packages = false\n"
    (environment / "pyvenv.cfg").write_text(settings)
    (environment / "bin").mkdir()
    python = environment / "bin/python"
    python.symlink_to(home / "python3")
    version = sys.version.split()[0]
    _write(folder / "python3", PYTHON.format(version=version, python=python))


def _grid_engine(folder: Path) -> None:
    """Make qstat and so on where Debian's are: those run a compiler to learn what machine this is.

    Wherever a job is looked for that nobody recorded, they are asked.
    """
    for program in GRID_ENGINE.glob("q*"):
        _write(folder / program.name, CLIENT.format(program=program))


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def bare_programs(tmp_path: Path) -> Path:
    """A folder with every program of this machine that submits to no scheduler."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(place).glob("*"):
            if program.name not in SUBMITTERS:
                link = folder / program.name
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    return folder
