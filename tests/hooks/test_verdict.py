"""What a run is follows from the evidence alone: in any order, and also after it was settled."""

from __future__ import annotations

import os
import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.scripts import schedule
from tests.support.squeue import has_squeue
from tests.support.waiting import wait_until
from tests.support.worlds import NO_JOB

if TYPE_CHECKING:
    from tests.support.worlds import World

PRINTED = "#!/bin/sh\necho 'Submitted batch job 7'\necho 'Submitted batch job 8'\n"
NAMED = '#!/bin/sh\n"$GITBATCH" job slurm 7\n"$GITBATCH" job slurm 8\n'
ELSEWHERE = "4711 1 0000-boot/1 node17"
"""A process on a machine that can't be seen from here."""
ORDERS = 100 if os.environ.get("GITBATCH_FUZZ") == "all" else 3

Step = tuple[str, ...]


def began(mark: str, job: str, minute: int) -> Step:
    text = f"host: node17\ntime: 2026-11-24T10:{minute:02}:00Z\nprocess: {ELSEWHERE}\njob: {job}\n"
    return f"started{mark}", text


def ended(mark: str, status: int, minute: int) -> Step:
    return f"finished{mark}", f"exit: {status}\nsignal: \ntime: 2026-11-24T10:{minute:02}:00Z\n"


def said(job: str, state: str, status: str = "") -> Step:
    return "tell", f"job={job}\tstate={state}\texit={status}"


SEVEN = [began("", "slurm 7", 0), ended("", 0, 9)]
EIGHT = [began(".2", "slurm 8", 3), ended(".2", 3, 4)]
RANK = [began(".2", "slurm 7", 1), ended(".2", 5, 11)]

LOST = ("settle", "lost", "", "its node burned down")

EVIDENCE: dict[str, tuple[list[list[Step]], tuple[str, str]]] = {
    "a job's own word is above its scheduler's and a person's": (
        [SEVEN, EIGHT, [said("slurm 8", "succeeded", "0")], [LOST]],
        ("failed", "3"),
    ),
    "a scheduler's word counts where a job has none": (
        [SEVEN, [said("slurm 8", "failed", "9")], [said("slurm 8", "absent")]],
        ("failed", "9"),
    ),
    "a person's word is above a scheduler's": (
        [SEVEN, [said("slurm 8", "succeeded", "0")], [LOST]],
        ("lost", ""),
    ),
    "the worst rank of a job is its end": (
        [SEVEN, RANK, [said("slurm 8", "succeeded", "0")]],
        ("failed", "5"),
    ),
    "what was cancelled and failed is cancelled": (
        [SEVEN, EIGHT, [("cancel",)]],
        ("cancelled", "3"),
    ),
}


def shuffled(parts: list[list[Step]], chance: random.Random) -> list[Step]:
    """All steps in random order, but each part in its own; and somebody looks in between."""
    others: list[list[Step]] = [[("look",)], [("commit",)], [("settle",)]]
    left = [list(part) for part in [*parts, *others]]
    steps = []
    while left:
        part = chance.choice(left)
        steps.append(part.pop(0))
        left = [each for each in left if each]
    return steps


def take(world: World, run: int, step: Step) -> None:
    kind, *words = step
    if kind == "look":
        world.gitbatch("status")
    elif kind == "settle":
        world.gitbatch("settle", str(run), *words)
    elif kind == "cancel":
        world.gitbatch("cancel", "--mark", str(run))
    elif kind == "tell":
        world.tell(run, *words)
    elif kind == "commit":
        tree = world.run(run) / "tree"
        (tree / "made").write_text(f"{run}\n")
        world.git("add", "made", at=tree)
        world.git("commit", "-q", "-m", "made", at=tree)
    else:
        (world.run(run) / kind).write_text(words[0])


def outcome(world: World, run: int) -> tuple[str, str]:
    """What the run is settled as, once nothing more is to be settled or asked."""
    world.tell(run, "asked=slurm")
    wait_until(lambda: world.status(run)["ended"] == "settled", 20, f"run {run} to be settled")
    world.settled_by_contact(run)
    facts = world.settled(run)
    assert world.gitbatch("check").output == "ok\n"
    assert world.bare("show", f"{facts['result']}:made") == str(run)
    return facts["state"], facts.get("exit", "")


@pytest.mark.parametrize(("parts", "expected"), EVIDENCE.values(), ids=EVIDENCE)
def test_in_whatever_order_the_evidence_comes_the_end_is_the_same(
    world: World, parts: list[list[Step]], expected: tuple[str, str]
) -> None:
    chance = random.Random(str(expected))
    world.commit({"schedule.sh": PRINTED})
    for number in range(ORDERS):
        run = world.push(f"HEAD:refs/heads/order{number}").run
        steps = shuffled(parts, chance)
        for step in steps:
            take(world, run, step)
        assert outcome(world, run) == expected, steps


def write(world: World, run: int, *steps: Step) -> None:
    for step in steps:
        take(world, run, step)


def states(world: World, run: int) -> list[str]:
    """What history says of a run, oldest first."""
    subjects = world.bare("log", "--reverse", "--format=%s", "refs/gitbatch/log").splitlines()
    return [line.split()[2] for line in subjects if line.startswith(f"run {run} ")]


def under_slurm(world: World, run: int, job: str, *command: str) -> int:
    """Run a command in our wrapper, as a job of Slurm would; its exit status."""
    env = {"SLURM_JOB_ID": job, "GITBATCH_RUN_DIR": str(world.run(run))}
    helper = world.repo / "gitbatch/gitbatch"
    return world.call(helper, "run", *command, at=world.run(run) / "tree", env=env).status


LATER = {
    "a person's word": [LOST],
    "a scheduler that knew nothing of it": [
        said("slurm 7", "cancelled"),
        said("slurm 8", "cancelled"),
    ],
}


@pytest.mark.parametrize("steps", LATER.values(), ids=LATER)
def test_jobs_that_begin_after_the_end_open_their_run_again(
    each_shell: World, steps: list[Step]
) -> None:
    world = each_shell
    run = world.submit({"schedule.sh": NAMED})
    write(world, run, *steps)
    before = world.settled(run)["state"]
    assert under_slurm(world, run, "7", "sh", "-c", "echo 7 >seven") == 0
    assert world.status(run)["state"] == before, "that is still said of the other job"
    assert under_slurm(world, run, "8", "sh", "-c", "echo 8 >eight") == 0
    facts = world.settled_by_contact(run)
    assert (facts["state"], facts["exit"]) == ("succeeded", "0")
    assert states(world, run)[:2] == ["submitted", before]
    assert states(world, run)[-1] == "succeeded"
    names = world.bare("ls-tree", "--name-only", "master").split()
    assert {"seven", "eight"} <= set(names)


def test_the_run_of_several_jobs_goes_from_the_first_start_to_the_last_end(world: World) -> None:
    run = world.submit({"schedule.sh": NAMED})
    write(world, run, *SEVEN)
    status = world.status(run)
    assert (status["state"], status["reason"]) == (
        "running",
        "1 of 2 jobs ended, the others did not begin",
    )
    write(world, run, *EIGHT)
    facts = world.settled_by_contact(run)
    assert (facts["started"], facts["finished"], facts["jobs"]) == (
        "2026-11-24T10:00:00Z",
        "2026-11-24T10:09:00Z",
        "2",
    )
    assert (facts["state"], facts["exit"]) == ("failed", "3")
    lines = world.bare("show", "refs/gitbatch/log:tasks").splitlines()
    tasks = [dict(part.partition("=")[::2] for part in line.split("\t")) for line in lines]
    told = [(task["job"], task["state"], task["exit"], task["log"]) for task in tasks]
    assert told == [("slurm 7", "succeeded", "0", "log"), ("slurm 8", "failed", "3", "log.2")]


def test_tasks_are_listed_by_their_numbers(world: World) -> None:
    run = world.submit({"schedule.sh": "#!/bin/sh\necho 'Submitted batch job 12'\n"})
    ids = ["12_10", "12_9", "12_100"]
    words = [f"job=slurm {each}\tstate=succeeded\texit=0\thost=n1\ttasks=3" for each in ids]
    assert world.tell(run, "job=slurm 12\tstate=running\ttasks=3", words[0]).status in (0, 3)
    assert world.status(run)["ended"] == "no"
    world.tell(run, *words[1:])
    assert world.settled(run)["jobs"] == "3"
    lines = world.bare("show", "refs/gitbatch/log:tasks").splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        "job=slurm 12_9",
        "job=slurm 12_10",
        "job=slurm 12_100",
    ]


def test_tasks_that_their_scheduler_does_not_list_never_began(world: World) -> None:
    world.script(world.clone / "programs/sbatch", "#!/bin/sh\necho Submitted batch job 12\n")
    (world.base / "profile").write_text(f"PATH='{world.clone}/programs':$PATH\n")
    for listed, state in (3, "cancelled"), (4, "succeeded"):
        run = world.submit({"schedule.sh": f"#!/bin/sh\n# {listed}\nsbatch --array=1-4 x.sh\n"})
        tasks = [f"job=slurm 12_{task}\tstate=succeeded\texit=0" for task in range(1, listed)]
        world.tell(run, *tasks, "job=slurm 12_4\tstate=succeeded\texit=0")
        assert (world.status(run)["ended"] == "no") is (listed == 3)
        world.tell(run, f"job=slurm 12\tstate=succeeded\texit=0\ttasks={listed}")
        assert world.settled(run)["state"] == state


def test_a_job_that_its_scheduler_does_not_know_is_lost_only_after_a_while(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    absent = "job=slurm 7\tstate=absent"
    world.tell(run, absent)
    world.tell(run, absent)
    assert (world.status(run)["state"], world.status(run)["ended"]) == ("unknown", "no")
    told = world.run(run) / "told/slurm.7"
    first = re.search(r"(?m)^epoch: (\d+)$", told.read_text())
    assert first
    told.write_text(told.read_text().replace(first[1], str(int(first[1]) - 61)))
    world.tell(run, absent)
    assert world.settled(run)["state"] == "lost"
    world.tell(run, "job=slurm 7\tstate=succeeded\texit=0")
    assert world.settled_by_contact(run)["state"] == "succeeded"


def test_a_job_that_was_only_printed_is_never_lost(world: World) -> None:
    run = world.submit({"schedule.sh": "#!/bin/sh\necho 'Submitted batch job 7'\n"})
    (world.run(run) / "told").mkdir()
    (world.run(run) / "told/slurm.7").write_text(
        "job: slurm 7\nstate: absent\nlasting: 4000\ntime: 2026-11-24T10:00:00Z\n"
    )
    assert (world.status(run)["state"], world.status(run)["ended"]) == ("unknown", "no")
    world.gitbatch("settle", str(run), "lost", "", "it was another cluster's")


def test_words_on_jobs_of_two_clusters_with_one_id_are_kept_apart(world: World) -> None:
    named = "".join(f'SLURM_CONF=/{name} "$GITBATCH" job slurm 41\n' for name in ("one", "two"))
    run = world.submit({"schedule.sh": f"#!/bin/sh\n{named}"})
    world.tell(run, "job=slurm 41\tstate=succeeded\texit=0\tcontext=SLURM_CONF=/two")
    assert (world.status(run)["ended"], world.status(run)["left"]) == ("no", "1")
    world.tell(run, "job=slurm 41_1\tstate=succeeded\texit=0\ttasks=2\tcontext=SLURM_CONF=/two")
    assert world.status(run)["left"] == "1"
    world.tell(run, "job=slurm 41\tstate=failed\texit=5\tcontext=SLURM_CONF=/one")
    assert (world.settled(run)["state"], world.settled(run)["exit"]) == ("failed", "5")


def test_jobs_that_nobody_recorded_are_looked_for_each_time_that_one_ended(world: World) -> None:
    has_squeue(world)
    run = world.submit({"schedule.sh": NO_JOB})
    write(world, run, began("", "slurm 7", 0), ended("", 0, 1), said("slurm 7", "succeeded", "0"))
    status = world.status(run)
    assert (status["state"], status["ended"]) == ("unknown", "no")
    assert "slurm has to be asked whether slurm 7 is all" in status["reason"]
    world.tell(run, "job=slurm 8\thow=found", "asked=slurm")
    assert (world.status(run)["ended"], world.status(run)["left"]) == ("no", "1")
    write(world, run, began(".2", "slurm 8", 3), ended(".2", 4, 5))
    assert world.status(run)["ended"] == "no"
    world.tell(run, "asked=slurm")
    assert (world.settled(run)["state"], world.settled(run)["exit"]) == ("failed", "4")


def test_what_an_unrecorded_job_made_comes_home_before_its_scheduler_was_asked(
    each_shell: World,
) -> None:
    world = each_shell
    has_squeue(world)
    run = world.submit({"schedule.sh": NO_JOB})
    assert under_slurm(world, run, "7", "sh", "-c", "echo one >result") == 0
    status = world.status(run)
    assert (status["state"], status["ended"]) == ("unknown", "no")
    assert world.bare("show", "master:result") == "one"
    assert under_slurm(world, run, "8", "sh", "-c", "echo two >second; exit 3") == 3
    assert world.status(run)["ended"] == "no"
    assert states(world, run) == ["submitted"]
    world.tell(run, "asked=slurm")
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("failed", "3")
    # What a failed run left half-done is kept, and moves no branch.
    assert world.bare("show", f"{facts['result']}:second") == "two"
    assert world.bare("ls-tree", "--name-only", "master", "result", "second") == "result"
    world.gitbatch("prune")
    assert not (world.run(run) / "tree").exists()


def test_beside_a_job_that_was_printed_there_may_be_a_silent_one(world: World) -> None:
    has_squeue(world)
    run = world.submit({"schedule.sh": PRINTED})
    write(world, run, *SEVEN, *EIGHT)
    assert (world.status(run)["state"], world.status(run)["ended"]) == ("unknown", "no")
    world.tell(run, "job=slurm 9\thow=found", "asked=slurm")
    assert world.status(run)["left"] == "1"
    world.tell(run, "job=slurm 9\tstate=failed\texit=4")
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("failed", "4")
    assert facts["reason"] == "2 of 3 jobs failed: 8: exit status 3; 9: exit status 4"


@pytest.mark.parametrize("name", ["slurm", "lsf", "oar", "ours"])
def test_a_job_waits_where_its_scheduler_can_be_asked_for_it(world: World, name: str) -> None:
    site = world.repo / "gitbatch/schedulers/site"
    site.mkdir(exist_ok=True)
    (site / "ours.sh").write_text("ours_commands='ours-submit'\n")
    run = world.submit({"schedule.sh": f'#!/bin/sh\n"$GITBATCH" job {name} 12\n'})
    assert world.status(run)["state"] == "submitted"
    other = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job nobodys 12\n'})
    status = world.status(other)
    assert status["state"] == "unknown"
    assert "nobodys can not be asked from here" in status["reason"]


@pytest.mark.parametrize("name", ["lsf", "oar", "pbs", "slurm"])
def test_a_wrapper_without_an_id_is_no_job_of_a_scheduler_that_tells_jobs_theirs(
    world: World, name: str
) -> None:
    named = f'#!/bin/sh\n"$GITBATCH" job {name} 12\n"$GITBATCH" run true\n'
    run = world.submit({"schedule.sh": named})
    wait_until((world.run(run) / "finished").exists)
    assert world.status(run)["state"] != "succeeded"
    world.tell(run, f"job={name} 12\tstate=failed\texit=4\treason=exit status 4")
    assert world.settled(run)["exit"] == "4"


def test_a_job_of_flux_is_the_same_in_both_of_its_letters(each_shell: World) -> None:
    world = each_shell
    job = 'FLUX_JOB_ID=\u0192AVpNAfh "$GITBATCH" run true'
    named = f'#!/bin/sh\n"$GITBATCH" job flux \u0192AVpNAfh\n"$GITBATCH" job flux fAVpNAfh\n{job}\n'
    run = world.submit({"schedule.sh": named})
    facts = world.settled(run)
    assert (facts["state"], facts["jobs"], facts["job"]) == ("succeeded", "1", "flux fAVpNAfh")


def test_of_an_array_it_is_told_how_many_tasks_failed_and_of_some_why(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 12\n'})
    told = [
        f"job=slurm 12_{n}\tstate=failed\texit={n}\treason=exit status {n}" for n in range(1, 6)
    ]
    world.tell(run, *told, "job=slurm 12_6\tstate=succeeded\texit=0")
    world.tell(run, "job=slurm 12\tstate=failed\texit=1\ttasks=6\treason=5 failed, 1 succeeded")
    facts = world.settled(run)
    assert facts["reason"] == (
        "5 of 6 jobs failed: 12_1: exit status 1; 12_2: exit status 2; 12_3: exit status 3; "
        "and 2 more"
    )
    assert facts["exit"] == "5"


def test_tasks_that_never_began_are_no_further_failure_of_an_array(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 12\n'})
    world.tell(
        run,
        "job=slurm 12_1\tstate=succeeded\texit=0",
        "job=slurm 12_2\tstate=failed\texit=6\treason=exit status 6",
        "job=slurm 12\tstate=failed\texit=6\ttasks=4\treason=12_2: exit status 6",
    )
    facts = world.settled(run)
    assert (facts["state"], facts["exit"], facts["jobs"]) == ("failed", "6", "4")
    assert facts["reason"] == "1 of 4 jobs failed: 12_2: exit status 6"


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        ([3, 3, 3, 3], "all 4 jobs failed: exit status 3"),
        ([3, 0, 0, 0], "1 of 4 jobs failed: 12_1: exit status 3"),
        ([3, 3, 0, 0], "2 of 4 jobs failed: 12_1, 12_2: exit status 3"),
        ([0, 3, 3, 3, 3, 3], "5 of 6 jobs failed: 12_2, 12_3, 12_4 and 2 more: exit status 3"),
        (
            [3, 3, 4],
            "3 of 3 jobs failed: 12_1: exit status 3; 12_2: exit status 3; 12_3: exit status 4",
        ),
    ],
)
def test_equal_reasons_of_several_jobs_are_told_once(
    world: World, statuses: list[int], reason: str
) -> None:
    run = world.submit({"schedule.sh": NO_JOB})
    for number, status in enumerate(statuses, 1):
        mark = f".{number}" if number > 1 else ""
        write(world, run, began(mark, f"slurm 12_{number}", 0), ended(mark, status, number))
    world.tell(run, "asked=slurm")
    assert world.settled(run)["reason"] == reason


def killed(mark: str, minute: int, more: str = "") -> Step:
    name, text = ended(mark, 143, minute)
    return name, text.replace("signal: ", "signal: TERM") + more


def test_what_was_cancelled_is_told_as_that_and_what_had_failed_by_itself_too(
    world: World,
) -> None:
    both = [began("", "slurm 7", 0), began(".2", "slurm 8", 0)]
    stopped = world.submit({"schedule.sh": NAMED})
    write(world, stopped, *both, ended("", 0, 1), ("cancel",), killed(".2", 2))
    facts = world.settled_by_contact(stopped)
    who = world.facts(stopped, "cancelled")["by"]
    assert (facts["state"], facts["reason"]) == ("cancelled", f"stopped by {who}")
    world.commit({"another": "x"})
    failed = world.push().run
    write(world, failed, *both, ended("", 3, 1), ("cancel",), killed(".2", 2))
    facts = world.settled_by_contact(failed)
    assert (facts["state"], facts["exit"]) == ("cancelled", "143")
    assert facts["reason"] == "2 of 2 jobs failed: 7: exit status 3; 8: exit status 143"


def test_what_failed_before_its_run_was_cancelled_is_told_as_that_and_its_log_comes_first(
    world: World,
) -> None:
    run = world.submit({"schedule.sh": NAMED + '"$GITBATCH" job slurm 9\n'})
    begun = [began("", "slurm 7", 0), began(".2", "slurm 8", 0), began(".3", "slurm 9", 0)]
    name, text = killed(".3", 3)
    later = (name, text.replace("2026-", "2999-"))
    write(world, run, *begun, ended("", 0, 1), ended(".2", 3, 2), ("cancel",), later)
    for log in ("log", "log.2", "log.3"):
        (world.run(run) / log).write_text(f"{log}\n")
    assert world.settled_by_contact(run)["state"] == "cancelled"
    tasks = (world.run(run) / "tasks").read_text()
    assert re.findall(r"state=(\w+)", tasks) == ["succeeded", "failed", "cancelled"]
    assert world.gitbatch("log", str(run)).output == "log.2\n"


def test_a_job_that_its_scheduler_cancelled_is_cancelled(world: World) -> None:
    run = world.submit({"schedule.sh": NAMED})
    word = "ended: cancelled\nreason: it was cancelled\n"
    write(world, run, *SEVEN, began(".2", "slurm 8", 3), killed(".2", 4, word))
    facts = world.settled_by_contact(run)
    assert (facts["state"], facts["reason"]) == ("cancelled", "it was cancelled")
    tasks = (world.run(run) / "tasks").read_text().splitlines()
    assert [re.findall(r"state=(\w+)", line) for line in tasks] == [["succeeded"], ["cancelled"]]
    assert ("slurm 8", "cancelled", "143") in job_lines(world, run)


@pytest.mark.parametrize(
    ("slurms_word", "expected"),
    [("COMPLETING", "cancelled"), ("RUNNING", None)],
    ids=["Slurm ends the job", "the command did it itself"],
)
def test_a_command_that_dies_of_slurms_signal_before_its_wrapper_hears_of_it_was_cancelled(
    world: World, slurms_word: str, expected: str | None
) -> None:
    job = """"$GITBATCH" run sh -c 'kill $$'"""
    files = schedule("export SLURM_JOB_ID=4711 PATH=$PWD:$PATH", job)
    squeue = f"#!/bin/sh\necho '0;None;N/A;{slurms_word};'\n"
    number = world.submit(files | {"squeue": squeue})
    wait_until((world.run(number) / "finished").exists)
    assert world.facts(number, "finished").get("ended") == expected


MEMORY = "it needed more memory than it had asked for"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("StepId=7.batch exceeded memory limit (331550720 > 52428800), being killed\n", MEMORY),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch.\n", MEMORY),
        ("memory is the treasury of all things\n", "killed by signal 9 (KILL)"),
    ],
)
def test_a_job_that_was_killed_for_its_memory_says_so(
    world: World, output: str, reason: str
) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    page = world.run(run) / "tree/slurm-7.out"
    page.write_text(output)
    killed_as = "state=failed\texit=\tsignal=9\treason=killed by signal 9 (KILL)"
    world.tell(run, f"job=slurm 7\t{killed_as}\tlog={page}")
    facts = world.settled(run)
    assert (facts["state"], facts["reason"]) == ("failed", reason)


BUSY = """\
#!/bin/sh
case "$*" in
*wrong*) echo >&2 'sbatch: error: invalid partition specified: gpu'; exit 1 ;;
esac
echo 'Submitted batch job 7'
"""


def at_busy_site(world: World) -> None:
    site = world.base / "site"
    world.script(site / "sbatch", BUSY)
    (world.base / "profile").write_text(f"PATH={site}:$PATH\n")


def test_a_submit_command_that_failed_is_named_where_nothing_was_submitted(world: World) -> None:
    at_busy_site(world)
    run = world.submit({"schedule.sh": "#!/bin/sh\nsbatch wrong.sh\necho well, well\n"})
    status = world.status(run)
    assert (status["state"], status["ended"]) == ("unknown", "no")
    assert status["reason"] == (
        "sbatch failed with exit status 1: sbatch: error: invalid partition specified: gpu; "
        "schedule.sh ended well all the same, and nothing is known of a job: "
        "cancelling ends the run"
    )
    world.gitbatch("cancel", str(run))
    assert world.settled_by_contact(run)["state"] == "cancelled"


def test_a_run_that_lacks_a_job_says_so_when_the_others_ended_well(world: World) -> None:
    at_busy_site(world)
    run = world.submit({"schedule.sh": "#!/bin/sh\nsbatch wrong.sh\nsbatch right.sh\n"})
    write(world, run, *SEVEN)
    facts = world.settled_by_contact(run)
    assert facts["state"] == "succeeded"
    assert facts["warning"] == (
        "1 of 2 calls of submit commands failed, and submitted nothing; the last one: "
        "sbatch failed with exit status 1: sbatch: error: invalid partition specified: gpu"
    )


def job_lines(world: World, run: int) -> list[tuple[str, str, str]]:
    """Id, state and exit status of each line that `jobs` has."""
    lines = [line for line in world.gitbatch("jobs", str(run)).lines if line.startswith("job=")]
    fields = [dict(field.split("=", 1) for field in line.split("\t")) for line in lines]
    return [(each["job"], each["state"], each["exit"]) for each in fields]


def test_an_array_has_ended_when_all_of_its_tasks_have(world: World) -> None:
    run = world.submit({"schedule.sh": NO_JOB})
    task = began("", "slurm 12_1", 0)[1] + "tasks: 2\n"
    write(world, run, ("started", task), ended("", 3, 1))
    assert job_lines(world, run) == [("slurm 12", "waiting", ""), ("slurm 12_1", "ended", "3")]
    world.tell(run, "job=slurm 12_2\tstate=cancelled")
    assert job_lines(world, run) == [
        ("slurm 12", "cancelled", "3"),
        ("slurm 12_1", "ended", "3"),
        ("slurm 12_2", "cancelled", ""),
    ]


def test_tasks_that_are_told_after_the_end_enter_its_record(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 12\n'})
    world.tell(run, "job=slurm 12\tstate=failed\texit=1\ttasks=2")
    assert world.settled(run)["state"] == "failed"
    world.tell(run, "job=slurm 12_1\tstate=failed\texit=1", "job=slurm 12_2\tstate=succeeded")
    lines = world.bare("show", "refs/gitbatch/log:tasks").splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        ["job=slurm 12_1", "state=failed"],
        ["job=slurm 12_2", "state=succeeded"],
    ]
    assert states(world, run) == ["submitted", "failed", "failed"]
    assert world.gitbatch("check").output == "ok\n"


def test_cancelling_offers_to_give_up_what_only_others_can_stop(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    write(world, run, began("", "slurm 7", 0))
    answer = world.gitbatch("cancel", str(run))
    assert answer.status == 3
    assert f"'gitbatch settle {run} cancelled' gives it up" in answer.output
    assert world.gitbatch("settle", str(run), "lost").output == f"run {run}: cancelled\n"


def test_a_chain_that_can_never_go_on_is_stuck(world: World) -> None:
    run = world.submit({"schedule.sh": NAMED})
    write(world, run, began("", "slurm 7", 0), ended("", 2, 1))
    world.tell(run, "job=slurm 8\tstate=never\treason=DependencyNeverSatisfied")
    status = world.status(run)
    assert (status["state"], status["ended"], status["left"]) == ("queued", "no", "1")
    assert status["stuck"] == "1 of 2 jobs can never begin: DependencyNeverSatisfied"
    world.tell(run, "job=slurm 8\tstate=cancelled")
    facts = world.settled(run)
    assert (facts["state"], facts["exit"]) == ("failed", "2")


def test_a_later_attempt_takes_the_place_of_all_wrappers_of_the_one_before(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    old = [(f"started{mark}", began("", "slurm 7", 0)[1] + "attempt: 0\n") for mark in ("", ".2")]
    write(world, run, *old)
    assert world.status(run)["state"] == "running"
    world.env["SLURM_RESTART_COUNT"] = "1"
    assert under_slurm(world, run, "7", "true") == 0
    facts = world.settled(run)
    assert (facts["state"], facts["jobs"]) == ("succeeded", "1")


def job_of_slurm(world: World, run: int, text: str) -> subprocess.Popen[bytes]:
    """The script of a job, begun in the run tree as Slurm begins it."""
    script = world.run(run) / "job.sh"
    world.script(script, text)
    env = {
        "SLURM_JOB_ID": "7",
        "GITBATCH_RUN_DIR": str(world.run(run)),
        "GITBATCH": str(world.repo / "gitbatch/gitbatch"),
    }
    tree = world.run(run) / "tree"
    return subprocess.Popen([world.sh, script], cwd=tree, env=world.env | env)


@pytest.mark.parametrize(
    ("numbers", "jobs", "state"), [(100, 100, "unknown"), (101, 0, "submitted")]
)
def test_numbers_without_a_word_may_be_jobs_unless_they_are_very_many(
    world: World, numbers: int, jobs: int, state: str
) -> None:
    run = world.submit(schedule(f"seq {numbers}"))
    assert world.status(run)["state"] == state
    assert len(told_jobs(world, run)) == jobs


@pytest.mark.parametrize("interpreter", ["/bin/sh", "/bin/sh -e"])
def test_a_script_that_may_submit_more_ends_with_itself(world: World, interpreter: str) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    script = (
        f'#!{interpreter}\n"$GITBATCH" run sh -c "echo 1 >one"\n'
        "until test -e ../go; do sleep 0.1; done\ntest -e ../go || sbatch next.sh\n"
    )
    with job_of_slurm(world, run, script) as job:
        wait_until(lambda: world.facts(run, "finished"), what="the wrapper's end")
        status = world.status(run)
        assert (status["state"], status["ended"]) == ("running", "no")
        assert told_jobs(world, run) == [("slurm 7", "running")]
        (world.run(run) / "go").touch()
        job.wait(20)
    assert world.settled(run)["state"] == "succeeded"
    assert told_jobs(world, run) == [("slurm 7", "ended")]
    assert states(world, run) == ["submitted", "succeeded"]


def test_a_script_that_only_speaks_of_submitting_is_over_with_its_wrapper(world: World) -> None:
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job slurm 7\n'})
    script = (
        '#!/bin/sh\n"$GITBATCH" run true\n# sbatch next.sh\n'
        "until test -e ../go; do sleep 0.1; done\necho 'Submitted batch job 8 at noon'\n"
    )
    with job_of_slurm(world, run, script) as job:
        assert world.settled(run)["state"] == "succeeded"
        (world.run(run) / "go").touch()
        job.wait(20)


def test_check_finds_an_end_that_the_evidence_denies(world: World) -> None:
    run = world.submit({"schedule.sh": NAMED})
    write(world, run, LOST, *SEVEN, *EIGHT)
    answer = world.gitbatch("check")
    assert (answer.status, answer.lines) == (
        1,
        [f"problem: run {run} was settled as lost, and its jobs tell that it is failed"],
    )
    answer = world.gitbatch("check", "--repair")
    assert answer.lines == [f"mended: settled run {run}: failed", "ok"]
    assert states(world, run) == ["submitted", "lost", "failed"]


def test_cancelling_what_nobody_knows_of_stops_nothing_and_says_so(world: World) -> None:
    run = world.submit({"schedule.sh": NO_JOB})
    answer = world.gitbatch("cancel", str(run))
    assert answer.status == 1
    assert answer.output == f"run {run} is given up: no job of it was known, so none was stopped\n"
    assert world.settled(run)["state"] == "cancelled"


def test_results_of_one_job_are_no_evidence_of_another(world: World) -> None:
    world.waits_for_nothing()
    run = world.submit({"schedule.sh": NAMED})
    assert under_slurm(world, run, "7", "sh", "-c", "echo 1 >made") == 0
    assert world.status(run)["state"] == "running"
    world.tell(run, "job=slurm 8\tstate=absent")
    facts = world.settled_by_contact(run)
    assert facts["state"] == "lost"
    assert "doesn't know slurm 8 any more" in facts["reason"]
    assert world.bare("show", f"{facts['result']}:made") == "1"


def test_what_a_job_left_without_a_word_is_no_evidence_of_its_success(world: World) -> None:
    world.waits_for_nothing()
    run = world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job at 7\necho 1 >half-done\n'})
    world.tell(run, "job=at 7\tstate=absent")
    facts = world.settled_by_contact(run)
    assert facts["state"] == "lost"
    assert world.bare("show", f"{facts['result']}:half-done") == "1"
    world.tell(run, "job=at 7\tstate=absent")
    world.gitbatch("settle", str(run))
    assert world.gitbatch("check").output == "ok\n"
    assert states(world, run) == ["submitted", "lost"]
    assert world.bare("rev-parse", "refs/heads/master") == world.facts(run, "request")["commit"]


def test_what_a_job_committed_is_evidence_also_after_the_rest_was_collected(world: World) -> None:
    world.waits_for_nothing()
    commit = "echo 1 >made\ngit add made\ngit commit -qm made\necho 2 >left\n"
    run = world.submit({"schedule.sh": f'#!/bin/sh\n"$GITBATCH" job at 7\n{commit}'})
    world.tell(run, "job=at 7\tstate=absent")
    facts = world.settled_by_contact(run)
    assert facts["state"] == "succeeded"
    assert world.bare("show", f"{facts['result']}:left") == "2"
    world.tell(run, "job=at 7\tstate=absent")
    world.gitbatch("settle", str(run))
    assert world.gitbatch("check").output == "ok\n"
    assert states(world, run) == ["submitted", "succeeded"]


def test_of_a_job_that_was_put_back_only_the_wrappers_of_its_last_attempt_are_told(
    world: World,
) -> None:
    run = world.submit({"schedule.sh": NAMED.replace('"$GITBATCH" job slurm 8\n', "")})
    for mark in ("", ".2"):
        write(world, run, began(mark, "slurm 7", 0))
        with (world.run(run) / f"started{mark}").open("a") as file:
            file.write("attempt: 0\n")
    assert told_jobs(world, run) == [("slurm 7", "unseen")] * 2
    env = {
        "SLURM_JOB_ID": "7",
        "SLURM_RESTART_COUNT": "1",
        "GITBATCH_RUN_DIR": str(world.run(run)),
    }
    again = world.call(
        world.repo / "gitbatch/gitbatch", "run", "true", at=world.run(run) / "tree", env=env
    )
    assert again.status == 0, again.output
    assert told_jobs(world, run) == [("slurm 7", "ended")]
    facts = world.settled_by_contact(run)
    assert (facts["state"], facts["jobs"]) == ("succeeded", "1")


def told_jobs(world: World, run: int) -> list[tuple[str, str]]:
    """Id and state of each `job` line."""
    lines = world.gitbatch("jobs", str(run)).output.splitlines()
    fields = [dict(part.partition("=")[::2] for part in line.split("\t")) for line in lines]
    return [(each["job"], each["state"]) for each in fields if "job" in each]


def test_what_a_scheduler_told_of_a_job_is_told_on(world: World) -> None:
    run = world.submit({"schedule.sh": NAMED})
    world.tell(run, "job=slurm 7\tstate=failed\texit=3\thost=n1\tlog=/logs/slurm-7.out")
    lines = world.gitbatch("jobs", str(run)).output.splitlines()
    (line,) = [each for each in lines if each.startswith("job=slurm 7\t")]
    assert {"state=failed", "exit=3", "host=n1", "log=/logs/slurm-7.out"} <= set(line.split("\t"))
