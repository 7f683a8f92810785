"""Gives every test a clean environment, and turns skips into failures where none are allowed."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.groups import group
from tests.support.invariants import look_for_processes
from tests.support.project import project
from tests.support.servers.atd import atd
from tests.support.servers.condor_pool import pool
from tests.support.servers.condor_replay import condor
from tests.support.servers.pbs_standin import pbs
from tests.support.servers.programs import bare_programs, own_programs
from tests.support.servers.sge import sge
from tests.support.servers.slurm import (
    slurm,
    slurm_cluster,
    slurm_cluster_with_accounting,
    slurm_with_accounting,
)
from tests.support.servers.sshd import sshd
from tests.support.servers.tsp import tsp

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# The fixtures that tests of several folders use.
__all__ = [
    "atd",
    "bare_programs",
    "condor",
    "group",
    "own_programs",
    "pbs",
    "pool",
    "project",
    "sge",
    "slurm",
    "slurm_cluster",
    "slurm_cluster_with_accounting",
    "slurm_with_accounting",
    "sshd",
    "tsp",
]

NO_SKIPS = os.environ.get("GITBATCH_TEST_NO_SKIPS") == "1"

MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30
"""Bytes that have to be free there; what tests that pass have made is removed at their end."""

RARELY = (10_000, 10, 10)
"""When Python looks for garbage: a screen makes so many objects that else it takes a tenth of its
time to do so."""

GIT_CONFIG = """\
[user]
	name = Test Person
	email = person@example.org
[init]
	defaultBranch = master
[advice]
	detachedHead = false
[maintenance]
	auto = false
"""
"""Git looks after each commit whether there is something to tidy up, which there never is."""


@pytest.fixture(autouse=True)
def clean_environment(
    tmp_path: Path, own_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """HOME holds only a git identity, and nothing of the caller's set-up shines through.

    What goes on in the test's batch remote at its end is killed: jobs, and who waits for them.
    """
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(GIT_CONFIG)
    for name in os.environ:
        if name.startswith(("GIT_", "GITBATCH", "XDG_", "SSH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{own_programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    yield home
    base = tmp_path / "world/base"
    if base.exists() and Path("/proc/self/environ").exists():
        # A test may still stand in there itself.
        for number in look_for_processes(base).keys() - {os.getpid()}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, as pytest's own may not."""
    folder = Path(tempfile.mkdtemp(prefix="gitbatch-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def heed_signals() -> None:
    """Make what nohup, or a shell's background, has set to be ignored the default again."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in (signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(name) is signal.SIG_IGN:
            signal.signal(name, signal.SIG_DFL)


class _Skips:
    """Collects what was skipped."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.reasons.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.reasons:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.reasons:
            terminalreporter.section(
                "skipped, but GITBATCH_TEST_NO_SKIPS=1 forbids skips", red=True
            )
            for reason in self.reasons:
                terminalreporter.line(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as processors: for half of its time a test waits for others and the disk."""
    return 2 * (os.cpu_count() or 1)


def use_memory() -> None:
    """Have the tests' folders in memory, where no test waits for the disk.

    A push waits for it twenty times, until what it has written is safe.
    """
    if not os.access(MEMORY, os.W_OK):
        return
    state = os.statvfs(MEMORY)
    if not state.f_flag & os.ST_NOEXEC and state.f_bavail * state.f_frsize >= ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Tests stay to the end: Python needn't look for what of them is garbage, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*RARELY)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look twice for what is garbage, so that what goes wrong with it is told.

    After that pytest looks five more times, for Pythons that need it, through all that stays.
    """
    for _ in range(2):
        gc.collect()
    gc.freeze()


def keep_what_is_compiled() -> None:
    """Have pytest keep the tests as it compiles them, also where other programs are not to.

    Each process of tests has all of them, and would be at it for six seconds.
    """
    sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    heed_signals()
    keep_what_is_compiled()
    use_memory()
    if NO_SKIPS:
        config.pluginmanager.register(_Skips(), "forbid-skips")
