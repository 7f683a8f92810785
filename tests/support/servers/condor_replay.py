"""A stand-in for HTCondor that replays captures: its programs print what real ones did.

The captures (tests/captures/htcondor, INDEX.tsv says what each is) are of HTCondor 25.0.13, byte
for byte. Nothing runs here: a test says which of them a program replays from now on.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import Project

CAPTURES = Path(__file__).parents[2] / "captures" / "htcondor"
PROGRAM = """#!/bin/sh
# A stand-in for HTCondor: replays what the real program printed.
said=${0%/*}/said/${0##*/}
printf '%s\\n' "$*" >>"$said/calls"
test ! -e "$said/hangs" || exec sleep 600
cat "$said/stderr" >&2
cat "$said/stdout"
exit "$(cat "$said/status")"
"""
AT_FIRST = {
    "condor_submit": "013-submit-plain",
    "condor_q": "004-q-json-empty",
    "condor_history": "009-h-json-noid",
    "condor_rm": "056-rm-idle",
    "condor_hold": "069-hold",
    "condor_release": "078-release",
}


def captured(label: str, stream: str = "stdout") -> str:
    """What a real program printed; nothing where it printed nothing there."""
    path = CAPTURES / f"{label}.{stream}"
    return path.read_text() if path.exists() else ""


def labels(pattern: str) -> list[str]:
    """The captures whose labels match."""
    found = {path.name.partition(".")[0] for path in CAPTURES.glob("*.std*")}
    return sorted(label for label in found if re.search(pattern, label))


def status(label: str) -> int:
    """The exit status of the real program."""
    with (CAPTURES / "INDEX.tsv").open(newline="") as file:
        rows = {row["label"]: row for row in csv.DictReader(file, delimiter="\t")}
    return int(rows[label]["exit"].removeprefix("rc="))


class Replay:
    """The programs of HTCondor in a folder, and what they replay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for program, label in AT_FIRST.items():
            self.replays(program, label)

    def replays(self, program: str, label: str) -> None:
        """A program prints this capture from now on, and ends as the real one did."""
        self.says(program, captured(label), captured(label, "stderr"), status(label))

    def says(self, program: str, stdout: str, stderr: str = "", status: int = 0) -> None:
        """A program prints something that was not captured."""
        said = self.folder / "said" / program
        said.mkdir(parents=True, exist_ok=True)
        for name, text in (("stdout", stdout), ("stderr", stderr), ("status", str(status))):
            (said / name).write_text(text)
        (said / "hangs").unlink(missing_ok=True)
        (self.folder / program).write_text(PROGRAM)
        (self.folder / program).chmod(0o755)

    def hangs(self, program: str) -> None:
        """A program gives no answer from now on."""
        (self.folder / "said" / program / "hangs").touch()

    def calls(self, program: str) -> list[str]:
        """The arguments of each call so far."""
        path = self.folder / "said" / program / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def submits(self, cluster: int) -> None:
        """condor_submit prints what it prints for this cluster."""
        self.says(
            "condor_submit",
            captured("013-submit-plain").replace("cluster 2.", f"cluster {cluster}."),
        )

    def pool(self, *, fitting: bool) -> None:
        """A pool with one machine, which has what jobs ask for, or not: none was captured."""
        answer = "" if fitting else 'case "$*" in *TotalSlotCpus*) exit ;; esac\n'
        (self.folder / "condor_status").write_text(f"#!/bin/sh\n{answer}echo slot1@node\n")
        (self.folder / "condor_status").chmod(0o755)

    def queue(self, label: str = "004-q-json-empty") -> None:
        """What condor_q replays."""
        self.replays("condor_q", label)

    def history(self, label: str = "009-h-json-noid") -> None:
        """What condor_history replays."""
        self.replays("condor_history", label)


@pytest.fixture
def condor(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """The stand-in on the PATH of the project: of its hook, its jobs and its questions."""
    folder = tmp_path / "condor"
    path = f"{folder}:{project.world.env['PATH']}"
    monkeypatch.setenv("PATH", path)
    project.world.env["PATH"] = path
    return Replay(folder)
