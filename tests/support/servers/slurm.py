"""The real Slurm, as the tests' own cluster of one node: without accounting, or with slurmdbd."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = socket.gethostname().partition(".")[0]
OTHER = f"{HOST}-b"
"""A second node on the same machine, for jobs in the partition `pair`."""
USER = getpass.getuser()

SLURM_CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
MessageTimeout=5
KillWait=2
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
NodeName={host} NodeAddr=127.0.0.1 Port={node} CPUs=2 State=UNKNOWN
NodeName={other} NodeHostName={host} NodeAddr=127.0.0.1 Port={second} CPUs=1 State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes={host} MaxTime=INFINITE State=UP PriorityTier=2
PartitionName=closed Nodes={host} State=DOWN
PartitionName=pair Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=1
"""
WITHOUT_ACCOUNTING = """\
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MinJobAge=300
"""
WITH_ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={accounting}
AccountingStoragePass={folder}/munge.sock
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
MinJobAge=2
"""
SLURMDBD_CONF = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={accounting}
SlurmUser={user}
PidFile={folder}/slurmdbd.pid
LogFile={folder}/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database}
StorageUser=slurm
StoragePass=x
StorageLoc=slurm_acct_db
CommunicationParameters=NoInAddrAny
"""
DATABASE_USER = """\
create user slurm@'%' identified by 'x'; create user slurm@localhost identified by 'x';
grant all on *.* to slurm@'%'; grant all on *.* to slurm@localhost;
create database slurm_acct_db;
"""

# Where nobody is left to end them, as after a kill of the tests, they end by themselves.
LEASH = ("setpriv", "--pdeathsig", "TERM")
SLURM = ("munged", "slurmctld", "slurmd", "sbatch", "setpriv")
ACCOUNTING = ("slurmdbd", "mariadbd", "mariadb-install-db", "mariadb")
PATH = f"/usr/sbin:/sbin:{os.environ['PATH']}"


@dataclass
class Slurm:
    """A cluster whose node has two processors; its jobs are numbered on from test to test."""

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def conf(self) -> Path:
        return self.folder / "slurm.conf"

    def call(self, *command: str) -> str:
        """What a program of Slurm prints; it has to succeed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": PATH, "SLURM_CONF": str(self.conf)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.rstrip("\n")

    @property
    def node(self) -> str:
        return HOST

    def newest(self) -> str:
        """The id of the job or array that was submitted last."""
        return max(self.call("squeue", "-h", "-a", "-t", "all", "-o", "%F").split(), key=int)

    def state(self, job: str) -> str:
        """Slurm's word for it."""
        return self.call("squeue", "-h", "-a", "-t", "all", "-j", job, "-o", "%T")

    def alive(self, job: str) -> bool:
        """Whether it waits or runs."""
        return bool(self.call("squeue", "-h", "-a", "-o", "%F", "-j", job))

    def waits_until(self) -> str:
        """From when on the newest job may begin, if it waits; else empty."""
        told = self.call("scontrol", "show", "job", "-o", self.newest())
        facts = dict(word.partition("=")[::2] for word in told.split())
        return facts["EligibleTime"] if facts["JobState"] == "PENDING" else ""

    def hasten(self) -> None:
        """Let the newest job, which waits, begin soon.

        Not at once: what ends it takes back its credential, and one that is given in the same
        second counts as taken back, too. That is why Slurm waits for two minutes.
        """
        with suppress(AssertionError):  # it may be beginning
            self.call("scontrol", "update", f"JobId={self.newest()}", "StartTime=now+2")

    def start(self, name: str, *options: str, known_as: str = "") -> None:
        """Start a daemon in the foreground."""
        log = (self.folder / f"{known_as or name}.out").open("ab")
        with log:
            self.daemons[known_as or name] = subprocess.Popen(
                (*LEASH, name, *options),
                cwd=self.folder,
                env={"PATH": PATH, "SLURM_CONF": str(self.conf)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_controller(self) -> None:
        self.start("slurmctld", "-D", "-f", str(self.conf))
        wait_until(self._answers, 30, "slurmctld")

    def stop(self, name: str) -> None:
        daemon = self.daemons.pop(name)
        daemon.send_signal(signal.SIGCONT)
        daemon.terminate()
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def freeze(self) -> None:
        """Let the controller hang."""
        self.daemons["slurmctld"].send_signal(signal.SIGSTOP)

    def forget(self) -> None:
        """End all jobs, and whatever a test did to the controller."""
        if "slurmctld" in self.daemons:
            self.daemons["slurmctld"].send_signal(signal.SIGCONT)
        else:
            self.start_controller()
        if "down" in self.call("sinfo", "-h", "-p", "debug", "-o", "%T"):
            self.call("scontrol", "update", f"NodeName={HOST}", "State=RESUME")
        self.call("scancel", "--user", USER)
        wait_until(lambda: not self.call("squeue", "-h", "-a"), 30, "jobs to end")

    def _answers(self) -> bool:
        assert self.daemons["slurmctld"].poll() is None, (self.folder / "slurmctld.out").read_text()
        asked = ("sinfo", "-h", "-p", "debug", "-o", "%T")
        with suppress(AssertionError):
            return self.call(*asked) in ("idle", "mixed", "allocated")
        return False


@contextmanager
def cluster(*, accounting: bool) -> Iterator[Slurm]:
    """Start a cluster; it ends with everything in it."""
    for program in (*SLURM, *(ACCOUNTING if accounting else ())):
        if not shutil.which(program, path=PATH):
            pytest.skip(f"{program} isn't installed")
    # The path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="slurm", dir="/tmp") as folder, ExitStack() as stack:
        slurm = Slurm(Path(folder))
        stack.callback(_end, slurm)
        _configure(slurm, accounting=accounting)
        slurm.start("munged", "-F", f"--key-file={folder}/munge.key", *_munge_files(folder))
        wait_until((slurm.folder / "munge.sock").exists, 10, "munged")
        if accounting:
            _start_accounting(slurm)
        slurm.start("slurmctld", "-D", "-f", str(slurm.conf))
        slurm.start("slurmd", "-D", "-f", str(slurm.conf), "-N", HOST)
        slurm.start("slurmd", "-D", "-f", str(slurm.conf), "-N", OTHER, known_as="second slurmd")
        wait_until(slurm._answers, 30, "a node of Slurm")
        yield slurm
        slurm.forget()


def _end(slurm: Slurm) -> None:
    for name in reversed(list(slurm.daemons)):
        slurm.stop(name)
    # What guards a job waits for its daemon even where the job is gone.
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if (process / "cwd").readlink() == slurm.folder:
                os.kill(int(process.name), signal.SIGKILL)


def _munge_files(folder: str) -> tuple[str, ...]:
    names = {"socket": "munge.sock", "pid-file": "munged.pid", "log-file": "munged.log"}
    files = (f"--{option}={folder}/{name}" for option, name in names.items())
    return (*files, f"--seed-file={folder}/munged.seed")


def _free_ports(number: int) -> Iterator[int]:
    with ExitStack() as stack:
        for _ in range(number):
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            yield listener.getsockname()[1]


def _configure(slurm: Slurm, *, accounting: bool) -> None:
    slurm.folder.chmod(0o755)
    names = ("controller", "node", "second", "accounting", "database")
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    words = {"folder": slurm.folder, "host": HOST, "other": OTHER, "user": USER, **ports}
    more = WITH_ACCOUNTING if accounting else WITHOUT_ACCOUNTING
    slurm.conf.write_text((SLURM_CONF + more).format(**words))
    for name in ("state", f"spool.{HOST}", f"spool.{OTHER}"):
        (slurm.folder / name).mkdir()
    _write_secret(slurm.folder / "munge.key", "0123456789abcdef" * 8)
    _write_secret(slurm.folder / "slurmdbd.conf", SLURMDBD_CONF.format(**words))


def _write_secret(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)


def _start_accounting(slurm: Slurm) -> None:
    data, door = f"--datadir={slurm.folder}/database", f"--socket={slurm.folder}/database.sock"
    conf = (slurm.folder / "slurmdbd.conf").read_text()
    port = conf.partition("StoragePort=")[2].split()[0]
    small = ("--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M")
    patient = "--innodb-lock-wait-timeout=900"
    plain = "--auth-root-authentication-method=normal"
    user = f"--user={USER}"
    slurm.call("mariadb-install-db", "--no-defaults", data, user, plain, "--skip-test-db")
    local = (
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--pid-file={slurm.folder}/mariadbd.pid",
    )
    slurm.start("mariadbd", "--no-defaults", data, door, user, *local, *small, patient)
    ask = ("mariadb", "--no-defaults", door, "-u", "root", "-e")
    wait_until(lambda: _works(slurm, *ask, "select 1"), 30, "mariadbd")
    slurm.call(*ask, DATABASE_USER)
    slurm.start("slurmdbd", "-D")
    wait_until(lambda: _works(slurm, "sacctmgr", "-n", "list", "cluster"), 30, "slurmdbd")
    slurm.call("sacctmgr", "-i", "add", "cluster", "test")


def _works(slurm: Slurm, *command: str) -> bool:
    try:
        slurm.call(*command)
    except AssertionError:
        return False
    return True


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Slurm]:
    with cluster(accounting=False) as slurm:
        yield slurm


@pytest.fixture(scope="session")
def slurm_cluster_with_accounting() -> Iterator[Slurm]:
    with cluster(accounting=True) as slurm:
        yield slurm


@pytest.fixture
def slurm(slurm_cluster: Slurm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slurm]:
    """Slurm without accounting, with nothing in its queue."""
    monkeypatch.setenv("SLURM_CONF", str(slurm_cluster.conf))
    yield slurm_cluster
    slurm_cluster.forget()


@pytest.fixture
def slurm_with_accounting(
    slurm_cluster_with_accounting: Slurm, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Slurm]:
    """Slurm with accounting, that forgets jobs at once."""
    monkeypatch.setenv("SLURM_CONF", str(slurm_cluster_with_accounting.conf))
    yield slurm_cluster_with_accounting
    slurm_cluster_with_accounting.forget()
