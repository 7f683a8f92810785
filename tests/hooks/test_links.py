"""Links that lead out of a run tree: what is said of them, what is refused, what is recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import Answer, World

HASH = "v1-sha256-128M-aa669dcefba57e01bd7ff0526a0001d2118f06adc8106d265b5743b0ee90084f"
JOB = {"schedule.sh": JOB_OF_ITS_OWN, "run.sh": "#!/bin/sh\ncat data/iris.csv\n"}


@pytest.fixture
def each(each_shell: World) -> World:
    return each_shell


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is no part of the world."""
    return tmp_path_factory.mktemp("out side")


def frozen(world: World, outside: Path) -> Path:
    """Read-only data under its hash, and `data` in the clone is a link to it."""
    data = outside / HASH
    data.mkdir()
    (data / "iris.csv").write_text("5.1,3.5\n")
    (data / "iris.csv").chmod(0o444)
    data.chmod(0o555)
    link(world, "data", data)
    return data


def link(world: World, name: str, target: str | Path) -> None:
    path = world.clone / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def push(world: World) -> Answer:
    world.commit({"schedule.sh": NO_JOB})
    return world.push()


def links_of(world: World, run: int = 1) -> list[list[str]]:
    lines = (world.run(run) / "links").read_text().splitlines()
    assert all(line.startswith("link: ") for line in lines)
    return [line.removeprefix("link: ").split("\t") for line in lines]


def warnings_in(answer: Answer) -> list[str]:
    return [line for line in answer.lines if line.startswith("gitbatch: warning: ")]


def test_a_link_to_frozen_data_is_recorded_with_its_hash(each: World, outside: Path) -> None:
    data = frozen(each, outside)
    run = each.submit(JOB)
    facts = each.settled(run)
    assert facts["state"] == "succeeded"
    assert (each.run(run) / "log").read_text() == "5.1,3.5\n"
    expected = f"data\t{data}\tok\t{HASH}"
    assert facts["link"] == expected
    record = each.bare("log", "-1", "--format=%B", "refs/gitbatch/log")
    assert f"Link: {expected}" in record.splitlines()


def test_a_good_link_is_not_worth_a_word(each: World, outside: Path) -> None:
    frozen(each, outside)
    assert warnings_in(push(each)) == []


def test_a_link_into_a_file_of_frozen_data_has_the_hash_too(each: World, outside: Path) -> None:
    data = frozen(each, outside)
    link(each, "deep/er/iris", data / "iris.csv")
    push(each)
    assert ["deep/er/iris", str(data / "iris.csv"), "ok", HASH] in links_of(each)


def test_a_link_over_another_link_is_recorded_with_where_it_ends(
    each: World, outside: Path
) -> None:
    data = frozen(each, outside)
    (outside / "between").symlink_to(data)
    link(each, "again", outside / "between")
    push(each)
    assert ["again", str(data), "ok", HASH] in links_of(each)


def test_links_within_the_tree_and_trees_without_links_leave_no_trace(each: World) -> None:
    each.write({"folder/file": "x\n"})
    link(each, "file", "folder/file")
    link(each, "folder/up", "..")
    link(each, "nowhere", "missing")
    assert warnings_in(push(each)) == []
    assert not (each.run(1) / "links").exists()


BAD = {
    "missing": "is missing",
    "writable": "can be changed while the job runs",
    "writable file": "can be changed while the job runs",
    "far away": "is missing",
}


def bad(world: World, outside: Path, name: str) -> str:
    """Make `data` a link of that kind; its target."""
    (outside / "file").write_text("x")
    targets: dict[str, str | Path] = {
        "missing": outside / "gone",
        "writable": outside,
        "writable file": outside / "file",
        "far away": "../../../../../../../../../../../no/such/place",
    }
    link(world, "data", targets[name])
    return str(targets[name])


@pytest.mark.parametrize("name", BAD)
def test_a_bad_link_is_told_in_the_push_and_the_run_goes_on(
    name: str, each: World, outside: Path
) -> None:
    target = bad(each, outside, name)
    answer = push(each)
    (warning,) = warnings_in(answer)
    assert warning.startswith("gitbatch: warning: the link data leads to ")
    assert warning.endswith(f"{target}, which {BAD[name]}")
    assert [receipt.state for receipt in answer.receipts] == ["submitted"]
    assert links_of(each)[0][2] == BAD[name].replace("is missing", "missing").replace(
        "can be changed while the job runs", "writable"
    )


@pytest.mark.parametrize("name", ["missing", "writable"])
def test_a_bad_link_is_refused_where_that_is_asked_for(
    name: str, each: World, outside: Path
) -> None:
    each.bare("config", "gitbatch.checkLinks", "refuse")
    target = bad(each, outside, name)
    answer = push(each)
    assert [receipt.state for receipt in answer.receipts] == ["rejected"]
    facts = each.settled(1)
    assert facts["state"] == "rejected"
    assert f"the link data leads to {target}, which {BAD[name]}" in answer.output
    assert facts["reason"] == f"the link data leads to {target}, which {BAD[name]}"
    assert facts["link"].startswith(f"data\t{target}\t")
    assert not (each.run(1) / "schedule.log").exists()


def test_who_refuses_several_bad_links_says_where_all_of_them_are(world: World) -> None:
    world.bare("config", "gitbatch.checkLinks", "refuse")
    link(world, "data", "/no/such/place")
    link(world, "more", "/no/such/place")
    push(world)
    reason = world.settled(1)["reason"]
    assert reason.endswith(f"which is missing (2 such links in {world.run(1)}/links)")


def test_refusing_refuses_only_bad_links(world: World, outside: Path) -> None:
    world.bare("config", "gitbatch.checkLinks", "refuse")
    frozen(world, outside)
    assert [receipt.state for receipt in push(world).receipts] == ["submitted"]


def test_switched_off_nothing_is_said(world: World, outside: Path) -> None:
    world.bare("config", "gitbatch.checkLinks", "off")
    bad(world, outside, "missing")
    answer = push(world)
    assert warnings_in(answer) == []
    assert [receipt.state for receipt in answer.receipts] == ["submitted"]


def test_many_bad_links_are_told_in_few_lines(world: World) -> None:
    for number in range(30):
        link(world, f"links/{number}", "/no/such/place")
    answer = push(world)
    assert len(warnings_in(answer)) == 11
    assert f"all 30 such links are in {world.run(1)}/links" in warnings_in(answer)[-1]
    assert len(links_of(world)) == 30


def test_a_large_tree_is_looked_through_as_well(each: World, outside: Path) -> None:
    data = frozen(each, outside)
    each.write({f"many/{number}": "" for number in range(600)})
    link(each, "zzz/last", data)
    link(each, ".hidden", data)
    push(each)
    assert sorted(links_of(each)) == [
        [name, str(data), "ok", HASH] for name in (".hidden", "data", "zzz/last")
    ]


def test_names_of_links_are_only_text(each: World) -> None:
    names = ["-n", "$(touch pwn)", "a b", "x'y\"z", "*", "[a]", "..dots", "tab\there", "line\nend"]
    for name in names:
        link(each, name, "/no/such/place")
    push(each)
    shown = {name.replace("\t", " ").replace("\n", " ") for name in names}
    assert {found[0] for found in links_of(each)} == shown
    assert not list(each.root.rglob("pwn"))


def test_a_job_can_ask_for_its_links_itself(each: World, outside: Path) -> None:
    data = frozen(each, outside)
    asking = '#!/bin/sh\n"$GITBATCH" check-links\necho "status $?"\n'
    run = each.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": asking})
    each.settled(run)
    log = (each.run(run) / "log").read_text()
    assert log == f"data\t{data}\tok\t{HASH}\nstatus 0\n"
    link(each, "gone", "/no/such/place")
    again = each.submit({})
    each.settled(again)
    assert (each.run(again) / "log").read_text().endswith("status 1\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_root_may_read_what_nobody_may_write(world: World, outside: Path) -> None:
    data = frozen(world, outside)
    assert os.access(data, os.W_OK), "root may write everywhere"
    push(world)
    assert links_of(world)[0][2] == "ok"
