"""Notes and tags that people give runs; they are records on the history, which every clone has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitbatch_tui.models import Run

LONGEST = 500
"""Characters of a note."""
_SHOWN = 80
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,39}")


@dataclass
class Remarks:
    """Notes and tags of a run, as its records have them; the newest come first."""

    note: str | None = None
    tags: dict[str, bool] = field(default_factory=dict)
    """Whether the run has them by now."""

    def take(self, fields: Mapping[str, str]) -> None:
        """Take in an older record."""
        if fields.get("Finding") == "note" and self.note is None:
            self.note = one_line(fields.get("Note", ""))
        if fields.get("Finding") == "tag":
            for key, has in (("Tag", True), ("Untag", False)):
                for tag in fields.get(key, "").split("\n"):
                    if TAG.fullmatch(tag):
                        self.tags.setdefault(tag, has)

    def on(self, run: Run) -> Run:
        """The run with them."""
        tags = tuple(sorted(tag for tag, has in self.tags.items() if has))
        return replace(run, note=self.note or "", tags=tags)


def note_facts(text: str) -> list[tuple[str, str]]:
    """Return the facts for `Server.remark` that make a note; an empty one takes the note away.

    Raises `Refused` for what is no line of text.
    """
    text = text.strip()
    if clean(text) != text or "\n" in text or len(text) > LONGEST:
        raise Refused(
            f"A note is one line of {LONGEST} characters at most, none of them invisible: "
            f"{one_line(text)[:_SHOWN]}"
        )
    return [("Note", text)]


def tag_facts(tags: Sequence[str], *, remove: bool = False) -> list[tuple[str, str]]:
    """Return the facts for `Server.remark` that make tags; raises `Refused` for what is none."""
    for tag in tags:
        if not TAG.fullmatch(tag):
            raise Refused(
                f"{one_line(tag)} is no tag: letters, digits and _ . + - are, 40 at most."
            )
    return [("Untag" if remove else "Tag", tag) for tag in tags]
