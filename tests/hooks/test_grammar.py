"""What submit commands print is read by the grammar of their scheduler."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.captures import CAPTURES, captured
from tests.support.worlds import HOOKS, SHELLS, Shell, World, usual_shell

if TYPE_CHECKING:
    from pathlib import Path

READER = """\
#!/bin/sh
. "$1/gitbatch.d/10-words.sh"
schedulers='' escape='' given=' ' context=''
helper_dir=$1 program=$2
case "$3" in
*-terse*) given=' -terse ' ;;
*parsable*) given=' --parsable ' ;;
esac
. "$1/gitbatch.d/27-answers.sh"
. "$1/gitbatch.d/27-grammar.sh"
. "$1/gitbatch.d/27-options.sh"
. "$1/gitbatch.d/27-submits.sh"
load_grammars
submitters "$program"
read_answers "$4"
printf '%s' "$told"
"""
"""Arguments: hooks, the command that was called, its options, and a file with its answer."""


def ids(command: str, answer: str, folder: Path, shell: Shell | None = None) -> list[str]:
    """Scheduler and id of each job that an answer tells of."""
    program, _, options = command.partition(" ")
    file = folder / "answer"
    file.write_text(answer)
    world = World(folder, shell or usual_shell())
    world.script(folder / "reader", READER)
    done = subprocess.run(
        [folder / "reader", HOOKS, program, options, file],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": world.env["PATH"], "LC_ALL": "C.UTF-8"},
    )
    assert not done.stderr
    return [" ".join(line.split()[:2]) for line in done.stdout.splitlines()]


def both(name: str) -> str:
    """What a command said on either stream."""
    said = captured(f"{name}.txt")
    return (said.stdout + said.stderr).decode()


REAL = {
    "slurm/sbatch_ok": "1",
    "slurm/sbatch_fail": "2",
    "slurm/sbatch_array": "11",
    "slurm/err_toomany": "15",
    "slurm/badout": "22",
    "slurm/begin": "19",
    "slurm/dep": "18",
    "slurm/err_badpartition": "",
    "slurm/err_badopt": "",
    "slurm/err_memory": "",
    "slurm/err_nofile": "",
    "slurm/err_badtime": "",
    "slurm/down.sbatch": "",
    "sge/qsub_ok": "1",
    "sge/qsub_terse_fail": "2",
    "sge/qsub_hold": "3",
    "sge/qsub_impossible": "4",
    "sge/qsub_run2": "7",
    "sge/qsub_array": "8",
    "sge/qsub_array_plain": "9",
    "sge/qsub_Ebad": "10",
    "sge/qsub_badreq": "",
    "sge/qsub_nofile": "",
    "sge/qsub_w_e": "",
    "sge/down_qsub": "",
}


@pytest.mark.parametrize(("name", "job"), REAL.items(), ids=REAL)
def test_real_answers_are_read(name: str, job: str, tmp_path: Path) -> None:
    scheduler = name.partition("/")[0]
    first = (CAPTURES / f"{name}.txt").read_text().partition("\n")[0].removeprefix("$ ")
    command = first[first.index("qsub" if scheduler == "sge" else "sbatch") :]
    assert ids(command, both(name), tmp_path) == ([f"{scheduler} {job}"] if job else [])


def test_every_kind_of_qsub_has_its_capture_in_the_table_above() -> None:
    assert {path.stem for path in CAPTURES.glob("sge/*qsub*")} == {
        name.partition("/")[2] for name in REAL if name.startswith("sge/")
    }


CONDOR = {
    "013-submit-plain": "2",
    "024-submit-terse": "3",
    "032-submit-queue3": "5",
    "039-submit-queue3-terse": "6",
    "042-submit-never": "7",
    "090-submit-nofile": "",
    "091-submit-badexe": "",
    "092-submit-badinput": "11",
    "093-submit-noqueue": "12",
    "094-submit-badsyntax": "",
    "095-submit-unusedvar": "13",
    "096-submit-emptystdin": "",
    "451-root-submit": "",
    "511-hung-submit": "",
}


@pytest.mark.parametrize(("name", "job"), CONDOR.items(), ids=CONDOR)
def test_real_answers_of_htcondor_are_read(name: str, job: str, tmp_path: Path) -> None:
    answer = "".join(
        path.read_text()
        for stream in ("stdout", "stderr")
        if (path := CAPTURES / f"htcondor/{name}.{stream}").exists()
    )
    expected = [f"htcondor {job}"] if job else []
    assert ids("condor_submit", answer, tmp_path) == expected
    assert ids("condor_submit", f"before\n{answer}\nview log with: tail -f X", tmp_path) == expected


def test_of_an_array_of_oar_each_job_is_read(tmp_path: Path) -> None:
    assert ids("oarsub", both("oar/submit_array"), tmp_path) == ["oar 10", "oar 11", "oar 12"]


WITHOUT_ATD = """\
warning: commands will be executed using /bin/sh
job 1 at Sun Nov 22 14:31:00 2026
Can't open /run/atd.pid to signal atd. No atd running?
"""

AMONG_OTHERS = {
    "a line of its own": ("sbatch", "3\nSubmitted batch job 7\n", ["slurm 7"]),
    "twice the same": ("sbatch", "Submitted batch job 7\nSubmitted batch job 7\n", ["slurm 7"]),
    "after a word": ("sbatch", "started: Submitted batch job 7\n", ["slurm 7"]),
    "another cluster's": ("sbatch --parsable", "7;big\n", ["slurm 7"]),
    "no job": ("sbatch", "Submitted batch job x\n7.5\n", []),
    "a name with brackets": ("qsub", 'Your job 7 ("a b (c)") has been submitted\n', ["sge 7"]),
    "a number beside a sentence": ("qsub", '7\nYour job 8 ("a") has been submitted\n', ["sge 8"]),
    "a whole id of PBS": ("qsub", "109[].pbs01.site.org\r\n", ["pbs 109[].pbs01.site.org"]),
    "two clusters": (
        "condor_submit -terse",
        "7.0 - 7.2\n8.0 - 8.0\n",
        ["htcondor 7", "htcondor 8"],
    ),
    "another language": ("at", "job 7 at So 22 Nov 2026 14:38:00 CET", ["at 7"]),
    "without a daemon": ("at", WITHOUT_ATD, ["at 1"]),
    "somebody at home": ("at", "job 5 at home", []),
    "files": ("tsp", "3 files\nv1\n", []),
    "a queue that is the default": (
        "bsub",
        "\x1b[32m> Job <7> is submitted to default queue <normal>.\r\n",
        ["lsf 7"],
    ),
    "not submitted": ("bsub", "Job not submitted.\nMyJob <8> is submitted to nobody\n", []),
    "no number of LSF": (
        "bsub",
        "Job <8x> is submitted to queue <a>.\nJob <9> is submitted to us\n",
        [],
    ),
    "learning rates": (
        "condor_submit -terse",
        "lr 0.0 - 0.5\n0.0 - 0.5\n1.5 - 1.9\n1.0 - 2.0\n1.0 - 1.5 x\n1.0 - 1.\n",
        [],
    ),
    "a cluster that can not be": ("condor_submit", "1 job(s) submitted to cluster 0.\n", []),
    "somebody's words": ("condor_submit", "my 1 job(s) submitted to cluster 7.\n", []),
    "warnings between": (
        "condor_submit",
        (
            "Submitting job(s)\nWARNING: unused\n..\n2 job(s) submitted to cluster 7.\n"
            "Submitting job(s).\r\n1 job(s) submitted to cluster 9.\r\n"
        ),
        ["htcondor 7", "htcondor 9"],
    ),
    "no number of Slurm": ("sbatch --parsable", "0\n007\n12345678901\n7 8\n-7\n7.5\n", []),
    "no number in words": ("sbatch", "Submitted batch job 0\nSubmitted batch job 7x\n", []),
    "files and numbers": ("qsub -terse", "12 files\n1.5\nrun 3\n", []),
    "among words, terse": ("qsub -terse", "ready\n12\n9.1-3:2\n", ["sge 12", "sge 9"]),
    "losses": ("qsub", "  7.server\nloss 0.5\n1.5\n7.server\n", ["pbs 7.server"]),
    "somebody's job of at": ("at", "my job 5 at Sun Nov 22 14:38:00 2026\n", []),
    "a first job of tsp": ("tsp", "submitting\n0\n007\n", ["tsp 0"]),
    "Flux's own letter": ("flux submit", " ƒBLuWEj\r\nƒBLuWEj\n", ["flux fBLuWEj"]),
    "Flux in ASCII": ("flux submit", "f4RUxrEb\n", ["flux f4RUxrEb"]),
    "Flux in digits": ("flux submit", "91620376576\n012\n12x\n42\n", ["flux 91620376576"]),
    "words that begin like Flux": ("flux submit", "finished\nfor 3 jobs\nf\nf.Ex\n", []),
    "another program's digits": ("bsub", "91620376576\n", []),
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("command", "answer", "jobs"), AMONG_OTHERS.values(), ids=AMONG_OTHERS)
def test_jobs_are_found_in_other_text(
    command: str, answer: str, jobs: list[str], shell: str, tmp_path: Path
) -> None:
    assert ids(command, answer, tmp_path, Shell.named(shell)) == jobs
