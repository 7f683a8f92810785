"""Makes a batch remote with one key: a place, a plan, the deeds, and the doctor's round trip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from gitbatch_tui.errors import Refused
from gitbatch_tui.ui.deeds.examining import Examining
from gitbatch_tui.ui.messages import PlacesKnown, PlanKnown, SetUp
from gitbatch_tui.ui.requests import PlanRequested, RefreshRequested

if TYPE_CHECKING:
    from gitbatch_tui.core.base.cancellation import Cancellation
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.setup.plan import Plan, Step
    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.dialogs.progress import Progress
    from gitbatch_tui.ui.dialogs.setup import Chosen
    from gitbatch_tui.ui.requests import AddRequested


class SettingUp(Examining):
    """Nothing is changed before a person has seen every command."""

    def on_add_requested(self, _: AddRequested) -> None:
        self._find_places()

    @work(thread=True, exit_on_error=False, group="setup")
    def _find_places(self) -> None:
        from gitbatch_tui.core.setup.sites import ready_made  # noqa: PLC0415  # seldom needed

        with self.clone() as clone:
            self.post_message(PlacesKnown(ready_made(clone)))

    def on_places_known(self, fact: PlacesKnown) -> None:
        from gitbatch_tui.ui.dialogs.setup import SetupDialog  # noqa: PLC0415  # seldom needed

        self.push_screen(SetupDialog(fact.places), self._plan_chosen)

    def _plan_chosen(self, chosen: Chosen | None) -> None:
        from gitbatch_tui.core.setup.plan import SetupRequest  # noqa: PLC0415  # seldom needed

        if chosen:
            wanted = SetupRequest(chosen.name, chosen.location, chosen.profile)
            self.post_message(PlanRequested(wanted, chosen.scheduler))

    # The plan

    def on_plan_requested(self, request: PlanRequested) -> None:
        wanted = request.wanted
        progress, _ = self.open_progress(
            f"Set up {wanted.name}", f"Looking at {wanted.location} ...", stoppable=False
        )
        self._plan(progress, request)

    @work(thread=True, exit_on_error=False, group="setup")
    def _plan(self, progress: Progress, request: PlanRequested) -> None:
        from gitbatch_tui.core.setup.plan import plan  # noqa: PLC0415  # seldom needed

        with self.closing(progress, request), self.clone() as clone:
            host = self.hosts.at(request.wanted.location)
            planned = plan(clone, request.wanted, host)
            fact = PlanKnown(planned, request.scheduler)
            self.call_from_thread(self._show_plan, progress, fact)

    def _show_plan(self, progress: Progress, fact: PlanKnown) -> None:
        """Unless nobody waits for it any more."""
        if progress.is_attached:
            progress.close()
            self.post_message(fact)

    def on_plan_known(self, fact: PlanKnown) -> None:
        from gitbatch_tui.ui.dialogs.confirm import Confirm  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.ui.sentences import about_plan  # noqa: PLC0415  # seldom needed

        wanted = fact.plan.wanted
        in_the_way = fact.plan.found.foreign_hook and not wanted.replace_hook

        def decided(agreed: bool | None) -> None:  # noqa: FBT001  # what a dialog gives back
            if agreed and in_the_way:
                self.post_message(PlanRequested(replace(wanted, replace_hook=True), fact.scheduler))
            elif agreed:
                self._begin(fact)

        self.push_screen(Confirm(about_plan(fact.plan)), decided)

    # The deeds

    def _begin(self, fact: PlanKnown) -> None:
        name = fact.plan.wanted.name
        progress, stop = self.open_progress(f"Set up {name}", "Setting up ...")
        self._set_up(progress, stop, fact)

    @work(thread=True, exit_on_error=False, group="setup")
    def _set_up(self, progress: Progress, stop: Cancellation, fact: PlanKnown) -> None:
        from gitbatch_tui.core.setup.plan import apply  # noqa: PLC0415  # seldom needed

        def done(step: Step, said: str) -> None:
            self.call_from_thread(progress.add, f"✔ {said or step.words}")

        with self.closing(progress), self.clone() as clone:
            apply(self._same_plan(clone, fact.plan), done, stop)
            remote = clone.batch_remote(fact.plan.wanted.name)
            self.call_from_thread(self.on_refresh_requested, RefreshRequested(()))
            result = self._set_up_fact(clone, remote, fact.scheduler)
            self.call_from_thread(progress.follow_with, lambda: self.post_message(result))
            self.examine(progress, stop, remote)

    def _same_plan(self, clone: Clone, shown: Plan) -> Plan:
        """The plan with what it needs to be applied; raises where it isn't the one shown."""
        from gitbatch_tui.core.setup.plan import plan  # noqa: PLC0415  # seldom needed

        again = plan(clone, shown.wanted, self.hosts.at(shown.wanted.location))
        if again.steps != shown.steps:
            raise Refused("Something has changed since the plan was made: look at it again.")
        return again

    def _set_up_fact(self, clone: Clone, remote: BatchRemote, scheduler: str) -> SetUp:
        from gitbatch_tui.core.setup.examine import examine_server  # noqa: PLC0415  # seldom needed
        from gitbatch_tui.core.setup.sites import schedulers  # noqa: PLC0415  # seldom needed

        tools = examine_server(self.server(remote).host, remote.base).tools
        found = [name for name in schedulers(tools) if name != scheduler]
        best = (scheduler, *found) if scheduler else tuple(found)
        return SetUp(remote, best, not (clone.path / "schedule.sh").exists())
