"""HTCondor: what its programs print, on captures of the real ones."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.condor_timeline import timeline
from gitbatch_tui.core.schedulers.htcondor import HTCondor
from gitbatch_tui.models import State
from tests.support.servers.condor_replay import captured, labels, status

if TYPE_CHECKING:
    from gitbatch_tui.core.schedulers.adapter import JobState

SLOT = "slot1_1@127-0-0-1.localdomain"


def told(queue: str = "004-q-json-empty", *history: str, sizes: str = "", log: str = "") -> Answer:
    """The answer of the script for what these captures say."""
    sections = [f"queue {status(queue)}\n{captured(queue)}\n{sizes}"]
    sections += [f"history {status(label)}\n{captured(label)}\n" for label in history]
    events = f"events\n{captured(log)}\n" if log else ""
    return Answer(0, ("".join(sections) + events).encode(), captured(queue, "stderr").encode())


def read(job: str, answer: Answer) -> JobState | None:
    return HTCondor().read(answer, [job]).get(job)


def known(job: str, answer: Answer) -> JobState:
    state = read(job, answer)
    assert state
    return state


WAITS = "waits for a machine"
CANT_OPEN = "held: its output file could not be opened: Failed to open"
IN_QUEUE = [
    ("014-q-json-attrs-just-submitted", "2", State.QUEUED, WAITS),
    ("018-q-json-attrs-running-lines", "2", State.RUNNING, ""),
    ("046-q-json-attrs-idle-nomatch", "7", State.QUEUED, WAITS),
    ("053-q-json-attrs-idle-toobig", "8", State.QUEUED, WAITS),
    ("066-q-json-attrs-running-long", "9", State.RUNNING, ""),
    ("073-q-json-attrs-held-byuser", "9", State.QUEUED, "held by you: held by the test"),
    (
        "205-q-json-attrs-held-onsubmit",
        "18",
        State.QUEUED,
        "held since it was submitted, as asked for",
    ),
    (
        "215-q-json-attrs-held-badoutput",
        "19",
        State.QUEUED,
        (
            f"{CANT_OPEN} '/no/such/dir/out.txt' as standard output: No such file or directory "
            "(errno 2)"
        ),
    ),
    (
        "268-q-json-attrs-suspended",
        "27",
        State.RUNNING,
        "suspended on slot1_2@127-0-0-1.localdomain",
    ),
    (
        "275-q-json-attrs-held-periodic",
        "26",
        State.QUEUED,
        "held by its own policy: ran longer than 8 s",
    ),
    (
        "289-q-json-attrs-removing-X",
        "29",
        State.RUNNING,
        "it was removed, and still has to end on slot1_2@127-0-0-1.localdomain",
    ),
    ("313-q-json-attrs-vacated", "35", State.QUEUED, f"was taken off {SLOT} and {WAITS}"),
    (
        "413-q-json-attrs-held-notexec",
        "37",
        State.QUEUED,
        (
            "held: its program could not be started: "
            "Failed to execute '/home/user/jobs/plain.txt': (errno=13: 'Permission denied')"
        ),
    ),
    (
        "417-q-json-attrs-held-outdenied",
        "39",
        State.QUEUED,
        f"{CANT_OPEN} '/home/other/out.txt' as standard output: Permission denied (errno 13)",
    ),
]
ENDED = [
    ("022-h-json-attrs-done0", "2", State.SUCCEEDED, 0, ""),
    ("021-h-json-done0", "2", State.SUCCEEDED, 0, ""),
    ("026-h-json-attrs-exit3", "3", State.FAILED, 3, "exit status 3"),
    ("030-h-json-attrs-sig9", "4", State.FAILED, None, "killed by signal 9"),
    (
        "060-h-json-attrs-removed-idle",
        "7",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    (
        "088-h-json-attrs-removed-running",
        "9",
        State.CANCELLED,
        None,
        "removed: via condor_rm (by user user)",
    ),
    ("250-h-json-attrs-retried", "24", State.FAILED, 3, "exit status 3"),
    ("261-h-json-attrs-completed-left-removed", "25", State.FAILED, 3, "exit status 3"),
    ("300-h-json-xfer", "33", State.SUCCEEDED, 0, ""),
    ("301-h-json-attrs-xfer", "33", State.SUCCEEDED, 0, ""),
]


MAKING = "0{} (007.-01.000) 2026-11-22 14:38:05 {}\n\t{}\n...\n"


class TestStates:
    """What ads mean."""

    @pytest.mark.parametrize(
        ("label", "job", "state", "reason"), IN_QUEUE, ids=[row[0] for row in IN_QUEUE]
    )
    def test_of_a_job_in_the_queue(self, label: str, job: str, state: State, reason: str) -> None:
        found = known(job, told(label))
        assert (found.state, found.reason) == (state, reason)
        assert (found.exit, found.ended) == (None, None)

    @pytest.mark.parametrize(
        ("label", "job", "state", "exit_", "reason"), ENDED, ids=[row[0] for row in ENDED]
    )
    def test_of_a_job_in_the_history(
        self, label: str, job: str, state: State, exit_: int | None, reason: str
    ) -> None:
        found = known(job, told("004-q-json-empty", label))
        assert (found.state, found.exit, found.reason) == (state, exit_, reason)
        (ad,) = json.loads(captured(label))
        time = ad.get("CompletionDate") or ad["EnteredCurrentStatus"]
        assert found.ended == datetime.fromtimestamp(time, UTC)

    @pytest.mark.parametrize(
        ("label", "job", "exit_"),
        [
            ("256-q-json-attrs-completed-left", "25", 3),
        ],
    )
    def test_of_a_job_that_stays_in_the_queue_after_its_end(
        self, label: str, job: str, exit_: int
    ) -> None:
        found = known(job, told(label))
        assert found.state is (State.FAILED if exit_ else State.SUCCEEDED)
        assert found.exit == exit_

    def test_a_job_whose_files_are_still_in_the_spool_is_not_over(self) -> None:
        found = known("34", told("307-q-json-attrs-spool-completed"))
        assert (found.state, found.exit, found.ended) == (State.RUNNING, None, None)
        assert found.reason == (
            "it has ended, and HTCondor still keeps its files: condor_transfer_data 34 brings them"
        )
        (ad,) = json.loads(captured("307-q-json-attrs-spool-completed"))
        text = f"queue 0\n\nhistory 0\n{json.dumps([ad])}\n"
        assert known("34", Answer(0, text.encode(), b"")).state is State.SUCCEEDED

    def test_every_capture_of_the_queue_is_understood(self) -> None:
        for label in [*labels("-q-json-attrs-"), *labels("-h-json-")]:
            ads = json.loads(captured(label) or "[]")
            jobs = {str(ad["ClusterId"]) for ad in ads if "ProcId" in ad}
            states = HTCondor().read(told(label), jobs) if jobs else {}
            assert set(states) == jobs
            assert State.UNKNOWN not in {each.state for each in states.values()}

    def test_the_processes_of_a_cluster_are_its_tasks(self) -> None:
        found = known("5", told("035-q-json-attrs-queue3"))
        assert (found.state, found.reason) == (State.RUNNING, "3 running")
        assert list(found.tasks) == ["5.0", "5.1", "5.2"]
        found = known("5", told("004-q-json-empty", "037-h-json-attrs-queue3"))
        assert found.state is State.CANCELLED
        assert found.reason == "3 cancelled; 5.0: removed: via condor_rm (by user user)"
        found = known("5.1", told("035-q-json-attrs-queue3"))
        assert (found.state, found.reason) == (State.RUNNING, "")

    def test_a_job_is_as_old_as_its_place_in_the_queue(self) -> None:
        submitted = datetime.fromtimestamp(1795358285, UTC)
        assert known("9", told("066-q-json-attrs-running-long")).submitted == submitted
        ad = {"ClusterId": 5, "JobStatus": 2, "QDate": 1795358285}
        text = f"queue 0\n{json.dumps([ad | {'ProcId': 0}, ad | {'ProcId': 1}])}\n"
        assert known("5", Answer(0, text.encode(), b"")).submitted == submitted

    def test_processes_that_have_ended_and_those_that_go_on_are_counted_together(self) -> None:
        queue = json.dumps([{"ClusterId": 5, "ProcId": 10, "JobStatus": 1, "TotalSubmitProcs": 3}])
        ended = {"ClusterId": 5, "JobStatus": 4, "ExitBySignal": False}
        past = [ended | {"ProcId": 9, "ExitCode": 0}, ended | {"ProcId": 0, "ExitCode": 3}]
        text = f"queue 0\n{queue}\nhistory 0\n{json.dumps(past)}\n"
        found = known("5", Answer(0, text.encode(), b""))
        assert (found.state, found.reason) == (
            State.RUNNING,
            f"1 queued, 1 succeeded, 1 failed: {WAITS}",
        )
        assert list(found.tasks) == ["5.0", "5.9", "5.10"]

    def test_processes_that_are_nowhere_yet_are_waited_for(self) -> None:
        ad = {"ClusterId": 7, "ProcId": 1, "JobStatus": 4, "ExitCode": 0, "TotalSubmitProcs": 3}
        past = [ad, ad | {"ProcId": 2}]
        text = f"queue 0\n\nhistory 0\n{json.dumps(past)}\n"
        found = known("7", Answer(0, text.encode(), b""))
        assert (found.state, found.presumed) == (State.UNKNOWN, None)
        assert found.tasks["7.0"].reason == "it is neither in the queue nor in the history"
        text = f"queue 0\n\nhistory 0\n{json.dumps([*past, ad | {'ProcId': 0}])}\n"
        assert known("7", Answer(0, text.encode(), b"")).state is State.SUCCEEDED

    def test_a_job_that_is_in_both_goes_on(self) -> None:
        answer = told("066-q-json-attrs-running-long", "088-h-json-attrs-removed-running")
        assert known("9", answer).state is State.RUNNING

    def test_one_id_that_is_there_and_one_that_is_not(self) -> None:
        answer = told("317-q-json-mixed-ids", "009-h-json-noid")
        assert set(HTCondor().read(answer, ["35", "99999"])) == {"35"}

    @pytest.mark.parametrize(
        ("ad", "state", "reason"),
        [
            ({"JobStatus": 9}, State.UNKNOWN, "HTCondor says JobStatus 9"),
            ({"JobStatus": "\x1b[31m"}, State.UNKNOWN, "HTCondor says JobStatus <ESC>[31m"),
            ({}, State.UNKNOWN, "HTCondor says JobStatus None"),
            ({"JobStatus": 4}, State.UNKNOWN, "HTCondor says that it completed, and not how"),
            ({"JobStatus": 6}, State.RUNNING, "its output files are on their way home"),
            (
                {"JobStatus": 2, "TransferringInput": True},
                State.RUNNING,
                "its input files are on their way",
            ),
            ({"JobStatus": 2, "NumShadowStarts": 2}, State.RUNNING, "it was begun 2 times"),
            ({"JobStatus": 1, "RequestGPUs": 4}, State.QUEUED, "waits for a machine with 4 GPUs"),
            (
                {"JobStatus": 1, "LastRejMatchReason": "no match found "},
                State.QUEUED,
                ("waits for a machine; there was none yet (condor_q -better-analyze 7.0 says why)"),
            ),
            (
                {"JobStatus": 1, "LastRejMatchReason": "insufficient priority"},
                State.QUEUED,
                "waits for a machine; at the last try: insufficient priority",
            ),
            (
                {
                    "JobStatus": 5,
                    "HoldReasonCode": 1,
                    "HoldReason": "via condor_hold (by user eve)",
                },
                State.QUEUED,
                "held by eve",
            ),
            ({"JobStatus": 5, "HoldReasonCode": 99}, State.QUEUED, "held (code 99)"),
            (
                {"JobStatus": 5, "HoldReasonCode": 99, "HoldReason": "a\nb\x1b"},
                State.QUEUED,
                "held: a<LF>b<ESC>",
            ),
            # On hold after it exited with 3, and then removed: it was the user who ended it.
            (
                {"JobStatus": 3, "LastJobStatus": 5, "ExitCode": 3, "CompletionDate": 1},
                State.CANCELLED,
                "removed",
            ),
            (
                {"JobStatus": 5, "ExitCode": 3, "HoldReasonCode": 3},
                State.QUEUED,
                "held by its own policy",
            ),
        ],
    )
    def test_that_were_not_captured(self, ad: dict[str, object], state: State, reason: str) -> None:
        text = f"queue 0\n{json.dumps([{'ClusterId': 7, 'ProcId': 0, **ad}])}\n"
        found = known("7", Answer(0, text.encode(), b""))
        assert (found.state, found.reason) == (state, reason)

    @pytest.mark.parametrize(
        ("word", "reason", "never"),
        [
            (
                "too-big",
                (
                    "asks for 64 CPUs and 64 MB of memory: no machine of the pool has that, "
                    "so it will never start"
                ),
                True,
            ),
            (
                "unmet",
                (
                    "no machine of the pool meets its requirements, so it will never start "
                    "(condor_q -better-analyze 8.0 says why)"
                ),
                True,
            ),
            ("busy", "waits for a machine; all that fit are busy", False),
        ],
    )
    def test_what_no_machine_has_will_never_start(
        self, word: str, reason: str, *, never: bool
    ) -> None:
        (ad,) = json.loads(captured("053-q-json-attrs-idle-toobig"))
        ad["LastRejMatchReason"] = "no match found "
        for job, expected in (("8.0", reason), ("9.0", None)):
            text = f"queue 0\n{json.dumps([ad])}\n{word} {job}\n"
            found = known("8", Answer(0, text.encode(), b""))
            assert found.state is State.QUEUED
            assert (found.reason == reason) == (expected is not None)
            assert found.never == (never and expected is not None)

    def test_tasks_that_are_yet_to_be_made_wait(self) -> None:
        """By the attributes' documentation: late materialization was not captured."""
        ad = {
            "ClusterId": 7, "ProcId": 0, "JobStatus": 2, "JobMaterializeLimit": 4,
            "JobMaterializeNextProcId": 2, "JobMaterializePaused": 0,
        }  # fmt: skip
        found = known("7", Answer(0, f"queue 0\n{json.dumps([ad])}\n".encode(), b""))
        assert {task: str(state.state) for task, state in found.tasks.items()} == {
            "7.0": "running", "7.2": "queued", "7.3": "queued",
        }  # fmt: skip
        over = ad | {"JobStatus": 4, "ExitCode": 0}
        factory = ad | {
            "JobMaterializePaused": 1,
            "JobMaterializePauseReason": "no more items",
            "JobMaterializeNextProcId": 1,
        }
        del factory["ProcId"]
        text = f"queue 0\n\nhistory 0\n{json.dumps([over])}\nfactories 0\n{json.dumps([factory])}\n"
        found = known("7", Answer(0, text.encode(), b""))
        assert (found.state, found.held) == (State.RUNNING, True)
        assert found.tasks["7.3"].reason == (
            "HTCondor makes no more jobs of its cluster: no more items"
        )

    @pytest.mark.parametrize(
        ("event", "state", "reason"),
        [
            (
                MAKING.format(37, "Job Materialization Paused", "no items\n\tPauseCode 3"),
                State.QUEUED,
                "the making of its cluster's jobs is paused: no items, PauseCode 3",
            ),
            (
                MAKING.format(36, "Cluster removed", "Made 1 jobs from 4 items.\n\tError -1"),
                State.FAILED,
                (
                    "the making of its cluster's jobs is gone from the queue: Made 1 jobs "
                    "from 4 items, Error -1"
                ),
            ),
            (
                MAKING.format(
                    36, "Cluster removed", "Materialized 4 jobs from 4 items.\n\tComplete"
                ),
                State.UNKNOWN,
                "it is neither in the queue nor in the history",
            ),
        ],
        ids=["paused", "failed", "complete"],
    )
    def test_nothing_is_presumed_of_a_task_that_nobody_saw(
        self, event: str, state: State, reason: str
    ) -> None:
        """By the forms of HTCondor's documentation: these events were not captured."""
        ad = {
            "ClusterId": 7, "ProcId": 0, "JobStatus": 4, "ExitCode": 0, "JobMaterializeLimit": 4,
        }  # fmt: skip
        text = f"queue 0\n\nhistory 0\n{json.dumps([ad])}\nevents\n{event}"
        found = known("7", Answer(0, text.encode(), b""))
        assert not found.state.final or found.state is state
        assert {task: each.state for task, each in found.tasks.items()} == {
            "7.0": State.SUCCEEDED, "7.1": state, "7.2": state, "7.3": state,
        }  # fmt: skip
        assert found.tasks["7.3"].reason == reason

    def test_the_node_of_a_workflow_that_failed_is_named(self) -> None:
        """By DAGMan's documented attributes: no workflow was captured."""
        dag = {"ClusterId": 7, "ProcId": 0, "JobStatus": 4, "ExitCode": 1, "JobUniverse": 7}
        nodes = [
            {"DAGManJobId": 7, "DAGNodeName": "A", "JobStatus": 4, "ExitCode": 0},
            {"DAGManJobId": 7, "DAGNodeName": "B", "JobStatus": 4, "ExitCode": 3},
        ]
        text = f"queue 0\n\nhistory 0\n{json.dumps([dag])}\nnodes 0\n{json.dumps(nodes)}\n"
        found = known("7", Answer(0, text.encode(), b""))
        assert found.reason == "exit status 1: node B failed (exit status 3)"

    def test_where_a_job_ran_and_since_when_is_told(self) -> None:
        (ad,) = json.loads(captured("021-h-json-done0"))
        found = known("2", told("004-q-json-empty", "021-h-json-done0"))
        assert (found.host, found.name) == ("127-0-0-1.localdomain", "mylines")
        assert found.started == datetime.fromtimestamp(ad["JobCurrentStartDate"], UTC)
        assert found.directory == "/home/user/jobs"

    @pytest.mark.parametrize(
        ("label", "job", "files"),
        [
            (
                "022-h-json-attrs-done0",
                "2",
                {
                    "stdout": "/home/user/jobs/lines.2.0.out",
                    "stderr": "/home/user/jobs/lines.2.0.err",
                    "events": "/home/user/jobs/lines.log",
                },
            ),
            (
                "307-q-json-attrs-spool-completed",
                "34",
                {
                    "stdout": "/var/lib/condor/spool/34/0/cluster34.proc0.subproc0/spool.34.0.out",
                    "stderr": "/var/lib/condor/spool/34/0/cluster34.proc0.subproc0/spool.34.0.err",
                    "events": "/var/lib/condor/spool/34/0/cluster34.proc0.subproc0/spool.log",
                },
            ),
        ],
    )
    def test_its_files_have_absolute_paths(
        self, label: str, job: str, files: dict[str, str]
    ) -> None:
        assert known(job, told(label)).files == files

    def test_a_cluster_has_the_files_that_its_tasks_share(self) -> None:
        ad = {"ClusterId": 5, "JobStatus": 2, "Iwd": "/d", "UserLog": "log", "Err": "/dev/null"}
        ads = [ad | {"ProcId": proc, "Out": f"{proc}.out"} for proc in range(2)]
        found = known("5", Answer(0, f"queue 0\n{json.dumps(ads)}\n".encode(), b""))
        assert found.files == {"events": "/d/log"}
        assert found.tasks["5.1"].files == {"stdout": "/d/1.out", "events": "/d/log"}


SCHEDD_AWAY = [
    ("513-hung-q", "SECMAN:2007:Read failure during security negotiation."),
    ("514-hung-q-json", "SECMAN:2007:Read failure"),
    ("515-hung-q-json-id", "Failed to fetch ads from"),
    ("534-scheddoff-q-json", r"^Error: Can't find address for schedd 127-0-0-1.localdomain$"),
    ("535-scheddoff-q-json-id", "Can't find address"),
    ("554-pooloff-q-json", r"^Error: \(null\)$"),
    ("572-crashed-q-json", "SECMAN:2007:Failed to end classad message"),
    ("502-noconf-q", "CONDOR_CONFIG"),
]


class TestNoAnswer:
    """HTCondor that can't be asked."""

    @pytest.mark.parametrize(("label", "words"), SCHEDD_AWAY)
    def test_a_schedd_that_is_away_says_nothing(self, label: str, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            read("7", told(label, "009-h-json-noid"))

    @pytest.mark.parametrize(
        ("stdout", "words"),
        [
            ("", "condor_q can't be asked"),
            ("queue 124\n\n", "condor_q gave no answer in time"),
            ("queue 127\n\n", "no condor_q on the PATH"),
            ("queue 0\ngarbage\n", "no list of jobs: garbage"),
            ("queue 0\n{}\n", "no list of jobs"),
            ("queue 0\n[1]\n", "no list of jobs"),
            ("queue 0\n[{}]\n", "without saying which"),
            ('queue 0\n[{"ClusterId": 1\n', "no list of jobs"),
            ("queue 0\n\nhistory 0\ngarbage\n", "no list of jobs"),
        ],
    )
    def test_garbage_says_nothing(self, stdout: str, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            read("7", Answer(0, stdout.encode(), b""))

    def test_a_job_that_nobody_knows_is_gone(self) -> None:
        assert read("7", told("006-q-json-noid", "009-h-json-noid")) is None

    def test_the_history_is_read_while_the_schedd_is_away(self) -> None:
        found = known("3", told("534-scheddoff-q-json", "026-h-json-attrs-exit3"))
        assert (found.state, found.exit) == (State.FAILED, 3)

    def test_a_part_of_a_cluster_in_the_history_is_not_all_of_it(self) -> None:
        ad = {"ClusterId": 7, "ProcId": 0, "JobStatus": 4, "ExitCode": 0, "TotalSubmitProcs": 2}
        text = f"queue 1\n\nhistory 0\n{json.dumps([ad])}\n"
        with pytest.raises(ValueError, match="condor_q"):
            read("7", Answer(0, text.encode(), b""))

    def test_the_event_log_is_evidence_while_the_schedd_is_away(self) -> None:
        away = "534-scheddoff-q-json"
        found = known("59", told(away, log="580-userlog-across-graceful-restart"))
        assert found.state is State.RUNNING
        assert found.reason == "by its event log, as condor_q can't be asked"
        assert known("3", told(away, log="027-userlog-exit3")).exit == 3
        assert known("5", told(away, log="038-userlog-queue3")).state is State.CANCELLED

    def test_the_event_log_tells_the_end_of_a_job_that_no_history_knows(self) -> None:
        found = known("4", told("004-q-json-empty", "009-h-json-noid", log="031-userlog-sig9"))
        assert (found.state, found.reason) == (State.FAILED, "killed by signal 9")
        running = told("004-q-json-empty", "009-h-json-noid", log="271-userlog-susp")
        assert read("27", running) is None

    def test_a_history_that_can_not_be_asked_loses_nothing(self) -> None:
        text = "queue 0\n\nhistory 1\n\n"
        found = known("7", Answer(0, text.encode(), b"Error: no history"))
        assert found.state is State.UNKNOWN
        assert "condor_history can't be asked" in found.reason

    def test_an_id_that_is_none_is_unknown_and_spoils_nothing(self) -> None:
        states = HTCondor().read(told("066-q-json-attrs-running-long"), ["9", "-all"])
        assert states["9"].state is State.RUNNING
        assert states["-all"].state is State.UNKNOWN
        assert HTCondor().read(Answer(1, b"", b""), ["user"])["user"].state is State.UNKNOWN


def mutated(text: str, chance: random.Random) -> str:
    """The same with some of it repeated, missing, or something else."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        end = at + chance.choice((1, 1, 2, 9, 40))
        odd = chance.choice(
            ("", "0", "9" * 5000, "-1", "null", "\x1b[2J", "\u202e", text[at:end] * 2)
        )
        text = text[:at] + odd + text[end:]
    return text


@pytest.mark.parametrize("seed", range(200))
def test_whatever_is_said_is_understood_or_garbage(seed: int) -> None:
    chance = random.Random(seed)
    queue = chance.choice(
        [each for each in labels("-q-json-attrs-|-h-json-attrs-") if captured(each)]
    )
    log = mutated(captured(chance.choice(labels("userlog"))), chance)
    text = f"queue 0\n{mutated(captured(queue), chance)}\nhistory 0\n\nevents\n{log}\n"
    timeline(log)
    try:
        states = HTCondor().read(Answer(0, text.encode(), b""), [str(job) for job in range(60)])
        said = [state.reason for state in states.values()]
    except ValueError as error:
        said = [str(error)]
    assert [clean(words) for words in said] == said
