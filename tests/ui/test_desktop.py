"""Notifications of the desktop: what a terminal is sent for one."""

from __future__ import annotations

import pytest

from gitbatch_tui.ui.desktop import notification

FOOT, ITERM = {"TERM": "foot"}, {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}
PLAIN = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "/tmp/tmux-1/default,1,0"}
OSC_9, OSC_777 = "\x1b]9;run: its end\x07", "\x1b]777;notify;run;its end\x07"
CASES: dict[str, tuple[dict[str, str], bool | None, str]] = {
    "foot": (FOOT, None, OSC_777),
    "foot with more colours": ({"TERM": "foot-extra"}, None, OSC_777),
    "a terminal of VTE": (PLAIN | {"VTE_VERSION": "7600"}, None, OSC_777),
    "iTerm2": (ITERM, None, OSC_9),
    "kitty": ({"TERM": "xterm-kitty"}, None, OSC_9),
    "never": (ITERM, False, ""),
    "a terminal that nobody knows": (PLAIN, None, ""),
    "one that is said to have it": (PLAIN, True, OSC_9),
    "tmux": (TMUX, None, ""),
    "tmux, started in foot": (TMUX | FOOT, None, ""),
    "tmux, where it is asked for": (TMUX, True, f"\x1bPtmux;\x1b{OSC_9}\x1b\\"),
    "screen, where it is asked for": (FOOT | {"STY": "1.x"}, True, f"\x1bP{OSC_777}\x1b\\"),
}


@pytest.mark.parametrize(("environment", "wanted", "sent"), CASES.values(), ids=CASES.keys())
def test_each_terminal_gets_what_it_understands(
    *, environment: dict[str, str], wanted: bool | None, sent: str
) -> None:
    assert notification("run", "its end", environment, wanted=wanted) == sent


def test_text_from_outside_can_not_end_the_sequence_or_the_title() -> None:
    sent = notification("a;b\x07\x1b]0;x", "c\n\x1b\\d" + "e" * 999, FOOT, wanted=None)
    assert sent.startswith("\x1b]777;notify;a,b")
    assert sent.count("\x1b") == 1
    assert sent.count("\x07") == 1
    assert len(sent) < 500
