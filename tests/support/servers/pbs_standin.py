"""A stand-in for PBS: its programs tell of jobs, each a file of captured lines, and note orders.

PBS is in no package of Debian. What the real programs printed is in tests/captures/pbs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.captures import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

QSTAT = """#!/bin/sh
# A stand-in for PBS.
site=${0%/*}
test "$1" != --version || exec cat "$site/version"
test ! -e "$site/hangs" || exec sleep 600
test ! -e "$site/down" || {
	echo >&2 "Connection refused"
	echo >&2 "qstat: cannot connect to server node1 (errno=15010)"
	exit 255
}
case " $* " in
*' -x '*) history=yes ;;
*) history= ;;
esac
status=0
for job
do
	case $job in
	-*) continue ;;
	esac
	if test -n "$history" && test -e "$site/no-history"
	then
		echo >&2 "qstat: PBS is not configured to maintain job history ${job%%.*}.node1"
	elif ! cat "$site/jobs/${job%%.*}" 2>/dev/null
	then
		echo >&2 "qstat: Unknown Job Id ${job%%.*}.node1"
		status=153
	fi
done
exit "$status"
"""
ORDER = """#!/bin/sh
# A stand-in for PBS.
site=${0%/*}
echo "${0##*/} $*" >>"$site/calls"
test -e "$site/jobs/${1%%.*}" || {
	echo >&2 "${0##*/}: Unknown Job Id ${1%%.*}.node1"
	exit 153
}
"""
QSELECT = """#!/bin/sh
# A stand-in for PBS.
for job in "${0%/*}"/jobs/*
do
	echo "${job##*/}.node1"
done
"""


def jobs_in(name: str) -> dict[str, dict[str, Any]]:
    """The jobs that a capture tells of in JSON, the last word of each."""
    text = (CAPTURES / "pbs" / f"{name}.txt").read_text()
    found: dict[str, dict[str, Any]] = {}
    for match in re.finditer(r"(?ms)^O: \{$.*?^O: \}$", text):
        body = re.sub(r"(?m)^O: ", "", match[0])
        found |= json.loads(body, strict=False).get("Jobs", {})
    return found


def as_text(jobs: Mapping[str, Mapping[str, Any]]) -> str:
    """As `qstat -f -w` prints what its JSON tells."""
    return "".join(f"Job Id: {job}\n{''.join(_lines(each))}\n" for job, each in jobs.items())


def _lines(attributes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in attributes.items():
        if name == "Variable_List":
            yield f"    {name} = {','.join(f'{key}={each}' for key, each in value.items())}\n"
        elif isinstance(value, dict):
            yield from (f"    {name}.{key} = {each}\n" for key, each in value.items())
        else:
            yield f"    {name} = {value}\n"


@dataclass(frozen=True)
class Pbs:
    """The programs in a folder, to put on the PATH."""

    folder: Path

    def tells(self, job: str, capture: str, **other: object) -> None:
        """What qstat says of a job from now on: this capture's, with other attributes."""
        jobs = jobs_in(capture)
        match = re.match(r"\d+(\[\])?", job)
        assert match
        names = [each for each in jobs if each.startswith(f"{match[0].rstrip(']')}")]
        found = {each: jobs[each] | other for each in names}
        assert found, f"{capture} tells of {', '.join(jobs)}"
        (self.folder / "jobs" / job).write_text(as_text(found))

    def forgets(self, job: str) -> None:
        (self.folder / "jobs" / job).unlink(missing_ok=True)

    def is_(self, what: str) -> None:
        """`hangs`, `down` or `no-history`."""
        (self.folder / what).touch()

    def calls(self) -> list[str]:
        """The orders that were given."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def pbs(tmp_path: Path) -> Pbs:
    folder = tmp_path / "pbs"
    (folder / "jobs").mkdir(parents=True)
    (folder / "version").write_text("pbs_version = 23.06.06\n")
    scripts = {"qstat": QSTAT, "qselect": QSELECT}
    scripts |= dict.fromkeys(("qdel", "qhold", "qrls"), ORDER)
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return Pbs(folder)
