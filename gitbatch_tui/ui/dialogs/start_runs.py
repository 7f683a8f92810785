"""Frame of dialogs that start runs: parameters, a sweep with its plan, and doubtful lines."""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import Binding

from gitbatch_tui.core.base.format import plural
from gitbatch_tui.core.sweeps.grid import second_name_in, taken_apart, values_in
from gitbatch_tui.core.sweeps.plan import plan_of_lines
from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.dialog import Dialog
from gitbatch_tui.ui.dialogs.parameters import Lines, Parameters, SweepLines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from textual.binding import BindingType
    from textual.timer import Timer

    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.core.sweeps.plan import SweepPlan
    from gitbatch_tui.models import Run

T = TypeVar("T")

QUICK = 0.05
"""Seconds of a processor that a plan may take at each key; a longer one waits for a pause."""
PAUSE = 0.4
"""Seconds without a key."""


class StartDialog(Dialog[T]):
    """Takes parameters, and a sweep, of which the plan is shown while it is written."""

    # With priority, as in every dialog; lines are for the arrows.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_part(1)", "next", show=False, priority=True),
        Binding("shift+tab", "next_part(-1)", "previous", show=False, priority=True),
    ]

    def __init__(self, options: Sequence[str], whence: str, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._settled = set(options)
        """Lines that are to stay as they are: a run had them, or they were asked about."""
        self.parameters = Parameters(options, whence)
        self.sweep = SweepLines()
        self.plan: SweepPlan | None = None
        self._cost = 0.0
        self._due: Timer | None = None
        self.objection = ""
        """What is wrong with parameters or sweep, in a sentence."""

    @property
    def what(self) -> Situation | Run | None:
        """The commit that is to run; None while nobody knows."""
        raise NotImplementedError

    def show_plan(self) -> None:
        """Say what the sweep will be, or what is wrong with it."""
        self._put_off()
        begun = thread_time()
        self._make_plan()
        self._cost = thread_time() - begun

    def _put_off(self) -> None:
        if self._due:
            self._due.stop()
        self._due = None

    def _make_plan(self) -> None:
        self.objection = self.parameters.objection
        self.parameters.say(self.objection, wrong=True)
        try:
            self.plan = plan_of_lines(self.sweep.lines, self.parameters.options, self._folder)
        except Refused as refusal:
            self.plan = None
            self.objection = self.objection or str(refusal)
            self.sweep.say(str(refusal), wrong=True)
            return
        self.sweep.say(self.plan.words(self.what) if self.plan and self.what else "")

    def action_next_part(self, step: int) -> None:
        """Go from parameters to the sweep, or to what else there is, past lines in between."""
        begin = self.focused
        part = begin.parent if begin else None
        go = self.focus_next if step > 0 else self.focus_previous
        while (now := go()) and now is not begin and now.parent is part:
            pass

    @on(Lines.Changed)
    def _note_change(self, event: Lines.Changed) -> None:
        event.stop()
        if self._cost < QUICK:
            self.show_plan()
        else:
            self._put_off()
            self._due = self.set_timer(PAUSE, self.show_plan)

    @on(Lines.Done)
    def _note_enter(self, event: Lines.Done) -> None:
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Do it, if all is well."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Tell whether it can begin as it is written; else go to what is wrong, or ask."""
        if self._due:
            self.show_plan()
        if self.objection:
            (self.parameters if self.parameters.objection else self.sweep).enter()
            return False
        for line, ways in self._doubts():
            if ways and line not in self._settled:
                self.app.push_screen(Choose(f"{line}: which is meant?", ways), self._rewrite)
                return False
        return True

    def _doubts(self) -> Iterator[tuple[str, Ways]]:
        for line in self.parameters.options:
            yield line, _ways(line, can_sweep=self.sweep.display)
        for line in self.sweep.lines:
            yield line, _ways_of_two(line, swept=True)
        if self.plan:
            yield self.plan.doubtful, _ways_of_cell(self.plan.doubtful)

    def _rewrite(self, meant: Meant | None) -> None:
        """Write a line as it was meant, and go on; after esc it can be changed.

        Where that is another number of runs than the plan said, it can be read before.
        """
        if meant is None:
            return
        before = self.plan
        self._settled.add(meant.line)
        if meant.parameters or meant.sweep:
            self.parameters.take_out(meant.line)
            self.sweep.take_out(meant.line)
            for line in meant.parameters:
                self.parameters.put_in(line)
            for line in meant.sweep:
                self.sweep.put_in(line)
        self.show_plan()
        if not (before and self.plan) or len(before.rows) == len(self.plan.rows):
            self.action_go()


@dataclass(frozen=True)
class Meant:
    """Parameters and sweeps that a line stands for; none where it stays as it is."""

    line: str
    parameters: tuple[str, ...] = ()
    sweep: tuple[str, ...] = ()


Ways = list[tuple[str, Meant | None]]
"""What a line may mean, in words; None stands for leaving it, to be changed."""


def _ways(line: str, *, can_sweep: bool) -> Ways:
    """List what a line may mean that surely has several values; nothing for any other one."""
    name, _, value = line.partition("=")
    values = values_in(line)
    if not values:
        return _ways_of_name_twice(line) or _ways_of_two(line)
    if not can_sweep:
        return [
            ("several values: leave, since only one run can be swept", None),
            (f"the value {value}, for each run", Meant(line)),
        ]
    return [
        (
            f"a sweep: {plural(len(set(values)), 'run')}, each with one value of {name}",
            Meant(line, (), (line,)),
        ),
        (f"one run, with the value {value}", Meant(line)),
    ]


def _ways_of_name_twice(line: str) -> Ways:
    """List what `lr=lr=0.2` may mean: a line keeps its name, which is easily typed once more."""
    name, _, value = line.partition("=")
    if not value.startswith(f"{name}="):
        return []
    return [(_as_it_is(value)[0], Meant(line, (value,))), _as_it_is(line)]


def _ways_of_two(line: str, *, swept: bool = False) -> Ways:
    if not second_name_in(line):
        return []
    parts = taken_apart(line)
    return [
        (
            f"{len(parts)} parameters: {' and '.join(parts)}",
            Meant(line, (), parts) if swept else Meant(line, parts),
        ),
        _as_it_is(line),
    ]


def _ways_of_cell(cell: str) -> Ways:
    """List what a cell of a file may mean that names a second parameter."""
    if not second_name_in(cell):
        return []
    return [
        (f"{len(taken_apart(cell))} parameters: leave, and make columns", None),
        _as_it_is(cell),
    ]


def _as_it_is(line: str) -> tuple[str, Meant]:
    name, _, value = line.partition("=")
    return f"one parameter, {name}, with the value {value}", Meant(line)
