"""The commands, as two people of a group give them."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.people import GROUP, only_root

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.support.groups import Group
    from tests.support.people import Person

pytestmark = only_root
ROOT = Path(__file__).parents[2]
PACKAGES = "click git gitdb smmap tomli typing_extensions".split()
SLOW = "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\n"


@pytest.fixture(autouse=True)
def readable(group: Group) -> None:
    """A copy of the program for everybody: this checkout may be in a closed folder."""
    there = group.folder / "program"
    for part in ("gitbatch_tui", "hooks", "examples"):
        shutil.copytree(ROOT / part, there / part)
    site = Path(sysconfig.get_path("purelib"))
    for name in PACKAGES:
        if (site / name).is_dir():
            shutil.copytree(site / name, there / name)
        elif (site / f"{name}.py").exists():
            shutil.copy(site / f"{name}.py", there)
    for compiled in site.glob("*__mypyc.*"):  # a part of tomli, for one
        shutil.copy(compiled, there)
    for path in (there, *there.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def call(who: Person, *words: str | Path) -> CompletedProcess[str]:
    """What the program says to them, by the system's Python."""
    path = who.home.parent / "program"
    program = ("env", f"PYTHONPATH={path}", "/usr/bin/python3", "-m", "gitbatch_tui")
    clone = who.home / "clone"
    return who.call(*program, *words, at=clone if clone.exists() else who.home)


def test_two_people_use_one_batch_remote_each_for_their_own_runs(group: Group) -> None:
    assert call(group.ben, "--help").returncode == 0
    group.submit(group.anna, SLOW)  # makes the clone; there is no batch remote yet
    group.must(group.anna, "git", "remote", "remove", "batch", at=group.anna.home / "clone")
    done = call(group.anna, "setup", "batch", group.base, "--shared", str(GROUP))
    assert done.returncode == 0, done.stderr
    assert "run=1 " in group.submit(group.anna, SLOW).stderr
    group.submit(group.ben, SLOW, "own")
    done = call(group.ben, "setup", "batch", group.base)
    assert done.returncode == 0, done.stderr
    assert f"{group.base} is " in done.stdout
    assert "it is used as it is" in done.stdout
    done = call(group.ben, "setup", "other", group.base, "--shared", str(GROUP))
    assert "only they can share it" in done.stderr
    listed = call(group.ben, "runs")
    assert [line.split()[0] for line in listed.stdout.splitlines()][1:] == ["batch#2", "batch#1"]
    assert "by" in listed.stdout.split()
    assert {"64001", "64002"} <= set(listed.stdout.split())
    done = call(group.ben, "cancel", "batch#1", "--yes")
    assert (done.returncode, "Run 1 belongs to 64001" in done.stderr) == (1, True), done.stderr
    done = call(group.ben, "remove", "batch", "--server", "--yes", "--force")
    assert done.returncode == 1
    assert "and only they may remove it" in done.stderr
    assert group.gitbatch.exists()
    done = call(group.ben, "cancel", "batch#2", "--yes")
    assert done.returncode == 0, done.stderr


def test_the_doctor_finds_nothing_wrong_for_who_does_not_own_the_folder(group: Group) -> None:
    assert group.install("--shared", str(GROUP)).returncode == 0
    assert "run=1 " in group.submit(group.ben, "#!/bin/sh\n:\n").stderr
    assert call(group.ben, "setup", "batch", group.base).returncode == 0
    done = call(group.ben, "doctor", "batch")
    assert (done.returncode, "fail" in done.stdout) == (0, False), done.stdout
