"""Freezing on a host behind ssh, by the python3 over there."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.freezing import FreezeClient, _program
from gitbatch_tui.core.hosts.pool import Hosts
from gitbatch_tui.errors import NoPython, Refused
from tests.support.freeze_faults import CONTENT, content, fill
from tests.support.servers.sshd import HOST, Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import Project


@pytest.fixture
def keeper(project: Project, sshd: Sshd) -> Iterator[FreezeClient]:
    del sshd
    project.move_behind(HOST)
    with Hosts() as hosts:
        yield FreezeClient(project.server.host, project.remote.base, (project.remote.base,))
        del hosts


def test_data_on_a_host_is_frozen_and_verified_over_there(keeper: FreezeClient, sshd: Sshd) -> None:
    fill(sshd.home / "set/data")
    frozen = keeper.freeze("~/set/data", "~/kept")
    assert frozen.how == "moved"
    assert frozen.link == f"{sshd.home}/set/data"
    assert content(sshd.home / "set/data") == CONTENT
    (verdict,) = keeper.verify("~/set/data")
    assert verdict.good
    damaged = (sshd.home / "set/data/a").resolve()
    damaged.chmod(0o644)
    damaged.write_bytes(b"rotten")
    (verdict,) = keeper.verify("~/kept")
    assert verdict.altered == {"a": "altered"}


def test_refusals_come_back_as_they_are(keeper: FreezeClient, sshd: Sshd) -> None:
    (sshd.home / "link").symlink_to("/etc")
    with pytest.raises(Refused, match="is a symbolic link to /etc, it has to be a directory"):
        keeper.freeze("~/link")
    with pytest.raises(Refused, match="The path data on hpc has to be written from / or ~/"):
        keeper.freeze("data")


def test_the_archive_is_what_the_batch_remotes_repository_says(
    keeper: FreezeClient, project: Project, sshd: Sshd
) -> None:
    project.world.bare("config", "gitbatch.archive", "~/of the remote")
    fill(sshd.home / "data")
    assert keeper.freeze("~/data").data.startswith(f"{sshd.home}/of the remote/v1-")


def test_a_host_without_python_is_named(keeper: FreezeClient, project: Project, sshd: Sshd) -> None:
    programs = sshd.home / "programs"
    programs.mkdir()
    for name in ("sh", "git"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    (project.world.base / "profile").write_text(f"PATH={programs}\n")
    with pytest.raises(NoPython, match="There is no python3 on hpc"):
        keeper.verify("~/data")


def test_a_python_that_is_too_old_is_named(
    keeper: FreezeClient, project: Project, sshd: Sshd
) -> None:
    old = sshd.home / "old/python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nexit 68\n")
    old.chmod(0o755)
    (project.world.base / "profile").write_text(f"PATH={old.parent}:$PATH\n")
    with pytest.raises(NoPython, match=r"no python3 that is 3\.6 or newer on hpc"):
        keeper.verify("~/data")


def test_what_is_sent_fits_a_command_line() -> None:
    assert len(_program()) < 30_000 - 4096


def test_names_that_are_no_text_come_through(keeper: FreezeClient, sshd: Sshd) -> None:
    folder = sshd.home / os.fsdecode(b"d\xff\n$(x)'")
    fill(folder)
    frozen = keeper.freeze(f"~/{folder.name}", "~/kept")
    assert frozen.link == str(folder)
    assert folder.is_symlink()
