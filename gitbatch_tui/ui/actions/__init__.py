"""Table of actions: each is a function, in a module that is imported when it is asked for.

An action is `async def NAME(app, selection)`: it checks, and raises `Refused` with the reason where
it can't act; asks with `await ask(app, dialog)`; works in a thread, `await asyncio.to_thread(...)`;
and shows what came of it, with `await app.open(screen)` where that is more than a line. It acts on
what was selected when the key was pressed, wherever the cursors are by then. What it raises, the
app shows in its one place for that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    Action = Callable[..., Coroutine[Any, Any, Any]]

ACTIONS = {
    "submit": "submit.submit",
    "pull": "results.pull",
    "best": "results.best",
    "diff": "diff.diff",
    "curves": "curves.show_curves",
    "metrics": "curves.choose_metrics",
    "measure": "curves.measure",
    "log": "log.show_log",
    "files": "files.files",
    "get": "files.bring",
    "end_of_log": "log.show_end_of_log",
    "cancel": "control.cancel",
    "rerun": "rerun.rerun",
    "retry": "rerun.retry",
    "hold": "control.hold",
    "verify": "verify.verify_or_compare",
    "note": "remarks.note",
    "tag": "remarks.tag",
    "details": "show.details",
    "shell": "terminal.shell",
    "login": "terminal.login",
    "add": "setup.add",
    "undo": "remotes.undo",
    "published": "remotes.bring_published",
    "doctor": "setup.doctor",
    "copy": "copy.copy",
    "refresh": "show.refresh",
    "refresh_all": "show.refresh_all",
    "journal": "show.journal",
    "help": "show.keys",
    "trouble": "trouble.show_trouble",
    "welcome": "trouble.welcome",
    "configure": "trouble.configure",
}
"""Each action by its name: its module in this package, and its function in that."""


def action(name: str) -> Action:
    """The action of that name."""
    module, _, function = ACTIONS[name].partition(".")
    found: Action = getattr(import_module(f"{__name__}.{module}"), function)
    return found
