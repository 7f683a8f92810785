"""Flux: what a real instance printed, in captures; its scripts, asked of a stand-in for it."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers.flux import Flux, number_of
from gitbatch_tui.core.schedulers.outcome import outcome_of
from gitbatch_tui.models import State
from tests.support.captures import CAPTURES
from tests.support.scripts import answer

if TYPE_CHECKING:
    from pathlib import Path

# A stand-in: it tells of the jobs in a file, and takes orders of which it keeps a list.
STAND_IN = """#!/bin/sh
here=${0%/*}
case "$1 $2" in
'jobs --json')
	test ! -e "$here/hangs" || exec sleep 600
	cat "$here/stderr" >&2
	cat "$here/stdout"
	exit "$(cat "$here/status")"
	;;
'jobs -a')
	printf 'fAVpNAfh /home/ada/w\\nfHgPQNHM /home/ada/w2\\n'
	exit 0
	;;
esac
echo "$*" >>"$here/calls"
case $* in
*fAVpNAfh*)
	echo >&2 "flux-cancel: ERROR: fAVpNAfh: job is inactive"
	exit 1
	;;
*hold*fRunning* | *fRunning*hold*)
	echo >&2 "flux-job: fRunning: urgency cannot be changed once resources are allocated"
	exit 1
	;;
esac
"""
STATES = [
    ("state_queued", "ƒJACQttX", State.QUEUED, "waits for resources", None),
    ("state_held", "ƒJMoVGq5", State.QUEUED, "held by you", None),
    ("state_dep", "ƒJZ9jmxB", State.QUEUED, "waits for after-success=ƒHgPQNHM", None),
    ("state_begin", "ƒJj6SxaK", State.QUEUED, "waits for begin@21:04:54", None),
    ("state_running", "ƒHgPQNHM", State.RUNNING, "", None),
    ("finished_ok", "ƒAVpNAfh", State.SUCCEEDED, "", 0),
    ("finished_exit3", "ƒAhC6f59", State.FAILED, "exit status 3", 3),
    ("finished_kill9", "ƒAtkD4T1", State.FAILED, "exit status 137", 137),
    ("finished_time", "ƒBYaNjXM", State.FAILED, "reached its time limit", None),
    ("finished_noexe", "ƒBkWix8P", State.FAILED, "exit status 127: task 0 (host node1)", 127),
    ("cancelled", "ƒHgPQNHM", State.CANCELLED, "", None),
    ("cancelled", "ƒJMoVGq5", State.CANCELLED, "", None),
    ("cancelled", "ƒJZ9jmxB", State.FAILED, "dependency after-success=ƒHgPQNHM can never", None),
    ("impossible", "ƒndLu2X", State.FAILED, "unsatisfiable request: need 99 slot(s)", None),
]


def told(capture: str) -> list[dict[str, object]]:
    """The jobs of a capture, as it told them in JSON."""
    text = (CAPTURES / "flux" / f"{capture}.txt").read_text()
    found = [json.loads(line) for line in re.findall(r"(?m)^O: (\{.*\})$", text)]
    return [job for each in found for job in each.get("jobs", [each])]


def said(text: str, status: int = 0, stderr: str = "") -> Answer:
    return Answer(0, f"{text}\ngitbatch: {status}\n".encode(), stderr.encode())


@pytest.mark.parametrize(
    ("capture", "job", "state", "reason", "status"),
    STATES,
    ids=[f"{row[0]} {row[1]}" for row in STATES],
)
def test_jobs_in_every_state_are_understood(
    capture: str, job: str, state: State, reason: str, status: int | None
) -> None:
    found = Flux().read(said(json.dumps({"jobs": told(capture)})), [job])[job]
    assert (found.state, found.exit) == (state, status)
    assert found.reason.startswith(reason)
    assert found.held == (capture == "state_held")
    assert found.never == ("never" in found.reason)
    assert (found.ended is not None) == state.final
    assert (found.name != "", found.directory) == (True, "/home/ada/w")


def test_a_job_that_was_to_follow_a_failure_which_did_not_come_is_no_failure() -> None:
    jobs = json.dumps({"jobs": told("cancelled")}).replace("after-success=", "after-failure=")
    found = Flux().read(said(jobs), ["ƒJZ9jmxB"])["ƒJZ9jmxB"]
    assert (found.state, found.exit) == (State.SUCCEEDED, None)
    assert found.reason.startswith("was not needed")


def by_the_manual(job: dict[str, object]) -> State:
    """By what the adapter doesn't read: state, success and result."""
    if job["state"] in {"RUN", "CLEANUP"}:
        return State.RUNNING
    if job["state"] != "INACTIVE":
        return State.QUEUED
    if job["success"]:
        return State.SUCCEEDED
    return State.CANCELLED if job["result"] == "CANCELED" else State.FAILED


def test_every_job_in_every_capture_is_in_the_state_that_the_manual_says() -> None:
    seen, offenders = 0, []
    for path in sorted(CAPTURES.glob("flux/*.txt")):
        for job in told(path.stem):
            seen += 1
            ident = str(job["id"])
            found = Flux().read(said(json.dumps(job)), [ident])[ident]
            if found.state is not by_the_manual(job):
                offenders.append(f"{path.name}: {ident} is {found.state}: {found.reason}")
            if found.exit not in {None, job.get("returncode")}:
                offenders.append(f"{path.name}: {ident} has exit status {found.exit}")
    assert not offenders
    assert seen > 15


def test_an_id_is_the_same_in_all_its_forms() -> None:
    (job,) = told("state_queued")
    for form in ("ƒJACQttX", "fJACQttX", str(job["id"])):
        assert number_of(form) == job["id"]
        assert list(Flux().read(said(json.dumps(job)), [form])) == [form]
    assert number_of("f0Il") == number_of("$(id)") == number_of("") == -1


def test_where_a_job_runs_and_when_one_is_expected_to_is_told() -> None:
    running = Flux().read(said(json.dumps(told("state_running"))), ["fHgPQNHM"])["fHgPQNHM"]
    assert running.host == "node1"
    assert running.started
    waiting = Flux().read(said(json.dumps(told("state_queued"))), ["fJACQttX"])["fJACQttX"]
    assert waiting.estimate
    assert waiting.estimate > running.started


def test_a_job_that_flux_does_not_know_is_gone_and_others_are_not() -> None:
    text = json.dumps({"jobs": told("many_one_unknown")})
    assert list(Flux().read(said(text, 0, "JobID 99999 unknown\n"), ["fHgPQNHM", "f99999"])) == [
        "fHgPQNHM"
    ]
    assert Flux().read(said("", 1, "JobID 99999 unknown\n"), ["f99999"]) == {}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said("", 1, "flux-jobs: ERROR: Unable to connect to Flux: broker"), "Unable to connect"),
        (said("", 124), "flux gave no answer in time"),
        (said("garbage"), "flux said garbage"),
        (Answer(1, b"", b"there is no flux on the PATH\n"), "no flux on the PATH"),
        (Answer(0, b"", b""), "flux gave no answer"),
    ],
)
def test_no_answer_means_nothing_is_known(answer: Answer, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Flux().read(answer, ["fHgPQNHM"])


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
class TestScripts:
    """Of the adapter, with the stand-in on the PATH."""

    @pytest.fixture(autouse=True)
    def _site(self, tmp_path: Path, shell: str) -> None:
        self.folder, self.shell = tmp_path, shell
        (tmp_path / "flux").write_text(STAND_IN)
        (tmp_path / "flux").chmod(0o755)
        (tmp_path / "stdout").write_text(json.dumps({"jobs": told("state_running")}))
        (tmp_path / "stderr").write_text("JobID f99999 unknown\n")
        (tmp_path / "status").write_text("0")

    def answer(self, script: str, *ids: str, patience: int = 30) -> Answer:
        env = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        return answer(script, *ids, env=env, shell=self.shell, patience=patience)

    def test_all_jobs_are_asked_for_at_once(self) -> None:
        ids = ["ƒHgPQNHM", "f99999"]
        assert list(Flux().read(self.answer(Flux().ask, *ids), ids)) == ids[:1]
        (self.folder / "hangs").touch()
        with pytest.raises(ValueError, match="no answer in time"):
            Flux().read(self.answer(Flux().ask, *ids, patience=1), ids)

    def test_each_job_is_cancelled_or_said_to_have_ended(self) -> None:
        ids = ["ƒHgPQNHM", "fAVpNAfh"]
        assert outcome_of(self.answer(Flux().cancel, *ids), ids) == (("ƒHgPQNHM",), {})
        assert (self.folder / "calls").read_text().startswith("cancel fHgPQNHM\n")

    def test_what_runs_is_not_held(self) -> None:
        ids = ["fJACQttX", "fRunning"]
        assert outcome_of(self.answer(Flux().hold, *ids), ids) == (("fJACQttX",), {})

    def test_the_jobs_of_a_folder_are_found(self) -> None:
        assert self.answer(Flux().find, "/home/ada/w").stdout == b"fAVpNAfh\n"
