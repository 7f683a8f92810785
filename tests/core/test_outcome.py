"""What orders to schedulers came to, job by job."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.schedulers import adapters
from gitbatch_tui.core.schedulers.outcome import TELL, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDERS = [
    (name, order)
    for name in adapters()
    for order in ("ask", "cancel", "hold", "release", "find")
    if getattr(adapters()[name], order, "")
]


@pytest.mark.parametrize(
    ("stdout", "status", "stderr", "done", "failed"),
    [
        ("", 0, "", ("7", "8"), {}),
        ("Job <7> is being terminated\n", 0, "", ("7", "8"), {}),
        ("", 3, "no such queue\n", (), {"7": "no such queue", "8": "no such queue"}),
        ("", 124, "", (), dict.fromkeys("78", "it gave no answer in time")),
        ("", 9, "", (), dict.fromkeys("78", "it ended with exit status 9")),
        ("done\t7\t\ngone\t8\t\n", 0, "", ("7",), {}),
        ("done\t7\t\nfailed\t8\tnot yours\n", 1, "", ("7",), {"8": "not yours"}),
        ("done\t7\t\n", 1, "cut off", ("7",), {"8": "cut off"}),
        ("done\t9\t\ngone\t7\t\n", 0, "", (), {}),
        ("failed\t7\t\x1b[31mno\n", 1, "", (), {"7": "<ESC>[31mno", "8": "it ended with"}),
    ],
)
def test_each_job_has_its_own_answer(
    stdout: str, status: int, stderr: str, done: tuple[str, ...], failed: Mapping[str, str]
) -> None:
    found = outcome_of(Answer(status, stdout.encode(), stderr.encode()), ["7", "8"])
    assert found.done == done
    assert {job: why.startswith(failed[job]) for job, why in found.failed.items()} == (
        dict.fromkeys(failed, True)
    )


def test_a_reason_of_several_lines_stays_in_its_line() -> None:
    script = TELL + 'tell failed 7 "$(printf "a\\tb\\nc")"; exit "$trouble"'
    said = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
    assert (said.stdout, said.returncode) == (b"failed\t7\ta b c\n", 1)


@pytest.mark.parametrize(("name", "order"), ORDERS)
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_every_script_is_read_by_every_shell(shell: str, name: str, order: str) -> None:
    script = getattr(adapters()[name], order)
    subprocess.run([*shell.split(), "-n", "-c", script], check=True)
