"""Schedulers that are newer or older than ours, and answers that are no answers."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.slurm import Slurm
from gitbatch_tui.models import State
from tests.support.scripts import answer

if TYPE_CHECKING:
    from pathlib import Path

# A squeue that knows neither of these fields, and fills the others with their own name.
SQUEUE = r"""#!/bin/sh
while test "$1" != -O
do
	shift
done
for gone in tres-per-job STDOUT RestartCnt
do
	case $2 in
	*"$gone:"*)
		echo >&2 "squeue: error: Invalid job format specification: $gone"
		exit 1
		;;
	esac
done
printf '%s' "$2" | sed 's/JobArrayID:/7/; s/JobID:/7/; s/State:/RUNNING/; s/exit_code:/0/
	s/NodeList:/node[1-2]/; s/,[A-Za-z-]*:/,/g; s/,//g'
"""
GARBAGE = [
    b"",
    b"\n",
    b"\x1b[32mall jobs succeeded\x1b[0m\n",
    b"\x00\xff\xfe" * 1000,
    b"[" * 50_000,
    b'{"jobs": [[[]]]}\ngitbatch: 0\n',
    b'{"7": {"state": "Terminated"}}\n\ngitbatch: 0\n',
    b'{"7": {"state": "Terminated", "exit_code": "0"}}\n\ngitbatch: 0\n',
    b"Job Id: 7\n    job_state = F\n    substate = 92\ngitbatch: 0 history\n",
    b"Job Id: 7\n    job_state = F\n    Exit_status = 0x0\ngitbatch: 0 history\n",
    b"Job Id: 7\n    job_state = \x1b[32mF\n    Exit_status = 0\ngitbatch: 0 history\n",
    b"Job Id: 7\n    job_state = F\n    Exit_status = " + b"0" * 9_999 + b"\ngitbatch: 0 history\n",
    "Job Id: 7\n    job_state = F\n    Exit_status = \u0660\ngitbatch: 0 history\n".encode(),
    b"7\x1f0\x1fDONE\x1f-\ngitbatch: 0\n",
    b"7\x1f0\x1f\x1b[32mDONE\x1f-\x1f-\x1f-\x1f-\x1f-\ngitbatch: 0\n",
    b"7 DONE\n" * 100_000,
]

CONTRADICTORY = {
    "flux": b'{"id": 7, "status": "COMPLETED", "returncode": 3}\ngitbatch: 0\n',
    "htcondor": b'queue 0\n[{"ClusterId": 7, "ProcId": 0, "JobStatus": 4, "ExitCode": 0, '
    b'"ExitBySignal": "true"}]\n',
    "lsf": b"7\x1f0\x1fDONE\x1f3\x1f-\x1f-\x1f-\x1f-\ngitbatch: 0\n",
    "oar": b'{"7": {"state": "Terminated", "exit_code": 128}}\n\ngitbatch: 0\n',
    "pbs": b"Job Id: 7[].a\n    job_state = F\n    array = True\n    stime = x\n"
    b"    substate = 94\n    Exit_status = 0\ngitbatch: 0 history\n",
    "sge": b"gitbatch: ended 7\n=====\njobnumber 8\nfailed 0\nexit_status 0\ngitbatch: queue\n"
    b"gitbatch: details\ngitbatch: slots\ngitbatch: gone\ngitbatch: end\n",
    "slurm": b"\n\x1dsqueue 0  JobID\n7\x1fCOMPLETED\x1f3:0\x1f\x1f\x1f\x1fn\x1fx\n\x1dsacct 0  \n",
}
"""Words of success beside others, or of another job."""


def test_fields_that_squeue_does_not_know_are_done_without(tmp_path: Path) -> None:
    for name, script in {"squeue": SQUEUE, "sacct": "#!/bin/sh\nexit 1\n"}.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    said = answer(Slurm().ask, "7", env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    found = Slurm().read(said, ["7"])["7"]
    assert (found.state, found.host) == (State.RUNNING, "node[1-2]")


@pytest.mark.parametrize("name", sorted(set(adapters()) - {"local"}))
def test_no_garbage_is_a_success(name: str) -> None:
    for text in GARBAGE:
        for status in (0, 1, 124):
            with suppress(ValueError):
                found = adapters()[name].read(Answer(status, text, text[:100]), ["7"])
                assert all(state.state is not State.SUCCEEDED for state in found.values()), text


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_words_that_contradict_each_other_are_unknown(name: str) -> None:
    job = "7[].a" if name == "pbs" else "7"
    found = adapters()[name].read(Answer(0, CONTRADICTORY[name], b""), [job])
    assert found[job].state is State.UNKNOWN
