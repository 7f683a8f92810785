"""A run tree is listed a folder at a time, a page at a time; no link leads out of it."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

JOB = {"schedule.sh": '#!/bin/sh\n"$GITBATCH" run true\n', "data/one": "1\n", "data/two": "22\n"}
ODD = [b"a b", b"-rf", b"new\nline", b"tab\tbed", b"100%", b"%41", b"broken\xff", b"*", b".hidden",
       b"..two", b"[x]", "ü".encode()]  # fmt: skip


def ask(world: World, *arguments: str | bytes) -> tuple[int, bytes, bytes]:
    """The status of the program, and what it said."""
    done = subprocess.run(
        [world.repo / "gitbatch/gitbatch", *arguments],
        env=world.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def page(world: World, *arguments: str | bytes) -> list[bytes]:
    status, said, complaints = ask(world, "folder", *arguments)
    assert (status, complaints) == (0, b"")
    return said.splitlines()


def tree_of(world: World, run: int) -> Path:
    return world.run(run) / "tree"


def test_a_folder_tells_what_is_in_it_and_not_what_is_below(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    tree = tree_of(world, int(run))
    (tree / "data/.git").mkdir()
    os.mkfifo(tree / "data/pipe")
    (tree / "data/link").symlink_to("one")
    assert page(world, run) == [
        b"folder\ttree=there\tentries=2",
        b"folder\t-\tdata",
        b"file\t%d\tschedule.sh" % (tree / "schedule.sh").stat().st_size,
        b"end\tmore=no",
    ]
    assert page(world, run, "data") == [
        b"folder\ttree=there\tentries=4",
        b"link\t-\tlink",
        b"file\t2\tone",
        b"other\t-\tpipe",
        b"file\t3\ttwo",
        b"end\tmore=no",
    ]


def test_names_come_as_they_are_but_for_what_ends_a_line_or_a_field(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    folder = tree_of(world, int(run)) / "odd"
    folder.mkdir()
    reads_bytes = world.shell is None or world.shell.reads_bytes
    names_here = [name for name in ODD if reads_bytes or b"\xff" not in name]
    for size, name in enumerate(names_here):
        (folder / os.fsdecode(name)).write_bytes(b"x" * size)
    head, *lines, end = page(world, run, "odd")
    assert (head, end) == (b"folder\ttree=there\tentries=%d" % len(names_here), b"end\tmore=no")
    kinds, sizes, names = zip(*(line.split(b"\t") for line in lines), strict=True)
    assert set(kinds) == {b"file"}
    found = {unquote_to_bytes(name): int(size) for name, size in zip(names, sizes, strict=True)}
    assert found == {name: size for size, name in enumerate(names_here)}


def test_pages_follow_one_another(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    folder = tree_of(world, int(run)) / "many"
    folder.mkdir()
    for number in range(7):
        (folder / f"f{number}").touch()
    found = []
    for begin, more in ((0, b"yes"), (3, b"yes"), (6, b"no"), (9, b"no")):
        head, *lines, end = page(world, run, "--from", str(begin), "--most", "3", "--", "many")
        assert (head, end) == (b"folder\ttree=there\tentries=7", b"end\tmore=" + more)
        found += [line.split(b"\t")[2] for line in lines]
    assert found == [b"f%d" % number for number in range(7)]


def test_what_is_no_folder_is_said_and_what_is_empty_is_empty(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    (tree_of(world, int(run)) / "empty").mkdir()
    assert page(world, run, "empty") == [b"folder\ttree=there\tentries=0", b"end\tmore=no"]
    for path in ("nowhere", "data/one", "-x"):
        status, said, why = ask(world, "folder", run, "--", path)
        assert (status, said) == (1, b""), path
        assert f"there is no folder {path} in the run tree of run {run}".encode() in why


@pytest.mark.parametrize("way", ["away", "data/../../..", "data/../away", "round/about"])
def test_no_link_leads_out_of_the_run_tree(each_shell: World, way: str) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    tree = tree_of(world, int(run))
    (tree / "away").symlink_to(world.repo)
    (tree / "round").mkdir()
    (tree / "round/about").symlink_to("../there")
    (tree / "there").symlink_to("away")
    status, said, why = ask(world, "folder", run, way)
    assert (status, said) == (1, b"")
    assert b"leads out of the run tree" in why
    for command in (("log", run, "--file", f"tree:{way}/config"), ("files", run, way)):
        status, said, _ = ask(world, *command)
        assert status == 1
        assert said == b""
    (tree / "key").symlink_to(world.repo / "config")
    assert ask(world, "log", run, "--file", "tree:key")[:2] == (1, b"")


def test_what_stands_in_the_place_of_a_run_tree_is_not_looked_into(each_shell: World) -> None:
    world = each_shell
    outside = world.clone / ".git/outside"
    outside.mkdir()
    (outside / "secret").write_text("a secret\n")
    moves = f"cd .. && mv tree away && ln -s '{outside}' tree"
    run = world.submit({"schedule.sh": f"#!/bin/sh\n\"$GITBATCH\" run sh -c '{moves}'\n"})
    facts = world.settled(run)
    assert facts["state"] == "succeeded"
    assert facts["results"] == "undelivered: a link is in the place of the run tree"
    for words in (["folder", "1"], ["files", "1"], ["log", "1", "--file", "tree:secret"]):
        status, said, complaint = ask(world, *words)
        assert status != 0, words
        assert b"leads out of the run tree" in complaint
        assert b"secret" not in said
    assert "\ttree=unreadable" in world.gitbatch("verify", "1").output
    assert "kept=its results are not delivered" in world.gitbatch("prune").output
    tree_of(world, run).unlink()
    (world.run(run) / "away").rename(tree_of(world, run))
    world.gitbatch("settle", "1")
    assert world.facts(run)["results"] in {"none", "delivered"}
    assert (outside / "secret").read_text() == "a secret\n"


def test_the_folder_of_a_run_is_not_in_its_tree(world: World) -> None:
    run = world.submit(JOB)
    world.settled(run)
    for words in (["folder", "1", ".."], ["files", "1", ".."], ["files", "1", "data/../.."]):
        status, said, complaint = ask(world, *words)
        assert status != 0, words
        assert b"leads out of the run tree" in complaint
        assert b"request" not in said


def test_links_within_the_run_tree_are_followed(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    tree = tree_of(world, int(run))
    (tree / "other").symlink_to("data")
    (tree / "first").symlink_to("other/one")
    assert b"file\t2\tone" in page(world, run, "other")
    assert ask(world, "log", run, "--file", "tree:first")[:2] == (0, b"1\n")


def test_a_run_tree_that_is_gone_is_said_to_be(each_shell: World) -> None:
    world = each_shell
    run = str(world.submit(JOB))
    world.settled(int(run))
    assert world.gitbatch("prune").status == 0
    assert not tree_of(world, int(run)).exists()
    assert page(world, run) == [b"folder\ttree=gone\tentries=0", b"end\tmore=no"]


def test_a_page_of_ten_times_as_many_files_takes_ten_times_as_long_at_most(world: World) -> None:
    run = str(world.submit(JOB))
    took = {}
    for count in (5_000, 50_000):
        folder = tree_of(world, int(run)) / f"{count}"
        folder.mkdir()
        for number in range(count):
            (folder / f"step-{number}.ckpt").touch()
        took[count] = min(seconds_of_page(world, run, count) for _ in range(3))
    assert took[50_000] < 12 * took[5_000]


def seconds_of_page(world: World, run: str, count: int) -> float:
    began = time.perf_counter()
    lines = page(world, run, f"{count}")
    seconds = time.perf_counter() - began
    assert lines[0] == b"folder\ttree=there\tentries=%d" % count
    assert lines[-1] == b"end\tmore=yes"
    assert len(lines) == 502
    return seconds
