from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.screens.diff import DiffScreen
from tests.support.changed import code
from tests.ui.driver import async_test
from tests.ui.run_diff import run_diff
from tests.ui.wire import text_of, wire

if TYPE_CHECKING:
    from pathlib import Path

PAYLOADS = (
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[31mred\x1b[0m",
    "\x9b31mc1\x9d0;c1\x9c",
    "\x01\x08\x0b\x0c\x0e\x0f\x7f",
    "\u202egnp.exe\u2066\u200b",
    "[red]markup[/] [/x] [@click=app.quit]press[/] [[x]] [$x] a\\[b]",
)
HOSTILE = " ".join(PAYLOADS)
VISIBLE = (
    "<ESC>]0;title<BEL>",
    "<ESC>]52;c;cHduZWQ=<BEL>",
    "<ESC>[2J<ESC>[31mred<ESC>[0m",
    "<U+009B>31mc1<U+009D>0;c1<U+009C>",
    "<SOH><BS><VT><FF><SO><SI><DEL>",
    "<U+202E>gnp.exe<U+2066><U+200B>",
    "[red]markup[/] [/x] [@click=app.quit]press[/] [[x]] [$x] a\\[b]",
)
FORBIDDEN = re.compile(
    "[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202e\u2066\u200b]|\x1b[^\\[]"
)
NAME = HOSTILE.replace("/", ":")


def table() -> str:
    rows = io.StringIO()
    csv.writer(rows).writerows([["id", HOSTILE], ["a", HOSTILE]])
    return rows.getvalue()


def notebook() -> str:
    printed = {"output_type": "stream", "text": HOSTILE}
    odd = {"output_type": "display_data", "data": {f"image/{HOSTILE}": "!", "text/plain": HOSTILE}}
    return json.dumps({"cells": [code(HOSTILE, HOSTILE, printed, odd)], "metadata": {}})


CONTENT = {
    "text": {"a.txt": f"{HOSTILE}\n"},
    "code": {"a.py": f'x = """{HOSTILE}"""  # {HOSTILE}\n'},
    "name": {f"{NAME}.txt": "content\n"},
    "table": {"a.csv": table()},
    "notebook": {"a.ipynb": notebook()},
    "picture": {"a.svg": f"<svg width='1{HOSTILE}' viewBox='{HOSTILE}'>"},
    "binary": {"a.bin": f"\0{HOSTILE}"},
}


@pytest.mark.parametrize("kind", CONTENT)
@async_test
async def test_nothing_hostile_reaches_the_terminal(kind: str, tmp_path: Path) -> None:
    terminal, sent = wire()
    async with run_diff(tmp_path, {}, CONTENT[kind], terminal=terminal) as driver:
        await driver.press("w")
        whole = "".join(line[driver.screen.view._gutter :] for line in driver.lines)
        for key in ("t", "slash", *"esc", "enter", "n", "y", "question_mark", "escape"):
            await driver.press(key)
        await driver.pilot.pause()
    written = text_of(sent)
    for payload in (
        "\x1b]0;t",
        "\x1b]8;",
        "\x1b]52;c;cHduZ",
        "\x1b[2J\x1b[31mred",
        "\x9b",
        "\u202e",
    ):
        assert payload not in "".join(sent)
    # What is copied goes to the terminal as one sequence of base64.
    written = re.sub("\x1b\\]52;c;[A-Za-z0-9+/=]+\x07", "", written)
    assert not FORBIDDEN.search(written)
    if kind in {"text", "code", "notebook"}:
        squeezed = whole.replace(" ", "")
        assert [seen for seen in VISIBLE if seen.replace(" ", "") not in squeezed] == []


@async_test
async def test_a_hostile_title_is_shown_verbatim(tmp_path: Path) -> None:
    terminal, sent = wire()
    async with run_diff(tmp_path, {}, {"a": "a\n"}, terminal=terminal) as driver:
        for title in PAYLOADS:
            await driver.opened(DiffScreen(*driver.screen._between, title))
        assert "[red]markup[/] [/x] [@click=app.quit]press[/]" in driver.text
    assert not FORBIDDEN.search(text_of(sent))
