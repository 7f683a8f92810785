"""Notes and tags of runs, which are kept with their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.runs.remarks import note_facts, tag_facts
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.actions.several import each
from gitbatch_tui.ui.dialogs.ask import Ask
from gitbatch_tui.ui.present import named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.app import GitBatchApp
    from gitbatch_tui.ui.state import Selection

Facts = list[tuple[str, str]]


async def note(app: GitBatchApp, selection: Selection) -> None:
    """Write a note to each of the runs, in place of what was noted before."""
    runs = selection.the_runs()
    old = runs[0].note if len({run.note for run in runs}) == 1 else ""
    await _remark(app, selection, f"Note on {_words(runs)}:", old, note_facts)


async def tag(app: GitBatchApp, selection: Selection) -> None:
    """Let the tags be written that all of the runs have; what is left out is taken away."""
    runs = selection.the_runs()
    shared = set.intersection(*(set(run.tags) for run in runs))

    def facts(text: str) -> Facts:
        wanted = text.replace(",", " ").split()
        gone = sorted(shared - set(wanted))
        added = [word for word in dict.fromkeys(wanted) if word not in shared]
        return [*tag_facts(added), *tag_facts(gone, remove=True)]

    await _remark(app, selection, f"Tags of {_words(runs)}:", " ".join(sorted(shared)), facts)


def _words(runs: Sequence[Run]) -> str:
    return named(runs[0]) if len(runs) == 1 else plural(len(runs), "run")


async def _remark(
    app: GitBatchApp,
    selection: Selection,
    question: str,
    text: str,
    read: Callable[[str], Facts],
) -> None:
    """Ask for it, and record it of all runs."""
    runs = selection.the_runs()
    for run in runs:
        app.live.state.own_remote_of(run)
    facts = await _ask_for_facts(app, question, text, read)
    if not facts:
        return
    app.main.runs.unmark(selection.marked)
    done = await each(app, runs, "Writing to", lambda server, run: server.remark(run.number, facts))
    if done:
        app.live.ask_again(*{app.live.state.remote_of(run) for run, _ in done})
        app.tell(f"{_words([run for run, _ in done])}: {_recorded_words(facts)}.")


async def _ask_for_facts(
    app: GitBatchApp, question: str, text: str, read: Callable[[str], Facts]
) -> Facts | None:
    """Ask until what is written can be taken; None where nothing is wanted after all."""
    while True:
        written = await app.answer(Ask(question, text, may_be_empty=True))
        if written is None:
            return None
        try:
            return read(written)
        except Refused as refusal:
            app.tell(str(refusal), severity="warning")
            text = written


def _recorded_words(facts: Facts) -> str:
    """Say what was recorded."""
    names = {"Note": "noted", "Tag": "tagged", "Untag": "no longer tagged"}
    if facts == [("Note", "")]:
        return "the note is gone"
    return ", ".join(f"{names[key]} {value}" for key, value in facts)
