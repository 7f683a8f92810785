"""What a terminal gets to see of a hostile log: none of its payloads, all of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.ui.driver import async_test
from tests.ui.run_log import run_log

if TYPE_CHECKING:
    from pathlib import Path

# What a log may hold, and what is to be seen of it.
HOSTILE = {
    "OSC 52": ("\x1b]52;c;cHduZWQ=\x07", "<ESC>]52;c;cHduZWQ=<BEL>"),
    "OSC 0": ("\x1b]0;pwned\x1b\\", "<ESC>]0;pwned<ESC>\\"),
    "OSC 8": ("\x1b]8;;http://evil\x07x", "<ESC>]8;;http://evil<BEL>x"),
    "DCS": ("\x1bP+q544e\x1b\\", "<ESC>P+q544e<ESC>\\"),
    "clear": ("\x1b[2J\x1b[999;1H", "<ESC>[2J<ESC>[999;1H"),
    "alternate screen": ("\x1b[?1049l", "<ESC>[?1049l"),
    "device report": ("\x1b[6n\x1b[c", "<ESC>[6n<ESC>[c"),
    "reset": ("\x1bc", "<ESC>c"),
    "C1": ("\x9b2J\x9d0;pwned\x9c\x90x", "<U+009B>2J<U+009D>0;pwned<U+009C><U+0090>x"),
    "shift": ("\x0e\x0fx", "<SO><SI>x"),
    "NUL": ("a\x00b", "a<NUL>b"),
    "bell": ("ring\x07", "ring<BEL>"),
    "bidi": ("\u202etxt.exe\u2066", "<U+202E>txt.exe<U+2066>"),
    "zero width": ("pay\u200bpal", "pay<U+200B>pal"),
    "tag": ("x\U000e0041", "x<U+E0041>"),
    "markup": ("[red]x[/] [/y] [@click=app.quit]z", "[red]x[/] [/y] [@click=app.quit]z"),
    "markup with dollars": ("[[x]] [$primary] a\\[b]", "[[x]] [$primary] a\\[b]"),
}
BYTES = b"broken \xff\xfe\x80 bytes"
BYTES_SEEN = "broken <0xFF><0xFE><0x80> bytes"
# What textual itself sends: looks and places of text, updates at one go, the pointer's shape.
OURS = re.compile(r"\x1b\[[0-9;]*[mH]|\x1b\[\?2026[hl]|\x1b\]22;\w+\x07")


class Listener(HeadlessDriver):
    """A terminal that remembers every byte it is sent."""

    said = ""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        Listener.said += data


def remaining(said: str) -> str:
    """What was sent beside our own sequences."""
    return OURS.sub("", said)


@async_test
async def test_no_payload_reaches_the_terminal_and_all_text_does(tmp_path: Path) -> None:
    Listener.said = ""
    path = tmp_path / "output"
    lines = "\n".join(payload for payload, _ in HOSTILE.values())
    path.write_bytes(lines.encode() + b"\n" + BYTES + b"\n\x1b[31mred\x1b[0m\n")
    async with run_log(path, terminal=Listener) as driver:
        await driver.press("w")
        await driver.ends_with("red")
        shown = driver.lines
        await driver.press("w", "g", "G")
        driver.screen.view.search("\x1b]52;c;cHduZWQ=\x07 [/x]")
        await driver.says("“<ESC>]52;c;cHduZWQ=<BEL> [/x]” isn't in this file.")
        await driver.until(lambda: "in this file" in Listener.said, "the toast")
    assert shown == [*(seen for _, seen in HOSTILE.values()), BYTES_SEEN, "red"]
    rest = remaining(Listener.said)
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202e\u2066\U000e0041]", rest)
    assert "<ESC>]52;c;cHduZWQ=<BEL>" in rest


@pytest.mark.parametrize("name", ["[@x]\x1b]0;p\x07", "a\u202eb", "[red]"])
@async_test
async def test_names_of_files_and_runs_are_harmless_too(tmp_path: Path, name: str) -> None:
    Listener.said = ""
    path = tmp_path / name
    path.write_bytes(b"x\n")
    async with run_log(path, terminal=Listener) as driver:
        await driver.ends_with("x")
        await driver.press("S")
        await driver.press("escape")
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", remaining(Listener.said))
