"""What it costs to say what is going on, and to go on saying it."""

from __future__ import annotations

import resource
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench.crowd import KINDS, add_run, install, living_process
from tests.bench.measure import show

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(0)
FEW, MANY = 250, 1000


def processor_seconds(action: Callable[[], object]) -> float:
    """Of this process's children, while it does something."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    action()
    return used() - before


@pytest.mark.parametrize("kind", KINDS)
def test_status_costs_as_much_as_there_are_active_runs(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    helper = install(tmp_path / "base")

    def ask() -> None:
        answer = subprocess.run([helper, "status"], capture_output=True, text=True, check=True)
        assert answer.stdout.count(f"\tstate={kind}\t") == count

    took = {}
    with living_process() as process:
        made = 0
        for count in (FEW, MANY):
            while made < count:
                made += 1
                add_run(tmp_path / "base", made, kind, process)
            took[count] = min(processor_seconds(ask) for _ in range(3))
    ratio = took[MANY] / took[FEW]
    show(
        capsys,
        f"status of {MANY} {kind} runs: {took[MANY]:.2f} s of a processor, {ratio:.1f} times as "
        f"much as of {FEW}",
    )
    assert took[MANY] < 1
    assert ratio < 1.4 * MANY / FEW


def test_to_watch_twenty_runs_where_nothing_changes_costs_next_to_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    helper = install(tmp_path / "base")
    seconds = 30
    with living_process() as process:
        for number in range(1, 21):
            add_run(tmp_path / "base", number, "running", process)
        watch = subprocess.Popen(
            [helper, "watch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with watch:
            assert watch.stdout
            while watch.stdout.readline() != "end\n":
                pass
            before = ticks(watch.pid)
            time.sleep(seconds)  # that much is measured
            used = (ticks(watch.pid) - before) / seconds
            watch.kill()
    show(capsys, f"watch of 20 runs: {used:.2f} % of a processor")
    assert used < 0.5


def ticks(pid: int) -> int:
    """Hundredths of a second that a process and its children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))
