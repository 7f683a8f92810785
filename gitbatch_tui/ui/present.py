"""Facts as words: the only place that turns models into cells, signs and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.base.format import BAD, GOOD, UNSURE, plural, short
from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs import outcome, parameters
from gitbatch_tui.core.runs.outcome import finding_words
from gitbatch_tui.errors import (
    BadAnswer,
    CommandFailed,
    HostKeyChanged,
    HostKeyUnknown,
    LoginNeeded,
    NotABatchRemote,
    Refused,
)
from gitbatch_tui.models import Badge, Results, Run, State
from gitbatch_tui.ui.state import is_nameless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gitbatch_tui.models import BatchRemote
    from gitbatch_tui.ui.run_groups import RunGroup
    from gitbatch_tui.ui.state import BranchView, RemoteView

_LONGEST = 60
"""Characters of a run's name with its parameters in a title."""
_SIGNS = {
    State.SUBMITTED: "○",
    State.QUEUED: "◔",
    State.RUNNING: "▶",
    State.SUCCEEDED: GOOD,
    State.FAILED: BAD,
    State.CANCELLED: "■",
    State.LOST: UNSURE,
    State.REJECTED: "⊘",
    State.UNKNOWN: UNSURE,
}
_TONES = {
    State.SUBMITTED: "warn",
    State.QUEUED: "warn",
    State.RUNNING: "busy",
    State.SUCCEEDED: "good",
    State.FAILED: "bad",
    State.CANCELLED: "dim",
    State.LOST: "bad",
    State.REJECTED: "bad",
    State.UNKNOWN: "warn",
}
_RESULTS = {
    Results.NONE: ("-", "dim"),
    Results.WAITING: (Results.WAITING.words, "accent"),
    Results.PULLED: ("pulled", "dim"),
    Results.UNDELIVERED: ("undelivered", "bad"),
    Results.ELSEWHERE: ("elsewhere", "warn"),
    Results.ON_THEIR_WAY: ("on their way", "warn"),
    Results.UNLOCATED: ("…", "dim"),
}


_BADGES = {
    Badge.VERIFIED: "✓",
    Badge.UNVERIFIED: "!",
    Badge.REPRODUCED: "=",
    Badge.DIFFERS: "≠",
}
_BADGE_STYLES = {Badge.UNVERIFIED: "$text-error", Badge.DIFFERS: "$text-warning"}


def badge_style(badge: Badge) -> str:
    """How a badge is shown; empty where there is nothing to worry about."""
    return _BADGE_STYLES.get(badge, "")


def sign(state: State) -> str:
    """A state in one sign."""
    return _SIGNS[state]


def tone(state: State) -> str:
    """A state in the name of a colour."""
    return _TONES[state]


def run_tone(run: Run) -> str:
    """The tone of a run's state; what can't go on is bad."""
    return "bad" if run.stuck else tone(run.state)


def state_words(run: Run) -> str:
    """A run's state, with what can be said of it in a few words."""
    if is_nameless(run):
        return f"{sign(run.state)} submitting…"
    words = f"{sign(run.state)} {outcome.state_words(run)}"
    says_it_all = run.state in {State.SUCCEEDED, State.CANCELLED} or (
        run.state is State.FAILED and run.exit is not None
    )
    why = run.stuck or ("" if says_it_all else run.reason)
    if why and not run.badge:
        words = f"{words}: {why}"
    return f"{words} {_BADGES[run.badge]}" if run.badge else words


def state_sentence(run: Run) -> str:
    """Say in a sentence what a run is in, why, and where."""
    words = one_line(state_words(run))
    if run.findings and run.badge:
        newest = next(found for found in run.findings if found.badge is run.badge)
        return f"{run.name} {words} {finding_words(newest)}"
    why = outcome.reason(run)
    if why and why not in words and run.state is not State.SUCCEEDED:
        words = f"{words}: {one_line(why)}"
    return one_line(f"{run.name} {words}{f', on {run.host}' if run.host else ''}")


def results_words(run: Run) -> tuple[str, str]:
    """The place of the results in a word, and the tone to say it in."""
    return _RESULTS[run.results]


def clock_time(when: datetime) -> str:
    """The time of day on this machine's clock."""
    return f"{when.astimezone():%H:%M}"


def remote_state(view: RemoteView) -> tuple[str, str]:
    """The sign of a remote, and its tone."""
    if view.remote.published:
        return "◇", "dim"
    if view.trouble:
        return "○", "warn"
    return ("●", "good") if view.asked else ("◌", "dim")


def remote_words(view: RemoteView) -> tuple[str, str]:
    """Say how a remote is, for beside its name; and the tone."""
    if view.remote.published:
        return "published", "dim"
    if view.trouble:
        return trouble_word(view), "warn"
    return view.scheduler or ("" if view.asked else "asking"), "dim"


def published(remote: BatchRemote) -> str:
    """The git remote of a published history, and where its runs ran; empty for a batch remote."""
    return f"{remote.published}; ran at {remote.location}" if remote.published else ""


def trouble_word(view: RemoteView) -> str:
    """Why a remote can't be asked, in a word or two."""
    return _TROUBLES.get(type(view.trouble), "unreachable")


_TROUBLES: dict[type, str] = {
    LoginNeeded: "login needed",
    HostKeyUnknown: "new host key",
    HostKeyChanged: "key changed!",
    BadAnswer: "bad answer",
    NotABatchRemote: "not set up",
    CommandFailed: "trouble",
    Refused: "trouble",
}


def counts(*views: RemoteView) -> str:
    """How many jobs run and wait, where that is known."""
    asked = [view for view in views if not view.remote.published]
    running, queued = sum(view.running for view in asked), sum(view.queued for view in asked)
    parts = [(running, State.RUNNING), (queued, State.QUEUED)]
    return " ".join(f"{number}{sign(state)}" for number, state in parts if number)


def as_of(view: RemoteView) -> str:
    """The caveat for what is shown of a remote that can't be asked; else empty."""
    if not view.trouble:
        return ""
    word = trouble_word(view)
    return f"as of {clock_time(view.as_of)}, {word}" if view.as_of else word


def branch_state(view: BranchView) -> tuple[str, str]:
    """Say how a branch differs from the remote's; and the tone."""
    if view.last and view.last.commit == view.commit:
        return f"= run {view.last.number}", "dim"
    if view.behind and view.ahead:
        return f"↑{view.ahead} ↓{view.behind}", "warn"
    if view.behind:
        return f"↓{view.behind}", "warn"
    if view.ahead:
        return f"↑{view.ahead}", "accent"
    return ("", "") if view.known_there else ("new", "accent")


def named(run: Run) -> str:
    """A run by its name and its parameters, as far as a title has room for them."""
    words = parameters.named(run)
    return f"{words[: _LONGEST - 2]}…)" if len(words) > _LONGEST else words


def run_title(run: Run) -> str:
    """A run by its name, all of its parameters, and what it ran."""
    return one_line(f"{parameters.named(run)} · {what_ran(run)}")


def what_ran(run: Run) -> str:
    """`main · 1234567 Train on all of the images`."""
    return one_line(f"{run.branch} · {short(run.commit)} {run.subject}".rstrip())


def group_title(group: RunGroup) -> str:
    """`sweep:42 (lr x seed), 12 runs`."""
    names = differing_names(group)
    title = f"{group.title} ({names})" if names else group.title
    return one_line(f"{title}, {plural(len(group.runs), 'run')}")


def differing_names(group: RunGroup) -> str:
    """`lr x seed`: the parameters that aren't the same in all of its runs."""
    differing = parameters.differing(group.runs)
    return parameters.crossed(differing, (run.options for run in group.runs))


def counted_states(counts: Mapping[State, int]) -> str:
    """`3 running, 4 queued`."""
    return ", ".join(f"{number:,} {state.words}" for state, number in counts.items())


def command_words(command: Sequence[str]) -> str:
    """A command in one line: a script by its arguments, since its text is always the same."""
    if len(command) > 1 and "\n" in command[0]:
        return " ".join(command[1:])
    return " ".join(command)
