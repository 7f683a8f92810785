"""Metrics of runs as curves over steps, live while they run."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from gitbatch_tui.core.base.files import write
from gitbatch_tui.core.base.format import percent
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.curves.following import Following
from gitbatch_tui.core.curves.picture import SMOOTHINGS, CurveStyle, is_above_zero
from gitbatch_tui.core.curves.svg import chart_over_steps, svg_file
from gitbatch_tui.core.runs.parameters import differing, parameter_words
from gitbatch_tui.errors import GitBatchError
from gitbatch_tui.ui.dialogs.ask import Ask, doubt_path, name_for, path_in
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.screens.keyed import KeyedScreen
from gitbatch_tui.ui.widgets.curve_view import CurveView, Legend, LegendEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from gitbatch_tui.core.curves.curve import Curve
    from gitbatch_tui.core.curves.reading import RunMetrics
    from gitbatch_tui.models import Run
    from gitbatch_tui.ui.state import AppState

NOTES = 3
"""As many lines as say what could not be drawn."""
HOW = (
    "A job that writes metrics.csv has curves here, also while it runs: first a line of names, "
    "such as step,loss, then a line of numbers for each step. For another file: "
    "git config gitbatch.metrics FILE."
)


class CurveScreen(KeyedScreen):
    """One metric at a time, of up to as many runs as have room in a picture."""

    CSS_PATH = "curves.tcss"
    NAMED = (
        ("← →", "metric", "screen.next(1)"),
        ("m", "choose", "screen.choose"),
        ("l", "log", "screen.log"),
        ("s", "smooth", "screen.smooth"),
        ("S", "save", "screen.save"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "next(1)", "next metric", tooltip="The next metric"),
        Binding("left", "next(-1)", "previous metric", tooltip="The metric before"),
        Binding("m", "choose", "metric", tooltip="Choose a metric"),
        Binding("l", "log", "log", tooltip="A logarithmic scale, or a linear one"),
        Binding("s", "smooth", "smooth", tooltip="Draw means of more values, or each"),
        Binding("S", "save", "save", tooltip="Save the picture as SVG"),
    ]
    HELP_ON = "curves"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal")]  # noqa: RUF012 # typed by textual

    def __init__(self, metrics: Sequence[RunMetrics]) -> None:
        super().__init__()
        self._metrics = metrics
        self.metric = ""
        """The one that is drawn; empty while none is known."""
        self.curve_style = CurveStyle()
        self._differing = differing(each.run for each in metrics)
        self._following = Following(metrics, self._hear)
        self._heard = threading.Event()
        self._took, self._shown_at = 0.0, 0.0
        """Seconds that the last picture took, and when it was drawn."""
        self.view, self.legend, self._notes = CurveView(), Legend(), Static(id="notes")

    def compose(self) -> ComposeResult:
        with Horizontal(id="picture"):
            yield self.view
            yield self.legend
        yield self._notes
        yield self.key_words()

    def on_mount(self) -> None:
        self._following.start()
        self._show()

    def on_unmount(self) -> None:
        self._following.close()

    def show_state(self, state: AppState) -> None:
        """Take what has become of the runs meanwhile."""
        for each in self._metrics:
            run = state.find(*each.run.key)
            if run and run.state.final:
                self._following.end(each.run.key)

    # Reading

    def _hear(self) -> None:
        """Something is new: called in the threads that read."""
        if not self._heard.is_set():
            self._heard.set()
            self.call_later(self._show_soon)

    def _show_soon(self) -> None:
        """Leave more time to keys than pictures take."""
        wait = self._shown_at + 2 * self._took - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._show_news)
        else:
            self._show_news()

    def _show_news(self) -> None:
        self._heard.clear()
        self._following.check()
        if self.is_attached:
            self._show()

    @property
    def names(self) -> list[str]:
        """All metrics of all runs."""
        return list(dict.fromkeys(name for each in self._metrics for name in each.columns.names))

    def _show(self) -> None:
        begin = time.monotonic()
        names = self.names
        if self.metric not in names and names:
            self.metric = names[0]
        curves = [each.columns.curve(self.metric) for each in self._metrics]
        self.view.show(curves, self.curve_style, self._hint())
        self.legend.show([self._entry(each) for each in self._metrics])
        self._notes.update(Content("\n").join(map(Content, self._sentences(curves))))
        picture = self.query_one("#picture")
        picture.border_title = Content(one_line(self._title()))
        picture.border_subtitle = Content(self._state())
        self._shown_at = time.monotonic()
        self._took = self._shown_at - begin

    def _title(self) -> str:
        runs = [each.run.name for each in self._metrics]
        of = runs[0] if len(runs) == 1 else f"{len(runs)} runs"
        return f"{self.metric or 'Metrics'} of {of}"

    def _state(self) -> str:
        words = (
            [f"mean of {percent(self.curve_style.smoothing)}"] if self.curve_style.smoothing else []
        )
        words += ["log scale"] if self.curve_style.log else []
        words += [] if all(each.is_whole for each in self._metrics) else ["reading …"]
        return " · ".join(words)

    def _hint(self) -> str:
        if any(each.columns.names for each in self._metrics):
            return ""
        if not all(each.is_whole for each in self._metrics):
            return "Reading …"
        # Why each of them has none stands below.
        is_said = any(each.notes() for each in self._metrics)
        return HOW if is_said else f"The files have no numbers. {HOW}"

    def _entry(self, metrics: RunMetrics) -> LegendEntry:
        last = metrics.columns.last(self.metric)
        value = "-" if last is None else f"{last:.4g}"
        return LegendEntry(metrics.run.name, parameter_words(metrics.run, self._differing), value)

    def _sentences(self, curves: Sequence[Curve]) -> list[str]:
        """Say what isn't drawn as it was written."""
        said = [
            one_line(f"{each.run.name}: {'; '.join(notes)}")
            for each, curve in zip(self._metrics, curves, strict=True)
            if (notes := [*curve.notes, *each.notes()])
        ]
        if self.curve_style.log and not is_above_zero(curves):
            said.insert(0, "What isn't above 0 has no place on a log scale: there are gaps.")
        return said if len(said) <= NOTES else [*said[: NOTES - 1], f"and {len(said) - 2} more"]

    # Keys

    def action_next(self, step: int) -> None:
        names = self.names
        if len(names) < 2:  # noqa: PLR2004  # another one
            self.tell("There is no other metric.", "warning")
            return
        self.metric = names[(names.index(self.metric) + step) % len(names)]
        self._show()

    def action_choose(self) -> None:
        if self._has_metric():
            ways = [(name, name) for name in self.names]
            self.app.push_screen(Choose("Metric", ways), self._choose)

    def _has_metric(self) -> bool:
        if not self.names:
            self.tell("There is no metric yet.", "warning")
        return bool(self.names)

    def _choose(self, name: str | None) -> None:
        if name:
            self.metric = name
            self._show()

    def action_log(self) -> None:
        if self._has_metric():
            self.curve_style = replace(self.curve_style, log=not self.curve_style.log)
            self._show()

    def action_smooth(self) -> None:
        if self._has_metric():
            at = SMOOTHINGS.index(self.curve_style.smoothing) + 1
            self.curve_style = replace(self.curve_style, smoothing=SMOOTHINGS[at % len(SMOOTHINGS)])
            self._show()

    def action_save(self) -> None:
        if self._has_metric():
            name = name_for(f"{self._metrics[0].run.remote}-{self.metric}")
            self.app.push_screen(Ask("Save to", f"{name}.svg", doubt_path), self._save_to)

    def _save_to(self, text: str | None) -> None:
        if not text:
            return
        path = path_in(text)
        named = {self._label(each.run): each.columns.curve(self.metric) for each in self._metrics}
        try:
            write(path, svg_file(chart_over_steps(self.metric, named, self.curve_style)).encode())
        except GitBatchError as error:
            self.tell(str(error), "error")
        else:
            self.tell(f"Saved to {path}.")

    def _label(self, run: Run) -> str:
        return f"{run.name} {parameter_words(run, self._differing)}".rstrip()

    def action_back(self) -> None:
        self.dismiss()
