"""Runs whose jobs a stand-in for HTCondor executes."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.logs.run_files import further_files
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.models import Job, State
from tests.support.cancelling import cancel
from tests.support.command_line import call
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

SCHEDULE = "#!/bin/sh\ncondor_submit run.sub\n"
CARRIED = """\
executable = run.sh
log = condor_log.txt
output = out.$(Process).log
error = err.$(Process).log
should_transfer_files = Yes
when_to_transfer_output = ON_EXIT
queue {count}
"""
IGNORED = "*.log\ncondor_log.txt\n"


def submit(project: Project, job: str, submit_file: str) -> int:
    files = {"schedule.sh": SCHEDULE, "run.sub": submit_file, "run.sh": f"#!/bin/sh\n{job}\n"}
    return project.world.submit({**files, ".gitignore": IGNORED})


def ended(project: Project, number: int) -> dict[str, str]:
    wait_until(lambda: project.run(number).state.final, 30, "the end of the run")
    return project.world.settled(number)


@pytest.mark.usefixtures("pool")
class TestTemplate:
    """What `new htcondor` writes."""

    def start(self, project: Project, job: str) -> int:
        write_templates(project.world.clone, "htcondor")
        project.world.script(project.world.clone / "run.sh", f"#!/bin/sh\n{job}\n")
        return project.world.submit({})

    def test_runs_at_once_and_brings_the_results_home(self, project: Project) -> None:
        number = self.start(project, "echo hello; pwd >where.txt")
        facts = ended(project, number)
        assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
        tree = project.world.run(number) / "tree"
        assert project.world.bare("show", "master:where.txt") == str(tree)
        assert (project.world.run(number) / "log").read_text() == "hello\n"
        assert project.run(number).job == Job("htcondor", "1.0")
        assert project.world.bare("ls-tree", "--name-only", "master").split() == [
            "run.sh",
            "run.sub",
            "schedule.sh",
            "where.txt",
        ]

    def test_has_the_course_of_the_job_as_a_page(self, project: Project) -> None:
        number = self.start(project, "true")
        # Nobody asks HTCondor before the job has told its end.
        project.world.settled(number)
        said = call(project, "log", str(number), "--which", "events")
        assert re.match(
            r"\d{4}-\d\d-\d\d\n"
            r"\d\d:\d\d:\d\d  submitted\n"
            r"\d\d:\d\d:\d\d  began on slot1_1@node \(\d+s after submission\)\n",
            said.out,
        )
        raw = call(project, "log", str(number), "--which", "tree:run.sub")
        assert raw.out.startswith("# The job, as HTCondor takes it.")

    def test_tells_how_its_job_failed(self, project: Project) -> None:
        facts = ended(project, self.start(project, "exit 3"))
        assert (facts["state"], facts["exit"]) == ("failed", "3")

    def test_lets_htcondor_carry_the_files_where_that_is_asked_for(self, project: Project) -> None:
        _, submit_file, _ = write_templates(project.world.clone, "htcondor")
        head, asked = submit_file.read_text().split("\nexecutable = $ENV(GITBATCH)\n")
        asked = re.sub(r"(?m)\A.*\n.*\n.*\n|^#\t", "", asked)
        submit_file.write_text(f"{head}\n{asked}")
        project.world.write({"experiment.py": "print(1)\n", "data/a": "a\n"})
        job = "#!/bin/sh\necho hello\ncat data/a experiment.py >result.txt\n"
        project.world.script(project.world.clone / "run.sh", job)
        number = project.world.submit({})
        facts = ended(project, number)
        assert (facts["state"], facts["results"]) == ("succeeded", "delivered")
        assert project.world.bare("show", "master:result.txt") == "a\nprint(1)"
        assert project.world.facts(number, "started") == {}

    def test_may_queue_several_processes(self, project: Project) -> None:
        write_templates(project.world.clone, "htcondor")
        submit_file = project.world.clone / "run.sub"
        text = submit_file.read_text().replace("\nqueue\n", "\nqueue 3\n")
        submit_file.write_text(text.replace("condor.", "condor.$(Process)."))
        project.world.script(project.world.clone / "run.sh", "#!/bin/sh\necho >part.$$\n")
        number = project.world.submit({})
        facts = ended(project, number)
        assert (facts["state"], facts["jobs"]) == ("succeeded", "3")
        jobs = {project.world.facts(number, f"started{mark}")["job"] for mark in ("", ".2", ".3")}
        assert jobs == {"htcondor 1.0", "htcondor 1.1", "htcondor 1.2"}
        assert project.world.bare("ls-tree", "--name-only", "master").count("part.") == 3

    def test_can_be_cancelled_while_it_runs(self, project: Project) -> None:
        number = self.start(project, "exec sleep 600")
        wait_until(lambda: project.run(number).state is State.RUNNING)
        assert cancel(project.server, number).complete
        assert ended(project, number)["state"] == "cancelled"


class TestCarriedFiles:
    """HTCondor carries the files: our wrapper has no part in it."""

    def test_a_run_is_settled_when_htcondor_says_that_its_job_ended(
        self, project: Project, pool: Path
    ) -> None:
        number = submit(project, "echo hello; echo 1 >result.txt", CARRIED.format(count=1))
        facts = ended(project, number)
        assert (facts["state"], facts["exit"], facts["results"]) == ("succeeded", "0", "delivered")
        assert project.world.bare("show", "master:result.txt") == "1"
        scratch = pool / "scratch" / "1.0"
        assert (scratch / "result.txt").exists()
        pages = {page.name: page.open() for page in further_files(project.server, number)}
        told = pages["events"].read(0, 10000).decode() if pages["events"].look().size else ""
        assert "ended: exit status 0 after" in told

    def test_a_job_may_run_as_another_user_on_a_machine_without_git(
        self, project: Project, pool: Path
    ) -> None:
        if os.getuid() != 0:
            pytest.skip("only root can run jobs as another user")
        (pool / "user").write_text("65534")
        tools = pool / "tools"
        tools.mkdir()
        for name in ("sh", "id"):
            (tools / name).symlink_to(f"/bin/{name}" if name == "sh" else "/usr/bin/id")
        job = "command -v git && exit 9\nid -u >result.txt\nexit 0"
        text = CARRIED.format(count=1).replace("queue", f'environment = "PATH={tools}"\nqueue')
        number = submit(project, job, text)
        facts = ended(project, number)
        assert (facts["state"], facts["results"]) == ("succeeded", "delivered"), facts
        assert project.world.bare("show", "master:result.txt") == "65534"

    @pytest.mark.usefixtures("pool")
    def test_all_processes_of_a_cluster_have_to_succeed(self, project: Project) -> None:
        job = 'n=${_CONDOR_SCRATCH_DIR##*.}\necho "$n" >"part.$n"\ntest "$n" != 1 || kill -9 $$'
        number = submit(project, job, CARRIED.format(count=3))
        facts = ended(project, number)
        assert facts["state"] == "failed"
        assert facts["reason"] == "1 of 3 jobs failed: 1.1: killed by signal 9"
        assert facts["results"] == "delivered"
