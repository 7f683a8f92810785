"""The server asks schedulers for jobs that nobody recorded; here a stand-in for Slurm answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.adapter import INSIDE, find_script
from tests.support.faults import can_trace
from tests.support.scripts import answer
from tests.support.squeue import DOWN, NO_CLUSTER, has_squeue
from tests.support.waiting import wait_until
from tests.support.worlds import NO_JOB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worlds import World

# Two ranks of a job that was printed, and that nobody recorded.
SCHEDULE = """#!/bin/sh
echo "Submitted batch job 7"
for rank in 1 2
do
	SLURM_JOB_ID=7 SLURM_CONF='{}' "$GITBATCH" run sh -c "echo $rank >rank-$rank.txt" &
done
wait
"""


@pytest.fixture
def conf(request: pytest.FixtureRequest) -> Path:
    """The configuration of the cluster that the jobs name."""
    fixture = next(name for name in request.fixturenames if name in {"world", "each_shell"})
    world: World = request.getfixturevalue(fixture)
    conf = world.clone / "it's 100% conf"
    conf.touch()
    return conf


def knows(world: World, conf: Path, *jobs: str) -> str:
    """Of a squeue that knows jobs of run 1, if it is asked about this cluster."""
    quoted = str(conf).replace("'", "'\\''")
    listed = "".join(f"echo '{job} {world.run(1)}/tree/deeper'\n" for job in jobs)
    return f"test \"$SLURM_CONF\" = '{quoted}' || exit 1\necho '5 /elsewhere'\n{listed}"


def submit(world: World, conf: Path) -> int:
    quoted = str(conf).replace("'", "'\\''")
    return world.submit({"schedule.sh": SCHEDULE.format(quoted)})


def at_home(world: World) -> list[str]:
    return world.bare("ls-tree", "--name-only", "master").splitlines()


def test_a_run_ends_when_no_other_job_works_in_its_tree(each_shell: World, conf: Path) -> None:
    has_squeue(each_shell, knows(each_shell, conf, "7"))
    facts = each_shell.settled(submit(each_shell, conf))
    assert (facts["state"], facts["jobs"], facts["wrappers"]) == ("succeeded", "1", "2")
    assert "warning" not in facts
    assert {"rank-1.txt", "rank-2.txt"} <= set(at_home(each_shell))


def test_a_job_that_works_in_the_tree_is_one_of_the_run(each_shell: World, conf: Path) -> None:
    has_squeue(each_shell, knows(each_shell, conf, "7", "8_[1-3]"))
    number = submit(each_shell, conf)
    jobs = each_shell.run(number) / "jobs"
    wait_until(jobs.exists, what="the other job")
    assert jobs.read_text().startswith("slurm 8 - SLURM_CONF=")
    wait_until((each_shell.run(number) / "asked").exists, what="the end of the search")
    assert each_shell.status(number)["ended"] == "no"
    each_shell.tell(number, "job=slurm 8\tstate=failed\texit=3")
    # Whoever has asked may be about to settle it still, by what was known before.
    facts = each_shell.settled_by_contact(number)
    assert (facts["state"], facts["exit"], facts["jobs"]) == ("failed", "3", "2")


def test_a_run_ends_with_a_warning_where_there_is_no_cluster(world: World, conf: Path) -> None:
    has_squeue(world, NO_CLUSTER)
    facts = world.settled(submit(world, conf))
    assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
    assert facts["warning"] == "slurm can't be asked whether there are more jobs: it isn't here"


def test_a_cluster_whose_configuration_is_gone_is_not_there(world: World, conf: Path) -> None:
    has_squeue(world, DOWN)
    conf.unlink()
    assert "it isn't here" in world.settled(submit(world, conf))["warning"]


def test_who_can_not_tell_now_is_asked_at_the_next_contact(world: World, conf: Path) -> None:
    has_squeue(world, DOWN)
    number = submit(world, conf)
    postponed = world.run(number) / "postponed"
    wait_until(postponed.exists, what="an answer that doesn't come")
    assert world.status(number)["state"] == "unknown"
    assert {"rank-1.txt", "rank-2.txt"} <= set(at_home(world))
    has_squeue(world, knows(world, conf, "7"))
    postponed.unlink()
    world.submit({"schedule.sh": NO_JOB}, branch="other")
    assert world.settled(number)["state"] == "succeeded"


AROUND = {
    "a PATH of its own": 'PATH="$OTHERS:$PATH"\nexport PATH\nsbatch second >/dev/null\n',
    "a login shell": "/bin/sh -lc 'sbatch third' >/dev/null || PATH=$OTHERS sbatch second\n",
    "a path": '"$OTHERS"/sbatch second >/dev/null\n',
    "a library": "python3 -c 'import drmaa' 2>/dev/null || :\n",
    "a REST interface": 'cat "$OTHERS/slurm/v0.0.40/job/submit" 2>/dev/null || :\n',
    "a path that is found": "sbatch=$(PATH=$OTHERS command -v sbatch)\n$sbatch second >/dev/null\n",
}


@pytest.mark.parametrize("way", AROUND.values(), ids=list(AROUND))
def test_a_job_that_schedule_sh_submits_past_its_stand_in_is_one_of_the_run(
    world: World, way: str
) -> None:
    world.script(world.clone / "programs/sbatch", "#!/bin/sh\necho Submitted batch job 7\n")
    world.script(world.clone / "others/sbatch", "#!/bin/sh\n:\n")
    has_squeue(world, f"echo '7 {world.run(1)}/tree'\necho '8 {world.run(1)}/tree'\n")
    there = f"OTHERS='{world.clone}/others'\n"
    # bash 3.2 goes where it has found sbatch before, whatever PATH says now.
    run = world.submit({"schedule.sh": f"#!/bin/sh\nsbatch first\nhash -r\n{there}{way}"})
    world.tell(run, "job=slurm 7\tstate=succeeded\texit=0")
    assert world.status(run)["ended"] == "no"
    world.tell(run, "job=slurm 8\tstate=failed\texit=3")
    facts = world.settled(run)
    assert (facts["state"], facts["exit"], facts["jobs"]) == ("failed", "3", "2")


@pytest.mark.skipif(bool(can_trace()), reason=can_trace() or "-")
def test_what_calls_the_wrapper_may_name_a_file_that_grows_while_it_is_read(world: World) -> None:
    world.bare("config", "gitbatch.scheduleTimeout", "20")
    traced = 'strace -f -o ../trace "$GITBATCH" run true'
    schedule = f"echo Submitted batch job 7\nSLURM_JOB_ID=7 {traced}"
    number = world.submit({"schedule.sh": f"#!/bin/sh\n{schedule}\n"})
    assert (world.run(number) / "finished").exists()


def test_what_a_run_calls_its_scheduler_is_never_run(world: World) -> None:
    odd = world.root / "odd"
    names = f"'a}}$(touch${{IFS}}{odd}) 1' '- 2' 'slurm 3'"
    schedule = f"printf '%s\\n' {names} >\"$GITBATCH_RUN_DIR/jobs\"\n/nowhere/sbatch || :\n"
    run = world.submit({"schedule.sh": f"#!/bin/sh\n{schedule}"})
    assert world.status(run)["ended"] == "no"
    assert "around slurm" in (world.run(run) / "printed").read_text().splitlines()
    assert not odd.exists()


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
@pytest.mark.parametrize(
    ("submitted", "accepted", "is_known"),
    [
        ("", "2026-03-01T00:01:00Z", True),
        ("N/A ", "2026-03-01T00:01:00Z", True),
        ("unknown ", "2026-03-01T00:01:00Z", True),
        ("n/a ", "2026-03-01T00:01:00Z", True),
        ("Sun Mar  1 12:00:00 UTC 2026 ", "2026-03-01T00:01:00Z", True),
        ("11/27/2025 14:35:45.123 ", "2026-03-01T00:01:00Z", True),
        ("2026-02-28T23:59:01 ", "2026-03-01T00:01:00Z", True),
        ("2026-02-28T23:58:59 ", "2026-03-01T00:01:00Z", False),
        ("2024-02-29T12:00:00 ", "2024-03-01T11:00:00Z", False),
        ("Sat Feb 28 23:59:01 2026 ", "2026-03-01T00:01:00Z", True),
        ("Sat Feb 28 23:58:59 2026 ", "2026-03-01T00:01:00Z", False),
        ("Sun Mar  1 00:00:00 2026 ", "2026-03-01T00:01:00Z", True),
        ("Sun Dec  7 00:00:00 2025 ", "2026-03-01T00:01:00Z", False),
        ("1772323141 ", "2026-03-01T00:01:00Z", True),
        ("1772323139.5 ", "2026-03-01T00:01:00Z", False),
        ("1772323139 ", "when it was", True),
    ],
)
def test_what_was_submitted_before_a_run_was_accepted_is_of_another_one_at_its_place(
    tmp_path: Path, shell: str, submitted: str, accepted: str, *, is_known: bool
) -> None:
    (tmp_path / "request").write_text(f"branch: b\ntime: {accepted}\noption: time: 2030\n")
    script = f'{INSIDE}printf "%s\\n" "7 {submitted}$1/a b" "8 /elsewhere" | inside "$1"'
    found = answer(script, str(tmp_path / "tree"), shell=shell).stdout
    assert found == (b"7\n" if is_known else b"")


# What the programs of a scheduler print of a job 7 of 2026-03-01 12:00:00 UTC
LISTS = {
    "slurm": {"squeue": "echo '7 2026-03-01T12:00:00 {}'", "sacct": "exit 1"},
    "slurm's accounting": {"squeue": "exit 0", "sacct": "echo '7 2026-03-01T12:00:00 {}'"},
    "htcondor": {"condor_q": "exit 0", "condor_history": "echo '7 1772366400 {}'"},
    "flux": {"flux": "echo '7 1772366400.25 {}'"},
    "oar": {
        "oarstat": """cat <<'EOF'
{{
   "7" : {{
      "launchingDirectory" : "{}",
      "submissionTime" : 1772366400,
      "state" : "Terminated"
   }}
}}
EOF"""
    },
    "pbs": {
        "qselect": "echo 7",
        "qstat": """case $1 in
--version) echo 'pbs_version = 23.06.06' ;;
*) cat <<'EOF'
Job Id: 7
    ctime = Sun Mar  1 12:00:00 2026
    Variable_List = PBS_O_HOME=/home/ada,PBS_O_WORKDIR={}

EOF
esac"""
    },
    "sge": {
        "qstat": """case $1 in
-s) echo '      7 0.55500 job' ;;
*) cat <<'EOF'
==============================================================
job_number:                 7
submission_time:            Sun Mar  1 12:00:00 2026
sge_o_workdir:              {}
EOF
esac"""
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
def test_every_scheduler_that_tells_when_a_job_was_submitted_is_heeded(
    tmp_path: Path, kind: str
) -> None:
    tree = tmp_path / "tree"
    for name, does in LISTS[kind].items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does.format(tree)}\n")
        (tmp_path / name).chmod(0o755)
    script = find_script(adapters()[kind.partition("'")[0]])
    found = []
    for accepted in ("2026-03-01T11:59:00Z", "2026-03-01T12:03:00Z"):
        (tmp_path / "request").write_text(f"time: {accepted}\n")
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        found.append(answer(script, str(tree), env=env).stdout)
    assert found == [b"7\n", b""]


def test_an_old_job_that_slurm_still_shows_is_none_of_a_new_run(world: World, conf: Path) -> None:
    tree = f"{world.run(1)}/tree"
    listed = f"echo '5 2020-01-01T00:00:00 {tree}'\necho \"7 $(date -u +%FT%T) {tree}\"\n"
    has_squeue(world, listed)
    facts = world.settled(submit(world, conf))
    assert (facts["state"], facts["jobs"]) == ("succeeded", "1")
