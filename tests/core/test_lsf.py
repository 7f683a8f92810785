"""LSF, as its documentation has it: nobody has run this against the real one yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.lsf import BETWEEN, Lsf
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.models import State
from tests.support.scripts import answer

if TYPE_CHECKING:
    from pathlib import Path

# jobid, jobindex, stat, exit_code, exit_reason, exec_host, dependency, pend_reason
JOBS = """\
1|0|PEND|-|-|-|-|Load information unavailable: 2 hosts
2|0|PEND|-|-|-|done(1)|Job dependency condition not satisfied
3|0|PEND|-|-|-|done(1)&&ended(2)|Dependency condition invalid or never satisfied
4|0|PSUSP|-|-|-|-|The job was suspended by the user while pending
5|0|RUN|-|-|4*node1:node2|-|-
6|0|USUSP|-|-|node1|-|-
7|0|DONE|-|-|node1|-|-
8|0|EXIT|3|-|node1|-|-
9|0|EXIT|130|TERM_OWNER: job killed by owner|node1|-|-
10|0|EXIT|140|TERM_RUNLIMIT: job killed after reaching LSF run time limit|node1|-|-
11|0|EXIT|0|-|-|-|-
12|0|ZOMBI|-|-|node1|-|-
13|0|UNKWN|-|-|node1|-|-
14|0|DONE|7|-|node1|-|-
15|0|NEWWORD|-|-|-|-|-
16|0|EXIT|130|TERM_BUCKET_KILL: job killed with bkill -b|node1|-|-
17|0|EXIT|-|TERM_ORPHAN_SYSTEM: orphaned job terminated automatically by LSF|-|done(8)|-
18|0|EXIT|2|TERM_CWD_NOTEXIST: current working directory is not accessible|node1|-|-
19|0|EXIT|1|TERM_DATA: job killed by LSF due to failed data staging|node1|-|-
20|1|DONE|-|-|node1|-|-
20|2|EXIT|1|-|node2|-|-
20|10|RUN|-|-|node2|-|-
21|1|PEND|-|-|-|-|New job is waiting for scheduling
"""
STATES = [
    ("1", State.QUEUED, "Load information unavailable: 2 hosts", None),
    ("2", State.QUEUED, "waits for job 1", None),
    ("3", State.QUEUED, "waits for job 1, 2: will never start", None),
    ("4", State.QUEUED, "held by you or an administrator", None),
    ("5", State.RUNNING, "", None),
    ("6", State.RUNNING, "suspended by its owner or an administrator", None),
    ("7", State.SUCCEEDED, "", 0),
    ("8", State.FAILED, "exit status 3", 3),
    ("9", State.CANCELLED, "killed by its owner", None),
    ("10", State.FAILED, "reached its time limit", None),
    ("11", State.FAILED, "LSF says that it failed, and not how", None),
    ("12", State.UNKNOWN, "it was killed, and its machine doesn't say whether it has ended", None),
    ("13", State.RUNNING, "LSF has lost contact with its machine", None),
    ("14", State.UNKNOWN, "LSF says DONE", None),
    ("15", State.UNKNOWN, "LSF says NEWWORD", None),
    ("16", State.CANCELLED, "killed by `bkill -b`", None),
    ("17", State.CANCELLED, "what it waited for did not come: it never ran", None),
    (
        "18",
        State.FAILED,
        "could not be started: its folder isn't there on its machine",
        None,
    ),
    ("19", State.FAILED, "TERM_DATA: job killed by LSF due to failed data staging", None),
    ("20", State.RUNNING, "1 running, 1 succeeded, 1 failed", None),
    ("20[2]", State.FAILED, "exit status 1", 1),
    ("21[1]", State.QUEUED, "New job is waiting for scheduling", None),
]
NOT_FOUND = "Job <99> is not found\n"

# A stand-in that tells of the jobs in a file, and takes orders of which it keeps a list.
STAND_IN = r"""#!/bin/sh
here=${0%/*}
test ! -e "$here/hangs" || exec sleep 600
case ${0##*/} in
bjobs)
	test ! -e "$here/down" || {
		echo >&2 'LSF is down. Please wait ...'
		exit 255
	}
	shift
	test "$1" != -a || shift
	status=255
	between=${2#*delimiter=\'}
	between=${between%\'}
	case $2 in
	*sub_cwd*)
		printf '7 $HOME/w\n8 /data/w2\n20 /data/w\n20 /data/w\n'
		exit 0
		;;
	'jobid jobindex stat delim'*) fields=1-3 ;;
	*) fields=1-8 ;;
	esac
	shift 2
	for job
	do
		found=$(awk -F '|' -v job="$job" '$1 == job || $1 "[" $2 "]" == job' "$here/jobs" |
		cut -d '|' -f "$fields" | tr '|' "$between")
		test -z "$found" || printf '%s\n' "$found"
		test -n "$found" && status=0 || echo >&2 "Job <$job> is not found"
	done
	exit "$status"
	;;
esac
echo "${0##*/} $*" >>"$here/calls"
case "${0##*/} $1" in
'bkill 6')
	echo >&2 'Job <6>: Job has already finished'
	exit 255
	;;
'bstop 21[1]')
	echo >&2 'User permission denied'
	exit 255
	;;
esac
"""


def said(jobs: str, status: int = 0, stderr: str = "") -> Answer:
    return Answer(0, f"{jobs.replace('|', BETWEEN)}gitbatch: {status}\n".encode(), stderr.encode())


@pytest.mark.parametrize(
    ("job", "state", "reason", "status"), STATES, ids=[row[0] for row in STATES]
)
def test_jobs_in_every_state_are_understood(
    job: str, state: State, reason: str, status: int | None
) -> None:
    found = Lsf().read(said(JOBS), [job])[job]
    assert (found.state, found.exit) == (state, status)
    assert found.reason.startswith(reason)
    assert (found.held, found.never) == (reason.startswith("held"), reason.endswith("never start"))


def test_lines_that_end_as_on_other_systems_are_understood() -> None:
    jobs = [row[0] for row in STATES]
    assert Lsf().read(said(JOBS.replace("\n", "\r\n")), jobs) == Lsf().read(said(JOBS), jobs)


def test_the_tasks_of_an_array_have_ends_of_their_own_in_the_order_of_numbers() -> None:
    found = Lsf().read(said(JOBS), ["20"])["20"]
    assert {task: str(each.state) for task, each in found.tasks.items()} == {
        "20[1]": "succeeded",
        "20[2]": "failed",
        "20[10]": "running",
    }
    assert list(found.tasks) == ["20[1]", "20[2]", "20[10]"]
    assert Lsf().read(said(JOBS), ["5"])["5"].host == "node1,node2"


def test_what_lsf_has_forgotten_is_not_known_to_have_ended_in_any_way() -> None:
    found = Lsf().read(said(JOBS, 255, NOT_FOUND), ["7", "99"])
    assert (found["7"].state, found["99"].state) == (State.SUCCEEDED, State.UNKNOWN)
    assert "doesn't know it" in Lsf().read(said("", 255, NOT_FOUND), ["99"])["99"].reason


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said("", 255, "LSF is down. Please wait ...\n"), "LSF is down"),
        (said("", 124), "bjobs gave no answer in time"),
        (said("20|1|DONE|-|-|n|-|-\n", 124), "bjobs gave no answer in time"),
        (Answer(0, b"", b""), "bjobs gave no answer in time"),
        (Answer(0, b"20\0371\037DONE\037-\037-\037n\037-\037-\n", b""), "no answer in time"),
        (Answer(1, b"", b"there is no bjobs on the PATH\n"), "no bjobs on the PATH"),
        (Answer(0, b"\x1b[31m20 DONE\ngitbatch: 0\n", b""), "bjobs said .*20 DONE"),
    ],
)
def test_no_answer_means_nothing_is_known(answer: Answer, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Lsf().read(answer, ["20"])


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
class TestScripts:
    """Of the adapter, with the stand-in on the PATH."""

    @pytest.fixture(autouse=True)
    def _site(self, tmp_path: Path, shell: str) -> None:
        self.folder, self.shell = tmp_path, shell
        for name in ("bjobs", "bkill", "bstop", "bresume"):
            (tmp_path / name).write_text(STAND_IN)
            (tmp_path / name).chmod(0o755)
        (tmp_path / "jobs").write_text(JOBS)

    def answer(self, script: str, *ids: str, patience: int = 30) -> Answer:
        env = {"PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": "/data"}
        return answer(script, *ids, env=env, shell=self.shell, patience=patience)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def test_all_jobs_are_asked_for_at_once(self) -> None:
        ids = ["20[2]", "20[10]", "7", "99", "x"]
        found = Lsf().read(self.answer(Lsf().ask, *ids), ids)
        assert {job: str(each.state) for job, each in found.items()} == {
            "20[2]": "failed",
            "20[10]": "running",
            "7": "succeeded",
            "99": "unknown",
            "x": "unknown",
        }

    def test_a_scheduler_that_is_down_or_hangs_is_told_apart_from_no_job(self) -> None:
        (self.folder / "down").touch()
        with pytest.raises(ValueError, match="LSF is down"):
            Lsf().read(self.answer(Lsf().ask, "7"), ["7"])
        (self.folder / "hangs").touch()
        with pytest.raises(ValueError, match="no answer in time"):
            Lsf().read(self.answer(Lsf().ask, "7", patience=1), ["7"])

    def test_what_lives_is_cancelled_and_what_has_ended_is_left(self) -> None:
        ids = ["5", "6", "7", "20", "99"]
        assert outcome_of(self.answer(Lsf().cancel, *ids), ids) == (("5", "20"), {})
        assert self.calls() == ["bkill 5", "bkill 6", "bkill 20[10]"]

    def test_only_what_waits_is_held_and_only_what_is_held_is_released(self) -> None:
        ids = ["1", "4", "5", "20", "21"]
        done, failed = outcome_of(self.answer(Lsf().hold, *ids), ids)
        assert (done, failed) == (("1",), {"21": "User permission denied"})
        assert outcome_of(self.answer(Lsf().release, *ids), ids) == (("4",), {})
        assert self.calls() == ["bstop 1", "bstop 21[1]", "bresume 4"]

    def test_the_jobs_of_a_folder_are_found(self) -> None:
        assert self.answer(Lsf().find, "/data/w").stdout == b"7\n20\n"
