"""A disk that is full, and stays so: the run ends truly once there is room, and nothing spins."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.files import write
from gitbatch_tui.errors import PushRefused, Refused
from tests.support.batches import send_once
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")

WAITS = "#!/bin/sh\necho result >result\nuntil test -e {go}; do sleep 0.1; done\n"
WRAPPED = '#!/bin/sh\n(until test -e {go}; do sleep 0.1; done; exec "$GITBATCH" run ./run.sh) \\\n'


class SmallDisk:
    """A world whose BASE is a file system of 3 MB."""

    def __init__(self, root: Path) -> None:
        self.world = World(root)
        self.go = root / "go"
        self.filler = self.world.base / "filler"

    def mount(self) -> None:
        self.world.base.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m,nr_inodes=700", "none", self.world.base],
            check=True,
        )
        self.world.build()

    def fill(self) -> None:
        with self.filler.open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while filler.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def fill_up_files(self) -> None:
        """Let there be room for bytes, and for no other file."""
        for name in itertools.count():
            try:
                (self.world.base / f"empty-{name}").touch()
            except OSError:
                return

    def make_room(self) -> None:
        self.filler.unlink()


@pytest.fixture
def disk(clean_environment: Path, tmp_path: Path) -> Iterator[SmallDisk]:
    del clean_environment
    disk = SmallDisk(tmp_path / "world")
    disk.mount()
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk.world.base], check=True)


def ticks(process: str) -> int:
    """Hundredths of a second that a process and its ended children have computed for."""
    stat = Path(f"/proc/{process}/stat").read_text()
    fields = stat.rpartition(") ")[2].split()
    return sum(int(field) for field in fields[11:15])


def test_a_job_that_ends_on_a_full_disk_has_succeeded_when_there_is_room(disk: SmallDisk) -> None:
    world = disk.world
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n',
            "run.sh": WAITS.format(go=disk.go),
        }
    )
    wait_until((world.run(run) / "tree/result").exists, what="the job to begin")
    wrapper = world.facts(run, "started")["process"].split()[0]
    captured = world.run(run) / f"capture.{wrapper}.tmp"
    wait_until(lambda: captured.exists() and captured.stat().st_size, what="the environment")
    # What goes at the end is to make no room.
    for path in (captured, *world.base.glob("queue/slot.*")):
        os.truncate(path, 0)
    disk.fill()
    before = ticks(wrapper)
    disk.go.touch()
    wait_until(lambda: ticks(wrapper) > before, what="the wrapper to try")
    assert world.status(run)["state"] == "running"
    disk.make_room()
    facts = world.settled_by_contact(run)
    assert (facts["state"], facts["exit"], facts["results"]) == ("succeeded", "0", "delivered")
    assert world.bare("show", f"{facts['result']}:result") == "result"


def test_a_job_waits_for_room_to_begin_and_says_so_once(disk: SmallDisk) -> None:
    world = disk.world
    said = disk.world.root / "said"
    begun = disk.world.root / "begun"
    run = world.submit(
        {
            "schedule.sh": WRAPPED.format(go=disk.go) + f"\t</dev/null >{said} 2>&1 &\n",
            "run.sh": f"#!/bin/sh\ntouch {begun}\n",
        }
    )
    disk.fill()
    disk.go.touch()
    wait_until(lambda: "can not be written yet" in said.read_text(), what="the wrapper's word")
    assert not begun.exists()
    disk.make_room()
    assert world.settled(run)["state"] == "succeeded"
    assert said.read_text().count("\n") == 1


@pytest.mark.parametrize("fill", [SmallDisk.fill, SmallDisk.fill_up_files])
def test_what_can_go_is_pruned_and_proven_on_a_full_disk(
    disk: SmallDisk, fill: Callable[[SmallDisk], None]
) -> None:
    world = disk.world
    scripts = {"schedule.sh": JOB_OF_ITS_OWN}
    pruned, kept = (
        world.submit({**scripts, "run.sh": f"#!/bin/sh\necho {word} >result\n"}, branch=word)
        for word in ("one", "two")
    )
    for run in (pruned, kept):
        world.settled(run)
    # A content that is beside the repository, and one that is nowhere else.
    (world.run(kept) / "large").write_text(f"{'0' * 64}\t3\tbeside\n")
    (world.run(kept) / "tree/own").write_text("nowhere else\n")
    fill(disk)
    assert "tree=there" in world.gitbatch("verify", str(pruned)).output
    spare = Path(tempfile.gettempdir())
    before = set(spare.glob("gitbatch.*"))
    said = world.gitbatch("prune").output
    assert f"run={pruned}\tbytes=" in said
    assert f"run={kept}\tkept=it has files that are not in the results: own" in said
    assert (world.run(kept) / "tree/own").exists()
    assert set(spare.glob("gitbatch.*")) <= before


def test_a_push_to_a_disk_that_takes_no_more_files_says_so(disk: SmallDisk) -> None:
    world = disk.world
    world.git("config", "remote.batch.gitbatch", str(world.base))
    world.commit({"schedule.sh": JOB_OF_ITS_OWN})
    disk.fill_up_files()
    with pytest.raises(PushRefused, match="its disk or a quota is full"):
        send_once(world)


def test_a_page_that_finds_no_room_leaves_the_one_before(disk: SmallDisk) -> None:
    page = disk.world.base / "report.html"
    write(page, b"before")
    disk.fill()
    with pytest.raises(Refused, match="No space left on device"):
        write(page, b"x" * 100_000)
    assert page.read_bytes() == b"before"
    assert not list(page.parent.glob(".report*"))
