"""The real Grid Engine: a cell of the tests' own, in a network that nobody else sees.

Its one node looks like another machine: it has a name and processes of its own, and shares the
files.
"""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("sge_cell.sh")
DAEMONS = (Path("/usr/sbin/sge_qmaster"), Path("/usr/sbin/sge_execd"))
CLIENTS = "qsub qstat qacct qdel qhold qrls qalter qconf qmod".split()
NAMESPACES = ("--net", "--pid", "--uts", "--mount")
CLIENT = """\
#!/bin/sh
export SGE_ROOT={root} SGE_CELL=default SGE_QMASTER_PORT=6444 SGE_EXECD_PORT=6445
exec {nsenter} --net=/proc/{process}/ns/net {program} "$@"
"""


@dataclass(frozen=True)
class Cell:
    """A Grid Engine with one node of four slots."""

    folder: Path
    process: int
    """The first one of its namespaces."""

    @property
    def programs(self) -> Path:
        """The folder with qsub and so on, to put on the PATH."""
        return self.folder / "programs"

    @property
    def profile(self) -> str:
        """What a BASE/profile for it says."""
        return f"PATH='{self.programs}':$PATH\n"

    def call(self, name: str, *arguments: str) -> str:
        """What one of its programs prints."""
        argv = [str(self.programs / name), *arguments]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def sge(tmp_path_factory: pytest.TempPathFactory, own_programs: Path) -> Iterator[Cell]:
    """A cell for all the tests of this process; it ends with it, however that ends."""
    if not all(daemon.exists() for daemon in DAEMONS) or not shutil.which("qsub"):
        pytest.skip("Grid Engine isn't installed")
    if os.getuid() != 0:
        pytest.skip("only root can start Grid Engine")
    folder = tmp_path_factory.mktemp("sge")
    argv = ["unshare", *NAMESPACES, "--fork", "--kill-child", "sh", str(SCRIPT), str(folder)]
    env = {**os.environ, "PATH": f"{own_programs}{os.pathsep}{os.environ['PATH']}"}
    pipe = subprocess.PIPE
    with (folder / "log").open("wb") as log:
        cell = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=log, env=env)
    assert cell.stdin
    assert cell.stdout
    try:
        yield _with_clients(folder, _ready(cell, folder / "log"), env["PATH"])
    finally:
        # Its end is theirs, too: the kernel ends all that is in its namespaces.
        cell.stdin.close()
        cell.wait(10)
        cell.stdout.close()


def _ready(cell: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until it takes jobs; its process."""
    assert cell.stdout
    said = b""
    deadline = time.monotonic() + 40
    with selectors.DefaultSelector() as selector:
        selector.register(cell.stdout, selectors.EVENT_READ)
        while selector.select(deadline - time.monotonic()):
            chunk = os.read(cell.stdout.fileno(), 4096)
            said += chunk
            if said.startswith(b"ready ") and said.endswith(b"\n"):
                return int(said.split()[1])
            if not chunk:
                break
    if "unshare: " in log.read_text():
        pytest.skip(f"namespaces can't be made here: {log.read_text().strip()}")
    raise AssertionError(f"Grid Engine doesn't begin: {said!r} {log.read_text()}")


def _with_clients(folder: Path, process: int, search: str) -> Cell:
    cell = Cell(folder, process)
    cell.programs.mkdir()
    nsenter = shutil.which("nsenter")
    for name in CLIENTS:
        path = cell.programs / name
        program = shutil.which(name, path=search)
        text = CLIENT.format(root=folder, process=process, nsenter=nsenter, program=program)
        path.write_text(text)
        path.chmod(0o755)
    return cell
