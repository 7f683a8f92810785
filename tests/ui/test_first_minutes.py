"""From an empty folder to a pulled result by keys alone, in a real terminal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import paint
from tests.support.paint import Screen
from tests.support.terminal import LEAVES, OURS
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_KEYS = 10
EDITOR = """#!/bin/sh
# A person who puts a command into the job.
printf '#!/bin/sh\\necho "loss: 0.25" >loss.txt\\n' >"$1"
"""


class Fingers:
    """Presses keys one by one, and counts them."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.pressed = screen, 0

    def press(self, key: str, *seen: str) -> None:
        """Press a key, and wait until the words are on the screen."""
        self.pressed += 1
        self.screen.type(key.encode())
        self.screen.until(*seen)


@pytest.fixture
def folder(tmp_path: Path, bare_programs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder on a machine without schedulers, and an editor that a job is written with."""
    monkeypatch.setenv("PATH", str(bare_programs))
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    # A busy machine takes its time for the doctor's round trip.
    monkeypatch.setattr(paint, "PATIENCE", 60)
    monkeypatch.delenv("VISUAL", raising=False)
    folder = tmp_path / "first project"
    folder.mkdir()
    yield folder
    shutil.rmtree(Path.home() / ".batch", ignore_errors=True)


@pytest.mark.timeout(180)
def test_ten_keys_lead_from_an_empty_folder_to_a_pulled_result(folder: Path) -> None:
    screen = Screen(OURS, folder)
    hand = Fingers(screen)
    try:
        screen.until("Nothing to show yet", "make a repository")
        hand.press("i", "press a for a batch remote")
        hand.press("a", "Add a batch remote", "this machine")
        hand.press("\r", "git remote add batch")
        hand.press("\r", "press s to submit")
        hand.press("\r", "write one for local")
        hand.press("\r", "Commit schedule.sh run.sh?")
        hand.press("\r", "has no branch")
        hand.press("\r", "Log of batch#1", "Press p to pull them.")
        hand.press("p", "They are in your branch now.")
        assert (folder / "loss.txt").read_text() == "loss: 0.25\n"
        assert hand.pressed <= MOST_KEYS
        screen.type(b"q")
        screen.until(LEAVES.decode())
        wait_until(lambda: screen.process.poll() is not None, what="the program to end")
    finally:
        screen.close()
