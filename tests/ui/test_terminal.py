"""What the real terminal gets: nothing that steers it, and its old state at the end."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support import paint
from tests.support.paint import Screen
from tests.support.terminal import LEAVES, OURS
from tests.support.waiting import wait_until
from tests.ui.gallery import Gallery, Told, before

ENDS_WITHIN = 2.5
"""Seconds; two, and what a busy machine needs to notice."""
CRASHING = """
from gitbatch_tui.cli import main
from gitbatch_tui.ui.screens.main import MainScreen

def crash(self):
    raise AssertionError("a bug of ours")

MainScreen.action_mark = crash
main()
"""
MARKUP = "[red]a[/] [/] [@click=app.quit]b[/] [[x]] [$x] a\\[b]"
STEERING = "\x1b]52;c;aGk=\x07 \x1b]0;title\x07 \x1b[2Jcsi \x9b31mc1 \u202ebidi \x07bell"


@pytest.fixture
def hostile(tmp_path: Path) -> Gallery:
    """Nasty text in every part of the screen."""
    gallery = Gallery(tmp_path / "hostile")
    gallery.commits("refs/heads/master", ["Begin"])
    gallery.commits("refs/heads/$(touch${IFS}pwn)\u202ehcnarb", ["Begin"])
    told = [
        Told(2, "failed", "x\u202ehcnarb", STEERING, before(hours=1), 3, "1", job="at \x1b[2J"),
        Told(1, "rejected", "master", MARKUP, before(hours=2), reason=STEERING + MARKUP),
    ]  # fmt: skip
    gallery.remote("batch", told, {2: f"{STEERING}\n{MARKUP}\n"})
    return gallery


def test_no_steering_bytes_reach_the_terminal(hostile: Gallery, screens: list[Screen]) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("<ESC>]52", "[red]a[/]", "<U+202E>", "<ESC>[2Jcsi")
    heard = screen.said
    for keys in (b"j", b"0", b"/red", b"\x1b", b"@", b"\x1b", b"?", b"\x1b", b"p", b"i"):
        screen.type(keys)
        screen.until("\x1b[")
        heard += screen.said
    for bad in ("\x1b]52", "\x1b]0;title", "\x1b[2Jcsi", "\x9b31m", "\u202e", "\x07bell"):
        assert bad.encode() not in heard


def test_no_picture_shows_what_a_part_of_the_screen_is_called(
    hostile: Gallery, screens: list[Screen]
) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Log of batch#2")
    assert not re.search(rb"\w#[a-z]|\.-[a-z]|\w\(id=", screen.said)


def test_the_first_picture_of_a_small_terminal_has_its_layout(
    hostile: Gallery, screens: list[Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paint, "COLUMNS", 80)
    monkeypatch.setattr(paint, "ROWS", 24)
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Log of batch#2")
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.said.decode())
    assert {len(line) for line in re.findall("╰(─+)╯", drawn)} == {28, 48}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    hostile: Gallery, screens: list[Screen], number: signal.Signals
) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Runs on batch")
    os.kill(screen.process.pid, number)
    screen.until(LEAVES.decode(), "\x1b[?1000l", "\x1b[?25h")
    assert screen.process.wait(10) == 128 + number
    wait_until(lambda: not left_of(hostile), what="the server's processes to end")


def test_q_quits_at_once_and_leaves_nothing_behind(hostile: Gallery, screens: list[Screen]) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Runs on batch")
    screen.type(b"q")
    screen.until(LEAVES.decode())
    assert screen.process.wait(10) == 0
    wait_until(lambda: not left_of(hostile), what="the server's processes to end")


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it(
    hostile: Gallery, screens: list[Screen]
) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Runs on batch")
    screen.type(b"\x1a")
    screen.until(LEAVES.decode())
    wait_until(lambda: state_of(screen.process.pid) == "T", what="the program to be stopped")
    screen.said = b""
    os.kill(screen.process.pid, signal.SIGCONT)
    screen.until("Runs on batch")
    screen.type(b"q")
    screen.until(LEAVES.decode())
    assert screen.process.wait(10) == 0


def test_a_crash_restores_the_terminal_says_why_and_leaves_no_child(
    hostile: Gallery, screens: list[Screen]
) -> None:
    screen = Screen([sys.executable, "-c", CRASHING], hostile.clone)
    screens.append(screen)
    screen.until("Runs on batch")
    screen.type(b" ")
    screen.until(LEAVES.decode(), "\x1b[?1000l", "\x1b[?25h", "a bug of ours")
    assert screen.process.wait(10) == 1
    wait_until(lambda: not left_of(hostile), what="the server's processes to end")


def test_two_hundred_resizes_leave_the_screen_as_it_should_be(
    hostile: Gallery, screens: list[Screen]
) -> None:
    screen = Screen(OURS, hostile.clone)
    screens.append(screen)
    screen.until("Runs on batch")
    for turn in range(200):
        screen.said = b""
        screen.resize(1 + turn * 37 % 300, 1 + turn * 13 % 80)
        if turn % 10 == 0:
            screen.until("\x1b[")
    screen.said = b""
    screen.resize(120, 35)
    screen.until("Remotes", "Branches", "Runs on batch", "Log of batch#2", "all")
    screen.type(b"q")
    screen.until(LEAVES.decode())
    assert screen.process.wait(10) == 0


def test_without_colours_everything_is_still_said(hostile: Gallery, screens: list[Screen]) -> None:
    screen = Screen(OURS, hostile.clone, {"NO_COLOR": "1", "COLORTERM": "truecolor"})
    screens.append(screen)
    screen.until("Log of batch#2", "✖", "failed", "⊘", "rejected", "<ESC>]52")
    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", screen.said)
    assert colours
    assert all(red == green == blue for red, green, blue in colours)


def test_of_sixteen_colours_a_failure_is_red_and_what_answers_is_green(
    hostile: Gallery, screens: list[Screen]
) -> None:
    screen = Screen(OURS, hostile.clone, {"TERM": "xterm-16color", "COLORTERM": ""})
    screens.append(screen)
    screen.until("Log of batch#2", "✖", "failed", "⊘", "rejected", "●")
    sign = rb"\x1b\[(?:\d+;)*%d(?:;\d+)*m[^\x1b]*%s"
    assert re.search(sign % (91, "✖".encode()), screen.said)
    assert re.search(sign % (92, "●".encode()), screen.said)
    assert not re.search(rb"\x1b\[[\d;]*[34]8;", screen.said)


def left_of(gallery: Gallery) -> list[Path]:
    """Processes that belong to the gallery's servers."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(gallery.root).encode() in (process / "cmdline").read_bytes():
                found.append(process)
    return found


def state_of(pid: int) -> str:
    """A letter, as the kernel says it: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"TERM": "dumb"}, "can't show the screen (TERM=dumb)"),
        ({"TERM": ""}, "can't show the screen (TERM=)"),
        ({"PYTHONIOENCODING": "iso-8859-1"}, "needs a UTF-8 locale"),
    ],
    ids=["dumb", "unset", "latin1"],
)
def test_a_terminal_that_cannot_show_the_screen_gets_one_sentence(
    hostile: Gallery, screens: list[Screen], variables: dict[str, str], why: str
) -> None:
    for command in (OURS, [*OURS, "demo"]):
        screen = Screen(command, hostile.clone, variables)
        screens.append(screen)
        screen.until(why)
        assert screen.process.wait(10) == 1
        assert b"\x1b[?" not in screen.said


def test_where_errors_go_into_a_file_a_sentence_is_shown_and_no_screen(
    hostile: Gallery, screens: list[Screen]
) -> None:
    file = hostile.root / "errors"
    screen = Screen(["sh", "-c", 'exec "$@" 2>"$0"', str(file), *OURS], hostile.clone)
    screens.append(screen)
    screen.until("the screen is drawn on standard error, which is no terminal here")
    assert screen.process.wait(10) == 1
    assert (b"\x1b" in screen.said, file.read_bytes()) == (False, b"")


STUCK = """
import threading
from gitbatch_tui.cli import main
from gitbatch_tui.ui.screens.main import MainScreen

def stick(self):
    self.app.run_worker(threading.Event().wait, thread=True)
    if {loop}:
        threading.Event().wait()

MainScreen.action_mark = stick
main()
"""


@pytest.mark.parametrize("loop", [False, True], ids=["a worker hangs", "everything hangs"])
@pytest.mark.parametrize("how", ["hangup", "SIGHUP", "SIGTERM"])
def test_a_screen_that_is_told_to_end_ends_whatever_hangs(
    hostile: Gallery, screens: list[Screen], how: str, *, loop: bool
) -> None:
    screen = Screen([sys.executable, "-c", STUCK.format(loop=loop)], hostile.clone)
    screen.until("Runs on batch")
    screen.type(b" ")
    begin = time.monotonic()
    if how == "hangup":
        screen.hang_up()
    else:
        screens.append(screen)
        os.kill(screen.process.pid, getattr(signal, how))
    screen.process.wait(10)
    assert time.monotonic() - begin < ENDS_WITHIN
    wait_until(lambda: not left_of(hostile), what="the server's processes to end")
