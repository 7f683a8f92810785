"""Keys are heard at once, whole or in pieces, also after a pause in which nobody has looked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.paint import Screen

if TYPE_CHECKING:
    from pathlib import Path

KEYS = """
from textual.app import App
from textual.widgets import Label
from gitbatch_tui.ui.keyboard import PatientDriver

class Keys(App):
    def compose(self):
        yield Label("any key")

    def on_key(self, event):
        self.query_one(Label).update(f"<{event.key}>")

Keys(PatientDriver).run()
"""


@pytest.fixture
def screen(tmp_path: Path, screens: list[Screen]) -> Screen:
    screen = Screen([sys.executable, "-c", KEYS], tmp_path)
    screens.append(screen)
    screen.until("any key")
    # Longer than it looks after what was begun, such as its questions to the terminal.
    screen.listen(0.5)
    return screen


@pytest.mark.parametrize(
    ("typed", "key"),
    [(b"x", "x"), (b"\x1b", "escape"), (b"\x1b[A", "up"), ("ä".encode(), "ä")],
    ids=["letter", "esc", "arrow", "umlaut"],
)
def test_a_key_is_known_after_a_pause(screen: Screen, typed: bytes, key: str) -> None:
    screen.type(typed)
    screen.until(f"<{key}>")


def test_a_letter_that_comes_in_pieces_is_one(screen: Screen) -> None:
    first, second = ("ä".encode()[:1], "ä".encode()[1:])
    screen.type(first)
    assert b"<" not in screen.listen(0.3)
    screen.type(second)
    screen.until("<ä>")


def test_a_lone_esc_and_what_is_typed_later_are_two_keys(screen: Screen) -> None:
    screen.type(b"\x1b")
    screen.until("<escape>")
    screen.type(b"x")
    screen.until("<x>")


def test_it_ends_at_once(screen: Screen) -> None:
    screen.type(b"\x11")  # ctrl+q
    assert screen.process.wait(10) == 0
