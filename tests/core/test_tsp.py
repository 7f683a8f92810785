"""Task-spooler: what it prints, and runs that go through it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs.hold import hold
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.tsp import Tsp
from gitbatch_tui.core.setup.templates import write_templates
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Job, State
from tests.support.cancelling import cancel
from tests.support.captures import CAPTURES
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

BY_TSP = '#!/bin/sh\ntsp "$GITBATCH" run ./run.sh\n'
PLAIN = "#!/bin/sh\ntsp ./run.sh\n"
UNTIL_GO = "until test -e ../go; do sleep 0.1; done"
OUT = "/home/user/tspd/ts-out"
SESSION = (CAPTURES / "tsp/session.txt").read_text()


def listings() -> list[str]:
    """Every list of jobs in the capture."""
    return re.findall(r"(?m)^ID   State.*\n(?:\d+ .*\n)+", SESSION)


def said(stdout: str, status: int = 0) -> Answer:
    return Answer(status, stdout.encode(), b"")


def test_waiting_running_and_ended_jobs_are_told_apart() -> None:
    first = listings()[0]
    assert Tsp().read(said(first), {"0", "1", "3", "9"}) == {
        "0": JobState(State.RUNNING, files={"stdout": f"{OUT}.1TUMn5"}),
        "1": JobState(State.QUEUED, "place 1 in task-spooler's queue"),
        "3": JobState(State.QUEUED, "place 3 in task-spooler's queue"),
    }
    (last,) = [each for each in listings() if "(...)" in each]
    signals = "of 2: killed by signal 15\nof 1: died with exit code 3\n"
    assert Tsp().read(said(last + signals), {"0", "1", "2", "3"}) == {
        "0": JobState(State.SUCCEEDED, exit=0, files={"stdout": f"{OUT}.1TUMn5"}),
        "1": JobState(State.FAILED, "exit status 3", exit=3, files={"stdout": f"{OUT}.kETf2u"}),
        "2": JobState(State.FAILED, "killed by signal 15", files={"stdout": f"{OUT}.B7UgVu"}),
        "3": JobState(State.FAILED, "killed by a signal"),
    }


def test_a_number_in_the_name_of_a_folder_is_no_exit_status() -> None:
    head = "ID   State      Output               E-Level  Times(r/u/s)   Command [run=0/1]\n"
    lines = (
        "0    finished   /data/run 0/ts-out.x 3        0.01/0.00/0.00 sh -c exit 3\n",
        "1    finished   /data/run 0/ts-out.y -1       0.01/0.00/0.00 sh 0 1.0/1.0\n",
        "2    finished   /data/run 0/ts-out.z 0        0.01/0.00/0.00 true\n",
        "3    finished   /data/run 0/ts-out.z nothing 0\n",
    )
    found = Tsp().read(said(head + "".join(lines)), {"0", "1", "2", "3"})
    states = {job: (str(state.state), state.exit) for job, state in found.items()}
    assert states == {
        "0": ("failed", 3),
        "1": ("failed", None),
        "2": ("succeeded", 0),
        "3": ("unknown", None),
    }
    assert found["0"].files == {"stdout": "/data/run 0/ts-out.x"}


def test_every_listing_of_the_capture_can_be_read() -> None:
    assert len(listings()) >= 4
    for listing in listings():
        ids = set(re.findall(r"(?m)^\d+", listing))
        known = Tsp().read(said(listing), ids)
        assert set(known) == ids
        assert State.UNKNOWN not in {state.state for state in known.values()}


def test_unknown_words_are_shown() -> None:
    head = listings()[0].splitlines()[0]
    found = Tsp().read(said(f"{head}\n7    dreaming   (file)   sleep\n"), {"7"})
    assert found == {"7": JobState(State.UNKNOWN, "task-spooler says dreaming")}


@pytest.mark.parametrize("answer", [said("", 1), said("", 124), said("", 127), said("garbage\n")])
def test_an_answer_that_says_nothing_means_nothing_is_known(answer: Answer) -> None:
    with pytest.raises(ValueError, match=r"^(garbage|task-spooler gave no answer in time|)$"):
        Tsp().read(answer, {"0"})


@pytest.mark.usefixtures("tsp")
class TestRealTsp:
    """The real task-spooler."""

    def test_a_job_with_the_wrapper_brings_its_results_home(self, project: Project) -> None:
        number = project.world.submit({"schedule.sh": BY_TSP, "run.sh": "#!/bin/sh\necho 1 >out\n"})
        assert project.world.settled(number)["state"] == "succeeded"
        assert project.run(number).result

    @pytest.mark.parametrize(("silent", "status"), [("-n", 0), ("-fn", 3)])
    def test_a_job_whose_number_is_not_printed_is_known_by_its_wrapper(
        self, project: Project, silent: str, status: int
    ) -> None:
        by_tsp = BY_TSP.replace("tsp", f"tsp {silent}") + "true\n"
        job = f"#!/bin/sh\necho 1 >out\nexit {status}\n"
        number = project.world.submit({"schedule.sh": by_tsp, "run.sh": job})
        facts = project.world.settled(number)
        assert (facts.get("exit"), facts.get("warning")) == (str(status), None)
        assert project.run(number).result

    def test_a_job_whose_number_is_not_printed_is_running_while_its_wrapper_is_and_can_be_cancelled(
        self, project: Project
    ) -> None:
        by_tsp = BY_TSP.replace("tsp", "tsp -n")
        job = f"#!/bin/sh\n{UNTIL_GO}\n"
        number = project.world.submit({"schedule.sh": by_tsp, "run.sh": job})
        wait_until(lambda: project.world.facts(number, "started"), 20, "the job")
        run = project.run(number)
        assert (run.state, run.reason) == (State.RUNNING, "")
        assert cancel(project.server, number).complete
        wait_until(lambda: project.run(number).state is State.CANCELLED)

    def test_a_plain_job_whose_number_is_not_printed_says_what_ends_its_run(
        self, project: Project
    ) -> None:
        number = project.world.submit({"schedule.sh": "#!/bin/sh\ntsp -n true\n"})
        run = project.run(number)
        assert run.state is State.UNKNOWN
        assert run.reason.endswith("has to be asked; cancelling ends the run")
        assert cancel(project.server, number).complete
        assert project.run(number).state is State.CANCELLED

    @pytest.mark.parametrize("first", ["spawn ./run.sh", "run true"])
    def test_a_job_beside_one_of_our_own_queue_is_asked_about(
        self, project: Project, first: str
    ) -> None:
        shell = project.world.shell
        if first == "run true" and shell and not shell.has_proc:
            pytest.skip("without /proc, it isn't known which process began before another")
        both = f'#!/bin/sh\n"$GITBATCH" {first}\ntsp false\n'
        number = project.world.submit({"schedule.sh": both, "run.sh": "#!/bin/sh\n"})
        wait_until(lambda: project.run(number).state is State.FAILED)
        assert project.run(number).reason == "1 of 2 jobs failed: 0: exit status 1"

    def test_the_template_works_at_once(self, project: Project) -> None:
        write_templates(project.world.clone, "tsp")
        number = project.world.submit({"run.sh": "#!/bin/sh\ndate >out\n"})
        facts = project.world.settled(number)
        assert (facts["state"], facts["job"]) == ("succeeded", "tsp 0")

    def test_a_plain_job_is_followed_from_the_queue_to_its_end(self, project: Project) -> None:
        first = self.begin(project)
        second = project.world.submit({"schedule.sh": PLAIN, "run.sh": "#!/bin/sh\necho 1 >out\n"})
        run = project.run(second)
        assert (run.state, run.reason) == (State.QUEUED, "place 1 in task-spooler's queue")
        assert run.job == Job("tsp", "1")
        project.world.run(first).joinpath("go").touch()
        wait_until(lambda: project.states() == {first: "failed", second: "succeeded"}, 20)
        assert (project.run(first).exit, project.run(first).reason) == (3, "exit status 3")
        assert project.run(second).result

    def test_the_output_is_a_page_of_the_log(self, project: Project) -> None:
        number = self.begin(project)
        (page,) = [page for page in project.server.files.pages(number) if page.name == "stdout"]
        assert project.server.files.read(number, page.file) == b"here\n"
        cancel(project.server, number)

    def test_a_job_that_waits_can_be_cancelled(self, project: Project) -> None:
        first = self.begin(project)
        second = project.world.submit({"schedule.sh": PLAIN, "run.sh": "#!/bin/sh\n"})
        assert cancel(project.server, second).complete
        wait_until(lambda: project.run(second).state is State.CANCELLED)
        with pytest.raises(Refused, match=r"Jobs of tsp can't be held|nothing to hold"):
            hold(project.server, first)
        assert cancel(project.server, first).complete
        wait_until(lambda: project.run(first).state is State.CANCELLED)

    def test_a_job_that_was_killed_is_told_of(self, project: Project) -> None:
        job = "#!/bin/sh\nkill -9 $$\n"
        number = project.world.submit({"schedule.sh": PLAIN, "run.sh": job})
        wait_until(lambda: project.run(number).state is State.FAILED)
        assert project.run(number).reason == "killed by signal 9"

    def test_a_queue_that_is_gone_is_not_begun_anew_by_asking(
        self, project: Project, tsp: Path
    ) -> None:
        named = '#!/bin/sh\n"$GITBATCH" job tsp "$(tsp ./run.sh)"\n'
        number = self.begin(project, named)
        project.world.call("tsp", "-K")
        wait_until(lambda: not (tsp / "socket").exists())
        assert "doesn't know tsp 0" in project.run(number).reason
        assert not (tsp / "socket").exists()
        project.world.run(number).joinpath("go").touch()

    def begin(self, project: Project, schedule: str = PLAIN) -> int:
        """A plain job that runs until it is let go, and then fails."""
        job = f"#!/bin/sh\necho here\n{UNTIL_GO}\nexit 3\n"
        number = project.world.submit({"schedule.sh": schedule, "run.sh": job})
        wait_until(lambda: project.run(number).state is State.RUNNING)
        return number
