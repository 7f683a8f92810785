"""File systems that can't do everything: named before anything is promised, or done another way."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.invariants import processes
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\necho 1 >new\n"}
NO_LINKS = """\
#!/bin/sh
case "$1" in
-s*) exec {ln} "$@" ;;
esac
echo >&2 "ln: failed to create hard link: Operation not permitted"
exit 1
"""
PRELOADED = """\
#include <errno.h>
int link(const char *a, const char *b) { errno = EPERM; return -1; }
int linkat(int a, const char *b, int c, const char *d, int e) { errno = EPERM; return -1; }
"""


MAKES = {
    "xfs": (["mkfs.xfs", "-q"], ["mount"]),
    "ntfs": (["mkfs.ntfs", "-qfF"], ["lowntfs-3g", "-o", "ignore_case,permissions"]),
    "exfat": (["mkfs.exfat"], ["mount.exfat-fuse"]),
}
"""File systems that are tried where the commands that make and mount them are installed."""
HERE = {name for name, (make, _) in MAKES.items() if shutil.which(make[0])}


@contextmanager
def mounted(folder: Path, kind: str) -> Iterator[None]:
    """Have a disk of a kind that MAKES names in a place, or one in memory with these options."""
    folder.mkdir(parents=True)
    image = folder.with_suffix(".image")
    device = ""
    try:
        if kind in MAKES:
            with image.open("wb") as file:
                file.truncate(400 << 20)
            attach = ["losetup", "--find", "--show", str(image)]
            device = subprocess.run(attach, stdout=subprocess.PIPE, text=True, check=True).stdout
            make, mount = MAKES[kind]
            subprocess.run([*make, device.strip()], check=True)
            subprocess.run([*mount, device.strip(), str(folder)], check=True)
        else:
            subprocess.run(["mount", "-t", "tmpfs", "-o", kind, "none", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        if device:
            subprocess.run(["losetup", "--detach", device.strip()], check=True)


REFUSED = {
    "noexec": ("noexec", "is it mounted noexec?"),
    "read-only": ("ro", "can not be written by"),
    "no inodes": ("nr_inodes=2", "no f"),
    "small": ("size=512k", "its disk is full: 5"),
    "exfat": ("exfat", "every file in it is executable, and stays so"),
}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
@pytest.mark.parametrize("name", [name for name in REFUSED if name not in MAKES or name in HERE])
def test_a_place_that_can_not_keep_its_promises_is_refused_and_stays_empty(
    tmp_path: Path, name: str
) -> None:
    kind, why = REFUSED[name]
    world = World(tmp_path / "world")
    with mounted(world.root / "disk", kind):
        world.base = world.root / "disk/base"
        answer = world.call("sh", world.hooks() / "install", world.base, at=world.root)
        assert answer.status == 1
        assert why in answer.output
        assert list((world.root / "disk").iterdir()) == []


SAID_OF = {"ntfs": "note: names that differ in case alone are one there"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
@pytest.mark.parametrize("kind", ["size=90%", *sorted(HERE - REFUSED.keys())])
def test_runs_live_on_file_systems_of_other_machines(tmp_path: Path, kind: str) -> None:
    with mounted(tmp_path / "disk", kind):
        world = World(tmp_path / "disk/world")
        said = world.install().output
        assert SAID_OF.get(kind, "") in said
        assert ("note:" in said) is (kind in SAID_OF)
        world.new_clone(world.clone)
        for turn in ("first", "second"):
            run = world.submit(JOB | {"run.sh": f"#!/bin/sh\necho {turn} >new\n"})
            facts = world.settled(run)
            assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
            world.git("pull", "-q", "batch", "master")
            assert (world.clone / "new").read_text() == f"{turn}\n"
        assert "bytes=" in world.gitbatch("prune").output
        assert world.gitbatch("check").output == "ok\n"
        wait_until(lambda: not processes(world.base), what="the end of all")


def without_links_by_a_tool(world: World, folder: Path) -> None:
    world.script(folder / "ln", NO_LINKS.format(ln=shutil.which("ln")))
    world.env["PATH"] = f"{folder}:{world.env['PATH']}"


def without_links_by_the_library(world: World, folder: Path) -> None:
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("there is no C compiler")
    folder.mkdir()
    (folder / "links.c").write_text(PRELOADED)
    library = folder / "links.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "links.c"], check=True)
    world.env["LD_PRELOAD"] = str(library)


@pytest.mark.parametrize(
    "without_links", [without_links_by_a_tool, without_links_by_the_library], ids=["ln", "link()"]
)
def test_without_hard_links_all_goes_on_and_is_said(tmp_path: Path, without_links: object) -> None:
    world = World(tmp_path / "world")
    assert callable(without_links)
    without_links(world, tmp_path / "tools")
    answer = world.install()
    assert "note: it has no hard links" in answer.output
    world.new_clone(world.clone)
    runs = [world.submit(JOB | {"turn": str(turn)}, branch=f"b{turn}") for turn in range(3)]
    for run in runs:
        facts = world.settled(run)
        assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert "bytes=" in world.gitbatch("prune").output
    assert world.gitbatch("check").output == "ok\n"
    assert not list(world.base.glob("**/*.turn"))
