"""A line to type in that does what keys do in the order in which they were pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Input

if TYPE_CHECKING:
    from textual import events

_ACTIONS = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
"""What keys do that write nothing: move, delete, submit."""


class TextInput(Input):
    """textual's, for keys that come in one go: over a slow line, or out of a paste.

    There a binding acts only after the letters that were typed behind it.
    """

    async def on_key(self, event: events.Key) -> None:
        """Act before what was typed next is written."""
        action = _ACTIONS.get(event.key)
        # Without a selection there is nothing to copy, and ctrl+c is the app's.
        if action and await self.app.run_action(action, self):
            event.stop()
