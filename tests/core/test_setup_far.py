"""Making a batch remote on a host behind ssh that has nothing but git and sh, or not even git."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.data import hooks_dir
from gitbatch_tui.core.hosts import Hosts
from gitbatch_tui.core.location import Location
from gitbatch_tui.core.repo import Clone, open_clone
from gitbatch_tui.core.setup import Plan, Wanted, apply, plan
from gitbatch_tui.errors import Refused
from tests.hooks.world import NO_JOB
from tests.servers.sshd import Sshd, sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["sshd"]

SENT = {"install": ".", "post-receive": "repo.git/hooks", "gitbatch": "repo.git/gitbatch"}


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    folder = tmp_path / "clone"
    subprocess.run(["git", "init", "-q", folder], check=True)
    with open_clone(folder) as opened:
        yield opened


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts() as opened:
        yield opened


def planned(clone: Clone, hosts: Hosts, place: str, **more: object) -> Plan:
    location = Location.parse(place)
    wanted = Wanted("batch", location, **more)  # type: ignore[arg-type]
    return plan(clone, wanted, hosts.at(location))


def set_up(clone: Clone, hosts: Hosts, place: str, **more: object) -> list[str]:
    """What there was to say about each step."""
    said: list[str] = []
    apply(planned(clone, hosts, place, **more), lambda _, text: said.append(text))
    return said


def push(clone: Clone, hosts: Hosts) -> str:
    """Push a commit, and return what the hook said."""
    (clone.path / "schedule.sh").write_text(NO_JOB)
    (clone.path / "schedule.sh").chmod(0o755)
    clone.git("add", "--all")
    clone.git("commit", "-q", "-m", "a change")
    host = hosts.at(Location.parse(clone.batch_remote("batch").location))
    answer = clone.ask("push", "batch", "HEAD", environment=host.environment())
    return answer.stderr.decode()


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
    for name in "sh cat head tail wc mkdir rm id cd dirname uname grep".split():
        program = shutil.which(name)
        if program:
            (programs / name).symlink_to(program)
    sshd.setenv(PATH=str(programs))
    with pytest.raises(Refused, match=r"^There is no git on the PATH"):
        set_up(clone, hosts, "hpc:base")
    assert not (sshd.home / "base").exists()
