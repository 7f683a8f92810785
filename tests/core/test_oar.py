"""OAR: what the real programs printed, in captures; and its scripts, asked of a stand-in for it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.oar import Oar, state_of
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.models import State
from tests.support.captures import CAPTURES, documents
from tests.support.scripts import answer

if TYPE_CHECKING:
    from pathlib import Path

# Capture, job, state, reason, exit status or minus the signal.
STATES = [
    ("state_queued", "7", State.QUEUED, "waits for resources", None),
    ("state_dep", "8", State.QUEUED, "waits for job 7", None),
    ("state_held", "13", State.QUEUED, "held by you or an operator", None),
    ("state_reservation", "9", State.QUEUED, "begins at 2026-12-24 12:00 UTC", None),
    ("nodes_absent", "26", State.QUEUED, "waits for resources", None),
    ("state_running", "6", State.RUNNING, "", None),
    ("finished_ok", "2", State.SUCCEEDED, "", 0),
    ("finished_exit3", "3", State.FAILED, "exit status 3", 3),
    ("finished_noexe", "4", State.FAILED, "exit status 127", 127),
    ("finished_kill9", "5", State.FAILED, "killed by signal 9", -9),
    ("finished_walltime", "14", State.FAILED, "reached its time limit", None),
    ("baddir", "24", State.FAILED, "its machine could not go into its folder", None),
    ("baddir", "25", State.FAILED, "its machine could not write the files for its output", None),
    ("dep_killed", "22", State.CANCELLED, "deleted by ada", None),
    ("dep_killed", "23", State.SUCCEEDED, "", 0),
    ("del_waiting", "8", State.CANCELLED, "deleted by ada before it began", None),
    ("del_running", "6", State.CANCELLED, "deleted by ada", None),
    ("no_server", "2", State.SUCCEEDED, "", 0),
]

# A stand-in: it tells of the jobs in a file, and takes orders of which it keeps a list.
STAND_IN = """#!/bin/sh
here=${0%/*}
test ! -e "$here/hangs" || exec sleep 600
case "${0##*/} $1" in
'oarstat -f')
	test -e "$here/stdout" || {
		echo >&2 'DB connection error, exiting.'
		exit 25
	}
	exec cat "$here/stdout"
	;;
'oarstat -s')
	grep "^$3: " "$here/states"
	exit 0
	;;
esac
echo "${0##*/} $*" >>"$here/calls"
case "${0##*/} $1" in
'oardel 8')
	echo 'Deleting the job = 8 ...ERROR.'
	echo >&2 'Cannot frag 8 ; This job was already killed.'
	exit 6
	;;
'oarhold 5')
	echo >&2 '/!\\\\ Cannot hold 5 : You are not the right user.'
	exit 1
	;;
esac
"""


def told(capture: str) -> dict[str, dict[str, object]]:
    """The jobs of a capture, the last word of each."""
    found: dict[str, dict[str, object]] = {}
    for document in documents(f"oar/{capture}.txt"):
        found |= {job: facts for job, facts in document.items() if isinstance(facts, dict)}
    return found


def said(jobs: object, status: int = 0, stderr: str = "") -> Answer:
    text = jobs if isinstance(jobs, str) else json.dumps(jobs)
    return Answer(0, f"{text}\ngitbatch: {status}\n".encode(), stderr.encode())


@pytest.mark.parametrize(
    ("capture", "job", "state", "reason", "status"),
    STATES,
    ids=[f"{row[0]} {row[1]}" for row in STATES],
)
def test_jobs_in_every_state_are_understood(
    capture: str, job: str, state: State, reason: str, status: int | None
) -> None:
    found = Oar().read(said(told(capture)), [job])[job]
    assert (found.state, found.reason) == (state, reason)
    assert (found.exit if found.signal is None else -found.signal) == status
    assert found.held == reason.startswith("held")
    assert found.submitted
    assert (found.ended is not None) == state.final


def test_every_job_in_the_captures_is_understood_and_none_succeeds_without_a_status() -> None:
    seen = 0
    for path in sorted(CAPTURES.glob("oar/*.txt")):
        jobs = told(path.stem)
        for job, state in Oar().read(said(jobs), [*jobs]).items():
            seen += 1
            assert state.state is not State.UNKNOWN, (path.stem, job, state.reason)
            if state.state is State.SUCCEEDED:
                assert jobs[job]["exit_code"] == 0, (path.stem, job)
    assert seen > 25


def test_where_since_when_and_for_what_a_job_runs_or_waits() -> None:
    running = Oar().read(said(told("state_running")), ["6"])["6"]
    assert (running.host, running.name, running.directory) == ("node1", "long", "/home/ada/w")
    assert running.started == datetime(2026, 11, 26, 0, 7, 56, tzinfo=UTC)
    assert running.files == {
        "stdout": "/home/ada/w/OAR.long.6.stdout",
        "stderr": "/home/ada/w/OAR.long.6.stderr",
    }
    waiting = Oar().read(said(told("state_dep")), ["8"])["8"]
    assert waiting.awaits == ("7",)
    assert waiting.estimate
    assert waiting.estimate > running.started


@pytest.mark.parametrize(
    "code", [None, "0", True, -1, 1 << 20, 0.0, [], "768"], ids=[str(each) for each in range(8)]
)
def test_a_job_that_ended_without_a_sound_exit_status_did_not_succeed(code: object) -> None:
    assert state_of({"state": "Terminated", "exit_code": code}).state is State.UNKNOWN


def test_a_job_that_oar_does_not_tell_of_is_gone() -> None:
    assert list(Oar().read(said(told("several")), ["6", "77777"])) == ["6"]
    assert Oar().read(said(""), ["77777"]) == {}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            said("", 25, "DBI connect failed\nDB connection error, exiting.\n"),
            "DB connection error",
        ),
        (said("", 1, "No Perl JSON module is available on the system.\n"), "No Perl JSON module"),
        (said("garbage"), "oarstat said garbage"),
        (said("[" * 100_000), r"oarstat said \[\["),
        (said("[]"), r"oarstat said \[\]"),
        (Answer(1, b"", b"there is no oarstat on the PATH\n"), "no oarstat on the PATH"),
        (Answer(124, b"", b""), "oarstat gave no answer in time"),
        (Answer(0, json.dumps(told("finished_ok")).encode(), b""), "no answer in time"),
    ],
)
def test_no_answer_means_nothing_is_known(answer: Answer, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Oar().read(answer, ["2"])


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
class TestScripts:
    """Of the adapter, with the stand-in on the PATH."""

    @pytest.fixture(autouse=True)
    def _site(self, tmp_path: Path, shell: str) -> None:
        self.folder, self.shell = tmp_path, shell
        for name in ("oarstat", "oardel", "oarhold", "oarresume"):
            (tmp_path / name).write_text(STAND_IN)
            (tmp_path / name).chmod(0o755)
        states = "6: Running\n7: Waiting\n8: Waiting\n2: Terminated\n13: Hold\n5: Waiting\n"
        (tmp_path / "states").write_text(states)

    def answer(self, script: str, *ids: str, patience: int = 30) -> Answer:
        env = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        return answer(script, *ids, env=env, shell=self.shell, patience=patience)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def test_all_jobs_are_asked_for_at_once(self) -> None:
        (self.folder / "stdout").write_text(json.dumps(told("several")))
        ids = ["6", "x", "7", "77777"]
        found = Oar().read(self.answer(Oar().ask, *ids), ids)
        assert {job: str(each.state) for job, each in found.items()} == {
            "6": "running",
            "7": "queued",
        }

    def test_no_database_and_no_answer_are_told_apart_from_no_job(self) -> None:
        with pytest.raises(ValueError, match="DB connection error"):
            Oar().read(self.answer(Oar().ask, "6"), ["6"])
        (self.folder / "hangs").touch()
        said = self.answer(Oar().ask, "6", patience=1)
        with pytest.raises(ValueError, match="no answer in time"):
            Oar().read(said, ["6"])

    def test_what_lives_is_cancelled_and_what_has_ended_is_left(self) -> None:
        ids = ["6", "8", "2", "99"]
        assert outcome_of(self.answer(Oar().cancel, *ids), ids) == (("6", "8"), {})
        assert self.calls() == ["oardel 6", "oardel 8"]

    def test_only_what_waits_is_held_and_only_what_is_held_is_released(self) -> None:
        ids = ["6", "7", "13", "5"]
        done, failed = outcome_of(self.answer(Oar().hold, *ids), ids)
        assert done == ("7",)
        assert "not the right user" in failed["5"]
        assert outcome_of(self.answer(Oar().release, *ids), ids) == (("13",), {})
        assert self.calls() == ["oarhold 7", "oarhold 5", "oarresume 13"]

    def test_the_jobs_of_a_folder_are_found(self) -> None:
        lines = (CAPTURES / "oar/other.txt").read_text().splitlines()
        text = "".join(f"{line[3:]}\n" for line in lines if line.startswith("O: "))
        (self.folder / "stdout").write_text(text)
        found = self.answer(Oar().find, "/home/ada/w").stdout.decode().split()
        assert {"2", "6", "12"} <= set(found)
        assert self.answer(Oar().find, "/home/ada/w2").stdout == b""
