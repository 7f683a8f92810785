"""Decides which keys of the main screen can act now, for the line at its bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.models import Results
from gitbatch_tui.ui.state import is_nameless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitbatch_tui.ui.state import Selection

_TO_PULL = {Results.WAITING, Results.UNLOCATED, Results.UNDELIVERED, Results.ELSEWHERE}


def can_act(action: str, chosen: Selection) -> bool:
    """Tell whether the action of a key has something to act on; what isn't known here may."""
    return _CONDITIONS.get(action, _always)(chosen)


def _always(_: Selection) -> bool:
    return True


def _has_any_remote(chosen: Selection) -> bool:
    return chosen.remote is not None


def _has_remote(chosen: Selection) -> bool:
    return chosen.remote is not None and not chosen.remote.published


def _has_run(chosen: Selection) -> bool:
    return chosen.run is not None and not is_nameless(chosen.run)


def _has_own(chosen: Selection) -> bool:
    return bool(chosen.meant) and not chosen.foreign


def _has_results(chosen: Selection) -> bool:
    return any(run.results in _TO_PULL for run in chosen.meant)


def _has_changes(chosen: Selection) -> bool:
    return any(run.result for run in chosen.meant)


def _goes_on(chosen: Selection) -> bool:
    return _has_own(chosen) and any(not run.state.final for run in chosen.meant)


def _has_failed(chosen: Selection) -> bool:
    return _has_own(chosen) and any(run.state.undone for run in chosen.meant)


_CONDITIONS: Mapping[str, Callable[[Selection], bool]] = {
    "app.act('submit')": _has_remote,
    "app.act('pull')": _has_results,
    "app.act('diff')": _has_changes,
    "app.act('log')": _has_run,
    "app.act('files')": _has_run,
    "app.act('cancel')": _goes_on,
    "app.act('rerun')": _has_own,
    "app.act('retry')": _has_failed,
    "app.act('undo')": _has_any_remote,
    "app.act('doctor')": _has_remote,
    "filter": _has_any_remote,
}
