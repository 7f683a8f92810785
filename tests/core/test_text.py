from __future__ import annotations

import re
import unicodedata

import pytest

from gitbatch_tui.core.base.text import clean, one_line

HOSTILE = {
    "an OSC 52 that sets the clipboard": ("\x1b]52;c;ZXZpbA==\x07", "<ESC>]52;c;ZXZpbA==<BEL>"),
    "an OSC 8 link": ("\x1b]8;;http://x\x1b\\y", "<ESC>]8;;http://x<ESC>\\y"),
    "a colour": ("\x1b[31mred\x1b[0m", "<ESC>[31mred<ESC>[0m"),
    "a C1 CSI": ("\x9b2J", "<U+009B>2J"),
    "NUL": ("a\0b", "a<NUL>b"),
    "DEL": ("a\x7fb", "a<DEL>b"),
    "a carriage return": ("safe\rEVIL", "safe<CR>EVIL"),
    "right-to-left override": ("a\u202eb", "a<U+202E>b"),
    "isolates": ("\u2066x\u2069", "<U+2066>x<U+2069>"),
    "Arabic letter mark": ("\u061c", "<U+061C>"),
    "zero width space": ("mas\u200bter", "mas<U+200B>ter"),
    "byte order mark": ("\ufeffx", "<U+FEFF>x"),
    "soft hyphen": ("x\u00ady", "x<U+00AD>y"),
    "line and paragraph separators": ("\u2028\u2029", "<U+2028><U+2029>"),
    "next line": ("\x85", "<U+0085>"),
    "tag characters": ("\U000e0041", "<U+E0041>"),
    "a Hangul filler": ("\u3164", "<U+3164>"),
    "what is no character, also in XML": ("\ufffe\uffff", "<U+FFFE><U+FFFF>"),
    "a lone surrogate": ("\ud800", "<U+D800>"),
    "bytes of a file name that is not UTF-8": ("caf\udce9", "caf<0xE9>"),
    "bytes that are not UTF-8": (b"caf\xe9 \xff", "caf<0xE9> <0xFF>"),
    "C1 as bytes of UTF-8": (b"\xc2\x9b2J", "<U+009B>2J"),
    "half a character": ("é".encode()[:1], "<0xC3>"),
    "a surrogate in UTF-8": (b"\xed\xa0\x80", "<0xED><0xA0><0x80>"),
}

HARMLESS = [
    "",
    "epoch 3/10\tloss 0.123\n",
    "[red] [/] [@click=app.quit] [[x]] [$x] a\\[b]",
    "äöü ß 中文 العربية עברית हिन्दी",
    "❤️ 👩🏽 ▶ ✔ ✖ ┌─┐",
    "e\u0301 combining",
    "non-breaking\u00a0space",
    "<ESC> already",
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_in_one_visible_form(text: str | bytes, shown: str) -> None:
    assert clean(text) == shown
    assert clean(shown) == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_kept_verbatim(text: str) -> None:
    assert clean(text) == text
    assert clean(text.encode()) == text


# Signs that Unicode files under "format" though they are drawn: Arabic and Kaithi number signs,
# the Syriac abbreviation mark, and the joiners of hieroglyphs.
DRAWN = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001345f]"
)


def test_no_control_or_format_character_of_unicode_gets_through() -> None:
    harmful = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    every = (chr(code) for code in range(0x110000))
    suspects = [c for c in every if unicodedata.category(c) in harmful and not DRAWN.match(c)]
    assert [c for c in suspects if clean(c) == c] == ["\t", "\n"]


def test_one_line_has_no_line_breaks() -> None:
    assert one_line("subject\n\tbody\r\n") == "subject<LF> body<CR><LF>"
    assert one_line(b"a\tb") == "a b"
