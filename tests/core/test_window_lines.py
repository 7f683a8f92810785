"""What is shown of a line: colours, progress bars, hostile and broken bytes, cuts."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.logs.ansi import PLAIN, StyledText, TextStyle, spans
from gitbatch_tui.core.logs.display_line import SHOWN, DisplayLine, marked, render_line

RED = TextStyle(colour=1)

# What a line holds, and what is shown of it.
LINES = {
    "plain": (b"epoch 3/10\n", "epoch 3/10"),
    "CRLF": (b"a dos line\r\n", "a dos line"),
    "progress bar": (b"\r10%\r50%\r100%\n", "100% ↺"),
    "unfinished bar": (b"10%\r50%\r", "50% ↺"),
    "bar that was blanked": (b"50%\r   \r\n", "    ↺"),
    "only returns": (b"\r\r\r\n", ""),
    "OSC 52": (b"\x1b]52;c;cHduZWQ=\x07\n", "<ESC>]52;c;cHduZWQ=<BEL>"),
    "OSC 8": (b"\x1b]8;;http://x\x1b\\y\n", "<ESC>]8;;http://x<ESC>\\y"),
    "CSI": (b"\x1b[2J\x1b[1;1H\n", "<ESC>[2J<ESC>[1;1H"),
    "C1": (b"\xc2\x9b31m\xc2\x9d0;x\xc2\x9c\n", "<U+009B>31m<U+009D>0;x<U+009C>"),
    "NUL and BS": (b"a\0b\x08c\n", "a<NUL>b<BS>c"),
    "bidi": ("\u202eevil\u2066\n".encode(), "<U+202E>evil<U+2066>"),
    "invalid UTF-8": (b"\xff\xfeok\xc3\n", "<0xFF><0xFE>ok<0xC3>"),
    "markup": (b"[red]x[/] [/x] [@click=y]z \\[b]\n", "[red]x[/] [/x] [@click=y]z \\[b]"),
    "tabs": (b"a\tb\t\tc\n", "a       b               c"),
    "tab after a colour": (b"\x1b[31mab\x1b[0m\tc\n", "ab      c"),
    "SGR that is none": (b"\x1b[" + b"1" * 80 + b"m\n", "<ESC>[" + "1" * 80 + "m"),
    "SGR with an intermediate": (b"\x1b[?31m\x1b[>4m\n", "<ESC>[?31m<ESC>[>4m"),
}


def line_of(data: bytes, hit: int = -1) -> DisplayLine:
    return render_line(lambda at, length: data[at : at + length], 0, len(data), hit)


def text_of(line: DisplayLine) -> str:
    return line.before + "".join(span.text for span in line.spans) + line.after


@pytest.mark.parametrize(("data", "shown"), LINES.values(), ids=LINES.keys())
def test_a_line_is_shown_harmless_and_verbatim(data: bytes, shown: str) -> None:
    assert text_of(line_of(data)) == shown


COLOURS = {
    "31": RED,
    "1;31": TextStyle(colour=1, bold=True),
    "0": PLAIN,
    "": PLAIN,
    "97;44": TextStyle(colour=15, ground=4),
    "38;5;208": TextStyle(colour=208),
    "48;2;1;2;3": TextStyle(ground=(1, 2, 3)),
    "38:2::1:2:3": TextStyle(colour=(1, 2, 3)),
    "38;2;1;2;3;1": TextStyle(colour=(1, 2, 3), bold=True),
    "4:3": TextStyle(underline=True),
    "4:0": PLAIN,
    "31;39": PLAIN,
    "1;2;22": PLAIN,
    "38;5;999": PLAIN,
    "38;2;1": TextStyle(colour=(1, 0, 0)),
    "38": PLAIN,
    "8;5;73": PLAIN,
    "3;7;9": TextStyle(italic=True, reverse=True, strike=True),
}


@pytest.mark.parametrize(("codes", "look"), COLOURS.items(), ids=COLOURS.keys())
def test_colours_become_looks(codes: str, look: TextStyle) -> None:
    assert spans(f"\x1b[{codes}mx") == (StyledText("x", look),)


def test_a_colour_holds_until_it_is_reset() -> None:
    assert spans("a\x1b[31mb\x1b[1mc\x1b[md") == (
        StyledText("a"),
        StyledText("b", RED),
        StyledText("c", TextStyle(colour=1, bold=True)),
        StyledText("d"),
    )


def test_concealed_text_is_shown() -> None:
    assert spans("\x1b[8mhidden") == (StyledText("hidden"),)


def test_a_long_line_is_cut_between_characters() -> None:
    data = b"a" + "ü".encode() * SHOWN
    assert text_of(line_of(data)) == "a" + "ü" * (SHOWN // 2 - 1) + "…(4,098 more bytes)"


def test_a_long_line_is_cut_before_a_colour_that_would_be_cut() -> None:
    data = b"a" * (SHOWN - 3) + b"\x1b[31m" + b"b" * 10
    assert text_of(line_of(data)) == "a" * (SHOWN - 3) + "…(15 more bytes)"


def test_of_a_long_line_that_was_written_over_the_last_state_is_shown() -> None:
    data = b"".join(b"\r%d of 9999" % n for n in range(9999)) + b"\n"
    assert text_of(line_of(data)) == "9998 of 9999 ↺"


def test_a_hit_in_a_state_that_was_written_over_shows_that_state() -> None:
    data = b"\rfirst\rsecond\rthird\n"
    assert text_of(line_of(data, hit=data.index(b"cond"))) == "second ↺"


def test_a_hit_near_the_end_of_a_long_line_says_what_is_before() -> None:
    data = "ü".encode() * 9000 + b"needle"
    shown = text_of(line_of(data, hit=18000))
    assert shown.startswith("(13,910 bytes)…ü")
    assert shown.endswith("üneedle")


def test_every_match_is_marked() -> None:
    line = marked(line_of(b"a needle \x1b[31min a needle\x1b[0mstack\n"), "needle", on_it=True)
    hits = [span for span in line.spans if span.look.hit]
    assert [span.text for span in hits] == ["needle", "needle"]
    assert hits[1].look.colour == 1
    assert text_of(line) == "a needle in a needlestack"


def test_marking_a_letter_everywhere_in_a_long_line_is_quick() -> None:
    line = marked(line_of(b"a" * SHOWN), "a", on_it=False)
    assert text_of(line) == "a" * SHOWN
