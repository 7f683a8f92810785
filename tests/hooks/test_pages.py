"""What there is to read of a run beside its log, and runs with several jobs."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.scripts import schedule
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.worlds import World


def lines(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_declared_files_become_pages_with_their_paths(world: World) -> None:
    secret = world.base / "elsewhere"
    secret.write_text("over there\n")
    number = world.submit(
        schedule(
            "mkdir out; echo inside >out/metrics.log",
            '"$GITBATCH" log-file out/metrics.log',
            f"ln -s {secret} link",
            '"$GITBATCH" log-file linked link; "$GITBATCH" log-file linked link',
            "echo view log with: tail -f out/own.log",
        )
    )
    tree = world.run(number) / "tree"
    pages = lines(world.gitbatch("pages", str(number)).output)
    assert pages == [
        ["output", "log", str(tree / "out/metrics.log"), ""],
        ["schedule", "schedule", str(world.run(number) / "schedule.log"), ""],
        ["metrics.log", "page:metrics.log", str(tree / "out/metrics.log"), ""],
        ["linked", "page:linked", str(tree / "link"), str(secret)],
        ["own.log", "page:own.log", str(tree / "out/own.log"), ""],
    ]
    assert world.gitbatch("log", str(number), "--file", "page:linked").output == "over there\n"


@pytest.mark.parametrize(
    "words", [["a b", "x"], ["../x", "x"], ["", "x"], ["a", "x\ny"], ["a", ""]]
)
def test_a_page_without_a_plain_name_and_path_is_refused(world: World, words: list[str]) -> None:
    number = world.submit(schedule("true"))
    world.env["GITBATCH_RUN_DIR"] = str(world.run(number))
    assert world.gitbatch("log-file", *words).status == 1
    assert not (world.run(number) / "pages").exists()


def test_a_job_without_the_wrapper_shows_its_schedulers_stdout_as_its_log(world: World) -> None:
    number = world.submit(
        schedule(
            "echo printed >job.out",
            '"$GITBATCH" log-file stderr job.err',
            '"$GITBATCH" log-file stdout job.out',
        )
    )
    assert world.gitbatch("log", str(number)).output == "printed\n"


def test_a_run_of_several_jobs_ends_with_the_last_of_them(world: World) -> None:
    number = world.submit(
        schedule(
            '"$GITBATCH" job slurm 11',
            '"$GITBATCH" job slurm 12',
            'SLURM_JOB_ID=11 "$GITBATCH" run sh -c "echo 1 >one"',
        )
    )
    status = world.status(number)
    assert status["reason"] == "1 of 2 jobs ended, the others did not begin"
    assert status["ended"] == "no"
    world.env |= {"GITBATCH_RUN_DIR": str(world.run(number)), "SLURM_JOB_ID": "12"}
    assert world.gitbatch("run", "sh", "-c", "echo 2 >two").status == 0
    assert world.settled(number)["state"] == "succeeded"
    assert {"one", "two"} <= set(world.bare("ls-tree", "--name-only", "master").split())


def test_an_array_has_ended_when_all_its_tasks_have(world: World) -> None:
    task = (
        "SLURM_JOB_ID=7 SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_ID={} "
        '"$GITBATCH" run true'
    )
    number = world.submit(
        schedule('"$GITBATCH" job slurm 7', *(task.format(each) for each in (1, 2)))
    )
    assert world.status(number)["reason"].startswith("2 of 3 jobs ended")
    world.env |= {
        "GITBATCH_RUN_DIR": str(world.run(number)),
        "SLURM_JOB_ID": "9",
        "SLURM_ARRAY_JOB_ID": "7",
        "SLURM_ARRAY_TASK_COUNT": "3",
        "SLURM_ARRAY_TASK_ID": "3",
    }
    assert world.gitbatch("run", "false").status == 1
    assert world.settled(number)["state"] == "failed"
    assert world.facts(number, "started.3")["job"] == "slurm 7_3"


def test_a_job_that_vanished_is_for_its_scheduler_to_tell_of(world: World) -> None:
    number = world.submit(
        schedule(
            'SLURM_JOB_ID=11 "$GITBATCH" run sleep 1000 >/dev/null 2>&1 &',
            'until test -s "$GITBATCH_RUN_DIR/started"; do sleep 0.05; done',
        )
    )
    process = int(world.facts(number, "started")["process"].split()[0])
    children = [int(pid) for pid in _children(process)]
    for pid in (process, *children):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: world.status(number)["state"] == "unknown")
    assert world.status(number)["reason"].endswith("slurm has to be asked")
    answer = world.gitbatch("settle", str(number), "failed", "137", "out of memory")
    assert answer.status == 0, answer.output
    assert world.settled(number)["reason"] == "out of memory"


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_a_mark_of_cancelling_can_be_taken_back(world: World) -> None:
    number = world.submit(schedule("echo Submitted batch job 11"))
    mark = world.run(number) / "cancelled"
    assert world.gitbatch("cancel", "--mark", str(number)).status == 0
    assert mark.exists()
    assert world.gitbatch("cancel", "--unmark", str(number)).status == 0
    assert not mark.exists()
    assert world.status(number)["state"] == "submitted"


def test_what_was_cancelled_is_no_failure_whatever_its_scheduler_says(world: World) -> None:
    number = world.submit(schedule("echo Submitted batch job 11", "echo 1 >half"))
    world.gitbatch("cancel", "--mark", str(number))
    assert world.gitbatch("settle", str(number), "failed", "137", "killed").status == 0
    assert world.settled(number)["state"] == "cancelled"


ARRAY = """export SLURM_ARRAY_JOB_ID=11 SLURM_ARRAY_TASK_COUNT=3
for task in 1 2 10
do
	SLURM_JOB_ID=$((20 + task)) SLURM_ARRAY_TASK_ID=$task \\
		"$GITBATCH" run sh -c "echo task $task; exit $(((task + 1) / 4))"
done
exit 0"""


def test_the_pages_of_an_array_are_in_the_order_of_its_tasks_failed_ones_first(
    world: World,
) -> None:
    number = world.submit(schedule('"$GITBATCH" job slurm 11', ARRAY))
    wait_until(lambda: world.facts(number).get("state") == "failed")
    pages = lines(world.gitbatch("pages", str(number)).output)
    assert [page[:2] for page in pages] == [
        ["output", "log"],
        ["output.11_10", "log.3"],
        ["output.11_1", "log.1"],
        ["output.11_2", "log.2"],
        ["schedule", "schedule"],
    ]
    assert world.gitbatch("log", str(number)).output == "task 10\n"
    assert world.gitbatch("log", str(number), "--file", "log.1").output == "task 1\n"
    assert world.gitbatch("log", str(number), "--file", "log.2").output == "task 2\n"


def test_the_log_is_that_of_the_job_that_failed_whether_it_has_the_wrapper_or_not(
    world: World,
) -> None:
    job = 'SLURM_JOB_ID={0} "$GITBATCH" run sh -c "echo of {0}"'
    plain = '"$GITBATCH" job slurm 13', "echo of 13 >13.out"
    number = world.submit(schedule(*plain, *map(job.format, (11, 12))))
    world.env["GITBATCH_RUN_DIR"] = str(world.run(number))
    assert world.gitbatch("log-file", "stdout", "13.out").status == 0
    assert world.gitbatch("log", str(number)).output == "of 11\n"
    world.tell(number, "job=slurm 13\tstate=failed\texit=1")
    assert world.settled_by_contact(number)["state"] == "failed"
    assert world.gitbatch("log", str(number)).output == "of 13\n"


def test_the_log_of_a_rejected_run_is_what_schedule_sh_printed(world: World) -> None:
    number = world.submit(schedule("echo sbatch: error: invalid partition", "exit 1"))
    assert world.facts(number)["state"] == "rejected"
    assert world.gitbatch("log", str(number)).output == "sbatch: error: invalid partition\n"


def test_the_output_of_a_job_without_the_wrapper_is_the_newest_plain_stdout(world: World) -> None:
    number = world.submit({"schedule.sh": "#!/bin/sh\n", "run.sh": "#!/bin/sh\n"})
    run = world.run(number)
    lines = []
    for name, text in (("stderr.7_1", "e1"), ("stdout.7_2", "o2"), ("stdout.7_1", "o1")):
        (run / name).write_text(text)
        lines.append(f"{name}\t{run / name}\n")
        (run / "pages").write_text("".join(lines))
    assert world.gitbatch("log", str(number)).output == "o2"
    lines.append(f"stdout\t{run / 'stdout.7_1'}\n")
    (run / "pages").write_text("".join(lines))
    assert world.gitbatch("log", str(number)).output == "o1"


def test_files_that_have_their_usual_names_are_pages_though_nobody_named_them(
    world: World,
) -> None:
    number = world.submit(schedule("mkdir sub; cd sub", "echo said >job.o11; echo >job.o111"))
    folder = world.run(number) / "tree/sub"
    record = world.run(number) / "submits/1.2.host"
    record.parent.mkdir(exist_ok=True)
    record.write_text(f"directory: {folder}\nname: job\nscheduler: sge\nid: 11\nexit: 0\n")
    (folder / "job.e11").touch()
    assert pages_beside_schedule(world, number) == [("stdout", folder / "job.o11")]
    assert world.gitbatch("log", str(number)).output == "said\n"
    assert world.gitbatch("log", str(number), "--file", "page:stdout").output == "said\n"
    array = f"directory: {folder}\nname: job\nscheduler: slurm\ntasks: 2\nid: 12\nexit: 0\n"
    record.with_name("1.3.host").write_text(array)
    for name in ("slurm-12_1.out", "slurm-12_2.out", "job.e11"):
        (folder / name).write_text(f"{name}\n")
    named = f"stdout.12_2\t{folder / 'slurm-12_2.out'}\n"
    (world.run(number) / "pages").write_text(named)
    assert pages_beside_schedule(world, number) == [
        ("stdout.12_2", folder / "slurm-12_2.out"),
        ("stdout.11", folder / "job.o11"),
        ("stderr.11", folder / "job.e11"),
        ("stdout.12_1", folder / "slurm-12_1.out"),
    ]


def test_files_are_pages_where_the_options_of_qsub_put_them(each_shell: World) -> None:
    world = each_shell
    number = world.submit(schedule("mkdir logs", "echo o >logs/job.o9; echo e >err"))
    tree = world.run(number) / "tree"
    record = world.run(number) / "submits/1.2.host"
    record.parent.mkdir(exist_ok=True)
    told = f"directory: {tree}\nname: job\noutput: logs\nerrors: {tree}/err\n"
    record.write_text(f"{told}scheduler: sge\ntasks: 2\nid: 9\nexit: 0\n")
    for name in ("job.o9.1", "job.o9.1 old", "job.o9.2\nforged\tpage", "job.o99.1"):
        (tree / "logs" / name).write_text("1\n")
    assert pages_beside_schedule(world, number) == [
        ("stdout", tree / "logs/job.o9"),
        ("stdout.9.1", tree / "logs/job.o9.1"),
        ("stderr", tree / "err"),
    ]


def pages_beside_schedule(world: World, number: int) -> list[tuple[str, Path]]:
    found = lines(world.gitbatch("pages", str(number)).output)
    return [(name, Path(path)) for name, _, path, _ in found if name not in {"output", "schedule"}]
