"""Everything about a run: its record, its timeline, where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.format import duration, took
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.runs import usage
from gitbatch_tui.core.runs.outcome import finding_words, status_words
from gitbatch_tui.models import Results
from gitbatch_tui.ui import present
from gitbatch_tui.ui.dialogs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.widget import Widget

    from gitbatch_tui.models import BatchRemote, Finding, Run, Task

Fact = tuple[str, str, str]
"""A name, a text that may come from outside, and a style."""
_BAD = "$text-error"
_WARNING = "$text-warning"


class Details(Reading):
    """Everything about a run, as large as the screen lets it be."""

    def __init__(self, run: Run, remote: BatchRemote, now: datetime) -> None:
        super().__init__()
        self.run = run
        self.sections = sections(run, remote, now)

    async def show(self, run: Run, remote: BatchRemote, now: datetime) -> None:
        """Show what is known better by now, without a jump."""
        self.run, self.sections = run, sections(run, remote, now)
        with self.app.batch_update():
            await self._box.remove_children()
            await self._box.mount(*self.holds())

    @property
    def heading(self) -> str:
        return f"Everything about {self.run.name}"

    def holds(self) -> Iterable[Widget]:
        for title, facts in self.sections:
            if facts:
                yield Static(Content(title), classes="-section")
                yield from map(_line, facts)


def _line(fact: Fact) -> Horizontal:
    name, text, style = fact
    shown = Content.styled(clean(text), style) if style else Content(clean(text))
    return Horizontal(Static(name, classes="-name"), Static(shown, classes="-value"))


def sections(run: Run, remote: BatchRemote, now: datetime) -> list[tuple[str, list[Fact]]]:
    """The sections of the dialog, with what is known."""
    return [
        ("What ran", _said(_input(run))),
        ("How it went", _said(_outcome(run, now))),
        ("Jobs", [_task(task) for task in run.tasks]),
        ("Timeline", _said(_timeline(run))),
        ("Results", _said(_results(run))),
        ("Verified and reproduced", [_finding(finding) for finding in run.findings]),
        ("Where it is", _said(_places(run, remote))),
    ]


def _said(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact[1]]


def _input(run: Run) -> list[Fact]:
    return [
        ("branch", run.branch, ""),
        ("commit", run.commit, ""),
        ("subject", run.subject, ""),
        ("tree", run.tree, ""),
        ("submitter", run.submitter, ""),
        ("origin", run.origin, ""),
        ("parameters", "\n".join(run.options), ""),
        ("links", "\n".join(map(str, run.links)), _link_tone(run)),
    ]


def _link_tone(run: Run) -> str:
    return "" if all(link.state == "ok" for link in run.links) else _WARNING


def _outcome(run: Run, now: datetime) -> list[Fact]:
    as_of = f"{run.as_of.astimezone():%Y-%m-%d %H:%M}, and not asked since" if run.as_of else ""
    return [
        ("state", f"{present.sign(run.state)} {run.state.value}{_marks(run)}", "bold"),
        ("reason", run.reason, ""),
        ("stuck", run.stuck, _WARNING),
        ("exit status", "" if run.exit is None else str(run.exit), ""),
        ("took", took(run, now), ""),
        ("job", str(run.job) if run.job else "", ""),
        ("host", run.host, ""),
        *((name, text, "") for name, text in usage.facts(run, now)),
        ("hint", usage.hint(run), ""),
        ("warning", run.warning, _WARNING),
        ("known as of", as_of, _WARNING),
    ]


def _marks(run: Run) -> str:
    return ", held" if run.held else ", stuck" if run.stuck else ""


def _task(task: Task) -> Fact:
    words = f"{present.sign(task.state)} {status_words(task.state, task.exit)}"
    took = duration(task.finished - task.started) if task.started and task.finished else ""
    more = [task.name, took and f"took {took}", task.host and f"on {task.host}", task.reason]
    return (task.job.id, ", ".join(part for part in (words, *more) if part), "")


def _finding(finding: Finding) -> Fact:
    when = f"{finding.time.astimezone():%Y-%m-%d %H:%M}" if finding.time else ""
    return (when, finding_words(finding), present.badge_style(finding.badge))


def _timeline(run: Run) -> list[Fact]:
    times = {
        "submitted": run.submitted,
        "started": run.started,
        "finished": run.finished,
        "settled": run.settled,
    }
    facts: list[Fact] = []
    before: datetime | None = None
    for name, when in times.items():
        if when:
            later = f"  {duration(when - before)} later" if before else ""
            facts.append((name, f"{when.astimezone():%Y-%m-%d %H:%M:%S}{later}", ""))
            before = when
    return facts


def _results(run: Run) -> list[Fact]:
    return [
        ("results", present.results_words(run)[0] if run.results is not Results.NONE else "", ""),
        ("commit", run.result, ""),
        ("shown on", run.place, ""),
        ("undelivered", run.undelivered, _BAD),
        ("git ignores", run.ignored, _WARNING),
    ]


def _places(run: Run, remote: BatchRemote) -> list[Fact]:
    record = ("record", f"git log refs/gitbatch/{remote.name}/log --grep '^Run: {run.number}$'", "")
    if remote.published:
        return [("published on", remote.published, ""), ("it ran at", remote.location, ""), record]
    folder = f"{remote.location}/runs/{run.number}"
    return [
        ("batch remote", f"{remote.name}, {remote.location}", ""),
        ("run tree", f"{folder}/tree", ""),
        ("log", f"{folder}/log", ""),
        record,
    ]
