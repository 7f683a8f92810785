"""What Slurm prints, and what is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.adapter import JobState
from gitbatch_tui.core.schedulers.slurm import Slurm
from gitbatch_tui.core.schedulers.slurm_records import FIELD, PAST_FIELDS, QUEUE_FIELDS, RECORD
from gitbatch_tui.models import State

CAPTURES = Path(__file__).parents[1] / "captures/slurm"
NEVER = "will never start"
# What scontrol calls the fields of squeue
SCONTROL = {
    "JobID": "JobId", "State": "JobState", "Reason": "Reason", "SubmitTime": "SubmitTime",
    "StartTime": "StartTime", "EndTime": "EndTime", "tres-alloc": "TRES",
    "Dependency": "Dependency", "Name": "JobName", "STDOUT": "StdOut", "STDERR": "StdErr",
    "WorkDir": "WorkDir", "NodeList": "NodeList", "BatchHost": "BatchHost",
    "RestartCnt": "Restarts",
}  # fmt: skip


@dataclass(frozen=True)
class Capture:
    """A program of Slurm that was run, and what it said."""

    command: str
    stdout: str
    stderr: str
    status: int

    @classmethod
    def named(cls, name: str) -> Capture:
        command, *lines, last = (CAPTURES / f"{name}.txt").read_text().splitlines()
        streams = {
            kind: "".join(f"{line[3:]}\n" for line in lines if line.startswith(f"{kind}: "))
            for kind in "OE"
        }
        return cls(command, streams["O"], streams["E"], int(last.removeprefix("rc=")))

    def queue(self) -> str:
        """As squeue tells what scontrol told here."""
        return "".join(map(squeue_line, self.stdout.splitlines()))

    def past(self) -> str:
        """The fields that we ask sacct for, of those that were asked for here."""
        names = re.findall(r"\w+", self.command.rpartition(" -o ")[2])
        lines = self.stdout.splitlines()[" -n " not in self.command :]
        records = [dict(zip(names, line.split("|"), strict=True)) for line in lines]
        # Some captures have no time of submission.
        return "".join(
            FIELD.join(each.get(name, "") for name in PAST_FIELDS) + "\n" for each in records
        )


def squeue_line(scontrol: str) -> str:
    told = dict(re.findall(r"(\S+?)=(.*?)(?= [A-Z][\w:/]*=|$)", scontrol.strip()))
    status, signal = map(int, told["ExitCode"].split(":"))
    fields = {name: told.get(other, "") for name, other in SCONTROL.items()}
    fields["exit_code"] = str(status << 8 | signal)
    task = told.get("ArrayTaskId")
    waits = task and not task.isdigit()
    number = f"{told.get('ArrayJobId')}_" + (f"[{task}]" if waits else f"{task}")
    fields["JobArrayID"] = number if task else told["JobId"]
    fields["UserName"] = "user"
    return squeued(**fields)


def squeued(number: str = "7", state: str = "PENDING", reason: str = "None", **more: str) -> str:
    """A line of squeue."""
    fields = dict.fromkeys(QUEUE_FIELDS, "") | {
        "JobArrayID": number,
        "JobID": number.partition("_")[0],
        "State": state,
        "Reason": reason,
        "exit_code": "0",
    }
    return FIELD.join((fields | more)[name] for name in QUEUE_FIELDS) + f"{RECORD}\n"


def answer(
    queue: str = "", past: str = "", *, squeue: int = 0, sacct: int = 0, stderr: str = ""
) -> Answer:
    """What our script prints when squeue and sacct say this."""
    names = ",".join(QUEUE_FIELDS)
    text = f"{queue}\n\x1dsqueue {squeue}  {names}\n{past}\x1dsacct {sacct} \n"
    return Answer(0, text.encode(), stderr.encode())


def state_of(line: str) -> JobState:
    """What is made of one line of squeue about job 7."""
    return Slurm().read(answer(line), {"7"})["7"]


class TestQueue:
    """What squeue tells."""

    @pytest.mark.parametrize(
        ("end", "deadline"),
        [
            ("2026-05-02T10:00:00", datetime(2026, 5, 2, 10, tzinfo=UTC)),
            ("2027-05-01T10:00:00", None),  # What it says where there is no limit
            ("NONE", None),
        ],
    )
    def test_a_running_job_is_stopped_at_its_limit_if_it_has_one(
        self, end: str, deadline: datetime | None
    ) -> None:
        line = squeued(state="RUNNING", StartTime="2026-05-01T10:00:00", EndTime=end)
        assert state_of(line).deadline == deadline

    @pytest.mark.parametrize(
        ("capture", "job", "expected"),
        [
            ("completed", "1", JobState(State.SUCCEEDED, exit=0)),
            ("failed", "2", JobState(State.FAILED, "exit status 3", 3)),
            ("failed_badinterp", "20", JobState(State.FAILED, "exit status 2", 2)),
            ("killed_k9", "23", JobState(State.FAILED, "killed by signal 9 (KILL)")),
            ("killed_k15", "24", JobState(State.FAILED, "killed by signal 15 (TERM)")),
            (
                "badout",
                "22",
                JobState(
                    State.FAILED,
                    "could not be started: can the file for its output be written?",
                ),
            ),
            ("cancelled_pending", "6", JobState(State.CANCELLED)),
            ("cancelled_running_late", "3", JobState(State.CANCELLED)),
            ("cancelled_simple", "8", JobState(State.CANCELLED)),
            ("held_user", "7", JobState(State.QUEUED, "held by you")),
            (
                "pending_dependency_never",
                "18",
                JobState(State.QUEUED, f"what it waits for did not come: {NEVER}"),
            ),
            (
                "pending_partition_down",
                "17",
                JobState(State.QUEUED, "its partition takes no jobs now"),
            ),
            ("pending_priority", "6", JobState(State.QUEUED, "others are before it in the queue")),
            ("pending_resources", "5", JobState(State.QUEUED, "waits for 2 CPUs")),
        ],
    )
    def test_jobs_in_every_state_are_understood(
        self, capture: str, job: str, expected: JobState
    ) -> None:
        queue = Capture.named(f"{capture}.scontrol_o").queue()
        state = Slurm().read(
            answer(queue, sacct=1, stderr="x accounting storage is disabled"), {job}
        )[job]
        told = (state.state, state.reason, state.exit)
        assert told == (expected.state, expected.reason, expected.exit)
        assert (state.ended is not None) == state.state.final
        assert state.submitted is not None

    def test_the_files_and_times_of_a_job_are_told(self) -> None:
        state = Slurm().read(answer(Capture.named("failed.scontrol_o").queue()), {"2"})["2"]
        assert state.files == {"stdout": "/home/user/slurm-2.out"}
        assert state.ended == datetime(2026, 11, 22, 14, 36, 16, tzinfo=UTC)
        assert state.submitted == datetime(2026, 11, 22, 14, 36, 16, tzinfo=UTC)

    def test_an_array_has_begun_as_soon_as_one_task_has_ended(self) -> None:
        state = Slurm().read(answer(Capture.named("array.scontrol_o").queue()), {"11"})["11"]
        why = "4 queued, 1 succeeded: waits for other tasks of its array"
        assert (state.state, state.reason) == (State.RUNNING, why)
        assert {task: each.state for task, each in state.tasks.items()} == {
            "11_0": State.SUCCEEDED,
            **{f"11_{task}": State.QUEUED for task in (1, 2, 3, 4)},
        }

    def test_an_array_ends_with_the_worst_of_its_tasks(self) -> None:
        state = Slurm().read(answer(Capture.named("array_done.scontrol_o").queue()), {"11"})["11"]
        why = "1 succeeded, 3 failed"
        assert (state.state, state.reason.partition(";")[0]) == (State.FAILED, why)
        assert {task: each.exit for task, each in state.tasks.items()} == {
            "11_0": 0, "11_1": 1, "11_2": 2, "11_3": 3,
        }  # fmt: skip
        assert state.tasks["11_2"].files == {"stdout": "/home/user/arr-11_2.out"}

    @pytest.mark.parametrize(
        ("waiting", "tasks"),
        [
            ("1-4%1", ["7_1", "7_2", "7_3", "7_4"]),
            ("4-9:2%2", ["7_4", "7_6", "7_8"]),
            ("1,3,8-9", ["7_1", "7_3", "7_8", "7_9"]),
            ("1,3,...", ["7_1", "7_3"]),
            ("?", ["7_[?]"]),
        ],
    )
    def test_waiting_tasks_are_told_apart(self, waiting: str, tasks: list[str]) -> None:
        state = state_of(squeued(f"7_[{waiting}]") + squeued("7_100", "RUNNING"))
        assert list(state.tasks) == [*tasks, "7_100"]

    def test_an_array_of_any_size_is_bearable(self) -> None:
        state = state_of(squeued("7_[1-4000000000]"))
        assert len(state.tasks) == 10_000

    def test_parts_of_a_heterogeneous_job_are_its_tasks(self) -> None:
        state = state_of(squeued("7+0", "RUNNING") + squeued("7+1"))
        assert list(state.tasks) == ["7+0", "7+1"]

    def test_the_first_part_of_a_heterogeneous_job_has_its_output(self) -> None:
        parts = [
            squeued(f"7+{part}", "RUNNING", JobID=f"{7 + part}", STDOUT=f"/d/slurm-{7 + part}.out")
            for part in (0, 1)
        ]
        state = state_of("".join(parts))
        assert [task.files for task in state.tasks.values()] == [{"stdout": "/d/slurm-7.out"}, {}]

    def test_an_expected_start_a_hold_and_a_dead_end_are_told_apart(self) -> None:
        expected = state_of(squeued(reason="Priority", StartTime="2026-11-22T15:37:49"))
        assert expected.estimate == datetime(2026, 11, 22, 15, 37, 49, tzinfo=UTC)
        assert (expected.started, expected.held, expected.never) == (None, False, False)
        assert state_of(squeued(reason="JobHeldAdmin")).held
        assert state_of(squeued(state="REQUEUE_HOLD")).held
        assert state_of(squeued(reason="DependencyNeverSatisfied")).never
        mixed = squeued("7_[1-2]", reason="JobHeldUser") + squeued("7_3", reason="Priority")
        assert not state_of(mixed).held
        running = squeued("7_[1-2]", reason="JobHeldUser") + squeued("7_3", "RUNNING")
        assert state_of(running).held

    def test_all_that_waits_for_a_dead_end_is_one(self) -> None:
        lines = [
            squeued("7", reason="DependencyNeverSatisfied", Dependency="afterok:6(failed)"),
            squeued("8", reason="Dependency", Dependency="afterok:7(unfulfilled)"),
            squeued("9_[1-2]", reason="Dependency", Dependency="afterany:8_*(unfulfilled)"),
            squeued("10", reason="Dependency", Dependency="afterok:7(unfulfilled)?afterok:11"),
            squeued("12", reason="Dependency", Dependency="afterok:13(unfulfilled)"),
        ]
        ids = ["7", "8", "9", "10", "12"]
        found = Slurm().read(answer("".join(lines)), ids)
        assert {job: state.never for job, state in found.items()} == {
            "7": True, "8": True, "9": True, "10": False, "12": False,
        }  # fmt: skip
        assert found["8"].reason == "waits for job 7, which will never start"
        assert all(task.never for task in found["9"].tasks.values())

    @pytest.mark.parametrize(
        ("depends", "state"),
        [
            ("afterok:6(failed)", State.CANCELLED),
            ("afternotok:6(failed)", State.SUCCEEDED),
            ("afternotok:6_*(failed),afternotok:9(unfulfilled)", State.SUCCEEDED),
            ("afternotok:6(failed),afterok:9(failed)", State.CANCELLED),
            ("afterok:6(failed)?afternotok:9(failed)", State.CANCELLED),
            ("", State.CANCELLED),
        ],
    )
    def test_what_slurm_took_off_its_queue_since_it_could_never_begin_is_told(
        self, depends: str, state: State
    ) -> None:
        told = state_of(
            squeued(state="CANCELLED", reason="DependencyNeverSatisfied", Dependency=depends)
        )
        assert told.state is state
        words = {State.CANCELLED: "it never ran", State.SUCCEEDED: "was not needed"}
        assert words[state] in told.reason

    @pytest.mark.parametrize("word", ["NODE_FAIL", "PREEMPTED", "TIMEOUT", "OUT_OF_MEMORY"])
    def test_what_slurm_ended_is_not_told_as_the_signal_that_it_sent(self, word: str) -> None:
        told = state_of(squeued(state=word, exit_code="15"))
        assert (told.exit, told.signal) == (None, None)
        assert "signal" not in told.reason

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            ("None", ""),
            ("PartitionConfig", f"asks for more than the cluster has: {NEVER}"),
            ("PartitionTimeLimit", f"asks for more time than its partition allows: {NEVER}"),
            ("JobHeldAdmin", "held by the administrators"),
            ("Licenses", "waits for a licence"),
            ("QOSMaxJobsPerUserLimit", "a limit of its QOS is reached: QOSMaxJobsPerUserLimit"),
            ("AssocGrpCpuLimit", "a limit of your account is reached: AssocGrpCpuLimit"),
            ("MaxGRESPerAccount", "a limit of the cluster is reached: MaxGRESPerAccount"),
            (
                "ReqNodeNotAvail, UnavailableNodes:gpu[1-2]",
                "a node that it needs is down, or reserved (UnavailableNodes:gpu[1-2])",
            ),
            (
                "Nodes required for job are DOWN, DRAINED or reserved for others",
                "the nodes that it needs are down, or reserved for others",
            ),
            ("SomethingNew", "SomethingNew"),
            ("Evil\x1b[31m", "Evil<ESC>[31m"),
        ],
    )
    def test_the_reason_for_waiting_is_told_in_words(self, reason: str, words: str) -> None:
        assert state_of(squeued(reason=reason)).reason == words

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"tres-alloc": "cpu=8,mem=1M,node=2,billing=8,gres/gpu=4"}, "waits for 4 GPUs"),
            ({"tres-alloc": "cpu=1,gres/gpu:a100=1,gres/gpu=1"}, "waits for 1 GPU"),
            ({"tres-alloc": "cpu=1", "tres-per-job": "gres:gpu:1"}, "waits for 1 GPU"),
            ({"tres-alloc": "cpu=1", "tres-per-node": "gres:gpu:a100:2"}, "waits for 4 GPUs"),
            ({"tres-alloc": "cpu=1", "tres-per-node": "gres:gpu"}, "waits for 2 GPUs"),
            ({"tres-alloc": "cpu=64,mem=10G,node=2"}, "waits for 64 CPUs"),
            ({"tres-alloc": "N/A"}, "waits for free nodes"),
        ],
    )
    def test_what_a_job_waits_for_is_told(self, fields: dict[str, str], words: str) -> None:
        line = squeued(reason="Resources", **{"NumNodes": "2"} | fields)
        assert state_of(line).reason == words

    def test_dependencies_and_times_to_begin_are_told(self) -> None:
        depends = squeued(reason="Dependency", Dependency="afterany:5_*(unfulfilled),afterok:6:9")
        assert state_of(depends).reason == "waits for job 5, 6, 9"
        later = squeued(reason="BeginTime", StartTime="2026-11-22T15:37:49")
        assert state_of(later).reason == "begins at 2026-11-22 15:37 UTC"
        assert state_of(squeued(reason="Dependency", Dependency="singleton")).reason == (
            "waits for another job"
        )

    @pytest.mark.parametrize(
        ("word", "state", "reason"),
        [
            ("RUNNING", State.RUNNING, ""),
            ("COMPLETING", State.RUNNING, "is ending"),
            ("SUSPENDED", State.RUNNING, "suspended"),
            ("CONFIGURING", State.QUEUED, "its nodes are being made ready"),
            ("REQUEUED", State.QUEUED, "is put into the queue again"),
            ("SPECIAL_EXIT", State.QUEUED, "held, after it ended"),
            ("TIMEOUT", State.FAILED, "reached its time limit"),
            ("OUT_OF_MEMORY", State.FAILED, "needed more memory than it asked for"),
            ("NODE_FAIL", State.FAILED, "one of its nodes failed"),
            ("BOOT_FAIL", State.FAILED, "its nodes could not be started"),
            ("DEADLINE", State.FAILED, "could not end before its deadline"),
            ("PREEMPTED", State.FAILED, "made room for a job that is more important"),
            ("EXPEDITING", State.QUEUED, "is put into the queue again, before others"),
            ("UPDATE_DB", State.RUNNING, "its end is being recorded"),
            ("REVOKED", State.UNKNOWN, "another cluster of its federation has it now"),
            ("BRAND_NEW", State.UNKNOWN, "Slurm says BRAND_NEW"),
            ("", State.UNKNOWN, "Slurm says "),
        ],
    )
    def test_every_state_has_its_words(self, word: str, state: State, reason: str) -> None:
        told = state_of(squeued(state=word))
        assert told.state is state
        assert told.reason.startswith(reason)

    def test_a_job_that_does_not_leave_at_its_time_limit_says_so(self) -> None:
        told = state_of(squeued(state="COMPLETING", reason="TimeLimit"))
        assert (told.state, told.reason) == (
            State.RUNNING,
            "is ending, since it reached its time limit",
        )

    def test_a_job_that_could_never_start_says_why_it_failed(self) -> None:
        told = state_of(squeued(state="FAILED", reason="BadConstraints", exit_code="1"))
        assert told.reason == f"asks for what no node has: {NEVER}"

    def test_newer_words_for_a_signal_are_understood(self) -> None:
        told = state_of(squeued(state="FAILED", reason="RaisedSignal:9(Killed)", exit_code="9"))
        assert told.reason == "killed by signal 9 (KILL)"
        assert (
            state_of(squeued(state="FAILED", exit_code="64")).reason
            == "killed by signal 64 (RTMAX)"
        )


class TestFiles:
    """Paths in which Slurm leaves patterns."""

    @pytest.mark.parametrize(
        ("number", "pattern", "path"),
        [
            ("7", "/home/a b/slurm-7.out", "/home/a b/slurm-7.out"),
            ("7", "/logs/%x-%j-%u.out", "/logs/train|1-7-user.out"),
            ("7_3", "/logs/%A_%4a.out", "/logs/7_0003.out"),
            ("7_3", "/logs/100%%-%N.out", "/logs/100%-node1.out"),
            ("7", "/logs/%n-%t-%s-%b-%a.out", "/logs/0-0-batch-%b-4294967294.out"),
            # squeue gives a task the name that a job of its own would have.
            ("7_3", "/home/user/slurm-9.out", "/home/user/slurm-7_3.out"),
        ],
    )
    def test_patterns_are_filled_in(self, number: str, pattern: str, path: str) -> None:
        line = squeued(
            number, "RUNNING", JobID="9" if "_" in number else number,
            Name="train|1", UserName="user", BatchHost="node1.site", STDOUT=pattern,
            STDERR="/logs/err",
        )  # fmt: skip
        assert state_of(line).files == {"stdout": path, "stderr": "/logs/err"}

    def test_what_is_no_file_is_none(self) -> None:
        line = squeued(state="RUNNING", STDOUT="/dev/null", STDERR="relative")
        assert state_of(line).files == {}

    def test_a_name_with_line_ends_does_no_harm(self) -> None:
        lines = squeued("7", "RUNNING", Name="a\n8|RUNNING") + squeued("8")
        told = Slurm().read(answer(lines), {"7", "8"})
        assert [each.state for each in told.values()] == [State.RUNNING, State.QUEUED]


class TestHistory:
    """What sacct tells of jobs that squeue has forgotten."""

    def test_jobs_that_ended_are_understood(self) -> None:
        past = Capture.named("dbd_sacct_P").past()
        told = Slurm().read(answer(past=past), {"1", "2", "3", "4", "5", "6", "8", "9"})
        assert {job: (each.state, each.exit, each.reason) for job, each in told.items()} == {
            "1": (State.SUCCEEDED, 0, ""),
            "2": (State.FAILED, 3, "exit status 3"),
            "3": (State.CANCELLED, None, "by uid 1001"),
            "4": (State.FAILED, None, "killed by signal 9 (KILL)"),
            "5": (State.FAILED, 2, "3 failed; 5_0: exit status 2"),
            "6": (State.QUEUED, None, "Slurm's accounting has not heard of its end yet"),
            "8": (
                State.FAILED, None, "could not be started: can the file for its output be written?",
            ),
        }  # fmt: skip
        assert told["1"].ended == datetime(2026, 11, 22, 15, 2, 7, tzinfo=UTC)
        assert list(told["5"].tasks) == ["5_0", "5_1", "5_2"]

    def test_a_job_that_was_cancelled_while_it_was_held_is_understood(self) -> None:
        past = Capture.named("dbd_sacct_cancelled_held").past()
        state = Slurm().read(answer(past=past), {"7"})["7"]
        assert (state.state, state.reason) == (State.CANCELLED, "by uid 1001")

    def test_accounting_that_lags_does_not_end_a_job(self) -> None:
        past = Capture.named("dbd_sacct_running").past()
        state = Slurm().read(answer(past=past), {"1"})["1"]
        assert state.state is State.QUEUED
        assert "has not heard" in state.reason

    def test_tasks_that_squeue_forgot_come_from_the_history(self) -> None:
        queue = squeued("7_2", "RUNNING") + squeued("7_[3-4]")
        past = "7_1|FAILED|3:0|||2026-11-22T15:02:07||a\n7_2|PENDING|0:0|||Unknown||a\n"
        state = Slurm().read(answer(queue, past.replace("|", FIELD)), {"7"})["7"]
        assert {task: str(each.state) for task, each in state.tasks.items()} == {
            "7_2": "running", "7_3": "queued", "7_4": "queued", "7_1": "failed",
        }  # fmt: skip

    def test_what_nobody_knows_is_left_out(self) -> None:
        assert Slurm().read(answer(), {"7"}) == {}
        assert Capture.named("dbd_sacct_unknown").past() == ""

    def test_jobs_that_nobody_asked_for_are_left_out(self) -> None:
        assert list(Slurm().read(answer(squeued("7") + squeued("8")), {"8"})) == ["8"]


class TestTrouble:
    """Answers that say nothing."""

    @pytest.mark.parametrize("capture", ["err_unknownjob_squeue", "purged_squeue"])
    def test_a_single_job_that_is_not_known_is_gone(self, capture: str) -> None:
        said = Capture.named(capture)
        stderr = said.stderr + Capture.named("completed.sacct").stderr
        assert Slurm().read(answer(squeue=said.status, sacct=1, stderr=stderr), {"7"}) == {}

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (Answer(127, b"", b""), "there is no squeue on the PATH"),
            (Answer(0, b"", b""), "squeue did not answer"),
            (Answer(0, b"oops\n", b"bash: hello\n"), "bash: hello"),
            (answer(squeue=124), "squeue did not answer in time"),
            (answer(sacct=124), "sacct did not answer in time"),
            (
                answer(squeue=1, stderr=Capture.named("down.scancel").stderr),
                "Unable to contact slurm controller",
            ),
            (answer(sacct=1, stderr="sacct: error: Connection refused"), "Connection refused"),
            (answer("surprise\n"), "squeue said surprise"),
            (answer("7\x1fRUNNING\x1e\n"), "squeue said 7"),
            (answer(squeued(exit_code="?")), "squeue said 7"),
            (answer(squeued("seven")), "squeue said seven"),
            (answer(past="7|COMPLETED\n"), r"sacct said 7\|COMPLETED"),
            (answer(past=FIELD.join(["7", "COMPLETED", "x", *"     "])), "sacct said 7"),
        ],
    )
    def test_no_job_is_gone(self, given: Answer, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            Slurm().read(given, {"7"})

    def test_where_sacct_is_missing_squeue_is_believed(self) -> None:
        assert Slurm().read(answer(sacct=127), {"7"}) == {}

    def test_jobs_of_other_clusters_keep_their_place(self) -> None:
        names = ",".join(QUEUE_FIELDS)
        text = (
            f"{squeued('7', 'RUNNING')}\n\x1dsqueue 0 big {names}\n"
            f"{squeued('7')}\n\x1dsqueue 0  {names}\n"
        )
        told = Slurm().read(Answer(0, text.encode(), b""), {"7", "7@big"})
        assert {job: each.state for job, each in told.items()} == {
            "7@big": State.RUNNING,
            "7": State.QUEUED,
        }
