"""Says what a submit will do, asks what there is to decide, and takes parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import OptionList

from gitbatch_tui.core.submit.questions import ChangesChoice, Choices, Question, next_question
from gitbatch_tui.core.submit.script import NO_SCRIPT
from gitbatch_tui.ui.dialogs.choose import ChoiceList
from gitbatch_tui.ui.dialogs.dialog import plain, words
from gitbatch_tui.ui.dialogs.start_runs import StartDialog
from gitbatch_tui.ui.sentences import about_submission, submission_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textual.binding import BindingType
    from textual.widget import Widget

    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.models import BatchRemote, Run


@dataclass(frozen=True)
class Decision:
    """Submit this, so."""

    situation: Situation
    choices: Choices
    plan: SweepPlan | None = None
    """Many runs instead of one."""


@dataclass(frozen=True)
class Instead:
    """Don't submit; what to do then."""

    words: str = ""
    run: Run | None = None
    """To be pulled, or looked at."""
    write_script: bool = False


WRITE = "write a schedule.sh, and open your job in your editor"


class SubmitDialog(StartDialog[Decision | Instead]):
    """Opens at once, and goes on when both sides have been looked at."""

    AUTO_FOCUS = ""
    SCROLLS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "submit", show=False),
    ]

    def __init__(self, remote: BatchRemote, branch: str, last: Run | None, folder: Path) -> None:
        """Begin with the parameters of the last run; paths are relative to the folder."""
        super().__init__(last.options if last else (), last.name if last else "", folder)
        self.remote = remote
        self.branch = branch
        self.situation: Situation | None = None
        self._choices = Choices()
        self._eager = False
        self._facts = words("Comparing with the batch remote ...", "-facts")
        self._asks = words("", "-asks")
        self._ways = ChoiceList()

    @property
    def heading(self) -> str:
        return submission_title(self.branch, self.remote)

    def holds(self) -> Iterable[Widget]:
        yield self._facts
        yield self._asks
        yield self._ways
        yield self.parameters
        yield self.sweep

    @property
    def what(self) -> Situation | None:
        return self.situation and self.situation.as_it_runs

    def on_mount(self) -> None:
        self._show()

    def take(self, situation: Situation, choices: Choices, notes: Sequence[str] = ()) -> None:
        """Go on with what both sides look like, and with what has been decided already."""
        self.situation = situation
        self._choices = choices
        self._facts.update(plain("\n".join((*notes, *about_submission(situation)))))
        self.show_plan()
        if self._eager and not self._ways.option_count:
            self.action_go()

    @property
    def choices(self) -> Choices:
        """Answers to the questions so far, with the parameters as they are written now."""
        choices = replace(self._choices, options=self.parameters.options)
        # The rows of a sweep aren't those of a run that there was.
        return replace(choices, again=True) if self.plan else choices

    @property
    def question(self) -> Question | None:
        """Next question; None where all is decided, or nothing is known yet."""
        return next_question(self.situation, self.choices) if self.situation else None

    def _show(self) -> None:
        question = self.question
        ways = [answer.words for answer in question.answers] if question else []
        objection = self.situation.objection if self.situation and not question else ""
        if self.situation and self.situation.lacks_script and objection:
            ways, objection = [WRITE], NO_SCRIPT
        asks = question.words if question else objection
        # Of one way there is nothing to choose.
        only = ways[0] if len(ways) == 1 else ""
        self._asks.update(plain(f"{asks}\nPress enter to {only}." if only else asks))
        self._asks.set_class(bool(objection), "-bad")
        self._asks.display = bool(question or objection)
        self._ways.display = len(ways) > 1
        self._ways.show_ways(ways)
        if self._ways.display and not (
            self.parameters.has_focus_within or self.sweep.has_focus_within
        ):
            self._ways.focus()
        self._show_keys(len(ways))

    def _show_keys(self, ways: int) -> None:
        verb = "do it" if ways else "submit"
        choose = [("↑↓", "choose")] if ways > 1 else []
        self.show_keys([("enter", verb), *choose, ("tab", "parameters, sweep"), ("esc", "leave")])

    def show_plan(self) -> None:
        super().show_plan()
        self._show()

    def action_go(self) -> None:
        """Do what is highlighted; where there is nothing to choose, submit."""
        if self.situation is None:
            self._eager = True
            self._facts.update(plain("Comparing with the batch remote; then it is submitted ..."))
        elif not self.is_ready():
            return
        elif self._ways.option_count and self._ways.highlighted is not None:
            self._take(self._ways.highlighted)
        elif not self.situation.objection:
            self._submit(self.situation)

    def _submit(self, situation: Situation) -> None:
        self.dismiss(Decision(situation, self.choices, self.plan))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_go()

    def _take(self, index: int) -> None:
        question = self.question
        if question is None:
            self.dismiss(Instead(write_script=True))
            return
        answer = question.answers[index]
        if answer.choices is None:
            self.dismiss(Instead(answer.words, answer.run))
        else:
            self._choices = answer.choices
            self._after_answer()

    def _after_answer(self) -> None:
        situation = self.situation
        if situation and (self._is_snapshot or not (self.question or situation.objection)):
            self._submit(situation)
        else:
            self._show()

    @property
    def _is_snapshot(self) -> bool:
        """Tell whether a snapshot is taken next, about which there is more to ask then."""
        situation = self.situation
        return self._choices.dirt is ChangesChoice.SNAPSHOT and bool(
            situation and not situation.snapshot
        )
