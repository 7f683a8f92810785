"""Pushes a branch, so that it runs; looks and asks first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.models import State
from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import Begun, SetUp, SituationKnown
from gitbatch_tui.ui.requests import SubmitRequested

if TYPE_CHECKING:
    from gitbatch_tui.core.base.cancellation import Cancellation
    from gitbatch_tui.core.submit.questions import Choices
    from gitbatch_tui.core.submit.situation import Situation
    from gitbatch_tui.models import BatchRemote, Run
    from gitbatch_tui.ui.dialogs.progress import Progress
    from gitbatch_tui.ui.dialogs.submit import Decision, Instead, SubmitDialog


class Submitting(Starting):
    """A dialog that looks, decides and asks; then a push that can be watched and stopped."""

    def on_submit_requested(self, request: SubmitRequested) -> None:
        self._look(self._open_submit(request.remote, request.branch))

    def _open_submit(self, remote: BatchRemote, branch: str) -> SubmitDialog:
        from gitbatch_tui.ui.dialogs.submit import SubmitDialog  # noqa: PLC0415  # seldom needed

        last = self._last_run(remote, branch)
        options, whence = (last.options, last.name) if last else ((), "")
        dialog = SubmitDialog(remote, branch, options, whence)
        self.push_screen(dialog, lambda outcome: self._take_outcome(dialog, outcome))
        return dialog

    def _last_run(self, remote: BatchRemote, branch: str) -> Run | None:
        """The newest run of a branch, on this remote before any other."""
        views = sorted(self.board.remotes, key=lambda view: view.remote != remote)
        runs = (run for view in views for run in view.runs)
        return next((run for run in runs if run.branch == branch), None)

    @work(thread=True, exit_on_error=False, group="submit")
    def _look(self, dialog: SubmitDialog) -> None:
        from gitbatch_tui.core.submit.questions import Choices  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.core.submit.situation import prepare  # noqa: PLC0415  # it imports GitPython

        again = SubmitRequested(dialog.remote, dialog.branch)
        with self.closing(dialog, again), self.batch(dialog.remote) as batch:
            dialog.post_message(SituationKnown(prepare(batch, dialog.branch), Choices()))

    def _take_outcome(self, dialog: SubmitDialog, outcome: Decision | Instead | None) -> None:
        from gitbatch_tui.ui.dialogs.submit import Decision  # noqa: PLC0415  # seldom needed

        if isinstance(outcome, Decision):
            self._submit(dialog.remote, outcome.situation, outcome.choices)
        elif outcome:
            self._do_instead(dialog.remote, outcome)

    def _do_instead(self, remote: BatchRemote, instead: Instead) -> None:
        if instead.write_script:
            self._find_schedulers(remote)
        elif instead.run is None:
            self.tell(f"Nothing was submitted: {instead.words}.")
        else:
            self.show_run(instead.run.remote, instead.run.number)
            if instead.run.state is State.SUCCEEDED:
                self.pull(instead.run)

    @work(thread=True, exit_on_error=False, group="script")
    def _find_schedulers(self, remote: BatchRemote) -> None:
        from gitbatch_tui.core.setup.examine import examine_server  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.core.setup.sites import schedulers  # noqa: PLC0415  # seldom needed

        tools = examine_server(self.server(remote).host, remote.base).tools
        self.post_message(SetUp(remote, schedulers(tools), needs_script=True))

    def pull(self, run: Run) -> None:
        """Bring a run's results home."""
        raise NotImplementedError

    def _submit(self, remote: BatchRemote, situation: Situation, choices: Choices) -> None:
        from gitbatch_tui.ui.sentences import submission_title  # noqa: PLC0415  # seldom needed

        title = submission_title(situation.branch, remote)
        progress, stop = self.open_progress(title, "Pushing ...")
        self._push(progress, remote, situation, choices, stop)

    @work(thread=True, exit_on_error=False, group="push")
    def _push(
        self,
        progress: Progress,
        remote: BatchRemote,
        situation: Situation,
        choices: Choices,
        stop: Cancellation,
    ) -> None:
        from gitbatch_tui.core.submit.questions import next_question  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.core.submit.submit import snapshot, submit  # noqa: PLC0415  # like prepare

        with self.closing(progress), self.batch(remote) as batch:
            situation = replace(situation, batch=replace(batch, stop=stop))
            situation, choices, notes = snapshot(situation, choices)
            if next_question(situation, choices) or situation.objection:
                asked = SituationKnown(situation, choices, tuple(notes))
                self.call_from_thread(self._ask_again, progress, remote, asked)
                return
            done = submit(situation, choices, self.hear(progress))
            self.begun(progress, Begun(remote, done.receipt, (*notes, *done.notes)))

    def _ask_again(self, progress: Progress, remote: BatchRemote, asked: SituationKnown) -> None:
        progress.close()
        dialog = self._open_submit(remote, asked.situation.branch)
        dialog.post_message(asked)
