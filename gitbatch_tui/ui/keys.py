"""The one table of keys: bindings, the line at the bottom, help and palette come from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PANES = ("remotes", "branches", "runs", "log")
ADD = "app.act('add')"
"""What is to be done first, wherever the focus is."""


@dataclass(frozen=True)
class Key:
    """A key of the main screen."""

    keys: str
    """As textual names them, with commas between."""
    shown: str
    """As people read them."""
    action: str
    word: str
    """For the line at the bottom."""
    help: str
    """What it does; begins with a capital, ends without a full stop."""
    panes: tuple[str, ...] = PANES
    """Where the help mentions it."""
    line: tuple[str, ...] = ()
    """Where the line at the bottom has it."""

    def binding(self) -> Binding:
        # With priority, what is typed in the same breath as / goes into the filter.
        return Binding(
            self.keys,
            self.action,
            self.word,
            show=False,
            tooltip=self.help,
            priority=self.action == "filter",
        )


_RUNS = ("runs", "log")
_LISTS = ("remotes", "branches", "runs")

KEYS = (
    Key("enter", "enter", "open", "open", "Show this remote's runs; log in where it wants that",
        ("remotes",)),
    Key("enter", "enter", "open", "open", "Show the runs of this branch", ("branches",)),
    Key("enter", "enter", "open", "open", "Show the log, full screen; open or close a group",
        ("runs",)),
    Key("s", "s", "app.act('submit')", "submit",
        "Submit the selected branch to the selected remote", _LISTS, line=PANES),
    Key("p", "p", "app.act('pull')", "pull", "Pull the selected run's results", _RUNS, line=_RUNS),
    Key("d", "d", "app.act('diff')", "diff",
        "What the run changed, or two marked runs against each other", _RUNS, line=_RUNS),
    Key("l", "l", "app.act('log')", "log", "The log of the selected run, full screen", _RUNS,
        line=_RUNS),
    Key("f", "f", "app.act('files')", "files",
        "The files of the selected run, live while it goes on", _RUNS, line=_RUNS),
    Key("m", "m", "app.act('metrics')", "metrics", "Choose which metrics are columns", ("runs",)),
    Key("M", "M", "app.act('curves')", "curves",
        "Metrics over steps, of the selected or marked runs", _RUNS),
    Key("c", "c", "app.act('cancel')", "cancel", "Cancel the selected or marked runs", _RUNS,
        line=("runs",)),
    Key("x", "x", "app.act('rerun')", "run again", "Run the selected run's commit again", _RUNS,
        line=("runs",)),
    Key("X", "X", "app.act('retry')", "retry failed",
        "Run again what failed of the sweep, or of the marked runs", _RUNS, line=("runs",)),
    Key("h", "h", "app.act('hold')", "hold",
        "Hold the selected or marked runs; release them where all are held", _RUNS),
    Key("v", "v", "app.act('verify')", "verify",
        "Verify the run and reproduce it, or compare marked runs", _RUNS),
    Key("i", "i", "app.act('details')", "details", "Everything about the selected run", _RUNS),
    Key("exclamation_mark", "!", "app.act('shell')", "shell", "A shell in the run tree", _RUNS),
    Key("a", "a", ADD, "add a remote", "Add a batch remote", _LISTS, line=("remotes",)),
    Key("u", "u", "app.act('undo')", "upgrade, undo",
        "Upgrade the batch remote, or undo its set-up",
        ("remotes",), line=("remotes",)),
    Key("D", "D", "app.act('doctor')", "doctor",
        "Check the selected remote with a real round trip", ("remotes",), line=("remotes",)),
    Key("y", "y", "app.act('copy')", "copy", "Copy an id, a commit or the plain-git command"),
    Key("n", "n", "app.act('note')", "note", "Note something about the selected or marked runs",
        _RUNS),
    Key("T", "T", "app.act('tag')", "tag", "Tag the selected or marked runs, or change their tags",
        _RUNS),
    Key("plus", "+", "fold", "fold", "Open or close the group of runs", ("runs",)),
    Key("b", "b", "group", "group by", "Group runs by sweep, branch, day, or not at all",
        ("runs",)),
    Key("V", "V", "range", "mark range", "Mark all runs from here to where the cursor goes",
        ("runs",)),
    Key("space", "space", "mark", "mark", "Mark the selected run", ("runs",)),
    Key("slash", "/", "filter", "filter",
        "Filter as you type; runs by state:failed lr<0.1 age<2d, too", _LISTS,
        line=("branches", "runs")),
    Key("o", "o", "sort", "sort", "Sort by the next column", ("runs",)),
    Key("O", "O", "reverse", "reverse", "Reverse the order", ("runs",)),
    Key("0", "0", "all_remotes", "all remotes", "Show the runs of all remotes and branches",
        _LISTS),
    Key("r", "r", "app.act('refresh')", "refresh", "Ask the selected remote again"),
    Key("R", "R", "app.act('refresh_all')", "refresh all", "Ask all remotes again"),
    Key("tab", "tab", "pane(1)", "pane", "Go to the next pane", line=PANES),
    Key("shift+tab", "shift+tab", "pane(-1)", "previous pane", "Go to the previous pane"),
    Key("1", "1", "go_to('remotes')", "Remotes", "Go to Remotes"),
    Key("2", "2", "go_to('branches')", "Branches", "Go to Branches"),
    Key("3", "3", "go_to('runs')", "Runs", "Go to Runs"),
    Key("4", "4", "go_to('log')", "Log", "Go to the log"),
    Key("at", "@", "app.act('journal')", "commands",
        "What was done for you: the commands, and what they said"),
    Key("question_mark", "?", "app.act('help')", "help", "The keys of this pane", line=PANES),
    Key("ctrl+p", "ctrl+p", "app.command_palette", "all", "Find any action by its name",
        line=PANES),
    Key("ctrl+z", "ctrl+z", "app.suspend_process", "suspend",
        "Put the program in the background; `fg` brings it back"),
    Key("escape", "esc", "back", "back", "Go back: leave a filter, marks, a branch's runs"),
    Key("q", "q", "app.quit", "quit", "Quit; all runs go on"),
)  # fmt: skip

WITHOUT_KEY = (
    Key("", "", "app.act('best')", "best",
        "Take the best run by a metric: of marked runs, the selected group or the newest sweep"),
    Key("", "", "app.act('published')", "published runs",
        "Show the runs that others have published on a git remote of the project"),
)  # fmt: skip
"""What the palette has besides."""

MOVES = (
    ("j k ↓ ↑", "Move"),
    ("g G", "To the first, to the last; also Home and End"),
    ("PgUp PgDn", "A page up, a page down; also ctrl+u and ctrl+d"),
)
"""What every list understands, for the help."""


def bindings() -> list[Binding]:
    """The keys that aren't bound elsewhere."""
    return [key.binding() for key in _named_here()]


def commands(run: Callable[[str], object]) -> Iterator[SystemCommand]:
    """List the commands of the palette; `run` does an action by its name."""
    for key in _named_here():
        yield SystemCommand(f"{key.word} ({key.shown})", key.help, partial(run, key.action))
    for key in WITHOUT_KEY:
        yield SystemCommand(key.word, key.help, partial(run, key.action))


def _named_here() -> Iterator[Key]:
    """All but enter and the palette's own, which belong to lists and to the app."""
    return (key for key in KEYS if key.shown not in {"enter", "ctrl+p"})
