"""Schedulers that a site adds: real packages, installed into a folder of the test."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.schedulers import adapters, load
from gitbatch_tui.core.schedulers.adapter import find_script
from gitbatch_tui.core.setup.doctor import Health, diagnose
from gitbatch_tui.core.setup.install import install as upgrade
from gitbatch_tui.models import Job, State
from tests.support.batches import new_world, open_batch
from tests.support.scripts import answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.project import Project

# As ARCHITECTURE.md shows it.
ADAPTER = """
import re

from gitbatch_tui.core.schedulers.adapter import INSIDE, JobState
from gitbatch_tui.models import State

WORDS = {"PEND": State.QUEUED, "RUN": State.RUNNING, "DONE": State.SUCCEEDED, "EXIT": State.FAILED}


class Lsf:
    name = "lsf"
    ids = r"\\d+(\\[\\d+\\])?"
    ask = 'within 15 bjobs -noheader -o "id stat" "$@"'
    find = INSIDE + 'within 15 bjobs -noheader -o "id sub_cwd" | inside "$1"'
    cancel = 'within 15 bkill "$@"'
    hold = 'within 15 bstop "$@"'
    release = 'within 15 bresume "$@"'
    commands = ("bsub",)
    grammar = r\'\'\'
lsf_variables='LSF_ENVDIR'

lsf_answer () {
	case "$1" in
	'Job <'[0-9]*'> is submitted to '*) ;;
	*) return 1 ;;
	esac
	id=${1#Job <}
	id=${id%%>*}
}

lsf_self () {
	test -n "$LSB_JOBID" || return 1
	id=$LSB_JOBID
	test "${LSB_JOBINDEX:-0}" = 0 || id="${id}[$LSB_JOBINDEX]" tasks=$LSB_JOBINDEX_END
	self=$id
}

lsf_whole () {
	whole=${1%%[[]*}
}
\'\'\'

    def read(self, answer, ids):
        if answer.status:
            raise ValueError(answer.stderr.decode())
        pairs = (line.split() for line in answer.stdout.decode().splitlines())
        states = {job: JobState(WORDS.get(word, State.UNKNOWN), word) for job, word in pairs}
        return {job: state for job, state in states.items() if job in ids}
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which this program imports; what is found in it is forgotten afterwards."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    load.cache_clear()
    yield folder
    load.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("site_"):
            del sys.modules[name]


def install(packages: Path, module: str, text: str, entry: str) -> None:
    (packages / f"{module}.py").write_text(text)
    about = packages / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[gitbatch_tui.schedulers]\n{entry}\n")


def test_a_sites_scheduler_is_one_like_any_other(project: Project, packages: Path) -> None:
    install(packages, "site_lsf", ADAPTER, "lsf = site_lsf:Lsf")
    assert "lsf" in adapters()
    programs = project.world.root / "programs"
    project.world.script(
        programs / "bsub", "#!/bin/sh\necho 'Job <7> is submitted to queue <long>.'\n"
    )
    project.world.script(programs / "bjobs", "#!/bin/sh\necho 7 PEND\n")
    (project.world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    number = project.world.submit({"schedule.sh": "#!/bin/sh\nbsub ./run.sh\n"})
    run = project.run(number)
    assert (run.state, run.job, run.reason) == (State.QUEUED, Job("lsf", "7"), "PEND")


def test_a_sites_scheduler_may_find_the_jobs_of_a_folder(tmp_path: Path, packages: Path) -> None:
    install(packages, "site_lsf", ADAPTER, "lsf = site_lsf:Lsf")
    bjobs = tmp_path / "bjobs"
    bjobs.write_text("#!/bin/sh\nprintf '7   /data/run/a b\\n8   /data/runs\\n9   /data/run\\n'\n")
    bjobs.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    said = answer(find_script(adapters()["lsf"]), "/data/run", env=env)
    assert said.stdout == b"7\n9\n"
    assert find_script(adapters()["local"]) == ""


def test_a_sites_grammar_records_chains_and_arrays(project: Project, packages: Path) -> None:
    text = ADAPTER.replace("lsf", "ours").replace("bsub", "oursub").replace("LSB_", "OUR_")
    install(packages, "site_ours", text, "ours = site_ours:Lsf")
    upgrade(project.hosts.at(Location.parse(str(project.world.base))), str(project.world.base))
    programs = project.world.clone / "programs"
    # Numbers its jobs from 1, and runs a job of two tasks at once where one is wanted.
    project.world.script(
        programs / "oursub",
        """#!/bin/sh
n=$(($(cat count 2>/dev/null || echo 0) + 1))
echo $n >count
echo "Job <$n> is submitted to queue <long>."
test "$1" != -J || for i in 1 2
do
	OUR_JOBID=$n OUR_JOBINDEX=$i OUR_JOBINDEX_END=2 "$GITBATCH" run oursub inner >/dev/null
done
""",
    )
    (project.world.base / "profile").write_text(f"PATH='{programs}':$PATH\n")
    schedule = "#!/bin/sh\na=$(oursub first)\noursub -J 'x[1-2]' >/dev/null\n"
    number = project.world.submit({"schedule.sh": schedule, ".gitignore": "count\n"})
    answer = project.world.gitbatch("jobs", str(number)).output
    jobs = {line.partition("\t")[0] for line in answer.splitlines() if line.startswith("job=")}
    assert jobs == {f"job=ours {job}" for job in ("1", "2", "2[1]", "2[2]", "3", "4")}
    assert "how=wrapper" not in answer
    bjobs = "#!/bin/sh\nprintf '7   /data/run/a b\\n8   /data/runs\\n'\n"
    project.world.script(programs / "bjobs", bjobs)
    assert project.world.gitbatch("find", "ours", "/data/run").output == "7\nend\n"
    assert [check.verdict for check in diagnose(project.batch) if check.name == "program"] == [
        Health.OK
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("def Lsf():\n    raise RuntimeError('\\x1b[31mno licence')", "no licence"),
        ("class Lsf:\n    name = 'lsf'", "no attribute 'ask'"),
        ("", "no attribute 'Lsf'"),
    ],
)
def test_one_that_is_broken_is_named_by_the_doctor_and_others_go_on(
    tmp_path: Path, packages: Path, text: str, why: str
) -> None:
    install(packages, "site_lsf", text, "lsf = site_lsf:Lsf")
    assert {"local", "at", "slurm", "sge"} <= set(adapters())
    with open_batch(new_world(tmp_path)) as batch:
        found = [check for check in diagnose(batch) if check.verdict is not Health.OK]
    (check,) = found
    assert check.words.startswith("The scheduler lsf of site_lsf:Lsf can't be used (")
    assert why in check.words
    assert check.words.endswith("repair or uninstall the package that it comes from.")
    assert "\x1b" not in check.words
