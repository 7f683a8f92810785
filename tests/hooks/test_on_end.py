"""BASE/on-end: a program of the owner's that is run once for each run that ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.hooks.conftest import need_groups
from tests.support.invariants import is_alive
from tests.support.people import GROUP, only_root
from tests.support.scripts import schedule
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.groups import Group
    from tests.support.worlds import World

TELL = """#!/bin/sh
echo once >>told
for fact in NAME RUN STATE EXIT BRANCH
do
	eval "printf '%s|' \"\\$GITBATCH_$fact\""
done >facts
printf '%s' "$GITBATCH_REASON" >reason
printf '%s' "$GITBATCH_LOG_TAIL" >tail
mv facts ended
"""
FAILS = '"$GITBATCH" run sh -c \'echo "one error"; exit 3\''


def put(world: World, text: str) -> Path:
    path = world.base / "on-end"
    world.script(path, text)
    return path


def log(world: World, number: int) -> str:
    path = world.run(number) / "on-end.log"
    wait_until(lambda: path.exists() and path.read_text())
    return path.read_text()


def test_it_hears_how_a_run_ended(each_shell: World) -> None:
    world = each_shell
    put(world, TELL)
    number = world.submit(schedule(FAILS))
    wait_until((world.base / "ended").exists)
    facts = (world.base / "ended").read_text()
    assert facts == f"base#{number}|{number}|failed|3|master|"
    assert (world.base / "reason").read_text() == "exit status 3: one error"
    assert (world.base / "tail").read_text() == "one error"


def test_of_several_jobs_it_hears_the_end_of_the_log_of_one_that_failed(world: World) -> None:
    put(world, TELL)
    job = 'SLURM_JOB_ID={0} "$GITBATCH" run sh -c "echo of {0}; test {0} != 12"'
    world.submit(schedule(*map(job.format, (11, 12, 13)), "exit 0"))
    wait_until((world.base / "ended").exists)
    assert (world.base / "tail").read_text() == "of 12"


def test_it_hears_the_end_of_what_a_job_without_the_wrapper_printed(world: World) -> None:
    put(world, TELL)
    stdout = "echo printed >job.out", '"$GITBATCH" log-file stdout job.out'
    number = world.submit(schedule('"$GITBATCH" job slurm 11', *stdout))
    world.gitbatch("settle", str(number), "failed")
    wait_until((world.base / "ended").exists)
    assert (world.base / "tail").read_text() == "printed"


def test_it_is_run_once_for_an_end_whoever_settles(world: World) -> None:
    number = world.submit(schedule('"$GITBATCH" job slurm 4711'))
    put(world, TELL)
    world.gitbatch("settle", str(number), "lost")
    wait_until((world.base / "ended").exists)
    assert f"|{number}|lost|" in (world.base / "ended").read_text()
    for state in ("lost", "lost", "succeeded"):
        world.gitbatch("settle", str(number), state)
    # Another end is told; it is the last one that is awaited.
    wait_until(lambda: "|succeeded|" in (world.base / "ended").read_text())
    assert (world.base / "told").read_text() == "once\n" * 2


def test_its_failure_changes_nothing_and_is_kept(world: World) -> None:
    put(world, "#!/bin/sh\necho no network >&2\nexit 9\n")
    number = world.submit(schedule('"$GITBATCH" run true'))
    assert world.settled(number)["state"] == "succeeded"
    assert log(world, number) == "no network\n"


def test_one_that_hangs_is_ended_with_all_that_it_began(each_shell: World) -> None:
    world = each_shell
    world.bare("config", "gitbatch.onEndSeconds", "1")
    put(world, "#!/bin/sh\ntrap '' TERM\nsleep 987 &\necho $$ $! >>processes\nwait; sleep 986\n")
    number = world.submit(schedule('"$GITBATCH" run true'))
    assert world.settled(number)["state"] == "succeeded"
    assert "it was ended after 1 s" in log(world, number)
    processes = (world.base / "processes").read_text().split()
    assert len(processes) == 2
    wait_until(lambda: not any(is_alive(each) for each in processes))


def test_what_it_leaves_behind_has_no_more_time_than_itself(each_shell: World) -> None:
    world = each_shell
    need_groups(world)
    world.bare("config", "gitbatch.onEndSeconds", "2")
    put(world, "#!/bin/sh\n(trap '' TERM HUP; exec sleep 985) &\necho $! >left\nexit 0\n")
    number = world.submit(schedule('"$GITBATCH" run true'))
    assert world.settled(number)["state"] == "succeeded"
    assert "it was ended after 2 s" in log(world, number)
    left = (world.base / "left").read_text().strip()
    wait_until(lambda: not is_alive(left))


def test_a_subject_that_no_program_can_be_given_is_cut(each_shell: World) -> None:
    world = each_shell
    put(world, '#!/bin/sh\nprintf %s "$GITBATCH_SUBJECT" >new\nmv new subject\n')
    world.commit(schedule('"$GITBATCH" run true'))
    message = world.clone / ".git/message"
    message.write_text("x" * 300_000)
    world.git("commit", "-q", "--amend", "-F", str(message))
    assert world.settled(world.push().run)["state"] == "succeeded"
    wait_until((world.base / "subject").exists)
    assert (world.base / "subject").read_text() == "x" * 4000


def test_only_a_file_is_read_for_the_end_of_the_log(world: World) -> None:
    put(world, TELL)
    job = "rm ../log ../schedule.log && mkfifo ../schedule.log ../on-end.log"
    number = world.submit(schedule(f"\"$GITBATCH\" run sh -c '{job}'"))
    world.settled(number)
    wait_until((world.base / "ended").exists)
    assert (world.base / "tail").read_text() == ""


def test_what_it_prints_is_bounded(world: World) -> None:
    put(world, "#!/bin/sh\nwhile :; do echo printed without an end; done\n")
    number = world.submit(schedule('"$GITBATCH" run true'))
    world.settled(number)
    path = world.run(number) / "on-end.log"
    wait_until(lambda: path.exists() and path.stat().st_size >= 2**19)
    assert path.stat().st_size <= 2**21


def test_a_push_does_not_wait_for_it(world: World) -> None:
    put(world, "#!/bin/sh\nwhile test ! -e go; do sleep 0.1; done\n: >ended\n")
    first = world.submit(schedule("exit 1"))
    began = time.monotonic()
    world.submit(schedule('"$GITBATCH" run true'))
    assert time.monotonic() - began < 30
    assert not (world.base / "ended").exists()
    (world.base / "go").touch()
    world.settled(first)
    wait_until((world.base / "ended").exists)


UNFIT: dict[str, tuple[Callable[[Path], object], str]] = {
    "writable by others": (lambda path: path.chmod(0o757), "others can write to it: 'chmod go-w"),
    "writable by a group": (lambda path: path.chmod(0o775), "others can write to it: 'chmod go-w"),
    "not executable": (lambda path: path.chmod(0o644), "it is not executable"),
    "a link": (lambda path: path.symlink_to(path.rename(f"{path}.real")), "it is no file"),
}


@pytest.mark.parametrize(("spoil", "why"), UNFIT.values(), ids=UNFIT.keys())
def test_one_that_somebody_else_may_have_written_is_not_run(
    world: World, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(put(world, TELL))
    number = world.submit(schedule('"$GITBATCH" run true'))
    assert why in log(world, number)
    assert not (world.base / "told").exists()
    assert f"note: {world.base}/on-end is not run: {why}" in world.gitbatch("check").output
    (world.base / "on-end").unlink()


@only_root
def test_in_a_group_it_is_the_owners_alone(group: Group) -> None:
    group.install("--shared", str(GROUP))
    path = group.base / "on-end"
    told = group.folder / "told"
    told.mkdir()
    told.chmod(0o777)
    text = f"#!/bin/sh\ncd {told}\nid -u >new.$GITBATCH_RUN\nmv new.$GITBATCH_RUN $GITBATCH_RUN\n"
    for number, (writer, runs) in enumerate([(group.anna, True), (group.ben, False)], 1):
        path.write_text(text)
        path.chmod(0o755)
        writer.owns(path)
        group.submit(group.ben, f"#!/bin/sh\necho {number}\n")
        group.settled(number)
        if runs:
            # Of a member's run, as that member, whom the owner's programs serve anyway.
            wait_until((told / str(number)).exists)
            assert (told / str(number)).read_text() == f"{group.ben.uid}\n"
        else:
            log_of = group.base / f"runs/{number}/on-end.log"
            wait_until(lambda log_of=log_of: log_of.exists() and log_of.read_text())  # type: ignore[misc]  # bound now
            assert "it is not that of the owner" in log_of.read_text()
            assert not (told / str(number)).exists()
