"""Making a batch remote on a host behind ssh that has nothing but git and sh, or not even git."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import hooks_dir
from gitbatch_tui.core.batch.batch import Batch
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.setup.doctor import Health, HealthCheck, diagnose
from gitbatch_tui.core.setup.login import look_around
from gitbatch_tui.core.setup.plan import apply
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.errors import Refused
from tests.support.setting_up import planned, push, set_up
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts
    from tests.support.servers.sge import Cell
    from tests.support.servers.sshd import Sshd


@pytest.mark.parametrize("path", ['/{tmp}/it\'s "a" $(touch pwned) `x` base', "runs/my project"])
def test_a_host_behind_ssh_needs_nothing_but_sh(
    clone: Clone, hosts: Hosts, sshd: Sshd, tmp_path: Path, path: str
) -> None:
    if path.startswith("/"):
        path = path.format(tmp=str(tmp_path).lstrip("/"))
    said = set_up(clone, hosts, f"hpc:{path}")
    assert said[0].startswith("made the batch remote ")
    assert (sshd.home / path / "repo.git/hooks/post-receive").read_bytes() == (
        hooks_dir() / "post-receive"
    ).read_bytes()
    assert "gitbatch: run=1 " in push(clone, hosts)
    assert sshd.connections() == 1
    assert not list(tmp_path.rglob("pwned"))


def test_a_csh_login_is_no_obstacle(clone: Clone, hosts: Hosts, sshd: Sshd) -> None:
    csh = shutil.which("csh") or shutil.which("tcsh")
    if not csh:
        pytest.skip("csh isn't installed")
    sshd.login_shell(csh)
    assert set_up(clone, hosts, "hpc:base")[0].startswith("made the batch remote ")


def test_a_git_that_is_too_old_is_named_before_anything_changes(
    clone: Clone, hosts: Hosts, sshd: Sshd, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho git version 2.16.6\n")
    (programs / "git").chmod(0o755)
    sshd.setenv(PATH=f"{programs}:/usr/bin:/bin")
    with pytest.raises(Refused, match=r"^Git version 2\.16\.6 is too old.*2\.17 or newer\.$"):
        set_up(clone, hosts, "hpc:base")
    assert not (sshd.home / "base").exists()
    assert clone.git("remote") == ""


def test_a_host_without_git_is_told_what_to_do(
    clone: Clone, hosts: Hosts, sshd: Sshd, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in "sh awk cat head wc mkdir rm id cd dirname uname grep".split():
        program = shutil.which(name)
        if program:
            (programs / name).symlink_to(program)
    sshd.setenv(PATH=str(programs))
    with pytest.raises(Refused, match=r"^There is no git on the PATH"):
        set_up(clone, hosts, "hpc:base")
    assert not (sshd.home / "base").exists()


class TestLogin:
    """A host whose hook doesn't find what a login finds."""

    @pytest.fixture
    def site(self, sshd: Sshd, sge: Cell, bare_programs: Path) -> Sshd:
        """Grid Engine is on the PATH of a login, and of nobody else."""
        sshd.setenv(PATH=str(bare_programs), SHELL="/bin/sh")
        (sshd.home / ".profile").write_text(f"PATH='{sge.programs}:{bare_programs}'\n")
        return sshd

    @pytest.mark.usefixtures("site")
    def test_setup_writes_a_profile_with_which_the_hook_finds_the_scheduler(
        self, clone: Clone, hosts: Hosts, sshd: Sshd, sge: Cell
    ) -> None:
        found = planned(clone, hosts, "hpc:base")
        assert "Schedulers on hpc: sge, local." in found.notes
        apply(found, lambda *_: None)
        assert (sshd.home / "base/profile").read_text() == (
            "# For what a login finds, and the hook doesn't: qsub\n"
            f"PATH=$PATH:{sge.programs}\n"
            "export PATH\n"
        )
        write_templates(clone.path, "sge")
        (clone.path / "run.sh").write_text("#!/bin/sh\ndate >out\n")
        said = push(clone, hosts, schedule="")
        assert "gitbatch: run=1 " in said, said
        settled = sshd.home / "base/runs/1/settled"
        wait_until(settled.exists, 30)
        assert "state: succeeded\n" in settled.read_text()
        assert [step.words for step in planned(clone, hosts, "hpc:base").steps] == [
            "check the batch remote ~/base on hpc"
        ]

    @pytest.mark.usefixtures("site")
    def test_the_doctor_says_so_and_repairs_it(
        self, clone: Clone, hosts: Hosts, sshd: Sshd
    ) -> None:
        set_up(clone, hosts, "hpc:base")
        profile = sshd.home / "base/profile"
        profile.unlink()
        write_templates(clone.path, "sge")
        clone.git("add", "--all")
        clone.git("commit", "-q", "-m", "a change")
        found = scheduler_check(clone, hosts)
        assert found.verdict is Health.FAIL
        assert re.fullmatch(
            r"schedule\.sh calls qsub, which only a login finds \(/.*/programs/qsub\): "
            rf"`gitbatch-tui doctor batch --repair` writes {profile}",
            found.words,
        )
        found = scheduler_check(clone, hosts, repair=True)
        assert found.words.startswith(f"{profile} was written, since schedule.sh calls qsub")
        found = scheduler_check(clone, hosts)
        assert found.words == "schedule.sh submits with qsub (sge); on the PATH: local, qsub"
        profile.write_text("# mine\n")
        assert "only a login finds" in scheduler_check(clone, hosts, repair=True).words
        assert profile.read_text() == "# mine\n"

    @pytest.mark.parametrize("shell", ["bash", "csh"])
    def test_login_files_of_any_shell_are_read(
        self, hosts: Hosts, sshd: Sshd, tmp_path: Path, bare_programs: Path, shell: str
    ) -> None:
        program = shutil.which(shell)
        if not program:
            pytest.skip(f"{shell} isn't installed")
        there = tmp_path / "it's here"
        there.mkdir()
        (there / "qsub").write_text("#!/bin/sh\n")
        (there / "qsub").chmod(0o755)
        quoted = str(there).replace("'", "'\\''")
        sshd.setenv(PATH=str(bare_programs), SHELL=program)
        (sshd.home / ".profile").write_text(
            f"echo hello; PATH='{quoted}:{bare_programs}'\nexport CONDA_EXE=/opt/c/bin/conda\n"
            "export SGE_ROOT='/opt/s g e'\n"
        )
        (sshd.home / ".login").write_text(
            f"echo hello; setenv PATH '{quoted}:{bare_programs}'\n"
            "setenv CONDA_EXE /opt/c/bin/conda\nsetenv SGE_ROOT '/opt/s g e'\n"
        )
        around = look_around(hosts.at(Location.parse("hpc:base")), "base")
        assert around.only_by_login() == ("qsub", "conda")
        profile = tmp_path / "profile"
        profile.write_text(around.profile(around.only_by_login()))
        script = f'. {profile}; command -v qsub; echo "$SGE_ROOT"; echo "$PATH"'
        env = {"PATH": str(bare_programs)}
        told = subprocess.run(
            ["/bin/sh", "-c", script], env=env, capture_output=True, text=True, check=True
        )
        assert told.stdout.splitlines()[:2] == [f"{there}/qsub", "/opt/s g e"]
        assert told.stdout.endswith(":/opt/c/bin\n")


def scheduler_check(clone: Clone, hosts: Hosts, *, repair: bool = False) -> HealthCheck:
    batch = Batch(clone, hosts, clone.batch_remote("batch"))
    return next(check for check in diagnose(batch, repair=repair) if check.name == "scheduler")
