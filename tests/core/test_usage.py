"""What runs used: in the words of records, of several jobs together, and in those of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base import usage as words
from gitbatch_tui.core.base.format import memory
from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.runs.record_format import runs_in
from gitbatch_tui.core.runs.usage import brief, facts, hint
from gitbatch_tui.core.schedulers.accounting import accounting_of, bytes_of, seconds_of
from gitbatch_tui.models import Run, State, Usage
from tests.support.captures import CAPTURES
from tests.support.servers import condor_replay

if TYPE_CHECKING:
    from collections.abc import Callable

GIB = 2**30
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RUN = Run("batch", 7, State.SUCCEEDED, "master", "0" * 40)
FULL = Usage(
    cpu=3168,
    wall=3600,
    memory=int(3.1 * GIB),
    cores=8,
    memory_asked=64 * GIB,
    limit=18000,
    gpus=1,
    gpu=45,
    reserved=28800,
)


def test_words_are_read_as_they_were_written() -> None:
    assert words.read(words.write(FULL)) == FULL


@pytest.mark.parametrize(
    ("text", "found"),
    {
        "nothing": ("", None),
        "nonsense": ("cpu=much memory==3 wall=-4 reserved", None),
        "endless": (f"cpu={'9' * 400} wall=3", Usage(wall=3)),
        "longer than any time": (f"cpu={'9' * 15} wall=3", Usage(wall=3)),
        "of a later version": ("joules=12 cpu=1.5", Usage(cpu=1.5)),
    }.values(),
    ids=("nothing", "nonsense", "endless", "longer than any time", "of a later version"),
)
def test_of_a_record_only_numbers_with_a_known_name_count(text: str, found: Usage | None) -> None:
    assert words.read(text) == found


def test_amounts_that_make_no_sense_are_as_if_nobody_had_said_them() -> None:
    told = Usage(cpu=1e-5, wall=1e13, memory=10**33, cores=-1, limit=60)
    whole = words.together([told])
    assert whole == Usage(cpu=1e-5, limit=60)
    assert words.write(whole) == "cpu=0.00001 limit=60"


def test_times_are_summed_only_where_all_jobs_tell_theirs() -> None:
    one, other = Usage(cpu=10, wall=20, cores=2, memory=5), Usage(cpu=5, wall=50, cores=1, memory=9)
    both = words.together([one, other])
    assert both == Usage(cpu=15, wall=50, cores=2, memory=9, reserved=90)
    assert words.together([one, replace(other, cpu=None)]) == replace(both, cpu=None)
    assert words.together([one, replace(other, cores=None)]) == replace(both, reserved=None)
    assert words.together([]) is None


def test_what_is_found_out_later_leaves_what_it_does_not_know() -> None:
    early = Usage(cpu=10, wall=20, memory=5)
    assert words.completed(early, Usage(memory=9, limit=60)) == replace(early, memory=9, limit=60)


@pytest.mark.parametrize(
    ("run", "said"),
    {
        "all": (replace(RUN, used=FULL), "cpu 11 %  mem 3.1 of 64 GiB  gpu 45 %  time 20 %"),
        "nothing asked for": (
            replace(RUN, used=Usage(cpu=412.5, wall=460, memory=GIB // 2)),
            "cpu 6m52s  mem 512 MiB",
        ),
        "running": (
            replace(
                RUN,
                state=State.RUNNING,
                started=NOW - timedelta(minutes=15),
                deadline=NOW + timedelta(minutes=45),
            ),
            "time 25 %",
        ),
        "an old record": (RUN, ""),
    }.values(),
    ids=("all", "nothing asked for", "running", "an old record"),
)
def test_a_column_has_what_is_known(run: Run, said: str) -> None:
    assert brief(run, NOW) == said


def test_people_read_what_was_used_and_asked_for_in_sentences() -> None:
    assert dict(facts(replace(RUN, used=FULL), NOW)) == {
        "used": "52m48s of CPU time (11 % of its cores), 3.1 GiB of memory, GPUs 45 % busy, "
        "20 % of its time",
        "asked for": "8 cores, 1 GPU, 64 GiB of memory, 5h00m",
    }


def test_a_run_that_goes_on_has_time_left() -> None:
    run = replace(RUN, state=State.RUNNING, deadline=NOW + timedelta(minutes=90))
    assert dict(facts(run, NOW)) == {"time left": "1h30m, until 2026-11-26 13:30 UTC"}


@pytest.mark.parametrize(
    ("change", "said"),
    {
        "little memory": ({}, "3.1 of 64 GiB of memory: with less asked for, it may begin sooner"),
        "all of it": ({"memory": 60 * GIB}, ""),
        "a core of eight": (
            {"cpu": 2800, "memory": 60 * GIB},
            "0.8 of 8 cores: with less asked for, it may begin sooner",
        ),
        "one core, which nobody can halve": (
            {"cpu": 20, "cores": 1, "reserved": 3600, "memory": 60 * GIB},
            "",
        ),
        "much too long a limit": (
            {"memory": 60 * GIB, "limit": 360000},
            "1h00m of 4d04h: with less asked for, it may begin sooner",
        ),
        "a job of a minute": ({"wall": 60.0}, ""),
    }.values(),
    ids=(
        "little memory",
        "all of it",
        "a core of eight",
        "one core, which nobody can halve",
        "much too long a limit",
        "a job of a minute",
    ),
)
def test_a_hint_is_given_where_a_tenth_or_less_was_used(
    change: dict[str, float], said: str
) -> None:
    run = replace(RUN, used=replace(FULL, **change))  # type: ignore[arg-type]  # numbers
    assert hint(run) == said
    assert hint(replace(run, state=State.FAILED)) == ""


def test_memory_is_written_in_the_units_in_which_it_is_asked_for() -> None:
    assert [memory(count) for count in (0, 1536, 64 * GIB, 5 * 2**40)] == [
        "0 bytes",
        "1.5 KiB",
        "64 GiB",
        "5 TiB",
    ]


def test_records_without_it_are_read_as_before_and_accounting_has_the_last_word() -> None:
    end = {"Run": "7", "State": "succeeded", "Branch": "master", "Commit": "0" * 40}
    old, *_ = runs_in("batch", [end])
    assert (old.used, old.accounted) == (None, False)
    later = {"Run": "7", "Finding": "used", "Used": "memory=900 limit=60"}
    run, *_ = runs_in("batch", [later, end | {"Used": "cpu=1.5 wall=2 memory=800"}])
    assert run.used == Usage(cpu=1.5, wall=2, memory=900, limit=60)
    assert run.accounted


# What accounting prints


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4504K", 4504 * 1024),
        ("64Gn", 64 * GIB),
        ("200mb", 200 * 2**20),
        ("4.961MB", 5201985),
        *((text, None) for text in ("0", "", "16?", "99 apples", f"{'9' * 400}K")),
    ],
)
def test_sizes_are_read_in_every_scheduler_s_way(text: str, amount: int | None) -> None:
    assert bytes_of(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("00:00:05", 5),
        ("1-02:03:04", 93784),
        ("02:03.500", 123.5),
        ("0.016s", 0.016),
        *((text, None) for text in ("UNLIMITED", "", "9" * 400)),
    ],
)
def test_times_are_read_in_every_scheduler_s_way(text: str, amount: float | None) -> None:
    assert seconds_of(text) == amount


def asked(scheduler: str, said: str, job: str) -> Usage | None:
    accounting = accounting_of(scheduler)
    assert accounting
    return words.together(accounting.read(Answer(0, said.encode(), b""), [job]).get(job, []))


def capture(name: str) -> str:
    lines = (CAPTURES / name).read_text().splitlines()
    return "".join(f"{line[3:]}\n" for line in lines if line.startswith("O: "))


def test_pbs_tells_what_a_job_used_of_what_it_had_asked_for() -> None:
    said = capture("pbs/finished_resources.txt")
    assert asked("pbs", said, "461.node1") == Usage(
        cpu=4, wall=9, memory=4420 * 1024, cores=2, memory_asked=200 * 2**20, limit=30, reserved=18
    )


def test_of_a_job_that_pbs_still_runs_nothing_is_said() -> None:
    said = capture("pbs/qstat_running.txt")
    assert "Job Id: 58.node1" in said
    assert asked("pbs", said, "58.node1") is None


def test_condor_tells_of_processors_memory_and_time() -> None:
    said = condor_replay.captured("021-h-json-done0")
    assert asked("htcondor", said, "2") == Usage(
        cpu=0, wall=5, memory=5512 * 1024, cores=1, memory_asked=64 * 2**20, reserved=5
    )


def test_of_a_cluster_some_of_which_is_in_the_queue_condor_says_nothing() -> None:
    said = condor_replay.captured("021-h-json-done0")
    assert asked(
        "htcondor", said.replace('"TotalSubmitProcs": 1', '"TotalSubmitProcs": 3'), "2"
    ) is (None)


def test_grid_engine_tells_of_the_memory_that_is_limited() -> None:
    said = capture("sge/qacct_done.txt").replace(
        "category     NONE", "category     -l h_rt=3600,h_vmem=2G -pe smp 4"
    )
    used = asked("sge", said.replace("slots        1 ", "slots        4 "), "1")
    assert used == Usage(
        cpu=0.016,
        wall=5,
        memory=5201985,
        cores=4,
        memory_asked=8 * GIB,
        limit=3600,
        reserved=20,
    )


GPU = "gres/gpuutil=35"


def slurm(*lines: tuple[str, ...]) -> str:
    return "".join("\x1f".join(line) + "\n" for line in lines) + "\x1d\n"


SLURM: dict[str, tuple[str, Callable[[], Usage | None]]] = {
    "tasks of a step count together": (
        slurm(
            ("7", "COMPLETED", "100", "01:40.0", "8", "2", "4Gn", "mem=8G", "60", "", "", ""),
            ("7.batch", "COMPLETED", "100", "00:01", "4", "1", "", "", "", "900K", "mem=900K", ""),
            ("7.extern", "COMPLETED", "100", "00:00", "8", "2", "", "", "", "9999G", "", ""),
            ("7.0", "COMPLETED", "99", "01:39", "8", "2", "", "", "", "1M", "mem=6M", GPU),
        ),
        lambda: Usage(
            cpu=100, wall=100, memory=3 * 2**20, gpu=35, cores=8, memory_asked=4 * GIB,
            limit=3600, reserved=800,
        ),
    ),
    "a job that goes on": (
        slurm(("7", "RUNNING", "100", "00:00", "8", "1", "", "", "60", "", "", "")),
        lambda: None,
    ),
    "an array of which some wait": (
        slurm(
            ("7_1", "COMPLETED", "9", "00:09", "1", "1", "", "", "", "", "", ""),
            ("7_[2-9]", "PENDING", "0", "00:00", "1", "1", "", "", "", "", "", ""),
        ),
        lambda: None,
    ),
    "without steps, its processor time is not known": (
        slurm(("7", "CANCELLED by 1001", "0", "00:00:00", "0", "1", "", "", "", "", "", "")),
        lambda: Usage(wall=0),
    ),
    "garbage": ("slurmdbd: error\n\x1d\n", lambda: None),
}  # fmt: skip


@pytest.mark.parametrize(("said", "used"), SLURM.values(), ids=SLURM.keys())
def test_what_sacct_prints_is_understood(said: str, used: Callable[[], Usage | None]) -> None:
    assert asked("slurm", said, "7") == used()
