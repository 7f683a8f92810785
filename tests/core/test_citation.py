"""Reading a CITATION.cff."""

from __future__ import annotations

import pytest

from gitbatch_tui.core.crate.citation import Author, Citation, parse_citation

CASES = {
    "nothing": ("", Citation()),
    "a quoted title": ('title: "A: \\"b\\" # c"\n', Citation(title='A: "b" # c')),
    "a comment": ("version: 1.0 # new\n", Citation(version="1.0")),
    "single quotes": ("title: 'It''s'\n", Citation(title="It's")),
    "a license that is none of SPDX": ("license: <script>\n", Citation()),
    "escape sequences": ("title: a\x1b[2Jb\n", Citation(title="a<ESC>[2Jb")),
    "no text": (b"title: \xff\xfe\n", Citation(title="\ufffd\ufffd")),
    "authors at the margin": (
        "authors:\n- family-names: Doe\n  given-names: Jane\ntitle: x\n",
        Citation(title="x", authors=(Author("Jane Doe"),)),
    ),
    "an address that is no ORCID": (
        "authors:\n  - name: X\n    orcid: javascript:alert(1)\n",
        Citation(authors=(Author("X"),)),
    ),
    "a list that is written otherwise": ("authors: [{name: X}]\n", Citation()),
}


@pytest.mark.parametrize(("text", "citation"), CASES.values(), ids=CASES.keys())
def test_a_citation_is_read_as_far_as_it_is_plain(text: str | bytes, citation: Citation) -> None:
    assert parse_citation(text if isinstance(text, bytes) else text.encode()) == citation


def test_a_citation_without_end_is_read_in_part() -> None:
    assert parse_citation(b"title: x\n" + b"authors:\n" * 10**6).title == "x"
