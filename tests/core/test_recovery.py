"""Pushes that are cut or stopped: what has happened is found out, and nothing runs twice."""

from __future__ import annotations

import _thread
import os
import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.submit import recovery
from gitbatch_tui.core.submit.push import Update, push_once
from gitbatch_tui.core.submit.recovery import describe
from gitbatch_tui.errors import PushRefused, Unreachable
from tests.support.batches import head, new_world, new_world_at, open_batch, run, runs, send
from tests.support.worlds import NO_JOB, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.servers.sshd import Sshd


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose runs leave no results, so that branches stay where they were pushed."""
    world = new_world(tmp_path)
    world.commit({"run.sh": "#!/bin/sh\necho done\n"})
    return world


@pytest.fixture(autouse=True)
def busy_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for a hook that is late, so that the tests needn't."""
    monkeypatch.setattr(recovery, "PATIENCE", 2.0)


def cut(world: World, hook: str, text: str) -> None:
    """Let the server's side of the connection die in a hook."""
    world.script(world.repo / "hooks" / hook, f"#!/bin/sh\n{text}\nkill -9 $PPID\n")


def test_a_cut_before_the_branch_moved_is_found_out(world: World) -> None:
    cut(world, "pre-receive", "")
    with pytest.raises(PushRefused, match=r"^Nothing has arrived at batch, and nothing was run: "):
        send(world)
    assert runs(world) == []
    (world.repo / "hooks/pre-receive").unlink()
    done = send(world)
    assert done
    assert done.receipt.run == 1


def test_a_cut_after_the_branch_moved_starts_the_run_once(world: World) -> None:
    ours = world.repo / "hooks/post-receive"
    ours.rename(world.root / "kept")
    cut(world, "post-receive", f"mv {world.root}/kept {ours}")
    update = head(world)
    done = send(world, update, ("lr=1",))
    assert done
    assert (done.receipt.run, done.receipt.commit) == (1, update.commit)
    assert done.notes[0].startswith("The connection was cut when the branch had moved")
    assert world.facts(1, "request")["option"] == "lr=1"
    assert send(world, update) is None
    assert runs(world) == [1]


def test_a_branch_that_moved_long_ago_is_not_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.repo / "hooks/post-receive").rename(world.root / "kept")
    world.push()
    (world.root / "kept").rename(world.repo / "hooks/post-receive")
    log = world.repo / "logs/refs/heads/master"
    log.write_text(re.sub(r"> \d+ ", "> 1700000000 ", log.read_text()))
    monkeypatch.setattr(recovery, "PATIENCE", 50.0)
    start = time.monotonic()
    done = run(world)
    assert done.notes[0].startswith("It had been pushed before, but never run")
    assert time.monotonic() - start < 40


def test_a_hook_that_is_late_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "PATIENCE", 50.0)
    ours = world.repo / "hooks/post-receive"
    ours.rename(world.repo / "hooks/ours")
    late = 'lines=$(cat); (sleep 3; echo "$lines" | setsid "${0%/*}/ours" >/dev/null 2>&1) &'
    cut(world, "post-receive", late)
    done = send(world)
    assert done
    assert done.notes == ("The connection was cut, but batch#1 has begun.",)
    assert runs(world) == [1]


def test_a_cut_while_the_hook_worked_finds_the_run_that_began(world: World) -> None:
    world.commit({"schedule.sh": NO_JOB.replace("echo", "sleep 2; echo")})
    ours = world.repo / "hooks/post-receive"
    ours.rename(world.repo / "hooks/ours")
    behind = 'lines=$(cat); (echo "$lines" | setsid "${0%/*}/ours" >/dev/null 2>&1) &'
    cut(world, "post-receive", f"{behind}\nsleep 0.2")
    done = send(world)
    assert done
    assert done.notes == ("The connection was cut, but batch#1 has begun.",)
    assert runs(world) == [1]


# Not every login shell becomes the program that it is to run.
_KILL_SSHD = """sshd=$PPID
case "$(ps -o comm= -p "$sshd")" in
*sshd*) ;;
*) sshd=$(ps -o ppid= -p "$sshd") ;;
esac
kill -9 $sshd"""


def cut_line(world: World, count: int, before: str = "") -> None:
    """Let the connection of the next push die after so many bytes from the server."""
    receive = world.root / "receive"
    world.git("config", "remote.batch.receivepack", str(receive))
    die = f"dd bs=1 count={count} 2>/dev/null\n{before}\n{_KILL_SSHD}"
    world.script(receive, f'#!/bin/sh\ngit receive-pack "$@" | {{\n{die}\n}}\n')


def test_a_cut_with_a_server_that_stays_away_says_so(sshd: Sshd, tmp_path: Path) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    config = sshd.folder / "ssh_config"
    unreachable = sshd.folder / "unreachable"
    unreachable.write_text(f"ProxyCommand /bin/false\n{config.read_text()}")
    cut_line(world, 300, f"mv {unreachable} {config}")
    with pytest.raises(Unreachable, match=r"what has arrived isn't known.*submit again"):
        send(world)


def test_the_line_can_be_cut_at_any_byte_and_it_runs_once(sshd: Sshd, tmp_path: Path) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    world.commit({"schedule.sh": NO_JOB})
    arrived = 0
    counts = (0, 300, 800, 900, 1000, 1100)
    for count in counts:
        cut_line(world, count)
        update = Update("master", world.commit({"n": f"{count}\n"}), world.tip("master"))
        before = runs(world)
        try:
            done = send(world, update)
        except PushRefused:
            assert world.tip("master") != update.commit
            assert runs(world) == before
        else:
            assert done
            assert runs(world) == [*before, done.receipt.run]
            arrived += 1
    assert 0 < arrived < len(counts)


CUTS = ["up 0", "up 60000", "up 900000", "down 0", "down 2000", "down 14000", "down 20000"]
"""Bytes of the whole connection, from the login on; 150,000 are pushed, and a hook says 20,000."""


def test_the_network_can_be_cut_in_either_direction_and_it_runs_once(
    sshd: Sshd, tmp_path: Path
) -> None:
    world = new_world_at(tmp_path, "hpc:base", sshd.home / "base")
    ends: set[object] = set()
    for where in CUTS:
        files = {
            "schedule.sh": NO_JOB + "head -c 20000 /dev/zero | tr '\\0' x\n",
            "n": where,
            "data": os.urandom(150000).hex(),
        }
        update = Update("master", world.commit(files), world.tip("master"))
        before = runs(world)
        armed = sshd.cut(where)
        try:
            done = send(world, update)
        except (PushRefused, Unreachable) as error:
            assert world.tip("master") != update.commit
            assert runs(world) == before
            ends.add(type(error))
        else:
            assert done
            assert runs(world) == [*before, done.receipt.run]
            ends.add("found out" if done.notes else "whole")
        armed.unlink(missing_ok=True)
        assert world.gitbatch("check").output == "ok\n"
    assert {PushRefused, "found out", "whole"} <= ends


# Stopped by a person


def test_a_push_that_a_person_stops_says_what_was_done(world: World) -> None:
    world.script(world.repo / "hooks/pre-receive", "#!/bin/sh\nsleep 30\n")
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        send(world)
    assert caught.value.__notes__ == ["Nothing was pushed."]
    assert runs(world) == []


def test_what_a_stopped_push_has_done_is_described(world: World) -> None:
    update = head(world)
    with open_batch(world) as batch:
        assert describe(batch, update, ()) == "Nothing was pushed."
        push_once(batch, update)
        assert describe(batch, update, ()).startswith("The push had arrived: batch#1 runs.")
        assert "no run was seen" in describe(batch, update, (1,))
