"""Shows what is known of the selected run, where the left column has room for it."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.format import duration, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.outcome import reason, state_words
from gitbatch_tui.core.runs.usage import brief
from gitbatch_tui.models import Results
from gitbatch_tui.ui import present

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gitbatch_tui.models import Run

_NAME = 9
"""Cells of a name and the gap after it."""
Fact = tuple[str, str]


class FactsPane(Static):
    """Tells of a run what it was given, where it ran, why it is as it is, and what it left."""

    def __init__(self) -> None:
        super().__init__(id="facts", classes="-pane")
        self._shown: tuple[str, tuple[Fact, ...]] = ("", ())

    def show_run(self, run: Run | None, now: datetime, published: str = "") -> None:
        """Show this run at this time; nothing is drawn where the facts are the same.

        `published` is where a run was published, and where it ran, if others have published it.
        """
        shown = (run.name, tuple(facts(run, now, published))) if run else ("", ())
        if shown != self._shown:
            self._shown = shown
            self.border_title = Content(one_line(f"About {shown[0]}" if run else ""))
            self.set_class(run is not None, "-known")
            self.update(Content("\n").join(map(_line, shown[1])))


def _line(fact: Fact) -> Content:
    name, text = fact
    return Content.assemble((f"{name:<{_NAME}}", "$text-muted"), text)


def facts(run: Run, now: datetime, published: str = "") -> Iterator[Fact]:
    """Name and text of what is known, harmless, a line each."""
    names = chain(["given"], repeat(""))
    found = (
        ("state", f"{present.sign(run.state)} {state_words(run)}"),
        ("why", reason(run)),
        *zip(names, run.options, strict=False),
        ("commit", f"{short(run.commit)} {run.subject}"),
        ("job", str(run.job or "")),
        ("host", run.host),
        ("from", published),
        ("took", duration(run.finished - run.started) if run.finished and run.started else ""),
        ("used", brief(run, now)),
        ("results", "" if run.results is Results.NONE else present.results_words(run)[0]),
        ("large", f"{run.large} beside the results" if run.large else ""),
        ("ignored", run.ignored),
        ("note", run.note),
        ("tags", " ".join(run.tags)),
    )
    yield from ((name, one_line(text)) for name, text in found if text.strip())
