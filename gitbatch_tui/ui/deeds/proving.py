"""Verifies a run, and reproduces it: here or on another batch remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import Stopped
from gitbatch_tui.models import State
from gitbatch_tui.ui.deeds.starting import Starting
from gitbatch_tui.ui.messages import Reproduced, Verified
from gitbatch_tui.ui.requests import RefreshRequested, ReproduceRequested, VerifyRequested

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitbatch_tui.core.verify.reproduce import Trial
    from gitbatch_tui.models import BatchRemote, Live, Run
    from gitbatch_tui.ui.dialogs.progress import Progress


class Proving(Starting):
    """What is found out becomes part of the history, whether somebody looks or not."""

    def on_verify_requested(self, request: VerifyRequested) -> None:
        run = request.run
        with self.troubleshooting():
            remote = self.remote_of(run)
            progress, _ = self.open_progress(f"Verify {run.name}", "Asking ...", stoppable=False)
            self._verify(progress, remote, run)

    @work(thread=True, exit_on_error=False, group="verify")
    def _verify(self, progress: Progress, remote: BatchRemote, run: Run) -> None:
        from gitbatch_tui.core.verify.verify import verify  # noqa: PLC0415  # seldom needed

        with self.closing(progress, VerifyRequested(run)), self.batch(remote) as batch:
            verification = verify(batch, run.number, tell=self.hear(progress))
            self.call_from_thread(progress.close)
        self.post_message(Verified(remote, verification))

    def on_verified(self, fact: Verified) -> None:
        from gitbatch_tui.ui.dialogs.choose import Choose  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.proof import check_line, verdict, ways_to_reproduce  # noqa: PLC0415

        run = fact.verification.run
        self._tell_unrecorded(fact.verification.unrecorded)

        def decided(remote: BatchRemote | None) -> None:
            if remote:
                self.post_message(ReproduceRequested(run, remote))

        self.on_refresh_requested(RefreshRequested((fact.remote,)))
        lines = "\n".join(map(check_line, fact.verification.checks))
        remotes = [view.remote for view in self.board.remotes]
        ways = ways_to_reproduce(run, fact.remote, remotes)
        self.push_screen(Choose(verdict(fact.verification), ways, [lines]), decided)

    def on_reproduce_requested(self, request: ReproduceRequested) -> None:
        with self.troubleshooting():
            remote = self.remote_of(request.run)
            name = request.run.name
            progress, _ = self.open_progress(
                f"Reproduce {name}",
                "Starting ...",
                stoppable=False,
                goes_on="It goes on; when it has ended, you are told how it compares.",
            )
            self._reproduce(progress, remote, request)

    @work(thread=True, exit_on_error=False, group="reproduce")
    def _reproduce(
        self, progress: Progress, remote: BatchRemote, request: ReproduceRequested
    ) -> None:
        from gitbatch_tui.core.batch.batch import Batch  # noqa: PLC0415  # it imports GitPython
        from gitbatch_tui.core.batch.delivery import find_home  # noqa: PLC0415
        from gitbatch_tui.core.verify.reproduce import Trial, begin, conclude  # noqa: PLC0415

        with self.closing(progress, request), self.batch(remote) as batch:
            run = find_home(batch, request.run.number, self.hear(progress)).run
            trial = Trial(batch, run, Batch(batch.clone, self.hosts, request.remote))
            heard = self._hear_in_passing(progress)
            receipt = begin(trial, heard)
            self.post_message(RefreshRequested((request.remote,)))
            if receipt.state is State.REJECTED:
                self.call_from_thread(progress.see, receipt)
                return
            if not self._has_ended(progress, trial, receipt.run):
                return
            reproduction = conclude(trial, receipt.run, heard)
        self.post_message(Reproduced(progress, remote, reproduction))

    def _hear_in_passing(self, progress: Progress) -> Callable[[str], None]:
        """For what only is to be seen while it happens: what differs stays, in the end."""
        from gitbatch_tui.core.submit.push import SERVER  # noqa: PLC0415  # seldom needed

        heard = self.hear(progress)
        return lambda line: heard(line.removeprefix(SERVER))

    def _has_ended(self, progress: Progress, trial: Trial, number: int) -> bool:
        """Wait for it; False where the screen is closed meanwhile."""
        from gitbatch_tui.core.runs.wait import doing, wait  # noqa: PLC0415  # seldom needed

        heard, name = self.hear(progress), f"{trial.there.remote.name}#{number}"

        def tell(live: Live) -> None:
            heard(doing(name, live))

        try:
            wait(trial.there.server, number, tell, heard, self._ended)
        except Stopped:
            return False
        return True

    def on_reproduced(self, fact: Reproduced) -> None:
        from gitbatch_tui.core.verify.reproduce import summary, suspects  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.proof import file_line  # noqa: PLC0415

        words = summary(fact.reproduction)
        self._tell_unrecorded(fact.reproduction.unrecorded)
        self.on_refresh_requested(RefreshRequested((fact.remote,)))
        if not fact.progress.is_attached:
            good = fact.reproduction.holds
            self.tell(words, severity="information" if good else "warning")
            return
        for file in fact.reproduction.files:
            fact.progress.add(file_line(file))
        if why := suspects(fact.reproduction):
            fact.progress.add(why)
        fact.progress.end(words)

    def _tell_unrecorded(self, why: str) -> None:
        if why:
            self.tell(why, "Not recorded in the run's history", "warning")
