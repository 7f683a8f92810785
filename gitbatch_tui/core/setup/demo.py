"""A throw-away project and batch remote, and the commands of a first day with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.data import examples_dir
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.core.hosts.process import clean_environment
from gitbatch_tui.core.setup.contents import survey
from gitbatch_tui.core.setup.plan import SetupRequest, apply, plan
from gitbatch_tui.core.setup.remove import remove_base
from gitbatch_tui.errors import GitBatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROGRAM = "gitbatch-tui"
_CHECKOUT = Path(__file__).parents[3]
# The demo's commits are nobody's: no hook, signature or identity of the person is needed.
_PLAIN_GIT = ("git", "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null")
_NOBODY = {
    "GIT_AUTHOR_NAME": "gitbatch demo",
    "GIT_AUTHOR_EMAIL": "demo@localhost",
    "GIT_COMMITTER_NAME": "gitbatch demo",
    "GIT_COMMITTER_EMAIL": "demo@localhost",
}


@dataclass(frozen=True)
class Act:
    """One scene: why, and the command that a person would type."""

    words: str
    command: tuple[str, ...]


def acts(folder: Path) -> tuple[Act, ...]:
    """The scenes of the demo, in their order, to be played within the project."""
    return (
        Act(
            "Make a folder of this machine a batch remote:",
            _ours("setup", "batch", folder / "batch"),
        ),
        Act("Push to run, here with a parameter:", _ours("submit", "-o", "damping=0.2")),
        Act("Watch its log, live:", _ours("log", "batch#1", "-f")),
        Act("Wait until its results are home:", _ours("wait", "batch#1")),
        Act("Pull its results, as a commit:", _ours("pull", "batch#1")),
        Act("See what the run has changed:", _ours("diff", "batch#1")),
        Act("All runs, now and ever after:", _ours("runs")),
    )


def make_project(folder: Path) -> Path:
    """The demo's project: a clone with one commit."""
    project = folder / "hello"
    shutil.copytree(examples_dir() / "local_hello", project)
    for script in project.glob("*.sh"):
        script.chmod(0o755)  # what installed the example may not have kept that
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "A pendulum")):
        subprocess.run([*_PLAIN_GIT, *command], cwd=project, env=_environment(folder), check=True)
    return project


def furnish(folder: Path) -> Path:
    """The project with its batch remote; what this process runs from now on leaves no trace."""
    os.environ.update(_environment(folder))
    project = make_project(folder)
    with open_clone(project) as clone, Hosts() as hosts:
        wanted = SetupRequest("batch", Location(None, str(folder / "batch")))
        apply(plan(clone, wanted, hosts.at(wanted.location)), lambda *_: None)
    return project


def perform(folder: Path, on_act: Callable[[Act], None]) -> bool:
    """Run the commands, their output going where ours goes; whether the results arrived."""
    project = make_project(folder)
    for act in acts(folder):
        on_act(act)
        command = [sys.executable, "-m", "gitbatch_tui", *act.command[1:]]
        if subprocess.run(command, cwd=project, env=_environment(folder), check=False).returncode:
            return False
    return _has_arrived(project)


def clean_up(folder: Path) -> None:
    """Remove everything, also when it was interrupted half-way."""
    host = LocalHost()
    with suppress(GitBatchError):
        remove_base(host, survey(host, str(folder / "batch")), force=True)
    shutil.rmtree(folder, ignore_errors=True)


def _has_arrived(project: Path) -> bool:
    with open_clone(project) as clone:
        committed = clone.try_git("cat-file", "-e", "HEAD:results.csv") is not None
    return committed and (project / "results.csv").exists()


def _ours(*words: str | Path) -> tuple[str, ...]:
    return (PROGRAM, *map(str, words))


def _environment(folder: Path) -> Mapping[str, str]:
    """The person's own, without what would tie it to a repository or leave something behind."""
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH"))))
    ours = {"PYTHONPATH": path, "XDG_STATE_HOME": str(folder / "state")}
    return {**clean_environment(), **ours, **_NOBODY}
