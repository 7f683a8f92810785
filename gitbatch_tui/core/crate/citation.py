"""Reads a repository's CITATION.cff, as far as a crate needs it.

Format: https://citation-file-format.github.io (1.2.0). Only plain lines of `key: value`, and the
list of authors, are understood; of what is written otherwise, nothing is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitbatch_tui.core.base.text import one_line

_LONGEST = 2**16
_AUTHORS = re.compile(r"^authors:[ \t]*\n((?:[ \t-].*\n|\n)*)", re.MULTILINE)
_LINE = re.compile(r"[ \t]*(?:-[ \t]+)?([a-z-]+):[ \t]+(.+)")
_ORCID = re.compile(r"https://orcid\.org/[0-9X-]{19}")
_SPDX = re.compile(r"[A-Za-z0-9.+-]{1,60}")


@dataclass(frozen=True)
class Author:
    """A person, or what else has a name."""

    name: str
    orcid: str = ""
    """As an address; empty where there is none."""


@dataclass(frozen=True)
class Citation:
    """Texts are clean; what isn't said is empty."""

    title: str = ""
    version: str = ""
    doi: str = ""
    license: str = ""
    """An identifier of SPDX."""
    authors: tuple[Author, ...] = ()


def parse_citation(data: bytes) -> Citation:
    """Read a CITATION.cff."""
    text = data[:_LONGEST].decode("utf-8", "replace").replace("\r\n", "\n") + "\n"
    lines = (match for line in text.split("\n") if (match := re.match(r"([a-z-]+): +(.+)", line)))
    facts = {match[1]: _scalar(match[2]) for match in lines}
    known = _SPDX.fullmatch(facts.get("license", ""))
    return Citation(
        title=facts.get("title", ""),
        version=facts.get("version", ""),
        doi=facts.get("doi", ""),
        license=known[0] if known else "",
        authors=tuple(_authors(text)),
    )


def _authors(text: str) -> list[Author]:
    listed = _AUTHORS.search(text)
    people = re.split(r"^[ \t]*-", listed[1], flags=re.MULTILINE)[1:] if listed else []
    return [author for person in people if (author := _author(person)).name]


def _author(text: str) -> Author:
    facts = {m[1]: _scalar(m[2]) for line in text.split("\n") if (m := _LINE.fullmatch(line))}
    names = (facts.get("given-names", ""), facts.get("family-names", ""))
    orcid = facts.get("orcid", "")
    name = facts.get("name") or " ".join(filter(None, names))
    return Author(name, orcid if _ORCID.fullmatch(orcid) else "")


def _scalar(text: str) -> str:
    """A value without its quotes or a comment."""
    text = text.strip()
    if match := re.match(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'", text):
        return one_line((match[1] or match[2] or "").replace("''", "'").replace('\\"', '"'))
    return one_line(re.sub(r"\s+#.*", "", text))
