"""Sweeps: many runs of one commit in one go, each of them once."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.invariants import processes
from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN, NO_JOB, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.worlds import World

SAYS_RATE = '#!/bin/sh\necho "$GITBATCH_OPTION_rate" >rate\n'
WAITS_FOR_GO = "#!/bin/sh\nuntil test -e ../../../go; do sleep 0.1; done\n"


def wanted(commit: str, rows: Sequence[Sequence[str]], key: str = "a", *more: str) -> str:
    """What the subcommand reads, but for the last line."""
    head = [
        f"key={hashlib.sha256(key.encode()).hexdigest()[:32]}",
        "branch=master",
        f"commit={commit}",
    ]
    lines = [*head, *more]
    for number, options in enumerate(rows, 1):
        lines += [f"row={number}", *(f"option={option}" for option in options)]
    return "".join(f"{line}\n" for line in lines)


def start(world: World, text: str) -> list[dict[str, str]]:
    """Start a sweep; the fields of each row, in order of the rows."""
    return rows_of(world, answer_to(world, text))


def answer_to(world: World, text: str) -> list[str]:
    """Start a sweep; the lines of the answer."""
    helper = world.repo / "gitbatch/gitbatch"
    answer = world.call(helper, "sweep", at=world.root, stdin=f"{text}end\n")
    assert answer.status == 0, answer.output
    return answer.lines


def rows_of(world: World, lines: Sequence[str]) -> list[dict[str, str]]:
    fields = [dict(part.partition("=")[::2] for part in line.split("\t")) for line in lines]
    assert "sweep" in fields[-1], lines
    rows = sorted((line for line in fields[:-1] if "row" in line), key=lambda row: int(row["row"]))
    world.receipts += [receipt(world, row) for row in rows if row["began"] == "now"]
    return rows


def receipt(world: World, row: Mapping[str, str]) -> Receipt:
    run = int(row["run"])
    return Receipt(run, world.facts(run, "request")["commit"], row["state"], "master")


def commit(world: World, **files: str) -> str:
    """A commit that is there, and has no run."""
    made = world.commit({name.replace("_", "."): text for name, text in files.items()})
    answer = world.push(options=["gitbatch-sweep"])
    assert answer.receipts == []
    assert answer.status == 0, answer.output
    return made


def runs(world: World) -> set[int]:
    return {int(path.name) for path in (world.base / "runs").glob("[0-9]*")}


def test_what_the_run_trees_of_a_sweep_lack_is_told_once(each_shell: World) -> None:
    world = each_shell
    made = commit(world, schedule_sh=NO_JOB, _gitmodules="", _gitattributes="*.bin filter=lfs\n")
    lines = answer_to(world, wanted(made, [["rate=1"], ["rate=2"], ["rate=3"]]))
    assert len(rows_of(world, lines)) == 3
    warnings = [line for line in lines if line.startswith("gitbatch: warning: ")]
    assert warnings[0] == "gitbatch: warning: submodules arrive as empty directories"
    assert len(warnings) == 1 + (shutil.which("git-lfs", path=world.env["PATH"]) is None)


def test_each_row_is_a_run_with_its_parameters_and_results_of_its_own(each_shell: World) -> None:
    world = each_shell
    made = commit(world, schedule_sh=JOB_OF_ITS_OWN, run_sh=SAYS_RATE)
    rows = start(world, wanted(made, [["rate=1", "seed=7"], ["rate=2 and"], ["rate=3"]]))
    assert [row["began"] for row in rows] == ["now"] * 3
    for number, row in enumerate(rows, 1):
        run = int(row["run"])
        assert world.settled(run)["state"] == "succeeded"
        kept = world.bare("show", f"{world.facts(run)['result']}:rate")
        assert kept.startswith(str(number))
        assert world.facts(run, "request")["sweep"] == rows[0]["run"] or number > 1
    # Whoever ends first has no claim to the branch.
    assert world.tip("master") == made
    log = world.bare("log", "--format=%B", "refs/gitbatch/log")
    sweep = min(int(row["run"]) for row in rows)
    assert log.count(f"\nSweep: {sweep}\n") == 3
    assert "Option: rate=1\nOption: seed=7\n" in log


def test_the_same_sweep_again_starts_nothing_and_tells_of_all(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    first = start(world, wanted(made, [["a=1"], ["a=2"]]))
    again = start(world, wanted(made, [["a=1"], ["a=2"]]))
    assert [row["run"] for row in again] == [row["run"] for row in first]
    assert {row["began"] for row in again} == {"before"}
    assert len(runs(world)) == 2
    other = start(world, wanted(made, [["a=1"], ["a=2"]], "b"))
    assert not {row["run"] for row in other} & {row["run"] for row in first}


def test_nothing_is_started_of_a_part(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    helper = world.repo / "gitbatch/gitbatch"
    answer = world.call(helper, "sweep", at=world.root, stdin=wanted(made, [["a=1"], ["a=2"]]))
    assert answer.status == 1
    assert "nothing was started" in answer.output
    assert runs(world) == set()
    assert list((world.base / "runs").glob(".sweep.wanted*")) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("key=", "key=../", "32 hexadecimal digits"),
        ("commit=", "commit=f", "there is no commit"),
        ("branch=master", "branch=a..b", "no name of a branch"),
        ("branch=", "at-most=0\nbranch=", "take a number"),
    ],
    ids=["key", "commit", "branch", "number"],
)
def test_what_cant_be_is_refused_before_anything_begins(
    world: World, old: str, new: str, why: str
) -> None:
    text = wanted(commit(world, schedule_sh=NO_JOB), [["a=1"]]).replace(old, new, 1)
    helper = world.repo / "gitbatch/gitbatch"
    answer = world.call(helper, "sweep", at=world.root, stdin=f"{text}end\n")
    assert answer.status == 1
    assert why in answer.output
    assert runs(world) == set()


def test_a_rejected_row_says_why_and_others_go_on(world: World) -> None:
    script = (
        '#!/bin/sh\ntest "$GITBATCH_OPTION_A" != 2 && exit\n'
        "echo 'sbatch: error: invalid partition specified: gpu2' >&2\necho bye\nexit 1\n"
    )
    made = commit(world, schedule_sh=script)
    rows = start(world, wanted(made, [["a=1"], ["a=2"], ["a=3"]]))
    assert [row["state"] for row in rows] == ["submitted", "rejected", "submitted"]
    why = "schedule.sh ended with exit status 1: sbatch: error: invalid partition specified: gpu2"
    assert rows[1]["reason"] == why
    assert world.settled(int(rows[1]["run"]))["state"] == "rejected"


@pytest.mark.parametrize("after", [1, 3, 50])
def test_a_sweep_that_was_killed_goes_on_where_it_was(world: World, after: int) -> None:
    script = "#!/bin/sh\necho >>../../../begun $GITBATCH_OPTION_A\n"
    made = commit(world, schedule_sh=script)
    text = wanted(made, [[f"a={number}"] for number in range(1, 61)])
    helper = world.repo / "gitbatch/gitbatch"
    begun = world.base / "begun"
    with subprocess.Popen(
        [helper, "sweep"],
        cwd=world.root,
        env=world.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as sweep:
        assert sweep.stdin
        sweep.stdin.write(f"{text}end\n".encode())
        sweep.stdin.close()

        def count() -> int:
            return len(begun.read_text().split()) if begun.exists() else 0

        wait_until(lambda: count() >= after, what="some to have begun")
        os.killpg(sweep.pid, signal.SIGKILL)
    world.killed = True
    assert sweep.returncode == -signal.SIGKILL
    rows = start(world, text)
    assert len(rows) == 60
    # schedule.sh leads a session of its own, and may have been about to begin.
    wait_until(lambda: len(set(begun.read_text().split())) == 60, what="all to have begun")
    done = begun.read_text().split()
    twice = {number for number in done if done.count(number) > 1}
    lanes = 2 * int(subprocess.check_output(["getconf", "_NPROCESSORS_ONLN"]))
    assert len(twice) <= lanes
    for number in runs(world) - {int(row["run"]) for row in rows}:
        if world.facts(number, "request"):
            assert world.settled_by_contact(number)["state"] == "rejected"
        else:
            # Only its number had been taken; once that is a while ago, a check takes it back.
            os.utime(world.run(number), (0, 0))


KILLS_ITS_GROUP = """#!/bin/sh
case "$*" in
*fast-import*) kill -KILL 0 ;;
esac
exec {git} "$@"
"""


def test_a_run_that_was_interrupted_before_its_record_has_one_with_its_parameters(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    text = wanted(made, [["a=1"], ["a=2"]])
    tools = tmp_path_factory.mktemp("tools")
    git = shutil.which("git", path=world.env["PATH"])
    world.script(tools / "git", KILLS_ITS_GROUP.format(git=git))
    cut = subprocess.run(
        [world.repo / "gitbatch/gitbatch", "sweep"],
        input=f"{text}end\n".encode(),
        env=world.env | {"PATH": f"{tools}:{world.env['PATH']}"},
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert cut.returncode == -signal.SIGKILL
    world.killed = True
    rows = start(world, text)
    assert [row["began"] for row in rows] == ["now", "now"]
    for number in (1, 2):
        assert world.settled_by_contact(number)["state"] == "rejected"
        log = world.bare("log", "--format=%B", f"--grep=run {number} ", "refs/gitbatch/log")
        assert f"run {number} rejected" in log
        assert f"run {number} submitted" in log
        assert f"\nSweep: 1\nOption: a={number}" in log


def test_no_more_than_wanted_run_at_a_time_and_others_overtake(world: World) -> None:
    world.bare("config", "gitbatch.localSlots", "4")
    made = commit(world, schedule_sh=JOB_OF_ITS_OWN, run_sh=WAITS_FOR_GO)
    rows = start(world, wanted(made, [[f"a={n}"] for n in range(6)], "a", "at-most=2"))
    mine = [int(row["run"]) for row in rows]

    def running(numbers: Sequence[int]) -> int:
        return sum((world.run(number) / "started").exists() for number in numbers)

    wait_until(lambda: running(mine) == 2, what="two to run")
    other = world.push("HEAD:refs/heads/other").run
    wait_until(lambda: running([other]) == 1, what="another one to run")
    assert running(mine) == 2
    (world.base / "go").touch()
    for number in (*mine, other):
        assert world.settled(number, 40)["state"] == "succeeded"
    (world.base / "go").unlink()


# The earlier run's ticket comes later, and both know of the free slots before one is taken.
COMES_LATER = """#!/bin/sh
test "$GITBATCH_OPTION_a" = 2 || until test -e ../../../queue/2; do sleep 0.1; done
PATH={tools}:$PATH exec "$GITBATCH" spawn ./run.sh
"""
TAKE_TOGETHER = """#!/bin/sh
case "$*" in
*/queue/slot.*)
	: >{tools}/$$.takes
	until test $(ls {tools} | grep -c takes) -ge 2; do sleep 0.02; done
	;;
esac
exec {ln} "$@"
"""


def test_of_two_that_see_the_same_free_slot_of_their_sweep_one_goes_on_waiting(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world.bare("config", "gitbatch.localSlots", "4")
    tools = tmp_path_factory.mktemp("tools")
    ln = shutil.which("ln", path=world.env["PATH"])
    world.script(tools / "ln", TAKE_TOGETHER.format(tools=tools, ln=ln))
    made = commit(world, schedule_sh=COMES_LATER.format(tools=tools), run_sh=WAITS_FOR_GO)
    start(world, wanted(made, [["a=1"], ["a=2"]], "a", "at-most=1"))

    def begun() -> list[bool]:
        return sorted((world.run(number) / "started").exists() for number in (1, 2))

    wait_until(lambda: any(begun()), what="one to run")
    wait_until(lambda: "sleep 0.2 " in " ".join(processes(world.base).values()), what="a waiter")
    assert begun() == [False, True]
    (world.base / "go").touch()
    for number in (1, 2):
        assert world.settled(number, 40)["state"] == "succeeded"
    (world.base / "go").unlink()


def test_a_row_can_be_a_run_again_and_joins_its_sweep(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    (first,) = start(world, wanted(made, [["a=1"]]))
    text = wanted(made, [["a=1"]], "b", f"sweep={first['run']}").replace("row=1", "row=1 of 1")
    (again,) = start(world, text)
    assert world.facts(int(again["run"]), "request") | {} == world.facts(
        int(again["run"]), "request"
    ) | {"sweep": first["run"], "origin": "rerun 1", "option": "a=1"}


def again(made: str, failed: Sequence[int], sweep: int, key: str) -> str:
    """What a client orders that saw these runs fail, each of them a row a=NUMBER."""
    text = wanted(made, [[f"a={run}"] for run in failed], key, f"sweep={sweep}")
    for row, run in enumerate(failed, 1):
        text = text.replace(f"row={row}\n", f"row={row} of {run}\n")
    return text


def test_clients_that_saw_different_runs_fail_start_each_of_them_again_once(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    first = start(world, wanted(made, [[f"a={number}"] for number in range(1, 5)], "a"))
    old = [int(row["run"]) for row in first]
    some = start(world, again(made, old[:3], old[0], "b"))
    assert {row["began"] for row in some} == {"now"}
    others = start(world, again(made, old[1:], old[0], "c"))
    assert [row["began"] for row in others] == ["before", "before", "now"]
    assert [row["run"] for row in others[:2]] == [row["run"] for row in some[1:]]
    # What has failed once more is run once more.
    (more,) = start(world, again(made, [int(some[0]["run"])], old[0], "d"))
    assert more["began"] == "now"
    assert len(runs(world)) == 4 + 4 + 1


def test_a_run_that_never_began_again_is_started_once_whoever_orders_it(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    (first,) = start(world, wanted(made, [["a=1"]]))
    old = int(first["run"])
    (row,) = start(world, again(made, [old], old, "b"))
    cut = int(row["run"])
    # As if the server had been switched off before schedule.sh.
    for name in ("scheduled", "settled", "schedule.log"):
        (world.run(cut) / name).unlink(missing_ok=True)
    assert world.settled_by_contact(cut)["state"] == "rejected"
    by_the_cut_one = start(world, again(made, [cut], old, "c"))
    by_the_old_one = start(world, again(made, [old], old, "d"))
    assert by_the_cut_one[0]["began"] == "now"
    assert by_the_old_one[0]["began"] == "before"
    assert by_the_old_one[0]["run"] == by_the_cut_one[0]["run"]


def test_what_runs_again_keeps_to_the_limit_of_its_sweep(world: World) -> None:
    made = commit(world, schedule_sh=NO_JOB)
    (first,) = start(world, wanted(made, [["a=1"]], "a", "at-most=2"))
    (row,) = start(world, again(made, [int(first["run"])], int(first["run"]), "b"))
    assert world.facts(int(row["run"]), "request")["at-most"] == "2"
