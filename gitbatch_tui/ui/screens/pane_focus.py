"""Which pane of a screen has the focus."""

from __future__ import annotations

from textual.screen import Screen

from gitbatch_tui.core.base.text import clean
from gitbatch_tui.ui.keys import PANES


class PaneScreen(Screen[None]):
    """A screen of panes; keys are for the one that has the focus."""

    AUTO_FOCUS = "#runs"

    @property
    def pane(self) -> str:
        """The pane that has the focus."""
        names = (widget.id for widget in self.focused.ancestors_with_self) if self.focused else ()
        return next((name for name in names if name in PANES), "runs")

    def decline(self, reason: str) -> None:
        """Say why a key can't act here."""
        self.app.notify(clean(reason), severity="warning", markup=False)

    def action_pane(self, step: int) -> None:
        self.action_go_to(PANES[(PANES.index(self.pane) + step) % len(PANES)])

    def action_go_to(self, pane: str) -> None:
        self.query_one(f"#{pane}").focus()

    def watch_focused(self) -> None:
        """Show which pane has the focus; while none has it, the one that had it last."""
        if self.focused is None:
            return
        changed = []
        for widget in self.query(".-pane, #left, #right"):
            is_active = self.focused in widget.walk_children(with_self=True)
            if is_active != widget.has_class("-active"):
                widget.set_class(is_active, "-active", update=False)
                changed.append(widget)
        # No style of what is in them depends on it.
        self.app.stylesheet.update_nodes(changed)
