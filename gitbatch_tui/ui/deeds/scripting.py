"""Writes a schedule.sh where a branch has none, opens it in the editor, and commits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.ui.deeds.visiting import Visiting
from gitbatch_tui.ui.messages import ScriptCommitted, ScriptWritten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitbatch_tui.ui.messages import SetUp
    from gitbatch_tui.ui.requests import ScriptRequested


class Scripting(Visiting):
    """Each step is offered, and none is needed."""

    def on_set_up(self, fact: SetUp) -> None:
        if fact.needs_script:
            self.offer_script(fact.schedulers)

    def offer_script(self, schedulers: Sequence[str]) -> None:
        """Ask for which scheduler it is to be."""
        from gitbatch_tui.ui.dialogs.choose import Choose  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import ways_to_script  # noqa: PLC0415  # seldom needed

        heading, paragraphs = "There is no schedule.sh yet", [
            "schedule.sh hands your job to a scheduler; it is the one file that a project needs."
        ]  # fmt: skip
        self.push_screen(Choose(heading, ways_to_script(schedulers), paragraphs), self._write)

    def on_script_requested(self, request: ScriptRequested) -> None:
        self._write(request.scheduler)

    def _write(self, scheduler: str | None) -> None:
        if scheduler:
            self._write_script(scheduler)

    @work(thread=True, exit_on_error=False, group="script")
    def _write_script(self, scheduler: str) -> None:
        from gitbatch_tui.core.setup.templates import write_templates  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            self.post_message(ScriptWritten(write_templates(clone.path, scheduler)))

    def on_script_written(self, fact: ScriptWritten) -> None:
        from gitbatch_tui.core.hosts.terminal import editor_command  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_committing  # noqa: PLC0415  # seldom needed

        self.in_terminal(editor_command(fact.paths[0]))

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            if agreed:
                self._commit_script(fact.paths)

        self.push_screen(Confirm(about_committing(fact.paths)), decided)

    @work(thread=True, exit_on_error=False, group="script")
    def _commit_script(self, paths: tuple[Path, ...]) -> None:
        from gitbatch_tui.core.setup.templates import commit_templates  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            commit_templates(clone, paths)
            self.post_message(ScriptCommitted(paths))

    def on_script_committed(self, _: ScriptCommitted) -> None:
        self.reread()
        self.tell("schedule.sh is committed: press s to submit.")
