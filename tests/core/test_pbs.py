"""PBS: what its programs printed, in captures; and scripts, asked of a stand-in that says so."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.jobs import judge
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.core.schedulers.pbs import Pbs as Adapter
from gitbatch_tui.core.schedulers.pbs_records import describe, records
from gitbatch_tui.models import State
from tests.support.cancelling import cancel
from tests.support.captures import CAPTURES
from tests.support.scripts import answer
from tests.support.servers.pbs_standin import Pbs, as_text, jobs_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gitbatch_tui.core.schedulers.adapter import JobState
    from tests.support.project import Project

NEVER_RAN = "what it waited for did not come: it never ran"
UNBORN = "deleted before it began"
NO_NODES = "waits: Not enough free nodes available"
NCPUS = "Insufficient amount of resource: ncpus (R: 99 A: 2 T: 2): will never start"

# Capture, job, state, reason, exit status or minus the signal. A plus before the reason: held; a
# minus: it can never begin.
STATES = [
    ("qstat_queued", "60", State.QUEUED, NO_NODES, None),
    ("qstat_queue_stopped", "147", State.QUEUED, "waits: Queue not started", None),
    ("qstat_queued_impossible", "35", State.QUEUED, f"-{NCPUS}", None),
    ("qstat_held_user", "60", State.QUEUED, "+held by you", None),
    ("held_by_admin", "60", State.QUEUED, "+held by the administrators", None),
    ("dep_held", "85", State.QUEUED, "waits for job 84", None),
    ("qstat_waiting", "61", State.QUEUED, "begins at 2026-11-25 20:37 UTC", None),
    ("mom_down_later", "222", State.QUEUED, NO_NODES, None),
    ("qstat_scheduling_off", "149", State.QUEUED, "", None),
    ("qstat_running", "58", State.RUNNING, "", None),
    ("qstat_suspended", "59", State.RUNNING, "suspended", None),
    ("qstat_exiting", "37", State.RUNNING, "is ending", None),
    ("qdel_force", "105", State.RUNNING, "", None),
    ("finished_ok", "64", State.SUCCEEDED, "", 0),
    ("finished_exit3", "65", State.FAILED, "exit status 3", 3),
    ("finished_kill9", "66", State.FAILED, "exit status 137", 137),
    ("finished_badinterp", "70", State.FAILED, "exit status 127", 127),
    ("finished_exe_missing", "75", State.FAILED, "exit status 254", 254),
    ("finished_memory", "78", State.FAILED, "needed more memory than it asked for", None),
    ("finished_walltime", "77", State.FAILED, "reached its time limit", None),
    ("finished_cput", "81", State.FAILED, "killed by signal 9", -9),
    ("qstat_sigtermed", "107", State.FAILED, "killed by signal 15", -15),
    ("qstat_deleted_running", "58", State.CANCELLED, "deleted by ada", None),
    ("qstat_deleted_trap", "103", State.CANCELLED, "deleted by ada", None),
    ("qstat_deleted_queued", "62", State.CANCELLED, UNBORN, None),
    ("qstat_deleted_waiting", "61", State.CANCELLED, UNBORN, None),
    ("dep_after_failure", "85", State.CANCELLED, f"-{NEVER_RAN}", None),
    ("qstat_array_running", "113[]", State.RUNNING, "1 queued, 1 running", None),
    ("qstat_array_done_t", "109[]", State.FAILED, "4 succeeded, 1 failed; ", 4),
    ("qstat_array_done", "109[]", State.FAILED, "some of its elements failed", None),
    ("dep_afterok_array", "141[]", State.FAILED, "some of its elements failed", None),
    ("qstat_array_deleted", "113[]", State.CANCELLED, "deleted", None),
]


def told(capture: str, status: int = 0, stderr: str = "", how: str = "history") -> Answer:
    """What the script says where PBS says what it said for this capture."""
    text = as_text(jobs_in(capture)) if capture else ""
    return Answer(0, f"{text}gitbatch: {status} {how}\n".encode(), stderr.encode())


@pytest.mark.parametrize(
    ("capture", "job", "state", "reason", "status"), STATES, ids=[row[0] for row in STATES]
)
def test_jobs_in_every_state_are_understood(
    capture: str, job: str, state: State, reason: str, status: int | None
) -> None:
    found = Adapter().read(told(capture), [job])[job]
    assert found.state is state
    assert (found.exit if found.signal is None else -found.signal) == status
    assert found.reason.startswith(reason.lstrip("+-"))
    assert (found.held, found.never) == (reason.startswith("+"), reason.startswith("-"))
    assert found.submitted
    assert (found.ended is not None) == state.final


def by_the_manual(job: Mapping[str, str], *, kept: bool) -> tuple[State, int | None]:
    """The state, and the exit status or minus the signal, as PBS's reference guide has them.

    Where no history is `kept`, it says nothing of ended jobs.
    """
    letter, kind = job["job_state"], job["substate"]
    if letter in "QHW":
        return State.QUEUED, None
    if letter in "RSEBTU" or not kept:
        return State.RUNNING, None
    if "[]" in job["id"] and "stime" in job:
        return {"92": State.SUCCEEDED, "93": State.FAILED}.get(kind, State.CANCELLED), None
    return _ended(job)


def _ended(job: Mapping[str, str]) -> tuple[State, int | None]:
    status = int(job.get("Exit_status", 0))
    element = "[" in job["id"] and "array_index" not in job
    if "Exit_status" not in job or element or job["substate"] == "91":
        return State.CANCELLED, None
    if status < 0 or status > 256:
        return State.FAILED, None if status < 0 else 256 - status
    return State.FAILED if status else State.SUCCEEDED, status


def printed_in(capture: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The jobs that a capture tells of, in JSON or in lines."""
    yield from records(as_text(jobs_in(capture.stem)))
    lines = (line for line in capture.read_text().splitlines() if line.startswith("O:"))
    for text in re.findall(
        r"(?ms)^Job Id: [\w.[\]-]+$.*?^$", "".join(f"{line[3:]}\n" for line in lines)
    ):
        # One of text_injection was made up by a job, and is none.
        yield from ((job, facts) for job, facts in records(text) if "substate" in facts)


def test_every_job_in_every_capture_is_in_the_state_that_the_manual_says() -> None:
    seen, offenders = 0, []
    for path in sorted(CAPTURES.glob("pbs/*.txt")):
        for job, facts in printed_in(path):
            seen += 1
            kept = not path.stem.startswith("nohist")
            found = describe(facts, kept=kept)
            status = found.exit if found.signal is None else -found.signal
            state, expected = by_the_manual(facts, kept=kept)
            if found.state is not state or (expected is not None and status != expected):
                offenders.append(f"{path.name}: {job} is {found.state} {status}: {found.reason}")
    assert not offenders
    assert seen > 280


def job(ident: str, **facts: str) -> str:
    """What `qstat -f` says of a job."""
    lines = [f"Job Id: {ident}", *(f"    {name} = {value}" for name, value in facts.items())]
    return "".join(f"{line}\n" for line in [*lines, ""])


def read(text: str, *ids: str, end: str = "0 history", stderr: str = "") -> dict[str, JobState]:
    return Adapter().read(Answer(0, f"{text}gitbatch: {end}\n".encode(), stderr.encode()), ids)


def test_jobs_of_two_servers_with_the_same_number_are_two_jobs() -> None:
    ended = {"job_state": "F", "substate": "92", "Exit_status": "0"}
    text = job("12.east", **ended) + job("12.west", job_state="R")
    text += job("9[].east", job_state="B", array="True") + job(
        "9[1].east", array_index="1", **ended
    )
    text += job("9[].west", job_state="B", array="True") + job("9[1].west", job_state="Q")
    found = read(text, "12.east", "12.west", "9[].east", "9[].west", "12")
    assert found["12.east"].state is State.SUCCEEDED
    assert found["12.west"].state is State.RUNNING
    assert [list(found[f"9[].{each}"].tasks) for each in ("east", "west")] == [
        ["9[1].east"],
        ["9[1].west"],
    ]
    assert found["12"].state is State.UNKNOWN, "it may be either"
    unknown = "qstat: Unknown Job Id 12.west\n"
    found = read(job("12.east", **ended), "12.west", "12.east", end="153 history", stderr=unknown)
    assert list(found) == ["12.east"]


def test_a_servers_name_may_be_left_out_or_be_the_short_one() -> None:
    text = job("12.site.example.org", job_state="R")
    found = read(text, "12", "12.site", "12.site.example.org", "12.sit")
    assert [str(state.state) for state in found.values()] == ["running"] * 3 + ["unknown"]


def test_an_id_that_is_none_spoils_no_answer_about_others() -> None:
    wrong = "qstat: illegally formed job identifier: 12.othersrv\n"
    found = read(
        job("7.node1", job_state="R"), "7.node1", "12.othersrv", end="1 history", stderr=wrong
    )
    assert (found["7.node1"].state, found["12.othersrv"].state) == (State.RUNNING, State.UNKNOWN)
    with pytest.raises(ValueError, match="something else"):
        read(job("7.node1", job_state="R"), "7.node1", end="1 history", stderr="something else")


def test_a_job_that_others_wait_for_and_that_never_ran_did_not_wait_itself() -> None:
    never = job("9.a", job_state="F", substate="92", depend="beforeok:10.a@a")
    found = read(never, "9.a")["9.a"]
    assert (found.state, found.never) == (State.UNKNOWN, False)


def test_of_an_element_that_ended_nothing_is_known_where_there_is_no_history() -> None:
    path = CAPTURES / "pbs/nohist_subjob_expired.txt"
    ((ident, facts),) = printed_in(path)
    text = job(ident, **facts) + job("253[2].node1", job_state="R", array_index="2")
    text += job("253[].node1", job_state="B", array="True")
    found = read(text, "253[].node1", end="0 current")["253[].node1"]
    assert found.state is State.RUNNING
    assert found.tasks[ident].state is State.RUNNING
    assert "doesn't say how" in found.tasks[ident].reason


def test_the_elements_of_an_array_have_ends_of_their_own() -> None:
    found = Adapter().read(told("qstat_array_done_t"), ["109[].node1"])["109[].node1"]
    assert {job: each.exit for job, each in found.tasks.items()} == {
        f"109[{index}].node1": 4 if index == 3 else 0 for index in range(1, 6)
    }
    assert found.tasks["109[3].node1"].files == {
        "stdout": "/home/ada/w/arr.sh.o109.3",
        "stderr": "/home/ada/w/arr.sh.e109.3",
    }
    deleted = Adapter().read(told("qstat_subjob_deleted"), ["113[4]"])["113[4]"]
    assert (deleted.state, deleted.reason) == (State.CANCELLED, UNBORN)


def test_where_since_when_and_under_which_name_a_job_ran() -> None:
    found = Adapter().read(told("finished_walltime"), ["77"])["77"]
    assert (found.host, found.name, found.directory) == ("node1", "long.sh", "/home/ada/w")
    assert found.started == datetime(2026, 11, 25, 19, 38, 46, tzinfo=UTC)
    assert found.ended == datetime(2026, 11, 25, 19, 38, 53, tzinfo=UTC)
    assert found.files == {
        "stdout": "/home/ada/w/long.sh.o77",
        "stderr": "/home/ada/w/long.sh.e77",
    }


def test_a_job_can_not_make_up_jobs_or_ends_by_line_ends_in_its_variables() -> None:
    lines = (CAPTURES / "pbs/text_injection.txt").read_text().split("$ ")
    wide = next(part for part in lines if part.startswith("qstat -f -w"))
    text = "".join(f"{line[3:]}\n" for line in wide.splitlines() if line.startswith("O:"))
    said = Answer(0, f"{text}gitbatch: 0 history\n".encode(), b"")
    found = Adapter().read(said, ["259.node1", "1.node1"])
    assert found["259.node1"].reason == "held by you"
    assert found["1.node1"].state is State.UNKNOWN


def test_lines_that_end_as_on_other_systems_are_understood() -> None:
    text = as_text(jobs_in("qstat_running")).replace("\n", "\r\n")
    said = Answer(0, f"{text}gitbatch: 0 history\n".encode(), b"")
    found = Adapter().read(said, ["58", "9999"])
    assert (found["58"].state, "\r" in str(found["58"])) == (State.RUNNING, False)
    assert found["9999"].reason == "PBS says nothing of it"


TORQUE = """\
Job Id: 12.server.site.org
    job_state = C
    exit_status = {status}
    Join_Path = oe
    ctime = Wed Nov 25 19:37:37 2026
    start_time = Wed Nov 25 19:38:00 2026
    comp_time = Wed Nov 25 19:39:00 2026
    exec_host = node1/0
"""


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("0", State.SUCCEEDED, ""),
        ("2", State.FAILED, "exit status 2"),
        ("271", State.FAILED, "killed by signal 15"),
        ("-11", State.FAILED, "reached its time limit"),
        ("-10", State.FAILED, "needed more memory than it asked for"),
        ("-99", State.FAILED, "PBS ended it (status -99)"),
        ("", State.UNKNOWN, "PBS says that it is over, and not how: it never ran"),
    ],
)
def test_a_job_of_torque_is_told_by_the_words_of_its_documentation(
    status: str, state: State, reason: str
) -> None:
    text = TORQUE.format(status=status)
    said = Answer(0, f"{text}gitbatch: 0 current\n".encode(), b"")
    found = Adapter().read(said, ["12.server.site.org"])["12.server.site.org"]
    assert (found.state, found.reason, found.host) == (state, reason, "node1")
    assert found.started == datetime(2026, 11, 25, 19, 38, tzinfo=UTC)
    assert (found.ended is not None) == state.final


def test_an_element_of_an_array_of_torque_is_a_job_of_its_own() -> None:
    text = (
        TORQUE.format(status="1").replace("12.server", "427[3].server") + "    job_array_id = 3\n"
    )
    said = Answer(0, f"{text}gitbatch: 0 current\n".encode(), b"")
    assert Adapter().read(said, ["427[3].server"])["427[3].server"].exit == 1


def test_a_job_that_pbs_does_not_know_is_gone_only_where_it_keeps_a_history() -> None:
    unknown = "qstat: Unknown Job Id 9.node1\n"
    assert Adapter().read(told("", 153, unknown), ["9.node1"]) == {}
    forgotten = Adapter().read(told("", 153, unknown, "current"), ["9.node1"])["9.node1"]
    assert (forgotten.state, forgotten.presumed) == (State.UNKNOWN, None)
    assert "keeps no history" in forgotten.reason
    odd = Adapter().read(told("", 170, "qstat: Unknown queue destination abc\n"), ["abc"])["abc"]
    assert odd.state is State.UNKNOWN
    assert "Unknown queue destination" in odd.reason


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (told("", 255, "Connection refused\nqstat: cannot connect to server"), "Connection ref"),
        (told("", 124), "qstat gave no answer in time"),
        (Answer(0, as_text(jobs_in("finished_ok")).encode(), b""), "was cut"),
        (Answer(1, b"", b"there is no qstat on the PATH\n"), "no qstat"),
        (Answer(0, b"", b""), "was cut"),
    ],
)
def test_no_answer_means_nothing_is_known(said: Answer, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Adapter().read(said, ["64"])


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
class TestScripts:
    """Of the adapter, with the stand-in on the PATH."""

    @pytest.fixture(autouse=True)
    def _site(self, pbs: Pbs, shell: str) -> None:
        self.pbs, self.shell = pbs, shell

    def answer(self, script: str, *ids: str, patience: int = 30) -> Answer:
        env = {"PATH": f"{self.pbs.folder}:{os.environ['PATH']}"}
        return answer(script, *ids, env=env, shell=self.shell, patience=patience)

    def read(self, *ids: str) -> dict[str, JobState]:
        return Adapter().read(self.answer(Adapter().ask, *ids), ids)

    def test_one_question_tells_of_all_jobs_with_and_without_a_history(self) -> None:
        self.pbs.tells("64", "finished_ok")
        self.pbs.tells("58", "qstat_running")
        found = self.read("64.node1", "58.node1", "9.node1")
        assert {job: str(state.state) for job, state in found.items()} == {
            "64.node1": "succeeded",
            "58.node1": "running",
        }
        self.pbs.is_("no-history")
        self.pbs.forgets("64")
        found = self.read("64.node1", "58.node1")
        assert {job: str(state.state) for job, state in found.items()} == {
            "64.node1": "unknown",
            "58.node1": "running",
        }

    def test_another_qstat_and_no_server_are_told_apart_from_no_job(self) -> None:
        self.pbs.is_("down")
        with pytest.raises(ValueError, match="cannot connect to server node1"):
            self.read("64")
        (self.pbs.folder / "version").write_text("SGE 8.1.9\n")
        with pytest.raises(
            ValueError, match="the qstat on the PATH doesn't say that it is that of PBS"
        ):
            self.read("64")

    def test_torque_is_known_by_any_of_its_words_whatever_stands_around_them(self) -> None:
        self.pbs.tells("58", "qstat_running")
        for said in (
            "version: 2.5.12",
            "Version: 6.1.2\nCommit: 661e092",
            "WARNING: x\nversion: 4",
        ):
            words = f"#!/bin/sh\ntest $1 != --version || exec cat >&2 <<-'E'\n{said}\nE\n"
            (self.pbs.folder / "qstat").write_text(f'{words}cat ${{0%/*}}/jobs/58\necho >&2 "$*"\n')
            given = self.answer(Adapter().ask, "58.node1")
            assert Adapter().read(given, ["58.node1"])["58.node1"].state is State.RUNNING
            assert given.stderr == b"-t -f -1 58.node1\n"

    def test_a_server_that_hangs_holds_nobody_for_long(self) -> None:
        self.pbs.is_("hangs")
        said = self.answer(Adapter().ask, "64", patience=1)
        with pytest.raises(ValueError, match="no answer in time"):
            Adapter().read(said, ["64"])

    def test_a_qstat_that_does_not_even_say_its_version_is_not_taken_for_another(self) -> None:
        (self.pbs.folder / "qstat").write_text("#!/bin/sh\nexec sleep 600\n")
        said = self.answer(Adapter().ask, "64", patience=1)
        with pytest.raises(ValueError, match="qstat gave no answer in time"):
            Adapter().read(said, ["64"])

    def test_only_what_waits_is_held_and_only_what_you_hold_is_released(self) -> None:
        for job, capture in {"58": "qstat_running", "35": "qstat_queued_impossible"}.items():
            self.pbs.tells(job, capture)
        ids = ["58.node1", "35.node1", "9.node1"]
        assert outcome_of(self.answer(Adapter().hold, *ids), ids) == (("35.node1",), {})
        self.pbs.tells("60", "held_by_admin")
        assert outcome_of(self.answer(Adapter().release, "60.node1"), ["60.node1"]).done == ()
        self.pbs.tells("60", "qstat_held_user")
        assert outcome_of(self.answer(Adapter().release, "60.node1"), ["60.node1"]).done
        assert self.pbs.calls() == ["qhold 35.node1", "qrls 60.node1"]

    def test_what_lives_is_cancelled_and_what_has_ended_is_left(self) -> None:
        self.pbs.tells("58", "qstat_running")
        self.pbs.tells("64", "finished_ok")
        self.pbs.tells("113[]", "qstat_array_running")
        ids = ["58.node1", "64.node1", "113[].node1", "9.node1"]
        found = outcome_of(self.answer(Adapter().cancel, *ids), ids)
        assert found == (("58.node1", "113[].node1"), {})
        assert self.pbs.calls() == ["qdel 58.node1", "qdel 113[].node1"]

    def test_no_words_in_a_jobs_own_variables_keep_it_from_being_cancelled(self) -> None:
        note = {"NOTE": "Unknown Job Id, has finished"}
        self.pbs.tells("58", "qstat_running", Variable_List=note)
        found = outcome_of(self.answer(Adapter().cancel, "58.node1"), ["58.node1"])
        assert (found.done, self.pbs.calls()) == (("58.node1",), ["qdel 58.node1"])

    def test_the_jobs_of_a_folder_are_found(self) -> None:
        self.pbs.tells("58", "qstat_running")
        self.pbs.tells("60", "qstat_held_user", Variable_List={"PBS_O_WORKDIR": "/home/ada/w2"})
        said = self.answer(Adapter().find, "/home/ada/w")
        assert said.stdout == b"58.node1\n"

    def test_a_folder_is_where_a_job_was_submitted_whatever_its_name_and_variables_are(
        self,
    ) -> None:
        own = {"PBS_O_WORKDIR": "/data/w", "SEEN": "PBS_O_WORKDIR=/data/a\\,b"}
        self.pbs.tells("58", "qstat_running", Variable_List=own)
        comma = {"PBS_O_HOME": "x\\,PBS_O_WORKDIR=/data/w", "PBS_O_WORKDIR": "/data/a\\,b/\\\\"}
        self.pbs.tells("60", "qstat_held_user", Variable_List=comma)
        assert self.answer(Adapter().find, "/data/w").stdout == b"58.node1\n"
        assert self.answer(Adapter().find, "/data/a,b/\\").stdout == b"60.node1\n"


def test_a_run_ends_as_the_stand_in_for_pbs_says(
    project: Project, pbs: Pbs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "GRACE", timedelta(0))
    (project.world.base / "profile").write_text(f"PATH='{pbs.folder}':$PATH\n")
    pbs.tells("58", "qstat_running", ctime="Wed Nov 25 19:37:37 2099")
    schedule = '#!/bin/sh\n"$GITBATCH" job pbs 58.node1\n'
    number = project.world.submit({"schedule.sh": schedule})
    assert project.run(number).state is State.RUNNING
    pbs.tells("58", "qstat_deleted_running", ctime="Wed Nov 25 19:37:37 2099")
    project.listing()
    assert project.world.settled(number)["state"] == "cancelled"


def test_what_is_named_instead_of_a_job_reaches_no_program(project: Project, pbs: Pbs) -> None:
    (project.world.base / "profile").write_text(f"PATH='{pbs.folder}':$PATH\n")
    number = project.world.submit({"schedule.sh": '#!/bin/sh\n"$GITBATCH" job pbs train\n'})
    run = project.run(number)
    assert (run.state, run.reason) == (State.UNKNOWN, "pbs has no jobs of that name")
    assert "pbs has no such job" in cancel(project.server, number).trouble
    assert pbs.calls() == []
