"""The one place where errors are shown that a person can do something about.

Also those because of which there is nothing to show yet: no git, no repository, a broken
configuration.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gitbatch_tui.config import read_config
from gitbatch_tui.core.watch.overview import begin_clone
from gitbatch_tui.errors import BadConfig, NotARepository, Refused, Unreachable
from gitbatch_tui.ui.actions.terminal import log_in
from gitbatch_tui.ui.dialogs.confirm import LoginQuestion
from gitbatch_tui.ui.dialogs.dialog import ask
from gitbatch_tui.ui.dialogs.reading import Advice, Trouble
from gitbatch_tui.ui.sentences import about_login

if TYPE_CHECKING:
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.ui.app import GitBatchApp


async def show_trouble(app: GitBatchApp, error: GitBatchError) -> bool:
    """Show an error, or offer to log in where that would help; True where ssh got in."""
    if isinstance(error, Unreachable) and error.login:
        return await _offer_login(app, error)
    if error.detail:
        await app.open(Trouble(error))
    else:
        app.tell(str(error), severity="warning" if isinstance(error, Refused) else "error")
    return False


async def _offer_login(app: GitBatchApp, error: Unreachable) -> bool:
    if any(isinstance(screen, LoginQuestion) for screen in app.screen_stack):
        return False
    agreed = await ask(app, LoginQuestion(about_login(error)))
    return bool(agreed) and log_in(app, error.login)


async def welcome(app: GitBatchApp, error: GitBatchError) -> None:
    """Say why there is nothing to show, and offer the ways on."""
    ways = [("r", "look again"), ("q", "quit")]
    if isinstance(error, NotARepository):
        ways.insert(0, ("i", "make a repository of this folder, as git init does"))
    way = await ask(app, Advice("Nothing to show yet", str(error), ways))
    if way == "i":
        await asyncio.to_thread(begin_clone, app.session.path, app.session.record)
    if way in {"i", "r"}:
        app.live.reread()
    else:
        app.exit()


async def configure(app: GitBatchApp) -> None:
    """Read the configuration, and say early what is wrong with it."""
    ways = [("r", "read it again"), ("enter", "go on without it"), ("q", "quit")]
    way: str | None = "r"
    while way == "r":
        try:
            app.take_config(await asyncio.to_thread(read_config))
        except BadConfig as error:
            way = await ask(app, Advice("Your configuration", str(error), ways))
        else:
            return
    if way == "q":
        app.exit()
