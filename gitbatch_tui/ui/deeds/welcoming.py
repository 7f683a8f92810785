"""What to do where there is nothing to show yet: no git, no repository, a broken configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import BadConfig, NotARepository
from gitbatch_tui.ui.deeds.showing import Showing
from gitbatch_tui.ui.messages import CloneRead, ConfigBroken, ConfigRead

if TYPE_CHECKING:
    from gitbatch_tui.errors import GitBatchError
    from gitbatch_tui.ui.messages import CloneMissing


class Welcoming(Showing):
    """Says why, and offers a key for each way on."""

    def on_clone_missing(self, fact: CloneMissing) -> None:
        if self.board.loaded:
            self.show_trouble(fact.trouble)
        else:
            self.explain(fact.trouble)

    def explain(self, error: GitBatchError) -> None:
        """Say why there is nothing to show, and offer the ways on."""
        from gitbatch_tui.ui.dialogs.advice import Advice  # noqa: PLC0415  # seldom needed

        ways = [("r", "look again"), ("q", "quit")]
        if isinstance(error, NotARepository):
            ways.insert(0, ("i", "make a repository of this folder, as git init does"))
        self.push_screen(Advice("Nothing to show yet", str(error), ways), self._go_on)

    def _go_on(self, way: str | None) -> None:
        if way == "i":
            self._begin_clone()
        elif way == "r":
            self.reread()
        else:
            self.exit()

    @work(thread=True, exit_on_error=False, group="look", exclusive=True)
    def _begin_clone(self) -> None:
        from gitbatch_tui.core.watch.overview import begin_clone  # noqa: PLC0415  # seldom needed

        self.post_message(CloneRead(begin_clone(self.path, self.journaled)))

    @work(thread=True, exit_on_error=False, group="config", exclusive=True)
    def check_config(self) -> None:
        """Read the configuration, and say early what is wrong with it."""
        from gitbatch_tui.config import read_config  # noqa: PLC0415  # after the first picture

        try:
            self.post_message(ConfigRead(read_config()))
        except BadConfig as error:
            self.post_message(ConfigBroken(error))

    def on_config_broken(self, fact: ConfigBroken) -> None:
        from gitbatch_tui.ui.dialogs.advice import Advice  # noqa: PLC0415  # seldom needed

        ways = [("r", "read it again"), ("enter", "go on without it"), ("q", "quit")]
        self.push_screen(Advice("Your configuration", str(fact.trouble), ways), self._configure)

    def _configure(self, way: str | None) -> None:
        if way == "r":
            self.check_config()
        elif way == "q":
            self.exit()
