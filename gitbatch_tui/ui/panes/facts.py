"""Shows the facts of the selected run, or group of runs, that its row has no room for.

A line or two under the list of runs, and a pane where the left column has room for it.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from gitbatch_tui.core.base.format import short, took
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.outcome import reason, state_words
from gitbatch_tui.core.runs.parameters import parameter_words
from gitbatch_tui.core.runs.usage import brief
from gitbatch_tui.models import Results
from gitbatch_tui.ui import present
from gitbatch_tui.ui.run_groups import RunGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.run_groups import Row


_NAME = 9
"""Cells of a name and the gap after it."""
Fact = tuple[str, str]


class FactsPane(Widget):
    """Tells of a run what it was given, where it ran, why it is as it is, and what it left.

    Of a group it tells what its runs have in common.
    """

    def __init__(self) -> None:
        super().__init__(id="facts", classes="-pane")
        self._shown: tuple[str, tuple[Fact, ...]] = ("", ())

    def show_run(self, run: Run | None, now: datetime, published: str = "") -> None:
        """Show this run at this time; nothing is drawn where the facts are the same.

        `published` is where a run was published, and where it ran, if others have published it.
        """
        self._show(run.name if run else "", tuple(facts(run, now, published)) if run else ())

    def show_group(self, group: RunGroup) -> None:
        """Show what is to be said of these runs together."""
        self._show(group.title, tuple(group_facts(group)))

    def _show(self, title: str, shown: tuple[Fact, ...]) -> None:
        if (title, shown) != self._shown:
            self._shown = title, shown
            self.border_title = Content(one_line(f"About {title}" if title else ""))
            self.set_class(bool(title), "-known")
            self.refresh()

    def render(self) -> Content:
        room = max(self.content_size.width - _NAME, 1)
        return Content("\n").join(line for fact in self._shown[1] for line in _lines(*fact, room))


def _lines(name: str, text: str, room: int) -> Iterator[Content]:
    for line in Content(text).wrap(room):
        yield Content.assemble((f"{name:<{_NAME}}", "$foreground 60%"), line)
        name = ""


def facts(run: Run, now: datetime, published: str = "") -> Iterator[Fact]:
    """Name and text of what is known, harmless, a line each."""
    found = (
        ("state", f"{present.sign(run.state)} {state_words(run)}"),
        ("why", reason(run)),
        *_listed("given", run.options),
        ("commit", f"{short(run.commit)} {run.subject}"),
        ("job", str(run.job or "")),
        ("host", run.host),
        ("from", published),
        ("took", took(run, now) if run.state.final else ""),
        ("used", brief(run, now)),
        ("results", "" if run.results is Results.NONE else present.results_words(run)[0]),
        ("large", f"{run.large} beside the results" if run.large else ""),
        ("ignored", run.ignored),
        ("note", run.note),
        ("tags", " ".join(run.tags)),
    )
    yield from ((name, one_line(text)) for name, text in found if text.strip())


def group_facts(group: RunGroup) -> Iterator[Fact]:
    """Name and text of how its runs are, and what all of them have, harmless, a line each."""
    runs, first = group.runs, group.runs[0]
    counts = [
        f"{present.sign(state)} {number:,} {state.words}" for state, number in group.counts.items()
    ]
    waiting = sum(run.results is Results.WAITING for run in runs)
    is_one_commit = all(run.commit == first.commit for run in runs)
    found = (
        *_listed("runs", counts),
        ("differ", present.differing_names(group)),
        *_listed(
            "given", [each for each in first.options if all(each in run.options for run in runs)]
        ),
        ("commit", f"{short(first.commit)} {first.subject}" if is_one_commit else ""),
        ("results", f"{waiting:,} {Results.WAITING.words}" if waiting else ""),
    )
    yield from ((name, one_line(text)) for name, text in found if text)


def _listed(name: str, texts: Iterable[str]) -> Iterator[Fact]:
    """A line for each text, of which only the first has the name."""
    return zip(chain([name], repeat("")), texts, strict=False)


class About(Widget):
    """Tells of the selected run what its row has no room for."""

    def __init__(self) -> None:
        super().__init__(id="about")
        self._said = ""

    def show_row(self, row: Row | None) -> None:
        """Tell of this run or group; nothing is drawn where the words are the same."""
        said = about_group(row) if isinstance(row, RunGroup) else about(row) if row else ""
        if said != self._said:
            self._said = said
            self.refresh(layout=True)

    def render(self) -> Content:
        return Content(self._said)


def about(run: Run) -> str:
    """State, reason, estimate and node; then parameters, tags and note: harmless, a line each."""
    return "\n".join(line for line in (present.state_sentence(run), _given(run)) if line)


def about_group(group: RunGroup) -> str:
    """How many runs there are, of what, and how far they are; harmless, in a line."""
    return f"{present.group_title(group)}: {present.counted_states(group.counts)}"


def _given(run: Run) -> str:
    tags = " ".join(f"#{tag}" for tag in run.tags)
    note = f"“{one_line(run.note)}”" if run.note else ""
    return "  ".join(part for part in (parameter_words(run), tags, note) if part)
