"""The one place where errors are shown that a person can do something about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.errors import Refused, Unreachable
from gitbatch_tui.ui.actions.terminal import log_in
from gitbatch_tui.ui.dialogs.confirm import LoginQuestion
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.reading import Trouble
from gitbatch_tui.ui.sentences import about_login

if TYPE_CHECKING:
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.ui.app import GitBatchApp


async def show_trouble(app: GitBatchApp, error: GitBatchError) -> bool:
    """Show an error, or offer to log in where that would help; True where ssh got in."""
    if isinstance(error, Unreachable) and error.login:
        return await _offer_login(app, error)
    if error.detail:
        app.push_screen(Trouble(error))
    else:
        app.tell(str(error), severity="warning" if isinstance(error, Refused) else "error")
    return False


async def _offer_login(app: GitBatchApp, error: Unreachable) -> bool:
    if any(isinstance(screen, LoginQuestion) for screen in app.screen_stack):
        return False
    agreed = await ask(app, LoginQuestion(about_login(error)))
    return bool(agreed) and log_in(app, error.login)
